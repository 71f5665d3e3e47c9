//! Told to end in the middle of everything: it does, and leaves nothing behind.

use crate::support::line::DEADLINE;
use crate::support::relay::Relay;
use crate::support::scratch::Scratch;
use crate::support::viewer::Viewer;
use crate::{ask, socket};
use protocol::command::Kind;
use protocol::recording::{Ending, open};
use protocol::{Answer, Command};
use relay::session::Form;
use rustix::process::{Pid, Signal, kill_process};
use std::fs;
use std::time::Instant;

/// Ends the relay by that signal, sent so often, while a call sleeps, one viewer never reads and a
/// recording is written.
async fn ends_by(signal: Signal, often: u32) {
    let state = Scratch::new();
    let file = state.path().join("it.patchbay");
    let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_relay"));
    command.env("PATCHBAY_ALLOW_STUB", "1").arg("--record").arg(&file);
    let mut relay = Relay::by(&mut command, state);
    let (mut viewer, _) = Viewer::of(relay.url(), Form::Json).await;
    let (deaf, _) = Viewer::of(relay.url(), Form::Postcard).await;
    let stream = socket(&mut viewer, Kind::Stream).await;
    let bind = Command::Bind { socket: stream, address: "127.0.0.1:0".parse().unwrap() };
    for call in [bind, Command::Listen { socket: stream, backlog: 5 }] {
        assert!(matches!(ask(&mut viewer, call).await.1, Answer::Ok(_)));
    }
    viewer.ask(2, Command::Accept { socket: stream }).await;
    let id = relay.id();
    let children = fs::read_to_string(format!("/proc/{id}/task/{id}/children")).unwrap_or_default();

    let began = Instant::now();
    for _ in 0..often {
        kill_process(Pid::from_raw(id.cast_signed()).expect("an id"), signal).expect("sent");
    }
    let waiting = tokio::task::spawn_blocking(move || {
        relay.wait();
        relay
    });
    let (ended, relay) = tokio::join!(viewer.end(), tokio::time::timeout(DEADLINE, waiting));
    let relay = relay.expect("it ends in time").expect("no panic");
    println!("{signal:?}: ended after {:?}", began.elapsed());
    assert!(matches!(ended, None | Some(1001)), "{ended:?}");
    drop(deaf);
    let bytes = fs::read(&file).expect("a file");
    let (_, mut reading) = open(&bytes).expect("a recording");
    reading.by_ref().for_each(drop);
    assert_eq!(reading.ending(), Ending::Whole);
    for child in children.split_whitespace() {
        let status = fs::read_to_string(format!("/proc/{child}/status")).unwrap_or_default();
        assert!(status.is_empty() || status.contains("State:\tZ"), "a child lives on: {status}");
    }
    let address = relay.origin().trim_start_matches("http://").to_owned();
    assert!(std::net::TcpStream::connect(address).is_err(), "nobody listens any more");
}

#[tokio::test]
async fn asked_to_end_it_ends() {
    ends_by(Signal::TERM, 1).await;
}

#[tokio::test]
async fn interrupted_twice_it_ends() {
    ends_by(Signal::INT, 2).await;
}
