//! The only unsafe code of [`run`](super): what has no safe wrapper.

#![expect(unsafe_code, reason = "unshare(2) is safe for some flags only")]

use rustix::thread::{UnshareFlags, unshare_unsafe};
use std::io;

/// unshare(2) of mounts.
pub(super) fn unshare_mounts() -> io::Result<()> {
    // SAFETY: the flag does not part the descriptor table.
    Ok(unsafe { unshare_unsafe(UnshareFlags::NEWNS) }?)
}
