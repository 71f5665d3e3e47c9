//! Properties of the ladder: it is a screenful wherever it is read, and it ties what is sent again.

use super::super::pictures::view;
use super::super::*;
use super::{check, written};
use crate::clock::Moment;
use crate::script::Script;
use crate::script::wire::{again, segment};
use crate::shape::{Ink, Stroke};
use crate::text::Language;
use proptest::prelude::*;
use protocol::command::Kind;
use protocol::packet::{Flags, Lost};
use protocol::{End, Nanos};

const PORTS: (u16, u16) = (40_000, 8_001);
const ACK: Flags = Flags::ACK;
const PSH: Flags = Flags::PSH;

fn shown(script: &Script) -> (Timeline, Moment) {
    let now = script.now();
    let mut timeline = script.timeline();
    timeline.seek_seen(now, 0.0);
    (timeline, Moment { at: now, now, view: 9.0 })
}

fn texts(shapes: &[Shape]) -> Vec<String> {
    written(shapes).into_iter().map(|written| written.text).collect()
}

/// A wire on which so many segments crossed, 5 ms apart, and then ten that are told apart.
fn history(before: u32) -> Script {
    let mut script = Script::default();
    script.wire(1, 0);
    script.at_end(Kind::Stream, End::Left, Some("client"), None);
    let mut seq = 1;
    let mut one = |script: &mut Script, text: &str| {
        script.pass(End::Left, PORTS, segment(PSH | ACK, seq, 1, text), 1_000);
        seq += text.len() as u32;
        script.wait(4_000);
    };
    for _ in 0..before {
        one(&mut script, "old");
    }
    script.wait(1_000_000);
    for nth in 0..10 {
        one(&mut script, &"x".repeat(nth + 1));
    }
    script
}

fn reading(until: Option<Nanos>, each: bool) -> View {
    let ladder = Reading { until, each, absolute: false };
    View { ladder, ..view(1440.0, 300.0) }
}

/// All but the mark that says where among all rows the screen is.
fn without_thumb(ladder: Ladder) -> Vec<Shape> {
    let thumb =
        |shape: &Shape| matches!(shape, Shape::Rect { at, .. } if at[2] < 4.5 && at[0] > 1_400.0);
    ladder.shapes.into_iter().filter(|shape| !thumb(shape)).collect()
}

#[test]
fn what_came_long_before_costs_nothing_and_changes_nothing() {
    let (short, moment) = shown(&history(100));
    let few = without_thumb(ladder(&short, moment, &reading(None, true)));
    let (long, later) = shown(&history(20_000));
    let many = without_thumb(ladder(&long, later, &reading(None, true)));
    let same = |shapes: &[Shape]| {
        let mut texts = texts(shapes);
        texts.retain(|text| !text.contains("seq "));
        (shapes.len(), texts)
    };
    assert_eq!(same(&few), same(&many));
    assert!(few.len() < 260, "{}", few.len());
}

#[test]
fn all_rows_can_be_read_one_by_one() {
    let script = history(400);
    let (timeline, moment) = shown(&script);
    for each in [false, true] {
        let mut reading = Reading { each, ..Reading::default() };
        let all = timeline.rows(moment.at, each);
        let (mut last, mut steps) = (all, 0);
        loop {
            reading.climb(&timeline, moment.at, -1);
            let (row, of) = reading.place(&timeline, moment.at).expect("above the last row");
            assert_eq!(of, all);
            if row == last {
                break;
            }
            assert!(row < last, "{row} is above {last}");
            (last, steps) = (row, steps + 1);
        }
        assert!(last <= 2 && steps >= 20, "{last} after {steps}");
        reading.climb(&timeline, moment.at, i64::MAX);
        assert_eq!(reading.until, None, "past the last row it follows");
        reading.to_first(&timeline, moment.at);
        let view = View { ladder: reading, ..view(1440.0, 300.0) };
        let first = ladder(&timeline, moment, &view);
        assert!(first.shapes.len() < 400, "{}", first.shapes.len());
        assert!(texts(&first.shapes).iter().any(|text| text.starts_with("socket(")));
    }
}

#[test]
fn what_is_read_stays_while_more_comes() {
    let mut script = history(200);
    let (timeline, moment) = shown(&script);
    let mut own = Reading { each: true, ..Reading::default() };
    own.climb(&timeline, moment.at, -100);
    let view = reading(own.until, true);
    let texts = |ladder: Ladder| {
        let mut texts = texts(&ladder.shapes);
        texts.retain(|text| !text.starts_with("row "));
        texts
    };
    let before = texts(ladder(&timeline, moment, &view));
    assert!(before.iter().filter(|text| text.contains("seq ")).count() > 5, "{before:?}");
    for _ in 0..500 {
        script.pass(End::Left, PORTS, segment(ACK, 1, 1, ""), 100);
    }
    let (timeline, moment) = shown(&script);
    assert_eq!(texts(ladder(&timeline, moment, &view)), before);
}

#[test]
fn what_is_sent_again_is_tied_to_what_it_repeats() {
    let mut script = Script::default();
    script.wire(1, 0);
    script.at_end(Kind::Stream, End::Left, Some("client"), None);
    let syn = script.enter(End::Left, PORTS, segment(Flags::SYN, 0, 0, ""));
    script.wait(1_000);
    script.lose(syn, Lost::Killed);
    script.wait(1_000_000);
    script.pass(End::Left, PORTS, again(segment(Flags::SYN, 0, 0, "")), 1_000);
    let first = script.pass(End::Left, PORTS, segment(PSH | ACK, 1, 1, "hello"), 1_000);
    let second = script.pass(End::Left, PORTS, segment(PSH | ACK, 6, 1, "world"), 1_000);
    // The other direction has the same numbers: no relation.
    script.pass(End::Right, (8_001, 40_000), segment(PSH | ACK, 1, 11, "hello"), 1_000);
    script.wait(300_000);
    let whole = script.pass(End::Left, PORTS, again(segment(ACK, 1, 1, "hello")), 1_000);
    let part = script.pass(End::Left, PORTS, segment(ACK, 9, 1, "ld and more"), 1_000);
    let (timeline, moment) = shown(&script);
    let repeats = |packet| timeline.packet(packet).and_then(|packet| packet.repeats);
    assert_eq!(repeats(whole), Some(first));
    assert_eq!(repeats(part), Some(second));
    assert_eq!(repeats(second), None);
    let ladder = ladder(&timeline, moment, &view(1440.0, 600.0));
    let texts = texts(&ladder.shapes);
    for said in ["again: #1 · SYN", "#1 · SYN", "again: #3 · 5 B hello", "partly again: #4 · 11 B"]
    {
        assert!(texts.iter().any(|text| text.starts_with(said)), "{said}: {texts:?}");
    }
    let ties = |shape: &&Shape| matches!(shape, Shape::Path { points, stroke: Some(Stroke { ink: Ink::Dial, .. }), .. } if points.len() == 4);
    assert_eq!(ladder.shapes.iter().filter(ties).count(), 3);
}

#[test]
fn a_segment_says_its_numbers_and_what_they_count_from() {
    let (script, cast, _) = crate::script::story::bench();
    let (mut timeline, moment) = shown(&script);
    let own = View { selected: Some(cast.client), ..view(1440.0, 700.0) };
    let before = texts(&ladder(&timeline, moment, &own).shapes);
    assert!(before.iter().any(|text| text.contains("SYN  seq 0 len 0 win 65,536")), "{before:?}");
    let data = timeline.packets_before(moment.at).find(|packet| packet.head.payload() == 5);
    let data = data.expect("hello").id;
    timeline.learn_base(data, crate::timeline::Base { own: 1_000, other: Some(7_000) });
    let absolute = Reading { absolute: true, ..Reading::default() };
    let after = texts(&ladder(&timeline, moment, &View { ladder: absolute, ..own }).shapes);
    assert!(
        after.iter().any(|text| text.contains("5 B hello  PSH-ACK  seq 1001 ack 7001 len 5")),
        "{after:?}"
    );
    assert!(after.iter().any(|text| text.starts_with("† counted from the SYN")), "{after:?}");
}

#[test]
fn a_row_tells_all_of_itself_to_who_points_at_it() {
    let (script, cast, _) = crate::script::story::bench();
    let (timeline, moment) = shown(&script);
    let ladder =
        ladder(&timeline, moment, &View { selected: Some(cast.client), ..view(1440.0, 700.0) });
    let lost =
        ladder.rungs.iter().find(|rung| rung.told.contains("lost: your trap")).expect("a loss");
    let middle = [f32::midpoint(lost.from[0], lost.to[0]), f32::midpoint(lost.from[1], lost.to[1])];
    assert_eq!(ladder.at(middle), Some(lost));
    assert!(matches!(lost.about, Some(Subject::Packet(_))) && lost.told.contains("entered "));
    assert_eq!(ladder.at([720.0, -50.0]), None);
    let connect =
        ladder.rungs.iter().find(|rung| rung.told.starts_with("connect((")).expect("a call");
    assert_eq!(connect.about, Some(Subject::Socket(cast.client)));
}

#[test]
fn a_saved_ladder_has_every_line_and_says_where_it_is_cut() {
    let (timeline, moment) = shown(&history(300));
    let whole = whole_ladder(&timeline, moment, &reading(Some(1), true));
    assert_eq!(whole.lines, 310);
    let saved = crate::svg::document("t", whole.size[0], &[(&whole.shapes, whole.size[1])]);
    assert_eq!(saved.matches(" seq ").count(), 310);
    assert!(!saved.contains("Cut:") && saved.contains("time runs down, from "));
    let (timeline, moment) = shown(&history(7_000));
    let whole = whole_ladder(&timeline, moment, &reading(None, true));
    assert_eq!(whole.lines, 6_000);
    assert!(
        texts(&whole.shapes).iter().any(|text| text.starts_with("Cut: these are the last 6,00"))
    );
}

#[test]
fn after_the_lab_was_emptied_nothing_older_is_read_or_missed() {
    let mut script = history(50);
    script.tell(protocol::Source::Relay, protocol::What::Reset { by: None });
    script.wait(1_000);
    for _ in 0..5 {
        script.pass(End::Left, PORTS, segment(Flags::SYN, 0, 0, ""), 1_000);
    }
    let (timeline, moment) = shown(&script);
    let mut own = Reading { each: true, ..Reading::default() };
    own.climb(&timeline, moment.at, -1_000);
    assert_eq!(own.place(&timeline, moment.at), Some((1, 5)));
    let whole = whole_ladder(&timeline, moment, &reading(None, true));
    assert_eq!(whole.lines, 5);
    assert!(!texts(&whole.shapes).iter().any(|text| text.starts_with("Cut:")));
}

#[test]
fn nobody_saw_what_is_inferred_and_that_is_said() {
    let (script, client, _) = super::super::pictures::busy(2);
    let (timeline, moment) = shown(&script);
    for (language, said) in [(Language::English, "inferred"), (Language::Chinese, "推断")] {
        let own = View { language, selected: Some(client), ..view(1440.0, 400.0) };
        let drawn = ladder(&timeline, moment, &own);
        assert!(texts(&drawn.shapes).iter().any(|text| text.contains(said)));
        assert!(drawn.rungs.iter().any(|rung| rung.told.contains(said)));
        let whole = whole_ladder(&timeline, moment, &own);
        assert!(texts(&whole.shapes).iter().any(|text| text.contains(said)));
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn nothing_overlaps_wherever_it_is_read(
        all in crate::script::random::wire::wire_deeds(70),
        part in 0.0f64..1.0,
        each: bool,
        absolute: bool,
        chinese: bool,
        size in prop_oneof![Just((1440.0f32, 300.0f32)), Just((800.0, 220.0)), Just((390.0, 300.0))],
    ) {
        let script = crate::script::random::wire::play(&all);
        let (timeline, moment) = shown(&script);
        let until = Some((script.now() as f64 * part) as Nanos);
        let language = if chinese { Language::Chinese } else { Language::English };
        let own = Reading { until, each, absolute };
        let view = View { ladder: own, language, ..view(size.0, size.1) };
        check(&ladder(&timeline, moment, &view).shapes, view.width, "ladder")?;
        let whole = whole_ladder(&timeline, moment, &view);
        check(&whole.shapes, whole.size[0], "saved ladder")?;
    }
}
