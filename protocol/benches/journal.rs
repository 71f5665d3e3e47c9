//! What an event costs: `cargo bench -p protocol` prints bytes on the page's subprotocol, and events per
//! second encoded, decoded, folded and thinned, on numbered bursts and on a stream's packets. Figures,
//! not assertions.

#![allow(missing_docs, clippy::print_stdout, reason = "a command that prints")]

use protocol::command::{Family, Kind, Net};
use protocol::message::{RungName, ToPage};
use protocol::number::Wide;
use protocol::packet::{Flags, Head, PacketFate, TcpHead};
use protocol::reply::Made;
use protocol::thin::{AT_LEAST, Thinner};
use protocol::{
    Address, Answer, CallId, Command, Done, End, Event, FlowId, PacketId, SocketId, Source, What,
    World, codec,
};
use std::hint::black_box;
use std::time::Instant;

/// Events of one binary frame, as a busy session sends them.
const BATCH: usize = 64;
const BURST: u32 = 10_000;
const BURSTS: u32 = 30;
/// Packets of the stream, and how many of them are on the wire at once (50,000 a second, 20 ms).
const PACKETS: u64 = 150_000;
const ON_WIRE: u64 = 1_000;

fn journal(source: Source, whats: impl IntoIterator<Item = What>) -> Vec<Event> {
    let event = |(seq, what)| Event { seq, at: 1_000_000 + seq * 1_700, source, what };
    (1..).zip(whats).map(event).collect()
}

/// Numbered bursts.
fn bursts() -> Vec<Event> {
    let mut whats = Vec::new();
    let mut tell = |what| whats.push(what);
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
    journal(Source::Relay, whats)
}

/// A stream's packets on the wire.
fn packets() -> Vec<Event> {
    let (flow, from) = (FlowId(1), End::Left);
    let address = |port| Address::Inet(([10, 77, 0, 1], port).into());
    let (src, dst) = (address(40_000), address(8_001));
    let seen = What::FlowSeen { flow, from, protocol: 6, src: src.clone(), dst: dst.clone() };
    let mut whats = vec![What::WireUp { rung: RungName::Tun, seed: 7 }, seen];
    for n in 1..=PACKETS + ON_WIRE {
        if n <= PACKETS {
            let head = Head::Tcp(TcpHead {
                flags: Flags::PSH | Flags::ACK,
                seq: n as u32 * 1_448,
                ack: 1,
                window: 64_240,
                payload: 1_448,
                ..TcpHead::default()
            });
            let (src, dst) = (src.clone(), dst.clone());
            let packet = PacketId(n);
            whats.push(What::PacketEntered { packet, flow, from, bytes: 1_500, src, dst, head });
        }
        if let Some(packet) = n.checked_sub(ON_WIRE).filter(|n| *n > 0).map(PacketId) {
            whats.push(What::PacketLeft { packet, flow, fate: PacketFate::Delivered });
        }
    }
    journal(Source::Wire, whats)
}

fn timed<T>(what: &str, events: usize, work: impl FnOnce() -> T) -> T {
    let began = Instant::now();
    let result = black_box(work());
    let seconds = began.elapsed().as_secs_f64();
    println!("{what}: {:.2} million events/s", events as f64 / seconds / 1e6);
    result
}

fn measure(name: &str, events: &[Event]) {
    println!("{name}, {} events", events.len());
    let frames: Vec<Vec<u8>> =
        timed("  encode", events.len(), || events.chunks(BATCH).map(codec::encode_batch).collect());
    let bytes: usize = frames.iter().map(Vec::len).sum();
    println!(
        "  size: {:.1} bytes an event in frames of {BATCH}",
        bytes as f64 / events.len() as f64
    );
    timed("  decode", events.len(), || {
        frames.iter().map(|frame| codec::decode(frame).map_or(0, |all| all.len())).sum::<usize>()
    });
    timed("  fold", events.len(), || {
        let mut world = World::default();
        for event in events {
            world.apply(event);
        }
        world
    });
    let told = timed("  thin", events.len(), || {
        let mut thinner = Thinner::default();
        let told = events.chunks(ON_WIRE as usize).flat_map(|part| thinner.thin(part, AT_LEAST));
        told.collect::<Vec<ToPage>>()
    });
    println!("  thinned to {} messages", told.len());
}

fn main() {
    measure("numbered bursts", &bursts());
    measure("a stream's packets", &packets());
}
