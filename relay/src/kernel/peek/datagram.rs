//! The peek walk: every datagram of a UDP or Unix receive queue, in order, without taking one.
//!
//! With `SO_PEEK_OFF` at 0 each full-size peek gives one datagram and moves the offset behind it.
//! An empty datagram does not move the offset; the kernel marks it as peeked instead and skips
//! it in *every* later peek at an offset. So the first walk lists the empty ones and the second
//! would not. [`Datagrams`] therefore remembers what it has seen and the caller tells it how many
//! were taken; the queue being first in, first out, the two together are exact.

use std::collections::VecDeque;
use std::io;
use std::net::SocketAddr;

use rustix::fd::BorrowedFd;
use rustix::io::Errno;
use rustix::net::recvfrom;

use super::LOOK;
use crate::kernel::{raw, readiness};

/// The most datagrams one walk lists.
pub const MAX_DATAGRAMS: usize = 4096;

/// Larger than any datagram. A peek with less room would stop inside one.
const ROOM: usize = 65_536;

/// What is known of one UDP socket's receive queue. It belongs to that socket and begins with it:
/// an empty datagram that somebody else peeked at before, and that is not first in the queue,
/// cannot be found again.
#[derive(Debug)]
pub struct Datagrams {
    max_each: usize,
    /// The front of the queue as last seen: still queued, in this order, nothing between.
    known: VecDeque<Waiting>,
    /// The line above was found wrong, and the queue has not been seen empty since.
    doubtful: bool,
}

/// One datagram that waits to be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Waiting {
    /// Its whole length, 0 to 65,527.
    pub bytes: usize,
    /// Its first bytes.
    pub head: Vec<u8>,
    /// Who sent it; None for a Unix socket, whose senders may have no name.
    pub from: Option<SocketAddr>,
}

/// What a walk found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Walk {
    /// The queue from its front.
    pub waiting: Vec<Waiting>,
    /// [`MAX_DATAGRAMS`] were listed and the walk stopped; more may wait.
    pub capped: bool,
    /// False if the queue did not begin with what was remembered: somebody read it without a word
    /// to [`Datagrams::taken`]. Empty datagrams may then be missing, until the queue has once
    /// been seen empty.
    pub exact: bool,
}

impl Datagrams {
    /// Nothing known, for a new socket. Of each datagram the first `max_each` bytes will be kept.
    pub fn new(max_each: usize) -> Self {
        Self { max_each, known: VecDeque::new(), doubtful: false }
    }

    /// Says that `count` datagrams were received since the last walk, empty and truncated ones
    /// included, peeks and errors not. To be told before the next walk.
    pub fn taken(&mut self, count: usize) {
        self.known.drain(..count.min(self.known.len()));
    }

    /// Lists the queue. None while an error is pending. No one may receive from the socket
    /// during the walk.
    ///
    /// The cost grows with the square of the queue, for the kernel finds each offset from the
    /// front. The kernel verifies checksums before it shows a datagram, so one that is damaged
    /// is dropped and counted now instead of at the next `recv`.
    ///
    /// Errors: those of `recv(2)`. One of the network's (`ECONNREFUSED`, `EHOSTUNREACH` …)
    /// arrived after readiness was asked and has now been taken from the socket: the caller owes
    /// it to the program. `InvalidInput` if this is no socket of datagrams, `Unsupported`
    /// where there is no `SO_PEEK_OFF` (only Linux has it).
    pub fn walk(&mut self, fd: BorrowedFd<'_>) -> io::Result<Option<Walk>> {
        raw::can_walk(fd)?;
        if readiness(fd)?.failed() {
            return Ok(None);
        }
        let mut room = vec![0; ROOM];
        let front = self.peek(fd, &mut room)?;
        self.begin(front);

        raw::set_peek_offset(fd, 0)?;
        let mut found = Vec::new();
        let ended = self.peek_all(fd, &mut room, &mut found);
        raw::set_peek_offset(fd, -1)?;

        self.append(found, ended.is_ok());
        ended?;
        Ok(Some(Walk {
            waiting: self.known.iter().cloned().collect(),
            capped: self.known.len() >= MAX_DATAGRAMS,
            exact: !self.doubtful,
        }))
    }

    /// Takes in the front of the queue. Only a peek without an offset shows it if it is empty and
    /// was peeked at before, and after this one the walk will not show it.
    fn begin(&mut self, front: Option<Waiting>) {
        let Some(front) = front else {
            *self = Self::new(self.max_each);
            return;
        };
        if self.known.front().is_some_and(|known| *known != front) {
            self.known.clear();
            self.doubtful = true;
        }
        if self.known.is_empty() && front.bytes == 0 {
            self.known.push_back(front);
        }
    }

    /// Takes in what the walk showed: all known datagrams but the empty ones, then new ones.
    /// A walk that was not `whole` may have ended among the known.
    fn append(&mut self, found: Vec<Waiting>, whole: bool) {
        let shown = || self.known.iter().filter(|known| known.bytes > 0);
        let again = shown().count();
        let agree = shown().zip(&found).all(|(known, found)| known == found);
        if agree && (found.len() >= again || !whole) {
            self.known.extend(found.into_iter().skip(again));
        } else {
            self.known = found.into();
            self.doubtful = true;
        }
    }

    /// Peeks until nothing is left, or until as many are known as may be.
    fn peek_all(
        &self,
        fd: BorrowedFd<'_>,
        room: &mut [u8],
        found: &mut Vec<Waiting>,
    ) -> io::Result<()> {
        let hidden = self.known.iter().filter(|known| known.bytes == 0).count();
        while hidden + found.len() < MAX_DATAGRAMS {
            let Some(waiting) = self.peek(fd, room)? else { break };
            found.push(waiting);
        }
        Ok(())
    }

    fn peek(&self, fd: BorrowedFd<'_>, room: &mut [u8]) -> io::Result<Option<Waiting>> {
        match rustix::io::retry_on_intr(|| recvfrom(fd, &mut *room, LOOK)) {
            Ok((_, bytes, from)) => {
                let from = from.and_then(|any| SocketAddr::try_from(any).ok());
                Ok(Some(Waiting { bytes, head: room[..bytes.min(self.max_each)].to_vec(), from }))
            }
            Err(Errno::WOULDBLOCK) => Ok(None),
            Err(errno) => Err(errno.into()),
        }
    }
}
