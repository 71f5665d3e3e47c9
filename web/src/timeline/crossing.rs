//! Owns what crossed between two sockets and within which span. On `host` nobody saw it: inferred.

use super::bound::Bound;
use super::packet::Leg;
use protocol::event::Crossing;
use protocol::table::Table;
use protocol::{CallId, Event, Nanos, SocketId, Source, What};
use std::collections::VecDeque;

/// A span shorter than this is drawn as if it were this long: a picture needs some time to move in.
const SHORTEST: Nanos = 1_000;
/// Crossings kept at most.
const KEPT: usize = 50_000;

/// Something that moves between two sockets within a span; inferred on host.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Move {
    /// Sender.
    pub from: SocketId,
    /// Receiver.
    pub to: SocketId,
    /// What.
    pub what: Crossing,
    /// It leaves at this moment.
    pub began: Nanos,
    /// It is there at this moment.
    pub ended: Nanos,
    /// Who says so.
    pub source: Source,
}

impl Move {
    /// How far it is at a moment, 0 to 1.
    pub fn progress(&self, at: Nanos) -> f32 {
        let span = (self.ended - self.began).max(1) as f64;
        (at.saturating_sub(self.began) as f64 / span).min(1.0) as f32
    }

    /// The span in which it moves.
    pub(super) fn leg(&self) -> Leg {
        Leg { began: self.began, ended: self.ended, burst: self.burst() }
    }

    /// The burst that it is a run of.
    pub fn burst(&self) -> Option<CallId> {
        match self.what {
            Crossing::Datagrams { call, .. } => Some(call),
            _ => None,
        }
    }
}

/// Crossings in the order of their beginnings, with the furthest end among all up to each.
#[derive(Default)]
pub(super) struct Crossings {
    pub(in crate::timeline) kept: Bound<KEPT>,
    moves: VecDeque<(Move, Nanos)>,
    bursts: Table<CallId, (Nanos, Nanos)>,
}

impl Crossings {
    pub(super) fn push(&mut self, event: &Event) {
        let What::Crossed { from, to, what, began, ended } = &event.what else { return };
        let new = Move {
            from: *from,
            to: *to,
            what: *what,
            began: *began,
            ended: (*ended).max(began + SHORTEST),
            source: event.source,
        };
        if let Some(burst) = new.burst() {
            let span = self.bursts.or_insert(burst, (new.began, new.ended));
            *span = (span.0.min(new.began), span.1.max(new.ended));
        }
        let place = self.moves.partition_point(|(old, _)| old.began <= new.began);
        self.moves.insert(place, (new, 0));
        let mut reach = if place == 0 { 0 } else { self.moves[place - 1].1 };
        for (moving, furthest) in self.moves.range_mut(place..) {
            reach = reach.max(moving.ended);
            *furthest = reach;
        }
        if self.kept.is_passed(self.moves.len()) {
            self.moves.pop_front();
        }
        while self.bursts.len() > protocol::world::KEPT_BURSTS {
            self.bursts.pop_first();
        }
    }

    pub(super) fn before(&self, at: Nanos) -> impl Iterator<Item = &Move> {
        let end = self.moves.partition_point(|(moving, _)| moving.began <= at);
        self.moves.range(..end).rev().map(|(moving, _)| moving)
    }

    /// How many began at or before a moment.
    pub(super) fn begun(&self, at: Nanos) -> usize {
        self.moves.partition_point(|(moving, _)| moving.began <= at)
    }

    pub(super) fn at(&self, at: Nanos) -> impl Iterator<Item = &Move> {
        let end = self.moves.partition_point(|(moving, _)| moving.began <= at);
        self.moves
            .range(..end)
            .rev()
            .take_while(move |(_, furthest)| *furthest > at)
            .map(|(moving, _)| moving)
            .filter(move |moving| moving.ended > at)
    }

    pub(super) fn next_began(&self, at: Nanos, but: Option<CallId>) -> Option<Nanos> {
        let next = self.moves.partition_point(|(moving, _)| moving.began <= at);
        let mut later = self.moves.range(next..).map(|(moving, _)| moving);
        let found = later.find(|moving| but.is_none() || moving.burst() != but);
        found.map(|moving| moving.began)
    }

    pub(super) fn burst(&self, burst: CallId) -> Option<(Nanos, Nanos)> {
        self.bursts.get(&burst).copied()
    }

    /// Beginning, middle and end of each crossing are steps of their own; of a burst's, its own only.
    fn stops<'a>(&'a self, moving: &'a Move) -> [Nanos; 3] {
        let (began, ended) = moving
            .burst()
            .and_then(|burst| self.burst(burst))
            .unwrap_or((moving.began, moving.ended));
        [began, began + (ended - began) / 2, ended]
    }

    pub(super) fn next_stop(&self, at: Nanos) -> Option<Nanos> {
        let under_way = self.at(at).flat_map(|moving| self.stops(moving)).filter(|stop| *stop > at);
        under_way.chain(self.next_began(at, None)).min()
    }

    pub(super) fn previous_stop(&self, at: Nanos) -> Option<Nanos> {
        self.before(at)
            .take(64)
            .flat_map(|moving| self.stops(moving))
            .filter(|stop| *stop < at)
            .max()
    }
}
