//! Owns the words about the wire: its weather, what a packet says, and what became of it.

use super::{bytes, left, number, right};
use crate::text::{Language, decimal, wire as text};
use protocol::command::{Net, Side};
use protocol::packet::{Flags, Head, IcmpHead, Lost, TcpHead};
use protocol::wire::{IPV4, Impairment, Loss};
use protocol::world::Wire;
use protocol::{Address, End, Nanos, World};

/// How the wire is: `400 ms each way · loses 5 %`; the two directions apart where they differ.
pub fn weather(language: Language, wire: &Wire) -> String {
    if let Some(why) = &wire.down {
        let why = text::down(language, why);
        return format!("{}: {why}", language.pick("the wire is down", "线路已断"));
    }
    let [there, back] = &wire.impaired;
    if there == back {
        return impaired(language, there, true);
    }
    let one = |arrow: &str, set: &Impairment| format!("{arrow} {}", impaired(language, set, false));
    format!("{}   {}", one("→", there), one("←", back))
}

fn impaired(language: Language, set: &Impairment, both: bool) -> String {
    if set.pulled {
        return language
            .pick("the cable is pulled: everything is lost", "网线已拔：全部丢失")
            .into();
    }
    if set.is_clean() {
        return language.pick("no delay, no loss", "无延迟，不丢包").into();
    }
    let say = |english: String, chinese: String| language.pick(english, chinese);
    let mut parts = Vec::new();
    if set.delay > 0 {
        let each = match (both, language) {
            (true, Language::English) => " each way",
            (true, Language::Chinese) => "（单程）",
            _ => "",
        };
        let jitter = match set.jitter {
            0 => String::new(),
            n => format!(" ± {}", millis(n)),
        };
        parts.push(format!("{}{jitter}{each}", millis(set.delay)));
    }
    match set.loss {
        Some(Loss::Random(share)) if share > 0 => {
            parts.push(say(
                format!("loses {}", text::percent(share)),
                format!("丢 {}", text::percent(share)),
            ));
        }
        Some(Loss::GilbertElliott { .. }) => {
            parts.push(language.pick("loses in bursts", "成串丢包").into());
        }
        _ => {}
    }
    if let Some(nth) = &set.nth {
        let n = number(u64::from(nth.nth.unwrap_or(1)));
        parts.push(say(format!("loses number {n} of its kind"), format!("丢同类第 {n} 个")));
    }
    for (share, english, chinese) in [
        (set.duplicate, "copies", "复制"),
        (set.reorder, "reorders", "乱序"),
        (set.corrupt, "damages", "损坏"),
    ] {
        if share > 0 {
            parts.push(format!("{} {}", language.pick(english, chinese), text::percent(share)));
        }
    }
    if let Some(rate) = set.rate {
        parts.push(bits(rate));
    }
    if let Some(mtu) = set.mtu.filter(|mtu| *mtu != protocol::wire::MTU) {
        parts.push(format!("MTU {}", number(u64::from(mtu))));
    }
    parts.join(" · ")
}

fn millis(nanos: Nanos) -> String {
    match nanos {
        n if n < 1_000_000 => format!("{} µs", n / 1_000),
        n if n % 1_000_000 == 0 || n >= 1_000_000_000 => {
            format!("{} ms", number(n / 1_000_000))
        }
        n => format!("{} ms", decimal::fixed(n, 1_000_000, 1)),
    }
}

fn bits(rate: u64) -> String {
    match rate {
        n if n >= 1_000_000_000 => format!("{} Gbit/s", decimal::fixed(n, 1_000_000_000, 1)),
        n if n >= 1_000_000 => format!("{} Mbit/s", decimal::fixed(n, 1_000_000, 1)),
        n if n >= 1_000 => format!("{} kbit/s", decimal::fixed(n, 1_000, 0)),
        n => format!("{n} bit/s"),
    }
}

/// What stands above a host: `left 10.77.0.1`, where there is a wire and its sockets are on it.
pub fn host(language: Language, world: &World, side: Side) -> String {
    let (name, place) = match side {
        Side::Left => (left(language), 0),
        Side::Right => (right(language), 1),
    };
    let mut own = world.sockets.values().filter(|socket| socket.side == side).peekable();
    let off = own.peek().is_some() && own.all(|socket| socket.net == Net::Host);
    match world.wire {
        Some(_) if off => [name, " · ", language.pick("this machine", "本机")].concat(),
        Some(_) => format!("{name} {}", IPV4[place]),
        None => name.to_owned(),
    }
}

/// When and why: `lost at 5.400 s: your trap`.
pub fn lost_at(language: Language, at: Nanos, why: Lost, trapped: bool) -> String {
    let seconds = format!("{} s", decimal::seconds(at, 3));
    let why = text::lost(language, why, trapped);
    language.pick(format!("lost at {seconds}: {why}"), format!("{seconds} 丢失：{why}"))
}

/// The same where there is less room: `lost: your trap`.
pub fn lost(language: Language, why: Lost, trapped: bool) -> String {
    let why = text::lost(language, why, trapped);
    language.pick(format!("lost: {why}"), format!("丢失：{why}"))
}

/// Ledger: in the kernel of one end of the wire.
pub fn kept_by(language: Language, end: End) -> String {
    let name = match end {
        End::Left => left(language),
        End::Right => right(language),
    };
    language.pick(format!("kept by {name}"), format!("{name}端保留"))
}

/// For how long it has been held: `held 1.3 s`.
pub fn held(language: Language, span: Nanos) -> String {
    let seconds = format!("{} s", decimal::seconds(span, 1));
    language.pick(format!("held {seconds}"), format!("扣住 {seconds}"))
}

/// The whole wire is held: `wire held 2.1 s, kernel timers run on`.
pub fn frozen(language: Language, span: Nanos) -> String {
    let seconds = format!("{} s", decimal::seconds(span, 1));
    language.pick(
        format!("wire held {seconds}, kernel timers run on"),
        format!("线路冻结 {seconds}，内核计时器照走"),
    )
}

/// Packets that were told in sums only: `1,204 packets not drawn`.
pub fn undrawn(language: Language, packets: u64) -> String {
    let n = number(packets);
    language.pick(format!("{n} packets not drawn"), format!("{n} 个包未画出"))
}

/// Lost ones that lie elsewhere: `3 more lost`.
pub fn more_lost(language: Language, packets: usize) -> String {
    language.pick(format!("{packets} more lost"), format!("另丢 {packets} 个"))
}

/// A segment's flags, where they are all there is to say: `SYN-ACK`.
pub fn flags(tcp: &TcpHead) -> String {
    let mut names: Vec<&str> = [(Flags::SYN, "SYN"), (Flags::FIN, "FIN"), (Flags::RST, "RST")]
        .into_iter()
        .filter(|(flag, _)| tcp.flags.has(*flag))
        .map(|(_, name)| name)
        .collect();
    if tcp.flags.has(Flags::ACK) && (names.is_empty() || names == ["SYN"]) {
        names.push("ACK");
    }
    names.join("-")
}

/// So many bytes, and the bytes themselves where they are short text: `6 B 你好`.
pub fn content(payload: u32, start: &[u8]) -> String {
    let count = bytes(u64::from(payload));
    let text = std::str::from_utf8(start)
        .ok()
        .filter(|text| payload as usize == start.len() && !text.is_empty())
        .filter(|text| !text.chars().any(char::is_control) && text.chars().count() <= 12);
    match text {
        // A bare number or blank beside the count would be read as part of it.
        Some(text) if text.starts_with(|c: char| !c.is_alphabetic()) || text.contains(' ') => {
            format!("{count} “{text}”")
        }
        Some(text) => format!("{count} {text}"),
        None => count,
    }
}

/// What an ICMP message says (RFC 792, RFC 4443, RFC 4861); the names are the protocols' own.
pub fn icmp(head: &IcmpHead, src: &Address) -> String {
    let six = src.inet().is_some_and(|inet| inet.ip().to_canonical().is_ipv6());
    let known = match (six, head.kind, head.code) {
        (false, 3, 0) => "net unreachable",
        (false, 3, 1) => "host unreachable",
        (false, 3, 2) => "protocol unreachable",
        (false, 3, 3) | (true, 1, 4) => "port unreachable",
        (false, 3, 4) => "fragmentation needed",
        (false, 3, 9 | 10 | 13) | (true, 1, 1) => "prohibited",
        (false, 11, 0) | (true, 3, 0) => "hop limit exceeded",
        (false, 11, 1) | (true, 3, 1) => "reassembly timed out",
        (false, 8, _) | (true, 128, _) => "echo request",
        (false, 0, _) | (true, 129, _) => "echo reply",
        (true, 1, 0) => "no route",
        (true, 1, _) => "address unreachable",
        (true, 2, _) => "packet too big",
        (true, 133, _) => "router solicitation",
        (true, 134, _) => "router advertisement",
        (true, 135, _) => "neighbour solicitation",
        (true, 136, _) => "neighbour advertisement",
        (true, 143, _) => "multicast report",
        _ => return format!("ICMP {}/{}", head.kind, head.code),
    };
    known.to_owned()
}

/// What a packet says, in its kind's own words, without what was done to it. `part` is which of how
/// many parts of a datagram it is, where known.
pub fn packet(
    language: Language,
    head: &Head,
    src: &Address,
    part: Option<(usize, usize)>,
) -> String {
    match head {
        Head::Tcp(tcp) if tcp.payload == 0 => flags(tcp),
        Head::Tcp(tcp) => {
            let flags = flags(tcp);
            let data = content(tcp.payload, tcp.start.bytes());
            if flags == "ACK" || flags.is_empty() { data } else { format!("{data} {flags}") }
        }
        Head::Udp(udp) => match udp.numbered {
            Some(numbered) => format!("#{}", numbered.number),
            None => content(udp.payload, udp.start.bytes()),
        },
        Head::Icmp(head) => icmp(head, src),
        Head::Fragment(fragment) => {
            let own = fragment.numbered.map(|numbered| format!("#{} ", numbered.number));
            let part = match part {
                Some((nth, of)) => format!("{nth}/{of}"),
                None => language.pick("a part", "分片").to_owned(),
            };
            format!("{}{part}", own.unwrap_or_default())
        }
        Head::Other(other) => {
            let n = other.protocol;
            language.pick(format!("IP protocol {n}"), format!("IP 协议 {n}"))
        }
        Head::Unparsed { .. } => language.pick("unreadable", "读不懂").to_owned(),
    }
}
