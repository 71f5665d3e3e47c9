//! Owns the random numbers of one direction. Never seeds itself.

use protocol::wire::{ALWAYS, Ppm};
use rand_pcg::Pcg32;
use rand_pcg::rand_core::{Rng as _, SeedableRng as _};

/// A generator whose numbers are the same for the same seed, on every machine and in every version.
#[derive(Clone, Debug)]
pub(super) struct Chance(Pcg32);

impl Chance {
    /// Begins with this seed.
    pub(super) fn new(seed: u64) -> Self {
        Self(Pcg32::seed_from_u64(seed))
    }

    /// Whether it happens this time. Draws nothing where it never can.
    pub(super) fn of(&mut self, share: Ppm) -> bool {
        share > 0 && (u64::from(self.any()) * u64::from(ALWAYS)) >> 32 < u64::from(share)
    }

    /// Any number.
    pub(super) fn any(&mut self) -> u32 {
        self.0.next_u32()
    }

    /// A number from 0 to below `bound`, all alike to within 2^-64; 0, and nothing drawn, below 2.
    pub(super) fn below(&mut self, bound: u64) -> u64 {
        if bound < 2 {
            return 0;
        }
        ((u128::from(self.0.next_u64()) * u128::from(bound)) >> 64) as u64
    }
}
