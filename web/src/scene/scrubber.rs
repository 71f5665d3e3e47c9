//! Owns the line of time: how much of what happened when, the shown moment, and now.

mod density;
mod scale;

pub(super) use scale::{Scale, TAIL};

use super::pen::{Pen, dashed, line, plain};
use super::{Strip, View};
use crate::clock::{Line, Moment};
use crate::shape::Ink;
use crate::text::{graph, picture};
use crate::timeline::Timeline;
use protocol::Nanos;

/// The relay's moment under a place.
pub(super) fn moment_at(shown: &Line, view: &View, x: f32) -> Nanos {
    Scale::new(shown, 0.0, view.width).moment(x)
}

/// Where a moment stands, as far as it is in sight.
pub(super) fn place_of(shown: &Line, view: &View, at: Nanos) -> Option<f32> {
    Scale::new(shown, 0.0, view.width).inside(at)
}

/// The whole strip.
pub(super) fn draw(timeline: &Timeline, moment: Moment, shown: &Line, view: &View) -> Strip {
    let scale = Scale::new(shown, 0.0, view.width);
    let height = crate::order::within(view.height, 36.0, 44.0);
    let mut pen = Pen::default();
    let ground = height - 4.0;
    if let Some((from, to)) = shown.hand {
        let (left, right) = (scale.x(from), scale.x(to));
        pen.rect([left, 1.0, (right - left).max(1.0), height - 2.0], 2.0, Ink::Selected);
    }
    pen.rect([scale.left, ground, scale.right - scale.left, 2.0], 1.0, Ink::Line);
    if shown.zoomed {
        whole(&mut pen, timeline, shown, &scale, ground);
    }
    // What went wrong at the shown moment stands before its line.
    if let Some(x) = scale.inside(moment.at) {
        pen.line([x, 1.0], [x, height - 1.0], line(Ink::Text, 2.5));
    }
    let counts = density::draw(&mut pen, timeline, &scale, ground);
    if let Some((from, to)) = shown.hand {
        for at in [from, to] {
            let x = scale.x(at);
            pen.line([x, 1.0], [x, height - 1.0], line(Ink::Edge, 1.5));
        }
    }
    if let Some(now) = scale.inside(moment.now) {
        pen.line([now, 4.0], [now, ground], dashed(Ink::Edge, 2.0, 3.0, 2.0));
        let look = plain(13.0).dim();
        pen.text([now + 5.0, ground - 9.0], picture::now(view.language), look, TAIL - 7.0);
    }
    handle(&mut pen, moment, &scale, height);
    Strip { shapes: pen.shapes, height, words: graph::counts(view.language, &counts) }
}

/// Below the ground: where the span lies in all that can be shown.
fn whole(pen: &mut Pen, timeline: &Timeline, shown: &Line, scale: &Scale, ground: f32) {
    let earliest = timeline.earliest().min(shown.from);
    let wide = scale.right - scale.left;
    let part = |at: Nanos| at.saturating_sub(earliest) as f32 / shown.whole.max(1) as f32;
    let left = scale.left + wide * part(shown.from).min(1.0);
    let own = (wide * (part(shown.to) - part(shown.from))).max(6.0).min(scale.right - left + 6.0);
    pen.rect([left, ground, own, 4.0], 2.0, Ink::Text);
}

/// The shown moment's handle; where it is out of sight, an arrow says on which side.
fn handle(pen: &mut Pen, moment: Moment, scale: &Scale, height: f32) {
    let (middle, low) = (height / 2.0, height - 1.0);
    let points = match scale.inside(moment.at) {
        Some(x) => vec![[x - 6.0, low], [x + 6.0, low], [x, low - 8.0]],
        None if moment.at < scale.from => {
            let x = scale.left - 11.0;
            vec![[x, middle], [x + 8.0, middle - 6.0], [x + 8.0, middle + 6.0]]
        }
        None => {
            let x = scale.right + 11.0;
            vec![[x, middle], [x - 8.0, middle - 6.0], [x - 8.0, middle + 6.0]]
        }
    };
    pen.area(points, Ink::Text, None);
}
