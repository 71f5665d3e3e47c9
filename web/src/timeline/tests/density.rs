//! Properties of what the scrubber and the graphs are drawn from.

use super::*;
use crate::script::random::wire::{play as play_wire, wire_deeds};
use crate::timeline::mark::marks_of;
use protocol::command::{Kind, Side};
use protocol::message::Thin;
use protocol::packet::{Lost, PacketFate};
use protocol::{Field, FlowId, Source};

/// Counts by a walk over all events, each in the column in which it stands.
fn walked(script: &Script, from: Nanos, to: Nanos, parts: usize) -> Vec<Vec<u32>> {
    let mut columns = vec![vec![0; MarkKind::COUNT]; parts];
    let mut world = World::default();
    let span = u128::from(to - from) + 1;
    for event in &script.events {
        world.apply(event);
        marks_of(event, &world, |kind| {
            if (from..=to).contains(&event.at) {
                // The first column that ends after it.
                let column = (1..=parts).find(|part| {
                    u128::from(event.at - from) < span * *part as u128 / parts as u128
                });
                columns[column.expect("one of them") - 1][kind as usize] += 1;
            }
        });
    }
    columns
}

fn counted(timeline: &Timeline, from: Nanos, to: Nanos, parts: usize) -> Vec<Vec<u32>> {
    let columns = timeline.density(from, to, parts);
    columns.iter().map(|own| MarkKind::ALL.map(|kind| own.of(kind)).to_vec()).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_is_counted_is_what_a_walk_counts(
        all in deeds(40),
        ends in (0.0f64..1.0, 0.0f64..1.1),
        parts in 1usize..90,
    ) {
        let script = play(&all);
        let timeline = script.timeline();
        let [a, b] = [ends.0, ends.1].map(|part| (script.now() as f64 * part) as Nanos);
        let (from, to) = (a.min(b), a.max(b));
        prop_assert_eq!(counted(&timeline, from, to, parts), walked(&script, from, to, parts));
    }

    #[test]
    fn what_is_counted_of_packets_is_what_a_walk_counts(all in wire_deeds(60), parts in 1usize..90) {
        let script = play_wire(&all);
        let timeline = script.timeline();
        let to = script.now();
        prop_assert_eq!(counted(&timeline, 0, to, parts), walked(&script, 0, to, parts));
    }

    #[test]
    fn a_trace_says_what_the_kernel_had_said(all in deeds(60), seeks in proptest::collection::vec(0.0f64..1.1, 1..12)) {
        let script = play(&all);
        let mut timeline = script.timeline();
        for part in seeks {
            let at = (script.now() as f64 * part) as Nanos;
            timeline.seek(at);
            for (id, socket) in &timeline.world().sockets {
                for measure in Measure::ALL {
                    let said = measure.of(socket.kind, &socket.kernel);
                    let traced = timeline.trace(*id, measure).and_then(|trace| trace.at(at));
                    prop_assert_eq!(traced, said, "{:?} of {} at {}", measure, id, at);
                }
            }
        }
    }

    #[test]
    fn steps_of_a_socket_go_through_its_events_only(all in deeds(40), chosen in 0usize..6) {
        let script = play(&all);
        let timeline = script.timeline();
        let Some(socket) = timeline.newest().sockets.keys().nth(chosen).copied() else { return Ok(()) };
        let (mut at, mut moments) = (0, Vec::new());
        while let Some(next) = timeline.next_of(at, socket) {
            prop_assert!(next > at);
            prop_assert!(timeline.event_at(next, None, Some(socket)).is_some());
            moments.push(next);
            at = next;
        }
        let mut back = Vec::new();
        at = Nanos::MAX;
        while let Some(before) = timeline.previous_of(at, socket) {
            back.push(before);
            at = before;
        }
        back.reverse();
        // An event at the very beginning has nothing before it to step from.
        back.retain(|at| *at > 0);
        prop_assert_eq!(moments, back);
    }
}

#[test]
fn one_loss_among_a_hundred_thousand_packets_is_counted_and_found() {
    let mut timeline = Timeline::default();
    let thin = |packets, fate| Thin { flow: FlowId(1), fate, packets, ..Thin::default() };
    timeline.push_thinned(1, 100_000, 1_000, &[thin(99_999, None)]);
    let lost = thin(1, Some(PacketFate::Lost(Lost::Random)));
    timeline.push_thinned(100_001, 100_002, 2_000, &[lost]);
    timeline.push_thinned(100_003, 200_000, 3_000, &[thin(99_998, None)]);
    let columns = timeline.density(0, 10_000, 10);
    assert_eq!(columns.iter().map(|own| own.of(MarkKind::Loss)).sum::<u32>(), 1);
    assert_eq!(columns.iter().map(|own| own.of(MarkKind::Other)).sum::<u32>(), 199_997);
    let found = timeline.trouble(0, true, Trouble::Loss).map(|mark| (mark.at, mark.count));
    assert_eq!(found, Some((2_000, 1)));
    assert_eq!(timeline.trouble(0, true, Trouble::Again), None);
}

#[test]
fn what_falls_off_is_no_longer_counted_and_all_else_is() {
    let mut script = Script::default();
    let socket = script.socket(Kind::Stream, Side::Left, None);
    for _ in 0..120_000 {
        script.wait(1);
        script.recv(socket, "x");
    }
    let timeline = script.timeline();
    let all = timeline.density(0, script.now(), 700);
    let calls: u32 = all.iter().map(|own| own.of(MarkKind::StreamCall)).sum();
    assert_eq!(calls, 120_001, "within the bound nothing falls off");
    let half = timeline.density(script.now() / 2, script.now(), 1);
    assert_eq!(
        half[0],
        timeline.density(script.now() / 2, script.now(), 997).iter().fold(
            Counts::default(),
            |mut sum, own| {
                sum.join(own);
                sum
            },
        )
    );
}

#[test]
fn a_long_trace_keeps_its_extremes_and_its_bound() {
    let mut script = Script::default();
    let socket = script.socket(Kind::Stream, Side::Left, None);
    for nth in 0..20_000_u64 {
        script.wait(100);
        let queue = if nth == 7_777 { 1_000_000 } else { nth % 500 };
        script.tell(Source::Kernel, What::Sample { socket, set: vec![Field::SendQueue(queue)] });
    }
    let timeline = script.timeline();
    let trace = timeline.trace(socket, Measure::SendQueue).expect("it was sampled");
    let steps: Vec<_> = trace.within(0, Nanos::MAX).collect();
    assert!(steps.len() <= 2_048 && trace.each() >= 8, "{} of {}", steps.len(), trace.each());
    let most = steps.iter().filter_map(|step| step.range).map(|(_, high)| high).max();
    assert_eq!(most, Some(1_000_000), "one peak among many is not lost");
    assert_eq!(steps.last().and_then(|step| step.last), Some(19_999 % 500));
}

#[test]
fn a_kind_of_trouble_is_gone_to_by_itself() {
    let mut script = Script::default();
    let socket = script.socket(Kind::Stream, Side::Left, None);
    let mut moments = Vec::new();
    for _ in 0..2 {
        script.wait(500);
        let call = script.begin(protocol::Command::Recv { socket, max: 10, peek: false });
        script.wait(3);
        script.block(call, 0);
        moments.push((Trouble::Block, script.now()));
        script.wait(500);
        script.fail(call, "ECONNRESET", "The peer has reset the connection.");
        moments.push((Trouble::Error, script.now()));
    }
    let timeline = script.timeline();
    for sought in [Trouble::Block, Trouble::Error, Trouble::Any] {
        let (mut at, mut found) = (0, Vec::new());
        while let Some(mark) = timeline.trouble(at, true, sought) {
            at = mark.at;
            found.push(at);
            assert!(timeline.event_at(at, Some(mark.kind), None).is_some());
        }
        let wanted = moments.iter().filter(|(kind, _)| sought == Trouble::Any || *kind == sought);
        assert_eq!(found, wanted.map(|(_, at)| *at).collect::<Vec<_>>(), "{sought:?}");
    }
}
