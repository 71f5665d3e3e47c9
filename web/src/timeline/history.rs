//! Owns the stored events and the checkpoints among them.

use protocol::message::Thin;
use protocol::{Event, Nanos, Seq, World};
use std::collections::VecDeque;

/// Events kept at most (rounded up to a checkpoint).
pub(super) const KEPT: usize = 200_000;
/// Events between two checkpoints, for a small world.
const STRIDE: usize = 1_000;

/// What one step of the history is.
#[derive(Clone, Debug)]
pub(super) enum Entry {
    /// One event.
    Event(Event),
    /// Events of single packets, told in sums: the first, the last, and that one's moment.
    Thinned { from: Seq, to: Seq, at: Nanos, flows: Vec<Thin> },
    /// What came before it is missing; so the world stood after it.
    Leap(Box<World>),
}

impl Entry {
    fn at(&self) -> Nanos {
        match self {
            Self::Event(event) => event.at,
            Self::Thinned { at, .. } => *at,
            Self::Leap(world) => world.at,
        }
    }

    fn events(&self) -> u64 {
        match self {
            Self::Event(_) => 1,
            Self::Thinned { from, to, .. } => to.saturating_sub(*from) + 1,
            Self::Leap(_) => 0,
        }
    }

    pub(super) fn fold(&self, world: &mut World) {
        match self {
            Self::Event(event) => world.apply(event),
            Self::Thinned { from, to, at, flows } => world.apply_thinned(*from, *to, *at, flows),
            Self::Leap(after) => world.clone_from(after),
        }
    }

    fn event(&self) -> Option<&Event> {
        match self {
            Self::Event(event) => Some(event),
            Self::Thinned { .. } | Self::Leap(_) => None,
        }
    }
}

/// The entries in order, and worlds among them.
pub(super) struct History {
    entries: VecDeque<Entry>,
    /// (how many stored entries this world has seen, the world); the first has seen none.
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
    let wire = world.wire.as_ref().map_or(0, |wire| wire.packets.len() + wire.flows.len());
    STRIDE + world.sockets.len() * 20 + sheets / 10 + wire
}

impl History {
    pub(super) fn new(oldest: World) -> Self {
        Self::bounded(oldest, KEPT)
    }

    pub(super) fn bounded(oldest: World, kept: usize) -> Self {
        Self {
            entries: VecDeque::new(),
            checkpoints: VecDeque::from([(0, oldest)]),
            fallen: 0,
            kept,
        }
    }

    /// A recording is shown.
    pub(super) fn lift(&mut self) {
        self.kept = super::bound::REPLAYED;
    }

    /// The world before the oldest stored event.
    pub(super) fn oldest(&self) -> &World {
        &self.checkpoints[0].1
    }

    pub(super) fn fallen(&self) -> u64 {
        self.fallen
    }

    /// Adds an entry, after which the world is `after`; says how many old ones fell off.
    pub(super) fn push(&mut self, entry: Entry, after: &World) -> usize {
        self.entries.push_back(entry);
        let last = self.checkpoints.back().map_or(0, |(seen, _)| *seen);
        if self.entries.len() >= last + stride(after) {
            self.checkpoints.push_back((self.entries.len(), after.clone()));
        }
        if self.entries.len() <= self.kept || self.checkpoints.len() < 2 {
            return 0;
        }
        let cut = self.checkpoints[1].0;
        self.checkpoints.pop_front();
        for (seen, _) in &mut self.checkpoints {
            *seen -= cut;
        }
        self.fallen += self.entries.drain(..cut).map(|entry| entry.events()).sum::<u64>();
        cut
    }

    /// How many stored entries happened at or before a moment.
    pub(super) fn before(&self, at: Nanos) -> usize {
        self.entries.partition_point(|entry| entry.at() <= at)
    }

    /// Makes `world`, which has seen `shown` stored entries, one that has seen `target`.
    pub(super) fn seek(&self, world: &mut World, shown: usize, target: usize) -> usize {
        let nearest = self.checkpoints.partition_point(|(seen, _)| *seen <= target) - 1;
        let (seen, checkpoint) = &self.checkpoints[nearest];
        let mut shown = shown;
        if target < shown || *seen > shown {
            *world = checkpoint.clone();
            shown = *seen;
        }
        self.entries.range(shown..target).for_each(|entry| entry.fold(world));
        target
    }

    /// Stored events after a moment.
    pub(super) fn after(&self, at: Nanos) -> impl Iterator<Item = &Event> {
        self.entries.range(self.before(at)..).filter_map(Entry::event)
    }

    /// Stored events at or before a moment.
    pub(super) fn until(&self, at: Nanos) -> impl DoubleEndedIterator<Item = &Event> {
        self.entries.range(..self.before(at)).filter_map(Entry::event)
    }
}
