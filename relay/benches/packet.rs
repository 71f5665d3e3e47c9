//! What a packet costs: `cargo bench -p relay --bench packet` prints nanoseconds for reading one and for
//! its verdict. Figures, not assertions.

#![allow(missing_docs, clippy::print_stdout, reason = "a command that prints")]

#[path = "wire/segment.rs"]
mod segment;

use etherparse::PacketBuilder;
use protocol::packet::End;
use protocol::wire::{Impairment, Loss, Match};
use relay::wire::impair::Line;
use relay::wire::packet::Reader;
use relay::wire::trap::Traps;
use segment::segment;
use std::hint::black_box;
use std::time::Instant;

const ROUNDS: u32 = 2_000_000;
/// Connections that take turns.
const FLOWS: u16 = 100;

fn datagram(payload: &[u8]) -> Vec<u8> {
    let mut bytes = Vec::new();
    let builder = PacketBuilder::ipv4([10, 77, 0, 1], [10, 77, 0, 2], 64).udp(40_000, 80);
    builder.write(&mut bytes, payload).unwrap_or_default();
    bytes
}

fn timed(what: &str, mut work: impl FnMut(u32)) {
    let began = Instant::now();
    (0..ROUNDS).for_each(&mut work);
    let each = began.elapsed().as_nanos() as f64 / f64::from(ROUNDS);
    println!("{what}: {each:.0} ns");
}

fn verdict(what: &str, set: Impairment) {
    let mut line = Line::new(1);
    line.set(set);
    timed(what, |now| {
        black_box(line.verdict(u64::from(now), 1_500, |_| false, 10));
    });
}

fn main() {
    let segments: Vec<Vec<u8>> = (0..FLOWS).map(|flow| segment(40_000 + flow)).collect();
    let mut reader = Reader::default();
    timed("read a segment of 1448 bytes, 100 connections", |round| {
        let bytes = &segments[round as usize % segments.len()];
        black_box(reader.read(End::Left, black_box(bytes)));
    });
    for (what, payload) in [("64", [b'x'; 64].as_slice()), ("5 (kept)", b"hello")] {
        let bytes = datagram(payload);
        timed(&format!("read a datagram of {what} bytes"), |_| {
            black_box(reader.read(End::Left, black_box(&bytes)));
        });
    }
    let clean = Impairment::default();
    verdict("verdict, clean", clean.clone());
    let mobile = Impairment {
        delay: 35_000_000,
        jitter: 15_000_000,
        loss: Some(Loss::Random(10_000)),
        rate: Some(10_000_000),
        ..clean
    };
    verdict("verdict, delay, jitter, loss and rate", mobile);
    let head = reader.read(End::Left, &segments[0]).head;
    let mut traps = Traps::default();
    for port in 0..10 {
        let matching = Match { port: Some(port), ..Match::default() };
        black_box(traps.arm(matching, protocol::wire::Deed::Lose, 1)).ok();
    }
    timed("ten traps that do not fit", |_| {
        black_box(traps.spring(End::Left, 40_000, 80, black_box(&head)));
    });
}
