//! Owns a packet's cost, stage by stage, each alone and with everything else idle.

use super::segment::segment;
use anyhow::Result;
use protocol::packet::{End, PacketFate, PacketId};
use protocol::{Address, Event, FlowId, Source, What, World};
use relay::journal::Journal;
use relay::wire::forward::flow::Flows;
use relay::wire::forward::kept::Kept;
use relay::wire::impair::Line;
use relay::wire::packet::{Parsed, Reader};
use relay::wire::{Device, WireParts};
use socket2::Socket;
use std::hint::black_box;
use std::net::{SocketAddr, UdpSocket};
use std::time::{Duration, Instant};

const ROUNDS: u64 = 1_000_000;
/// Connections that take turns.
const FLOWS: u16 = 16;
/// Packets told to the journal at once.
const TURN: u64 = 32;
/// Packets that wait in a device, and how often they do.
const WAITING: u32 = 100;
const FILLS: u32 = 500;

fn timed(what: &str, times: u64, mut work: impl FnMut(u64)) {
    let began = Instant::now();
    (0..times).for_each(&mut work);
    tell(what, began.elapsed(), times);
}

fn tell(what: &str, took: Duration, packets: u64) {
    println!("{what:<28}{:>8.0}", took.as_nanos() as f64 / packets as f64);
}

/// What the journal is told of a packet that passes.
fn told(id: u64, parsed: &Parsed) -> [(Source, What); 2] {
    let (packet, flow) = (PacketId(id), FlowId(1));
    let entered = What::PacketEntered {
        packet,
        flow,
        from: End::Left,
        bytes: 1_500,
        src: Address::Inet(parsed.src),
        dst: Address::Inet(parsed.dst),
        head: parsed.head.clone(),
    };
    let left = What::PacketLeft { packet, flow, fate: PacketFate::Delivered };
    [(Source::Wire, entered), (Source::Wire, left)]
}

/// What begins a journal with a wire and a flow.
fn beginning(parsed: &Parsed) -> [(Source, What); 2] {
    let seen = What::FlowSeen {
        flow: FlowId(1),
        from: End::Left,
        protocol: 6,
        src: Address::Inet(parsed.src),
        dst: Address::Inet(parsed.dst),
    };
    let up = What::WireUp { rung: protocol::message::RungName::Tun, seed: 1 };
    [(Source::Relay, up), (Source::Wire, seen)]
}

/// Prints nanoseconds a packet.
pub(crate) fn measure(parts: &WireParts) -> Result<()> {
    println!("an event has {} bytes (size_of)", size_of::<Event>());
    println!("{:<28}{:>8}", "stage, TCP segment of 1500", "ns");
    let segments: Vec<Vec<u8>> = (0..FLOWS).map(|flow| segment(40_000 + flow)).collect();
    let segment = |round: u64| &segments[round as usize % segments.len()];
    let mut reader = Reader::default();
    timed("parse", ROUNDS, |round| {
        black_box(reader.read(End::Left, black_box(segment(round))));
    });
    let parsed: Vec<Parsed> = segments.iter().map(|one| reader.read(End::Left, one)).collect();
    let parsed = |round: u64| &parsed[round as usize % segments.len()];
    let mut flows = Flows::default();
    timed("flow", ROUNDS, |round| {
        black_box(flows.of(End::Left, black_box(parsed(round))));
    });
    let mut line = Line::new(1);
    timed("verdict, clean", ROUNDS, |now| {
        black_box(line.verdict(black_box(now), 1_500, |_| false, 0));
    });
    let mut kept = Kept::default();
    timed("keep", ROUNDS, |round| {
        black_box(kept.room());
        kept.keep(PacketId(round), 1_500);
    });
    let journal = Journal::new("bench".into());
    journal.append_all(beginning(parsed(0)).into_iter());
    timed("a look at the clock", ROUNDS, |_| {
        black_box(journal.now());
    });
    let mut world = World::default();
    let fold = |world: &mut World, whats: [(Source, What); 2]| {
        for (source, what) in whats {
            world.apply(&Event { seq: world.seq + 1, at: world.at, source, what });
        }
    };
    fold(&mut world, beginning(parsed(0)));
    timed("tell (make two events)", ROUNDS, |round| {
        black_box(told(round, black_box(parsed(round))));
    });
    timed("tell + fold", ROUNDS, |round| {
        fold(&mut world, told(round, parsed(round)));
    });
    let mut news = Vec::new();
    timed("tell + fold + journal", ROUNDS, |round| {
        news.extend(told(round, parsed(round)));
        if round % TURN == TURN - 1 {
            journal.append_all(news.drain(..));
        }
    });
    devices(parts)
}

/// The two system calls, with datagrams of two sizes that wait.
fn devices(parts: &WireParts) -> Result<()> {
    let socket = |end: End| -> Result<UdpSocket> {
        let socket = parts.namespaces.socket(end, libc::AF_INET, libc::SOCK_DGRAM, 0)?;
        let socket = Socket::from(socket);
        socket.bind(&SocketAddr::new(end.ipv4().into(), 0).into())?;
        Ok(socket.into())
    };
    let (left, right) = (socket(End::Left)?, socket(End::Right)?);
    left.connect(right.local_addr()?)?;
    right.set_nonblocking(true)?;
    for payload in [64, 1_472] {
        let (mut reading, mut writing, mut packets) = (Duration::ZERO, Duration::ZERO, 0);
        for _ in 0..FILLS {
            for _ in 0..WAITING {
                left.send(&vec![b'x'; payload])?;
            }
            let began = Instant::now();
            let all = read_all(&parts.devices[0])?;
            reading += began.elapsed();
            let began = Instant::now();
            for packet in &all {
                parts.devices[1].write(packet)?;
            }
            writing += began.elapsed();
            packets += all.len() as u64;
            while right.recv(&mut [0; 2_048]).is_ok() {}
        }
        tell(&format!("read(2), {payload} B of UDP"), reading, packets);
        tell(&format!("write(2), {payload} B of UDP"), writing, packets);
    }
    Ok(())
}

fn read_all(device: &Device) -> Result<Vec<Vec<u8>>> {
    let mut room = vec![0; 2_048];
    let mut all = Vec::with_capacity(WAITING as usize);
    while let Some(length) = device.read(&mut room)? {
        all.push(room[..length].to_vec());
    }
    Ok(all)
}
