//! What an event costs: `cargo bench -p protocol` prints bytes on the page's subprotocol, and events per
//! second encoded, decoded and folded, on numbered bursts. Figures, not assertions.

#![allow(missing_docs, clippy::print_stdout, reason = "a command that prints")]

use protocol::command::{Family, Kind, Net};
use protocol::number::Wide;
use protocol::reply::Made;
use protocol::{Answer, CallId, Command, Done, Event, SocketId, Source, What, World, codec};
use std::hint::black_box;
use std::time::Instant;

/// Events of one binary frame, as a busy session sends them.
const BATCH: usize = 64;
const BURST: u32 = 10_000;
const BURSTS: u32 = 30;

fn journal() -> Vec<Event> {
    let mut events = Vec::new();
    let mut at = 1_000_000;
    let mut tell = |what| {
        at += 1_700;
        let seq = events.len() as u64 + 1;
        events.push(Event { seq, at, source: Source::Relay, what });
    };
    let socket = SocketId(1);
    let make = Command::Socket {
        net: Net::Host,
        family: Family::Ipv4,
        kind: Kind::Datagram,
        side: None,
        name: None,
    };
    tell(What::CallBegan { call: CallId(1), by: None, ask: make, cut: None });
    let made = Done::Made(Made { socket, cookie: Wide(7) });
    tell(What::CallEnded { call: CallId(1), result: Answer::Ok(made) });
    for burst in 0..BURSTS {
        let call = CallId(2 + burst);
        let ask = Command::Burst {
            socket,
            address: "127.0.0.1:5005".parse().ok(),
            count: BURST,
            bytes: 500,
        };
        tell(What::CallBegan { call, by: None, ask, cut: None });
        for number in 1..=BURST {
            tell(What::DatagramSent { call, number });
        }
        tell(What::CallEnded { call, result: Answer::Ok(Done::nothing()) });
    }
    events
}

fn timed<T>(what: &str, events: usize, work: impl FnOnce() -> T) -> T {
    let began = Instant::now();
    let result = black_box(work());
    let seconds = began.elapsed().as_secs_f64();
    println!("{what}: {:.2} million events/s", events as f64 / seconds / 1e6);
    result
}

fn main() {
    let events = journal();
    let frames: Vec<Vec<u8>> =
        timed("encode", events.len(), || events.chunks(BATCH).map(codec::encode_batch).collect());
    let bytes: usize = frames.iter().map(Vec::len).sum();
    println!("size: {:.1} bytes an event in frames of {BATCH}", bytes as f64 / events.len() as f64);
    timed("decode", events.len(), || {
        frames.iter().map(|frame| codec::decode(frame).map_or(0, |all| all.len())).sum::<usize>()
    });
    timed("fold", events.len(), || {
        let mut world = World::default();
        for event in &events {
            world.apply(event);
        }
        world
    });
}
