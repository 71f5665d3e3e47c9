//! Owns the words of the wire: the weather, traps, packets and their fates.

mod remedy;

use super::picture::number as count;
use super::{Language, decimal};
use crate::layers;
use crate::text::layer;
use protocol::message::{Rung, RungName};
use protocol::packet::{Flags, Head, Lost, PacketFate, TcpHead};
use protocol::wire::{ALWAYS, Deed, Impairment, Loss, MTU, Match, PacketKind, Ppm};
use protocol::{End, Nanos, PacketId};

/// An end of the wire.
pub fn end(language: Language, end: End) -> &'static str {
    match end {
        End::Left => language.pick("left", "左边"),
        End::Right => language.pick("right", "右边"),
    }
}

/// Parts per million as per cent: `5 %`, `0.5 %`.
pub fn percent(share: Ppm) -> String {
    format!("{} %", decimal::short(u64::from(share), 10_000, 4))
}

/// A span as the weather tells it: `400 ms`, `0.5 ms`, `2 s`.
pub fn delay(nanos: Nanos) -> String {
    let (unit, name) = if nanos < 1_000_000_000 { (1_000_000, "ms") } else { (1_000_000_000, "s") };
    format!("{} {name}", decimal::short(nanos, unit, 3))
}

/// Bits a second: `10 Mbit/s`.
pub fn rate(bits: u64) -> String {
    let (unit, name) = match bits {
        1_000_000_000.. => (1_000_000_000, "Gbit/s"),
        1_000_000.. => (1_000_000, "Mbit/s"),
        1_000.. => (1_000, "kbit/s"),
        _ => (1, "bit/s"),
    };
    format!("{} {name}", decimal::short(bits, unit, 2))
}

/// What a direction does to packets, in a few words each; empty when it is clean.
fn parts(language: Language, set: &Impairment, each_way: bool) -> Vec<String> {
    let mut parts = Vec::new();
    let chinese = language == Language::Chinese;
    let mut share = |n: Ppm, english: &str, says: &str| {
        if n > 0 {
            let n = percent(n);
            parts.push(if chinese { format!("{says} {n}") } else { format!("{english} {n}") });
        }
    };
    if let Some(Loss::Random(n)) = set.loss {
        share(n, "loses", "丢包");
    }
    share(set.duplicate, "doubles", "重复");
    share(set.reorder, "reorders", "乱序");
    share(set.corrupt, "damages", "损坏");
    if let Some(Loss::GilbertElliott { .. }) = set.loss {
        parts.insert(0, language.pick("loses in bursts", "突发丢包").to_owned());
    }
    if let Some(rate) = set.rate {
        parts.insert(0, self::rate(rate));
    }
    if set.delay > 0 {
        let span = match set.jitter {
            0 => delay(set.delay),
            jitter => {
                let (own, spread) = (delay(set.delay), delay(jitter));
                match (own.split_once(' '), spread.split_once(' ')) {
                    (Some((n, a)), Some((m, b))) if a == b => format!("{n} ± {m} {a}"),
                    _ => format!("{own} ± {spread}"),
                }
            }
        };
        parts.insert(
            0,
            match (language, each_way) {
                (_, false) => span,
                (Language::English, true) => format!("{span} each way"),
                (Language::Chinese, true) => format!("单程 {span}"),
            },
        );
    }
    if let Some(nth) = &set.nth {
        let what = what(language, nth);
        parts.push(match language {
            Language::English => format!("loses {what}"),
            Language::Chinese => format!("丢掉{what}"),
        });
    }
    if let Some(queue) = set.queue {
        parts.push(match language {
            Language::English => format!("queue of {}", count(u64::from(queue))),
            Language::Chinese => format!("队列 {} 个包", count(u64::from(queue))),
        });
    }
    if let Some(mtu) = set.mtu.filter(|mtu| *mtu != MTU) {
        parts.push(format!("MTU {}", count(u64::from(mtu))));
    }
    if set.pulled {
        parts = vec![language.pick("cable pulled", "网线已拔").to_owned()];
    }
    parts
}

/// The weather in one line: `400 ms each way · loses 5 %`.
pub fn weather(language: Language, impaired: &[Impairment; 2]) -> String {
    let [left, right] = impaired;
    if left == right {
        let parts = parts(language, left, true);
        return if parts.is_empty() {
            preset(language, "clean").to_owned()
        } else {
            parts.join(" · ")
        };
    }
    let way = |arrow: &str, set: &Impairment| {
        let parts = parts(language, set, false);
        let clean = language.pick("clean", "无损").to_owned();
        format!("{arrow} {}", if parts.is_empty() { clean } else { parts.join(", ") })
    };
    format!("{} · {}", way("→", left), way("←", right))
}

/// One direction's weather: `400 ms · loses 5 %`.
pub fn one_way(language: Language, set: &Impairment) -> String {
    let parts = parts(language, set, false);
    if parts.is_empty() { language.pick("clean", "无损").to_owned() } else { parts.join(" · ") }
}

/// Why the wire takes no new sockets: the relay's own words in English.
pub fn down(language: Language, why: &str) -> &str {
    if language == Language::Chinese && why.starts_with("The helper") {
        return "看管线路网络命名空间的辅助进程已经结束。已连上的照常；新的套接字需要重建线路。";
    }
    why
}

/// A preset's name.
pub fn preset(language: Language, name: &'static str) -> &'static str {
    match name {
        "clean" => language.pick("clean wire", "无损线路"),
        "slow" => language.pick("slow: 400 ms", "慢速：400 ms"),
        "lan" => language.pick("LAN", "局域网"),
        "dsl" => "DSL",
        "4g" => "4G",
        "satellite" => language.pick("satellite", "卫星"),
        "wifi" => language.pick("lossy Wi-Fi", "丢包的 Wi-Fi"),
        "black hole" => language.pick("black hole", "黑洞"),
        other => other,
    }
}

/// Why a weather cannot be, in one sentence.
pub fn bad_weather(language: Language, set: &Impairment, message: &str) -> String {
    let shares = [set.duplicate, set.reorder, set.corrupt];
    let loss = match set.loss {
        Some(Loss::Random(share)) => share,
        Some(Loss::GilbertElliott { p, r, bad, good }) => p.max(r).max(bad).max(good),
        None => 0,
    };
    if loss.max(shares.into_iter().max().unwrap_or(0)) > ALWAYS {
        // Its form is in per cent.
        return language.pick("A share is 0 to 100 %.", "比例须在 0 到 100 % 之间。").to_owned();
    }
    if language == Language::English {
        return message.to_owned();
    }
    let text = if set.delay > protocol::wire::DELAY_MAX {
        "延迟最多 60 秒。"
    } else if set.jitter > set.delay {
        "抖动不能大于延迟：包不可能在到来之前离开。"
    } else if set.rate.is_some_and(|rate| !(1..=protocol::wire::RATE_MAX).contains(&rate)) {
        "速率须在 1 bit/s 到 100 Gbit/s 之间。"
    } else if set.queue.is_some_and(|n| !(1..=protocol::wire::QUEUE_MAX).contains(&n)) {
        "队列须在 1 到 100,000 个包之间。"
    } else if set.mtu.is_some() {
        "MTU 须在 1,280 到 65,520 字节之间。"
    } else {
        "第一个符合的是第 1 个。"
    };
    text.to_owned()
}

/// A kind of packet.
pub fn packet_kind(language: Language, kind: Option<PacketKind>) -> &'static str {
    match kind {
        None => language.pick("packet", "数据包"),
        Some(PacketKind::Data) => language.pick("data", "数据"),
        Some(PacketKind::Ack) => "ACK",
        Some(PacketKind::Syn) => "SYN",
        Some(PacketKind::SynAck) => "SYN-ACK",
        Some(PacketKind::Fin) => "FIN",
        Some(PacketKind::Rst) => "RST",
        Some(PacketKind::Tcp) => language.pick("TCP segment", "TCP 报文段"),
        Some(PacketKind::Udp) => language.pick("UDP datagram", "UDP 数据报"),
        Some(PacketKind::Icmp) => language.pick("ICMP message", "ICMP 报文"),
        Some(PacketKind::Fragment) => language.pick("fragment", "分片"),
    }
}

/// `1st`, `2nd`, `3rd`, `4th`.
fn ordinal(n: u32) -> String {
    let suffix = match (n % 10, n % 100) {
        (_, 11..=13) => "th",
        (1, _) => "st",
        (2, _) => "nd",
        (3, _) => "rd",
        _ => "th",
    };
    format!("{n}{suffix}")
}

/// What a match waits for: `next data from left`.
pub fn what(language: Language, matching: &Match) -> String {
    let kind = packet_kind(language, matching.kind);
    let nth = matching.nth.filter(|nth| *nth > 1);
    let mut text = match language {
        Language::English => {
            let mut text = nth.map_or_else(|| "next".to_owned(), ordinal);
            match matching.again {
                Some(true) => text.push_str(" resent"),
                Some(false) => text.push_str(" new"),
                None => {}
            }
            text.push(' ');
            text.push_str(kind);
            if let Some(from) = matching.from {
                text.push_str(" from ");
                text.push_str(end(language, from));
            }
            if let Some(port) = matching.port {
                text.push_str(" on :");
                text.push_str(&port.to_string());
            }
            text
        }
        Language::Chinese => {
            let mut text =
                matching.from.map(|from| end(language, from)).unwrap_or_default().to_owned();
            if let Some(port) = matching.port {
                text = format!("{text}端口 {port} 的");
            }
            text.push_str(&nth.map_or_else(|| "下一个".to_owned(), |nth| format!("第 {nth} 个")));
            match matching.again {
                Some(true) => text.push_str("重传的"),
                Some(false) => text.push_str("首次发送的"),
                None => {}
            }
            if kind.starts_with(|c: char| c.is_ascii()) {
                text.push(' ');
            }
            text.push_str(kind);
            text
        }
    };
    if let Some(least) = matching.at_least {
        text = format!("{text} ≥ {least} B");
    }
    text
}

/// What a trap does.
pub fn deed(language: Language, deed: Deed) -> String {
    match deed {
        Deed::Lose => language.pick("lose", "丢掉").to_owned(),
        Deed::Hold => language.pick("hold", "扣住").to_owned(),
        Deed::Copy => language.pick("copy", "复制").to_owned(),
        Deed::Damage { .. } => language.pick("damage", "损坏").to_owned(),
        Deed::Delay { by } => match language {
            Language::English => format!("delay by {}", delay(by)),
            Language::Chinese => format!("推迟 {}", delay(by)),
        },
    }
}

/// A trap on its chip: `next data from left: lose`, `… ×3`.
pub fn trap(language: Language, matching: &Match, act: Deed, left: u32) -> String {
    let times = if left > 1 { format!(" ×{left}") } else { String::new() };
    let colon = language.pick(": ", "：");
    format!("{}{colon}{}{times}", what(language, matching), deed(language, act))
}

/// What a packet is, in a few letters: `SYN`, `6 B`, `ACK`.
pub fn head(language: Language, head: &Head) -> String {
    match head {
        Head::Tcp(tcp) => segment(language, tcp),
        Head::Udp(udp) => {
            let size = format!("{} B", count(u64::from(udp.payload)));
            match udp.numbered {
                Some(numbered) => format!("#{} · {size}", count(u64::from(numbered.number))),
                None => format!("UDP {size}"),
            }
        }
        Head::Icmp(icmp) => {
            let v6 = icmp.kind >= 128
                || icmp
                    .about
                    .as_ref()
                    .is_some_and(|about| about.dst.inet().is_some_and(|inet| inet.is_ipv6()));
            let name = if v6 { "ICMPv6" } else { "ICMP" };
            format!("{name} {}", layer::message(language, v6, icmp.kind, icmp.code))
        }
        Head::Fragment(part) => {
            let (from, to) = (u64::from(part.offset), u64::from(part.offset + part.payload));
            let bytes = format!("{}–{}", count(from), count(to.saturating_sub(1).max(from)));
            match language {
                Language::English => format!("fragment, bytes {bytes}"),
                Language::Chinese => format!("分片，字节 {bytes}"),
            }
        }
        Head::Other(other) => {
            format!("{} {}", language.pick("protocol", "协议"), other.protocol)
        }
        Head::Unparsed { .. } => language.pick("unreadable packet", "无法解析的包").to_owned(),
    }
}

fn segment(language: Language, tcp: &TcpHead) -> String {
    let mut parts: Vec<String> = Vec::new();
    let flags = tcp.flags;
    if flags.has(Flags::SYN | Flags::ACK) {
        parts.push("SYN-ACK".to_owned());
    } else if flags.has(Flags::SYN) {
        parts.push("SYN".to_owned());
    }
    if tcp.payload > 0 {
        parts.push(format!("{} B", count(u64::from(tcp.payload))));
    }
    parts.extend(flags.has(Flags::FIN).then(|| "FIN".to_owned()));
    parts.extend(flags.has(Flags::RST).then(|| "RST".to_owned()));
    if parts.is_empty() {
        parts.push(if tcp.window == 0 { "ACK, window 0" } else { "ACK" }.to_owned());
    }
    if tcp.again {
        parts.push(language.pick("sent again", "重传").to_owned());
    }
    parts.join(" ")
}

/// A packet by its number, what it is, and from where: `packet 88, 6 B from left`.
pub fn packet(language: Language, id: PacketId, from: End, head: &Head) -> String {
    let what = self::head(language, head);
    let from = end(language, from);
    match language {
        Language::English => format!("packet {id}, {what} from {from}"),
        Language::Chinese => format!("数据包 {id}，{from}发出的 {what}"),
    }
}

/// `left → right`.
pub fn way(language: Language, from: End) -> String {
    format!("{} → {}", end(language, from), end(language, from.opposite()))
}

/// Why the wire lost it.
pub fn lost(language: Language, lost: Lost, trapped: bool) -> &'static str {
    match lost {
        Lost::Killed if trapped => language.pick("your trap", "你的陷阱"),
        Lost::Killed => language.pick("killed by hand", "手动丢弃"),
        Lost::Random => language.pick("random", "随机丢包"),
        Lost::Burst => language.pick("a burst of losses", "突发丢包"),
        Lost::Nth => language.pick("it was the n-th", "正好是第 n 个"),
        Lost::QueueFull => language.pick("the queue was full", "队列已满"),
        Lost::DeviceFull => language.pick("the far device was full", "对端网卡已满"),
        Lost::Cable => language.pick("cable pulled", "网线已拔"),
    }
}

/// A packet's end, when it is past: `lost 0.8 s ago: your trap`.
pub fn fate(language: Language, fate: PacketFate, ago: Nanos, trapped: bool) -> String {
    let seconds = decimal::seconds(ago, 1);
    match (fate, language) {
        (PacketFate::Delivered, Language::English) => format!("delivered {seconds} s ago"),
        (PacketFate::Delivered, Language::Chinese) => format!("{seconds} 秒前已送达"),
        (PacketFate::Lost(why), Language::English) => {
            format!("lost {seconds} s ago: {}", lost(language, why, trapped))
        }
        (PacketFate::Lost(why), Language::Chinese) => {
            format!("{seconds} 秒前丢失：{}", lost(language, why, trapped))
        }
    }
}

/// A packet that is on the wire: since when, and since when held.
pub fn on_wire(language: Language, since: Nanos, held: Option<Nanos>) -> String {
    let seconds = |n: Nanos| decimal::seconds(n, 1);
    match (held, language) {
        (Some(held), Language::English) => format!("held {} s", seconds(held)),
        (Some(held), Language::Chinese) => format!("已扣住 {} 秒", seconds(held)),
        (None, Language::English) => format!("on the wire for {} s", seconds(since)),
        (None, Language::Chinese) => format!("已在线上 {} 秒", seconds(since)),
    }
}

/// How long the wire has been held: `held 1.3 s`.
pub fn held(language: Language, since: Nanos) -> String {
    on_wire(language, since, Some(since))
}

/// The cost of the headers: `6 B of payload in 58 B: 90 % is headers`.
pub fn overhead(language: Language, layers: &[layers::Layer]) -> String {
    let (headers, data) = layers::overhead(layers);
    let all = headers + data;
    let share = (headers * 100 + all / 2).checked_div(all).unwrap_or(0);
    let (data, all) = (count(data as u64), count(all as u64));
    match language {
        Language::English => format!("{data} B of payload in {all} B: {share} % is headers"),
        Language::Chinese => format!("{all} B 里有 {data} B 载荷：首部占 {share} %"),
    }
}

/// The state of a packet that nobody remembers.
pub fn forgotten(language: Language) -> &'static str {
    language.pick("so long ago that it is not remembered", "时间太久，已不再记得")
}

/// Why there is no wire, and what would mend it, in one sentence; none where there is one.
pub fn missing(language: Language, rung: &Rung) -> Option<String> {
    if matches!(rung.name, RungName::Tun | RungName::Veth) {
        return None;
    }
    let only = language.pick("loopback only", "只有回环接口");
    let Some(no) = rung.refused.first() else { return Some(only.to_owned()) };
    let colon = language.pick(": ", "：");
    let joint = language.pick("; ", "；");
    let told = |said: &str| match language {
        Language::English => said.to_owned(),
        Language::Chinese => remedy::chinese(said),
    };
    let (step, remedy) = (told(&no.step), told(&no.remedy));
    Some(format!("{only}{colon}{step} ({}){joint}{remedy}", no.errno))
}

#[cfg(test)]
mod tests;
