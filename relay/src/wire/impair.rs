//! Owns one direction's impairments: what becomes of each packet, as tc-netem(8) would have it. Never
//! holds a packet, never asks a clock: the caller keeps the queue and says what time it is.
//!
//! # Order of decisions (net/sched/sch_netem.c, `netem_enqueue`)
//! 0. Not netem's: a pulled cable loses everything, and the n-th packet that fits is lost whatever else
//!    was in store for it.
//! 1. *Duplicate?* count becomes 2. *Loss?* count goes down by one. At 0 the packet is lost; a packet
//!    that is both duplicated and lost goes on once.
//! 2. *Corrupt?* one bit, of this packet only.
//! 3. *Queue full?* with `queue` packets waiting already it is lost, its copy too.
//! 4. The copy comes in anew, as netem feeds it back to itself: it has its own loss (then there simply
//!    is no copy), corruption, delay and rate, but is never copied again. Here it comes behind the
//!    packet, in netem before it; as they are alike, nobody can tell.
//! 5. *Reorder?* (with a delay only) it leaves at once, past all that wait, the slow link's queue too.
//!    Each packet has that chance, as with netem's gap 1.
//! 6. *Delay* is even in [delay − jitter, delay + jitter), so that packets may overtake each other.
//!    With a *rate* they may not: a packet leaves at max(the last one's leaving, now + delay) + its bits
//!    / rate. Time spent waiting for the link counts towards the delay.
//!
//! # What differs
//! netem loses a packet when it comes; here a random loss acts at half its delay, so that a packet that
//! falls in the middle of the picture is the truth. No random number is correlated, probabilities are
//! parts per million, and bits per second count IP bytes, there being no link layer.

mod chance;
mod loss;

use chance::Chance;
use loss::Bursts;
use protocol::Nanos;
use protocol::packet::Lost;
use protocol::wire::{Impairment, Loss, Match, QUEUE};

/// What becomes of a packet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Verdict {
    /// Why it is lost, and when that happens: at half its delay, or at once (queue full, cable).
    pub lost: Option<(Lost, Nanos)>,
    /// When it leaves; where it is lost, when that happens.
    pub at: Nanos,
    /// Its damage: a random number that picks the bit.
    pub damage: Option<u32>,
    /// Its copy.
    pub copy: Option<Twin>,
}

/// What becomes of a packet's copy.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Twin {
    /// When it leaves.
    pub at: Nanos,
    /// Its own damage, of the packet as it was.
    pub damage: Option<u32>,
}

/// One direction of the wire.
#[derive(Clone, Debug)]
pub struct Line {
    impairment: Impairment,
    chance: Chance,
    bursts: Bursts,
    /// Packets that fitted the nth loss since it was set.
    fitted: u32,
    /// The latest leaving told so far of a packet that did not overtake.
    last: Nanos,
}

impl Line {
    /// A clean one; the same seed gives the same verdicts.
    pub fn new(seed: u64) -> Self {
        Self {
            impairment: Impairment::default(),
            chance: Chance::new(seed),
            bursts: Bursts::default(),
            fitted: 0,
            last: 0,
        }
    }

    /// Impairs packets from now on. The random numbers go on, bursts and the nth loss begin anew.
    /// Those that wait keep their time, and a slow link sends them first.
    pub fn set(&mut self, impairment: Impairment) {
        self.impairment = impairment;
        (self.bursts, self.fitted) = (Bursts::default(), 0);
    }

    /// Begins the random numbers anew.
    pub fn reseed(&mut self, seed: u64) {
        self.chance = Chance::new(seed);
    }

    /// What becomes of a packet of `bytes` (IP header included) that entered at `now`. `waiting`:
    /// packets of this direction that have neither left nor been lost, those doomed to be lost left
    /// out. `fits` says whether the packet fits the nth loss, which counts by itself.
    pub fn verdict(
        &mut self,
        now: Nanos,
        bytes: u32,
        fits: impl Fn(&Match) -> bool,
        waiting: usize,
    ) -> Verdict {
        if self.impairment.pulled {
            return Verdict::lost(Lost::Cable, now);
        }
        if self.is_nth(fits) {
            return self.falls(Lost::Nth, now);
        }
        let twice = self.chance.of(self.impairment.duplicate);
        let lost = self.loses();
        if let (false, Some(why)) = (twice, lost) {
            return self.falls(why, now);
        }
        let damage = self.corrupts();
        let queue = self.impairment.queue.unwrap_or(QUEUE);
        if waiting >= queue as usize {
            return Verdict::lost(Lost::QueueFull, now);
        }
        let at = self.leaves(now, bytes);
        let copy = (twice && lost.is_none()).then(|| self.twin(now, bytes)).flatten();
        Verdict { lost: None, at, damage, copy }
    }

    fn twin(&mut self, now: Nanos, bytes: u32) -> Option<Twin> {
        if self.loses().is_some() {
            return None;
        }
        let damage = self.corrupts();
        Some(Twin { at: self.leaves(now, bytes), damage })
    }

    fn is_nth(&mut self, fits: impl Fn(&Match) -> bool) -> bool {
        let Some(matching) = &self.impairment.nth else { return false };
        if !fits(matching) {
            return false;
        }
        self.fitted = self.fitted.saturating_add(1);
        self.fitted == matching.nth.unwrap_or(1)
    }

    fn loses(&mut self) -> Option<Lost> {
        match self.impairment.loss? {
            Loss::Random(share) => self.chance.of(share).then_some(Lost::Random),
            Loss::GilbertElliott { p, r, bad, good } => {
                self.bursts.loses(&mut self.chance, [p, r], [bad, good]).then_some(Lost::Burst)
            }
        }
    }

    fn corrupts(&mut self) -> Option<u32> {
        let corrupts = self.chance.of(self.impairment.corrupt);
        corrupts.then(|| self.chance.any())
    }

    /// Lost at half its delay.
    fn falls(&mut self, why: Lost, now: Nanos) -> Verdict {
        let half = self.delay() / 2;
        Verdict::lost(why, now.saturating_add(half))
    }

    fn delay(&mut self) -> Nanos {
        let Impairment { delay, jitter, .. } = self.impairment;
        let least = delay.saturating_sub(jitter);
        least.saturating_add(self.chance.below(jitter.saturating_mul(2)))
    }

    /// When a packet leaves that nothing keeps from it.
    fn leaves(&mut self, now: Nanos, bytes: u32) -> Nanos {
        let Impairment { delay, reorder, rate, .. } = self.impairment;
        if delay > 0 && self.chance.of(reorder) {
            return now;
        }
        let mut at = now.saturating_add(self.delay());
        if let Some(rate) = rate {
            at = self.last.max(at).saturating_add(serialisation(bytes, rate));
        }
        self.last = self.last.max(at);
        at
    }
}

/// How long a link of so many bits a second takes for so many bytes, rounded down, as in netem.
fn serialisation(bytes: u32, rate: u64) -> Nanos {
    const SECOND: u128 = 1_000_000_000;
    let bits = u128::from(bytes) * 8;
    Nanos::try_from(bits * SECOND / u128::from(rate.max(1))).unwrap_or(Nanos::MAX)
}

impl Verdict {
    /// Whether the packet goes on as it is, at once.
    pub fn is_clean(&self, now: Nanos) -> bool {
        self.lost.is_none() && self.damage.is_none() && self.copy.is_none() && self.at <= now
    }

    fn lost(why: Lost, at: Nanos) -> Self {
        Self { lost: Some((why, at)), at, damage: None, copy: None }
    }
}

#[cfg(test)]
mod tests;
