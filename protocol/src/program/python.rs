//! Owns a program in Python 3.

use super::plan::Step;
use super::words::{Payload, Place, Words, payload, quoted, seconds, seen, unwritten};
use crate::command::{Family, Half, Kind, SocketOption};
use crate::data::Data;
use crate::world::Call;
use crate::{Address, Answer, Command, Done};
use std::fmt::Write as _;

const RECEIVE: &str = "\n\ndef receive(sock, most, wanted):\n    got = 0\n    while got < wanted and (more := sock.recv(min(most, wanted - got))):\n        got += len(more)\n    return got\n\n";

/// The whole program.
pub(super) fn write(words: &Words, steps: &[Step<'_>], left_out: usize) -> String {
    let mut body = String::new();
    for step in steps {
        self::step(&mut body, words, *step);
    }
    if left_out > 0 {
        let _ = writeln!(body, "# {left_out} more calls were made after these");
    }
    let mut text = String::from(
        "# The same socket calls in Python 3; each line that prints tells what came of it.\n",
    );
    if words.wire {
        text.push_str("# The wire's left end is 127.0.0.1 here, its right end 127.0.0.2.\n");
    }
    for (word, import) in [
        ("errno.", "import errno"),
        ("socket.", "import socket"),
        ("struct.", "import struct"),
        ("tempfile.", "import tempfile"),
        ("beside(", "import time"),
    ] {
        if body.contains(word) || import.ends_with("tempfile") && words.unix {
            text.push_str(import);
            text.push('\n');
        }
    }
    if body.contains("beside(") {
        text.push_str("from concurrent.futures import ThreadPoolExecutor\n");
    }
    if words.unix {
        text.push_str("\nfolder = tempfile.mkdtemp()\n");
    }
    if body.contains("beside(") {
        let most = steps.iter().filter(|step| matches!(step, Step::Start(_))).count();
        let _ = write!(
            text,
            "\npool = ThreadPoolExecutor({most})\n\n\ndef beside(call, *arguments):\n    later = pool.submit(call, *arguments)\n    time.sleep(0.1)  # until it sleeps in the kernel\n    return later\n\n"
        );
    }
    if body.contains("receive") {
        text.push_str(RECEIVE);
    }
    text + "\n" + &body
}

fn step(body: &mut String, words: &Words, step: Step<'_>) {
    match step {
        Step::Do(call) => {
            for line in before(words, call) {
                body.push_str(&line);
                body.push('\n');
            }
            let gathers =
                gathers(words, call).map(|(name, all)| format!("{name}({})", all.join(", ")));
            if let Some(made) = gathers.or_else(|| made(words, &call.ask, call.cut)) {
                result(body, words, call, &made);
            }
            if let Some(left_out) = unwritten(words, &call.ask) {
                let _ = writeln!(body, "# {left_out}");
            }
            if let Some(owner) = words.port_after(call.id) {
                let _ = writeln!(body, "{owner}_port = {owner}.getsockname()[1]");
            }
        }
        Step::Start(call) => {
            if let Some((function, arguments)) =
                gathers(words, call).or_else(|| parts(words, &call.ask, call.cut))
            {
                let all = [function].into_iter().chain(arguments).collect::<Vec<_>>().join(", ");
                let _ = writeln!(body, "later_{} = beside({all})", call.id.0);
            }
        }
        Step::Join(call) => result(body, words, call, &format!("later_{}.result()", call.id.0)),
        Step::Never(call) => {
            if let Some(line) = line(words, &call.ask) {
                let why = if call.ended.is_some() { "was interrupted" } else { "still sleeps" };
                let _ = writeln!(body, "# {line}  # {why}");
            }
        }
    }
}

/// A row of receives.
fn gathers(words: &Words, call: &Call) -> Option<(String, Vec<String>)> {
    let Command::Recv { socket, max, .. } = call.ask else { return None };
    let all = || vec![words.of_socket(socket), max.to_string(), call.bytes.to_string()];
    (call.bytes > 0).then(|| ("receive".into(), all()))
}

/// A call's expression with what is done with its value.
fn result(body: &mut String, words: &Words, call: &Call, made: &str) {
    let answer = call.result.as_ref();
    let plain = match (&call.ask, answer) {
        (Command::Socket { .. }, Some(Answer::Ok(Done::Made(done)))) => {
            format!("{} = {made}", words.of_socket(done.socket))
        }
        (_, Some(Answer::Ok(Done::Accepted(done)))) => {
            format!("{}, _ = {made}", words.of_socket(done.socket))
        }
        (Command::RecvFrom { .. }, _) => format!("print({made}[0])"),
        (Command::Send { all: false, .. } | Command::SendTo { .. } | Command::Recv { .. }, _) => {
            format!("print({made})")
        }
        (Command::Burst { count, .. }, Some(Answer::Ok(_))) => {
            burst(body, made, *count);
            return;
        }
        _ => made.to_owned(),
    };
    if let Some(Answer::Error(failure)) = answer {
        let _ = write!(body, "try:\n    {plain}\nexcept ");
        let _ = match &failure.errno {
            Some(name) => {
                writeln!(
                    body,
                    "OSError as error:\n    print(errno.errorcode[error.errno])  # {name}"
                )
            }
            None => writeln!(body, "TimeoutError:\n    print(\"timed out\")"),
        };
    } else {
        body.push_str(&plain);
        let seen = if call.bytes > 0 { Some(call.bytes.to_string()) } else { seen(answer) };
        if let Some(seen) = seen.filter(|_| plain.starts_with("print")) {
            let _ = write!(body, "  # {seen}");
        }
        body.push('\n');
    }
}

fn burst(body: &mut String, made: &str, count: u32) {
    let _ = write!(
        body,
        "sent = 0\nfor number in range(1, {}):\n    try:\n        {made}\n        sent += 1\n    except OSError:\n        pass\nprint(sent)\n",
        count + 1
    );
}

/// Lines that stand before a call.
fn before(words: &Words, call: &Call) -> Vec<String> {
    match &call.ask {
        Command::Option { socket, set: SocketOption::Keepalive { on: true, idle: Some(idle) } } => {
            vec![format!(
                "{}.setsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPIDLE, {idle})",
                words.of_socket(*socket)
            )]
        }
        _ => Vec::new(),
    }
}

/// One call, for a reader.
pub(super) fn line(words: &Words, ask: &Command) -> Option<String> {
    made(words, ask, None)
}

fn made(words: &Words, ask: &Command, cut: Option<u32>) -> Option<String> {
    let (function, arguments) = parts(words, ask, cut)?;
    Some(format!("{function}({})", arguments.join(", ")))
}

/// What is called, and its arguments.
fn parts(words: &Words, ask: &Command, cut: Option<u32>) -> Option<(String, Vec<String>)> {
    let (name, arguments) = match ask {
        Command::Socket { family, kind, .. } => {
            let family = match family {
                Family::Ipv4 => "socket.AF_INET",
                Family::Ipv6 => "socket.AF_INET6",
                Family::Unix => "socket.AF_UNIX",
            };
            let kind = match kind {
                Kind::Stream => "socket.SOCK_STREAM",
                Kind::Datagram => "socket.SOCK_DGRAM",
            };
            return Some(("socket.socket".into(), vec![family.into(), kind.into()]));
        }
        Command::Option { set, .. } => option(*set)?,
        Command::Bind { address, .. } => ("bind", vec![place(words, address)]),
        Command::Listen { backlog, .. } => ("listen", vec![backlog.to_string()]),
        Command::Accept { .. } => ("accept", vec![]),
        Command::Connect { address, .. } => ("connect", vec![place(words, address)]),
        Command::Send { data, all, .. } => {
            (if *all { "sendall" } else { "send" }, vec![bytes(data, cut)])
        }
        Command::SendTo { address, data, .. } => {
            ("sendto", vec![bytes(data, cut), place(words, address)])
        }
        Command::Recv { max, peek, .. } => ("recv", received(*max, *peek)),
        Command::RecvFrom { max, peek, .. } => ("recvfrom", received(*max, *peek)),
        Command::Shutdown { how, .. } => {
            let how = match how {
                Half::Read => "socket.SHUT_RD",
                Half::Write => "socket.SHUT_WR",
                Half::Both => "socket.SHUT_RDWR",
            };
            ("shutdown", vec![how.into()])
        }
        Command::Close { .. } => ("close", vec![]),
        Command::Timeout { after, .. } => {
            ("settimeout", vec![after.map_or("None".into(), seconds)])
        }
        Command::Nonblocking { on, .. } => {
            ("setblocking", vec![if *on { "False" } else { "True" }.into()])
        }
        Command::Burst { address, bytes, .. } => {
            let data = format!("number.to_bytes(8, \"big\").ljust({bytes}, b\"\\0\")[:{bytes}]");
            match address {
                Some(address) => ("sendto", vec![data, place(words, address)]),
                None => ("send", vec![data]),
            }
        }
        _ => return None,
    };
    Some((format!("{}.{name}", words.of_socket(ask.socket()?)), arguments))
}

fn received(max: u32, peek: bool) -> Vec<String> {
    let flags = peek.then(|| "socket.MSG_PEEK".to_owned());
    [max.to_string()].into_iter().chain(flags).collect()
}

fn option(set: SocketOption) -> Option<(&'static str, Vec<String>)> {
    let (level, name, value) = match set {
        SocketOption::ReuseAddress(on) => ("SOL_SOCKET", "SO_REUSEADDR", u32::from(on)),
        SocketOption::ReusePort(on) => ("SOL_SOCKET", "SO_REUSEPORT", u32::from(on)),
        SocketOption::SendBuffer(bytes) => ("SOL_SOCKET", "SO_SNDBUF", bytes),
        SocketOption::ReceiveBuffer(bytes) => ("SOL_SOCKET", "SO_RCVBUF", bytes),
        SocketOption::NoDelay(on) => ("IPPROTO_TCP", "TCP_NODELAY", u32::from(on)),
        SocketOption::Keepalive { on, .. } => ("SOL_SOCKET", "SO_KEEPALIVE", u32::from(on)),
        SocketOption::OnlyV6(on) => ("IPPROTO_IPV6", "IPV6_V6ONLY", u32::from(on)),
        SocketOption::Linger(after) => {
            let value = format!(
                "struct.pack(\"ii\", {}, {})",
                u8::from(after.is_some()),
                after.unwrap_or(0)
            );
            return Some((
                "setsockopt",
                vec!["socket.SOL_SOCKET".into(), "socket.SO_LINGER".into(), value],
            ));
        }
        // A filter and stamps would need pages of their own; the calls behave the same without.
        SocketOption::Lossy(_) | SocketOption::Timestamps(_) => return None,
    };
    Some((
        "setsockopt",
        vec![format!("socket.{level}"), format!("socket.{name}"), value.to_string()],
    ))
}

fn place(words: &Words, address: &Address) -> String {
    match words.place(address) {
        Place::Unix(name) => format!("f\"{{folder}}/{name}\""),
        Place::Inet(ip, port) => format!("(\"{ip}\", {port})"),
        Place::Of(ip, owner) => format!("(\"{ip}\", {owner}_port)"),
    }
}

fn bytes(data: &Data, cut: Option<u32>) -> String {
    match payload(data, cut) {
        Payload::Text(text) if text.is_ascii() => format!("b\"{text}\""),
        Payload::Text(text) => format!("\"{text}\".encode()"),
        Payload::Bytes(bytes) => format!("b{}", quoted(&bytes)),
        Payload::Fill(bytes) if bytes % 26 == 0 => {
            format!("b\"abcdefghijklmnopqrstuvwxyz\" * {}", bytes / 26)
        }
        Payload::Fill(bytes) => {
            format!("(b\"abcdefghijklmnopqrstuvwxyz\" * {})[:{bytes}]", bytes / 26 + 1)
        }
        Payload::Cut(bytes, whole) => {
            format!("b{}.ljust({whole}, b\".\")", quoted(&bytes))
        }
    }
}
