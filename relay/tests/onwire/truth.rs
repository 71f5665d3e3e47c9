//! The invariants, on random calls under random weather: at every quiet moment nothing is unexplained,
//! every packet has its one fate, the flows' sums add up, and TCP delivers exactly the bytes sent.
//! `PATCHBAY_CASES` raises the number of cases.
//!
//! `unexplained` is null, "not knowable", in these cases only: datagrams to a receiver one of which was
//! damaged on the way (a flipped bit in a header or a fragment hides it), some of which were copied in
//! fragments, or of which the sender's device dropped some among others.

mod case;
mod check;

use crate::support::lab::Bench;
use crate::support::onwire::MS;
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use protocol::End;
use protocol::wire::{Deed, Impairment, Loss, Match, PacketKind};

/// One step. Places count round the list of sockets.
#[derive(Clone, Debug)]
enum Step {
    Send { at: usize, bytes: usize, all: bool },
    Recv { at: usize, max: u32 },
    SendTo { at: usize, to: usize, bytes: usize },
    Burst { at: usize, to: usize, count: u32, bytes: u32 },
    Impair { from: Option<End>, set: Box<Impairment>, seed: Option<u32> },
    Trap { matching: Box<Match>, act: Deed, count: u32 },
    Freeze { on: bool },
}

/// Which sockets a case is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kinds {
    Streams,
    Datagrams,
    Both,
}

fn end() -> impl Strategy<Value = End> {
    prop_oneof![Just(End::Left), Just(End::Right)]
}

/// Mostly none, else up to so much.
fn share(most: u32) -> impl Strategy<Value = u32> {
    prop_oneof![2 => Just(0), 1 => 1..=most]
}

fn loss() -> impl Strategy<Value = Option<Loss>> {
    prop_oneof![
        2 => Just(None),
        2 => (1..300_000_u32).prop_map(|share| Some(Loss::Random(share))),
        1 => (1..50_000_u32, 200_000..1_000_000_u32).prop_map(|(p, r)| {
            Some(Loss::GilbertElliott { p, r, bad: 900_000, good: 0 })
        }),
    ]
}

fn weather() -> impl Strategy<Value = Impairment> {
    let delay = prop_oneof![Just(0), 0..20 * MS];
    let rest = (share(200_000), share(200_000), share(50_000), prop::bool::weighted(0.05));
    (delay, 0..=1_000_u64, loss(), rest).prop_map(|(delay, part, loss, rest)| {
        let (duplicate, reorder, corrupt, pulled) = rest;
        let jitter = delay / 1_000 * part;
        Impairment {
            delay,
            jitter,
            loss,
            duplicate,
            reorder,
            corrupt,
            pulled,
            ..Impairment::default()
        }
    })
}

fn matching() -> impl Strategy<Value = Match> {
    use PacketKind as K;
    let kinds = vec![K::Data, K::Ack, K::Tcp, K::Udp, K::Fragment];
    let kind = prop::option::of(prop::sample::select(kinds));
    (prop::option::of(end()), kind, prop::option::of(1..5_u32))
        .prop_map(|(from, kind, nth)| Match { from, kind, nth, ..Match::default() })
}

fn deed() -> impl Strategy<Value = Deed> {
    prop_oneof![
        Just(Deed::Lose),
        Just(Deed::Hold),
        Just(Deed::Copy),
        Just(Deed::Damage { offset: None }),
        (0..30 * MS).prop_map(|by| Deed::Delay { by }),
    ]
}

fn on_wire() -> BoxedStrategy<Step> {
    let seed = prop::option::of(any::<u32>());
    prop_oneof![
        3 => (prop::option::of(end()), weather(), seed)
            .prop_map(|(from, set, seed)| Step::Impair { from, set: Box::new(set), seed }),
        3 => (matching(), deed(), 1..4_u32).prop_map(|(matching, act, count)| Step::Trap {
            matching: Box::new(matching),
            act,
            count
        }),
        1 => any::<bool>().prop_map(|on| Step::Freeze { on }),
    ]
    .boxed()
}

fn stream() -> BoxedStrategy<Step> {
    let bytes = prop_oneof![1..40_usize, 1..9_000_usize, 1..120_000_usize];
    prop_oneof![
        3 => (0..64_usize, bytes, any::<bool>())
            .prop_map(|(at, bytes, all)| Step::Send { at, bytes, all }),
        2 => recv(),
        2 => on_wire(),
    ]
    .boxed()
}

fn recv() -> impl Strategy<Value = Step> {
    (0..64_usize, 1..=65_536_u32).prop_map(|(at, max)| Step::Recv { at, max })
}

fn datagram() -> BoxedStrategy<Step> {
    let at = 0..64_usize;
    let bytes = prop_oneof![0..40_usize, 0..3_000_usize, 0..20_000_usize];
    prop_oneof![
        3 => (at.clone(), at.clone(), bytes)
            .prop_map(|(at, to, bytes)| Step::SendTo { at, to, bytes }),
        2 => (at.clone(), at, 1..60_u32, 12..2_500_u32)
            .prop_map(|(at, to, count, bytes)| Step::Burst { at, to, count, bytes }),
        2 => recv(),
        3 => on_wire(),
    ]
    .boxed()
}

/// Batches of steps; between two of them it is quiet.
fn batches(kinds: Kinds) -> impl Strategy<Value = Vec<Vec<Step>>> {
    let step = match kinds {
        Kinds::Streams => stream(),
        Kinds::Datagrams => datagram(),
        Kinds::Both => prop_oneof![stream(), datagram()].boxed(),
    };
    prop::collection::vec(prop::collection::vec(step, 1..12), 1..4)
}

fn run(cases: u32, kinds: Kinds) {
    if Bench::on_wire().is_none() {
        return;
    }
    let cases = match std::env::var("PATCHBAY_CASES") {
        Ok(text) => text.parse().expect("PATCHBAY_CASES is a number"),
        Err(_) => cases,
    };
    let config =
        Config { cases, max_shrink_iters: 20, failure_persistence: None, ..Config::default() };
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    TestRunner::new(config)
        .run(&batches(kinds), |batches| {
            runtime.block_on(case::run(kinds, &batches));
            Ok(())
        })
        .unwrap_or_else(|error| panic!("{error}"));
}

#[test]
fn streams_hold() {
    run(12, Kinds::Streams);
}

#[test]
fn datagrams_hold() {
    run(12, Kinds::Datagrams);
}

#[test]
fn both_at_once_hold() {
    run(12, Kinds::Both);
}
