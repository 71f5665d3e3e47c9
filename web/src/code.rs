//! Owns a call as a line of code, and its result as that language would show it.

mod brief;

pub use brief::shorter;

use crate::text::decimal;
use protocol::command::{Application, Family, Half, Kind, Serving, SocketOption};
use protocol::data::Data;
use protocol::reply::Done;
use protocol::{Address, Answer, Command, ErrorKind, SocketId, World};

/// Characters of a payload's literal before it is cut with an ellipsis.
const LITERAL: usize = 24;

/// A programming language in which calls are shown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Dialect {
    /// Python 3.
    #[default]
    Python,
}

/// The call, as one writes it: `send(b"hello")`.
pub fn call(dialect: Dialect, world: &World, ask: &Command) -> String {
    match dialect {
        Dialect::Python => python(world, ask),
    }
}

/// What it came to: `5`, `b"hello"`, `EADDRINUSE`.
pub fn result(dialect: Dialect, world: &World, ask: &Command, result: &Answer) -> String {
    match dialect {
        Dialect::Python => python_result(world, ask, result),
    }
}

fn python(world: &World, ask: &Command) -> String {
    match ask {
        Command::Socket { family, kind, .. } => {
            let family = match family {
                Family::Ipv4 => "AF_INET",
                Family::Ipv6 => "AF_INET6",
                Family::Unix => "AF_UNIX",
            };
            let kind = match kind {
                Kind::Stream => "SOCK_STREAM",
                Kind::Datagram => "SOCK_DGRAM",
            };
            format!("socket({family}, {kind})")
        }
        Command::Option { set, .. } => option(*set),
        Command::Bind { address: to, .. } => format!("bind({})", address(to)),
        Command::Listen { backlog, .. } => format!("listen({backlog})"),
        Command::Accept { .. } => "accept()".into(),
        Command::Connect { address: to, .. } => format!("connect({})", address(to)),
        Command::Send { data, all, .. } => {
            format!("{}({})", if *all { "sendall" } else { "send" }, payload(data))
        }
        Command::Recv { max, peek, .. } => received("recv", *max, *peek),
        Command::SendTo { address: to, data, .. } => {
            format!("sendto({}, {})", payload(data), address(to))
        }
        Command::RecvFrom { max, peek, .. } => received("recvfrom", *max, *peek),
        Command::Shutdown { how, .. } => format!(
            "shutdown({})",
            match how {
                Half::Read => "SHUT_RD",
                Half::Write => "SHUT_WR",
                Half::Both => "SHUT_RDWR",
            }
        ),
        Command::Close { .. } => "close()".into(),
        Command::Timeout { after, .. } => match after {
            None => "settimeout(None)".into(),
            Some(nanos) => format!("settimeout({})", seconds(*nanos)),
        },
        Command::Nonblocking { on, .. } => {
            format!("setblocking({})", if *on { "False" } else { "True" })
        }
        Command::Burst { socket, address: to, count, bytes } => {
            let count = crate::text::picture::number(u64::from(*count));
            let call = if to.is_some() { "sendto" } else { "send" };
            let port = to
                .clone()
                .or_else(|| world.sockets.get(socket)?.kernel.peer.clone())
                .and_then(|to| to.port());
            match port {
                Some(port) => format!("{count} × {call}({bytes} B, :{port})"),
                None => format!("{count} × {call}({bytes} B)"),
            }
        }
        Command::Reader { set: Some(set), .. } => {
            format!("recv({}) every {} ms", set.max, seconds_as_ms(set.every))
        }
        Command::Reader { set: None, .. } => "no automatic recv".into(),
        Command::Interrupt { .. } => "interrupt".into(),
        Command::Experiment(_) => "experiment".into(),
        Command::Reset => "reset".into(),
        // These are no socket calls; the wire's own panel tells of them.
        Command::Impair { .. } => "impair".into(),
        Command::Freeze { .. } => "freeze".into(),
        Command::Packet(_) => "packet".into(),
        Command::Trap { .. } => "trap".into(),
        Command::PacketBytes { .. } => "packet_bytes".into(),
        Command::Wire(_) => "wire".into(),
        // Nor are these: they say when the next call begins.
        Command::Pause { .. } => "pause".into(),
        Command::Step => "step".into(),
        Command::Record(_) => "record".into(),
        Command::Invite(_) => "invite".into(),
        Command::Serve { set: None, .. } => "serve(None)".into(),
        Command::Serve { set: Some(serving), .. } => serving_as_code(serving),
    }
}

fn option(set: SocketOption) -> String {
    let flag = |level: &str, name: &str, on: bool| {
        format!("setsockopt({level}, {name}, {})", i32::from(on))
    };
    let value = |name: &str, value: u32| format!("setsockopt(SOL_SOCKET, {name}, {value})");
    match set {
        SocketOption::ReuseAddress(on) => flag("SOL_SOCKET", "SO_REUSEADDR", on),
        SocketOption::ReusePort(on) => flag("SOL_SOCKET", "SO_REUSEPORT", on),
        SocketOption::SendBuffer(bytes) => value("SO_SNDBUF", bytes),
        SocketOption::ReceiveBuffer(bytes) => value("SO_RCVBUF", bytes),
        SocketOption::NoDelay(on) => flag("IPPROTO_TCP", "TCP_NODELAY", on),
        SocketOption::Keepalive { on, .. } => flag("SOL_SOCKET", "SO_KEEPALIVE", on),
        SocketOption::Linger(after) => format!(
            "setsockopt(SOL_SOCKET, SO_LINGER, pack(\"ii\", {}, {}))",
            i32::from(after.is_some()),
            after.unwrap_or(0)
        ),
        SocketOption::OnlyV6(on) => flag("IPPROTO_IPV6", "IPV6_V6ONLY", on),
        SocketOption::Timestamps(on) => {
            format!("setsockopt(SOL_SOCKET, SO_TIMESTAMPING, {})", if on { "SOF_…" } else { "0" })
        }
        SocketOption::Lossy(0) => "setsockopt(SOL_SOCKET, SO_DETACH_FILTER)".into(),
        SocketOption::Lossy(share) => {
            format!(
                "setsockopt(SOL_SOCKET, SO_ATTACH_FILTER, drop {} %)",
                decimal::short(u64::from(share), 10_000, 4)
            )
        }
    }
}

fn received(name: &str, max: u32, peek: bool) -> String {
    if peek { format!("{name}({max}, MSG_PEEK)") } else { format!("{name}({max})") }
}

/// An address as Python writes it.
pub fn address(address: &Address) -> String {
    match address {
        Address::Inet(inet) => format!("(\"{}\", {})", inet.ip(), inet.port()),
        Address::Unix(name) => format!("\"{name}\""),
        Address::Name { host, port } => format!("(\"{host}\", {port})"),
    }
}

fn seconds(nanos: u64) -> String {
    decimal::short(nanos, 1_000_000_000, 3)
}

fn seconds_as_ms(nanos: u64) -> String {
    decimal::short(nanos, 1_000_000, 3)
}

fn payload(data: &Data) -> String {
    match data {
        Data::Text(text) if text.is_ascii() => bytes(text.as_bytes()),
        Data::Text(text) => {
            let mut shown: String = text.chars().take(LITERAL).collect();
            if shown.len() < text.len() {
                shown.push('…');
            }
            format!("\"{}\".encode()", escape(&shown))
        }
        Data::Hex(hex) => bytes(&hex.0),
        Data::Fill { bytes } => format!("fill({bytes})"),
    }
}

/// A bytes literal, cut with an ellipsis where it is long.
pub fn bytes(bytes: &[u8]) -> String {
    let mut shown = String::new();
    let mut width = 0;
    for byte in bytes {
        let piece = match byte {
            b'\n' => "\\n".to_owned(),
            b'\r' => "\\r".to_owned(),
            b'\t' => "\\t".to_owned(),
            b'"' => "\\\"".to_owned(),
            b'\\' => "\\\\".to_owned(),
            0x20..=0x7e => char::from(*byte).to_string(),
            other => format!("\\x{other:02x}"),
        };
        width += piece.len();
        if width > LITERAL {
            shown.push('…');
            break;
        }
        shown.push_str(&piece);
    }
    format!("b\"{shown}\"")
}

fn escape(text: &str) -> String {
    text.chars()
        .flat_map(|c| match c {
            '"' | '\\' => vec!['\\', c],
            '\n' => vec!['\\', 'n'],
            '\r' => vec!['\\', 'r'],
            '\t' => vec!['\\', 't'],
            other => vec![other],
        })
        .collect()
}

/// What came, as text where it is text: `"你好"` reads better than twelve escapes.
fn shown(data: &[u8]) -> String {
    match std::str::from_utf8(data) {
        Ok(text) if !text.is_ascii() && !text.chars().any(char::is_control) => {
            let cut: String = text.chars().take(LITERAL).collect();
            let dots = if cut.len() < text.len() { "…" } else { "" };
            format!("\"{}{dots}\".encode()", escape(&cut))
        }
        _ => bytes(data),
    }
}

/// The name that a program would give the new socket.
fn variable(world: &World, socket: SocketId) -> String {
    match world.sockets.get(&socket).and_then(|socket| socket.parent) {
        Some((_, nth)) => format!("conn {nth}"),
        None => format!("socket {socket}"),
    }
}

fn python_result(world: &World, ask: &Command, result: &Answer) -> String {
    let done = match result {
        Answer::Ok(done) => done,
        Answer::Error(failure) => return error(failure),
    };
    match done {
        Done::Nothing(_) => "ok".into(),
        Done::Made(made) => format!("socket {}", made.socket),
        Done::Value(value) => value.value.to_string(),
        Done::Local(local) => match ask {
            Command::Bind { address: asked, .. } if asked.port() == Some(0) => {
                format!("ok, {}", address(&local.local))
            }
            _ => "ok".into(),
        },
        Done::Accepted(given) => accepted(&variable(world, given.socket), &given.peer),
        Done::Sent(sent) => match ask {
            Command::Send { all: true, .. } => {
                format!("None ({} B in {} × send)", sent.bytes, sent.parts)
            }
            _ => sent.bytes.to_string(),
        },
        Done::Received(received) => {
            let came = shown(received.data.bytes());
            match &received.from {
                Some(from) => format!("{came}, {}", address(from)),
                None => came,
            }
        }
        Done::Burst(burst) if burst.refused == 0 => burst.sent.to_string(),
        Done::Trapped(trapped) => format!("trap {}", trapped.trap),
        Done::Copied(copied) => format!("packet {}", copied.copy),
        // The token is for its reader alone.
        Done::Invited(invited) => format!("{} viewers", invited.viewers),
        Done::Whole(whole) => format!("{} B", whole.data.bytes().len()),
        Done::Burst(burst) => format!(
            "{}, {} × {}",
            burst.sent,
            burst.refused,
            burst.errno.as_deref().unwrap_or("errno –")
        ),
    }
}

/// A program that runs by itself, as a call of a function.
fn serving_as_code(serving: &Serving) -> String {
    let app = match &serving.app {
        Application::Read(reading) => format!("read({})", reading.max),
        Application::Echo { max } => format!("echo({max})"),
        Application::Answer { max, data } => format!("answer({max}, {})", payload(data)),
        Application::Idle => "idle()".into(),
        Application::Film { frames, .. } => format!("film({frames})"),
    };
    if serving.side_by_side { format!("serve({app}, threads)") } else { format!("serve({app})") }
}

/// What accept gives: the new socket under its name, and who is at its other end.
pub fn accepted(name: &str, peer: &Address) -> String {
    format!("{name}, {}", address(peer))
}

fn error(failure: &protocol::Failure) -> String {
    match failure.kind {
        ErrorKind::TimedOut => "TimeoutError".into(),
        _ => failure.short().to_owned(),
    }
}

#[cfg(test)]
mod tests;
