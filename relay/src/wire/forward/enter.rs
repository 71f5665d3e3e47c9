//! Owns a packet's entry: it is read, named, told of, and its way is decided.

use super::super::impair::Verdict;
use super::super::packet::{self, Parsed};
use super::Post;
use super::line::Pending;
use protocol::packet::{End, Lost, Mark};
use protocol::wire::Deed;
use protocol::{Address, Nanos, PacketId, What};

impl Post {
    /// A packet came from an end: it lies in the room, so long.
    pub(super) fn enter(&mut self, from: End, length: usize, now: Nanos) {
        let id = self.new_id();
        let place = self.kept.keep(id, length);
        self.tap(id, self.kept.at(place.clone()));
        let parsed = self.reader.read(from, self.kept.at(place.clone()));
        let (flow, seen) = self.flows.of(from, &parsed);
        if let Some(seen) = seen {
            self.tell(seen);
        }
        let bytes = length as u32;
        let sprung = if self.traps.is_empty() {
            None
        } else {
            self.traps.spring(from, parsed.src.port(), parsed.dst.port(), &parsed.head)
        };
        let verdict = self.weather[from.index()].verdict(
            now,
            bytes,
            |matching| {
                packet::kind::fits(
                    matching,
                    from,
                    parsed.src.port(),
                    parsed.dst.port(),
                    &parsed.head,
                )
            },
            self.line.waiting(from),
        );
        let Parsed { src, dst, head, .. } = parsed;
        self.tell(What::PacketEntered {
            packet: id,
            flow,
            from,
            bytes,
            src: Address::Inet(src),
            dst: Address::Inet(dst),
            head,
        });
        if sprung.is_none() && self.goes_on(&verdict, length, now) {
            return self.pass(id, flow, from, place);
        }
        let (doom, at) = match verdict.lost {
            Some((why, at)) => (Some(why), at),
            None => (None, verdict.at),
        };
        let mut packet = Pending { id, flow, from, bytes: self.kept.at(place).to_vec(), doom, at };
        self.impair(&mut packet, &verdict, now);
        let held = match sprung {
            Some((trap, act, left)) => {
                self.tell(What::TrapSprung { trap, packet: id, left });
                self.trapped(&mut packet, act, now)
            }
            None => false,
        };
        self.set_off(packet, held, now);
    }

    /// Its bytes for a recording, if one is made.
    fn tap(&self, id: PacketId, bytes: &[u8]) {
        if self.lasting.tap.snaplen() > 0 {
            self.lasting.tap.put(id, bytes);
        }
    }

    /// Whether nothing befalls it, not even time.
    fn goes_on(&self, verdict: &Verdict, length: usize, now: Nanos) -> bool {
        verdict.is_clean(now) && !self.frozen && !self.line.is_full(length)
    }

    /// What the weather does besides delay and loss.
    fn impair(&mut self, packet: &mut Pending, verdict: &Verdict, now: Nanos) {
        if let Some(twin) = verdict.copy {
            self.copy(packet, twin.at, twin.damage, now);
        }
        if let Some(pick) = verdict.damage {
            self.damage(packet, None, pick);
        }
    }

    /// What a trap does; whether the packet is to be held.
    fn trapped(&mut self, packet: &mut Pending, act: Deed, now: Nanos) -> bool {
        match act {
            Deed::Lose => {
                // In the middle of its way, as a random loss is.
                packet.at = now + packet.at.saturating_sub(now) / 2;
                packet.doom = Some(Lost::Killed);
            }
            Deed::Copy => {
                self.copy(packet, packet.at, None, now);
            }
            Deed::Damage { offset } => self.damage(packet, offset, packet.id.0 as u32),
            Deed::Delay { by } => {
                packet.at += by;
                self.tell(What::PacketMarked { packet: packet.id, mark: Mark::Delayed { by } });
            }
            Deed::Hold => return true,
        }
        false
    }

    /// A second packet like this one, which leaves at a moment of its own.
    pub(super) fn copy(
        &mut self,
        packet: &Pending,
        at: Nanos,
        damage: Option<u32>,
        now: Nanos,
    ) -> PacketId {
        let copy = self.new_id();
        self.tell(What::PacketMarked { packet: packet.id, mark: Mark::Copied { copy } });
        self.kept.keep_copy(copy, &packet.bytes);
        self.tap(copy, &packet.bytes);
        let mut twin = Pending { id: copy, doom: None, at, ..packet.clone() };
        if let Some(pick) = damage {
            self.damage(&mut twin, None, pick);
        }
        self.set_off(twin, false, now);
        copy
    }

    /// Flips a bit.
    pub(super) fn damage(&mut self, packet: &mut Pending, offset: Option<u32>, pick: u32) {
        if let Some(offset) = packet::damage::flip(&mut packet.bytes, offset, pick) {
            self.tell(What::PacketMarked { packet: packet.id, mark: Mark::Damaged { offset } });
            self.tap(packet.id, &packet.bytes);
        }
    }

    /// On its way: held, waiting, or out at once.
    pub(super) fn set_off(&mut self, mut packet: Pending, held: bool, now: Nanos) {
        if self.line.is_full(packet.bytes.len()) {
            packet.doom = Some(Lost::QueueFull);
            self.leave(packet);
        } else if held || self.frozen {
            packet.at = packet.at.saturating_sub(now);
            self.tell(What::PacketMarked { packet: packet.id, mark: Mark::Held });
            self.line.hold(packet);
        } else if packet.at > now {
            self.line.add(packet);
        } else {
            self.leave(packet);
        }
    }
}
