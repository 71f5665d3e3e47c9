//! Owns where a moment stands between the ends of the line of time: the scrubber's and the graphs'.

use crate::clock::Line;
use protocol::Nanos;

/// Room on the left.
const MARGIN: f32 = 12.0;
/// Room on the right for the word "now".
pub(in crate::scene) const TAIL: f32 = 44.0;

/// Moments to pixels and back.
#[derive(Clone, Copy)]
pub(in crate::scene) struct Scale {
    pub(in crate::scene) from: Nanos,
    pub(in crate::scene) to: Nanos,
    pub(in crate::scene) left: f32,
    pub(in crate::scene) right: f32,
}

impl Scale {
    /// The line within so many pixels from `left` on.
    pub(in crate::scene) fn new(line: &Line, left: f32, width: f32) -> Self {
        let right = (left + width - TAIL).max(left + MARGIN + 1.0);
        Self { from: line.from, to: line.to, left: left + MARGIN, right }
    }

    /// Where a moment of the span stands; null for one outside.
    pub(in crate::scene) fn inside(&self, at: Nanos) -> Option<f32> {
        (self.from..=self.to).contains(&at).then(|| self.x(at))
    }

    /// Where a moment stands, or the end that is nearer to it.
    pub(in crate::scene) fn x(&self, at: Nanos) -> f32 {
        let span = (self.to - self.from).max(1) as f64;
        let part = at.saturating_sub(self.from) as f64 / span;
        self.left + (self.right - self.left) * part.min(1.0) as f32
    }

    /// The moment at a place.
    pub(in crate::scene) fn moment(&self, x: f32) -> Nanos {
        let part = crate::order::within((x - self.left) / (self.right - self.left), 0.0, 1.0);
        self.from + ((self.to - self.from) as f64 * f64::from(part)) as Nanos
    }
}
