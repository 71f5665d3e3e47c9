//! Writes pictures of scripted journals to `target/pictures/*.svg`, for people to look at.

mod wire;

use super::{View, ladder, ledger, scrubber, sheet, stage};
use crate::clock::{Lens, Line, Moment};
use crate::code::Dialect;
use crate::script::{Script, address, received};
use crate::svg;
use crate::text::Language;
use crate::timeline::Timeline;
use protocol::command::{Kind, Side};
use protocol::data::Data;
use protocol::event::Crossing;
use protocol::reply::{self, Numbered};
use protocol::sample::{Queue, Run, TimerKind};
use protocol::{CallId, Command, Done, Field, Nanos, SocketId, TcpState, What};

pub(super) fn view(width: f32, height: f32) -> View {
    View {
        width,
        height,
        language: Language::English,
        selected: None,
        calm: false,
        lesson: false,
        looks: false,
        dialect: Dialect::Python,
        ladder: super::Reading::default(),
    }
}

/// The span that nobody has chosen.
pub(super) fn line(timeline: &Timeline, moment: Moment) -> Line {
    Lens::default().line(moment, timeline.earliest())
}

/// The page's pictures below each other, as the page has them.
fn write(name: &str, timeline: &mut Timeline, at: Nanos, now: Nanos, view: &View) {
    timeline.seek_seen(at, 0.0);
    let moment = Moment { at, now, view: 0.5 };
    let narrow = view.width < super::NARROW;
    let below = if narrow { 260.0 } else { (view.height - 440.0).max(220.0) };
    let room = if narrow { view.height - 200.0 } else { view.height - below - 88.0 };
    let stage = stage(timeline, moment, &View { height: room, ..*view });
    let ledger = ledger(timeline, view);
    let scrub =
        scrubber(timeline, moment, &line(timeline, moment), &View { height: 44.0, ..*view });
    let flood = |burst: &&CallId| timeline.world().bursts[burst].count > 20;
    let burst = timeline.world().bursts.keys().rfind(flood).copied();
    let (shapes, high) = if let Some(burst) = burst {
        let sheet = sheet(timeline, burst, &View { height: below, ..*view });
        (sheet.shapes, sheet.height)
    } else {
        let ladder = ladder(timeline, moment, &View { height: below, ..*view });
        (ladder.shapes, ladder.height)
    };
    let document = svg::document(
        name,
        view.width,
        &[
            (&stage.shapes, stage.height),
            (&ledger.shapes, ledger.height),
            (&scrub.shapes, scrub.height),
            (&shapes, high),
        ],
    );
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../target/pictures");
    std::fs::create_dir_all(folder).expect("a folder for pictures");
    std::fs::write(format!("{folder}/{name}.svg"), document).expect("a picture");
}

/// A server asleep in accept, and a client not yet plugged in.
pub(super) fn idle() -> (Script, SocketId, SocketId, CallId) {
    let mut script = Script::default();
    script.wait(4_000);
    let server = script.server(8001, 5);
    script.wait(20);
    let accept = script.begin(Command::Accept { socket: server });
    script.wait(4);
    script.block(accept, 0);
    script.wait(240_000);
    let client = script.socket(Kind::Stream, Side::Left, Some("client"));
    (script, server, client, accept)
}

/// The same, connected and accepted.
pub(super) fn connected() -> (Script, SocketId, SocketId, SocketId) {
    let (mut script, server, client, accept) = idle();
    script.wait(2_100_000);
    script.connect(client, server, 8001, 43210);
    script.wait(9);
    let conn = script.accepted(accept, 8001, 43210);
    (script, server, client, conn)
}

#[test]
fn lessons() {
    let (script, _, client, _) = idle();
    let lesson = View { selected: Some(client), lesson: true, ..view(1440.0, 700.0) };
    let now = script.now() + 5_100_000_000;
    write("lesson-idle", &mut script.timeline(), now, now, &lesson);

    let (mut script, _, client, conn) = connected();
    let began = script.now() - 58_000;
    write("lesson-syn", &mut script.timeline(), began + 7_000, began + 900_000_000, &lesson);
    write("lesson-ack", &mut script.timeline(), began + 43_000, began + 2_900_000_000, &lesson);
    script.wait(3_000_000);
    script.send(client, conn, "hello");
    let sent = script.now();
    write("lesson-send", &mut script.timeline(), sent - 15_000, sent + 900_000_000, &lesson);
    script.wait(40_000);
    script.acknowledged(client, conn, 5);
    script.wait(900_000);
    script.recv(conn, "hello");
    script.wait(1_500_000);
    script.send(client, conn, "你好");
    script.timer(client, TimerKind::Retransmit, 204);
    let now = script.wait(90_000);
    let chinese = View { language: Language::Chinese, ..lesson };
    write("lesson-zh", &mut script.timeline(), now, now + 200_000_000, &chinese);
    let small = View { width: 1280.0, height: 600.0, ..lesson };
    write("lesson-1280", &mut script.timeline(), now, now + 200_000_000, &small);
}

/// A busy bench: an error, a queue of clients, a blocked call, a full receive buffer.
pub(super) fn busy(clients: u16) -> (Script, SocketId, SocketId) {
    let (mut script, server, client, conn) = connected();
    script.wait(900_000);
    script.send(client, conn, "hello");
    script.wait(40_000);
    script.acknowledged(client, conn, 5);
    script.wait(1_300_000);
    script.recv(conn, "hello");
    let other = script.socket(Kind::Stream, Side::Right, None);
    let call = script.begin(Command::Bind { socket: other, address: address(8001) });
    script.wait(7);
    script.fail(call, "EADDRINUSE", "\"server\" listens on this port already");
    script.wait(300);
    for nth in 0..clients {
        let late = script.socket(Kind::Stream, Side::Left, None);
        script.wait(100);
        script.connect(late, server, 8001, 43212 + nth);
        script.wait(300_000);
    }
    script.sample(server, vec![Field::AcceptQueue(u32::from(clients).min(6))]);
    script.send(conn, client, "OK");
    script.wait(10_000);
    let recv = script.begin(Command::Recv { socket: conn, max: 1024, peek: false });
    script.wait(5);
    script.block(recv, 0);
    script.send(client, conn, "你好");
    script.timer(client, TimerKind::Retransmit, 870);
    script.wait(190_000);
    (script, client, conn)
}

#[test]
fn benches() {
    for (name, clients, width, height) in [
        ("bench", 2, 1440.0, 900.0),
        ("bench-20", 20, 1440.0, 900.0),
        ("bench-1280", 5, 1280.0, 640.0),
    ] {
        let (script, client, _) = busy(clients);
        let now = script.now();
        let bench = View { selected: Some(client), ..view(width, height) };
        write(name, &mut script.timeline(), now - 30_000, now + 60_000_000, &bench);
        if clients == 5 {
            let chinese = View { language: Language::Chinese, ..bench };
            write("bench-zh", &mut script.timeline(), now, now + 60_000_000, &chinese);
        }
    }
    let (script, client, _) = busy(3);
    let now = script.now();
    let phone = View { selected: Some(client), ..view(390.0, 844.0) };
    write("phone", &mut script.timeline(), now - 195_000_000, now, &phone);
    let listener = View { selected: Some(SocketId(1)), ..view(1440.0, 900.0) };
    write("bench-listener", &mut script.timeline(), now, now, &listener);
}

#[test]
fn endings() {
    let (mut script, _, client, conn) = connected();
    script.wait(500_000);
    script.call(Command::Close { socket: client }, 20, Done::nothing());
    script.sample(client, vec![Field::State(TcpState::FinWait2)]);
    script.sample(conn, vec![Field::State(TcpState::CloseWait)]);
    let at = script.now();
    script.cross(client, conn, Crossing::Fin, (at - 20_000, at));
    let half = View { selected: Some(client), ..view(1440.0, 760.0) };
    write("half-closed", &mut script.timeline(), at - 8_000, at, &half);
    script.wait(700_000);
    script.call(Command::Close { socket: conn }, 18, Done::nothing());
    script.tell(protocol::Source::Kernel, What::Gone { socket: conn });
    script.sample(client, vec![Field::State(TcpState::TimeWait)]);
    script.timer(client, TimerKind::TimeWait, 60_000);
    let now = script.wait(22_000_000);
    write("time-wait", &mut script.timeline(), now, now, &half);
    // A full send queue, and a send that sleeps.
    let (mut script, _, client, conn) = connected();
    script.wait(500_000);
    let ask = Command::Send { socket: client, data: Data::Fill { bytes: 4_000_000 }, all: true };
    let call = script.begin(ask);
    script.wait(900);
    script.block(call, 2_750_000);
    script.sample(
        client,
        vec![
            Field::SendQueue(2_620_000),
            Field::Unsent(2_400_000),
            Field::SendCharged(2_626_560),
            Field::PeerWindow(0),
        ],
    );
    script.sample(
        conn,
        vec![
            Field::ReceiveQueue(129_512),
            Field::ReceiveCharged(131_072),
            Field::Received(130_000),
        ],
    );
    script.timer(client, TimerKind::Probe, 430);
    let outside = script.socket(Kind::Stream, Side::Left, None);
    script.sample(
        outside,
        vec![
            Field::State(TcpState::Established),
            Field::Local(Some(address(50_000))),
            Field::Peer(Some(address(80))),
        ],
    );
    let now = script.wait(140_000);
    write("full", &mut script.timeline(), now, now, &half);
}

/// A burst of which the receiver's buffer held some.
pub(super) fn flood(count: u32, kept: u32) -> (Script, SocketId, CallId, (Nanos, Nanos)) {
    let mut script = Script::default();
    let speaker = script.socket(Kind::Datagram, Side::Right, Some("speaker"));
    script.bind(speaker, 5005);
    script.call(
        Command::Option {
            socket: speaker,
            set: protocol::command::SocketOption::ReceiveBuffer(16_384),
        },
        3,
        Done::Value(reply::Value { value: 32_768 }),
    );
    script.sample(speaker, vec![Field::ReceiveLimit(32_768)]);
    let voice = script.socket(Kind::Datagram, Side::Left, Some("voice"));
    script.bind(voice, 5004);
    script.wait(800_000);
    let began = script.now();
    let ask = Command::Burst { socket: voice, address: Some(address(5005)), count, bytes: 500 };
    let call = script.begin(ask);
    for number in 1..=count {
        script.wait(4);
        script.tell(protocol::Source::Relay, What::DatagramSent { call, number });
    }
    script.end(call, Done::Burst(reply::Burst { sent: count, refused: 0, errno: None }));
    let ended = script.now();
    let step = count.div_ceil(16);
    for first in (1..=count).step_by(step as usize) {
        let part = |n: u32| began + (ended - began) * u64::from(n) / u64::from(count);
        let run = step.min(count + 1 - first);
        let what = Crossing::Datagrams { call, first, count: run };
        script.cross(
            voice,
            speaker,
            what,
            (part(first - 1), part((first - 1 + run + 30).min(count)) + 30_000),
        );
    }
    // Some are read meanwhile, some wait, the rest was dropped.
    for number in (1..=count).step_by(3).take((kept - 20) as usize) {
        let ask = Command::RecvFrom { socket: speaker, max: 2048, peek: false };
        let mut done = received("x", Some(Numbered { call, number }));
        done.from = Some(address(5004));
        script.call(ask, 2, Done::Received(done));
    }
    script.sample(
        speaker,
        vec![
            Field::Drops(count - kept),
            Field::ReceiveCharged(26_880),
            Field::Queue(Some(Queue {
                datagrams: 20,
                bytes: 10_000,
                runs: vec![Run { call, first: count - 19, count: 20 }],
            })),
            Field::Steady(true),
        ],
    );
    (script, voice, call, (began, ended))
}

#[test]
fn floods() {
    let (mut script, voice, _, (began, ended)) = flood(1_000, 320);
    let bench = View { selected: Some(voice), ..view(1440.0, 900.0) };
    write("flood", &mut script.timeline(), began + (ended - began) / 2, ended, &bench);
    let before = script.now() - 1;
    let now = script.wait(1_000);
    let mut timeline = script.timeline();
    timeline.seek_seen(before, 0.0);
    write("flood-fall", &mut timeline, now, now, &bench);
    write("flood-end", &mut script.timeline(), now, now, &View { calm: true, ..bench });
    let phone = View { selected: Some(voice), ..view(390.0, 844.0) };
    write("flood-phone", &mut script.timeline(), now, now, &phone);
    let (script, voice, _, _) = flood(10_000, 1_320);
    let bench = View { selected: Some(voice), ..view(1280.0, 640.0) };
    write("flood-10000", &mut script.timeline(), script.now(), script.now(), &bench);
}

#[test]
fn bytes_and_parcels() {
    let (mut script, _, client, conn) = connected();
    script.wait(500_000);
    script.send(client, conn, "what fits into thirty-two cells!");
    script.wait(900);
    let hex = vec![0x16, 0x03, 0x01, 0x00, 0xa5, 0xff, b'o', b'k'];
    script.sample(
        client,
        vec![Field::ReceiveQueue(8), Field::Peeked(protocol::data::Payload::new(hex))],
    );
    let voice = script.socket(Kind::Datagram, Side::Left, Some("voice"));
    let speaker = script.socket(Kind::Datagram, Side::Right, Some("speaker"));
    script.bind(voice, 5004);
    script.bind(speaker, 5005);
    let late = script.socket(Kind::Stream, Side::Left, None);
    let call = script.begin(Command::Connect { socket: late, address: address(8001) });
    script.sample(
        late,
        vec![
            Field::State(TcpState::SynSent),
            Field::Local(Some(address(43999))),
            Field::Peer(Some(address(8001))),
        ],
    );
    script.wait(400);
    script.block(call, 0);
    script.wait(3_000_000);
    let began = script.now();
    let data = Data::Text("1".into());
    script.call(
        Command::SendTo { socket: voice, address: address(5005), data },
        9,
        Done::Sent(reply::Sent { bytes: 1, parts: 1 }),
    );
    script.cross(voice, speaker, Crossing::Datagram { bytes: 1 }, (began, began + 9_000));
    let at = began + 4_000;
    let bench = View { selected: Some(client), ..view(1280.0, 760.0) };
    write("bytes", &mut script.timeline(), at, at, &bench);
    write("parcel", &mut script.timeline(), at, at, &View { selected: Some(voice), ..bench });
    let phone = View { selected: Some(voice), ..view(390.0, 844.0) };
    write("phone-parcel", &mut script.timeline(), at, at, &phone);
    let (script, client, _) = busy(3);
    let sent = script.now() - 190_000_000;
    let phone = View { selected: Some(client), ..phone };
    write("phone-segment", &mut script.timeline(), sent - 20_000, sent, &phone);
}

#[test]
fn nobody_accepts() {
    let mut script = Script::default();
    let server = script.server(8001, 1);
    let client = script.socket(Kind::Stream, Side::Left, None);
    script.wait(200_000);
    script.connect(client, server, 8001, 43210);
    script.sample(server, vec![Field::AcceptQueue(1)]);
    let ask = Command::Send { socket: client, data: Data::Text("early".into()), all: false };
    script.wait(400_000);
    script.call(ask, 20, Done::Sent(reply::Sent { bytes: 5, parts: 1 }));
    let outside = script.socket(Kind::Stream, Side::Left, None);
    script.sample(
        outside,
        vec![
            Field::State(TcpState::Established),
            Field::Local(Some(address(50_000))),
            Field::Peer(Some(address(80))),
        ],
    );
    let now = script.wait(3_900_000);
    let bench = View { selected: Some(client), ..view(1280.0, 760.0) };
    write("queued", &mut script.timeline(), now, now, &bench);
    let lesson = View { lesson: true, ..bench };
    write("queued-lesson", &mut script.timeline(), now, now, &lesson);
    write("outside", &mut script.timeline(), now, now, &View { selected: Some(outside), ..bench });
}
