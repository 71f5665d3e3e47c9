//! Properties of packets: they go on and never back, and nothing lost comes to the far end.

use super::super::*;
use crate::script::random::wire::{play, wire_deeds};
use crate::script::story;
use proptest::prelude::*;
use protocol::packet::{Head, PacketFate};
use protocol::table::Table;

proptest! {
    #![proptest_config(ProptestConfig { cases: 128, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_packet_goes_on_and_a_lost_one_never_arrives(all in wire_deeds(60)) {
        let script = play(&all);
        let timeline = script.timeline();
        for packet in timeline.packets_before(Nanos::MAX) {
            let span = script.now() - packet.entered;
            let mut before = 0.0;
            for step in 0..=40u64 {
                let at = packet.entered + span * step / 40;
                let now = packet.progress(at);
                prop_assert!((0.0..=1.0).contains(&now) && now >= before, "{packet:?} at {at}");
                let arrives = now >= 1.0;
                let delivered = matches!(packet.left, Some((_, PacketFate::Delivered)));
                prop_assert!(!arrives || delivered, "{packet:?} at {at}");
                if packet.left.is_none() {
                    prop_assert!(now <= 0.9);
                }
                before = now;
            }
        }
    }

    #[test]
    fn what_is_held_does_not_move(all in wire_deeds(60), part in 0.0f64..1.0) {
        let script = play(&all);
        let timeline = script.timeline();
        let at = (script.now() as f64 * part) as Nanos;
        for packet in timeline.packets(at) {
            if let Some(since) = packet.held(at) && since + 20_000 < at {
                let moved = packet.progress(at) - packet.progress(at - 10_000);
                prop_assert!(moved.abs() < 1e-6, "{packet:?} moved by {moved} at {at}");
            }
        }
    }

    #[test]
    fn those_on_the_wire_are_the_worlds(all in wire_deeds(60)) {
        let script = play(&all);
        let timeline = script.timeline();
        let world = timeline.newest().wire.as_ref().map(|wire| wire.packets.keys().copied());
        let known: Vec<PacketId> = world.into_iter().flatten().collect();
        let mut own: Vec<PacketId> =
            timeline.packets_before(Nanos::MAX).filter(|p| p.left.is_none()).map(|p| p.id).collect();
        own.sort();
        prop_assert_eq!(&own, &known);
        let mut again = Timeline::default();
        again.restart(timeline.newest().clone());
        let mut seeded: Vec<PacketId> =
            again.packets_before(Nanos::MAX).map(|packet| packet.id).collect();
        seeded.sort();
        prop_assert_eq!(seeded, known, "a snapshot seeds them");
    }

    #[test]
    fn a_seek_over_the_wire_is_a_fold(all in wire_deeds(60), part in 0.0f64..1.1) {
        let script = play(&all);
        let mut timeline = script.timeline();
        let at = (script.now() as f64 * part) as Nanos;
        timeline.seek(at);
        let mut world = World::default();
        script.events.iter().filter(|event| event.at <= at).for_each(|event| world.apply(event));
        prop_assert_eq!(timeline.world(), &world);
    }
}

#[test]
fn packets_lead_from_and_to_our_sockets() {
    let (script, cast) = story::connected(100, 0);
    let server = SocketId(1);
    let timeline = script.timeline();
    let ends: Vec<_> = timeline.packets_before(Nanos::MAX).map(|packet| packet.ends).collect();
    let client = Some(cast.client);
    assert_eq!(
        ends,
        vec![(client, Some(server)), (Some(server), client), (client, Some(server))],
        "ACK, SYN-ACK, SYN: the listener's plate, until somebody accepts"
    );
    let (script, cast, _) = story::bench();
    let timeline = script.timeline();
    let again = timeline.packets_before(Nanos::MAX).find(|p| p.ends.0 == Some(cast.conn));
    assert_eq!(again.map(|packet| packet.ends.1), Some(client));
}

#[test]
fn a_retransmission_knows_what_it_repeats() {
    let (script, _, _) = story::everything();
    let timeline = script.timeline();
    let again = timeline.packets_before(Nanos::MAX).find(|packet| packet.is_again());
    let first = again.and_then(|again| timeline.packet(again.repeats?)).expect("both are known");
    assert!(matches!(&first.head, Head::Tcp(tcp) if tcp.start.bytes() == "你好".as_bytes()));
    assert!(first.trap.is_some());
}

/// The same journal with its packets told in sums from some event on.
fn thinned(script: &crate::script::Script) -> Timeline {
    let mut timeline = Timeline::default();
    let mut run: Vec<&Event> = Vec::new();
    let tell = |timeline: &mut Timeline, run: &mut Vec<&Event>| {
        let (Some(first), Some(last)) = (run.first(), run.last()) else { return };
        let mut sums: Table<(FlowId, Option<PacketFate>), Thin> = Table::new();
        for event in run.iter() {
            let (flow, fate, bytes) = match &event.what {
                What::PacketEntered { flow, bytes, .. } => (*flow, None, u64::from(*bytes)),
                What::PacketLeft { flow, fate, .. } => (*flow, Some(*fate), 0),
                _ => continue,
            };
            let empty = Thin { flow, fate, ..Thin::default() };
            let sum = sums.or_insert((flow, fate), empty);
            sum.packets += 1;
            sum.bytes += bytes;
            sum.last = event.at;
        }
        let flows: Vec<Thin> = sums.into_values().collect();
        timeline.push_thinned(first.seq, last.seq, last.at, &flows);
        run.clear();
    };
    for event in &script.events {
        let late = event.seq > script.events.len() as u64 / 2;
        if late && event.what.is_packet() {
            run.push(event);
        } else {
            tell(&mut timeline, &mut run);
            timeline.push(event.clone());
        }
    }
    tell(&mut timeline, &mut run);
    timeline
}

#[test]
fn sums_are_folded_counted_and_sought_over() {
    let (script, _, middle) = story::flood(400, 20);
    let mut timeline = thinned(&script);
    let whole = script.timeline();
    let newest = timeline.newest().clone();
    assert_eq!(newest.seq, whole.newest().seq);
    let flows = |world: &World| world.wire.as_ref().map(|wire| wire.flows.clone());
    assert_eq!(flows(&newest), flows(whole.newest()));
    let told = timeline.packets_before(Nanos::MAX).count() as u64;
    assert_eq!(told + timeline.undrawn(FlowId(1), Nanos::MAX), 400);
    assert_eq!(timeline.undrawn(FlowId(1), middle / 2), 0);
    assert!(timeline.packets(Nanos::MAX).next().is_none(), "nothing stays on the wire for ever");
    for at in [middle, 0, Nanos::MAX, middle * 3 / 2, Nanos::MAX] {
        timeline.seek(at);
    }
    assert_eq!(timeline.world(), &newest, "back and forth is the same");
}
