//! Owns what must have crossed between two sockets of ours though nobody saw it: bounds drawn from what
//! the kernel says before and after. Marked `inferred`, never more than the kernel's numbers carry.

use super::desk::Desk;
use super::slot::Slot;
use super::watch::Reading;
use protocol::command::Kind;
use protocol::event::Crossing;
use protocol::{Command, Done, Failure, Nanos, SocketId, Source, TcpState, What};

impl Desk {
    /// Something crossed between `began` and now.
    fn crossed(&self, from: SocketId, to: SocketId, what: Crossing, began: Nanos, ended: Nanos) {
        self.journal.append(
            Source::Inferred,
            What::Crossed { from, to, what, began, ended: ended.max(began) },
        );
    }

    /// A connection's counters moved between two looks at it.
    pub(super) fn infer_from_change(&self, id: SocketId, before: &Reading, after: &Reading) {
        let (Some((acked, received)), Some(now)) = (before.progress(), after.state) else { return };
        let far = self.journal.look(|world| {
            // On the wire the packets themselves are seen.
            world.far_end(id).filter(|far| !world.across(id, *far))
        });
        let Some(far) = far else { return };
        let left_at = self.slots.borrow().get(&far).map_or(0, |slot| slot.sending_since.get());
        if let Some((acked_now, received_now)) = after.progress() {
            if received_now > received {
                let bytes = (received_now - received) as u32;
                self.crossed(
                    far,
                    id,
                    Crossing::Data { bytes },
                    before.at.max(left_at).min(after.at),
                    after.at,
                );
            }
            if acked_now > acked {
                let arrived = self.last_reading(far, |reading| reading.arrived).unwrap_or(0);
                self.crossed(
                    far,
                    id,
                    Crossing::Ack,
                    before.at.max(arrived).min(after.at),
                    after.at,
                );
            }
        }
        let had_fin = before.state.is_some_and(TcpState::fin_received);
        if now.fin_received() && !had_fin {
            self.crossed(far, id, Crossing::Fin, before.at.max(left_at).min(after.at), after.at);
        }
        let was_open = before.state.is_some_and(|state| {
            matches!(state, TcpState::Established | TcpState::CloseWait | TcpState::FinWait1)
        });
        if now == TcpState::Close && was_open {
            self.crossed(far, id, Crossing::Reset, before.at, after.at);
        }
    }

    /// A call succeeded that cannot have without something crossing.
    pub(super) fn infer_from_call(
        &self,
        slot: &Slot,
        ask: &Command,
        result: &Result<Done, Failure>,
        began: Nanos,
    ) {
        let now = self.journal.now();
        match (ask, result) {
            (Command::Connect { address, .. }, Ok(_))
                if slot.kind == Kind::Stream && !slot.is_unix() =>
            {
                let listener = self.journal.look(|world| {
                    let listener = || world.listener_of(slot.net, address);
                    world
                        .far_end(slot.id)
                        .or_else(listener)
                        .filter(|far| !world.across(slot.id, *far))
                });
                let Some(listener) = listener else { return };
                let third = (now - began) / 3;
                self.crossed(slot.id, listener, Crossing::Syn, began, began + third);
                self.crossed(listener, slot.id, Crossing::SynAck, began + third, began + 2 * third);
                self.crossed(slot.id, listener, Crossing::Ack, began + 2 * third, now);
            }
            (Command::SendTo { .. } | Command::Send { .. }, Ok(Done::Sent(sent)))
                if slot.kind == Kind::Datagram =>
            {
                self.datagrams_left(slot, ask, Crossing::Datagram { bytes: sent.bytes }, began);
            }
            _ => {}
        }
    }

    /// A Unix stream took bytes since `began`: they are in the other end's queue (unix(7)).
    pub(super) fn bytes_left(&self, slot: &Slot, bytes: u32, began: Nanos) {
        if bytes > 0
            && slot.is_unix()
            && slot.kind == Kind::Stream
            && let Some(far) = self.journal.look(|world| world.far_end(slot.id))
        {
            self.crossed(slot.id, far, Crossing::Data { bytes }, began, self.journal.now());
        }
    }

    /// Datagrams left for a receiver of ours between `began` and now; it is looked at.
    pub(super) fn datagrams_left(&self, slot: &Slot, ask: &Command, what: Crossing, began: Nanos) {
        let to = match ask {
            Command::SendTo { address, .. } | Command::Burst { address: Some(address), .. } => {
                Some(address.clone())
            }
            _ => slot.peer().ok().flatten(),
        };
        let Some(receiver) =
            to.and_then(|to| self.journal.look(|world| world.receiver_of(&to, slot.id)))
        else {
            return;
        };
        // The sender may have been bound by this very call; its datagrams are known by that address.
        self.look(slot.id, false);
        if let Some(receiver) = self.slots.borrow().get(&receiver) {
            receiver.touch();
        }
        self.look(receiver, false);
        if self.journal.look(|world| world.across(slot.id, receiver)) {
            return;
        }
        self.crossed(slot.id, receiver, what, began, self.journal.now());
    }
}
