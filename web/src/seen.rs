//! Owns the last packets that were told of, those that have left our hands too: head, fate, and which
//! trap caught them. Bounded: the oldest are forgotten.

use protocol::packet::{Head, Mark, PacketFate};
use protocol::table::Table;
use protocol::{Address, End, Event, FlowId, Nanos, PacketId, TrapId, What, World};

/// Packets remembered.
const KEPT: usize = 4_096;

/// A packet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Packet {
    /// Its flow.
    pub flow: FlowId,
    /// From which end.
    pub from: End,
    /// Its length, IP header included.
    pub bytes: u32,
    /// Its sender.
    pub src: Address,
    /// Its receiver.
    pub dst: Address,
    /// What its headers say.
    pub head: Head,
    /// When it came.
    pub entered: Nanos,
    /// When and how it left.
    pub left: Option<(Nanos, PacketFate)>,
    /// Which packet it is a copy of.
    pub copy_of: Option<PacketId>,
    /// Whether a bit of it was flipped on the wire.
    pub damaged: bool,
    /// The last trap that caught it.
    pub trap: Option<TrapId>,
}

/// The packets.
#[derive(Default)]
pub struct Seen {
    packets: Table<PacketId, Packet>,
}

impl Seen {
    /// Begins anew from a snapshot.
    pub fn restart(&mut self, snapshot: &World) {
        self.packets.clear();
        let packets = snapshot.wire.iter().flat_map(|wire| &wire.packets);
        for (id, packet) in packets {
            let packet = packet.clone();
            let known = Packet {
                flow: packet.flow,
                from: packet.from,
                bytes: packet.bytes,
                src: packet.src,
                dst: packet.dst,
                head: packet.head,
                entered: packet.entered,
                left: None,
                copy_of: packet.copy_of,
                damaged: packet.damaged,
                trap: None,
            };
            self.put(*id, known);
        }
    }

    /// Takes in what an event tells of packets.
    pub fn push(&mut self, event: &Event) {
        match &event.what {
            What::PacketEntered { packet, flow, from, bytes, src, dst, head } => {
                let known = Packet {
                    flow: *flow,
                    from: *from,
                    bytes: *bytes,
                    src: src.clone(),
                    dst: dst.clone(),
                    head: head.clone(),
                    entered: event.at,
                    left: None,
                    copy_of: None,
                    damaged: false,
                    trap: None,
                };
                self.put(*packet, known);
            }
            What::PacketMarked { packet, mark: Mark::Copied { copy } } => {
                if let Some(own) = self.packets.get(packet) {
                    let twin = Packet {
                        entered: event.at,
                        copy_of: Some(*packet),
                        trap: None,
                        ..own.clone()
                    };
                    self.put(*copy, twin);
                }
            }
            What::PacketMarked { packet, mark: Mark::Damaged { .. } } => {
                self.change(*packet, |packet| packet.damaged = true);
            }
            What::PacketLeft { packet, fate, .. } => {
                self.change(*packet, |packet| packet.left = Some((event.at, *fate)));
            }
            What::TrapSprung { trap, packet, .. } => {
                self.change(*packet, |packet| packet.trap = Some(*trap));
            }
            _ => {}
        }
    }

    /// A packet, while it is remembered.
    pub fn get(&self, id: PacketId) -> Option<&Packet> {
        self.packets.get(&id)
    }

    fn put(&mut self, id: PacketId, packet: Packet) {
        self.packets.insert(id, packet);
        if self.packets.len() > KEPT {
            self.packets.pop_first();
        }
    }

    fn change(&mut self, id: PacketId, change: impl FnOnce(&mut Packet)) {
        if let Some(packet) = self.packets.get_mut(&id) {
            change(packet);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use protocol::Source;
    use protocol::packet::{Lost, OtherHead};

    fn push(seen: &mut Seen, at: Nanos, what: What) {
        seen.push(&Event { seq: at, at, source: Source::Wire, what });
    }

    fn enter(seen: &mut Seen, id: u64) {
        let any: Address = "10.77.0.1:0".parse().unwrap();
        let head = Head::Other(OtherHead::default());
        let (src, dst, from) = (any.clone(), any, End::Left);
        let (packet, flow) = (PacketId(id), FlowId(1));
        push(seen, id, What::PacketEntered { packet, flow, from, bytes: 20, src, dst, head });
    }

    #[test]
    fn a_packet_is_remembered_with_its_fate_and_its_trap() {
        let mut seen = Seen::default();
        enter(&mut seen, 1);
        let (packet, flow) = (PacketId(1), FlowId(1));
        push(&mut seen, 2, What::TrapSprung { trap: TrapId(3), packet, left: 0 });
        let fate = PacketFate::Lost(Lost::Killed);
        push(&mut seen, 3, What::PacketLeft { packet, flow, fate });
        let known = seen.get(packet).unwrap();
        assert_eq!((known.left, known.trap), (Some((3, fate)), Some(TrapId(3))));
    }

    #[test]
    fn a_copy_is_a_packet_of_its_own() {
        let mut seen = Seen::default();
        enter(&mut seen, 1);
        let mark = Mark::Copied { copy: PacketId(2) };
        push(&mut seen, 9, What::PacketMarked { packet: PacketId(1), mark });
        let copy = seen.get(PacketId(2)).unwrap();
        assert_eq!((copy.copy_of, copy.entered), (Some(PacketId(1)), 9));
    }

    #[test]
    fn only_the_last_are_kept() {
        let mut seen = Seen::default();
        (1..=KEPT as u64 + 5).for_each(|id| enter(&mut seen, id));
        assert_eq!((seen.packets.len(), seen.get(PacketId(5))), (KEPT, None));
    }
}
