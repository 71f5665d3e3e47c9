//! Owns the strip of what happened: packets as bars from the ground up, calls as ticks above them, what
//! went wrong in a row of its own at the top, where nothing can hide it.

use super::Scale;
use crate::scene::pen::{Pen, line};
use crate::shape::{Ink, Mark};
use crate::timeline::{Counts, MarkKind, Timeline};

/// Pixels of one column.
const COLUMN: f32 = 2.0;
/// Signs of what went wrong stand at least so far apart.
const APART: f32 = 10.0;
/// The tallest bar of packets.
const TALLEST: f32 = 13.0;
/// So many packets in one column fill it.
const MANY: f32 = 1_024.0;

const PACKETS: [MarkKind; 3] = [MarkKind::Tcp, MarkKind::Udp, MarkKind::Other];

/// The rows of the strip, top to bottom.
#[derive(Clone, Copy)]
struct Rows {
    trouble: f32,
    calls: [f32; 2],
    ground: f32,
}

/// The strip above `ground`, and what the span comes to.
pub(super) fn draw(pen: &mut Pen, timeline: &Timeline, scale: &Scale, ground: f32) -> Counts {
    let rows = Rows { trouble: 7.0, calls: [ground - 22.0, ground - 13.0], ground };
    let columns = ((scale.right - scale.left) / COLUMN).max(1.0) as usize;
    let counts = timeline.density(scale.from, scale.to, columns);
    let x = |place: usize| {
        let part = (place as f32 + 0.5) / columns as f32;
        scale.left + (scale.right - scale.left) * part
    };
    let mut sums = Counts::default();
    let mut ticks: [Vec<f32>; 3] = Default::default();
    for (place, counts) in counts.iter().enumerate() {
        sums.join(counts);
        bars(pen, rows, x(place), counts);
        for (ticks, kind) in
            ticks.iter_mut().zip([MarkKind::StreamCall, MarkKind::DatagramCall, MarkKind::Block])
        {
            if counts.of(kind) > 0 {
                ticks.push(x(place));
            }
        }
    }
    let [streams, datagrams, blocks] = ticks;
    calls(pen, rows, &streams, Ink::Tcp, 0.0);
    calls(pen, rows, &datagrams, Ink::Udp, 2.0);
    for x in blocks {
        // A sleeping program's bar lies across its call.
        pen.rect([x - 3.5, rows.calls[0] - 1.5, 7.0, 3.0], 1.5, Ink::Asleep);
    }
    let signs: Vec<(f32, Counts)> =
        counts.iter().enumerate().map(|(place, counts)| (x(place), *counts)).collect();
    trouble(pen, rows, &signs);
    sums
}

/// One bar: how many packets, by their logarithm; its colours in their proportion.
fn bars(pen: &mut Pen, rows: Rows, x: f32, counts: &Counts) {
    let all = counts.all(&PACKETS);
    if all == 0 {
        return;
    }
    let part = (all as f32 + 1.0).log2() / (MANY + 1.0).log2();
    let tall = (TALLEST * part.min(1.0)).max(4.0);
    let mut bottom = rows.ground;
    for (kind, ink) in PACKETS.into_iter().zip([Ink::Tcp, Ink::Udp, Ink::Idle]) {
        let own = tall * counts.of(kind) as f32 / all as f32;
        if own > 0.0 {
            pen.rect([x - COLUMN / 2.0, bottom - own, COLUMN, own], 0.0, ink);
            bottom -= own;
        }
    }
}

fn calls(pen: &mut Pen, rows: Rows, at: &[f32], ink: Ink, shorter: f32) {
    let [top, bottom] = rows.calls;
    for x in at {
        pen.rect([x - COLUMN / 2.0, top + shorter, COLUMN, bottom - top - shorter], 0.0, ink);
    }
}

/// The gravest first: among neighbours it is the one that keeps its sign.
const SIGNS: [MarkKind; 5] =
    [MarkKind::Loss, MarkKind::Error, MarkKind::Drop, MarkKind::Again, MarkKind::Hold];

fn trouble(pen: &mut Pen, rows: Rows, columns: &[(f32, Counts)]) {
    // Where signs may stand, by how far from the left: the gravest comes first to its place.
    let left = columns.first().map_or(0.0, |(x, _)| *x);
    let slot = |x: f32| ((x - left) / APART) as usize;
    let mut taken = vec![None::<f32>; slot(columns.last().map_or(0.0, |(x, _)| *x)) + 2];
    for kind in SIGNS {
        let ink = match kind {
            MarkKind::Again => Ink::Tcp,
            MarkKind::Hold => Ink::Asleep,
            _ => Ink::Lost,
        };
        for (x, _) in columns.iter().filter(|(_, counts)| counts.of(kind) > 0) {
            // Every column says so; where they are dense, one sign speaks for several.
            pen.rect([x - COLUMN / 2.0, rows.trouble + 4.5, COLUMN, 3.0], 0.0, ink);
            let own = slot(*x);
            let near = taken[own.saturating_sub(1)..=own + 1].iter().flatten();
            if near.into_iter().all(|other| (other - x).abs() >= APART) {
                taken[own] = Some(*x);
                sign(pen, kind, [*x, rows.trouble], ink);
            }
        }
    }
}

/// The shape says what the colour says.
fn sign(pen: &mut Pen, kind: MarkKind, at: [f32; 2], ink: Ink) {
    let [x, y] = at;
    match kind {
        MarkKind::Loss => pen.cross(at, 3.5, line(ink, 2.0)),
        MarkKind::Error => {
            pen.area(vec![[x - 4.5, y + 3.5], [x, y - 4.5], [x + 4.5, y + 3.5]], ink, None);
        }
        MarkKind::Drop => pen.marks(vec![at], 8.0, Mark::Hollow, ink),
        MarkKind::Again => {
            let points = vec![[x - 4.0, y - 3.5], [x, y + 3.0], [x + 4.0, y - 3.5]];
            pen.path(points, line(ink, 2.0));
        }
        _ => pen.rect([x - 4.0, y - 1.5, 8.0, 3.0], 0.0, ink),
    }
}
