//! The door: names, origins, methods, headers, deadlines and the number of connections.

mod support;

use relay::server::Config;
use relay::session::{self, Form};
use std::net::SocketAddr;
use std::process::Command;
use std::time::Duration;
use support::viewer::{Fake, PATIENCE, Relay, SHORT, journal};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_tungstenite::tungstenite::Error;

const UPGRADE: &str = "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n\
    Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n";

/// Says `said` and hears what comes until the relay ends the connection.
async fn hear(address: SocketAddr, said: &str) -> String {
    let mut stream = TcpStream::connect(address).await.expect("connected");
    stream.write_all(said.as_bytes()).await.expect("said");
    let mut heard = String::new();
    timeout(PATIENCE, stream.read_to_string(&mut heard)).await.expect("in time").expect("heard");
    heard
}

fn request(method: &str, path: &str, host: &str, more: &str) -> String {
    format!("{method} {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n{more}\r\n")
}

async fn relay() -> Relay {
    Relay::start(Fake::echo(journal())).await
}

/// The status of a refused opening handshake; none where it was accepted.
async fn refused(relay: &Relay, headers: &[(&'static str, &str)]) -> Option<u16> {
    let mut request = relay.request(Some(Form::Json));
    for (name, value) in headers {
        request.headers_mut().append(*name, value.parse().unwrap());
    }
    match relay.open(request).await {
        Ok(_) => None,
        Err(Error::Http(response)) => Some(response.status().as_u16()),
        Err(error) => panic!("{error}"),
    }
}

#[tokio::test]
async fn only_our_own_origins_open_a_session() {
    let relay = relay().await;
    let port = relay.address.port();
    for origin in [format!("http://127.0.0.1:{port}"), format!("http://localhost:{port}")] {
        assert_eq!(refused(&relay, &[("Origin", &origin)]).await, None, "{origin}");
    }
    assert_eq!(refused(&relay, &[]).await, None, "a program has no origin; it needs the token");
    for origin in [
        "null".to_owned(),
        "http://evil.test".into(),
        format!("http://evil.test:{port}"),
        format!("http://0.0.0.0:{port}"),
        format!("https://127.0.0.1:{port}"),
        "http://127.0.0.1".into(),
    ] {
        assert_eq!(refused(&relay, &[("Origin", &origin)]).await, Some(403), "{origin}");
    }
}

#[tokio::test]
async fn only_our_own_names_are_answered_on_every_route() {
    let relay = relay().await;
    let port = relay.address.port();
    for path in ["/", "/ws", "/nothing"] {
        for host in ["evil.test".to_owned(), format!("evil.test:{port}"), format!("0.0.0.0:{port}")]
        {
            let heard = hear(relay.address, &request("GET", path, &host, "")).await;
            assert!(heard.starts_with("HTTP/1.1 403 "), "{path} {host}: {heard}");
            assert!(heard.ends_with(".\n"), "a sentence: {heard}");
        }
    }
    for host in [format!("localhost:{port}"), format!("127.0.0.1:{port}"), format!("[::1]:{port}")]
    {
        let heard = hear(relay.address, &request("GET", "/", &host, "")).await;
        assert!(heard.starts_with("HTTP/1.1 200 "), "{host}: {heard}");
    }
    let absolute = request("GET", "http://evil.test/", &format!("localhost:{port}"), "");
    assert!(hear(relay.address, &absolute).await.starts_with("HTTP/1.1 403 "));
    let nameless = hear(relay.address, "GET / HTTP/1.0\r\n\r\n").await;
    assert!(nameless.starts_with("HTTP/1.0 403 "), "{nameless}");
}

#[tokio::test]
async fn a_host_that_is_named_twice_is_refused_on_every_route() {
    let relay = relay().await;
    let host = relay.address.to_string();
    for path in ["/", "/ws", "/recording/x", "/nothing"] {
        for second in [host.as_str(), "evil.test"] {
            let said = request("GET", path, &host, &format!("Host: {second}\r\n"));
            let heard = hear(relay.address, &said).await;
            assert!(heard.starts_with("HTTP/1.1 403 "), "{path} {second}: {heard}");
        }
    }
}

#[tokio::test]
async fn a_name_more_is_answered_and_its_pages_may_open_sessions() {
    let mut command = Command::new(env!("CARGO_BIN_EXE_relay"));
    command.args(["--rung", "loopback", "--name", "relay.test", "--name", "tunnel.test:443"]);
    let relay = support::relay::Relay::by(
        command.env("PATCHBAY_ALLOW_STUB", "1"),
        support::scratch::Scratch::new(),
    );
    let address: SocketAddr = relay.origin().trim_start_matches("http://").parse().unwrap();
    let port = address.port();
    for (host, status) in [
        (format!("relay.test:{port}"), 200),
        ("tunnel.test".into(), 200),
        ("tunnel.test:443".into(), 200),
        (format!("127.0.0.1:{port}"), 200),
        ("relay.test".into(), 403),
        (format!("tunnel.test:{port}"), 403),
        (format!("a.relay.test:{port}"), 403),
    ] {
        let heard = hear(address, &request("GET", "/", &host, "")).await;
        assert!(heard.starts_with(&format!("HTTP/1.1 {status} ")), "{host}: {heard}");
    }
    for (origin, status) in [
        (format!("http://relay.test:{port}"), 101),
        (format!("https://relay.test:{port}"), 101),
        ("https://tunnel.test".into(), 101),
        ("http://tunnel.test".into(), 403),
        ("https://relay.test".into(), 403),
        (format!("https://127.0.0.1:{port}"), 403),
    ] {
        let said = format!(
            "GET /ws HTTP/1.1\r\nHost: relay.test:{port}\r\n{UPGRADE}Origin: {origin}\r\n\r\n"
        );
        let mut stream = TcpStream::connect(address).await.unwrap();
        stream.write_all(said.as_bytes()).await.unwrap();
        let mut first = [0; 12];
        timeout(PATIENCE, stream.read_exact(&mut first)).await.unwrap().unwrap();
        let found = String::from_utf8_lossy(&first).into_owned();
        assert_eq!(found, format!("HTTP/1.1 {status}"), "{origin}");
    }
}

/// Says `said` a byte at a time, `every` so often, until it is said or the relay hears no more; then
/// hears what comes.
async fn trickle(stream: &mut TcpStream, said: &[u8], every: Duration) -> String {
    let mut ticks = tokio::time::interval(every);
    let (mut hearing, mut saying) = stream.split();
    let talk = async {
        for byte in said {
            ticks.tick().await; // slowness is what is tried
            if saying.write_all(&[*byte]).await.is_err() {
                break;
            }
        }
    };
    let mut heard = Vec::new();
    let listen = async {
        let mut piece = [0; 4096];
        // Until the relay has said its last word: a close frame, 1008.
        while !heard.ends_with(&[0x88, 0x02, 0x03, 0xf0]) {
            match hearing.read(&mut piece).await {
                Ok(read) if read > 0 => heard.extend(&piece[..read]),
                _ => break,
            }
        }
    };
    tokio::select! {
        biased;
        () = listen => {}
        () = async { talk.await; std::future::pending::<()>().await } => {}
        () = tokio::time::sleep(PATIENCE) => panic!("nothing came"), // a deadline
    }
    String::from_utf8_lossy(&heard).into_owned()
}

#[tokio::test]
async fn hello_has_to_come_in_time_however_slowly_it_is_said() {
    let config = session::Config { hello_deadline: SHORT * 5, ..session::Config::default() };
    let relay = Relay::with(Fake::echo(journal()), config, Config::default()).await;
    let head = format!("GET /ws HTTP/1.1\r\nHost: {}\r\n{UPGRADE}\r\n", relay.address);
    let hello =
        format!(r#"{{"hello":{{"version":1,"token":"{}","resume":null}}}}"#, "5".repeat(64));
    let length = u16::try_from(hello.len()).unwrap().to_be_bytes();
    let frame = [&[0x81, 0xfe], &length[..], &[0; 4], hello.as_bytes()].concat();
    let every = Duration::from_millis(10);
    assert!(every * frame.len() as u32 > config.hello_deadline);
    assert!(every * head.len() as u32 > config.hello_deadline);
    // At once: it is let in.
    let mut stream = TcpStream::connect(relay.address).await.unwrap();
    stream.write_all(&[head.as_bytes(), &frame].concat()).await.unwrap();
    let mut piece = vec![0; 4096];
    let mut heard = String::new();
    while !heard.contains("welcome") {
        let read = timeout(PATIENCE, stream.read(&mut piece)).await.unwrap().unwrap();
        assert!(read > 0, "{heard}");
        heard += &String::from_utf8_lossy(&piece[..read]);
    }
    // Slowly, from hello's first byte on.
    let mut stream = TcpStream::connect(relay.address).await.unwrap();
    stream.write_all(head.as_bytes()).await.unwrap();
    let heard = trickle(&mut stream, &frame, every).await;
    assert!(heard.contains("No hello came in time."), "{heard}");
    // Slowly, from the handshake's first byte on: the deadline counts from the connection.
    let mut stream = TcpStream::connect(relay.address).await.unwrap();
    let heard = trickle(&mut stream, head.as_bytes(), every).await;
    assert!(heard.contains("No hello came in time."), "{heard}");
}

#[tokio::test]
async fn every_answer_carries_the_strict_headers() {
    let relay = relay().await;
    let host = relay.address.to_string();
    for (method, path, status) in [
        ("GET", "/", 200),
        ("HEAD", "/", 200),
        ("GET", "/?x=1", 200),
        ("GET", "/ws", 400),
        ("GET", "/nothing", 404),
        ("GET", "/../Cargo.toml", 404),
        ("GET", "/%2e%2e/Cargo.toml", 404),
        ("GET", "/..%5cCargo.toml", 404),
        ("POST", "/", 405),
        ("DELETE", "/ws", 405),
        ("OPTIONS", "/", 405),
    ] {
        let heard = hear(relay.address, &request(method, path, &host, "")).await;
        assert!(heard.starts_with(&format!("HTTP/1.1 {status} ")), "{method} {path}: {heard}");
        let head = heard.split("\r\n\r\n").next().unwrap().to_lowercase();
        for header in [
            "content-security-policy: default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; connect-src 'self'; style-src 'self'; img-src 'self' data:; require-trusted-types-for 'script'; trusted-types 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'\r\n",
            "x-content-type-options: nosniff\r\n",
            "referrer-policy: no-referrer\r\n",
            "cache-control: no-cache\r\n",
            "cross-origin-opener-policy: same-origin\r\n",
            "cross-origin-resource-policy: same-origin\r\n",
        ] {
            assert!(
                format!("{head}\r\n").contains(header),
                "{method} {path} lacks {header}: {head}"
            );
        }
        let body = heard.split("\r\n\r\n").nth(1).unwrap();
        assert_eq!(body.is_empty(), method == "HEAD", "{method} {path}");
    }
}

#[tokio::test]
async fn a_handshake_that_lacks_something_is_told_what() {
    let relay = relay().await;
    let host = relay.address.to_string();
    let whole = [
        "Connection: keep-alive, Upgrade\r\n",
        "Upgrade: websocket\r\n",
        "Sec-WebSocket-Version: 13\r\n",
        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n",
    ];
    for left_out in 0..whole.len() {
        let rest = [&whole[..left_out], &whole[left_out + 1..]].concat().concat();
        let said = format!("GET /ws HTTP/1.1\r\nHost: {host}\r\n{rest}\r\n");
        let mut stream = TcpStream::connect(relay.address).await.unwrap();
        stream.write_all(said.as_bytes()).await.unwrap();
        let mut first = [0; 12];
        timeout(PATIENCE, stream.read_exact(&mut first)).await.unwrap().unwrap();
        assert_eq!(&first, b"HTTP/1.1 400", "without {}", whole[left_out]);
    }
}

#[tokio::test]
async fn stalled_heads_and_silence_are_ended() {
    let server = Config { head_deadline: SHORT, ..Config::default() };
    let relay = Relay::with(Fake::echo(journal()), session::Config::default(), server).await;
    for said in ["", "GET / HTTP/1.1\r\nHost: ", "GET / HTTP/1.1\r\nX: y\r\n"] {
        let heard = hear(relay.address, said).await;
        assert!(heard.is_empty() || heard.starts_with("HTTP/1.1 4"), "{said:?}: {heard}");
    }
    // Between two requests as well.
    let kept = format!("GET / HTTP/1.1\r\nHost: {}\r\n\r\n", relay.address);
    assert!(hear(relay.address, &kept).await.starts_with("HTTP/1.1 200 "));
}

#[tokio::test]
async fn a_body_that_never_ends_is_not_waited_for() {
    let server = Config { http_deadline: SHORT, ..Config::default() };
    let relay = Relay::with(Fake::echo(journal()), session::Config::default(), server).await;
    let said =
        format!("GET / HTTP/1.1\r\nHost: {}\r\nContent-Length: 9999\r\n\r\nx", relay.address);
    assert!(hear(relay.address, &said).await.starts_with("HTTP/1.1 200 "));
}

#[tokio::test]
async fn a_head_too_long_is_refused() {
    let relay = relay().await;
    let more = format!("X: {}\r\n", "x".repeat(64 * 1024));
    let mut stream = TcpStream::connect(relay.address).await.unwrap();
    // The relay may end it before all is written.
    let said = request("GET", "/", &relay.address.to_string(), &more);
    let _ = stream.write_all(said.as_bytes()).await;
    let mut heard = Vec::new();
    let _ = timeout(PATIENCE, stream.read_to_end(&mut heard)).await.expect("in time");
    assert!(heard.is_empty() || heard.starts_with(b"HTTP/1.1 431 "));
}

#[tokio::test]
async fn connections_over_the_cap_wait_for_a_place() {
    let server = Config { connections: 3, head_deadline: SHORT, ..Config::default() };
    let relay = Relay::with(Fake::echo(journal()), session::Config::default(), server).await;
    let mut silent = Vec::new();
    for _ in 0..30 {
        silent.push(TcpStream::connect(relay.address).await.unwrap());
    }
    let heard = hear(relay.address, &request("GET", "/", &relay.address.to_string(), "")).await;
    assert!(heard.starts_with("HTTP/1.1 200 "), "{heard}");
}

#[tokio::test]
async fn the_end_does_not_wait_for_silent_connections() {
    let relay = relay().await;
    let _silent = TcpStream::connect(relay.address).await.unwrap();
    let _stranger = relay.stranger(Form::Json).await;
    let (_viewer, _) = relay.viewer(Form::Postcard).await;
    relay.stop().await;
}

#[tokio::test]
async fn stalled_strangers_make_room_for_the_owner() {
    let server = Config { connections: 3, ..Config::default() };
    let relay = Relay::with(Fake::echo(journal()), session::Config::default(), server).await;
    let (mut owner, _) = relay.viewer(Form::Json).await;
    let _undecided = relay.stranger(Form::Json).await;
    let mut silent = Vec::new();
    for _ in 0..30 {
        silent.push(TcpStream::connect(relay.address).await.unwrap());
    }
    // None of them has reached its deadline, which is longer than this waits.
    let second = timeout(SHORT * 20, relay.viewer(Form::Postcard));
    second.await.expect("at once");
    owner.ask(1, protocol::Command::Reset).await;
    owner.next().await;
}
