//! Owns how many of something are kept: a few while a relay talks for ever, all of a recording.

/// What a recording has at most; more of it falls off as it would live.
pub(super) const REPLAYED: usize = 4_000_000;

/// A bound that is `LIVE` until it is lifted.
#[derive(Clone, Copy)]
pub(super) struct Bound<const LIVE: usize>(usize);

impl<const LIVE: usize> Default for Bound<LIVE> {
    fn default() -> Self {
        Self(LIVE)
    }
}

impl<const LIVE: usize> Bound<LIVE> {
    /// Whether so many are too many.
    pub(super) fn is_passed(self, len: usize) -> bool {
        len > self.0
    }

    /// A recording is shown: [`REPLAYED`].
    pub(super) fn lift(&mut self) {
        self.0 = REPLAYED;
    }
}
