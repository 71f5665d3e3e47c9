//! Stands in the place of `stamp` on Windows, which stamps nothing that is asked for.

use super::desk::Desk;
use super::slot::Slot;
use protocol::{Done, Failure};
use std::io;

/// Nothing is known.
#[derive(Default)]
pub(super) struct Stamps;

impl Stamps {
    /// Never.
    #[expect(clippy::unused_self, reason = "elsewhere it is known")]
    pub(super) fn on(&self) -> bool {
        false
    }
}

/// The option is refused before.
#[expect(clippy::unnecessary_wraps, reason = "elsewhere it may be refused")]
pub(super) fn check(slot: &Slot) -> Result<(), Failure> {
    debug_assert!(!slot.stamps.on(), "nothing turns it on");
    Ok(())
}

#[expect(clippy::unused_self, reason = "elsewhere the desk tells of stamps")]
impl Desk {
    pub(super) fn set_stamps(&self, _: &Slot, _: bool) -> io::Result<Done> {
        Err(io::ErrorKind::Unsupported.into())
    }

    pub(super) fn wished_stamps(&self, _: &Slot) {}

    pub(super) fn take_stamps(&self, _: &Slot) {}

    pub(super) fn tell_received(&self, _: &Slot) {}
}
