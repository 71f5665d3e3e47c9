//! What a frame of the ladder costs: `cargo bench -p web --bench ladder` prints milliseconds a frame of a
//! journal with 1,000 and with 100,000 rows, followed, read in its middle, and saved. Figures, not
//! assertions.

#![allow(missing_docs, clippy::print_stdout, reason = "a command that prints")]

use protocol::command::{Family, Kind, Net};
use protocol::data::Payload;
use protocol::message::RungName;
use protocol::packet::{Flags, Head, PacketFate, TcpHead};
use protocol::reply::{Made, Received};
use protocol::{
    Address, Answer, CallId, Command, Done, End, Event, FlowId, PacketId, SocketId, Source, What,
};
use std::hint::black_box;
use std::time::Instant;
use web::clock::Moment;
use web::code::Dialect;
use web::scene::{self, Reading, View};
use web::text::Language;
use web::timeline::Timeline;

const FRAMES: u32 = 300;
/// So many packets to one call.
const PACKETS_A_CALL: u32 = 9;

/// A journal with so many rows: segments, 500 µs apart, and calls among them.
fn journal(rows: u32) -> Timeline {
    let socket = SocketId(1);
    let mut whats = vec![What::WireUp { rung: RungName::Tun, seed: 7 }];
    let ask = Command::Socket {
        net: Net::Left,
        family: Family::Ipv4,
        kind: Kind::Stream,
        side: None,
        name: None,
    };
    whats.push(What::CallBegan { call: CallId(1), by: None, ask, cut: None });
    let made = Done::Made(Made { socket, cookie: protocol::number::Wide(7) });
    whats.push(What::CallEnded { call: CallId(1), result: Answer::Ok(made) });
    let address = |end: u8, port| Address::Inet(([10, 77, 0, end], port).into());
    let (src, dst) = (address(1, 40_000), address(2, 8_001));
    let (flow, from) = (FlowId(1), End::Left);
    whats.push(What::FlowSeen { flow, from, protocol: 6, src: src.clone(), dst: dst.clone() });
    for row in 1..rows {
        if row % (PACKETS_A_CALL + 1) == 0 {
            let call = CallId(row + 1);
            let ask = Command::Recv { socket, max: 1_024, peek: false };
            whats.push(What::CallBegan { call, by: None, ask, cut: None });
            let came = Received {
                data: Payload::new(b"hello".to_vec()),
                bytes: 5,
                truncated: false,
                eof: false,
                from: None,
                numbered: None,
                peek: false,
            };
            whats.push(What::CallEnded { call, result: Answer::Ok(Done::Received(came)) });
            continue;
        }
        let packet = PacketId(u64::from(row));
        let head = TcpHead {
            flags: Flags::PSH | Flags::ACK,
            seq: row * 1_448,
            ack: 1,
            window: 64_240,
            payload: 1_448,
            ..TcpHead::default()
        };
        let (src, dst, head) = (src.clone(), dst.clone(), Head::Tcp(head));
        whats.push(What::PacketEntered { packet, flow, from, bytes: 1_500, src, dst, head });
        whats.push(What::PacketLeft { packet, flow, fate: PacketFate::Delivered });
    }
    let mut timeline = Timeline::default();
    timeline.replays();
    for (seq, what) in (1..).zip(whats) {
        timeline.push(Event { seq, at: seq * 250_000, source: Source::Wire, what });
    }
    timeline
}

fn timed(what: &str, unit: &str, frames: u32, mut work: impl FnMut() -> usize) {
    let began = Instant::now();
    let shapes: usize = (0..frames).map(|_| black_box(work())).sum();
    let each = began.elapsed().as_secs_f64() * 1_000.0 / f64::from(frames);
    println!("{what:<44} {each:>8.3} ms, {} {unit}", shapes / frames as usize);
}

fn main() {
    for rows in [1_000, 100_000] {
        let began = Instant::now();
        let mut timeline = journal(rows);
        let took = began.elapsed().as_secs_f64() * 1_000.0;
        println!("{rows} rows, taken in within {took:.0} ms");
        let at = timeline.newest().at;
        timeline.seek(at);
        let moment = Moment { at, now: at, view: 9.0 };
        for each in [false, true] {
            let mut reading = Reading { each, ..Reading::default() };
            let view = View {
                width: 1440.0,
                height: 400.0,
                language: Language::English,
                selected: Some(SocketId(1)),
                calm: false,
                lesson: false,
                looks: false,
                dialect: Dialect::Python,
                ladder: reading,
            };
            let told = if each { "each packet" } else { "runs joined" };
            timed(&format!("{told}, following"), "shapes", FRAMES, || {
                scene::ladder(&timeline, moment, &view).shapes.len()
            });
            reading.climb(&timeline, at, -i64::from(rows / 4));
            let view = View { ladder: reading, ..view };
            timed(&format!("{told}, read in the middle"), "shapes", FRAMES, || {
                scene::ladder(&timeline, moment, &view).shapes.len()
            });
            timed(&format!("{told}, a row further"), "row", FRAMES, || {
                let mut further = reading;
                further.climb(&timeline, at, -1);
                usize::from(further.until.is_some())
            });
            timed(&format!("{told}, saved"), "bytes", 3, || {
                let whole = scene::whole_ladder(&timeline, moment, &view);
                web::svg::document("t", whole.size[0], &[(&whole.shapes, whole.size[1])]).len()
            });
        }
    }
}
