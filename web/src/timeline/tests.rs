//! Properties of the timeline: seeking is folding, nothing is lost silently.

mod density;
mod packet;

use super::*;
use crate::script::Script;
use crate::script::random::{Deed, deeds, play};
use proptest::prelude::*;
use protocol::event::Crossing;

fn fold(script: &Script, at: Nanos) -> World {
    let mut world = World::default();
    script.events.iter().filter(|event| event.at <= at).for_each(|event| world.apply(event));
    world
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_seek_is_a_fold(all in deeds(40), seeks in proptest::collection::vec(0.0f64..1.1, 1..12)) {
        let script = play(&all);
        let mut timeline = script.timeline();
        for part in seeks {
            let at = (script.now() as f64 * part) as Nanos;
            timeline.seek(at);
            prop_assert_eq!(timeline.world(), &fold(&script, at));
        }
        let end = fold(&script, Nanos::MAX);
        prop_assert_eq!(timeline.newest(), &end);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, failure_persistence: None, ..ProptestConfig::default() })]

    /// Events are missing in the middle of a recording: before and after them all is as it was.
    #[test]
    fn a_hole_hides_nothing_but_itself(all in deeds(40), hole in (0.0f64..1.0, 0.0f64..0.5), seek in 0.0f64..1.1) {
        let script = play(&all);
        let count = script.events.len();
        let from = (count as f64 * hole.0) as usize;
        let to = from + ((count - from) as f64 * hole.1) as usize;
        let mut timeline = Timeline::default();
        script.events[..from].iter().for_each(|event| timeline.push(event.clone()));
        let mut snapshot = World::default();
        script.events[..to].iter().for_each(|event| snapshot.apply(event));
        timeline.leap(snapshot);
        script.events[to..].iter().for_each(|event| timeline.push(event.clone()));
        let at = (script.now() as f64 * seek) as Nanos;
        timeline.seek(at);
        // Within the hole, what stood before it is shown.
        let is_known = |(place, event): &(usize, &Event)| event.at <= at && (*place < from || *place >= to);
        let hidden = script.events[from..to].last().is_some_and(|last| at < last.at)
            && script.events[from..to].first().is_some_and(|first| first.at <= at);
        if hidden {
            let mut before = World::default();
            script.events.iter().enumerate().filter(is_known).for_each(|(_, event)| before.apply(event));
            prop_assert_eq!(timeline.world(), &before);
        } else {
            prop_assert_eq!(timeline.world(), &fold(&script, at));
        }
    }
}

#[test]
fn checkpoints_and_forgetting_keep_the_fold() {
    let script =
        play(&[Deed::Server, Deed::Client, Deed::Connect(0), Deed::Flood(900), Deed::Flood(700)]);
    let mut history = history::History::bounded(World::default(), 1_200);
    let (mut newest, mut fallen) = (World::default(), 0);
    for event in &script.events {
        newest.apply(event);
        fallen += history.push(history::Entry::Event(event.clone()), &newest);
    }
    assert!(fallen > 0, "something fell off");
    assert_eq!(history.fallen(), fallen as u64);
    let oldest = history.oldest().seq;
    assert_eq!(oldest, fallen as u64);
    let mut world = history.oldest().clone();
    let mut shown = 0;
    let last = script.events.len() - fallen;
    for target in [last, 0, last / 2, last / 3, last - 1, 1, last] {
        shown = history.seek(&mut world, shown, target);
        let mut folded = World::default();
        script.events.iter().take(fallen + target).for_each(|event| folded.apply(event));
        assert!(world == folded, "at {target} of {last}");
    }
}

#[test]
fn an_event_that_came_before_is_not_added_again() {
    let script = play(&[Deed::Server, Deed::Client]);
    let mut timeline = script.timeline();
    let before = timeline.newest().clone();
    script.events.iter().for_each(|event| timeline.push(event.clone()));
    assert_eq!(timeline.newest(), &before);
}

#[test]
fn what_overlaps_a_moment_moves() {
    let mut script = Script::default();
    let (a, b) = (SocketId(1), SocketId(2));
    script.wait(100);
    for (began, ended) in [(10_000, 40_000), (5_000, 90_000), (50_000, 60_000), (70_000, 70_000)] {
        script.cross(a, b, Crossing::Ack, (began, ended));
    }
    let timeline = script.timeline();
    let at = |at| {
        let mut spans: Vec<_> = timeline.moves(at).map(|moving| moving.began).collect();
        spans.sort_unstable();
        spans
    };
    assert_eq!(at(4_999), Vec::<Nanos>::new());
    assert_eq!(at(10_000), vec![5_000, 10_000]);
    assert_eq!(at(40_000), vec![5_000], "it is there at its end");
    assert_eq!(at(55_000), vec![5_000, 50_000]);
    assert_eq!(at(70_500), vec![5_000, 70_000], "an instant is drawn as a microsecond");
    assert_eq!(at(95_000), Vec::<Nanos>::new());
    assert_eq!(timeline.next_move(10_000, None), Some(50_000));
}

#[test]
fn bytes_are_named_only_when_one_send_can_have_been_it() {
    let mut script = play(&[Deed::Server, Deed::Client, Deed::Connect(0)]);
    let (client, conn) = (SocketId(2), SocketId(3));
    script.send(client, conn, "hello");
    let timeline = script.timeline();
    let moving = timeline.moves_before(Nanos::MAX).next().expect("it crossed");
    assert_eq!(timeline.bytes_of(moving), Some(b"hello".to_vec()));
    // Two sends within the span of one crossing: nobody can tell.
    let began = script.now();
    script.send(client, conn, "one");
    script.send(client, conn, "two");
    script.cross(client, conn, Crossing::Data { bytes: 3 }, (began, script.now()));
    let timeline = script.timeline();
    let last = timeline.moves_before(Nanos::MAX).filter(|moving| moving.began == began);
    assert!(last.into_iter().all(|moving| timeline.bytes_of(moving).is_none()));
}
