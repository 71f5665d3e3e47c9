//! Owns where in the ladder somebody reads, and how its rows are told. Rows are counted and found by
//! bisection: it costs the same in a history of ten rows and of a million.

use crate::timeline::Timeline;
use protocol::Nanos;

/// How the ladder is read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Reading {
    /// The moment of the lowest row; null: it follows the shown moment.
    pub until: Option<Nanos>,
    /// Every packet has a line of its own, however many there are.
    pub each: bool,
    /// Sequence numbers as they are in the packets, not counted from the SYN.
    pub absolute: bool,
}

impl Reading {
    /// The moment of the lowest row, where the shown moment is `at`.
    pub fn end(&self, at: Nanos) -> Nanos {
        self.until.map_or(at, |until| until.min(at))
    }

    /// So many rows down (or up). Past the last row it follows the shown moment.
    pub fn climb(&mut self, timeline: &Timeline, at: Nanos, down: i64) {
        let (end, each) = (self.end(at), self.each);
        let all = timeline.rows(at, each);
        let steps = usize::try_from(down.unsigned_abs()).unwrap_or(usize::MAX);
        let row = if down >= 0 {
            timeline.rows(end, each).saturating_add(steps)
        } else {
            let last = timeline.row(timeline.rows(end, each).max(1), each);
            let row = timeline.rows(last.saturating_sub(1), each).saturating_sub(steps - 1);
            row.max(gone(timeline, at, each) + 1)
        };
        self.until = (row < all).then(|| timeline.row(row, each));
    }

    /// To the oldest row that is remembered.
    pub fn to_first(&mut self, timeline: &Timeline, at: Nanos) {
        let (each, row) = (self.each, gone(timeline, at, self.each) + 1);
        self.until = (timeline.rows(at, each) > row).then(|| timeline.row(row, each));
    }

    /// Which row of how many is the lowest, where it does not follow.
    pub fn place(&self, timeline: &Timeline, at: Nanos) -> Option<(usize, usize)> {
        let end = self.until.filter(|until| *until < at)?;
        let gone = gone(timeline, at, self.each);
        let row = |at| timeline.rows(at, self.each).saturating_sub(gone);
        Some((row(end), row(at)))
    }

    /// Up to which moment rows are told, so that below the lowest one there are `more`.
    pub(super) fn horizon(&self, timeline: &Timeline, at: Nanos, more: usize) -> Nanos {
        let end = self.end(at);
        if end >= at {
            return at;
        }
        let row = timeline.rows(end, self.each) + more;
        if row >= timeline.rows(at, self.each) { at } else { timeline.row(row, self.each) }
    }
}

/// Rows from before the lab was last emptied: they are told no more.
pub(super) fn gone(timeline: &Timeline, at: Nanos, each: bool) -> usize {
    match timeline.cleared(at) {
        0 => 0,
        cleared => timeline.rows(cleared - 1, each),
    }
}
