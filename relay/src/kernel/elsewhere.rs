//! Stands in the place of `raw` on other systems than Linux: the same questions, with the answers that
//! the system has. What only Linux tells is `Unsupported`.

use std::io;

use libc::c_int;
use rustix::fd::BorrowedFd;

#[cfg_attr(target_vendor = "apple", path = "elsewhere/apple.rs")]
#[cfg_attr(windows, path = "elsewhere/windows.rs")]
#[cfg_attr(not(any(target_vendor = "apple", windows)), path = "elsewhere/other.rs")]
mod other;

pub(super) use other::{inq, outq, state};

/// No other system names a socket for good.
#[expect(clippy::unnecessary_wraps, reason = "on Linux the kernel is asked")]
pub(super) fn cookie(_: BorrowedFd<'_>) -> io::Result<u64> {
    Ok(0)
}

/// No other system has a sock_diag that would need it.
pub(super) fn inode(_: BorrowedFd<'_>) -> u32 {
    0
}

/// `TCP_INFO` as Linux lays it out.
pub(super) fn tcp_info<'a>(_: BorrowedFd<'_>, _: &'a mut [u8]) -> io::Result<&'a [u8]> {
    unsupported()
}

/// `SO_MEMINFO`.
pub(super) fn memory<'a>(_: BorrowedFd<'_>, _: &'a mut [u8]) -> io::Result<&'a [u8]> {
    unsupported()
}

/// `SIOCOUTQNSD`.
pub(super) fn outq_not_sent(_: BorrowedFd<'_>) -> io::Result<c_int> {
    unsupported()
}

/// Without peek offsets only the first datagram can be looked at.
pub(super) fn can_walk(_: BorrowedFd<'_>) -> io::Result<()> {
    unsupported()
}

/// `SO_PEEK_OFF`.
pub(super) fn set_peek_offset(_: BorrowedFd<'_>, _: c_int) -> io::Result<()> {
    unsupported()
}

fn unsupported<T>() -> io::Result<T> {
    Err(io::ErrorKind::Unsupported.into())
}
