//! Owns the words that carry numbers and names.

use super::{bytes, charged_word, name, number, quiet};
use crate::text::{Language, decimal};
use protocol::{Nanos, SocketId, World};

/// The ledger's subject: who sent how much to whom.
pub fn took(language: Language, from: &str, to: &str, amount: u64, stream: bool) -> String {
    match (language, stream) {
        (Language::English, true) => {
            format!("{from} → {to}: send() took {} B", number(amount))
        }
        (Language::English, false) => {
            format!("→ {to}: {} × sendto()", number(amount))
        }
        (Language::Chinese, true) => format!("{from} → {to}：send() 收下 {} B", number(amount)),
        (Language::Chinese, false) => format!("→ {to}：{} × sendto()", number(amount)),
    }
}

/// Charge against its limit, in the limit's unit: `charged 26/32 KiB`.
pub fn charge(language: Language, charged: Option<u32>, limit: Option<u32>) -> String {
    let (unit, name) = match limit.or(charged) {
        Some(n) if n >= 1 << 20 => (1 << 20, "MiB"),
        Some(n) if n >= 10_000 => (1_024, "KiB"),
        _ => (1, "B"),
    };
    let places = u32::from(name == "MiB");
    let show =
        |n: Option<u32>| n.map_or("–".to_owned(), |n| decimal::fixed(u64::from(n), unit, places));
    format!("{} {}/{} {name}", charged_word(language), show(charged), show(limit))
}

/// `20 datagrams`.
pub fn datagrams(language: Language, count: u32) -> String {
    let n = number(u64::from(count));
    match (language, count) {
        (Language::English, 1) => "1 datagram".into(),
        (Language::English, _) => format!("{n} datagrams"),
        (Language::Chinese, _) => format!("{n} 个数据报"),
    }
}

/// `3 datagrams wait, 6 B`.
pub fn datagrams_wait(language: Language, count: u32, payload: u64) -> String {
    let (all, payload) = (datagrams(language, count), bytes(payload));
    match (language, count) {
        (Language::English, 1) => format!("{all} waits, {payload}"),
        (Language::English, _) => format!("{all} wait, {payload}"),
        (Language::Chinese, _) => format!("{all}待读，{payload}"),
    }
}

/// The same where there is less room: `3 wait, 6 B`.
pub fn some_wait(language: Language, count: u32, payload: u64) -> String {
    let (n, payload) = (number(u64::from(count)), bytes(payload));
    language.pick(format!("{n} wait, {payload}"), format!("{n} 个待读，{payload}"))
}

/// What a datagram socket has done: `1,000 sent, 300 read, 680 dropped here`.
pub fn datagram_counts(language: Language, sent: u64, read: u64, drops: Option<u32>) -> String {
    let (sent, read) = (number(sent), number(read));
    let drops = drops.filter(|drops| *drops > 0).map(|drops| number(u64::from(drops)));
    match (language, drops) {
        (Language::English, None) => format!("{sent} sent · {read} read"),
        (Language::English, Some(n)) => format!("{sent} sent · {read} read · {n} dropped"),
        (Language::Chinese, None) => format!("已发 {sent} · 已读 {read}"),
        (Language::Chinese, Some(n)) => format!("已发 {sent} · 已读 {read} · 丢弃 {n}"),
    }
}

/// `16 more`: lanes that are bundled.
pub fn bundle(language: Language, count: usize) -> String {
    language.pick(format!("{count} more"), format!("另有 {count} 条"))
}

/// The ladder's gap: `quiet 0.9 s`.
pub fn quiet_span(language: Language, nanos: Nanos) -> String {
    format!("{} {} s", quiet(language), decimal::seconds(nanos, 1))
}

/// `446 of 1,000`: how the sheet's cells are to be read.
pub fn one_cell(language: Language, stands_for: usize) -> String {
    match (language, stands_for) {
        (Language::English, 1) => "one cell = one datagram, in the order it was sent".into(),
        (Language::Chinese, 1) => "一格 = 一个数据报，按发送顺序".into(),
        (Language::English, n) => {
            format!("one cell = {n} datagrams, in the order they were sent, colours in proportion")
        }
        (Language::Chinese, n) => format!("一格 = {n} 个数据报，按发送顺序，颜色按比例"),
    }
}

/// How the marks on the road are to be read.
pub fn one_mark(language: Language, stands_for: u32) -> String {
    match stands_for {
        1 => language
            .pick(
                "one mark = one datagram · height has no meaning",
                "一个点 = 一个数据报 · 高低无意义",
            )
            .into(),
        n => language.pick(format!("one mark = {n} datagrams"), format!("一个点 = {n} 个数据报")),
    }
}

/// The name of a socket of the world, or a dash.
pub fn name_of(language: Language, world: &World, id: SocketId) -> String {
    world.sockets.get(&id).map_or_else(|| "–".to_owned(), |socket| name(language, socket))
}
