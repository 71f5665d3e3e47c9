//! Owns a burst: numbered datagrams, one sendto each, in turns so that readers can keep up.

use super::number;
use super::pace;
use super::slot::Slot;
use super::system;
use super::work::Attempt;
use crate::policy::Meter;
use protocol::reply::{Burst as Outcome, Numbered};
use protocol::{CallId, Done};
use socket2::SockAddr;
use std::cell::Cell;
use std::io::{self, ErrorKind};

/// Datagrams sent before others have their turn, and the receiver is looked at.
const TURN: u32 = 32;

/// A burst under way.
pub(super) struct Burst {
    to: Option<SockAddr>,
    count: u32,
    payload: Vec<u8>,
    next: u32,
    refused: u32,
    first_refusal: Option<io::Error>,
}

impl Burst {
    pub(super) fn new(to: Option<SockAddr>, count: u32, size: usize) -> Self {
        let payload = number::mark(Numbered::default(), size);
        Self { to, count, payload, next: 1, refused: 0, first_refusal: None }
    }

    /// Whom it goes to; none where the socket knows.
    pub(super) fn to(&self) -> Option<&SockAddr> {
        self.to.as_ref()
    }

    /// Sends a turn's worth; `sent` is told each number that the kernel took.
    pub(super) fn attempt(
        &mut self,
        slot: &Slot,
        call: CallId,
        meter: &Cell<Meter>,
        sent: &mut dyn FnMut(u32),
    ) -> Attempt {
        let turn = self.next.saturating_add(TURN).min(self.count + 1);
        while self.next < turn {
            if let Err(wait) = pace::take(slot, self.to.as_ref(), meter, self.payload.len()) {
                return Attempt::Paced(wait);
            }
            number::renumber(&mut self.payload, Numbered { call, number: self.next });
            let result = match &self.to {
                Some(to) => system::send_to(&slot.socket, &self.payload, to),
                None => slot.socket.send(&self.payload),
            };
            match result {
                Ok(_) => sent(self.next),
                Err(error) if error.kind() == ErrorKind::WouldBlock => return Attempt::Again,
                Err(error) if self.next == 1 => return Attempt::Ended(Err(error)),
                Err(error) => {
                    self.refused += 1;
                    self.first_refusal.get_or_insert(error);
                }
            }
            self.next += 1;
        }
        if self.next <= self.count {
            return Attempt::Yield;
        }
        Attempt::Ended(Ok(Done::Burst(Outcome {
            sent: self.count - self.refused,
            refused: self.refused,
            errno: self.first_refusal.as_ref().map(crate::errno::name_of),
        })))
    }
}
