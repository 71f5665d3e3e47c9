//! A stranger, who has no token, makes the relay call nothing but accept, read, write, shutdown and close
//! on that stranger's own connection: strace(1) listens.
//!
//! Allowed beside these, because the runtime and the allocator cannot do without:
//! - `setsockopt` of TCP_NODELAY and SO_SNDBUF on an accepted connection, `epoll_ctl` for one;
//! - `epoll_wait`, `futex`, `sched_yield`, `restart_syscall` (the scheduler), and `read` and `write` of
//!   the eventfds by which its threads wake each other. The lab's own tick makes the same calls when
//!   nobody is there;
//! - `mmap` (anonymous), `munmap`, `mremap`, `madvise`, `mprotect`, `brk` (malloc);
//! - in builds with debug assertions `fcntl(F_GETFD)` before a close: std asks whether the descriptor is
//!   open still;
//! - what the runtime's threads, begun with the relay, call before they first wait for anything.
//!
//! No thread is begun, no file is looked at, no random number is asked for.
#![cfg(target_os = "linux")]

#[path = "../support/mod.rs"]
mod support;
mod trace;

use relay::state::State;
use std::fs;
use std::io::{Read as _, Write as _};
use std::net::{Shutdown, SocketAddr, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Instant;
use support::line::DEADLINE;
use support::need;
use support::relay::Relay;
use support::scratch::Scratch;

const BEGINS: &str = "/span-begins";
const ENDS: &str = "/span-ends";
const UPGRADE: &str = "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n\
    Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n";
const CLOSE: &str = "Connection: close\r\n";

/// A stranger to the relay.
struct Stranger(SocketAddr);

impl Stranger {
    fn connect(&self) -> TcpStream {
        let stream = TcpStream::connect(self.0).expect("connected");
        stream.set_read_timeout(Some(DEADLINE)).expect("set");
        stream
    }

    /// Says it; what comes until the relay ends the connection.
    fn hear(&self, said: &str) -> String {
        let mut stream = self.connect();
        stream.write_all(said.as_bytes()).expect("said");
        read(&mut stream)
    }

    /// Asks for a path; the first word of the answer after the version.
    fn ask(&self, method: &str, path: &str, more: &str) -> String {
        let said = format!("{method} {path} HTTP/1.1\r\nHost: {}\r\n{more}\r\n", self.0);
        self.hear(&said).split(' ').nth(1).expect("a status").to_owned()
    }

    /// Opens a WebSocket and says bytes over it; what comes until its end.
    fn say(&self, bytes: &[u8]) -> String {
        let mut stream = self.connect();
        let head = format!("GET /ws HTTP/1.1\r\nHost: {}\r\n{UPGRADE}\r\n", self.0);
        stream.write_all(head.as_bytes()).expect("said");
        let mut first = [0; 12];
        stream.read_exact(&mut first).expect("an answer");
        assert_eq!(&first, b"HTTP/1.1 101");
        stream.write_all(bytes).expect("said");
        read(&mut stream)
    }
}

fn read(stream: &mut TcpStream) -> String {
    let mut heard = Vec::new();
    // A reset ends it as well.
    let end = stream.read_to_end(&mut heard);
    assert!(end.as_ref().map_or_else(|no| no.kind() != std::io::ErrorKind::WouldBlock, |_| true));
    String::from_utf8_lossy(&heard).into_owned()
}

/// A text frame, masked with zeros (RFC 6455, section 5.2).
fn frame(text: &str) -> Vec<u8> {
    let mut frame = vec![0x81, 0xfe];
    frame.extend(u16::try_from(text.len()).expect("it is short").to_be_bytes());
    frame.extend([0; 4]);
    frame.extend(text.as_bytes());
    frame
}

/// All that somebody without a token can do; each is answered as it should be.
fn try_everything(stranger: &Stranger) {
    drop(stranger.connect());
    let half = stranger.connect();
    (&half).write_all(b"GET / HTTP/1.1\r\nHo").expect("said");
    half.shutdown(Shutdown::Both).expect("shut");
    for path in ["/", "/boot.js", "/page.js", "/page_bg.wasm", "/style.css", "/icon.svg"] {
        let status = stranger.ask("GET", path, CLOSE);
        assert!(status == "200" || relay::assets::PAGE_IS_STUB, "{path}: {status}");
    }
    for (method, path, more, status) in [
        ("HEAD", "/", "", "200"),
        ("GET", "/nothing", "", "404"),
        ("GET", "/../token", "", "404"),
        ("GET", "/recording/x", "", "401"),
        ("GET", "/recording/x", "Authorization: Bearer 0\r\n", "401"),
        ("GET", "/recording/..%2ftoken", "Authorization: Bearer 0\r\n", "401"),
        ("POST", "/", "Content-Length: 3\r\n", "405"),
        ("GET", "/", "Host: twice\r\n", "403"),
        ("GET", "/ws", "", "400"),
    ] {
        let more = format!("{more}{CLOSE}");
        assert_eq!(stranger.ask(method, path, &more), status, "{method} {path} {more}");
    }
    let foreign = format!("Origin: http://evil.test\r\n{UPGRADE}");
    let mut stream = stranger.connect();
    write!(stream, "GET /ws HTTP/1.1\r\nHost: {}\r\n{foreign}\r\n", stranger.0).expect("said");
    let mut first = [0; 12];
    stream.read_exact(&mut first).expect("an answer");
    assert_eq!(&first, b"HTTP/1.1 403");
    drop(stream);
    let host = stranger.hear(&format!("GET / HTTP/1.1\r\nHost: evil.test\r\n{CLOSE}\r\n"));
    assert!(host.starts_with("HTTP/1.1 403 "), "{host}");
    let wrong =
        format!(r#"{{"hello":{{"version":1,"token":"{}","resume":null}}}}"#, "0".repeat(64));
    for (said, answer) in [
        (frame(&wrong), "The token is wrong"),
        (frame(r#"{"command":{"id":1,"do":"reset"}}"#), "Say hello before"),
        (frame(&" ".repeat(5 * 1024)), "at most 4096 bytes"),
        (frame("{"), "cannot be read"),
        (vec![0xff; 64], ""),
        (Vec::new(), "No hello came in time."),
    ] {
        let heard = stranger.say(&said);
        assert!(heard.contains(answer), "{heard}");
    }
}

/// The relay under strace, which writes to `file`; it is the relay itself that is our child (-D).
fn traced(strace: &Path, file: &Path) -> Command {
    let mut command = Command::new(strace);
    command.args(["-D", "-f", "-q", "-s", "40", "-e", "trace=all", "-o"]).arg(file);
    command.arg(env!("CARGO_BIN_EXE_relay")).args(["--rung", "loopback"]);
    command.env("PATCHBAY_ALLOW_STUB", "1");
    command
}

/// strace, where it is there and may trace.
fn strace() -> Option<PathBuf> {
    let found = need::program(&["strace"]);
    let traces = |strace: &PathBuf| {
        let mut tried = Command::new(strace);
        tried.args(["-o", "/dev/null", "true"]).stderr(Stdio::null());
        tried.status().is_ok_and(|status| status.success())
    };
    let found = found.filter(traces);
    if found.is_none() {
        need::skip("strace", "strace is not there, or may not trace (ptrace(2))");
    }
    found
}

#[test]
fn strangers_cause_no_call_but_those_on_their_own_connections() {
    let Some(strace) = strace() else { return };
    let (state, place) = (Scratch::new(), Scratch::new());
    // Both tokens are there to be compared.
    State::open(state.path()).and_then(|state| state.invite()).expect("a viewers' token");
    let file = place.path().join("trace");
    let mut relay = Relay::by(&mut traced(&strace, &file), state);
    let address = relay.origin().trim_start_matches("http://").parse().expect("an address");
    let stranger = Stranger(address);
    assert_eq!(stranger.ask("GET", BEGINS, CLOSE), "404");
    try_everything(&stranger);
    assert_eq!(stranger.ask("GET", ENDS, CLOSE), "404");
    relay.kill();
    let text = whole(&file);
    let span = trace::judge(&text, &format!("GET {BEGINS} "), &format!("GET {ENDS} "));
    assert!(span.accepted >= 20, "{} connections were seen", span.accepted);
    assert!(span.others.is_empty(), "calls of others' making: {:#?}", span.others);
}

/// The trace, once strace has seen the relay's end.
fn whole(file: &Path) -> String {
    let begun = Instant::now();
    loop {
        let text = String::from_utf8_lossy(&fs::read(file).expect("a trace")).into_owned();
        if text.lines().last().is_some_and(|last| last.contains("+++ killed by SIGKILL +++")) {
            return text;
        }
        assert!(begun.elapsed() < DEADLINE, "strace has not seen the end");
        std::thread::yield_now();
    }
}
