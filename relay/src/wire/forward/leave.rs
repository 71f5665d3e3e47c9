//! Owns a packet's end: its fate is told before it is written; a failed write is told after.

use super::Post;
use super::line::Pending;
use protocol::What;
use protocol::packet::{Lost, PacketFate};

impl Post {
    /// Every packet whose moment has come leaves.
    pub(super) fn release_due(&mut self) {
        let now = self.journal.now();
        while let Some(packet) = self.line.pop_due(now) {
            self.leave(packet);
        }
        self.flush();
    }

    /// Tells of its fate; it is written when the journal knows.
    pub(super) fn leave(&mut self, packet: Pending) {
        let fate = packet.doom.map_or(PacketFate::Delivered, PacketFate::Lost);
        self.tell(What::PacketLeft { packet: packet.id, flow: packet.flow, fate });
        if fate == PacketFate::Delivered {
            self.leaving.push(packet);
        }
    }

    /// Writes what was told to leave.
    pub(super) fn write_out(&mut self) {
        if self.leaving.is_empty() {
            return;
        }
        let mut refused = Vec::new();
        for packet in self.leaving.drain(..) {
            let far = packet.from.opposite();
            if self.devices[far.index()].write(&packet.bytes).is_err() {
                refused.push((packet.id, packet.flow));
            }
        }
        self.arrivals.notify_one();
        for (packet, flow) in refused {
            let fate = PacketFate::Lost(Lost::DeviceFull);
            self.journal.append(protocol::Source::Wire, What::PacketLeft { packet, flow, fate });
        }
    }
}
