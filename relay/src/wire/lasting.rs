//! Owns what outlives a wire: the numbers that were given, so that none is given twice in an epoch, and
//! the tap of a recording.

use crate::tap::Tap;
use std::sync::{Arc, Mutex, PoisonError};

/// A handle; all clones are one.
#[derive(Clone, Debug, Default)]
pub struct Lasting {
    /// Where a recording takes packets' bytes from.
    pub tap: Tap,
    given: Arc<Mutex<Given>>,
}

/// The numbers that were given last; 0 for none.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Given {
    /// [`protocol::PacketId`].
    pub packet: u64,
    /// [`protocol::FlowId`].
    pub flow: u32,
    /// [`protocol::TrapId`].
    pub trap: u32,
}

impl Lasting {
    /// Where numbers go on.
    pub(super) fn given(&self) -> Given {
        *self.given.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// They have gone on to here.
    pub(super) fn set(&self, given: Given) {
        *self.given.lock().unwrap_or_else(PoisonError::into_inner) = given;
    }
}
