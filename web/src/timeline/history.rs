//! Owns the stored events and the checkpoints among them.

use protocol::{Event, Nanos, World};
use std::collections::VecDeque;

/// Events kept at most (rounded up to a checkpoint).
pub(super) const KEPT: usize = 200_000;
/// Events between two checkpoints, for a small world.
const STRIDE: usize = 1_000;

/// The events in order, and worlds among them.
pub(super) struct History {
    events: VecDeque<Event>,
    /// (how many stored events this world has seen, the world); the first has seen none.
    checkpoints: VecDeque<(usize, World)>,
    fallen: u64,
    kept: usize,
}

impl Default for History {
    fn default() -> Self {
        Self::new(World::default())
    }
}

/// A big world is copied less often.
fn stride(world: &World) -> usize {
    let sheets: usize = world.bursts.values().map(|burst| burst.sheet.len()).sum();
    STRIDE + world.sockets.len() * 20 + sheets / 10
}

impl History {
    pub(super) fn new(oldest: World) -> Self {
        Self::bounded(oldest, KEPT)
    }

    pub(super) fn bounded(oldest: World, kept: usize) -> Self {
        Self {
            events: VecDeque::new(),
            checkpoints: VecDeque::from([(0, oldest)]),
            fallen: 0,
            kept,
        }
    }

    /// The world before the oldest stored event.
    pub(super) fn oldest(&self) -> &World {
        &self.checkpoints[0].1
    }

    pub(super) fn fallen(&self) -> u64 {
        self.fallen
    }

    /// Adds an event, after which the world is `after`; says how many old ones fell off.
    pub(super) fn push(&mut self, event: Event, after: &World) -> usize {
        self.events.push_back(event);
        let last = self.checkpoints.back().map_or(0, |(seen, _)| *seen);
        if self.events.len() >= last + stride(after) {
            self.checkpoints.push_back((self.events.len(), after.clone()));
        }
        if self.events.len() <= self.kept || self.checkpoints.len() < 2 {
            return 0;
        }
        let cut = self.checkpoints[1].0;
        self.checkpoints.pop_front();
        for (seen, _) in &mut self.checkpoints {
            *seen -= cut;
        }
        self.events.drain(..cut);
        self.fallen += cut as u64;
        cut
    }

    /// How many stored events happened at or before a moment.
    pub(super) fn before(&self, at: Nanos) -> usize {
        self.events.partition_point(|event| event.at <= at)
    }

    /// Makes `world`, which has seen `shown` stored events, one that has seen `target`.
    pub(super) fn seek(&self, world: &mut World, shown: usize, target: usize) -> usize {
        let nearest = self.checkpoints.partition_point(|(seen, _)| *seen <= target) - 1;
        let (seen, checkpoint) = &self.checkpoints[nearest];
        let mut shown = shown;
        if target < shown || *seen > shown {
            *world = checkpoint.clone();
            shown = *seen;
        }
        self.events.range(shown..target).for_each(|event| world.apply(event));
        target
    }

    /// Stored events after a moment.
    pub(super) fn after(&self, at: Nanos) -> impl Iterator<Item = &Event> {
        self.events.range(self.before(at)..)
    }

    /// Stored events at or before a moment.
    pub(super) fn until(&self, at: Nanos) -> impl DoubleEndedIterator<Item = &Event> {
        self.events.range(..self.before(at))
    }
}
