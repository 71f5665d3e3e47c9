//! Thinning: the world is the same, and of no packet is told half.

mod traffic;

use crate::script::Script;
use crate::wire::{TCP, THERE, UDP, datagram, segment};
use proptest::collection::vec;
use proptest::prelude::*;
use protocol::message::{Thin, ToPage};
use protocol::packet::{Lost, Mark, PacketFate};
use protocol::thin::{AT_LEAST, Thinner};
use protocol::{Event, PacketId, World};
use traffic::Traffic;

fn apply(world: &mut World, message: &ToPage) {
    match message {
        ToPage::Event(event) => world.apply(event),
        ToPage::Thinned { from, to, at, flows } => world.apply_thinned(*from, *to, *at, flows),
        other => panic!("{other:?}"),
    }
}

/// How many events are told in sums.
fn summed(messages: &[ToPage]) -> u64 {
    let of = |message: &ToPage| match message {
        ToPage::Thinned { from, to, .. } => to - from + 1,
        _ => 0,
    };
    messages.iter().map(of).sum()
}

/// Events in batches, each with its own threshold, for a viewer that came at `begin`.
fn same(events: &[Event], begin: usize, batches: &[(usize, bool)]) -> Result<u64, TestCaseError> {
    let (mut truth, mut page, mut thinner) =
        (World::default(), World::default(), Thinner::default());
    let mut told = 0;
    let (before, mut rest) = events.split_at(begin % (events.len() + 1));
    for event in before {
        truth.apply(event);
        page.apply(event);
    }
    for (size, thin) in batches.iter().cycle() {
        if rest.is_empty() {
            break;
        }
        let (batch, later) = rest.split_at((*size).min(rest.len()));
        rest = later;
        let mut behind = batch.iter();
        for message in thinner.thin(batch, if *thin { AT_LEAST } else { usize::MAX }) {
            apply(&mut page, &message);
            told += summed(std::slice::from_ref(&message));
            while truth.seq < page.seq {
                truth.apply(behind.next().expect("no more than there was"));
            }
            prop_assert_eq!((page.seq, page.at), (truth.seq, truth.at), "contiguous");
            prop_assert_eq!(page.fingerprint(), truth.fingerprint(), "{:?}", message);
            if let (Some(shown), Some(there)) = (&page.wire, &truth.wire) {
                for (id, packet) in &shown.packets {
                    prop_assert_eq!(Some(packet), there.packets.get(id), "a ghost: {}", id);
                }
            }
        }
        prop_assert!(behind.next().is_none(), "all are told");
    }
    Ok(told)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn the_world_is_the_same(
        steps in vec((any::<u8>(), 0..400_u16), 0..60),
        begin: usize,
        batches in vec((1..400_usize, prop::bool::weighted(0.8)), 1..5),
    ) {
        let mut traffic = Traffic::new();
        for step in steps {
            traffic.step(step);
        }
        same(&traffic.script.events, begin, &batches)?;
    }
}

fn flood() -> (Script, Vec<PacketId>) {
    let mut script = crate::script::two();
    script.wired(UDP, "10.77.0.2:53");
    let packets = (0..AT_LEAST).map(|_| script.enter(THERE, datagram(None))).collect();
    (script, packets)
}

#[test]
fn who_knows_packets_from_sums_alone_does_not_go_on_from_there() {
    let (mut script, packets) = flood();
    let (mut world, mut thinner) = (World::default(), Thinner::default());
    let told = thinner.thin(&script.events, AT_LEAST);
    for message in &told {
        apply(&mut world, message);
    }
    assert!(!world.knows_its_packets() && script.world.knows_its_packets());
    // A session that begins here cannot know that this one was told in sums.
    let place = script.events.len();
    script.copy(packets[0]);
    let mut astray = world.clone();
    let anew = Thinner::default().thin(&script.events[place..], AT_LEAST);
    for message in &anew {
        apply(&mut astray, message);
    }
    assert_ne!(astray.fingerprint(), script.world.fingerprint());
    let copy = PacketId(script.world.seq);
    for packet in packets.into_iter().chain([copy]) {
        script.deliver(THERE, packet);
    }
    for message in &thinner.thin(&script.events[place..], AT_LEAST) {
        apply(&mut world, message);
    }
    assert!(world.knows_its_packets(), "all have left");
}

#[test]
fn few_packets_are_told_one_by_one() {
    let (script, _) = flood();
    let events = &script.events[..script.events.len() - 1];
    assert_eq!(summed(&Thinner::default().thin(events, AT_LEAST)), 0);
    assert_eq!(summed(&Thinner::default().thin(&script.events, AT_LEAST)), AT_LEAST as u64);
    assert_eq!(summed(&Thinner::default().thin(&script.events, usize::MAX)), 0);
}

#[test]
fn entered_and_left_in_sums() {
    let (mut script, packets) = flood();
    let copy = script.copy(packets[0]);
    script.mark(packets[1], Mark::Damaged { offset: 30 });
    script.deliver(THERE, copy);
    script.deliver(THERE, packets[1]);
    script.lose(THERE, packets[1], Lost::DeviceFull);
    script.lose(THERE, packets[2], Lost::Random);
    let told = Thinner::default().thin(&script.events, AT_LEAST);
    let Some(ToPage::Thinned { flows, .. }) = told.last() else { panic!("{told:?}") };
    let at = |back: usize| script.events[script.events.len() - back].at;
    let row = |fate, packets, bytes, copied, damaged, last| Thin {
        flow: THERE,
        fate,
        packets,
        bytes,
        copied,
        damaged,
        last,
    };
    let lost = |why| Some(PacketFate::Lost(why));
    assert_eq!(
        flows,
        &[
            row(None, 17, 1_700, 1, 1, 0),
            row(Some(PacketFate::Delivered), 2, 0, 0, 0, at(3)),
            row(lost(Lost::Random), 1, 0, 0, 0, at(1)),
            row(lost(Lost::DeviceFull), 1, 0, 0, 0, at(2)),
        ]
    );
    same(&script.events, 0, &[(1_000, true)]).unwrap();
}

#[test]
fn what_was_told_is_told_to_its_end() {
    let (mut script, packets) = flood();
    for packet in &packets {
        script.enter(THERE, segment(5));
        script.deliver(THERE, *packet);
    }
    let mut thinner = Thinner::default();
    let place = script.events.len() - 2 * AT_LEAST;
    thinner.thin(&script.events[..place], usize::MAX);
    let told = thinner.thin(&script.events[place..], AT_LEAST);
    assert_eq!(summed(&told), AT_LEAST as u64, "those that entered, between those that left");
}

#[test]
fn a_summed_packets_mark_is_summed_too() {
    let (mut script, packets) = flood();
    let mut thinner = Thinner::default();
    thinner.thin(&script.events, AT_LEAST);
    let place = script.events.len();
    script.copy(packets[3]);
    script.mark(packets[3], Mark::Held);
    script.lose(THERE, packets[3], Lost::Killed);
    assert_eq!(summed(&thinner.thin(&script.events[place..], usize::MAX)), 2, "its end is told");
    same(&script.events, 0, &[(place, true), (1, false)]).unwrap();
}

#[test]
fn what_somebody_points_at_is_told() {
    let (mut script, packets) = flood();
    script.enter(THERE, datagram(None));
    script.mark(packets[3], Mark::Held);
    let told = Thinner::default().thin(&script.events, AT_LEAST);
    let mut world = World::default();
    for message in &told {
        apply(&mut world, message);
    }
    assert_eq!(summed(&told), AT_LEAST as u64);
    assert!(world.wire.unwrap().packets[&packets[3]].held.is_some());
}

#[test]
fn a_stream_that_floods_costs_a_few_messages() {
    let mut script = Script::connected();
    script.wired(TCP, "10.77.0.2:80");
    let before = script.events.len();
    for _ in 0..1_000 {
        let packet = script.enter(THERE, segment(1_448));
        script.deliver(THERE, packet);
    }
    let told = Thinner::default().thin(&script.events, AT_LEAST);
    assert_eq!((told.len(), summed(&told)), (before + 1, 2_000));
}
