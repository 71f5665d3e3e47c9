//! Properties of the line of time and the graphs under it.

use super::super::pictures::{line, view};
use super::super::*;
use super::{check, legible};
use crate::clock::{Lens, Moment};
use crate::script::Script;
use crate::script::random::{Deed, deeds, play};
use crate::shape::{Ink, Mark};
use crate::text::Language;
use proptest::prelude::*;
use protocol::command::Kind;
use protocol::message::Thin;
use protocol::packet::{Lost, PacketFate};
use protocol::{Field, FlowId, Nanos, Source, What};

/// All pictures of a moment.
fn pictures(timeline: &Timeline, moment: Moment, view: &View) -> Vec<Vec<Shape>> {
    let line = line(timeline, moment);
    vec![
        stage(timeline, moment, view).shapes,
        ledger(timeline, view).shapes,
        ladder(timeline, moment, view).shapes,
        scrubber(timeline, moment, &line, view).shapes,
        graphs(timeline, moment, &line, [300.0, 500.0], view).strip.shapes,
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 100, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_way_to_a_moment_leaves_no_trace_in_its_pictures(
        all in deeds(40),
        floods in 0usize..7,
        seeks in proptest::collection::vec(0.0f64..1.0, 1..6),
        chosen in 0usize..8,
    ) {
        // Enough events for checkpoints between them.
        let mut all = all;
        all.extend((0..floods).map(|_| Deed::Flood(299)));
        let script = play(&all);
        let mut wandered = script.timeline();
        for part in seeks {
            let at = (script.now() as f64 * part) as Nanos;
            wandered.seek_seen(at, 0.0);
            let mut direct = script.timeline();
            direct.seek_seen(at, 0.0);
            let moment = Moment { at, now: script.now(), view: 9.0 };
            let selected = direct.world().sockets.keys().nth(chosen).copied();
            let view = View { selected, calm: true, ..view(1440.0, 500.0) };
            // What falls on the screen is told by how the picture came there; it has settled by now.
            wandered.seek_seen(at, 9.0);
            direct.seek_seen(at, 9.0);
            for (own, other) in
                pictures(&wandered, moment, &view).iter().zip(pictures(&direct, moment, &view))
            {
                prop_assert_eq!(own, &other);
            }
        }
    }

    #[test]
    fn graphs_fit_and_are_legible(
        all in deeds(60),
        part in 0.0f64..1.0,
        zoom in 0.0001f64..1.0,
        place in prop_oneof![Just((1440.0f32, 420.0f32, 600.0f32)), Just((1109.0, 300.0, 420.0)), Just((390.0, 10.0, 370.0))],
        chinese: bool,
        chosen in 0usize..12,
    ) {
        let script = play(&all);
        let mut timeline = script.timeline();
        let at = (script.now() as f64 * part) as Nanos;
        timeline.seek_seen(at, 0.0);
        let moment = Moment { at, now: script.now(), view: 0.3 };
        let selected = timeline.newest().sockets.keys().nth(chosen).copied();
        let view = View {
            language: if chinese { Language::Chinese } else { Language::English },
            selected, ..view(place.0, 300.0)
        };
        let mut lens = Lens::default();
        lens.zoom(at, zoom, moment, timeline.earliest());
        let line = lens.line(moment, timeline.earliest());
        let drawn = graphs(&timeline, moment, &line, [place.1, place.2], &view);
        check(&drawn.strip.shapes, view.width, "graphs")?;
        legible(&drawn.strip.shapes, 13.0)?;
        prop_assert!(!drawn.strip.words.is_empty());
        let scrub = scrubber(&timeline, moment, &line, &View { width: place.2, ..view });
        check(&scrub.shapes, place.2, "scrubber")?;
        for shape in drawn.strip.shapes.iter().chain(&scrub.shapes) {
            if let Shape::Path { points, .. } = shape {
                prop_assert!(points.iter().flatten().all(|place| place.is_finite() && *place > -20.0));
            }
        }
    }
}

fn at_end(script: &Script) -> (Timeline, Moment) {
    let mut timeline = script.timeline();
    timeline.seek_seen(script.now(), 0.0);
    (timeline, Moment { at: script.now(), now: script.now(), view: 0.3 })
}

#[test]
fn one_loss_among_a_hundred_thousand_packets_is_seen() {
    let mut timeline = Timeline::default();
    let thin = |packets, fate| Thin { flow: FlowId(1), fate, packets, ..Thin::default() };
    let lost = Some(PacketFate::Lost(Lost::Random));
    for nth in 0..1_000 {
        let sums = [thin(100, None), thin(u64::from(nth == 617), lost)];
        timeline.push_thinned(nth * 200 + 1, nth * 200 + 200, nth * 1_000_000, &sums);
    }
    let moment = Moment { at: 0, now: 1_000_000_000, view: 0.0 };
    let shapes = scrubber(&timeline, moment, &line(&timeline, moment), &view(700.0, 40.0)).shapes;
    let crosses = shapes.iter().filter(|shape| {
        matches!(shape, Shape::Path { stroke: Some(stroke), .. } if stroke.ink == Ink::Lost)
    });
    assert_eq!(crosses.count(), 2, "the two strokes of one cross");
    assert!(shapes.len() < 700 * 4, "{} shapes", shapes.len());
}

#[test]
fn each_trouble_has_a_shape_of_its_own() {
    let mut script = Script::default();
    let socket = script.socket(Kind::Datagram, Side::Left, None);
    script.wait(1_000);
    script.sample(socket, vec![Field::Drops(3)]);
    script.wait(1_000);
    let call = script.begin(protocol::Command::Recv { socket, max: 10, peek: false });
    script.block(call, 0);
    script.wait(1_000);
    script.fail(call, "EINTR", "Interrupted.");
    script.wait(1_000);
    let (timeline, moment) = at_end(&script);
    let shapes = scrubber(&timeline, moment, &line(&timeline, moment), &view(700.0, 40.0)).shapes;
    let hollow = shapes
        .iter()
        .filter(|shape| matches!(shape, Shape::Marks { mark: Mark::Hollow, ink: Ink::Lost, .. }));
    assert_eq!(hollow.count(), 1, "a drop");
    let filled = |ink| {
        let own = shapes.iter().filter(
            move |shape| matches!(shape, Shape::Path { closed: true, fill: Some(own), .. } if *own == ink),
        );
        own.count()
    };
    assert_eq!(filled(Ink::Lost), 1, "an error");
    let asleep = |shape: &&Shape| matches!(shape, Shape::Rect { fill: Some(Ink::Asleep), .. });
    assert_eq!(shapes.iter().filter(asleep).count(), 1, "a call that slept");
}

#[test]
fn graphs_say_what_the_kernel_had_said_at_the_shown_moment() {
    let (mut script, cast) = crate::script::story::connected(10, 0);
    let queues = [(5, 5), (900, 400), (0, 0)];
    let mut moments = Vec::new();
    for (queue, unsent) in queues {
        script.wait(40_000);
        script.sample(cast.client, vec![Field::SendQueue(queue), Field::Unsent(unsent)]);
        moments.push(script.now());
        script.wait(40_000);
    }
    let mut timeline = script.timeline();
    let view = View { selected: Some(cast.client), ..view(1440.0, 300.0) };
    let read = |timeline: &mut Timeline, at| {
        timeline.seek(at);
        let moment = Moment { at, now: script.now(), view: 0.0 };
        let line = line(timeline, moment);
        let graphs = graphs(timeline, moment, &line, [420.0, 600.0], &view);
        let of = |name: &str| {
            let own = graphs.readings.iter().find(|own| own.source == name);
            own.map(|own| own.values[0].clone())
        };
        (of("SIOCOUTQ"), of("SIOCOUTQ − SIOCOUTQNSD"))
    };
    let said = |queue: &str, flying: &str| (Some(queue.to_owned()), Some(flying.to_owned()));
    assert_eq!(read(&mut timeline, moments[0]), said("5 B", "0 B"));
    assert_eq!(read(&mut timeline, moments[1] + 1_000_000), said("900 B", "500 B"));
    assert_eq!(read(&mut timeline, moments[2]), said("0 B", "0 B"));
    assert_eq!(read(&mut timeline, moments[1] - 1).0, Some("5 B".to_owned()));
}

#[test]
fn a_curve_costs_pixels_and_not_samples() {
    let mut script = Script::default();
    let socket = script.socket(Kind::Stream, Side::Left, None);
    for nth in 0..30_000_u64 {
        script.wait(50);
        script.tell(
            Source::Kernel,
            What::Sample { socket, set: vec![Field::SendQueue(nth * 7_919 % 60_000)] },
        );
    }
    let (timeline, moment) = at_end(&script);
    let view = View { selected: Some(socket), ..view(1440.0, 300.0) };
    let drawn = graphs(&timeline, moment, &line(&timeline, moment), [420.0, 600.0], &view);
    let points = drawn.strip.shapes.iter().map(|shape| match shape {
        Shape::Path { points, .. } => points.len(),
        _ => 1,
    });
    assert!(points.sum::<usize>() < 600 * 5, "a few points in each column");
}

#[test]
fn nothing_chosen_is_said() {
    let (timeline, moment) = at_end(&Script::default());
    let drawn =
        graphs(&timeline, moment, &line(&timeline, moment), [420.0, 600.0], &view(900.0, 300.0));
    assert!(drawn.readings.is_empty() && drawn.strip.words.starts_with("Choose a socket"));
}
