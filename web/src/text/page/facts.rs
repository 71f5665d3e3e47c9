//! Owns the kernel's table: every field by its standard term, with its unit; "–" where the kernel has
//! said nothing.

use super::{count, span};
use crate::text::{Language, decimal};
use protocol::command::{Family, Kind};
use protocol::sample::TimerKind;
use protocol::world::{Kernel, Socket};
use protocol::{Address, Nanos};

/// How many rows the table has.
const FACTS: usize = 30;

/// Each row's standard term, and what it means in a few words.
const TERMS: [(&str, &str, &str); FACTS] = [
    ("socket(2)", "family, type", "地址族，类型"),
    ("SO_COOKIE", "the kernel’s id", "内核的标识"),
    ("tcpi_state", "state", "状态"),
    ("getsockname", "own address", "自己的地址"),
    ("getpeername", "other end", "对端地址"),
    ("SIOCOUTQ", "kept until acknowledged", "确认之前保留"),
    ("SIOCOUTQNSD", "of which not sent", "其中尚未发出"),
    ("FIONREAD", "waiting for recv", "等待 recv"),
    ("SO_SNDBUF", "limit of the send charge", "发送占用上限"),
    ("SO_RCVBUF", "limit of the receive charge", "接收占用上限"),
    ("meminfo wmem", "send charge", "发送占用"),
    ("meminfo rmem", "receive charge", "接收占用"),
    ("tcpi_unacked", "waiting for accept (listener)", "等待 accept（监听者）"),
    ("tcpi_sacked", "backlog in force; one more is admitted", "生效的 backlog；还可再进一个"),
    ("meminfo drops", "thrown away here", "在此丢弃"),
    ("tcpi_rtt", "smoothed round trip", "平滑往返时间"),
    ("tcpi_snd_cwnd", "congestion window, segments", "拥塞窗口，报文段"),
    ("tcpi_snd_wnd", "the peer’s receive window", "对端接收窗口"),
    ("tcpi_total_retrans", "segments sent again", "重传的报文段"),
    ("tcpi_bytes_acked", "acknowledged; SYN, FIN count", "已确认；含 SYN 与 FIN"),
    ("tcpi_bytes_received", "received in order; FIN counts", "按序收到；含 FIN"),
    ("idiag_timer", "running timer, left, fired", "定时器，剩余，已触发"),
    ("SO_PEEK_OFF walk", "datagrams waiting", "等待的数据报"),
    ("Σ send", "taken by sends", "发送收下的"),
    ("Σ recv", "given by receives", "接收给出的"),
    ("settimeout", "how long a call may block", "调用最多阻塞多久"),
    ("O_NONBLOCK", "calls never block", "调用从不阻塞"),
    ("reader", "automatic recv", "自动 recv"),
    ("shutdown", "halves shut", "已关闭的半边"),
    ("UNIX_DIAG_PEER", "our socket at the other end", "对端是本程序的套接字"),
];

const NONE: &str = "–";

/// Each row's term and gloss.
pub fn fact_terms(language: Language) -> impl Iterator<Item = (&'static str, &'static str)> {
    TERMS.iter().map(move |(term, english, chinese)| (*term, language.pick(*english, *chinese)))
}

/// Each row's value, at a moment.
pub fn facts(language: Language, socket: &Socket, at: Nanos) -> [String; FACTS] {
    let kernel = &socket.kernel;
    [
        format!("{}, {}", family(socket.family), kind(socket.kind)),
        format!("{:#x}", socket.cookie.0),
        kernel.state.map_or(NONE, protocol::TcpState::name).to_owned(),
        address(kernel.local.as_ref()),
        address(kernel.peer.as_ref()),
        bytes(kernel.send_queue),
        bytes(kernel.unsent),
        match (socket.kind, kernel.receive_queue) {
            // Of a datagram socket it gives the size of the first one only.
            (Kind::Datagram, Some(n)) if n > 0 => {
                format!("{} B{}", count(n), language.pick(", the first one", "，仅第一个"))
            }
            (_, n) => bytes(n),
        },
        bytes(kernel.send_limit),
        bytes(kernel.receive_limit),
        bytes(kernel.send_charged),
        bytes(kernel.receive_charged),
        plain(kernel.accept_queue),
        plain(kernel.backlog),
        plain(kernel.drops),
        kernel.round_trip.map_or_else(|| NONE.to_owned(), span),
        plain(kernel.congestion_window),
        bytes(kernel.peer_window),
        plain(kernel.retransmissions),
        bytes(kernel.acked),
        bytes(kernel.received),
        timer(kernel, at),
        kernel.queue.as_ref().map_or_else(
            || NONE.to_owned(),
            |queue| format!("{} ({} B)", count(u64::from(queue.datagrams)), count(queue.bytes)),
        ),
        format!("{} B, ×{}", count(socket.sent.bytes), count(socket.sent.count)),
        format!("{} B, ×{}", count(socket.read.bytes), count(socket.read.count)),
        socket.timeout.map_or_else(|| language.pick("none", "无").to_owned(), span),
        if socket.nonblocking { language.pick("yes", "是") } else { language.pick("no", "否") }
            .to_owned(),
        socket.reader.map_or_else(
            || NONE.to_owned(),
            |reader| format!("{} B / {}", count(u64::from(reader.max)), span(reader.every)),
        ),
        shut(socket).to_owned(),
        kernel.peer_socket.map_or_else(|| NONE.to_owned(), |far| far.to_string()),
    ]
}

fn bytes(n: Option<impl Into<u64>>) -> String {
    n.map_or_else(|| NONE.to_owned(), |n| format!("{} B", count(n.into())))
}

fn plain(n: Option<u32>) -> String {
    n.map_or_else(|| NONE.to_owned(), |n| count(u64::from(n)))
}

fn address(address: Option<&Address>) -> String {
    address.map_or_else(|| NONE.to_owned(), ToString::to_string)
}

fn family(family: Family) -> &'static str {
    match family {
        Family::Ipv4 => "AF_INET",
        Family::Ipv6 => "AF_INET6",
        Family::Unix => "AF_UNIX",
    }
}

fn kind(kind: Kind) -> &'static str {
    match kind {
        Kind::Stream => "SOCK_STREAM",
        Kind::Datagram => "SOCK_DGRAM",
    }
}

fn timer(kernel: &Kernel, at: Nanos) -> String {
    let Some((timer, _)) = kernel.timer else { return NONE.to_owned() };
    let name = match timer.kind {
        TimerKind::Retransmit => "retransmit",
        TimerKind::Keepalive => "keepalive",
        TimerKind::TimeWait => "time_wait",
        TimerKind::Probe => "probe",
    };
    let left = kernel.timer_left(at).unwrap_or(0);
    format!("{name}, {} s, ×{}", decimal::seconds(left, 1), timer.fired)
}

fn shut(socket: &Socket) -> &'static str {
    match (socket.shut_read, socket.shut_write) {
        (false, false) => NONE,
        (true, false) => "SHUT_RD",
        (false, true) => "SHUT_WR",
        (true, true) => "SHUT_RDWR",
    }
}
