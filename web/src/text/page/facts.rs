//! Owns the kernel's table: every field by its standard term, with its unit; "–" where the kernel has
//! said nothing.

use super::{count, span};
use crate::text::Language;
use protocol::command::{Family, Kind};
use protocol::sample::TimerKind;
use protocol::world::Socket;
use protocol::{Address, Nanos};

/// A term and its value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fact {
    /// The field's standard term.
    pub term: &'static str,
    /// What it means, in a few words.
    pub gloss: &'static str,
    /// The value with its unit.
    pub value: String,
}

const NONE: &str = "–";

fn bytes(n: Option<u64>) -> String {
    n.map_or_else(|| NONE.to_owned(), |n| format!("{} B", count(n)))
}

fn plain(n: Option<u64>) -> String {
    n.map_or_else(|| NONE.to_owned(), count)
}

fn address(address: Option<&Address>) -> String {
    address.map_or_else(|| NONE.to_owned(), ToString::to_string)
}

fn ways(yes: bool, language: Language) -> String {
    if yes { language.pick("yes", "是") } else { language.pick("no", "否") }.to_owned()
}

/// Everything known of a socket, at a moment.
pub fn facts(language: Language, socket: &Socket, at: Nanos) -> Vec<Fact> {
    let kernel = &socket.kernel;
    let wide = |n: Option<u32>| n.map(u64::from);
    let family = match socket.family {
        Family::Ipv4 => "AF_INET",
        Family::Ipv6 => "AF_INET6",
    };
    let kind = match socket.kind {
        Kind::Stream => "SOCK_STREAM",
        Kind::Datagram => "SOCK_DGRAM",
    };
    let timer = kernel.timer.map_or_else(
        || NONE.to_owned(),
        |(timer, _)| {
            let left = kernel.timer_left(at).unwrap_or(0);
            format!("{}, {} ±4 ms, ×{}", timer_name(timer.kind), span(left), timer.fired)
        },
    );
    let reader = socket.reader.map_or_else(
        || NONE.to_owned(),
        |reader| format!("{} B / {}", count(u64::from(reader.max)), span(reader.every)),
    );
    let timeout = socket.timeout.map_or_else(|| language.pick("none", "无").to_owned(), span);
    let rows: [(&str, &str, &str, String); 29] = [
        ("socket(2)", "family, type", "地址族，类型", format!("{family}, {kind}")),
        ("SO_COOKIE", "the kernel’s id", "内核的标识", format!("{:#x}", socket.cookie.0)),
        (
            "tcpi_state",
            "state",
            "状态",
            kernel.state.map_or(NONE, protocol::TcpState::name).to_owned(),
        ),
        ("getsockname", "own address", "自己的地址", address(kernel.local.as_ref())),
        ("getpeername", "other end", "对端地址", address(kernel.peer.as_ref())),
        ("SIOCOUTQ", "kept until acknowledged", "确认之前保留", bytes(kernel.send_queue)),
        ("SIOCOUTQNSD", "of which not sent", "其中尚未发出", bytes(kernel.unsent)),
        ("FIONREAD", "waiting for recv", "等待 recv", bytes(kernel.receive_queue)),
        ("SO_SNDBUF", "limit of send charge", "发送占用上限", bytes(wide(kernel.send_limit))),
        ("SO_RCVBUF", "limit of receive charge", "接收占用上限", bytes(wide(kernel.receive_limit))),
        ("SK_MEMINFO wmem", "send charge", "发送占用", bytes(wide(kernel.send_charged))),
        ("SK_MEMINFO rmem", "receive charge", "接收占用", bytes(wide(kernel.receive_charged))),
        ("accept queue", "waiting for accept", "等待 accept", plain(wide(kernel.accept_queue))),
        (
            "backlog",
            "in force; one more is admitted",
            "生效值；还可再进一个",
            plain(wide(kernel.backlog)),
        ),
        ("SK_MEMINFO drops", "thrown away here", "在此丢弃", plain(wide(kernel.drops))),
        (
            "tcpi_rtt",
            "smoothed round trip",
            "平滑往返时间",
            kernel.round_trip.map_or(NONE.to_owned(), span),
        ),
        (
            "tcpi_snd_cwnd",
            "congestion window, segments",
            "拥塞窗口，报文段",
            plain(wide(kernel.congestion_window)),
        ),
        ("tcpi_snd_wnd", "peer’s receive window", "对端接收窗口", bytes(wide(kernel.peer_window))),
        (
            "tcpi_total_retrans",
            "segments sent again",
            "重传的报文段",
            plain(wide(kernel.retransmissions)),
        ),
        (
            "tcpi_bytes_acked",
            "acknowledged, SYN and FIN count",
            "已确认，含 SYN 与 FIN",
            bytes(kernel.acked),
        ),
        (
            "tcpi_bytes_received",
            "received in order, FIN counts",
            "按序收到，含 FIN",
            bytes(kernel.received),
        ),
        ("timer", "running kernel timer", "内核定时器", timer),
        (
            "peek walk",
            "datagrams waiting",
            "等待的数据报",
            kernel.queue.as_ref().map_or_else(
                || NONE.to_owned(),
                |queue| format!("{} ({} B)", count(u64::from(queue.datagrams)), count(queue.bytes)),
            ),
        ),
        (
            "Σ send",
            "taken by sends",
            "发送收下的",
            format!("{} B, {}", count(socket.sent.bytes), count(socket.sent.count)),
        ),
        (
            "Σ recv",
            "given by receives",
            "接收给出的",
            format!("{} B, {}", count(socket.read.bytes), count(socket.read.count)),
        ),
        ("settimeout", "how long a call may block", "调用最多阻塞多久", timeout),
        ("O_NONBLOCK", "never blocks", "从不阻塞", ways(socket.nonblocking, language)),
        ("reader", "automatic recv", "自动 recv", reader),
        (
            "shutdown",
            "halves shut",
            "已关闭的半边",
            match (socket.shut_read, socket.shut_write) {
                (false, false) => NONE,
                (true, false) => "SHUT_RD",
                (false, true) => "SHUT_WR",
                (true, true) => "SHUT_RDWR",
            }
            .to_owned(),
        ),
    ];
    rows.into_iter()
        .map(|(term, en, zh, value)| Fact { term, gloss: language.pick(en, zh), value })
        .collect()
}

fn timer_name(kind: TimerKind) -> &'static str {
    match kind {
        TimerKind::Retransmit => "retransmit",
        TimerKind::Keepalive => "keepalive",
        TimerKind::TimeWait => "time_wait",
        TimerKind::Probe => "probe",
    }
}
