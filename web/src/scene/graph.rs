//! Owns the graphs: what the kernel said of the chosen socket and of its other end, measure by measure,
//! on the scrubber's own line of time. A value stands from the sample that told it to the next; where
//! was said, nothing is drawn. Each end has a line of its own, left's above right's; more is higher.

mod curve;
mod rate;

use super::pen::{Pen, dashed, line, mono, plain};
use super::scrubber::{Scale, TAIL};
use super::{Strip, View};
use crate::clock::{Line, Moment};
use crate::shape::Ink;
use crate::text::{graph, picture};
use crate::timeline::{Measure, Timeline, Trace};
use protocol::command::{Kind, Side};
use protocol::{Nanos, SocketId, World};

/// The height of one end's line, at least and at most.
const TALL: [f32; 2] = [28.0, 72.0];
/// Between two ends' lines of one measure.
const BETWEEN: f32 = 6.0;
/// Between two measures.
const GAP: f32 = 14.0;
/// Labels need so much beside the plot; else they stand above it.
const LABELS: f32 = 250.0;
/// Values need so much beside it.
const VALUES: f32 = 190.0;
/// A scrubber that is narrower than this has graphs of another width below it.
const WIDE: f32 = 420.0;
/// The height of labels above a plot.
const HEAD: f32 = 40.0;

/// One measure of both ends at the shown moment, in words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reading {
    /// What is measured.
    pub name: String,
    /// Who says so.
    pub source: String,
    /// What was said last: left's end, right's end.
    pub values: [String; 2],
}

/// The graphs' picture, and the same as a table.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Graphs {
    /// The picture.
    pub strip: Strip,
    /// The ends' names: left's, right's.
    pub ends: [String; 2],
    /// The values at the shown moment.
    pub readings: Vec<Reading>,
}

/// One end of the chosen flow.
#[derive(Clone, Copy)]
struct End {
    socket: SocketId,
    side: Side,
    kind: Kind,
}

/// Where a measure's plot stands.
#[derive(Clone, Copy)]
struct Plot {
    scale: Scale,
    /// The line on which left's end stands, and right's.
    axes: [f32; 2],
    tall: f32,
}

impl Plot {
    /// Where nothing stands at one end.
    fn axis(&self, side: Side) -> f32 {
        self.axes[usize::from(side == Side::Right)]
    }

    /// The height of a value of which `most` fills the plot.
    fn y(&self, side: Side, value: u64, most: u64) -> f32 {
        let part = (value as f64 / most.max(1) as f64).min(1.0) as f32;
        self.axis(side) - 0.5 - (self.tall - 3.0) * part
    }
}

/// All graphs; `place` is where the scrubber stands above them: its left end and its width.
pub(super) fn draw(
    timeline: &Timeline,
    moment: Moment,
    shown: &Line,
    place: [f32; 2],
    view: &View,
) -> Graphs {
    let room = view.width - LABELS - VALUES;
    let aligned = place[1] >= WIDE && place[0] >= LABELS;
    let beside = aligned || room >= WIDE * 0.6;
    let place = match (aligned, beside) {
        (false, true) => [LABELS, room + TAIL],
        (false, false) => [4.0, view.width - 8.0],
        (true, _) => place,
    };
    let scale = Scale::new(shown, place[0], place[1]);
    let ends = ends(timeline, view.selected);
    let measures: Vec<Measure> =
        Measure::ALL.into_iter().filter(|own| any(timeline, &ends, *own)).collect();
    let mut pen = Pen::default();
    if measures.is_empty() {
        let text = graph::nothing(view.language, !ends.is_empty());
        pen.text([20.0, 34.0], text, plain(15.0).dim(), view.width - 40.0);
        let strip = Strip { shapes: pen.shapes, height: 56.0, words: text.to_owned() };
        return Graphs { strip, ..Graphs::default() };
    }
    let names = [Side::Left, Side::Right].map(|side| {
        let end = ends.iter().find(|end| end.side == side);
        end.map(|end| picture::remembered_name(view.language, timeline, end.socket))
            .unwrap_or_default()
    });
    // All of it in the room that there is, as long as a line keeps its least height.
    let lines = (measures.len() * ends.len().max(1)) as f32;
    let label = if beside { 0.0 } else { HEAD };
    let free = view.height - 10.0 - measures.len() as f32 * (GAP + label);
    let tall = crate::order::within(free / lines - BETWEEN, TALL[0], TALL[1]);
    let drawing =
        Drawing { timeline, moment, shown, view, ends: &ends, names: &names, beside, tall };
    let mut y = 10.0;
    let mut readings = Vec::new();
    for measure in measures {
        let (reading, bottom) = drawing.measure(&mut pen, measure, scale, y);
        readings.push(reading);
        y = bottom + GAP;
    }
    let words = readings
        .iter()
        .map(|own| [own.name.as_str(), ": ", &own.values[0], " / ", &own.values[1]].concat());
    let words = words.collect::<Vec<_>>().join("; ");
    Graphs { strip: Strip { shapes: pen.shapes, height: y, words }, ends: names, readings }
}

/// The chosen socket and the one at its other end, as the shown world knows them, else the newest.
fn ends(timeline: &Timeline, selected: Option<SocketId>) -> Vec<End> {
    let Some(own) = selected else { return Vec::new() };
    let far = |world: &World| world.far_end(own);
    let far = far(timeline.world()).or_else(|| far(timeline.newest()));
    let end = |socket| {
        let face = timeline.face(socket)?;
        Some(End { socket, side: face.side, kind: face.kind })
    };
    let mut ends: Vec<End> = end(own).into_iter().collect();
    // Two ends on one wall: the chosen one has the picture.
    let other = far.and_then(end).filter(|far| ends.iter().all(|own| own.side != far.side));
    ends.extend(other);
    crate::order::by_key(&mut ends, |end| end.side == Side::Right);
    ends
}

/// Whether the kernel ever said anything of it.
fn any(timeline: &Timeline, ends: &[End], measure: Measure) -> bool {
    ends.iter().any(|end| {
        let trace = timeline.trace(end.socket, measure);
        trace.is_some_and(|trace| trace.within(0, Nanos::MAX).next().is_some())
    })
}

struct Drawing<'a> {
    timeline: &'a Timeline,
    moment: Moment,
    shown: &'a Line,
    view: &'a View,
    ends: &'a [End],
    names: &'a [String; 2],
    beside: bool,
    /// The height of one end's line.
    tall: f32,
}

impl Drawing<'_> {
    /// One measure from `y` on; its values, and where it ends.
    fn measure(&self, pen: &mut Pen, measure: Measure, scale: Scale, y: f32) -> (Reading, f32) {
        let language = self.view.language;
        let top = if self.beside { y } else { y + HEAD };
        let tall = self.tall;
        let both = self.has(Side::Left) && self.has(Side::Right);
        let second = if both { top + 2.0 * tall + BETWEEN } else { top + tall };
        let plot = Plot { scale, axes: [top + tall, second], tall };
        // Two lines of text stand beside a plot.
        let bottom = if self.beside { second.max(top + 38.0) } else { second };
        let wide = scale.right - scale.left;
        for axis in &plot.axes[..if both { 2 } else { 1 }] {
            pen.rect([scale.left, axis - tall, wide, tall], 0.0, Ink::Ground);
            pen.line([scale.left, *axis], [scale.right, *axis], line(Ink::Line, 1.0));
        }
        let each = rate::interval(self.shown.length(), wide);
        let most = match measure {
            Measure::Acked => rate::draw(pen, self.timeline, self.ends, &plot, each),
            _ => curve::draw(pen, self.timeline, self.ends, &plot, measure),
        };
        let (name, source) = graph::measure(language, measure);
        let mut source = source.to_owned();
        if measure == Measure::Acked {
            source = [&source, " · ", &graph::interval(language, each)].concat();
        }
        let merged = self.ends.iter().filter_map(|end| self.timeline.trace(end.socket, measure));
        if let Some(merged) = merged.map(Trace::each).max().filter(|each| *each > 1) {
            source = [&source, " · ", &graph::merged(language, merged)].concat();
        }
        self.moments(pen, &scale, top - if self.beside { GAP } else { 0.0 }, bottom);
        let values = [Side::Left, Side::Right].map(|side| self.value(measure, side, each));
        let most = graph::value(language, measure, most);
        self.label(pen, &plot, (y, top), [name, &source, &most], &values);
        (Reading { name: name.to_owned(), source, values }, bottom)
    }

    /// The shown moment and now, through one plot (and the gap above, where no label stands in it).
    fn moments(&self, pen: &mut Pen, scale: &Scale, top: f32, bottom: f32) {
        let now = (self.moment.now, dashed(Ink::Edge, 2.0, 3.0, 2.0));
        for (at, stroke) in [now, (self.moment.at, line(Ink::Text, 1.5))] {
            if let Some(x) = scale.inside(at) {
                pen.line([x, top], [x, bottom], stroke);
            }
        }
    }

    fn has(&self, side: Side) -> bool {
        self.ends.iter().any(|end| end.side == side)
    }

    /// What had been said last of one end at the shown moment.
    fn value(&self, measure: Measure, side: Side, each: Nanos) -> String {
        let Some(end) = self.ends.iter().find(|end| end.side == side) else {
            return String::new();
        };
        let value = if measure == Measure::Acked {
            rate::until(self.timeline, *end, self.moment.at, each)
        } else {
            let socket = self.timeline.world().sockets.get(&end.socket);
            socket.and_then(|socket| measure.of(socket.kind, &socket.kernel))
        };
        value.map_or_else(
            || "–".to_owned(),
            |value| graph::value(self.view.language, measure, value),
        )
    }

    /// Name, source, what fills the plot, and the values: beside the plot, or above it.
    fn label(
        &self,
        pen: &mut Pen,
        plot: &Plot,
        (y, top): (f32, f32),
        [name, source, most]: [&str; 3],
        values: &[String; 2],
    ) {
        let bold = plain(14.0).bold();
        let at_most = plain(13.0).dim();
        let scale = &plot.scale;
        if self.beside {
            let room = scale.left - 32.0;
            let ends = pen.text([20.0, top + 14.0], name, bold, room - at_most.width(most) - 4.0);
            let look = at_most.end();
            pen.text([scale.left - 8.0, top + 13.0], most, look, scale.left - 16.0 - ends);
            pen.text([20.0, top + 33.0], source, mono(13.0).dim(), room);
            let x = scale.right + 10.0;
            let room = self.view.width - x - 12.0;
            for (axis, (value, name)) in plot.axes.iter().zip(values.iter().zip(self.names)) {
                let y = axis - self.tall / 2.0 + 5.0;
                pen.run([x, y], 8.0, x + room, &[(value, mono(14.0).bold()), (name, at_most)]);
            }
        } else {
            let right = self.view.width - 16.0;
            let wide = at_most.width(most).min(110.0);
            pen.text([16.0, y + 14.0], name, bold, right - 24.0 - wide);
            pen.text([right, y + 14.0], most, at_most.end(), 110.0);
            let look = mono(14.0).bold();
            let [left_value, right_value] = values;
            let x = pen.run(
                [16.0, y + 33.0],
                6.0,
                right / 2.0,
                &[(left_value, look), (&self.names[0], at_most)],
            );
            let from = if x > 16.0 { x.max(right / 2.0 + 8.0) } else { 16.0 };
            pen.run(
                [from, y + 33.0],
                6.0,
                right,
                &[(right_value, look), (&self.names[1], at_most)],
            );
        }
    }
}
