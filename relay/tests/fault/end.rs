//! Told to end in the middle of everything: it does, and leaves nothing behind.

use crate::children;
use crate::seat::{Seat, text};
use crate::support::line::DEADLINE;
use crate::support::relay::Relay;
use crate::support::scratch::Scratch;
use crate::support::viewer::Viewer;
use protocol::command::{Application, Kind, Lesson, Net, Serving};
use protocol::recording::{Ending, open};
use protocol::{Command, World, limit};
use relay::session::Form;
use rustix::process::{Pid, Signal, kill_process};
use std::fs;
use std::net::SocketAddr;
use std::time::Instant;
use tokio::net::TcpStream;

/// A viewer who never reads, and whose address that is.
async fn deaf(relay: &Relay) -> (Viewer, SocketAddr) {
    let (address, token) =
        relay.url().trim_start_matches("http://").split_once("/#token=").expect("a link");
    let stream = TcpStream::connect(address).await.expect("it listens");
    let own = stream.local_addr().expect("an address");
    let mut viewer = Viewer::on(stream, Form::Json).await;
    viewer.greet_with(token, None).await;
    (viewer, own)
}

/// Bytes that the relay has given its kernel for that viewer and that nobody takes
/// (proc_pid_net_tcp(5): `tx_queue`).
fn stuck(viewer: SocketAddr) -> u64 {
    let table = fs::read_to_string("/proc/net/tcp").expect("a table");
    let SocketAddr::V4(v4) = viewer else { panic!("{viewer}") };
    let peer = format!("{:08X}:{:04X}", u32::from_le_bytes(v4.ip().octets()), v4.port());
    let queue = table.lines().find_map(|line| {
        let words: Vec<&str> = line.split_whitespace().collect();
        (words.get(2) == Some(&peer.as_str())).then(|| words[4].split(':').next())?
    });
    queue.and_then(|queue| u64::from_str_radix(queue, 16).ok()).unwrap_or(0)
}

/// Events until the deaf viewer's pipe is full: its kernel takes no more, so ours keeps what it has.
async fn flood(seat: &mut Seat, viewer: SocketAddr) {
    let (_, address) = seat.bound(Net::Host, Kind::Datagram).await;
    let (sender, _) = seat.bound(Net::Host, Kind::Datagram).await;
    let began = Instant::now();
    // On loopback what fits is acknowledged at once: what stays over a whole burst is stuck.
    let mut before = 0;
    while before < 32 * 1024 || stuck(viewer) < before {
        assert!(began.elapsed() < DEADLINE, "{before} bytes are stuck");
        before = stuck(viewer);
        let address = Some(address.clone());
        seat.done(Command::Burst { socket: sender, address, count: 2_000, bytes: 20 }).await;
    }
}

/// Two sockets that send each other the same bytes for ever.
async fn echoes(seat: &mut Seat) {
    let (client, server) = seat.pair(Net::Host, Net::Host).await;
    seat.done(Command::Send { socket: client, data: text("ping"), all: true }).await;
    for socket in [client, server] {
        let set = Some(Serving { app: Application::Echo { max: 100 }, side_by_side: false });
        seat.done(Command::Serve { socket, set }).await;
    }
    let busy = |world: &World| (world.sockets.get(&client)?.sent.bytes > 40).then_some(());
    seat.until("it comes and goes", busy).await;
}

/// Sets all of it going: calls that sleep, a burst, echoes and an experiment, and one viewer's full
/// pipe; who asked, and who never reads.
async fn everything(relay: &Relay) -> (Seat, Viewer) {
    let mut seat = Seat::at(relay.url()).await;
    // It empties the lab first, and then waits for somebody to press its button.
    seat.done(Command::Experiment(Lesson::Start { name: "first-host".into() })).await;
    seat.until("it is played", |world| {
        world.lesson.as_ref().filter(|lesson| lesson.ended.is_none()).map(|_| ())
    })
    .await;
    let (viewer, address) = deaf(relay).await;
    flood(&mut seat, address).await;
    echoes(&mut seat).await;
    let (listener, _) = seat.bound(Net::Host, Kind::Stream).await;
    seat.done(Command::Listen { socket: listener, backlog: 5 }).await;
    seat.begin(Command::Accept { socket: listener }).await;
    let (_, to) = seat.bound(Net::Host, Kind::Datagram).await;
    let (sender, _) = seat.bound(Net::Host, Kind::Datagram).await;
    let burst =
        Command::Burst { socket: sender, address: Some(to), count: limit::BURST, bytes: 1_000 };
    seat.begin(burst).await;
    let going =
        |world: &World| world.sockets.get(&sender).filter(|it| it.sent.bytes > 0).map(|_| ());
    seat.until("the burst goes", going).await;
    assert!(seat.world.lesson.as_ref().is_some_and(|lesson| lesson.ended.is_none()));
    (seat, viewer)
}

/// Ends the relay by that signal, sent so often, while everything is under way and is recorded.
async fn ends_by(signal: Signal, often: u32) {
    let state = Scratch::new();
    let file = state.path().join("it.patchbay");
    let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_relay"));
    command.env("PATCHBAY_ALLOW_STUB", "1").arg("--record").arg(&file);
    let mut relay = Relay::by(&mut command, state);
    let (mut seat, deaf) = everything(&relay).await;
    let (id, children) = (relay.id(), children(relay.id()));
    let run = relay.state().join("run");
    let left = [format!("{id}.sock"), format!("{id}.d")].map(|name| run.join(name));
    assert!(left.iter().all(|path| path.exists()), "{left:?}");

    let began = Instant::now();
    for _ in 0..often {
        kill_process(Pid::from_raw(id.cast_signed()).expect("an id"), signal).expect("sent");
    }
    let waiting = tokio::task::spawn_blocking(move || {
        relay.wait();
        (relay, Instant::now())
    });
    let end = tokio::time::timeout(DEADLINE, waiting);
    let (ended, relay) = tokio::join!(seat.viewer.end(), end);
    let (relay, over) = relay.expect("it ends in time").expect("no panic");
    println!("{signal:?}: ended after {:?}", over - began);
    assert!(matches!(ended, None | Some(1001)), "{ended:?}");
    drop(deaf);
    let bytes = fs::read(&file).expect("a file");
    let (_, mut reading) = open(&bytes).expect("a recording");
    reading.by_ref().for_each(drop);
    assert_eq!(reading.ending(), Ending::Whole);
    for path in left {
        assert!(!path.exists(), "{} was left", path.display());
    }
    // The helper reads the end of its control socket, and ends by itself.
    let lives = |child: &u32| {
        let status = fs::read_to_string(format!("/proc/{child}/status")).unwrap_or_default();
        !(status.is_empty() || status.contains("State:\tZ"))
    };
    while children.iter().any(lives) {
        assert!(over.elapsed() < DEADLINE, "a child lives on: {children:?}");
        std::thread::yield_now();
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
