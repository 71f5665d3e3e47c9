//! Owns a packet's end: its fate is told before it is written; a failed write is told after.

use super::Post;
use super::line::Pending;
use protocol::packet::{End, Lost, PacketFate};
use protocol::{FlowId, PacketId, What};
use std::ops::Range;

/// A packet that leaves as soon as the journal knows.
pub(super) struct Leaving {
    id: PacketId,
    flow: FlowId,
    from: End,
    bytes: Bytes,
}

/// Where a packet's bytes are.
enum Bytes {
    /// Where they were read: it leaves in the turn in which it came.
    Kept(Range<usize>),
    /// With it: it was under way, or is not what it was.
    Own(Vec<u8>),
}

impl Post {
    /// Every packet whose moment has come leaves.
    pub(super) fn release_due(&mut self) {
        if self.line.next().is_none() {
            return;
        }
        let now = self.journal.now();
        while let Some(packet) = self.line.pop_due(now) {
            self.leave(packet);
        }
        self.flush();
    }

    /// Tells of its fate; it is written when the journal knows.
    pub(super) fn leave(&mut self, packet: Pending) {
        let Pending { id, flow, from, bytes, doom, .. } = packet;
        let fate = doom.map_or(PacketFate::Delivered, PacketFate::Lost);
        self.tell(What::PacketLeft { packet: id, flow, fate });
        if fate == PacketFate::Delivered {
            self.leaving.push(Leaving { id, flow, from, bytes: Bytes::Own(bytes) });
        }
    }

    /// The same of a packet that was read in this turn and goes on as it is.
    pub(super) fn pass(&mut self, id: PacketId, flow: FlowId, from: End, place: Range<usize>) {
        self.tell(What::PacketLeft { packet: id, flow, fate: PacketFate::Delivered });
        self.leaving.push(Leaving { id, flow, from, bytes: Bytes::Kept(place) });
    }

    /// Writes what was told to leave.
    pub(super) fn write_out(&mut self) {
        if self.leaving.is_empty() {
            return;
        }
        let mut refused = Vec::new();
        for Leaving { id, flow, from, bytes } in self.leaving.drain(..) {
            let bytes = match &bytes {
                Bytes::Kept(place) => self.kept.at(place.clone()),
                Bytes::Own(bytes) => bytes,
            };
            if self.devices[from.opposite().index()].write(bytes).is_err() {
                refused.push((id, flow));
            }
        }
        self.arrivals.notify_one();
        for (packet, flow) in refused {
            let fate = PacketFate::Lost(Lost::DeviceFull);
            self.journal.append(protocol::Source::Wire, What::PacketLeft { packet, flow, fate });
        }
    }
}
