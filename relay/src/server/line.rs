//! Owns what is known of a connection's other end: from where it is, and since when it has to say
//! something. Asks the kernel nothing: accept(2) told the peer.

use crate::session::{Caller, Peer};
use std::sync::{Mutex, PoisonError};
use tokio::time::Instant;

/// One connection's.
pub(super) struct Line {
    peer: Peer,
    /// The connection, or the last answer on it.
    since: Mutex<Instant>,
}

impl Line {
    /// Of a connection that begins now.
    pub(super) fn new(peer: Peer) -> Self {
        Self { peer, since: Mutex::new(Instant::now()) }
    }

    /// An answer has been made: the deadline for what follows begins anew.
    pub(super) fn answered(&self) {
        *self.since.lock().unwrap_or_else(PoisonError::into_inner) = Instant::now();
    }

    /// From where it is.
    pub(super) fn peer(&self) -> Peer {
        self.peer
    }

    /// What a session needs to know of it.
    pub(super) fn caller(&self) -> Caller {
        let since = *self.since.lock().unwrap_or_else(PoisonError::into_inner);
        Caller { peer: self.peer, since }
    }
}
