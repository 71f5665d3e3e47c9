//! Owns which sockets a running experiment uses, so that others leave them alone.

use protocol::SocketId;
use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, PoisonError};

/// The sockets that a running experiment uses.
#[derive(Clone, Debug, Default)]
pub struct Leases(Arc<Mutex<BTreeSet<SocketId>>>);

impl Leases {
    /// Adds a socket.
    pub fn add(&self, socket: SocketId) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).insert(socket);
    }

    /// Whether it is one of them.
    pub fn holds(&self, socket: SocketId) -> bool {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).contains(&socket)
    }
}
