//! Owns a program in C: the calls themselves, as their man pages have them.

use super::plan::Step;
use super::words::{Payload, Place, Words, payload, quoted, seconds, seen, unwritten};
use crate::command::{Family, Half, Kind, SocketOption};
use crate::data::Data;
use crate::world::Call;
use crate::{Address, Answer, Command, Done};
use std::fmt::Write as _;

const HEAD: &str = "/* The same socket calls in C: cc -pthread patchbay.c && ./a.out\n   Each line that prints tells what came of it. */\n";
const INCLUDES: &str = "#define _GNU_SOURCE\n#include <arpa/inet.h>\n#include <errno.h>\n#include <fcntl.h>\n#include <netinet/tcp.h>\n#include <pthread.h>\n#include <stdint.h>\n#include <stdio.h>\n#include <stdlib.h>\n#include <string.h>\n#include <sys/socket.h>\n#include <sys/time.h>\n#include <sys/un.h>\n#include <unistd.h>\n\n";
const TOLD: &str = "/* Prints what a call returned, or the errno's name. */\nstatic long told(long count) {\n    if (count < 0) puts(strerrorname_np(errno));\n    else printf(\"%ld\\n\", count);\n    return count;\n}\n\n";
const ROOM: &str = "static char room[1 << 20];\n\n/* The same, with the bytes that came. */\nstatic void got(long count) {\n    if (count < 0) { told(count); return; }\n    printf(\"%ld \", count);\n    for (long i = 0; i < count; i++) printf(room[i] >= 0 && room[i] < ' ' ? \"\\\\x%02x\" : \"%c\", room[i]);\n    puts(\"\");\n}\n\n";
const RECEIVE: &str = "/* Bytes of a stream, in as many pieces as they come. */\nstatic long receive(int socket, long most, long wanted) {\n    long count, sum = 0;\n    while (sum < wanted && (count = recv(socket, room, most < wanted - sum ? most : wanted - sum, 0)) > 0) sum += count;\n    return sum;\n}\n\n";
const FILL: &str = "/* The alphabet, again and again. */\nstatic char *fill(size_t count) {\n    char *bytes = malloc(count + 1);\n    for (size_t i = 0; i < count; i++) bytes[i] = 'a' + i % 26;\n    return bytes;\n}\n\n";
const AT: &str = "static struct sockaddr_storage name;\n\n/* An address; its length is returned by the calls below as the compiler knows it. */\nstatic struct sockaddr *at(const char *ip, int port) {\n    struct sockaddr_in6 *six = (void *)&name;\n    struct sockaddr_in *four = (void *)&name;\n    memset(&name, 0, sizeof name);\n    if (inet_pton(AF_INET, ip, &four->sin_addr) == 1) {\n        four->sin_family = AF_INET;\n        four->sin_port = htons(port);\n    } else {\n        inet_pton(AF_INET6, ip, &six->sin6_addr);\n        six->sin6_family = AF_INET6;\n        six->sin6_port = htons(port);\n    }\n    return (struct sockaddr *)&name;\n}\n\n";
const PORT: &str = "static int port_of(int socket) {\n    struct sockaddr_in own;\n    socklen_t size = sizeof own;\n    getsockname(socket, (struct sockaddr *)&own, &size);\n    return ntohs(own.sin_port);\n}\n\n";
const UNIX: &str = "static char folder[] = \"/tmp/patchbay-XXXXXX\";\n\nstatic struct sockaddr *in_folder(const char *file) {\n    static struct sockaddr_un path;\n    path.sun_family = AF_UNIX;\n    snprintf(path.sun_path, sizeof path.sun_path, \"%s/%s\", folder, file);\n    return (struct sockaddr *)&path;\n}\n\n";

/// The whole program.
pub(super) fn write(words: &Words, steps: &[Step<'_>], left_out: usize) -> String {
    let (mut beside, mut body) = (String::new(), String::new());
    for step in steps {
        self::step(&mut beside, &mut body, words, *step);
    }
    if left_out > 0 {
        let _ = writeln!(body, "    /* {left_out} more calls were made after these */");
    }
    let mut text = String::from(HEAD);
    if words.wire {
        text.push_str("/* The wire's left end is 127.0.0.1 here, its right end 127.0.0.2. */\n");
    }
    text.push_str(INCLUDES);
    let all = beside.clone() + &body;
    let uses = |name: &str| all.contains(name);
    for (used, helper) in [
        (uses("told(") || uses("got("), TOLD),
        (uses("got(") || uses("receive("), ROOM),
        (uses("receive("), RECEIVE),
        (uses("fill("), FILL),
        (uses("at(\""), AT),
        (uses("port_of("), PORT),
        (uses("in_folder("), UNIX),
    ] {
        if used {
            text.push_str(helper);
        }
    }
    let names: Vec<&str> = words.names().map(String::as_str).collect();
    if !names.is_empty() {
        let _ = write!(text, "static int {};\n\n", names.join(", "));
    }
    text.push_str(&beside);
    text.push_str("int main(void) {\n");
    if words.unix {
        text.push_str("    if (!mkdtemp(folder)) return 1;\n");
    }
    text + &body + "    return 0;\n}\n"
}

fn step(beside: &mut String, body: &mut String, words: &Words, step: Step<'_>) {
    match step {
        Step::Do(call) => {
            for line in lines(words, call) {
                let _ = writeln!(body, "    {line}");
            }
            if let Some(left_out) = unwritten(words, &call.ask) {
                let _ = writeln!(body, "    /* {left_out} */");
            }
            if let Some(owner) = words.port_after(call.id) {
                let _ = writeln!(body, "    int {owner}_port = port_of({owner});");
            }
        }
        Step::Start(call) => {
            let id = call.id.0;
            let _ = writeln!(beside, "static void *call_{id}(void *unused) {{");
            for line in lines(words, call) {
                let _ = writeln!(beside, "    {line}");
            }
            beside.push_str("    return unused;\n}\n\n");
            let _ = write!(
                body,
                "    pthread_t later_{id};\n    pthread_create(&later_{id}, NULL, call_{id}, NULL);\n    usleep(100000); /* until it sleeps in the kernel */\n"
            );
        }
        Step::Join(call) => {
            let _ = writeln!(body, "    pthread_join(later_{}, NULL);", call.id.0);
        }
        Step::Never(call) => {
            if let Some(line) = line(words, &call.ask) {
                let why = if call.ended.is_some() { "was interrupted" } else { "still sleeps" };
                let _ = writeln!(body, "    /* {line}; {why} */");
            }
        }
    }
}

/// A call with what is done with its value.
fn lines(words: &Words, call: &Call) -> Vec<String> {
    if let (Command::Recv { socket, max, .. }, true) = (&call.ask, call.bytes > 0) {
        let name = words.of_socket(*socket);
        return vec![format!("told(receive({name}, {max}, {})); /* {} */", call.bytes, call.bytes)];
    }
    let Some(made) = made(words, &call.ask, call.cut) else { return Vec::new() };
    let failed = matches!(call.result, Some(Answer::Error(_)));
    let set = |name: &str, kind: &str, value: &str| vec![format!("{kind} {name} = {value};")];
    let mut lines = match &call.ask {
        Command::Option { set: option, .. } => match option {
            SocketOption::Linger(after) => set(
                "linger",
                "struct linger",
                &format!("{{{}, {}}}", u8::from(after.is_some()), after.unwrap_or(0)),
            ),
            other => set("value", "int", &number(*other).to_string()),
        },
        Command::Timeout { after, .. } => {
            let text = seconds(after.unwrap_or(0));
            let whole = text.split('.').next().unwrap_or("0").to_owned();
            let micros = after.unwrap_or(0) % 1_000_000_000 / 1_000;
            set("span", "struct timeval", &format!("{{{whole}, {micros}}}"))
        }
        _ => Vec::new(),
    };
    let remark =
        seen(call.result.as_ref()).map(|seen| format!(" /* {seen} */")).unwrap_or_default();
    let call = match (&call.ask, &call.result) {
        (Command::Socket { .. }, Some(Answer::Ok(Done::Made(done)))) => {
            format!("{} = {made};", words.of_socket(done.socket))
        }
        (_, Some(Answer::Ok(Done::Accepted(done)))) => {
            format!("{} = {made};", words.of_socket(done.socket))
        }
        (Command::Recv { .. } | Command::RecvFrom { .. }, _) => format!("got({made});"),
        (Command::Send { .. } | Command::SendTo { .. }, _) => format!("told({made});"),
        (Command::Burst { count, .. }, _) => {
            lines.push(format!("int sent_{} = 0;", call.id.0));
            lines.push(format!(
                "for (uint64_t i = 1; i <= {count}; i++) sent_{} += {made} >= 0;",
                call.id.0
            ));
            format!("told(sent_{});", call.id.0)
        }
        _ if failed => format!("told({made});"),
        _ => format!("{made};"),
    };
    if lines.is_empty() || matches!(lines.first(), Some(first) if first.starts_with("int sent")) {
        lines.push(call + &remark);
        return lines;
    }
    vec![format!("{{ {} {call} }}", lines.join(" "))]
}

/// One call, for a reader.
pub(super) fn line(words: &Words, ask: &Command) -> Option<String> {
    made(words, ask, None)
}

fn made(words: &Words, ask: &Command, cut: Option<u32>) -> Option<String> {
    if let Command::Socket { family, kind, .. } = ask {
        let family = match family {
            Family::Ipv4 => "AF_INET",
            Family::Ipv6 => "AF_INET6",
            Family::Unix => "AF_UNIX",
        };
        let kind = match kind {
            Kind::Stream => "SOCK_STREAM",
            Kind::Datagram => "SOCK_DGRAM",
        };
        return Some(format!("socket({family}, {kind}, 0)"));
    }
    let socket = words.of_socket(ask.socket()?);
    let received = |max: u32, peek: bool| {
        let flags = if peek { "MSG_PEEK" } else { "0" };
        format!("recv({socket}, room, {max}, {flags})")
    };
    Some(match ask {
        Command::Option { set, .. } => option(&socket, *set)?,
        Command::Bind { address, .. } => format!("bind({socket}, {})", place(words, address)),
        Command::Listen { backlog, .. } => format!("listen({socket}, {backlog})"),
        Command::Accept { .. } => format!("accept({socket}, NULL, NULL)"),
        Command::Connect { address, .. } => {
            format!("connect({socket}, {})", place(words, address))
        }
        // Python's sendall is a loop of these.
        Command::Send { data, .. } => format!("send({socket}, {}, MSG_NOSIGNAL)", bytes(data, cut)),
        Command::SendTo { address, data, .. } => {
            format!("sendto({socket}, {}, 0, {})", bytes(data, cut), place(words, address))
        }
        Command::Recv { max, peek, .. } | Command::RecvFrom { max, peek, .. } => {
            received(*max, *peek)
        }
        Command::Shutdown { how, .. } => {
            let how = match how {
                Half::Read => "SHUT_RD",
                Half::Write => "SHUT_WR",
                Half::Both => "SHUT_RDWR",
            };
            format!("shutdown({socket}, {how})")
        }
        Command::Close { .. } => format!("close({socket})"),
        Command::Timeout { .. } => {
            format!("setsockopt({socket}, SOL_SOCKET, SO_RCVTIMEO, &span, sizeof span)")
        }
        Command::Nonblocking { on, .. } => {
            format!("fcntl({socket}, F_SETFL, {})", if *on { "O_NONBLOCK" } else { "0" })
        }
        Command::Burst { address, bytes, .. } => {
            let data = format!("memcpy(calloc(1, {bytes} + 8), &i, 8), {bytes}");
            match address {
                Some(address) => {
                    format!("(sendto({socket}, {data}, 0, {}))", place(words, address))
                }
                None => format!("(send({socket}, {data}, 0))"),
            }
        }
        _ => return None,
    })
}

fn number(set: SocketOption) -> u32 {
    match set {
        SocketOption::ReuseAddress(on)
        | SocketOption::ReusePort(on)
        | SocketOption::NoDelay(on)
        | SocketOption::OnlyV6(on)
        | SocketOption::Timestamps(on)
        | SocketOption::Keepalive { on, .. } => u32::from(on),
        SocketOption::SendBuffer(bytes) | SocketOption::ReceiveBuffer(bytes) => bytes,
        SocketOption::Lossy(_) | SocketOption::Linger(_) => 0,
    }
}

fn option(socket: &str, set: SocketOption) -> Option<String> {
    let (level, name) = match set {
        SocketOption::ReuseAddress(_) => ("SOL_SOCKET", "SO_REUSEADDR"),
        SocketOption::ReusePort(_) => ("SOL_SOCKET", "SO_REUSEPORT"),
        SocketOption::SendBuffer(_) => ("SOL_SOCKET", "SO_SNDBUF"),
        SocketOption::ReceiveBuffer(_) => ("SOL_SOCKET", "SO_RCVBUF"),
        SocketOption::NoDelay(_) => ("IPPROTO_TCP", "TCP_NODELAY"),
        SocketOption::Keepalive { .. } => ("SOL_SOCKET", "SO_KEEPALIVE"),
        SocketOption::OnlyV6(_) => ("IPPROTO_IPV6", "IPV6_V6ONLY"),
        SocketOption::Linger(_) => {
            return Some(format!(
                "setsockopt({socket}, SOL_SOCKET, SO_LINGER, &linger, sizeof linger)"
            ));
        }
        SocketOption::Lossy(_) | SocketOption::Timestamps(_) => return None,
    };
    Some(format!("setsockopt({socket}, {level}, {name}, &value, sizeof value)"))
}

fn place(words: &Words, address: &Address) -> String {
    match words.place(address) {
        Place::Unix(name) => format!("in_folder(\"{name}\"), sizeof(struct sockaddr_un)"),
        Place::Inet(ip, port) => format!("at(\"{ip}\", {port}), sizeof name"),
        Place::Of(ip, owner) => format!("at(\"{ip}\", {owner}_port), sizeof name"),
    }
}

/// The bytes and how many they are.
fn bytes(data: &Data, cut: Option<u32>) -> String {
    match payload(data, cut) {
        Payload::Text(text) if !text.contains('?') => format!("\"{text}\", {}", text.len()),
        Payload::Text(text) => format!("{}, {}", quoted(text.as_bytes()), text.len()),
        Payload::Bytes(bytes) => format!("{}, {}", quoted(&bytes), bytes.len()),
        Payload::Fill(bytes) => format!("fill({bytes}), {bytes}"),
        Payload::Cut(bytes, whole) => {
            format!("memcpy(fill({whole}), {}, {}), {whole}", quoted(&bytes), bytes.len())
        }
    }
}
