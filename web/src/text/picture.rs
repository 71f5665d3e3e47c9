//! Owns the words inside pictures. State names, call names and errnos stay English.

mod ladder;
mod told;
mod wire;

pub use ladder::{
    again_of, call_told, crossing_told, is_odd, ladder_cut, ladder_span, numbers, odd, packet_told,
    row_of, run_told,
};
pub use told::{
    bundle, charge, datagram_counts, datagrams, datagrams_wait, name_of, one_cell, one_mark,
    quiet_span, some_wait, took,
};
pub use wire::{
    content, flags, frozen, held, host, icmp, kept_by, lost, lost_at, more_lost, packet, undrawn,
    weather,
};

use super::{Language, decimal};
use crate::timeline::Timeline;
use protocol::sample::TimerKind;
use protocol::world::Socket;
use protocol::{Nanos, SocketId};

/// A count with its thousands set apart: `1,000`.
pub fn number(n: u64) -> String {
    let digits = n.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// A span as short as it can be told: `31 µs`, `0.87 s`.
pub fn span(nanos: Nanos) -> String {
    match nanos {
        0..1_000 => format!("{nanos} ns"),
        1_000..100_000 => format!("{} µs", decimal::fixed(nanos, 1_000, 0)),
        100_000..1_000_000 => format!("{} ms", decimal::fixed(nanos, 1_000_000, 2)),
        1_000_000..1_000_000_000 => format!("{} ms", decimal::fixed(nanos, 1_000_000, 1)),
        1_000_000_000..100_000_000_000 => format!("{} s", decimal::seconds(nanos, 2)),
        _ => format!("{} s", decimal::seconds(nanos, 0)),
    }
}

/// A running span in seconds, which must not jump in width: `0.19 s`.
pub fn seconds(nanos: Nanos) -> String {
    let places = if nanos < 100_000_000_000 { 2 } else { 0 };
    format!("{} s", decimal::seconds(nanos, places))
}

/// Bytes: `5 B`, `64 KiB`.
pub fn bytes(n: u64) -> String {
    if n < 10_000 {
        format!("{} B", number(n))
    } else if n < 10 * 1024 * 1024 {
        format!("{} KiB", number(n / 1024))
    } else {
        format!("{} MiB", number(n / 1024 / 1024))
    }
}

/// What a socket is called.
pub fn name(language: Language, socket: &Socket) -> String {
    let parts = Parts {
        given: socket.name.as_deref(),
        listens: socket.listens(),
        nth: socket.parent.map(|(_, nth)| nth),
        client: socket.client,
    };
    parts.name(language, socket.id)
}

/// The same of one that the world may have forgotten.
pub fn remembered_name(language: Language, timeline: &Timeline, id: SocketId) -> String {
    if let Some(socket) = timeline.world().sockets.get(&id) {
        return name(language, socket);
    }
    let parts = match timeline.face(id) {
        Some(face) => Parts {
            given: face.name.as_deref(),
            listens: face.listened,
            nth: face.nth,
            client: face.client,
        },
        None => Parts { given: None, listens: false, nth: None, client: None },
    };
    parts.name(language, id)
}

struct Parts<'a> {
    given: Option<&'a str>,
    listens: bool,
    nth: Option<u32>,
    client: Option<u32>,
}

impl Parts<'_> {
    fn name(&self, language: Language, id: SocketId) -> String {
        match (self.given, self.nth) {
            (Some(given), _) => match (language, given) {
                (Language::Chinese, "client") => "客户端".into(),
                (Language::Chinese, "server") => "服务端".into(),
                _ => given.to_owned(),
            },
            (None, Some(nth)) => format!("conn {nth}"),
            (None, None) if self.listens => language.pick("server", "服务端").into(),
            (None, None) => match self.client {
                Some(nth) => format!("{} {nth}", language.pick("client", "客户端")),
                None => format!("{} {id}", language.pick("socket", "套接字")),
            },
        }
    }
}

/// The end of a sentence about a place in the accept queue: `1st in the accept queue`.
pub fn in_queue(language: Language, place: usize) -> String {
    let suffix = match (place % 10, place % 100) {
        (_, 11..=13) => "th",
        (1, _) => "st",
        (2, _) => "nd",
        (3, _) => "rd",
        _ => "th",
    };
    language
        .pick(format!("{place}{suffix} in the accept queue"), format!("排在接受队列第 {place} 位"))
}

/// What a kernel timer does when it ends.
pub fn timer(language: Language, kind: TimerKind) -> &'static str {
    match kind {
        TimerKind::Retransmit => language.pick("kernel resends in", "内核重发倒计时"),
        TimerKind::Keepalive => language.pick("keepalive in", "保活探测倒计时"),
        TimerKind::TimeWait => language.pick("TIME_WAIT ends in", "TIME_WAIT 还剩"),
        TimerKind::Probe => language.pick("probes the closed window in", "零窗口探测倒计时"),
    }
}

macro_rules! words {
    ($($(#[$doc:meta])* $name:ident: $english:literal, $chinese:literal;)*) => {$(
        $(#[$doc])*
        pub fn $name(language: Language) -> &'static str {
            language.pick($english, $chinese)
        }
    )*};
}

words! {
    /// The left host.
    left: "left", "左";
    /// The right host.
    right: "right", "右";
    /// A buffer's name.
    send_buffer: "send buffer", "发送缓冲区";
    /// A buffer's name.
    receive_buffer: "receive buffer", "接收缓冲区";
    /// Why bytes are in the send buffer.
    kept: "kept until ACKed", "留到收到 ACK";
    /// Why bytes are in the receive buffer.
    waiting_unread: "waiting, not read", "已到达，未读";
    /// Nothing in it.
    empty: "empty", "空";
    /// The kernel has not said.
    unknown: "–", "–";
    /// Whose eyes have seen the bytes.
    program: "program", "程序";
    /// Before a blocked call.
    asleep_in: "program asleep in", "程序睡在";
    /// The same where there is less room.
    asleep_in_short: "asleep in", "睡在";
    /// A call that sleeps.
    asleep: "asleep", "已睡";
    /// No address yet.
    no_port: "no port yet", "尚无端口";
    /// A peer that is not ours.
    outside: "outside program", "外部程序";
    /// A peer of ours that is gone.
    gone: "no socket now", "现无套接字";
    /// Above those in the accept queue.
    connected_already: "connected already, before any accept():", "已经连接，还没有人调用 accept()：";
    /// The same in two lines: the first.
    connected: "connected already,", "已经连接，";
    /// The second.
    nobody_accepts: "though nobody has called accept()", "尽管还没人调用 accept()";
    /// Of a bundle of those that wait.
    not_accepted: "not accepted yet", "尚未被接受";
    /// What nobody saw.
    inferred: "inferred", "推断";
    /// Datagram sockets.
    datagram: "datagram", "数据报";
    /// Nothing is under way.
    quiet: "quiet", "安静";
    /// The stack before a full buffer, in two lines.
    dropped_stack: "dropped:", "丢弃：";
    /// The second line.
    buffer_full: "buffer full", "缓冲区满";
    /// The ladder's head.
    ladder_head: "the wire through time: same left, same right, time runs down", "线路随时间：左右不变，时间向下";
    /// Above a ladder that was saved.
    ladder_title: "Patchbay: the wire through time", "Patchbay：线路随时间";
    /// The ladder's second head.
    ladder_narrow: "dashed = inferred", "虚线 = 推断";
    /// The same where there is room.
    ladder_inferred: "dashed = inferred from both kernels; on loopback nobody sees packets", "虚线 = 由两端内核推断；环回上看不到包";
    /// An empty ladder.
    no_calls: "no socket call yet: each will stand here as code, with the kernel’s answer", "还没有套接字调用：每个调用都会写成代码，连同内核的回答";
    /// The moment of now.
    now: "now", "现在";
    /// The ledger's end.
    unexplained: "unexplained", "对不上账";
    /// A number that the kernel keeps to itself.
    not_knowable: "not knowable", "无从得知";
    /// Before the ledger must balance.
    settling: "settling", "结算中";
    /// Ledger: in the sender's kernel.
    kept_by_sender: "kept by the sender", "发送端保留";
    /// Ledger: in the receiver's kernel.
    waiting: "waiting", "待读";
    /// Ledger: in the program.
    read: "read", "已读";
    /// Ledger: gone with a closed socket.
    discarded: "discarded", "作废";
    /// Ledger: dropped by the receiver's kernel.
    dropped: "dropped", "丢弃";
    /// Ledger: where it is now is not known.
    on_the_way: "on the way", "途中";
    /// Ledger: nothing was sent.
    nothing_sent: "nothing has been sent", "什么也没发";
    /// Ledger: no flow.
    no_flow: "select a connected socket to see its balance", "选中一个已连接的套接字，看它的账";
    /// Ledger: the selected socket has no other end.
    unconnected: "not connected: nothing to balance", "尚未连接，没有账可算";
    /// Ledger: the other end is not a socket of ours, or not yet.
    other_end: "no socket of ours at the other end: not knowable", "对端没有我们的套接字，无从得知";
    /// Sheet: not yet sent.
    unsent: "not yet sent", "未发";
    /// Sheet: taken by sendto; where it is is not known.
    sent: "sent, fate unknown", "已发，去向未知";
    /// Sheet.
    sheet_dropped: "dropped by the kernel", "被内核丢弃";
    /// Sheet.
    sheet_waiting: "waiting in buffer", "在缓冲区等待";
    /// Sheet.
    sheet_read: "read by program", "被程序读走";
    /// Sheet.
    sheet_discarded: "discarded at close", "关闭时作废";
    /// Sheet.
    sheet_refused: "refused by sendto", "被 sendto 拒绝";
    /// Lost on the wire.
    sheet_lost: "lost on the wire", "在线上丢失";
    /// Charge against limit.
    charged_word: "charged", "记账";
    /// Round trip.
    round_trip: "rtt", "rtt";
    /// What the peer offers.
    peer_window: "peer window", "对端窗口";
    /// Segments sent again.
    resent: "resent", "重发";
    /// On a segment that carries what has been on the wire before.
    again: "again", "重发";
    /// On a packet that the wire has sent a second time.
    copy: "copy", "副本";
    /// On a packet of which a bit was flipped.
    damaged: "damaged", "已损坏";
    /// Beside a lost segment.
    nobody_told: "nobody has been told", "没有人被告知";
    /// Beside a lost segment whose bytes are on the wire again.
    sent_again: "the kernel has sent it again", "内核已经重发";
    /// Beside a lost datagram.
    nobody_sends: "nobody sends it again", "没有人会重发";
    /// A socket that another program made.
    outside_program: "outside program", "外部程序";
    /// The stack of those that the wire lost.
    lost_stack: "lost on the wire", "在线上丢失";
    /// The same in one word.
    lost_short: "lost", "丢失";
    /// Ledger: on the wire.
    on_the_wire: "on the wire", "在线上";
    /// Ledger: a part was lost, so that the rest is of no use.
    not_reassembled: "not reassembled", "未能重组";
    /// Ledger: dropped by the sender's own device.
    device_full: "dropped by the sender’s device", "被发送端设备丢弃";
    /// Ledger: sent twice by the wire.
    copied: "copied by the wire", "被线路复制";
    /// Ledger: a flipped bit, which the checksum finds.
    damaged_sum: "damaged (checksum)", "已损坏（校验和）";
    /// Ledger: kept, and the wire lost what was sent of it.
    copy_lost: "their copy on the wire was lost", "它们在线上的那份丢了";
    /// An empty stage.
    nothing_here: "No socket yet: a socket is one end of a conversation.", "还没有套接字：套接字是一段通信的一端。";
    /// The same, where there is nothing to do but wait.
    owner_makes: "What the owner does appears here by itself.", "所有者的操作会自动出现在这里。";
    /// The same: what to do.
    make_one: "Make a server on one side, a socket on the other, connect them.", "在一边建服务端，另一边建套接字，再把它们连起来。";
    /// The same on a narrow screen.
    no_socket: "No socket yet.", "还没有套接字。";
    /// What to do there.
    make_above: "A server on one side, a socket on the other.", "一边建服务端，另一边建套接字。";
}
