//! Owns a program in Rust, with the crate `socket2`, which shows the calls as they are.

use super::plan::Step;
use super::words::{Payload, Place, Words, payload, quoted, seen, unwritten};
use crate::command::{Family, Half, Kind, SocketOption};
use crate::data::Data;
use crate::world::Call;
use crate::{Address, Answer, Command, Done};
use std::fmt::Write as _;

const HEAD: &str = "// The same socket calls in Rust (socket2 = \"0.6\"); each line that prints tells what came of it.\n";
/// Helpers that a program has where it uses them: what names one, and its text.
const HELPERS: [(&str, &str); 5] = [
    (
        "receive(",
        "fn receive(socket: &Socket, most: usize, wanted: usize) -> io::Result<usize> {\n    let mut got = 0;\n    while got < wanted {\n        match socket.recv(&mut vec![std::mem::MaybeUninit::new(0); most.min(wanted - got)])? {\n            0 => break,\n            more => got += more,\n        }\n    }\n    Ok(got)\n}\n",
    ),
    (
        "told(",
        "fn told<T: std::fmt::Debug>(result: io::Result<T>) {\n    match result {\n        Ok(value) => println!(\"{value:?}\"),\n        Err(error) => println!(\"{error}\"),\n    }\n}\n",
    ),
    (
        "read(",
        "fn read(socket: &Socket, max: usize, flags: i32) -> io::Result<String> {\n    let mut room = vec![MaybeUninit::new(0); max];\n    let count = socket.recv_with_flags(&mut room, flags)?;\n    let bytes: Vec<u8> = room[..count].iter().map(|byte| unsafe { byte.assume_init() }).collect();\n    Ok(bytes.escape_ascii().to_string())\n}\n",
    ),
    (
        "at(",
        "fn at(address: &str) -> SockAddr {\n    address.parse::<SocketAddr>().expect(\"an address\").into()\n}\n",
    ),
    (
        "port_of(",
        "fn port_of(socket: &Socket) -> io::Result<u16> {\n    Ok(socket.local_addr()?.as_socket().map_or(0, |own| own.port()))\n}\n",
    ),
];

/// The whole program.
pub(super) fn write(words: &Words, steps: &[Step<'_>], left_out: usize) -> String {
    let mut body = String::new();
    for step in steps {
        self::step(&mut body, words, *step);
    }
    if left_out > 0 {
        let _ = writeln!(body, "    // {left_out} more calls were made after these");
    }
    let mut text = String::from(HEAD);
    if words.wire {
        text.push_str("// The wire's left end is 127.0.0.1 here, its right end 127.0.0.2.\n");
    }
    let used: Vec<_> =
        HELPERS.iter().filter(|(name, _)| uses(&body, name)).map(|(_, text)| *text).collect();
    let all = used.concat() + &body;
    text.push_str("use socket2::{Domain, ");
    text.push_str(if all.contains("SockAddr") {
        "SockAddr, Socket, Type};\nuse std::io;\n"
    } else {
        "Socket, Type};\nuse std::io;\n"
    });
    for (word, import) in [
        ("MaybeUninit", "use std::mem::MaybeUninit;\n"),
        ("SocketAddr", "use std::net::SocketAddr;\n"),
        ("Shutdown::", "use std::net::Shutdown;\n"),
        ("thread::", "use std::thread;\n"),
        ("Duration::", "use std::time::Duration;\n"),
    ] {
        if all.contains(word) {
            text.push_str(import);
        }
    }
    for helper in used {
        text.push('\n');
        text.push_str(helper);
    }
    let folder = if words.unix {
        "    let folder = std::env::temp_dir().join(std::process::id().to_string());\n    std::fs::create_dir(&folder)?;\n"
    } else {
        ""
    };
    text + "\nfn main() -> io::Result<()> {\n" + folder + &body + "    Ok(())\n}\n"
}

/// Whether a helper is called, by its name alone: `at(` is no part of `repeat(`.
fn uses(body: &str, name: &str) -> bool {
    body.match_indices(name).any(|(place, _)| {
        !body[..place].ends_with(|before: char| {
            before.is_ascii_alphanumeric() || before == '_' || before == '.'
        })
    })
}

fn step(body: &mut String, words: &Words, step: Step<'_>) {
    match step {
        Step::Do(call) => {
            if let Some(made) = gathers(words, call).or_else(|| made(words, &call.ask, call.cut)) {
                result(body, words, call, &made);
            }
            if let Some(left_out) = unwritten(words, &call.ask) {
                let _ = writeln!(body, "    // {left_out}");
            }
            if let Some(owner) = words.port_after(call.id) {
                let _ = writeln!(body, "    let {owner}_port = port_of(&{owner})?;");
            }
        }
        Step::Start(call) => {
            let made = gathers(words, call).or_else(|| made(words, &call.ask, call.cut));
            let (Some(made), Some(socket)) = (made, call.ask.socket()) else {
                return;
            };
            let (name, id) = (words.of_socket(socket), call.id.0);
            let _ = write!(
                body,
                "    let beside = {name}.try_clone()?;\n    let later_{id} = thread::spawn(move || {{\n        let {name} = beside;\n        {made}\n    }});\n    thread::sleep(Duration::from_millis(100)); // until it sleeps in the kernel\n"
            );
        }
        Step::Join(call) => {
            let made = format!("later_{}.join().expect(\"it ended\")", call.id.0);
            result(body, words, call, &made);
        }
        Step::Never(call) => {
            if let Some(line) = line(words, &call.ask) {
                let why = if call.ended.is_some() { "was interrupted" } else { "still sleeps" };
                let _ = writeln!(body, "    // {line} // {why}");
            }
        }
    }
}

/// A row of receives.
fn gathers(words: &Words, call: &Call) -> Option<String> {
    let Command::Recv { socket, max, .. } = call.ask else { return None };
    (call.bytes > 0)
        .then(|| format!("receive(&{}, {max}, {})", words.of_socket(socket), call.bytes))
}

fn result(body: &mut String, words: &Words, call: &Call, made: &str) {
    let line = match (&call.ask, &call.result) {
        (_, Some(Answer::Ok(Done::Made(done)))) => {
            format!("let {} = {made}?;", words.of_socket(done.socket))
        }
        (_, Some(Answer::Ok(Done::Accepted(done)))) => {
            format!("let ({}, _) = {made}?;", words.of_socket(done.socket))
        }
        (Command::Close { .. }, _) => format!("{made};"),
        (Command::Burst { count, .. }, _) => {
            format!(
                "let sent = (1..={count}_u64).filter(|number| {made}.is_ok()).count();\n    println!(\"{{sent}}\");"
            )
        }
        (
            Command::Send { .. }
            | Command::SendTo { .. }
            | Command::Recv { .. }
            | Command::RecvFrom { .. },
            _,
        )
        | (_, Some(Answer::Error(_))) => format!("told({made});"),
        _ => format!("{made}?;"),
    };
    let remark = seen(call.result.as_ref()).map(|seen| format!(" // {seen}")).unwrap_or_default();
    let _ = writeln!(body, "    {line}{remark}");
}

/// One call, for a reader.
pub(super) fn line(words: &Words, ask: &Command) -> Option<String> {
    made(words, ask, None)
}

fn made(words: &Words, ask: &Command, cut: Option<u32>) -> Option<String> {
    let call = match ask {
        Command::Socket { family, kind, .. } => {
            let family = match family {
                Family::Ipv4 => "IPV4",
                Family::Ipv6 => "IPV6",
                Family::Unix => "UNIX",
            };
            let kind = match kind {
                Kind::Stream => "STREAM",
                Kind::Datagram => "DGRAM",
            };
            return Some(format!("Socket::new(Domain::{family}, Type::{kind}, None)"));
        }
        Command::Close { socket } => return Some(format!("drop({})", words.of_socket(*socket))),
        Command::Recv { socket, max, peek } | Command::RecvFrom { socket, max, peek } => {
            // MSG_PEEK is 2 (recv(2)).
            let flags = if *peek { "2 /* MSG_PEEK */" } else { "0" };
            return Some(format!("read(&{}, {max}, {flags})", words.of_socket(*socket)));
        }
        Command::Option { set, .. } => option(*set)?,
        Command::Bind { address, .. } => format!("bind(&{})", place(words, address)),
        Command::Listen { backlog, .. } => format!("listen({backlog})"),
        Command::Accept { .. } => "accept()".into(),
        Command::Connect { address, .. } => format!("connect(&{})", place(words, address)),
        // Its loop of sends is Write::write_all's; socket2 has the one send.
        Command::Send { data, .. } => format!("send({})", bytes(data, cut)),
        Command::SendTo { address, data, .. } => {
            format!("send_to({}, &{})", bytes(data, cut), place(words, address))
        }
        Command::Shutdown { how, .. } => {
            let how = match how {
                Half::Read => "Read",
                Half::Write => "Write",
                Half::Both => "Both",
            };
            format!("shutdown(Shutdown::{how})")
        }
        Command::Timeout { after: None, .. } => "set_read_timeout(None)".into(),
        Command::Timeout { after: Some(after), .. } => {
            format!("set_read_timeout(Some(Duration::from_nanos({after})))")
        }
        Command::Nonblocking { on, .. } => format!("set_nonblocking({on})"),
        Command::Burst { address, bytes, .. } => {
            let data = format!("&[&number.to_be_bytes()[..], &[0; {bytes}]].concat()[..{bytes}]");
            match address {
                Some(address) => format!("send_to({data}, &{})", place(words, address)),
                None => format!("send({data})"),
            }
        }
        _ => return None,
    };
    Some(format!("{}.{call}", words.of_socket(ask.socket()?)))
}

fn option(set: SocketOption) -> Option<String> {
    Some(match set {
        SocketOption::ReuseAddress(on) => format!("set_reuse_address({on})"),
        SocketOption::ReusePort(on) => format!("set_reuse_port({on})"),
        SocketOption::SendBuffer(bytes) => format!("set_send_buffer_size({bytes})"),
        SocketOption::ReceiveBuffer(bytes) => format!("set_recv_buffer_size({bytes})"),
        SocketOption::NoDelay(on) => format!("set_tcp_nodelay({on})"),
        SocketOption::Keepalive { on, .. } => format!("set_keepalive({on})"),
        SocketOption::OnlyV6(on) => format!("set_only_v6({on})"),
        SocketOption::Linger(None) => "set_linger(None)".into(),
        SocketOption::Linger(Some(after)) => {
            format!("set_linger(Some(Duration::from_secs({after})))")
        }
        SocketOption::Lossy(_) | SocketOption::Timestamps(_) => return None,
    })
}

fn place(words: &Words, address: &Address) -> String {
    let inet =
        |ip: std::net::IpAddr, port| format!("at(\"{}\")", std::net::SocketAddr::new(ip, port));
    match words.place(address) {
        Place::Unix(name) => format!("SockAddr::unix(folder.join(\"{name}\"))?"),
        Place::Inet(ip, port) => inet(ip, port),
        Place::Of(ip, owner) => format!(
            "at(&format!(\"{}:{{}}\", {owner}_port))",
            if ip.is_ipv6() { format!("[{ip}]") } else { ip.to_string() }
        ),
    }
}

fn bytes(data: &Data, cut: Option<u32>) -> String {
    match payload(data, cut) {
        Payload::Text(text) if text.is_ascii() => format!("b\"{text}\""),
        Payload::Text(text) => format!("\"{text}\".as_bytes()"),
        Payload::Bytes(bytes) => format!("b{}", quoted(&bytes)),
        Payload::Fill(bytes) => {
            format!("&b\"abcdefghijklmnopqrstuvwxyz\".repeat({})[..{bytes}]", bytes / 26 + 1)
        }
        Payload::Cut(bytes, whole) => {
            let known = bytes.len();
            format!(
                "&[b{}.as_slice(), &[b'.'; {}]].concat()",
                quoted(&bytes),
                whole as usize - known
            )
        }
    }
}
