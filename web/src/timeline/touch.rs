//! Owns what an event has to do with one socket, and the event that a picture has come to.

use super::{Timeline, mark};
use crate::timeline::MarkKind;
use protocol::{Answer, CallId, Done, Event, Nanos, PacketId, SocketId, What};

impl Timeline {
    /// The next moment after one at which something happened to a socket.
    pub(crate) fn next_of(&self, at: Nanos, socket: SocketId) -> Option<Nanos> {
        let touches = |event: &&Event| super::tells(&event.what) && self.touches(event, socket);
        self.history.after(at).find(touches).map(|event| event.at)
    }

    /// See [`Timeline::next_of`].
    pub(crate) fn previous_of(&self, at: Nanos, socket: SocketId) -> Option<Nanos> {
        let touches = |event: &&Event| {
            event.at < at && super::tells(&event.what) && self.touches(event, socket)
        };
        self.history.until(at).rev().find(touches).map(|event| event.at)
    }

    /// The last event of exactly this moment, of a kind where one is meant, of a socket where one is meant.
    pub fn event_at(
        &self,
        at: Nanos,
        kind: Option<MarkKind>,
        socket: Option<SocketId>,
    ) -> Option<&Event> {
        let own = self.history.until(at).rev().take_while(|event| event.at == at);
        own.filter(|event| super::tells(&event.what)).find(|event| {
            socket.is_none_or(|socket| self.touches(event, socket))
                && kind.is_none_or(|kind| {
                    let mut is = false;
                    mark::marks_of(event, &self.newest, |own| is |= own == kind);
                    is
                })
        })
    }

    /// Whether an event is about a socket: its calls, its kernel's answers, its packets.
    fn touches(&self, event: &Event, socket: SocketId) -> bool {
        match &event.what {
            What::CallBegan { ask, .. } | What::CallWaiting { ask, .. } => {
                ask.socket() == Some(socket)
            }
            What::CallEnded { call, result } => {
                let made = match result {
                    Answer::Ok(Done::Made(made)) => Some(made.socket),
                    Answer::Ok(Done::Accepted(accepted)) => Some(accepted.socket),
                    _ => None,
                };
                made == Some(socket) || self.is_call_of(*call, socket)
            }
            What::CallBlocked { call, .. } | What::DatagramSent { call, .. } => {
                self.is_call_of(*call, socket)
            }
            What::Sample { socket: own, .. }
            | What::Gone { socket: own }
            | What::Appeared { socket: own, .. }
            | What::Stamped { socket: own, .. }
            | What::StampsLost { socket: own, .. } => *own == socket,
            What::PacketEntered { packet, .. }
            | What::PacketMarked { packet, .. }
            | What::PacketLeft { packet, .. }
            | What::TrapSprung { packet, .. } => self.is_packet_of(*packet, socket),
            _ => false,
        }
    }

    fn is_call_of(&self, call: CallId, socket: SocketId) -> bool {
        self.calls.get(call).and_then(protocol::world::Call::socket) == Some(socket)
    }

    fn is_packet_of(&self, packet: PacketId, socket: SocketId) -> bool {
        let packet = self.packets.get(packet);
        packet.is_some_and(|own| own.ends.0 == Some(socket) || own.ends.1 == Some(socket))
    }
}
