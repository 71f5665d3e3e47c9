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

    /// Every packet that moves, in the order in which they would leave.
    pub(super) fn moving(&self) -> Vec<PacketId> {
        self.due.iter().map(|(_, id)| *id).collect()
    }

    /// Every packet that is held, in the order in which they would go on.
    pub(super) fn held(&self) -> Vec<PacketId> {
        let mut held: Vec<_> = self.held.values().map(|packet| (packet.at, packet.id)).collect();
        held.sort_unstable();
        held.into_iter().map(|(_, id)| id).collect()
    }
}
