//! "What I did, as code": what was done in a lab, written as a program, does the same outside of it: the
//! same counts, bytes and errnos, against the same kernel.
#![cfg(target_os = "linux")]

mod experiments;
#[path = "../support/mod.rs"]
mod support;

use protocol::command::{Family, Half, Kind, SocketOption};
use protocol::data::Data;
use protocol::program::{self, Dialect, Known};
use protocol::world::Call;
use protocol::{Answer, Command, Done, Event, SocketId, What};
use relay::journal::Read;
use std::process;
use std::time::Duration;
use support::lab::{Bench, end_of};
use support::scratch::Scratch;

/// The calls that the journal tells of.
fn calls(bench: &Bench) -> Vec<Call> {
    let mut calls: Vec<Call> = Vec::new();
    let Read::Events(events) = bench.lab.journal().read(0, usize::MAX) else {
        panic!("the journal has them all")
    };
    for Event { at, what, .. } in events {
        match what {
            What::CallBegan { call, by, ask, cut } => calls.push(Call {
                id: call,
                by,
                ask,
                cut,
                began: at,
                blocked: None,
                bytes: 0,
                ended: None,
                result: None,
            }),
            What::CallEnded { call, result } => {
                let call = calls.iter_mut().find(|own| own.id == call).expect("it began");
                (call.ended, call.result) = (Some(at), Some(result));
            }
            _ => {}
        }
    }
    calls
}

fn sockets(bench: &Bench) -> Vec<Known> {
    bench.look(|world| {
        let known = |socket: &protocol::world::Socket| Known {
            id: socket.id,
            name: socket.name.clone().unwrap_or_default(),
            local: socket.kernel.local.clone(),
        };
        world.sockets.values().map(known).collect()
    })
}

/// What a program of these calls prints, as the lab saw it come.
fn promised(calls: &[Call], bytes_alone: bool) -> Vec<String> {
    let calls = program::gathered(calls);
    let mut ended: Vec<&Call> = calls.iter().filter(|call| call.ended.is_some()).collect();
    ended.sort_by_key(|call| call.ended);
    let told = |call: &&Call| match (&call.ask, call.result.as_ref()?) {
        (Command::Send { all: true, .. }, Answer::Ok(_)) if !bytes_alone => None,
        (_, Answer::Ok(Done::Sent(sent))) => Some(sent.bytes.to_string()),
        (_, Answer::Ok(Done::Burst(burst))) => Some(burst.sent.to_string()),
        (Command::Recv { .. }, _) if call.bytes > 0 => Some(call.bytes.to_string()),
        (_, Answer::Ok(Done::Received(received))) if bytes_alone => {
            Some(received.bytes.to_string())
        }
        (_, Answer::Ok(Done::Received(received)))
            if received.bytes > 256 || received.numbered.is_some() =>
        {
            Some(format!("{} bytes", received.bytes))
        }
        (_, Answer::Ok(Done::Received(received))) => {
            Some(format!("b'{}'", received.data.hex.0.escape_ascii()).replace("\\\"", "\""))
        }
        (_, Answer::Error(failure)) if bytes_alone && failure.errno.is_none() => {
            Some("EAGAIN".into())
        }
        (_, Answer::Error(failure)) => {
            Some(failure.errno.clone().unwrap_or_else(|| "timed out".into()))
        }
        _ => None,
    };
    ended.iter().filter_map(told).collect()
}

/// What a Python program printed, long payload as its length: of that the journal keeps the beginning only.
fn shortened(line: &str) -> String {
    let Some(literal) = line.strip_prefix(['b']).map(|rest| &rest[1..rest.len() - 1]) else {
        return line.replace("ENOTSUP", "EOPNOTSUPP");
    };
    let mut bytes = 0;
    let mut letters = literal.chars();
    while let Some(letter) = letters.next() {
        bytes += 1;
        if letter == '\\' && letters.next() == Some('x') {
            letters.nth(1);
        }
    }
    let numbered = literal.starts_with("\\x00\\x00\\x00\\x00");
    if bytes > 256 || numbered { format!("{bytes} bytes") } else { line.to_owned() }
}

fn run(command: &mut process::Command) -> String {
    let output = command.output().expect("it runs");
    let told = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{command:?}: {told}");
    String::from_utf8_lossy(&output.stdout).into_owned()
}

/// Empties the lab, and does the same in Python and in C.
async fn same_outside(bench: Bench) {
    let (calls, sockets) = (calls(&bench), sockets(&bench));
    bench.ask(Command::Reset).await.expect("emptied");
    let scratch = Scratch::new();
    let python = program::write(Dialect::Python, &calls, &sockets);
    let file = scratch.path().join(Dialect::Python.file());
    std::fs::write(&file, &python).expect("written");
    let printed = run(process::Command::new("python3").arg(&file));
    let printed: Vec<String> = printed.lines().map(shortened).collect();
    assert_eq!(printed, promised(&calls, false), "{python}");

    let c = program::write(Dialect::C, &calls, &sockets);
    let file = scratch.path().join(Dialect::C.file());
    std::fs::write(&file, &c).expect("written");
    let program = scratch.path().join("program");
    let mut compiler = process::Command::new("cc");
    run(compiler.args(["-Wall", "-Werror", "-pthread", "-o"]).arg(&program).arg(&file));
    let printed = run(&mut process::Command::new(&program));
    let printed: Vec<&str> =
        printed.lines().map(|line| line.split(' ').next().unwrap_or_default()).collect();
    assert_eq!(printed, promised(&calls, true), "{c}");
}

/// What [`a_conversation`] is in Rust, compiled as it was written.
mod conversation {
    #![allow(
        dead_code,
        unused,
        clippy::all,
        clippy::pedantic,
        reason = "a written program, as it is"
    )]
    include!("conversation.rs");

    pub(super) fn run() -> io::Result<()> {
        main()
    }
}

#[tokio::test]
async fn a_conversation() {
    let bench = Bench::new();
    let (server, address) = bench.listener(5).await;
    bench.option(server, SocketOption::ReuseAddress(true)).await;
    let (_, accepted) = bench.start_blocked(Command::Accept { socket: server }).await;
    let client = bench.connect(&address).await;
    let Ok(Done::Accepted(accepted)) = end_of(accepted).await else { panic!("accepted") };
    let conn = accepted.socket;
    bench.option(client, SocketOption::NoDelay(true)).await;
    bench.send(client, "hello").await.expect("sent");
    bench.send(client, "你好").await.expect("sent");
    bench.send_bytes(client, b"a\"\\\n\xff1").await.expect("sent");
    bench.peek(conn, 3).await.expect("seen");
    bench.recv(conn, 7).await.expect("read");
    bench.recv(conn, 1_000).await.expect("read");
    let (_, asleep) =
        bench.start_blocked(Command::Recv { socket: conn, max: 9, peek: false }).await;
    bench.send(client, "wake").await.expect("sent");
    end_of(asleep).await.expect("read");
    bench.ask(Command::Shutdown { socket: client, how: Half::Write }).await.expect("shut");
    bench.recv(conn, 10).await.expect("the end");
    bench.send(client, "x").await.expect_err("EPIPE");
    let data = Data::Fill { bytes: 30_000 };
    bench.ask(Command::Send { socket: conn, data, all: true }).await.expect("sent");
    bench.close(conn).await;
    let rust = program::write(Dialect::Rust, &calls(&bench), &sockets(&bench));
    if std::env::var_os("PATCHBAY_BLESS").is_some() {
        std::fs::write("tests/program/conversation.rs", &rust).expect("written");
    }
    assert_eq!(rust, include_str!("conversation.rs"), "PATCHBAY_BLESS=1 writes it anew");
    same_outside(bench).await;
    conversation::run().expect("every call that succeeded does so again");
}

#[tokio::test]
async fn datagrams() {
    let bench = Bench::new();
    let (from, _) = bench.bound(Family::Ipv4, Kind::Datagram).await;
    let (to, address) = bench.bound(Family::Ipv4, Kind::Datagram).await;
    bench.send_to(from, &address, "one parcel").await.expect("sent");
    bench.send_to(from, &address, "").await.expect("sent");
    bench.send_to(from, &address, "another").await.expect("sent");
    bench.recv_from(to, 3).await.expect("cut");
    bench.recv_from(to, 100).await.expect("empty");
    bench.recv_from(to, 100).await.expect("read");
    bench.nonblocking(to, true).await;
    bench.recv_from(to, 100).await.expect_err("EAGAIN");
    let burst =
        Command::Burst { socket: from, address: Some(address.clone()), count: 40, bytes: 20 };
    bench.ask(burst).await.expect("sent");
    bench.close(to).await;
    bench.ask(Command::Connect { socket: from, address }).await.expect("a default peer");
    bench.send(from, "knock").await.expect("sent");
    bench.send(from, "knock").await.expect_err("ECONNREFUSED");
    same_outside(bench).await;
}

#[tokio::test]
async fn refusals_and_timeouts() {
    let bench = Bench::new();
    let (_server, address) = bench.listener_of(Family::Ipv6, 1).await;
    let second = bench.socket(Family::Ipv6, Kind::Stream).await;
    bench
        .ask(Command::Bind { socket: second, address: address.clone() })
        .await
        .expect_err("EADDRINUSE");
    let (client, conn) = bench.pair_of(Family::Ipv6).await;
    bench.timeout(conn, Some(Duration::from_millis(150))).await;
    bench.recv(conn, 10).await.expect_err("timed out");
    bench.option(conn, SocketOption::Linger(Some(0))).await;
    bench.close(conn).await;
    bench.recv(client, 10).await.expect_err("ECONNRESET");
    bench.ask(Command::Listen { socket: client, backlog: 1 }).await.ok();
    let lonely = bench.socket(Family::Ipv4, Kind::Stream).await;
    bench.send(lonely, "x").await.expect_err("EPIPE");
    // One that sleeps for ever is left out, with a remark.
    let (listener, _) = bench.listener(1).await;
    bench.start_blocked(Command::Accept { socket: listener }).await;
    let text = program::write(Dialect::Python, &calls(&bench), &sockets(&bench));
    assert!(text.contains("accept()  # still sleeps"), "{text}");
    same_outside(bench).await;
}

#[tokio::test]
async fn unix_sockets() {
    let bench = Bench::with_names();
    let server = bench.unix_listener("door", 3).await;
    let client = bench.unix(Kind::Stream).await;
    let address = "unix:door".parse().expect("an address");
    bench.ask(Command::Connect { socket: client, address }).await.expect("connected");
    let conn: SocketId = bench.accept(server).await;
    bench.send(conn, "in one machine").await.expect("sent");
    bench.recv(client, 6).await.expect("read");
    same_outside(bench).await;
}
