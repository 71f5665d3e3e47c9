//! Owns bursts of numbered datagrams: the receipts sheet, one letter a datagram, and the rules by
//! which a datagram's fate becomes known.

use super::World;
use crate::command::{Kind, Net};
use crate::reply::{Numbered, Received};
use crate::sample::Run;
use crate::wire::lands;
use crate::{Address, CallId, SocketId};
use serde::{Deserialize, Serialize};

/// What is known of one numbered datagram.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fate {
    /// Not yet sent.
    Unsent,
    /// sendto took it; where it is now is not known.
    Sent,
    /// It waits in the receiver's buffer.
    Waiting,
    /// A recvfrom has read it.
    Read,
    /// The receiver's kernel dropped it, for want of buffer.
    Dropped,
    /// It was waiting when its receiver was closed.
    Discarded,
    /// sendto refused it.
    Refused,
    /// The wire lost it, whole or in part.
    Lost,
}

impl Fate {
    const ALL: [(Self, u8); 8] = [
        (Self::Unsent, b'.'),
        (Self::Sent, b's'),
        (Self::Waiting, b'w'),
        (Self::Read, b'r'),
        (Self::Dropped, b'd'),
        (Self::Discarded, b'c'),
        (Self::Refused, b'e'),
        (Self::Lost, b'l'),
    ];

    fn letter(self) -> u8 {
        Self::ALL.iter().find(|(fate, _)| *fate == self).map_or(b'.', |(_, letter)| *letter)
    }

    fn of(letter: u8) -> Self {
        Self::ALL.iter().find(|(_, own)| *own == letter).map_or(Self::Unsent, |(fate, _)| *fate)
    }
}

/// One letter a datagram, in sending order: `.` unsent, `s` sent, `w` waiting, `r` read, `d` dropped,
/// `c` discarded at close, `e` refused, `l` lost on the wire.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(try_from = "String", into = "String")]
pub struct Sheet(Vec<u8>);

/// A sheet has a letter that stands for nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a sheet is written with the letters . s w r d c e l")]
pub struct SheetError;

impl TryFrom<String> for Sheet {
    type Error = SheetError;

    fn try_from(text: String) -> Result<Self, SheetError> {
        let known = |letter: u8| Fate::ALL.iter().any(|(_, own)| *own == letter);
        text.bytes().all(known).then(|| Self(text.into_bytes())).ok_or(SheetError)
    }
}

impl From<Sheet> for String {
    fn from(sheet: Sheet) -> Self {
        sheet.0.into_iter().map(char::from).collect()
    }
}

/// How many datagrams stand where.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// Not yet sent.
    pub unsent: u32,
    /// Sent, fate not known.
    pub sent: u32,
    /// Waiting in the buffer.
    pub waiting: u32,
    /// Read by a program.
    pub read: u32,
    /// Dropped by the receiver's kernel.
    pub dropped: u32,
    /// Thrown away at close.
    pub discarded: u32,
    /// Refused by sendto.
    pub refused: u32,
    /// Lost on the wire.
    pub lost: u32,
}

/// One burst.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Burst {
    /// The sender.
    pub socket: SocketId,
    /// Whereto.
    pub to: Option<Address>,
    /// The socket of ours that stood there when it began.
    pub receiver: Option<SocketId>,
    /// How many were asked for.
    pub count: u32,
    /// The size of each.
    pub bytes: u32,
    /// What became of each.
    pub sheet: Sheet,
}

impl Sheet {
    fn blank(count: u32) -> Self {
        Self(vec![Fate::Unsent.letter(); count as usize])
    }

    /// How many datagrams.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// What is known of the datagram numbered `number`, from 1.
    pub fn get(&self, number: u32) -> Fate {
        self.0
            .get((number as usize).wrapping_sub(1))
            .map_or(Fate::Unsent, |letter| Fate::of(*letter))
    }

    /// All of them, in order.
    pub fn iter(&self) -> impl Iterator<Item = Fate> + '_ {
        self.0.iter().copied().map(Fate::of)
    }

    fn put(&mut self, number: u32, fate: Fate) {
        if let Some(letter) = self.0.get_mut((number as usize).wrapping_sub(1)) {
            *letter = fate.letter();
        }
    }

    fn replace(&mut self, from: Fate, to: Fate) {
        for letter in self.0.iter_mut().filter(|letter| **letter == from.letter()) {
            *letter = to.letter();
        }
    }

    /// A reader may have told of it already.
    fn sent(&mut self, number: u32) {
        if self.get(number) == Fate::Unsent {
            self.put(number, Fate::Sent);
        }
    }

    /// How many stand where.
    pub fn tally(&self) -> Tally {
        let mut tally = Tally::default();
        for fate in self.iter() {
            *match fate {
                Fate::Unsent => &mut tally.unsent,
                Fate::Sent => &mut tally.sent,
                Fate::Waiting => &mut tally.waiting,
                Fate::Read => &mut tally.read,
                Fate::Dropped => &mut tally.dropped,
                Fate::Discarded => &mut tally.discarded,
                Fate::Refused => &mut tally.refused,
                Fate::Lost => &mut tally.lost,
            } += 1;
        }
        tally
    }
}

impl Burst {
    pub(super) fn new(
        socket: SocketId,
        to: Option<Address>,
        receiver: Option<SocketId>,
        count: u32,
        bytes: u32,
    ) -> Self {
        Self {
            socket,
            to,
            receiver,
            count,
            bytes,
            sheet: Sheet::blank(count.min(crate::limit::BURST)),
        }
    }
}

impl World {
    /// A datagram was read from `socket`.
    pub(super) fn account_datagram(&mut self, socket: SocketId, received: &Received) {
        if let Some(numbered) = received.numbered
            && let Some(burst) = self.bursts.get_mut(&numbered.call)
        {
            burst.sheet.put(numbered.number, Fate::Read);
        }
        let net = self.sockets.get(&socket).map_or(Net::Host, |socket| socket.net);
        let ours = received.from.as_ref().is_none_or(|from| {
            // Into the relay's private folder only the same user's programs could send.
            if *from == Address::Unix(String::new()) {
                return true;
            }
            let net = lands(net, from);
            self.sockets
                .values()
                .filter(|s| s.kind == Kind::Datagram && s.net == net && s.program.is_none())
                .any(|s| s.kernel.local.as_ref().is_some_and(|own| own.covers(from)))
        });
        if !ours && let Some(receiver) = self.sockets.get_mut(&socket) {
            receiver.from_outside += 1;
        }
    }

    /// The sender's burst has ended: what was never sent was refused.
    pub(super) fn settle_bursts_of(&mut self, sender: SocketId) {
        for burst in self.bursts.values_mut().filter(|burst| burst.socket == sender) {
            burst.sheet.replace(Fate::Unsent, Fate::Refused);
        }
    }

    /// `number` of a burst was taken by sendto.
    pub(super) fn datagram_sent(&mut self, call: CallId, number: u32) {
        let Some(burst) = self.bursts.get_mut(&call) else { return };
        burst.sheet.sent(number);
        let (sender, bytes) = (burst.socket, burst.bytes);
        // It may have closed, or been connected to another, since the burst began.
        let receiver = burst.receiver.zip(burst.to.clone()).and_then(|(receiver, to)| {
            self.receiver_of(&to, sender).filter(|now| *now == receiver)
        });
        if let Some(sender) = self.sockets.get_mut(&sender) {
            sender.sent.count += 1;
            sender.sent.bytes += u64::from(bytes);
        }
        if let Some(receiver) = receiver.and_then(|receiver| self.sockets.get_mut(&receiver)) {
            receiver.aim(1);
        }
    }

    /// A peek walk of `receiver` names those that wait. What was sent there, waits not and was not
    /// read, was dropped: said only when the kernel's own drop counter agrees to the datagram.
    pub(super) fn settle_receiver(&mut self, receiver: SocketId) {
        let Some(socket) = self.sockets.get(&receiver) else { return };
        let Some(queue) = socket.kernel.queue.clone() else { return };
        let accounted = socket.read.count.saturating_sub(socket.from_outside)
            + u64::from(queue.datagrams)
            + u64::from(socket.kernel.drops.unwrap_or(0))
            + socket.fated.lost
            + socket.fated.broken;
        let adds_up = socket.from_outside == 0
            && socket.fated.fragments_copied == 0
            && accounted == socket.aimed + socket.fated.copied
            && self.on_wire_to(receiver) == 0;
        let aimed: Vec<_> = self
            .bursts
            .iter()
            .filter(|(_, burst)| burst.receiver == Some(receiver))
            .map(|(call, _)| *call)
            .collect();
        for call in &aimed {
            if let Some(burst) = self.bursts.get_mut(call) {
                burst.sheet.replace(Fate::Waiting, Fate::Sent);
            }
        }
        for Run { call, first, count } in queue.runs {
            if let Some(burst) = self.bursts.get_mut(&call) {
                let end = first.saturating_add(count).min(burst.sheet.len() as u32 + 1);
                (first..end).for_each(|number| burst.sheet.put(number, Fate::Waiting));
            }
        }
        if adds_up {
            for call in &aimed {
                if let Some(burst) = self.bursts.get_mut(call) {
                    burst.sheet.replace(Fate::Sent, Fate::Dropped);
                }
            }
        }
    }

    /// The wire lost a numbered datagram; a reader may have told of a copy of it already.
    pub(super) fn numbered_lost(&mut self, numbered: Numbered) {
        if let Some(burst) = self.bursts.get_mut(&numbered.call)
            && matches!(burst.sheet.get(numbered.number), Fate::Unsent | Fate::Sent)
        {
            burst.sheet.put(numbered.number, Fate::Lost);
        }
    }

    /// close() of a datagram receiver throws away what waits there.
    pub(super) fn discard_waiting(&mut self, socket: SocketId) {
        for burst in self.bursts.values_mut().filter(|burst| burst.receiver == Some(socket)) {
            burst.sheet.replace(Fate::Waiting, Fate::Discarded);
        }
    }
}
