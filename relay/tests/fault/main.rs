//! The real relay while the kernel refuses, the disk is full, or it is told to end. strace(1) puts the
//! errnos in; where a tracer is not allowed, those tests are loudly skipped.
#![cfg(target_os = "linux")]

#[path = "../support/mod.rs"]
mod support;

mod call;
mod clock;
mod disk;
mod eintr;
mod end;
mod folder;
mod inject;
mod kill;
mod seat;
mod tracer;
mod wire;

use protocol::command::{Family, Kind, Net};
use protocol::message::ToPage;
use protocol::{Answer, Command, Done, SocketId, What};
use std::path::Path;
use support::need;
use support::relay::Relay;
use support::scratch::Scratch;
use support::viewer::Viewer;

/// A relay under strace with these options, which say what is injected; none after a loud skip.
/// `arguments` are the relay's.
fn faulty(options: &[&str], state: Scratch, arguments: &[&str]) -> Option<Relay> {
    if !may_trace() {
        return None;
    }
    let mut command = std::process::Command::new("strace");
    // -D: the relay itself is our child, strace its grandchild.
    command.args(["-D", "-f", "-qq", "-o"]).arg(log(state.path())).args(options);
    command.arg(env!("CARGO_BIN_EXE_relay")).args(["--rung", "loopback"]).args(arguments);
    command.env("PATCHBAY_ALLOW_STUB", "1");
    Some(Relay::by(&mut command, state))
}

/// Whether strace is here and may trace; false after a loud skip.
fn may_trace() -> bool {
    let traced = need::program(&["strace"]).is_some_and(|strace| {
        let try_it = std::process::Command::new(strace)
            .args(["-f", "-qq", "-e", "trace=none", "true"])
            .output();
        try_it.is_ok_and(|done| done.status.success())
    });
    if !traced {
        need::skip("tools", "strace is not installed, or may not trace");
    }
    traced
}

/// A relay that nobody traces yet.
fn bare(arguments: &[&str], state: Scratch) -> Relay {
    let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_relay"));
    command.env("PATCHBAY_ALLOW_STUB", "1").args(arguments);
    Relay::by(&mut command, state)
}

/// The processes that any of its threads has started and that run.
fn children(of: u32) -> Vec<u32> {
    let tasks = std::fs::read_dir(format!("/proc/{of}/task")).expect("its threads");
    let lists =
        tasks.filter_map(|task| std::fs::read_to_string(task.ok()?.path().join("children")).ok());
    lists.flat_map(|list| list.split_whitespace().map(number).collect::<Vec<_>>()).collect()
}

fn number(text: &str) -> u32 {
    text.parse().expect("a number")
}

/// Where strace writes.
fn log(state: &Path) -> std::path::PathBuf {
    state.join("strace")
}

/// The answer to a command, and what was told before it.
async fn ask(viewer: &mut Viewer, command: Command) -> (Vec<What>, Answer) {
    viewer.ask(1, command).await;
    let mut told = Vec::new();
    loop {
        match viewer.next().await {
            ToPage::Event(event) => told.push(event.what),
            ToPage::Reply(reply) => return (told, reply.result),
            _ => {}
        }
    }
}

async fn socket(viewer: &mut Viewer, kind: Kind) -> SocketId {
    match ask(viewer, make(kind)).await.1 {
        Answer::Ok(Done::Made(made)) => made.socket,
        other => panic!("no socket: {other:?}"),
    }
}

fn make(kind: Kind) -> Command {
    Command::Socket { net: Net::Host, family: Family::Ipv4, kind, side: None, name: None }
}

/// The errno's name.
fn errno(answer: &Answer) -> &str {
    match answer {
        Answer::Error(failure) => failure.short(),
        Answer::Ok(done) => panic!("it worked: {done:?}"),
    }
}
