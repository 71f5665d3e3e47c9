//! Properties of pictures of the wire.

use super::super::pictures::{line, view};
use super::super::*;
use super::{check, in_columns, legible, written};
use crate::clock::Moment;
use crate::script::Script;
use crate::script::random::wire::{play, wire_deeds};
use crate::script::story;
use crate::shape::{Ink, Mark};
use crate::text::Language;
use proptest::prelude::*;
use protocol::message::Thin;
use protocol::{End, FlowId, Nanos, PacketId};

fn at(script: &Script, at: Nanos, seconds: f64) -> (Timeline, Moment) {
    let mut timeline = script.timeline();
    timeline.seek_seen(at, 0.0);
    (timeline, Moment { at, now: script.now(), view: seconds })
}

fn texts(shapes: &[Shape]) -> Vec<String> {
    written(shapes).into_iter().map(|written| written.text).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn nothing_overlaps_on_the_wire(
        all in wire_deeds(70),
        part in 0.0f64..1.0,
        size in prop_oneof![Just((1440.0f32, 500.0f32)), Just((1280.0, 360.0)), Just((800.0, 420.0)), Just((390.0, 620.0))],
        chinese: bool,
        calm: bool,
        lesson: bool,
        chosen in 0usize..6,
    ) {
        let script = play(&all);
        let (timeline, moment) = at(&script, (script.now() as f64 * part) as Nanos, 0.3);
        let selected = timeline.world().sockets.keys().nth(chosen).copied();
        let view = View {
            language: if chinese { Language::Chinese } else { Language::English },
            calm, lesson, selected, ..view(size.0, size.1)
        };
        let stage = stage(&timeline, moment, &view);
        check(&stage.shapes, view.width, "stage")?;
        legible(&stage.shapes, 13.0)?;
        if view.width >= NARROW {
            in_columns(&stage, view.width)?;
        }
        prop_assert_eq!(&stage, &super::super::stage(&timeline, moment, &view));
        for spot in &stage.packets {
            let [x, y, w, h] = spot.area;
            prop_assert!(w >= 24.0 && h >= 24.0, "{spot:?}");
            prop_assert!(x >= -12.0 && x + w <= view.width + 12.0 && y >= -1.0, "{spot:?}");
            prop_assert!(timeline.packet(spot.packet).is_some());
        }
        let ledger = ledger(&timeline, &view);
        check(&ledger.shapes, view.width, "ledger")?;
        let ladder = ladder(&timeline, moment, &view);
        check(&ladder.shapes, view.width, "ladder")?;
        check(&scrubber(&timeline, moment, &line(&timeline, moment), &view).shapes, view.width, "scrubber")?;
    }
}

#[test]
fn a_loss_says_when_and_why_and_what_it_means() {
    let (script, cast, now) = story::bench();
    let (timeline, moment) = at(&script, now, 9.0);
    let view = View { selected: Some(cast.client), ..view(1440.0, 600.0) };
    let stage = stage(&timeline, moment, &view);
    let texts = texts(&stage.shapes);
    assert!(texts.iter().any(|text| text.starts_with("lost at ") && text.ends_with(": your trap")));
    assert!(texts.contains(&"nobody has been told".to_owned()), "{texts:?}");
    let ladder = self::texts(&ladder(&timeline, moment, &view).shapes);
    assert!(ladder.contains(&"lost: your trap".to_owned()), "{ladder:?}");
    assert!(
        ledger(&timeline, &view).words.contains("6 kept by left (their copy on the wire was lost)")
    );
}

#[test]
fn everything_that_can_be_done_to_a_packet_is_said_on_it() {
    let (script, cast, now) = story::everything();
    let (timeline, moment) = at(&script, now, 9.0);
    let mut all = Vec::new();
    for selected in [cast.client, protocol::SocketId(5)] {
        let view = View { selected: Some(selected), ..view(1440.0, 600.0) };
        all.extend(texts(&stage(&timeline, moment, &view).shapes));
    }
    for said in ["again", "copy", "damaged", "held 0.9 s", "port unreachable", "#1 1/3", "#1 3/3"] {
        assert!(all.iter().any(|text| text == said), "{said}: {all:?}");
    }
}

#[test]
fn a_held_packet_stands_still_and_says_for_how_long() {
    let (script, cast, now) = story::frozen();
    let view = View { selected: Some(cast.client), ..view(1440.0, 600.0) };
    let spot = |moment: Nanos| {
        let (timeline, moment) = at(&script, moment, 9.0);
        let stage = stage(&timeline, moment, &view);
        assert!(texts(&stage.shapes).iter().any(|text| text.starts_with("wire held ")));
        *stage.packets.iter().find(|spot| spot.packet == PacketId(4)).expect("it is drawn")
    };
    let (early, late) = (spot(now - 900_000_000), spot(now));
    assert!(early.held && late.held);
    assert!((early.area[0] - late.area[0]).abs() < 0.01, "{early:?} {late:?}");
}

#[test]
fn what_the_wire_lost_and_what_the_buffer_dropped_are_two_stacks() {
    let (script, voice, _) = story::flood(1_000, 200);
    let (timeline, moment) = at(&script, script.now(), 9.0);
    let view = View { selected: Some(voice), calm: true, ..view(1440.0, 500.0) };
    let stage = stage(&timeline, moment, &view);
    let tally = timeline.world().bursts.values().next().map(|burst| burst.sheet.tally());
    let tally = tally.expect("a burst");
    let count = |look: Mark| -> usize {
        let marks = stage.shapes.iter().filter_map(|shape| match shape {
            Shape::Marks { at, mark, ink: Ink::Lost, .. } if *mark == look => Some(at.len()),
            _ => None,
        });
        marks.sum()
    };
    assert!(tally.lost > 40 && tally.dropped > 500);
    assert_eq!(
        [count(Mark::Cross), count(Mark::Hollow)],
        [tally.lost, tally.dropped].map(|n| n as usize)
    );
}

#[test]
fn packets_told_in_sums_are_said_in_both_languages() {
    let (script, voice, _) = story::flood(40, 20);
    let (mut timeline, _) = at(&script, script.now(), 9.0);
    let (seq, now) = (timeline.seq() + 1, script.now() + 1);
    let sum = Thin { flow: FlowId(1), packets: 1_234, bytes: 123_400, ..Thin::default() };
    timeline.push_thinned(seq, seq + 1_233, now, &[sum]);
    timeline.seek_seen(now, 9.0);
    let moment = Moment { at: now, now, view: 9.0 };
    for (language, said) in
        [(Language::English, "1,234 packets not drawn"), (Language::Chinese, "1,234 个包未画出")]
    {
        let view = View { selected: Some(voice), language, ..view(1440.0, 500.0) };
        let texts = texts(&stage(&timeline, moment, &view).shapes);
        assert!(texts.iter().any(|text| text == said), "{said}: {texts:?}");
        let line = crate::text::log::thinned(language, now, 1_234);
        assert!(line.telling && line.text.starts_with("1,234 "), "{line:?}");
    }
}

#[test]
fn a_thousand_packets_are_a_screenful_of_ladder() {
    let (script, voice, middle) = story::flood(1_000, 200);
    let (timeline, moment) = at(&script, middle, 9.0);
    let view = View { selected: Some(voice), ..view(1440.0, 400.0) };
    let ladder = ladder(&timeline, moment, &view);
    assert!(ladder.shapes.len() < 100, "{}", ladder.shapes.len());
    assert!(texts(&ladder.shapes).iter().any(|text| text.starts_with("500 ×")));
}

#[test]
fn the_weather_is_said_in_both_languages() {
    let (script, ..) = story::bench();
    let timeline = script.timeline();
    let wire = timeline.world().wire.as_ref().expect("a wire");
    let say = |language| crate::text::picture::weather(language, wire);
    assert_eq!(say(Language::English), "400 ms each way · loses 5 %");
    assert_eq!(say(Language::Chinese), "400 ms（单程） · 丢 5 %");
}

#[test]
fn a_first_datagram_is_drawn_before_its_call_has_returned() {
    use crate::script::wire::{datagram, on};
    use protocol::command::{Command, Kind};
    use protocol::data::Data;
    let mut script = Script::default();
    script.wire(0, 0);
    let sender = script.at_end(Kind::Datagram, End::Left, None, Some(4_000));
    script.at_end(Kind::Datagram, End::Right, None, Some(53));
    script.begin(Command::SendTo {
        socket: sender,
        address: on(End::Right, 53),
        data: Data::Text("hello".into()),
    });
    let packet = script.enter(End::Left, (4_000, 53), datagram("hello", None));
    script.wait(10);
    script.deliver(packet);
    let (timeline, moment) = at(&script, script.now() - 5_000, 9.0);
    let view = View { selected: Some(sender), ..view(1440.0, 600.0) };
    let stage = stage(&timeline, moment, &view);
    assert_eq!(stage.packets.iter().map(|spot| spot.packet).collect::<Vec<_>>(), [packet]);
}
