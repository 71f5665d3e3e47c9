//! What cannot be asked of the wire, each with one clear sentence, and nothing done.

use crate::support::lab::{Bench, failure};
use protocol::wire::{DELAY_MAX, Deed, Impairment, Loss, Match, RATE_MAX, TRAPS};
use protocol::{Command, ErrorKind, Failure};

/// One sentence that says what is wrong.
fn is_clear(failure: &Failure, kind: ErrorKind) {
    assert_eq!(failure.kind, kind, "{failure:?}");
    let text = &failure.message;
    assert!(text.len() > 20 && text.ends_with('.') && text.matches(". ").count() == 0, "{text}");
}

#[tokio::test]
async fn weather_out_of_range() {
    let Some(bench) = Bench::on_wire() else { return };
    let clean = Impairment::default;
    let burst = |p| Some(Loss::GilbertElliott { p, r: 1, bad: 1, good: 1 });
    for set in [
        Impairment { delay: DELAY_MAX + 1, ..clean() },
        Impairment { delay: u64::MAX, ..clean() },
        Impairment { delay: 5, jitter: 6, ..clean() },
        Impairment { loss: Some(Loss::Random(1_000_001)), ..clean() },
        Impairment { loss: burst(u32::MAX), ..clean() },
        Impairment { duplicate: 1_000_001, ..clean() },
        Impairment { reorder: 1_000_001, ..clean() },
        Impairment { corrupt: 1_000_001, ..clean() },
        Impairment { rate: Some(0), ..clean() },
        Impairment { rate: Some(RATE_MAX + 1), ..clean() },
        Impairment { queue: Some(0), ..clean() },
        Impairment { queue: Some(100_001), ..clean() },
        Impairment { mtu: Some(1_279), ..clean() },
        Impairment { mtu: Some(65_521), ..clean() },
        Impairment { nth: Some(Match { nth: Some(0), ..Match::default() }), ..clean() },
    ] {
        let answer = bench.ask(Command::Impair { from: None, set, seed: Some(9) }).await;
        is_clear(&failure(answer), ErrorKind::BadRequest);
    }
    bench.look(|world| {
        let wire = world.wire.as_ref().expect("a wire");
        assert_eq!((&wire.impaired, wire.seed), (&[clean(), clean()], 1), "nothing was done");
    });
}

#[tokio::test]
async fn traps_that_cannot_be() {
    let Some(bench) = Bench::on_wire() else { return };
    let arm = |matching, count| Command::Trap { on: true, matching, act: Deed::Hold, count };
    let none = bench.ask(arm(Match::default(), 0)).await;
    is_clear(&failure(none), ErrorKind::BadRequest);
    let zeroth = bench.ask(arm(Match { nth: Some(0), ..Match::default() }, 1)).await;
    is_clear(&failure(zeroth), ErrorKind::BadRequest);
    for _ in 0..TRAPS {
        bench.trap(Match { port: Some(1), ..Match::default() }, Deed::Hold, u32::MAX).await;
    }
    is_clear(&failure(bench.ask(arm(Match::default(), 1)).await), ErrorKind::Limit);
    assert_eq!(bench.look(|world| world.wire.as_ref().unwrap().traps.len()), TRAPS);
}

#[tokio::test]
async fn a_lab_without_a_wire_says_so() {
    let bench = Bench::new();
    let (on, count) = (true, 1);
    let set = Impairment::default();
    for ask in [
        Command::Impair { from: None, set, seed: None },
        Command::Freeze { on },
        Command::Trap { on, matching: Match::default(), act: Deed::Hold, count },
        Command::PacketBytes { packet: protocol::PacketId(1) },
        Command::Wire(protocol::wire::WireOrder::Restart),
    ] {
        is_clear(&failure(bench.ask(ask).await), ErrorKind::NoWire);
    }
}
