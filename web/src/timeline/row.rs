//! Owns the rows of a ladder: calls, crossings and packets merged by their beginnings, counted and found
//! by bisection. Nothing is stored for it but what its parts store.

use super::packet::{Joined, Line};
use super::{Base, Packet, Timeline};
use protocol::{Nanos, PacketId};

/// One line of packets.
pub(crate) enum PacketLine<'a> {
    /// One packet's.
    One(&'a Packet),
    /// Many of one kind; the last that came of them.
    Many(Joined, &'a Packet),
}

impl Timeline {
    /// What the bytes of a packet said about the numbers that its connection counts from.
    pub fn learn_base(&mut self, packet: PacketId, base: Base) {
        self.packets.learn(packet, base);
    }

    /// What was learned so of a packet's connection.
    pub fn base(&self, packet: &Packet) -> Option<Base> {
        self.packets.base(packet)
    }

    /// How many rows began at or before a moment. `each`: every packet is a row of its own.
    pub(crate) fn rows(&self, at: Nanos, each: bool) -> usize {
        self.calls.begun(at) + self.crossings.begun(at) + self.packets.rows(at, each)
    }

    /// When a row began, counted from 1; the last where there are not so many.
    pub(crate) fn row(&self, row: usize, each: bool) -> Nanos {
        let (mut low, mut high) = (0, self.newest.at);
        while low < high {
            let middle = low + (high - low) / 2;
            if self.rows(middle, each) >= row {
                high = middle;
            } else {
                low = middle + 1;
            }
        }
        low
    }

    /// At most about `most` lines of packets that began at or before `until`, as they stand at `at`; and
    /// the moment before which they are not complete.
    pub(crate) fn packet_lines(
        &self,
        until: Nanos,
        at: Nanos,
        most: usize,
        each: bool,
    ) -> (Vec<PacketLine<'_>>, Nanos) {
        if each {
            let mut before = self.packets.before(until.min(at));
            let lines = before.by_ref().take(most).map(PacketLine::One).collect();
            return (lines, before.next().map_or(0, |next| next.entered + 1));
        }
        let (lines, oldest) = self.packets.lines(until, at, most);
        let stored = lines.into_iter().filter_map(|line| match line {
            Line::One(place) => Some(PacketLine::One(self.packets.stored(place)?)),
            Line::Many(joined) => {
                let last = self.packets.stored(joined.place())?;
                Some(PacketLine::Many(joined, last))
            }
        });
        (stored.collect(), oldest)
    }
}
