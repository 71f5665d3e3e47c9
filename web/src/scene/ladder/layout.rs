//! Owns which moment stands at which height: in order, never closer than can be read, silence folded.

use super::entry::{Crossed, Entries, Said};
use protocol::Nanos;
use protocol::command::Side;

/// A silence longer than this is folded and told.
const QUIET: Nanos = 300_000_000;

/// Where a call stands.
#[derive(Clone, Debug, Default)]
pub(super) struct SaidPlace {
    pub(super) began: f32,
    /// Where its result stands, once it has ended.
    pub(super) ended: Option<f32>,
    /// Where its note stands.
    pub(super) note: f32,
    /// The track of its bar, where it has one.
    pub(super) bar: Option<u8>,
    /// The shown moment.
    pub(super) now: f32,
}

/// Where something that crossed stands.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct CrossedPlace {
    pub(super) began: f32,
    pub(super) ended: f32,
    /// From where to where it was held.
    pub(super) hold: Option<[f32; 2]>,
}

/// All places.
pub(super) struct Layout {
    pub(super) said: Vec<SaidPlace>,
    pub(super) crossed: Vec<CrossedPlace>,
    /// Folded silences: where, how long.
    pub(super) gaps: Vec<(f32, Nanos)>,
    pub(super) now: f32,
    /// Below the lowest row that is read.
    pub(super) end: f32,
}

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Point {
    CrossedEnded(usize),
    HoldBegan(usize),
    HoldEnded(usize),
    SaidEnded(usize),
    SaidBegan(usize),
    CrossedBegan(usize),
}

/// Pushes heights down as they are taken.
struct Cursor {
    y: f32,
    at: Option<Nanos>,
    sides: [f32; 2],
    wire: f32,
    line: f32,
    narrow: bool,
}

impl Cursor {
    fn side(&mut self, side: Side) -> &mut f32 {
        let narrow = self.narrow;
        &mut self.sides[if narrow { 0 } else { usize::from(side == Side::Right) }]
    }

    /// Takes lines of text on a side, not above `y`; where the first stands.
    fn take(&mut self, side: Side, lines: f32) -> f32 {
        let line = self.line;
        let y = self.y.max(*self.side(side));
        *self.side(side) = y + lines * line;
        if self.narrow {
            self.wire = self.wire.max(y + lines * line);
        }
        self.y = y;
        y
    }

    /// Takes room for a crossing's label below its beginning.
    fn take_wire(&mut self) -> f32 {
        let y = self.y.max(self.wire);
        self.wire = y + self.line;
        if self.narrow {
            *self.side(Side::Left) = y + self.line * 1.4;
        }
        self.y = y;
        y
    }
}

pub(super) fn lay_out(
    entries: &Entries,
    end: Nanos,
    lesson: bool,
    narrow: bool,
    inline: impl Fn(&Said) -> bool,
) -> Layout {
    let line = if lesson { 25.0 } else { 22.0 };
    // What ends below the last row that is told is drawn as far as that.
    let at = entries.horizon;
    let mut points: Vec<(Nanos, Point)> = Vec::new();
    for (nth, said) in entries.said.iter().enumerate() {
        points.push((said.began, Point::SaidBegan(nth)));
        if let Some(ended) = said.ended.filter(|ended| *ended <= at && !inline(said)) {
            points.push((ended, Point::SaidEnded(nth)));
        }
    }
    for (nth, crossed) in entries.crossed.iter().enumerate() {
        points.push((crossed.began, Point::CrossedBegan(nth)));
        if crossed.ended <= at {
            points.push((crossed.ended, Point::CrossedEnded(nth)));
        }
        if let Some((began, ended, _)) = crossed.hold {
            points.push((began.max(crossed.began + 1).min(at), Point::HoldBegan(nth)));
            let ended = ended.filter(|ended| *ended <= at);
            points.extend(ended.map(|ended| (ended.max(began + 1), Point::HoldEnded(nth))));
        }
    }
    crate::order::by_key(&mut points, |own| *own);
    let mut layout = Layout {
        said: vec![SaidPlace::default(); entries.said.len()],
        crossed: vec![CrossedPlace::default(); entries.crossed.len()],
        gaps: Vec::new(),
        now: 0.0,
        end: 0.0,
    };
    let mut cursor = Cursor { y: 18.0, at: None, sides: [18.0; 2], wire: 18.0, line, narrow };
    for (moment, point) in points {
        step(&mut cursor, &mut layout, entries, moment, line);
        put(&mut cursor, &mut layout, entries, point, &inline);
        if moment <= end {
            layout.end = cursor.y.max(cursor.sides[0] - line).max(cursor.sides[1] - line);
        }
    }
    finish(&mut cursor, &mut layout, entries, (end, at), line);
    layout
}

/// Goes on to a moment: a little, or over a folded silence.
fn step(cursor: &mut Cursor, layout: &mut Layout, entries: &Entries, moment: Nanos, line: f32) {
    let Some(before) = cursor.at.replace(moment) else { return };
    let gap = moment.saturating_sub(before);
    // While something crosses it is not quiet; what is held does not cross.
    let crosses = |crossed: &Crossed| {
        let held = crossed.hold.is_some_and(|(began, ended, _)| {
            began <= before && ended.is_none_or(|ended| ended >= moment)
        });
        crossed.began <= before && crossed.ended >= moment && !held
    };
    if gap > QUIET && entries.crossed.iter().any(crosses) {
        cursor.y += line * 0.8;
    } else if gap > QUIET {
        let y = cursor.y.max(cursor.wire - line) + line;
        layout.gaps.push((y, gap));
        cursor.y = y + line * 0.8;
        cursor.wire = cursor.wire.max(cursor.y);
        if cursor.narrow {
            cursor.sides[0] = cursor.sides[0].max(cursor.y);
        }
    } else if gap > 0 {
        cursor.y += 3.0;
    }
}

fn put(
    cursor: &mut Cursor,
    layout: &mut Layout,
    entries: &Entries,
    point: Point,
    inline: &impl Fn(&Said) -> bool,
) {
    match point {
        Point::SaidBegan(nth) => {
            let said = &entries.said[nth];
            let inline = inline(said);
            let lines = 1.0
                + if said.asleep.is_some() || (inline && said.note.is_some()) { 0.8 } else { 0.0 };
            let y = cursor.take(said.side, lines);
            layout.said[nth].began = y;
            layout.said[nth].note = y + 18.0;
            layout.said[nth].ended = inline.then_some(y);
        }
        Point::SaidEnded(nth) => {
            let said = &entries.said[nth];
            let y = cursor.take(said.side, 1.0 + if said.note.is_some() { 0.8 } else { 0.0 });
            layout.said[nth].ended = Some(y);
            layout.said[nth].note = y + 18.0;
        }
        Point::CrossedBegan(nth) => {
            let y = cursor.take_wire();
            layout.crossed[nth] = CrossedPlace { began: y, ended: y, hold: None };
        }
        Point::CrossedEnded(nth) => {
            let place = &mut layout.crossed[nth];
            let least = place.hold.map_or(place.began, |hold| hold[1]) + cursor.line * 0.9;
            cursor.y = cursor.y.max(least);
            // The reason of a loss stands beside its cross.
            if entries.crossed[nth].lost.is_some() {
                cursor.take_wire();
            }
            place.ended = cursor.y;
        }
        Point::HoldBegan(nth) => {
            let place = &mut layout.crossed[nth];
            cursor.y = cursor.y.max(place.began + cursor.line * 0.6);
            place.hold = Some([cursor.y; 2]);
        }
        Point::HoldEnded(nth) => {
            if let Some(hold) = &mut layout.crossed[nth].hold {
                cursor.y = cursor.y.max(hold[0] + cursor.line * 0.7);
                hold[1] = cursor.y;
            }
        }
    }
}

/// The shown moment, what is still under way at it, and the bars' tracks.
fn finish(
    cursor: &mut Cursor,
    layout: &mut Layout,
    entries: &Entries,
    (end, at): (Nanos, Nanos),
    line: f32,
) {
    step(cursor, layout, entries, at, line);
    let lowest = cursor.sides[0].max(cursor.sides[1]) - line * 0.5;
    let moving = entries
        .crossed
        .iter()
        .zip(&layout.crossed)
        .filter(|(crossed, _)| crossed.ended > at)
        .map(|(_, place)| place.hold.map_or(place.began, |hold| hold[0]) + line)
        .fold(0.0, f32::max);
    layout.now = (cursor.y + 10.0).max(lowest).max(moving);
    if end >= at {
        layout.end = layout.now;
    }
    for (crossed, place) in entries.crossed.iter().zip(&mut layout.crossed) {
        if crossed.ended > at {
            place.ended = layout.now;
            if let (Some(hold), Some((_, None, _))) = (&mut place.hold, crossed.hold) {
                hold[1] = layout.now;
            }
        }
    }
    let mut tracks: Vec<(Side, u8, f32)> = Vec::new();
    for (nth, said) in entries.said.iter().enumerate() {
        let place = &mut layout.said[nth];
        place.now = layout.now;
        let ended = place.ended.unwrap_or(layout.now);
        let long = !said.short && ended > place.began + line * 0.5;
        if !long {
            continue;
        }
        let taken = |track: u8| {
            tracks.iter().any(|(side, own, until)| {
                *side == said.side && *own == track && *until > place.began - 6.0
            })
        };
        let track = (0..3).find(|track| !taken(*track)).unwrap_or(2);
        tracks.push((said.side, track, ended));
        place.bar = Some(track);
    }
}
