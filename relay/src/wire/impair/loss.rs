//! Owns the state of losses that come in bursts: Gilbert and Elliott's two-state chain, as tc-netem(8)'s
//! `loss gemodel p r 1-h 1-k`.

use super::chance::Chance;
use protocol::wire::Ppm;

/// Good at first.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Bursts {
    bad: bool,
}

impl Bursts {
    /// Whether this packet is lost: by the state that it meets. Then the state may change, once.
    /// `change`: from good to bad, and back. `lost`: while bad, and while good.
    ///
    /// In the long run p / (p + r) of the packets meet the bad state, for 1 / r packets at a time.
    pub(super) fn loses(&mut self, chance: &mut Chance, change: [Ppm; 2], lost: [Ppm; 2]) -> bool {
        let met = usize::from(self.bad);
        self.bad ^= chance.of(change[met]);
        chance.of(lost[1 - met])
    }
}
