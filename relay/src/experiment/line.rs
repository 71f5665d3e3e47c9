//! Owns the calls of a script as lines of code in three languages, one line a call. Pure.

use super::script::{Act, Code, Script};
use protocol::experiment::CodeLine;
use serde_json::Value;

/// One line for each act that makes a call.
pub fn lines(script: &Script) -> Vec<CodeLine> {
    let acts = script.act.iter().enumerate();
    acts.filter_map(|(place, act)| {
        let (name, arguments) = act.call.as_ref()?.iter().next()?;
        let [python, rust, c] = generated(act, name, arguments);
        let own = act.code.clone().unwrap_or(Code { python: None, rust: None, c: None });
        Some(CodeLine {
            act: place as u32 + 1,
            role: act.role.clone().unwrap_or_default(),
            python: own.python.unwrap_or(python),
            rust: own.rust.unwrap_or(rust),
            c: own.c.unwrap_or(c),
        })
    })
    .collect()
}

/// The same call in Python, Rust and C.
fn generated(act: &Act, name: &str, arguments: &Value) -> [String; 3] {
    let role = act.role.as_deref().unwrap_or("wire");
    let conn = act.accepts.as_deref().unwrap_or("conn");
    let number = |key: &str| arguments.get(key).and_then(Value::as_u64).unwrap_or(0);
    let data = payload(arguments);
    let to = Target::of(arguments);
    match name {
        "socket" => made(role, arguments),
        "bind" => [
            format!("{role}.bind({})", to.python),
            format!("{role}.bind(&{}.into())?", to.rust),
            format!("bind({role}, {0}, sizeof *{0})", to.c),
        ],
        "connect" => [
            format!("{role}.connect({})", to.python),
            format!("{role}.connect(&{}.into())?", to.rust),
            format!("connect({role}, {0}, sizeof *{0})", to.c),
        ],
        "listen" => {
            let backlog = arguments.get("backlog").and_then(Value::as_i64).unwrap_or(0);
            [
                format!("{role}.listen({backlog})"),
                format!("{role}.listen({backlog})?"),
                format!("listen({role}, {backlog})"),
            ]
        }
        "accept" => [
            format!("{conn}, peer = {role}.accept()"),
            format!("let ({conn}, peer) = {role}.accept()?"),
            format!("{conn} = accept({role}, &peer, &size)"),
        ],
        "send" => sent(role, arguments, &data),
        "send_to" => [
            format!("{role}.sendto({}, {})", data.python, to.python),
            format!("{role}.send_to({}, &{}.into())?", data.rust, to.rust),
            format!("sendto({role}, {0}, {1}, 0, {2}, sizeof *{2})", data.c, data.bytes, to.c),
        ],
        "recv" | "recv_from" => {
            let (max, peek) = (number("max"), arguments.get("peek") == Some(&Value::Bool(true)));
            received(role, name == "recv_from", max, peek)
        }
        "shutdown" => {
            let (flag, half) = match arguments.get("how").and_then(Value::as_str) {
                Some("read") => ("SHUT_RD", "Read"),
                Some("write") => ("SHUT_WR", "Write"),
                _ => ("SHUT_RDWR", "Both"),
            };
            [
                format!("{role}.shutdown({flag})"),
                format!("{role}.shutdown(Shutdown::{half})?"),
                format!("shutdown({role}, {flag})"),
            ]
        }
        "close" => [format!("{role}.close()"), format!("drop({role})"), format!("close({role})")],
        "burst" => {
            let (count, bytes) = (number("count"), number("bytes"));
            [
                format!("for i in range({count}): {role}.sendto(part(i, {bytes}), {})", to.python),
                format!(
                    "for i in 0..{count} {{ {role}.send_to(&part(i, {bytes}), &{}.into())?; }}",
                    to.rust
                ),
                format!(
                    "for (i = 0; i < {count}; i++) sendto({role}, part(i), {bytes}, 0, {0}, sizeof *{0})",
                    to.c
                ),
            ]
        }
        "option" => option(role, arguments.get("set")),
        other => {
            let line = format!("{role}.{other}({})", bare(arguments));
            [line.clone(), line.clone(), line]
        }
    }
}

fn made(role: &str, arguments: &Value) -> [String; 3] {
    let text = |key: &str| arguments.get(key).and_then(Value::as_str).unwrap_or_default();
    let (family, domain) = match text("family") {
        "ipv6" => ("AF_INET6", "IPV6"),
        "unix" => ("AF_UNIX", "UNIX"),
        _ => ("AF_INET", "IPV4"),
    };
    let (kind, class) = if text("kind") == "datagram" {
        ("SOCK_DGRAM", "DGRAM")
    } else {
        ("SOCK_STREAM", "STREAM")
    };
    [
        format!("{role} = socket({family}, {kind})"),
        format!("let {role} = Socket::new(Domain::{domain}, Type::{class}, None)?"),
        format!("{role} = socket({family}, {kind}, 0)"),
    ]
}

fn sent(role: &str, arguments: &Value, data: &Payload) -> [String; 3] {
    let all = arguments.get("all") == Some(&Value::Bool(true));
    let (python, rust) = if all { ("sendall", "write_all") } else { ("send", "write") };
    let c = format!("send({role}, {}, {}, 0)", data.c, data.bytes);
    [
        format!("{role}.{python}({})", data.python),
        format!("{role}.{rust}({})?", data.rust),
        if all { format!("while (left > 0) left -= {c}") } else { c },
    ]
}

fn received(role: &str, from: bool, max: u64, peek: bool) -> [String; 3] {
    let flag = if peek { ", MSG_PEEK" } else { "" };
    let c_flag = if peek { "MSG_PEEK" } else { "0" };
    let peeks = if peek {
        "peek"
    } else if from {
        "recv"
    } else {
        "read"
    };
    if from {
        return [
            format!("{role}.recvfrom({max}{flag})"),
            format!("{role}.{peeks}_from(&mut buffer[..{max}])?"),
            format!("recvfrom({role}, buffer, {max}, {c_flag}, &peer, &size)"),
        ];
    }
    [
        format!("{role}.recv({max}{flag})"),
        format!("{role}.{peeks}(&mut buffer[..{max}])?"),
        format!("recv({role}, buffer, {max}, {c_flag})"),
    ]
}

fn option(role: &str, set: Option<&Value>) -> [String; 3] {
    let Some((name, value)) = set.and_then(Value::as_object).and_then(|set| set.iter().next())
    else {
        return [(); 3].map(|()| format!("{role}.setsockopt()"));
    };
    let value = match value {
        Value::Bool(on) => i32::from(*on).to_string(),
        other => other.to_string(),
    };
    let (level, option) = match name.as_str() {
        "reuse_address" => ("SOL_SOCKET", "SO_REUSEADDR"),
        "reuse_port" => ("SOL_SOCKET", "SO_REUSEPORT"),
        "send_buffer" => ("SOL_SOCKET", "SO_SNDBUF"),
        "receive_buffer" => ("SOL_SOCKET", "SO_RCVBUF"),
        "no_delay" => ("IPPROTO_TCP", "TCP_NODELAY"),
        "keepalive" => ("SOL_SOCKET", "SO_KEEPALIVE"),
        "linger" => ("SOL_SOCKET", "SO_LINGER"),
        "only_v6" => ("IPPROTO_IPV6", "IPV6_V6ONLY"),
        "timestamps" => ("SOL_SOCKET", "SO_TIMESTAMPING"),
        _ => ("SOL_SOCKET", "SO_ATTACH_FILTER"),
    };
    [
        format!("{role}.setsockopt({level}, {option}, {value})"),
        format!("setsockopt(&{role}, {level}, {option}, {value})?"),
        format!("setsockopt({role}, {level}, {option}, &(int){{{value}}}, sizeof(int))"),
    ]
}

/// What is sent, as a literal of each language.
struct Payload {
    python: String,
    rust: String,
    c: String,
    /// How many bytes it is.
    bytes: usize,
}

fn payload(arguments: &Value) -> Payload {
    let data = arguments.get("data").and_then(Value::as_object);
    let field = |key: &str| data.and_then(|data| data.get(key));
    if let Some(text) = field("text").and_then(Value::as_str) {
        let escaped = text.escape_default().to_string();
        let plain = format!("{text:?}");
        return if text.is_ascii() {
            let literal = format!("b\"{escaped}\"");
            let c = format!("\"{escaped}\"");
            Payload { python: literal.clone(), rust: literal, c, bytes: text.len() }
        } else {
            let (python, rust) = (format!("{plain}.encode()"), format!("{plain}.as_bytes()"));
            Payload { python, rust, c: plain, bytes: text.len() }
        };
    }
    if let Some(hex) = field("hex").and_then(Value::as_str) {
        let pairs = hex.as_bytes().chunks(2).map(|pair| String::from_utf8_lossy(pair));
        let escaped = pairs.fold(String::new(), |all, pair| all + "\\x" + &pair);
        let literal = format!("b\"{escaped}\"");
        let c = format!("\"{escaped}\"");
        return Payload { python: literal.clone(), rust: literal, c, bytes: hex.len() / 2 };
    }
    let fill = field("fill").and_then(|fill| fill.get("bytes")).and_then(Value::as_u64);
    let bytes = fill.unwrap_or(0) as usize;
    Payload {
        python: format!("bytes({bytes})"),
        rust: format!("&[0; {bytes}]"),
        c: "buffer".into(),
        bytes,
    }
}

/// An address in each language.
struct Target {
    python: String,
    rust: String,
    c: String,
}

impl Target {
    fn of(arguments: &Value) -> Self {
        let text = arguments.get("address").and_then(Value::as_str).unwrap_or_default();
        if let Some(role) = text.strip_prefix('@') {
            return Self {
                python: format!("{role}.getsockname()"),
                rust: format!("{role}.local_addr()?"),
                c: format!("&{role}_address"),
            };
        }
        let (ip, port) = text.rsplit_once(':').unwrap_or((text, "0"));
        let ip = ip.trim_matches(['[', ']']);
        Self {
            python: format!("(\"{ip}\", {port})"),
            rust: format!("\"{text}\".parse::<SocketAddr>()?"),
            c: "&address".into(),
        }
    }
}

/// Arguments as they stand in the file.
fn bare(arguments: &Value) -> String {
    let fields = arguments.as_object().into_iter().flatten();
    fields.map(|(key, value)| format!("{key}={value}")).collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(call: &str, rest: &str) -> [String; 3] {
        let call: serde_json::Map<String, Value> = serde_json::from_str(call).expect("an object");
        let accepts = (!rest.is_empty()).then(|| rest.to_owned());
        let act =
            Act { call: Some(call.clone()), role: Some("a".into()), accepts, ..Act::default() };
        let (name, arguments) = call.iter().next().expect("one call");
        generated(&act, name, arguments)
    }

    #[test]
    fn each_language_writes_the_call_its_own_way() {
        let hello = of(r#"{"send":{"data":{"text":"hi"},"all":false}}"#, "");
        assert_eq!(hello, [r#"a.send(b"hi")"#, r#"a.write(b"hi")?"#, r#"send(a, "hi", 2, 0)"#]);
        let wide = of(r#"{"send":{"data":{"text":"你"},"all":true}}"#, "");
        assert_eq!(wide[0], r#"a.sendall("你".encode())"#);
        let accept = of(r#"{"accept":{}}"#, "conn");
        assert_eq!(accept[1], "let (conn, peer) = a.accept()?");
        let bind = of(r#"{"bind":{"address":"[::1]:80"}}"#, "");
        assert_eq!(bind[0], r#"a.bind(("::1", 80))"#);
        let to = of(r#"{"send_to":{"address":"@b","data":{"fill":{"bytes":9}}}}"#, "");
        assert_eq!(to[0], "a.sendto(bytes(9), b.getsockname())");
    }
}
