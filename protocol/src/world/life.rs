//! Owns the lives of the last sends: when what they took was stamped on its way, and which receive
//! took it. Told of sockets with the `timestamps` option only; never guesses a moment.

use super::{Socket, World};
use crate::command::{Command, Kind};
use crate::event::Stage;
use crate::reply::Done;
use crate::{Answer, CallId, Nanos, SocketId, What};
use serde::{Deserialize, Serialize};

/// Sends of one socket whose lives the world remembers.
pub const KEPT_LIVES: usize = 16;

/// What one send handed to the kernel, and how far that has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Life {
    /// The send.
    pub call: CallId,
    /// Its first byte's number in the stream, from 1; of a datagram socket the datagram's number.
    pub first: u64,
    /// Its last one's; less than `first` while the kernel has taken none.
    pub last: u64,
    /// When the send was called.
    pub began: Nanos,
    /// When it returned.
    pub returned: Option<Nanos>,
    /// Into the device's queue.
    pub scheduled: Option<Stamp>,
    /// To the device; of a segment that was sent again, the first time.
    pub sent: Option<Stamp>,
    /// Acknowledged by the peer's kernel.
    pub acknowledged: Option<Stamp>,
    /// Come to the peer's kernel, where that is ours and stamps what it receives.
    pub received: Option<Stamp>,
    /// The receive that took its last byte, where the peer is ours; never of datagrams, for which of
    /// them a receive took is told by their own numbers only.
    pub read: Option<Taken>,
}

/// A moment that the kernel stamped.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Stamp {
    /// Up to which byte, or of which datagram; below `last` when the rest is still to come.
    pub byte: u64,
    /// When.
    pub at: Nanos,
    /// How far off that may be.
    pub plus_minus: Nanos,
}

/// A receive that took something.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Taken {
    /// The receive.
    pub call: CallId,
    /// When it was called.
    pub began: Nanos,
    /// When it returned.
    pub ended: Nanos,
}

impl Life {
    fn place(&mut self, stage: Stage) -> &mut Option<Stamp> {
        match stage {
            Stage::Scheduled => &mut self.scheduled,
            Stage::Sent => &mut self.sent,
            Stage::Acknowledged => &mut self.acknowledged,
            Stage::Received => &mut self.received,
        }
    }
}

impl Socket {
    /// A send begins; its life too, where the socket is stamped.
    pub(super) fn life_begins(&mut self, at: Nanos, call: CallId, ask: &Command) {
        if !self.timestamps || !matches!(ask, Command::Send { .. } | Command::SendTo { .. }) {
            return;
        }
        let before = match self.kind {
            Kind::Stream => self.sent.bytes,
            Kind::Datagram => self.sent.count,
        };
        self.lives.push(Life {
            call,
            first: before + 1,
            last: before,
            began: at,
            returned: None,
            scheduled: None,
            sent: None,
            acknowledged: None,
            received: None,
            read: None,
        });
        let over = self.lives.len().saturating_sub(KEPT_LIVES);
        self.lives.drain(..over);
    }

    /// The kernel took more of a send, or it returned.
    pub(super) fn life_goes_on(&mut self, call: CallId, returned: Option<Nanos>) {
        let now = match self.kind {
            Kind::Stream => self.sent.bytes,
            Kind::Datagram => self.sent.count,
        };
        let Some(place) = self.lives.iter().position(|life| life.call == call) else { return };
        let life = &mut self.lives[place];
        (life.last, life.returned) = (now, returned);
        if returned.is_some() && life.last < life.first {
            self.lives.remove(place);
        }
    }

    fn stamped(&mut self, stage: Stage, stamp: Stamp) {
        let holds = |life: &&mut Life| life.first <= stamp.byte;
        let Some(life) = self.lives.iter_mut().rev().find(holds) else { return };
        // A segment that was sent again is stamped again; the first time is the one meant.
        if life.returned.is_some() && stamp.byte > life.last {
            return;
        }
        let place = life.place(stage);
        if place.is_none_or(|known| known.byte < stamp.byte) {
            *place = Some(stamp);
        }
    }
}

impl World {
    /// The kernel stamped something.
    pub(super) fn stamp_event(&mut self, what: &What) {
        let What::Stamped { socket, stage, byte, at, plus_minus } = what else { return };
        let stamp = Stamp { byte: *byte, at: *at, plus_minus: *plus_minus };
        let Some(own) = self.sockets.get(socket) else { return };
        let whose = match (stage, own.kind) {
            // What came to this end, the other end sent.
            (Stage::Received, Kind::Stream) => self.far_end(*socket),
            (Stage::Received, Kind::Datagram) => None,
            _ => Some(*socket),
        };
        if let Some(socket) = whose.and_then(|socket| self.sockets.get_mut(&socket)) {
            socket.stamped(*stage, stamp);
        }
    }

    /// A call on a stream ended: which receive took which send's last byte.
    pub(super) fn lives_after(&mut self, socket: SocketId, ask: &Command) {
        if !matches!(ask, Command::Send { .. } | Command::Recv { .. } | Command::RecvFrom { .. })
            || self.sockets.values().all(|socket| socket.lives.is_empty())
        {
            return;
        }
        let Some(far) = self.far_end(socket) else { return };
        let (sender, receiver) = match ask {
            Command::Send { .. } => (socket, far),
            _ => (far, socket),
        };
        let (Some(sent), Some(read)) = (self.sockets.get(&sender), self.sockets.get(&receiver))
        else {
            return;
        };
        let (total, stream) = (read.read.bytes, sent.kind == Kind::Stream);
        let waits = |life: &Life| {
            life.read.is_none() && life.returned.is_some() && life.last <= total && stream
        };
        if !sent.lives.iter().any(waits) {
            return;
        }
        let Some(taken) = self.last_taken(receiver) else { return };
        if let Some(sender) = self.sockets.get_mut(&sender) {
            for life in sender.lives.iter_mut().filter(|life| waits(life)) {
                life.read = Some(taken);
            }
        }
    }

    /// The last receive that took bytes.
    fn last_taken(&self, receiver: SocketId) -> Option<Taken> {
        self.calls_of(receiver).rev().find_map(|call| match &call.result {
            Some(Answer::Ok(Done::Received(received))) if !received.peek && received.bytes > 0 => {
                Some(Taken { call: call.id, began: call.began, ended: call.ended? })
            }
            _ => None,
        })
    }
}
