//! Owns what is under way: packets that wait for their moment, and those that are held. Bounded.

use protocol::packet::{End, Lost};
use protocol::{FlowId, Nanos, PacketId};
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// Bytes under way at most, both directions together, each packet with what is remembered of it.
const BYTES: usize = 128 * 1024 * 1024;
/// What is remembered of a packet besides its bytes, here and in the journal's world, about.
const REMEMBERED: usize = 512;

/// A packet under way.
#[derive(Clone, Debug)]
pub(super) struct Pending {
    pub(super) id: PacketId,
    pub(super) flow: FlowId,
    pub(super) from: End,
    pub(super) bytes: Vec<u8>,
    /// How it will leave: lost for this reason, else delivered.
    pub(super) doom: Option<Lost>,
    /// When it leaves; while it is held, how long it then still takes.
    pub(super) at: Nanos,
}

/// Everything under way.
#[derive(Default)]
pub(super) struct Line {
    moving: HashMap<PacketId, Pending>,
    due: BTreeSet<(Nanos, PacketId)>,
    held: BTreeMap<PacketId, Pending>,
    waiting: [usize; 2],
    bytes: usize,
}

impl Line {
    /// Packets of a direction that wait for their moment, to be delivered then.
    pub(super) fn waiting(&self, from: End) -> usize {
        self.waiting[from.index()]
    }

    /// Whether another packet of so many bytes would be too much.
    pub(super) fn is_full(&self, more: usize) -> bool {
        self.bytes + more + REMEMBERED > BYTES
    }

    /// When the next packet leaves.
    pub(super) fn next(&self) -> Option<Nanos> {
        self.due.first().map(|(at, _)| *at)
    }

    /// A packet that leaves at its moment.
    pub(super) fn add(&mut self, packet: Pending) {
        self.bytes += packet.bytes.len() + REMEMBERED;
        self.waiting[packet.from.index()] += usize::from(packet.doom.is_none());
        self.due.insert((packet.at, packet.id));
        self.moving.insert(packet.id, packet);
    }

    /// A packet that stands still; `at` is how long it will still take.
    pub(super) fn hold(&mut self, packet: Pending) {
        self.bytes += packet.bytes.len() + REMEMBERED;
        self.held.insert(packet.id, packet);
    }

    /// The next packet whose moment has come.
    pub(super) fn pop_due(&mut self, now: Nanos) -> Option<Pending> {
        let (at, id) = *self.due.first()?;
        if at > now { None } else { self.take_moving(id) }
    }

    fn take_moving(&mut self, id: PacketId) -> Option<Pending> {
        let packet = self.moving.remove(&id)?;
        self.due.remove(&(packet.at, id));
        self.bytes -= packet.bytes.len() + REMEMBERED;
        self.waiting[packet.from.index()] -= usize::from(packet.doom.is_none());
        Some(packet)
    }

    fn take_held(&mut self, id: PacketId) -> Option<Pending> {
        let packet = self.held.remove(&id)?;
        self.bytes -= packet.bytes.len() + REMEMBERED;
        Some(packet)
    }

    /// Takes a packet off the line, and whether it was held.
    pub(super) fn take(&mut self, id: PacketId) -> Option<(Pending, bool)> {
        let held = self.take_held(id).map(|packet| (packet, true));
        held.or_else(|| self.take_moving(id).map(|packet| (packet, false)))
    }

    /// Whether it is under way.
    pub(super) fn has(&self, id: PacketId) -> bool {
        self.held.contains_key(&id) || self.moving.contains_key(&id)
    }

    /// Stops every packet that moves, all at one moment, so that none comes nearer to another. Says
    /// which, in the order in which they would have left.
    pub(super) fn stop(&mut self, now: Nanos) -> Vec<PacketId> {
        // Some may be late already: what was to leave first still does.
        let now = self.next().map_or(now, |next| next.min(now));
        let moving: Vec<_> = self.due.iter().map(|(_, id)| *id).collect();
        for id in &moving {
            let Some(packet) = self.take_moving(*id) else { continue };
            self.hold(Pending { at: packet.at.saturating_sub(now), ..packet });
        }
        moving
    }

    /// Every packet that is held, in the order in which they would go on.
    pub(super) fn held(&self) -> Vec<PacketId> {
        let mut held: Vec<_> = self.held.values().map(|packet| (packet.at, packet.id)).collect();
        held.sort_unstable();
        held.into_iter().map(|(_, id)| id).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn packet(id: u64, at: Nanos) -> Pending {
        let (id, bytes) = (PacketId(id), vec![0; 20]);
        Pending { id, flow: FlowId(1), from: End::Left, bytes, doom: None, at }
    }

    /// Stops the line and lets it go on again; in which order its packets leave, and when.
    fn stopped(packets: &[(u64, Nanos)], stop: Nanos, go_on: Nanos) -> Vec<(u64, Nanos)> {
        let mut line = Line::default();
        for (id, at) in packets {
            line.add(packet(*id, *at));
        }
        let order = line.stop(stop);
        assert_eq!((line.next(), line.waiting(End::Left)), (None, 0));
        assert_eq!(line.held(), order, "they go on in the order in which they would have left");
        for id in order {
            let (packet, held) = line.take(id).expect("it is held");
            assert!(held);
            line.add(Pending { at: packet.at + go_on, ..packet });
        }
        let left = std::iter::from_fn(|| line.pop_due(Nanos::MAX));
        let left = left.map(|packet| (packet.id.0, packet.at)).collect();
        assert_eq!(line.bytes, 0);
        left
    }

    #[test]
    fn what_is_stopped_together_keeps_its_order_and_its_distances() {
        // Read in one turn, the first three leave at one moment.
        let packets = [(1, 300), (2, 300), (3, 300), (5, 301), (4, 302)];
        let left = stopped(&packets, 100, 1_000);
        assert_eq!(left, [(1, 1_200), (2, 1_200), (3, 1_200), (5, 1_201), (4, 1_202)]);
    }

    #[test]
    fn what_is_late_when_it_is_stopped_keeps_its_order_too() {
        let left = stopped(&[(2, 300), (1, 310), (3, 400)], 350, 1_000);
        assert_eq!(left, [(2, 1_000), (1, 1_010), (3, 1_100)]);
    }
}
