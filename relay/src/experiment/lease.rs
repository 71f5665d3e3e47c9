//! Owns what a running experiment may do: which sockets are its own, so that others leave them alone,
//! and whether it may still act at all.

use protocol::SocketId;
use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// The leases of one experiment.
#[derive(Clone, Debug, Default)]
pub struct Leases(Arc<Mutex<Held>>);

#[derive(Debug, Default)]
struct Held {
    sockets: BTreeSet<SocketId>,
    revoked: bool,
}

impl Leases {
    /// Adds a socket.
    pub fn add(&self, socket: SocketId) {
        self.lock().sockets.insert(socket);
    }

    /// Whether it is one of them.
    pub fn holds(&self, socket: SocketId) -> bool {
        self.lock().sockets.contains(&socket)
    }

    /// Acts, unless they were revoked; nobody can revoke them meanwhile.
    pub(super) fn act<T>(&self, act: impl FnOnce() -> T) -> Option<T> {
        let held = self.lock();
        (!held.revoked).then(act)
    }

    /// Takes everything back: when this returns, the experiment has done its last.
    pub fn revoke(&self) {
        let mut held = self.lock();
        held.sockets.clear();
        held.revoked = true;
    }

    fn lock(&self) -> MutexGuard<'_, Held> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
