//! Calls as one writes them.

use super::*;
use crate::script::{address as at, received};
use protocol::data::Hex;
use protocol::reply::{Accepted, Burst, Failure, Local, Sent};

const S: SocketId = SocketId(3);

fn line(ask: &Command) -> String {
    call(Dialect::Python, &World::default(), ask)
}

fn comes_to(ask: &Command, done: Done) -> String {
    result(Dialect::Python, &World::default(), ask, &Answer::Ok(done))
}

#[test]
fn calls_read_as_python() {
    let send = |data, all| line(&Command::Send { socket: S, data, all });
    assert_eq!(
        line(&Command::Connect { socket: S, address: at(8001) }),
        r#"connect(("127.0.0.1", 8001))"#
    );
    assert_eq!(send(Data::Text("hello".into()), false), r#"send(b"hello")"#);
    assert_eq!(send(Data::Text("你好".into()), true), r#"sendall("你好".encode())"#);
    assert_eq!(send(Data::Hex(Hex(vec![0, 0xff, b'a'])), false), r#"send(b"\x00\xffa")"#);
    assert_eq!(send(Data::Text("a\"\n\\".into()), false), r#"send(b"a\"\n\\")"#);
    assert_eq!(send(Data::Fill { bytes: 70_000 }, false), "send(fill(70000))");
    assert_eq!(line(&Command::Recv { socket: S, max: 1024, peek: true }), "recv(1024, MSG_PEEK)");
    let set = SocketOption::ReceiveBuffer(4096);
    assert_eq!(
        line(&Command::Option { socket: S, set }),
        "setsockopt(SOL_SOCKET, SO_RCVBUF, 4096)"
    );
    assert_eq!(line(&Command::Shutdown { socket: S, how: Half::Write }), "shutdown(SHUT_WR)");
    assert_eq!(
        line(&Command::Timeout { socket: S, after: Some(10_000_000_000) }),
        "settimeout(10)"
    );
    assert_eq!(line(&Command::Timeout { socket: S, after: Some(250_000_000) }), "settimeout(0.25)");
    assert_eq!(line(&Command::Nonblocking { socket: S, on: true }), "setblocking(False)");
    let data = Data::Text("#1".into());
    let to = Command::SendTo { socket: S, address: at(5005), data };
    assert_eq!(line(&to), r##"sendto(b"#1", ("127.0.0.1", 5005))"##);
    let burst = Command::Burst { socket: S, address: Some(at(5005)), count: 1000, bytes: 500 };
    assert_eq!(line(&burst), "1,000 × sendto(500 B, :5005)");
}

#[test]
fn a_long_payload_is_shortened_and_shows_it() {
    let text = send_of(&"x".repeat(300));
    assert!(text.contains('…') && text.len() < 60, "{text}");
    let chinese = send_of(&"好".repeat(80));
    assert!(chinese.contains('…'), "{chinese}");
}

fn send_of(text: &str) -> String {
    line(&Command::Send { socket: S, data: Data::Text(text.into()), all: false })
}

#[test]
fn results_read_as_python() {
    let recv = Command::Recv { socket: S, max: 10, peek: false };
    assert_eq!(comes_to(&recv, Done::Received(received("hello", None))), r#"b"hello""#);
    assert_eq!(comes_to(&recv, Done::Received(received("", None))), r#"b"""#);
    assert_eq!(comes_to(&recv, Done::Received(received("你好", None))), r#""你好".encode()"#);
    let send = Command::Send { socket: S, data: Data::Text("hello".into()), all: false };
    assert_eq!(comes_to(&send, Done::Sent(Sent { bytes: 5, parts: 1 })), "5");
    let bind = Command::Bind { socket: S, address: at(0) };
    let local = Done::Local(Local { local: at(40_000) });
    assert_eq!(comes_to(&bind, local), r#"ok, ("127.0.0.1", 40000)"#);
    let accepted = Done::Accepted(Accepted {
        socket: SocketId(9),
        peer: at(43_210),
        local: at(8001),
        cookie: protocol::number::Wide(1),
    });
    let accept = Command::Accept { socket: S };
    assert_eq!(comes_to(&accept, accepted), r#"socket 9, ("127.0.0.1", 43210)"#);
    let burst = Command::Burst { socket: S, address: None, count: 9, bytes: 1 };
    let some = Done::Burst(Burst { sent: 7, refused: 2, errno: Some("ENOBUFS".into()) });
    assert_eq!(comes_to(&burst, some), "7, 2 × ENOBUFS");
    let failure = Answer::Error(Failure::errno("EADDRINUSE", "taken"));
    assert_eq!(result(Dialect::Python, &World::default(), &bind, &failure), "EADDRINUSE");
}
