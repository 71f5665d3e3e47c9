//! Owns the kernel's own counters on the page: the telling ones first, each with its meaning.

use crate::text::Language;
use protocol::world::Wire;

/// Counters that tell what happened on a wire: name, meaning.
const TELLING: [(&str, &str, &str); 24] = [
    ("Tcp.RetransSegs", "segments sent again", "重传的报文段"),
    ("TcpExt.TCPFastRetrans", "of which fast, without waiting for the timer", "其中快速重传"),
    ("TcpExt.TCPTimeouts", "retransmission timers that ran out (RTO)", "重传定时器超时（RTO）"),
    ("TcpExt.TCPLossProbes", "tail-loss probes", "尾部丢失探测 (TLP)"),
    ("TcpExt.TCPSynRetrans", "SYNs sent again", "重传的 SYN"),
    ("TcpExt.TCPSackRecovery", "recoveries by SACK", "靠 SACK 恢复的次数"),
    ("TcpExt.TCPOFOQueue", "segments that came out of order", "乱序到达的报文段"),
    (
        "TcpExt.TCPDSACKRecv",
        "needless resends the peer reported (D-SACK)",
        "对端报告的多余重传 (D-SACK)",
    ),
    ("TcpExt.TCPSACKReorder", "reordering found by SACK", "由 SACK 发现的乱序"),
    ("TcpExt.ListenOverflows", "accept queue was full", "接受队列已满"),
    ("TcpExt.ListenDrops", "SYNs and ACKs ignored by a listener", "监听者忽略的 SYN 与 ACK"),
    ("TcpExt.TCPToZeroWindowAdv", "times that it closed its window", "自己的窗口关到 0 的次数"),
    ("TcpExt.TCPWinProbe", "probes of the peer’s closed window", "零窗口探测"),
    ("Tcp.OutRsts", "RSTs sent", "发出的 RST"),
    ("Tcp.EstabResets", "connections broken off", "被重置的连接"),
    ("Tcp.InCsumErrors", "TCP checksums that did not hold", "TCP 校验和错误"),
    ("Udp.InCsumErrors", "UDP checksums that did not hold", "UDP 校验和错误"),
    ("Udp.NoPorts", "datagrams to a port where nobody is", "发往无人端口的数据报"),
    ("Udp.RcvbufErrors", "datagrams dropped: receive buffer full", "因接收缓冲区满而丢弃的数据报"),
    ("Icmp.OutDestUnreachs", "“unreachable” sent", "发出的“不可达”"),
    ("Icmp.InDestUnreachs", "“unreachable” received", "收到的“不可达”"),
    ("Ip.FragCreates", "fragments made", "产生的分片"),
    ("Ip.ReasmOKs", "datagrams put together again", "重组成功的数据报"),
    ("Ip.ReasmFails", "datagrams that could not be put together", "重组失败的数据报"),
];

/// A counter in both nets since the wire was made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// Its name with its group.
    pub name: String,
    /// What it means; "" where the name must do.
    pub gloss: &'static str,
    /// Left's value and right's.
    pub values: [u64; 2],
}

/// The telling counters, in their order, zeroes too; then what else counts, by name.
pub fn counters(language: Language, wire: &Wire) -> (Vec<Row>, Vec<Row>) {
    let values =
        |name: &str| [0, 1].map(|end: usize| wire.counters[end].get(name).copied().unwrap_or(0));
    let telling = TELLING.iter().map(|(name, english, chinese)| Row {
        name: (*name).to_owned(),
        gloss: language.pick(english, chinese),
        values: values(name),
    });
    let mut others: Vec<&String> =
        wire.counters.iter().flat_map(protocol::table::Table::keys).collect();
    crate::order::by_key(&mut others, |own| *own);
    others.dedup();
    let rest = others
        .into_iter()
        .filter(|name| TELLING.iter().all(|(own, ..)| own != name))
        .map(|name| Row { name: name.clone(), gloss: "", values: values(name) })
        .filter(|row| row.values != [0, 0]);
    (telling.collect(), rest.collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use protocol::event::Counter;
    use protocol::message::RungName;
    use protocol::{End, Event, Source, What, World};

    #[test]
    fn the_telling_come_first_and_the_rest_has_no_zeroes() {
        let mut world = World::default();
        let counter = |name: &str, value| Counter { name: name.into(), value };
        let set = vec![
            counter("Tcp.RetransSegs", 2),
            counter("Ip.InReceives", 9),
            counter("Ip.OutDiscards", 0),
        ];
        for (seq, what) in (1..).zip([
            What::WireUp { rung: RungName::Tun, seed: 1 },
            What::Counted { net: End::Right, set },
        ]) {
            world.apply(&Event { seq, at: seq, source: Source::Kernel, what });
        }
        let (telling, rest) = counters(Language::English, world.wire.as_ref().unwrap());
        assert_eq!((telling[0].name.as_str(), telling[0].values), ("Tcp.RetransSegs", [0, 2]));
        assert_eq!(rest.iter().map(|row| row.name.as_str()).collect::<Vec<_>>(), ["Ip.InReceives"]);
    }
}
