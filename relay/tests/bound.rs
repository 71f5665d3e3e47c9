//! What one connection may cost: memory, descriptors, others' time. Nothing that comes from outside is kept
//! without a bound.
#![cfg(target_os = "linux")]

mod support;

use futures_util::{FutureExt as _, SinkExt as _};
use protocol::command::{Family, Kind, Net};
use protocol::data::Data;
use protocol::message::ToPage;
use protocol::{Answer, Command, CommandId, Done, ErrorKind, SocketId, World, limit};
use relay::journal::Journal;
use relay::session::Form;
use std::path::PathBuf;
use std::time::Instant;
use support::relay::Relay as Process;
use support::viewer::{Fake, PATIENCE, Relay, Viewer, gone, journal};
use tokio::io::AsyncWriteExt as _;
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::protocol::frame::Frame;
use tokio_tungstenite::tungstenite::protocol::frame::coding::{Data as Opcode, OpCode};

fn close(socket: u32) -> Command {
    Command::Close { socket: SocketId(socket) }
}

fn piece(kind: Opcode, bytes: usize, last: bool) -> Message {
    Message::Frame(Frame::message(vec![b' '; bytes], OpCode::Data(kind), last))
}

fn of(process: &Process, what: &str) -> PathBuf {
    format!("/proc/{}/{what}", process.id()).into()
}

/// Bytes of memory that are the process's own (`Private_Dirty` of smaps_rollup, proc_pid_smaps(5)).
fn memory(process: &Process) -> u64 {
    let told = std::fs::read_to_string(of(process, "smaps_rollup")).expect("alive");
    let line = told.lines().find_map(|line| line.strip_prefix("Private_Dirty:")).expect("a line");
    let kib: u64 = line.trim().trim_end_matches(" kB").parse().expect("a number");
    kib * 1024
}

fn descriptors(process: &Process) -> usize {
    std::fs::read_dir(of(process, "fd")).expect("alive").count()
}

async fn until(mut comes_true: impl FnMut() -> bool) {
    let deadline = Instant::now() + PATIENCE;
    while !comes_true() {
        assert!(Instant::now() < deadline, "it never comes true");
        tokio::task::yield_now().await;
    }
}

/// Sessions that have been welcomed and have nothing to do.
async fn crowd(process: &Process, many: usize) -> Vec<Viewer> {
    let mut crowd = Vec::new();
    for place in 0..many {
        let form = [Form::Json, Form::Postcard][place % 2];
        crowd.push(Viewer::of(process.url(), form).await.0);
    }
    crowd
}

/// Asserts that 200 idle sessions take at most 64 KiB each; leaves them again.
async fn idle_sessions_are_small(process: &Process, when: &str) {
    let few = descriptors(process);
    // What is set aside once for all is no session's.
    drop(crowd(process, 10).await);
    until(|| descriptors(process) <= few).await;
    let before = memory(process);
    let crowd = crowd(process, 200).await;
    let each = memory(process).saturating_sub(before) / crowd.len() as u64;
    println!("{each} bytes a session, {when}");
    assert!(each <= 64 * 1024, "{each} bytes a session, {when}");
    drop(crowd);
    until(|| descriptors(process) <= few).await;
}

#[tokio::test]
async fn an_idle_session_takes_at_most_64_kib_however_large_its_snapshot() {
    let process = Process::after("ulimit -n 4096");
    idle_sessions_are_small(&process, "in an empty lab").await;
    let (mut owner, welcome) = Viewer::of(process.url(), Form::Postcard).await;
    for id in 0..welcome.limits.sockets {
        let (family, kind) = (Family::Ipv4, Kind::Stream);
        owner
            .ask(id, Command::Socket { net: Net::Host, family, kind, side: None, name: None })
            .await;
        while !matches!(owner.next().await, ToPage::Reply(_)) {}
    }
    drop(owner);
    let (_, welcome) = Viewer::of(process.url(), Form::Json).await;
    let json = serde_json::to_string(&welcome).unwrap().len();
    assert!(json > 256 * 1024, "{json} bytes");
    idle_sessions_are_small(&process, &format!("after a snapshot of {json} bytes")).await;
}

#[tokio::test]
async fn who_comes_and_goes_leaves_nothing_behind() {
    let process = Process::after("true");
    let address = process.origin().strip_prefix("http://").unwrap();
    drop(crowd(&process, 10).await);
    let few = descriptors(&process);
    let threads = std::fs::read_dir(of(&process, "task")).unwrap().count();
    let before = memory(&process);
    for n in 0..2_000 {
        let mut stream = TcpStream::connect(address).await.unwrap();
        match n % 4 {
            0 => {}
            1 => stream.set_zero_linger().unwrap(),
            2 => stream.write_all(b"GET / HTTP/1.1\r\nHo").await.unwrap(),
            _ => {
                let ask =
                    format!("GET /ws HTTP/1.1\r\nHost: {address}\r\nUpgrade: websocket\r\n\r\n");
                stream.write_all(ask.as_bytes()).await.unwrap();
            }
        }
    }
    until(|| descriptors(&process) <= few).await;
    assert!(std::fs::read_dir(of(&process, "task")).unwrap().count() <= threads);
    let more = memory(&process).saturating_sub(before);
    assert!(more < 4 << 20, "{more} bytes");
}

/// Takes the next message into the world; whether a gap was told.
async fn follow(viewer: &mut Viewer, world: &mut World) -> bool {
    match viewer.next().await {
        ToPage::Event(event) => world.apply(&event),
        ToPage::Gap { from, to } => {
            assert_eq!(from, world.seq + 1);
            let ToPage::Welcome(welcome) = viewer.next().await else { panic!("no welcome") };
            *world = welcome.snapshot.expect("a snapshot");
            assert_eq!((welcome.seq, world.seq), (to, to));
            return true;
        }
        other => panic!("{other:?}"),
    }
    false
}

#[tokio::test]
async fn a_slow_viewer_gets_a_gap_and_a_snapshot_and_nobody_waits_for_it() {
    for form in [Form::Json, Form::Postcard] {
        let journal = Journal::bounded("epoch".into(), 1 << 20);
        let relay = Relay::start(Fake::echo(journal.clone())).await;
        let (mut slow, welcome) = relay.viewer(form).await;
        let mut slow_world = welcome.snapshot.expect("a snapshot");
        let (mut quick, welcome) = relay.viewer(form).await;
        let mut quick_world = welcome.snapshot.expect("a snapshot");
        // Far more than the kernel holds for one connection and the ring for all.
        for n in 0..200_000 {
            gone(&journal, n);
            while n % 500 == 0 && quick_world.seq < journal.seq() {
                assert!(!follow(&mut quick, &mut quick_world).await, "told of a gap");
            }
        }
        let mut gaps = 0;
        while slow_world.seq < journal.seq() {
            gaps += u32::from(follow(&mut slow, &mut slow_world).await);
        }
        assert!(gaps > 0);
        assert_eq!(slow_world.fingerprint(), journal.snapshot().fingerprint());
    }
}

#[tokio::test]
async fn a_message_without_end_is_ended() {
    for (first, next) in [(1_024, 1_024), (limit::MESSAGE, 1)] {
        let relay = Relay::start(Fake::echo(journal())).await;
        let (mut viewer, _) = relay.viewer(Form::Json).await;
        viewer.socket.feed(piece(Opcode::Text, first, false)).await.unwrap();
        for _ in 0..limit::MESSAGE / 1_024 {
            // The last ones may find it closed.
            let _ = viewer.socket.feed(piece(Opcode::Continue, next, false)).await;
        }
        let _ = viewer.socket.flush().await;
        let ToPage::Refused { kind, .. } = viewer.next().await else { panic!("not refused") };
        assert_eq!((kind, viewer.end().await), (ErrorKind::Limit, Some(1009)));
    }
}

#[tokio::test]
async fn a_message_may_come_byte_by_byte_among_pings() {
    let relay = Relay::start(Fake::echo(journal())).await;
    let (mut viewer, _) = relay.viewer(Form::Json).await;
    let ask = r#"{"command":{"id":7,"do":{"close":{"socket":1}}}}"#;
    let text = " ".repeat(10_000) + ask;
    for (place, byte) in text.bytes().enumerate() {
        let kind = if place == 0 { Opcode::Text } else { Opcode::Continue };
        let last = place + 1 == text.len();
        let frame = Frame::message(vec![byte], OpCode::Data(kind), last);
        viewer.socket.feed(Message::Frame(frame)).await.unwrap();
        if place % 100 == 0 {
            viewer.socket.feed(Message::Ping("p".into())).await.unwrap();
        }
    }
    viewer.socket.flush().await.unwrap();
    loop {
        if let ToPage::Reply(reply) = viewer.next().await {
            assert_eq!(reply.id, Some(CommandId(7)));
            break;
        }
    }
}

#[tokio::test]
async fn pongs_that_nobody_takes_are_not_kept() {
    let process = Process::after("true");
    let (mut viewer, _) = Viewer::of(process.url(), Form::Json).await;
    let before = memory(&process);
    for _ in 0..100_000 {
        viewer.socket.feed(Message::Ping(vec![b'p'; 125].into())).await.unwrap();
    }
    // What comes after a ping is answered after all that came before it have been read.
    viewer.ask(1, close(1)).await;
    let more = memory(&process).saturating_sub(before);
    assert!(more < 2 << 20, "{more} bytes");
    while !matches!(viewer.next().await, ToPage::Reply(_)) {}
}

#[tokio::test]
async fn commands_hold_so_many_bytes_and_no_more() {
    let never = Fake::new(journal(), |_, _, command| match command {
        Command::Close { .. } => std::future::ready((0, Ok(Done::nothing()))).boxed(),
        _ => std::future::pending().boxed(),
    });
    let relay = Relay::start(never).await;
    let (mut viewer, _) = relay.viewer(Form::Postcard).await;
    let data = Data::Fill { bytes: limit::FILL_BYTES };
    for id in 0..5 {
        let (socket, data) = (SocketId(1), data.clone());
        viewer.ask(id, Command::Send { socket, data, all: true }).await;
    }
    // The fifth is one too many.
    let ToPage::Reply(reply) = viewer.next().await else { panic!("not a reply") };
    let Answer::Error(failure) = reply.result else { panic!("taken") };
    assert_eq!((reply.id, failure.kind), (Some(CommandId(4)), ErrorKind::Limit));
    assert!(failure.message.contains("64 MiB"), "{}", failure.message);
    viewer.ask(5, close(1)).await;
    let ToPage::Reply(reply) = viewer.next().await else { panic!("not a reply") };
    assert_eq!((reply.id, reply.result), (Some(CommandId(5)), Answer::Ok(Done::nothing())));
}

#[tokio::test]
async fn who_is_ended_amid_a_message_hears_its_rest_and_why() {
    let journal = journal();
    let relay = Relay::start(Fake::echo(journal.clone())).await;
    let (mut viewer, _) = relay.viewer(Form::Postcard).await;
    // More than the kernel holds, so that something is under way.
    for n in 0..300_000 {
        gone(&journal, n);
    }
    viewer.binary(&vec![0; limit::MESSAGE + 1]).await;
    assert_eq!(viewer.end().await, Some(1009));
}
