//! Owns what is asked of the wire while it runs: weather, traps, the wire held, single packets.

use super::{Order, Post, side_seed};
use protocol::data::Payload;
use protocol::packet::{End, Lost, Mark};
use protocol::reply::{Copied, Trapped, Whole};
use protocol::wire::{Deed, Handling, Impairment, Match};
use protocol::{Command, Done, ErrorKind, Failure, Nanos, PacketId, SessionId, Source, What};

impl Post {
    /// Does what is asked, tells of it, and answers.
    pub(super) fn order(&mut self, order: Order) {
        let Order { by, ask, reply } = order;
        let result = match ask {
            Command::Impair { from, set, seed } => self.set_weather(by, from, &set, seed),
            Command::Freeze { on } => Ok(self.freeze(by, on)),
            Command::Packet(handling) => self.handle(handling),
            Command::Trap { on: true, matching, act, count } => self.arm(by, matching, act, count),
            Command::Trap { matching, act, .. } => Ok(self.disarm(by, &matching, act)),
            Command::PacketBytes { packet } => self.bytes_of(packet),
            Command::Reset => self.clear(by),
            _ => Err(Failure::new(ErrorKind::BadRequest, "That is not asked of the wire.")),
        };
        self.flush();
        if let Some(reply) = reply {
            // An asker that has left wants no answer.
            let _ = reply.send((self.journal.seq(), result));
        }
    }

    fn set_weather(
        &mut self,
        by: Option<SessionId>,
        from: Option<End>,
        set: &Impairment,
        seed: Option<u32>,
    ) -> Result<Done, Failure> {
        set.check()?;
        for end in End::BOTH.into_iter().filter(|end| from.is_none_or(|from| from == *end)) {
            let weather = &mut self.weather[end.index()];
            weather.set(set.clone());
            if let Some(seed) = seed {
                weather.reseed(side_seed(seed, end));
            }
            self.set[end.index()] = set.clone();
            self.order_told(What::Impaired { by, from: end, set: set.clone(), seed });
        }
        Ok(Done::nothing())
    }

    fn freeze(&mut self, by: Option<SessionId>, on: bool) -> Done {
        if on != self.frozen {
            self.frozen = on;
            self.order_told(What::Frozen { by, on });
        }
        // One moment for all: a clock read for each would let a later packet overtake.
        let now = self.journal.now();
        if on {
            for packet in self.line.stop(now) {
                self.tell(What::PacketMarked { packet, mark: Mark::Held });
            }
        } else {
            for id in self.line.held() {
                self.go_on(id, now);
            }
        }
        Done::nothing()
    }

    /// A held packet takes up its way where it stopped.
    fn go_on(&mut self, id: PacketId, now: Nanos) {
        let Some((mut packet, _)) = self.line.take(id) else { return };
        packet.at += now;
        self.tell(What::PacketMarked { packet: id, mark: Mark::Released });
        self.set_off(packet, false, now);
    }

    fn hold(&mut self, id: PacketId) {
        let Some((mut packet, held)) = self.line.take(id) else { return };
        if !held {
            packet.at = packet.at.saturating_sub(self.journal.now());
            self.tell(What::PacketMarked { packet: id, mark: Mark::Held });
        }
        self.line.hold(packet);
    }

    fn handle(&mut self, handling: Handling) -> Result<Done, Failure> {
        let id = handling.packet();
        if !self.line.has(id) {
            return Err(self.too_late(id));
        }
        match handling {
            Handling::Hold { .. } => self.hold(id),
            Handling::Release { .. } => {
                if let Some((packet, held)) = self.line.take(id) {
                    if held {
                        self.tell(What::PacketMarked { packet: id, mark: Mark::Released });
                    }
                    self.leave(packet);
                }
            }
            Handling::Kill { .. } => {
                if let Some((mut packet, _)) = self.line.take(id) {
                    packet.doom = Some(Lost::Killed);
                    self.leave(packet);
                }
            }
            Handling::Copy { .. } => return Ok(self.copy_by_hand(id)),
            Handling::Damage { offset, .. } => {
                if let Some((mut packet, held)) = self.line.take(id) {
                    self.damage(&mut packet, offset, id.0 as u32);
                    if held {
                        self.line.hold(packet);
                    } else {
                        self.line.add(packet);
                    }
                }
            }
        }
        Ok(Done::nothing())
    }

    /// The copy goes at once, even past a wire that is held: it was asked for by hand.
    fn copy_by_hand(&mut self, id: PacketId) -> Done {
        let Some((packet, held)) = self.line.take(id) else { return Done::nothing() };
        let frozen = std::mem::take(&mut self.frozen);
        let copy = self.copy(&packet, 0, None, 0);
        self.frozen = frozen;
        if held {
            self.line.hold(packet);
        } else {
            self.line.add(packet);
        }
        Done::Copied(Copied { copy })
    }

    fn too_late(&self, id: PacketId) -> Failure {
        let text = if id.0 > 0 && id.0 < self.next {
            format!("Packet {id} is no longer on the wire.")
        } else {
            format!("There has been no packet {id}.")
        };
        Failure::new(ErrorKind::UnknownId, text)
    }

    fn arm(
        &mut self,
        by: Option<SessionId>,
        matching: Match,
        act: Deed,
        count: u32,
    ) -> Result<Done, Failure> {
        let trap = self.traps.arm(matching.clone(), act, count)?;
        self.order_told(What::TrapArmed { by, trap, matching, act, count });
        Ok(Done::Trapped(Trapped { trap }))
    }

    fn disarm(&mut self, by: Option<SessionId>, matching: &Match, act: Deed) -> Done {
        for trap in self.traps.disarm(matching, act) {
            self.order_told(What::TrapDisarmed { by, trap });
        }
        Done::nothing()
    }

    fn bytes_of(&self, id: PacketId) -> Result<Done, Failure> {
        match self.kept.get(id) {
            Some(bytes) => Ok(Done::Whole(Whole { data: Payload::new(bytes) })),
            None if id.0 > 0 && id.0 < self.next => Err(Failure::new(
                ErrorKind::UnknownId,
                format!("Packet {id} passed too long ago: its bytes are no longer kept."),
            )),
            None => Err(self.too_late(id)),
        }
    }

    /// As the wire began: clean, nothing held, no traps.
    fn clear(&mut self, by: Option<SessionId>) -> Result<Done, Failure> {
        for trap in self.traps.clear() {
            self.order_told(What::TrapDisarmed { by, trap });
        }
        for end in End::BOTH {
            if self.set[end.index()] != Impairment::default() {
                self.set_weather(by, Some(end), &Impairment::default(), None)?;
            }
        }
        // Held by a trap or by hand, they go on too.
        Ok(self.freeze(by, false))
    }

    fn order_told(&mut self, what: What) {
        self.news.push((Source::Relay, what));
    }
}
