//! Owns the line of time: what happened when, the shown moment, and now.

use super::pen::{Pen, dashed, line, plain};
use super::{Strip, View};
use crate::clock::Moment;
use crate::shape::Ink;
use crate::text::picture;
use crate::timeline::{MarkKind, Timeline};
use protocol::Nanos;

/// The span shown, unless the shown moment is further back.
const WINDOW: Nanos = 20_000_000_000;
const MARGIN: f32 = 12.0;
/// Room on the right for the word "now".
const TAIL: f32 = 44.0;

struct Scale {
    from: Nanos,
    to: Nanos,
    left: f32,
    right: f32,
}

impl Scale {
    fn new(timeline: &Timeline, moment: Moment, view: &View) -> Self {
        let to = moment.now.max(1);
        let back = moment.at.saturating_sub(WINDOW / 10);
        let from = to.saturating_sub(WINDOW).min(back).max(timeline.earliest().min(back));
        Self { from, to, left: MARGIN, right: (view.width - TAIL).max(MARGIN + 1.0) }
    }

    fn x(&self, at: Nanos) -> f32 {
        let span = (self.to - self.from).max(1) as f64;
        let part = at.saturating_sub(self.from) as f64 / span;
        self.left + (self.right - self.left) * part.min(1.0) as f32
    }

    fn moment(&self, x: f32) -> Nanos {
        let part = crate::order::within((x - self.left) / (self.right - self.left), 0.0, 1.0);
        self.from + ((self.to - self.from) as f64 * f64::from(part)) as Nanos
    }
}

/// The relay's moment under a place.
pub(super) fn moment_at(timeline: &Timeline, moment: Moment, view: &View, x: f32) -> Nanos {
    Scale::new(timeline, moment, view).moment(x)
}

/// How a kind of mark is drawn: ink, half height, width.
fn look(kind: MarkKind) -> (Ink, f32, f32) {
    match kind {
        MarkKind::Datagram => (Ink::Udp, 4.0, 1.5),
        MarkKind::DatagramCall => (Ink::Udp, 8.0, 2.0),
        MarkKind::StreamCall => (Ink::Tcp, 11.0, 2.5),
        MarkKind::Again => (Ink::Tcp, 14.0, 1.5),
        MarkKind::Hold => (Ink::Asleep, 11.0, 3.0),
        MarkKind::Drop => (Ink::Lost, 7.0, 2.5),
        MarkKind::Loss => (Ink::Lost, 11.0, 3.0),
        MarkKind::Error => (Ink::Lost, 14.0, 3.0),
    }
}

/// The whole strip.
pub(super) fn draw(timeline: &Timeline, moment: Moment, view: &View) -> Strip {
    let scale = Scale::new(timeline, moment, view);
    let height = crate::order::within(view.height, 36.0, 44.0);
    let mut pen = Pen::default();
    let axis = height / 2.0 + 2.0;
    pen.rect([scale.left, axis - 1.5, scale.right - scale.left, 3.0], 1.5, Ink::Line);
    // One column of pixels shows the gravest of what happened there.
    let mut columns: Vec<Option<MarkKind>> = vec![None; view.width.max(1.0) as usize + 1];
    let mut counts = [0usize; 4];
    for mark in timeline.marks(scale.from, moment.now) {
        let place = &mut columns[scale.x(mark.at) as usize];
        *place = Some(place.map_or(mark.kind, |old| old.max(mark.kind)));
        counts[match mark.kind {
            MarkKind::Error => 0,
            MarkKind::Drop => 1,
            MarkKind::Loss => 3,
            _ => 2,
        }] += 1;
    }
    for (x, kind) in columns.iter().enumerate().filter_map(|(x, kind)| Some((x, (*kind)?))) {
        let (ink, half, wide) = look(kind);
        let x = x as f32;
        pen.rect([x - wide / 2.0, axis - half, wide, half * 2.0], 0.0, ink);
        // The shape says it too: a cross on what was lost, a bar across what was held.
        match kind {
            MarkKind::Loss => pen.cross([x, axis + half], 3.5, line(ink, 1.8)),
            MarkKind::Hold => pen.rect([x - 4.0, axis - half, 8.0, 2.5], 0.0, ink),
            MarkKind::Again => pen.rect([x - 3.5, axis - half, 7.0, 2.0], 0.0, ink),
            _ => {}
        }
    }
    let now = scale.x(moment.now);
    pen.line([now, axis - 13.0], [now, axis + 13.0], dashed(Ink::Edge, 2.0, 3.0, 2.0));
    pen.text([now + 5.0, axis + 4.5], picture::now(view.language), plain(13.0).dim(), TAIL - 7.0);
    let x = scale.x(moment.at);
    pen.line([x, 4.0], [x, height - 4.0], line(Ink::Text, 2.5));
    pen.area(vec![[x - 6.0, 4.0], [x + 6.0, 4.0], [x, 12.0]], Ink::Text, None);
    let [errors, drops, calls, lost] = counts;
    let words = view.language.pick(
        format!(
            "{errors} errors, {drops} drops, {lost} lost on the wire, {calls} calls in this span"
        ),
        format!("这段时间内 {errors} 个错误，{drops} 次丢弃，线上丢失 {lost} 个，{calls} 次调用"),
    );
    Strip { shapes: pen.shapes, height, words }
}
