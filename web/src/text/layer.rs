//! Owns the words of an opened packet: its layers, their fields by the standards' terms, their values.

use super::Language;
use super::picture::number as count;
use crate::layers::{Kind, Term, Value};
use protocol::packet::Flags;

/// A layer's name.
pub fn layer(language: Language, kind: Kind) -> &'static str {
    match kind {
        Kind::Ipv4 => language.pick("IPv4 header", "IPv4 首部"),
        Kind::Ipv6 => language.pick("IPv6 header", "IPv6 首部"),
        Kind::Extension(44) => language.pick("fragment header", "分片扩展首部"),
        Kind::Extension(_) => language.pick("extension header", "扩展首部"),
        Kind::Tcp => language.pick("TCP header", "TCP 首部"),
        Kind::Udp => language.pick("UDP header", "UDP 首部"),
        Kind::Icmp => language.pick("ICMP header", "ICMP 首部"),
        Kind::Icmpv6 => language.pick("ICMPv6 header", "ICMPv6 首部"),
        Kind::Quoted => language.pick("the packet that it speaks of", "它所说的那个包"),
        Kind::Data => language.pick("application bytes", "应用数据"),
    }
}

/// A field's name.
pub fn term(language: Language, term: Term) -> &'static str {
    let (english, chinese) = match term {
        Term::Version => ("version", "版本"),
        Term::HeaderLength => ("header length", "首部长度"),
        Term::TrafficClass => ("DSCP and ECN", "DSCP 与 ECN"),
        Term::FlowLabel => ("flow label", "流标签"),
        Term::TotalLength => ("total length", "总长度"),
        Term::PayloadLength => ("payload length", "载荷长度"),
        Term::Identification => ("identification", "标识"),
        Term::FragmentOffset => ("fragment offset", "片偏移"),
        Term::TimeToLive => ("time to live", "生存时间 (TTL)"),
        Term::HopLimit => ("hop limit", "跳数限制"),
        Term::Protocol => ("protocol", "协议"),
        Term::NextHeader => ("next header", "下一个首部"),
        Term::Checksum => ("checksum", "校验和"),
        Term::Source => ("source", "源地址"),
        Term::Destination => ("destination", "目的地址"),
        Term::SourcePort => ("source port", "源端口"),
        Term::DestinationPort => ("destination port", "目的端口"),
        Term::Sequence => ("sequence number", "序号"),
        Term::Acknowledgement => ("acknowledgement", "确认号"),
        Term::FragmentFlags | Term::TcpFlags => ("flags", "标志"),
        Term::Window => ("receive window", "接收窗口"),
        Term::UrgentPointer => ("urgent pointer", "紧急指针"),
        Term::MaximumSegment => ("option: MSS", "选项：MSS"),
        Term::SackPermitted => ("option: SACK permitted", "选项：允许 SACK"),
        Term::SackBlocks => ("option: SACK", "选项：SACK"),
        Term::Timestamps => ("option: timestamps", "选项：时间戳"),
        Term::WindowScale => ("option: window scale", "选项：窗口扩大"),
        Term::OtherOption => ("option", "选项"),
        Term::Length => ("length", "长度"),
        Term::Message => ("type and code", "类型与代码"),
        Term::Rest => ("rest of the header", "首部其余部分"),
    };
    language.pick(english, chinese)
}

/// A field's value.
pub fn value(language: Language, term: Term, value: &Value) -> String {
    match value {
        Value::Number(n) if term == Term::WindowScale && *n < 15 => {
            format!("{n} (×{})", count(1 << n))
        }
        Value::Number(n) => n.to_string(),
        Value::Bytes(n) => format!("{} B", count(u64::from(*n))),
        Value::Hex(n) if term == Term::TrafficClass => format!("{n:#04x}"),
        Value::Hex(n) => format!("{n:#06x}"),
        Value::Address(address) => address.to_string(),
        Value::Protocol(n) => format!("{n} {}", protocol(*n)).trim_end().to_owned(),
        Value::Checksum(n, holds) => {
            let says = match holds {
                Some(true) => language.pick(", right", "，正确"),
                Some(false) => language.pick(", not right", "，不正确"),
                None => "",
            };
            format!("{n:#06x}{says}")
        }
        Value::Flags(flags) if *flags == Flags(0) => "–".to_owned(),
        Value::Flags(flags) => flags.names().collect::<Vec<_>>().join(" "),
        Value::Fragment(dont, more) => {
            let dont = dont.then_some(language.pick("do not fragment", "不得分片"));
            let more = more.then_some(language.pick("more follow", "后面还有"));
            let all: Vec<&str> = dont.into_iter().chain(more).collect();
            if all.is_empty() { "–".to_owned() } else { all.join(", ") }
        }
        Value::Counted(raw, None) => raw.to_string(),
        Value::Counted(raw, Some(own)) => match language {
            Language::English => format!("{} (raw {raw})", count(u64::from(*own))),
            Language::Chinese => format!("{}（原始值 {raw}）", count(u64::from(*own))),
        },
        Value::Window(raw, None) => count(u64::from(*raw)),
        Value::Window(raw, Some(scaled)) => {
            let scaled = count(u64::from(*scaled));
            match language {
                Language::English => format!("{scaled} B (in the header: {raw})"),
                Language::Chinese => format!("{scaled} B（首部里写的是 {raw}）"),
            }
        }
        Value::Blocks(raw, counted) => {
            let of = if counted.len() == raw.len() { counted } else { raw };
            let block = |(from, to): &(u32, u32)| {
                format!("{}–{}", count(u64::from(*from)), count(u64::from(to.wrapping_sub(1))))
            };
            of.iter().map(block).collect::<Vec<_>>().join(", ")
        }
        Value::Stamps(own, echo) => match language {
            Language::English => format!("{own}, echoes {echo}"),
            Language::Chinese => format!("{own}，回显 {echo}"),
        },
        Value::Message(v6, kind, code) => {
            format!("{kind}, {code}: {}", message(language, *v6, *kind, *code))
        }
        Value::Present => "✓".to_owned(),
    }
}

/// What an ICMP message says.
pub fn message(language: Language, v6: bool, kind: u8, code: u8) -> &'static str {
    let (english, chinese) = match (v6, kind, code) {
        (false, 0, _) | (true, 129, _) => ("echo reply", "回显应答"),
        (false, 8, _) | (true, 128, _) => ("echo request", "回显请求"),
        (false, 3, 0) | (true, 1, 0) => ("no route to the network", "网络不可达"),
        (false, 3, 1) | (true, 1, 3) => ("host unreachable", "主机不可达"),
        (false, 3, 2) => ("protocol unreachable", "协议不可达"),
        (false, 3, 3) | (true, 1, 4) => ("port unreachable", "端口不可达"),
        (false, 3, 4) => ("fragmentation needed", "需要分片"),
        (true, 2, _) => ("packet too big", "包太大"),
        (false, 3, 9 | 10 | 13) | (true, 1, 1) => ("prohibited", "被禁止"),
        (false, 3, _) | (true, 1, _) => ("unreachable", "不可达"),
        (false, 11, 0) | (true, 3, 0) => ("time to live ran out", "生存时间用尽"),
        (false, 11, _) | (true, 3, _) => ("fragments came too late", "分片重组超时"),
        (false, 12, _) | (true, 4, _) => ("bad header", "首部有误"),
        (false, 5, _) => ("redirect", "重定向"),
        (true, 133, _) => ("router solicitation", "路由器请求"),
        (true, 134, _) => ("router advertisement", "路由器通告"),
        (true, 135, _) => ("neighbour solicitation", "邻居请求"),
        (true, 136, _) => ("neighbour advertisement", "邻居通告"),
        (true, 130..=132 | 143, _) => ("multicast report", "组播成员报告"),
        _ => ("message", "报文"),
    };
    language.pick(english, chinese)
}

/// The name of a protocol inside IP (IANA).
pub fn protocol(n: u8) -> &'static str {
    match n {
        0 => "hop-by-hop",
        1 => "ICMP",
        2 => "IGMP",
        6 => "TCP",
        17 => "UDP",
        43 => "routing",
        44 => "fragment",
        58 => "ICMPv6",
        60 => "destination options",
        132 => "SCTP",
        _ => "",
    }
}

/// What a byte looks like as a letter.
pub fn letter(byte: u8) -> char {
    if (0x20..0x7f).contains(&byte) { char::from(byte) } else { '·' }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_read_well() {
        let english = |term, own| value(Language::English, term, &own);
        assert_eq!(english(Term::Sequence, Value::Counted(1_001, Some(1))), "1 (raw 1001)");
        assert_eq!(
            english(Term::Window, Value::Window(502, Some(64_256))),
            "64,256 B (in the header: 502)"
        );
        assert_eq!(english(Term::WindowScale, Value::Number(7)), "7 (×128)");
        assert_eq!(english(Term::Protocol, Value::Protocol(6)), "6 TCP");
        assert_eq!(english(Term::SackBlocks, Value::Blocks(vec![(9, 19)], vec![(1, 11)])), "1–10");
        assert_eq!(english(Term::Message, Value::Message(false, 3, 3)), "3, 3: port unreachable");
    }
}
