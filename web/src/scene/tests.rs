//! Properties of every picture: nothing overlaps, nothing leaves its column, the same in is the same out.

mod ladder;
mod time;
mod unix;
mod wire;

use super::pictures::{busy, flood, idle, line, view};
use super::*;
use crate::clock::Moment;
use crate::script::random::{deeds, play};
use crate::shape::{Anchor, Font, Ink};
use crate::text::Language;
use proptest::prelude::*;

#[derive(Clone, Debug)]
struct Written {
    text: String,
    area: [f32; 4],
}

/// All texts with the boxes that they are estimated to fill.
fn written(shapes: &[Shape]) -> Vec<Written> {
    shapes
        .iter()
        .filter_map(|shape| match shape {
            Shape::Text { at, text, font, anchor, most, .. } => {
                let wide = measure::width(text, *font).min(most.unwrap_or(f32::MAX));
                let left = match anchor {
                    Anchor::Start => at[0],
                    Anchor::Middle => at[0] - wide / 2.0,
                    Anchor::End => at[0] - wide,
                };
                let area = [left, at[1] - font.size * 0.75, wide, font.size * 0.8];
                Some(Written { text: text.clone(), area })
            }
            _ => None,
        })
        .collect()
}

fn overlap(a: &Written, b: &Written) -> bool {
    let ([ax, ay, aw, ah], [bx, by, bw, bh]) = (a.area, b.area);
    ax < bx + bw - 0.5 && bx < ax + aw - 0.5 && ay < by + bh - 0.5 && by < ay + ah - 0.5
}

fn check(shapes: &[Shape], width: f32, what: &str) -> Result<(), TestCaseError> {
    let texts = written(shapes);
    for (nth, a) in texts.iter().enumerate() {
        prop_assert!(
            a.area[0] >= -0.5 && a.area[0] + a.area[2] <= width + 0.5,
            "{what}: {a:?} leaves the page"
        );
        for b in &texts[nth + 1..] {
            prop_assert!(!overlap(a, b), "{what}: {a:?} over {b:?}");
        }
    }
    Ok(())
}

/// Host's text keeps out of the wire's column, but for tabs and numbers on plates.
fn in_columns(stage: &Stage, width: f32) -> Result<(), TestCaseError> {
    for text in written(&stage.shapes) {
        let (left, right) = (text.area[0], text.area[0] + text.area[2]);
        let on_plate = stage
            .walls
            .iter()
            .any(|wall| (wall - 34.0..wall + 34.0).contains(&f32::midpoint(left, right)));
        let host = right <= stage.walls[0] || left >= stage.walls[1];
        let wire = left >= stage.walls[0] && right <= stage.walls[1];
        prop_assert!(on_plate || host || wire, "{text:?} crosses a wall of {width}");
    }
    Ok(())
}

fn legible(shapes: &[Shape], least: f32) -> Result<(), TestCaseError> {
    for shape in shapes {
        if let Shape::Text { text, font: Font { size, .. }, .. } = shape {
            let chinese = text.chars().any(measure::is_wide);
            prop_assert!(
                *size >= if chinese { least.max(14.0) } else { least },
                "{text:?} at {size}"
            );
        }
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn nothing_overlaps_or_leaves_its_column(
        all in deeds(60),
        part in 0.0f64..1.0,
        size in prop_oneof![Just((1440.0f32, 500.0f32)), Just((1280.0, 360.0)), Just((800.0, 420.0)), Just((390.0, 620.0))],
        chinese: bool,
        calm: bool,
        lesson: bool,
        chosen in 0usize..12,
    ) {
        let script = play(&all);
        let mut timeline = script.timeline();
        let at = (script.now() as f64 * part) as protocol::Nanos;
        timeline.seek_seen(at, 0.0);
        let moment = Moment { at, now: script.now(), view: 0.3 };
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
        prop_assert_eq!(&stage, &super::stage(&timeline, moment, &view), "the same in, the same out");
        for lane in &stage.lanes {
            prop_assert!(lane.area[1] + lane.area[3] <= stage.height + 0.5, "{lane:?} below {}", stage.height);
        }
        let ledger = ledger(&timeline, &view);
        check(&ledger.shapes, view.width, "ledger")?;
        let ladder = ladder(&timeline, moment, &view);
        check(&ladder.shapes, view.width, "ladder")?;
        prop_assert!(!ladder.words.is_empty() && !ledger.words.is_empty());
        let scrub = scrubber(&timeline, moment, &line(&timeline, moment), &view);
        check(&scrub.shapes, view.width, "scrubber")?;
        for burst in timeline.world().bursts.keys() {
            let sheet = sheet(&timeline, *burst, &view);
            check(&sheet.shapes, view.width, "sheet")?;
        }
    }
}

fn at_end(script: &crate::script::Script) -> (Timeline, Moment) {
    let now = script.now();
    let mut timeline = script.timeline();
    timeline.seek_seen(now, 0.0);
    (timeline, Moment { at: now, now, view: 9.0 })
}

#[test]
fn twenty_connections_fit() {
    let (script, client, _) = busy(20);
    let (timeline, moment) = at_end(&script);
    let view = View { selected: Some(client), ..view(1440.0, 560.0) };
    let stage = stage(&timeline, moment, &view);
    assert!(stage.height <= 560.0, "{}", stage.height);
    let shown: usize = stage.lanes.iter().map(|lane| lane.ends.len()).sum();
    assert_eq!(shown, timeline.world().sockets.len(), "every socket has its end, bundled or not");
}

#[test]
fn a_bundle_shows_no_cable_that_none_of_it_has() {
    let (script, client, _) = busy(4);
    let (timeline, moment) = at_end(&script);
    let view = View { selected: Some(client), ..view(1440.0, 260.0) };
    let stage = stage(&timeline, moment, &view);
    for lane in &stage.lanes {
        let queued = lane.ends.iter().any(|end| [5, 6, 7, 8].contains(&end.socket.0));
        let lone = lane.ends.iter().any(|end| end.socket == protocol::SocketId(4));
        assert!(!(queued && lone), "{lane:?}");
    }
}

#[test]
fn what_the_kernel_has_not_said_is_never_a_zero() {
    let (script, _, client, _) = idle();
    let (timeline, moment) = at_end(&script);
    let view = View { selected: Some(client), ..view(1440.0, 500.0) };
    let texts: Vec<String> =
        written(&stage(&timeline, moment, &view).shapes).into_iter().map(|w| w.text).collect();
    assert!(texts.contains(&"send buffer · –".to_owned()), "{texts:?}");
    assert!(!texts.iter().any(|text| text == "0 B" || text.contains("empty")), "{texts:?}");
}

#[test]
fn a_client_in_the_accept_queue_is_told_so() {
    let (script, ..) = busy(2);
    let (timeline, moment) = at_end(&script);
    let texts: Vec<String> = written(&stage(&timeline, moment, &view(1440.0, 600.0)).shapes)
        .into_iter()
        .map(|w| w.text)
        .collect();
    assert!(texts.iter().any(|text| text.starts_with("1st in the accept queue")), "{texts:?}");
    assert!(texts.iter().any(|text| text.starts_with("connected already")), "{texts:?}");
}

#[test]
fn calm_pictures_stand_at_start_middle_or_end_and_nothing_falls() {
    let places = [0.1, 0.3, 0.7, 0.9].map(|part| (motion::placed(part, true) * 2.0) as u8);
    assert_eq!(places, [0, 1, 1, 2]);
    let (mut script, voice, ..) = flood(1_000, 320);
    let before = script.now() - 1;
    let now = script.wait(1_000);
    let mut timeline = script.timeline();
    timeline.seek_seen(before, 0.0);
    timeline.seek_seen(now, 0.0);
    let picture = |calm, seconds: f64| {
        let view = View { selected: Some(voice), calm, ..view(1440.0, 500.0) };
        stage(&timeline, Moment { at: now, now, view: seconds }, &view).shapes
    };
    assert_eq!(picture(true, 0.2), picture(true, 5.0));
    assert_ne!(picture(false, 0.2), picture(false, 0.4));
    assert_eq!(picture(false, 5.0), picture(true, 5.0), "all lie on the stack in the end");
}

#[test]
fn a_stack_can_be_counted() {
    let (script, voice, ..) = flood(1_000, 320);
    let (timeline, moment) = at_end(&script);
    let view = View { selected: Some(voice), calm: true, ..view(1440.0, 500.0) };
    let stage = stage(&timeline, moment, &view);
    let cells: usize = stage
        .shapes
        .iter()
        .filter_map(|shape| match shape {
            Shape::Marks { at, ink: Ink::Lost, .. } => Some(at.len()),
            _ => None,
        })
        .sum();
    assert_eq!(cells, 680);
    assert!(written(&stage.shapes).iter().any(|w| w.text == "680"));
}

#[test]
fn a_ladder_of_ten_thousand_calls_is_one_screenful() {
    let mut script = crate::script::Script::default();
    let socket =
        script.socket(protocol::command::Kind::Stream, protocol::command::Side::Left, None);
    for _ in 0..10_000 {
        script.wait(30);
        script.recv(socket, "x");
    }
    let (timeline, moment) = at_end(&script);
    let ladder = ladder(&timeline, moment, &view(1440.0, 400.0));
    assert!(ladder.shapes.len() < 400, "{}", ladder.shapes.len());
}

#[test]
fn a_place_on_the_scrubber_is_a_moment() {
    let (script, ..) = busy(2);
    let (timeline, moment) = at_end(&script);
    let view = view(700.0, 44.0);
    let first = scrubbed(&line(&timeline, moment), &view, 0.0);
    let last = scrubbed(&line(&timeline, moment), &view, 700.0);
    assert!(first < last && last == moment.now);
}
