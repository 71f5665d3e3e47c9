//! Owns the words of the ladder's lines: sequence numbers, what repeats what, and all of it as a sentence.

use super::{number, span};
use crate::text::{Language, decimal};
use crate::timeline::{Base, Origin, Packet};
use protocol::packet::{Flags, TcpHead};
use protocol::{Nanos, PacketId};

/// Behind a number that is not counted from what the reader expects.
const ODD: &str = "†";

/// A segment's flags, all of them: `PSH-ACK`.
fn all_flags(tcp: &TcpHead) -> String {
    let names = [
        (Flags::SYN, "SYN"),
        (Flags::FIN, "FIN"),
        (Flags::RST, "RST"),
        (Flags::PSH, "PSH"),
        (Flags::ACK, "ACK"),
    ];
    let set = names.into_iter().filter(|(flag, _)| tcp.flags.has(*flag)).map(|(_, name)| name);
    set.collect::<Vec<_>>().join("-")
}

/// A segment's numbers, the longest form first: flags, seq, ack, len, win. Absolute ones need what its
/// bytes said; a number that is not counted from its SYN has a mark.
pub fn numbers(tcp: &TcpHead, origin: Origin, absolute: bool, base: Option<Base>) -> Vec<String> {
    let one = |relative: u32, base: Option<u32>, synced: bool| match (absolute, base) {
        (true, Some(base)) => relative.wrapping_add(base).to_string(),
        (true, None) => format!("{relative}{ODD}"),
        (false, _) => format!("{relative}{}", if synced { "" } else { ODD }),
    };
    let seq = one(tcp.seq, base.map(|base| base.own), origin.own);
    let mut short = format!("seq {seq}");
    if tcp.flags.has(Flags::ACK) {
        let ack = one(tcp.ack, base.and_then(|base| base.other), origin.other);
        short = format!("{short} ack {ack}");
    }
    let len = tcp.payload;
    // Without payload the label has said the flags.
    let flags = if len > 0 { format!("{}  ", all_flags(tcp)) } else { String::new() };
    let long = format!("{flags}{short} len {len}");
    let win = number(u64::from(tcp.window));
    vec![format!("{long} win {win}"), long, short]
}

/// Whether a number in a text has the mark.
pub fn is_odd(text: &str) -> bool {
    text.contains(ODD)
}

/// What the mark means.
pub fn odd(language: Language, absolute: bool) -> &'static str {
    if absolute {
        language.pick(
            "† counted from the SYN: its bytes are not at hand",
            "† 从 SYN 起计：手头没有它的字节",
        )
    } else {
        language.pick(
            "† its SYN was not seen: counted from the first segment",
            "† 没看到它的 SYN：从第一个报文段起计",
        )
    }
}

/// What is repeated: `again: #88`; a part of it only: `partly again: #88`.
pub fn again_of(language: Language, repeats: Option<PacketId>, whole: bool) -> String {
    let word = match (language, whole) {
        (Language::English, true) => "again",
        (Language::English, false) => "partly again",
        (Language::Chinese, true) => "重发",
        (Language::Chinese, false) => "部分重发",
    };
    match repeats {
        Some(packet) => format!("{word}{}#{packet}", language.pick(": ", "：")),
        None => word.to_owned(),
    }
}

fn at(moment: Nanos) -> String {
    format!("{} s", decimal::seconds(moment, 6))
}

fn from_to(language: Language, began: Nanos, ended: Option<Nanos>) -> String {
    let from = at(began);
    let Some(ended) = ended else {
        return language
            .pick(format!("entered {from}, still on the wire"), format!("{from} 进入，仍在线上"));
    };
    let (to, took) = (at(ended), span(ended.saturating_sub(began)));
    language.pick(
        format!("entered {from}, left {to} ({took})"),
        format!("{from} 进入，{to} 离开（{took}）"),
    )
}

/// All that is known of one packet's line.
pub fn packet_told(
    language: Language,
    packet: &Packet,
    now: Nanos,
    label: &str,
    numbers: Option<&String>,
    lost: Option<&str>,
) -> String {
    let gone = packet.gone().filter(|gone| *gone <= now);
    let mut parts = vec![format!("#{} {label}", packet.id)];
    parts.extend(numbers.cloned());
    parts.extend(lost.map(str::to_owned));
    parts.push(from_to(language, packet.entered, gone));
    parts.join(" · ")
}

/// The same of many in one line.
pub fn run_told(language: Language, label: &str, began: Nanos, ended: Option<Nanos>) -> String {
    format!("{label} · {}", from_to(language, began, ended))
}

/// The same of what nobody saw.
pub fn crossing_told(language: Language, label: &str, began: Nanos, ended: Nanos) -> String {
    let (from, to) = (at(began), at(ended));
    language.pick(
        format!("{label} · inferred: between {from} and {to}"),
        format!("{label} · 推断：在 {from} 与 {to} 之间"),
    )
}

/// All of one call: what came of it, and how long it took.
pub fn call_told(language: Language, code: &str, began: Nanos, ended: Option<Nanos>) -> String {
    let from = at(began);
    match ended {
        Some(ended) => {
            let took = span(ended.saturating_sub(began));
            language.pick(
                format!("{code} · began {from}, took {took}"),
                format!("{code} · {from} 开始，用时 {took}"),
            )
        }
        None => language.pick(
            format!("{code} · began {from}, has not returned"),
            format!("{code} · {from} 开始，尚未返回"),
        ),
    }
}

/// Which row of how many is the lowest.
pub fn row_of(language: Language, row: usize, of: usize) -> String {
    let (row, of) = (number(row as u64), number(of as u64));
    language.pick(format!("row {row} of {of}"), format!("第 {row} 行，共 {of} 行"))
}

/// What is under a ladder that was saved: its span.
pub fn ladder_span(language: Language, from: Nanos, to: Nanos) -> String {
    let (from, to) = (at(from), at(to));
    language.pick(
        format!("time runs down, from {from} to {to} of the lab’s clock; silence is folded"),
        format!("时间向下，实验室时钟 {from} 至 {to}；安静的时段已折叠"),
    )
}

/// That a saved ladder is not all of it.
pub fn ladder_cut(language: Language, shown: usize, of: usize) -> String {
    let (shown, of) = (number(shown as u64), number(of as u64));
    language.pick(
        format!("Cut: these are the last {shown} of {of} rows."),
        format!("已截断：这里是共 {of} 行中的最后 {shown} 行。"),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn head(flags: Flags, payload: u32) -> TcpHead {
        TcpHead { flags, seq: 1, ack: 6, window: 64_240, payload, ..TcpHead::default() }
    }

    #[test]
    fn numbers_say_what_they_count_from() {
        let seen = Origin { own: true, other: true, turn: 1 };
        let data = head(Flags::PSH | Flags::ACK, 5);
        let first = |origin, absolute, base| numbers(&data, origin, absolute, base).remove(0);
        assert_eq!(first(seen, false, None), "PSH-ACK  seq 1 ack 6 len 5 win 64,240");
        let blind = Origin { own: false, ..seen };
        assert_eq!(first(blind, false, None), "PSH-ACK  seq 1† ack 6 len 5 win 64,240");
        let base = Base { own: u32::MAX, other: Some(1_000) };
        assert_eq!(first(seen, true, Some(base)), "PSH-ACK  seq 0 ack 1006 len 5 win 64,240");
        let half = Base { own: 10, other: None };
        assert_eq!(first(seen, true, Some(half)), "PSH-ACK  seq 11 ack 6† len 5 win 64,240");
        assert!(is_odd(&first(seen, true, None)) && !is_odd(&first(seen, false, None)));
        assert_eq!(numbers(&head(Flags::SYN, 0), seen, false, None)[2], "seq 1");
    }
}
