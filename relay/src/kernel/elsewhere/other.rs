//! A system that was not looked into: what every one has.

use std::io;

use libc::c_int;
use rustix::fd::BorrowedFd;

use crate::kernel::state::State;

pub(in crate::kernel) fn state(_: BorrowedFd<'_>) -> io::Result<State> {
    super::unsupported()
}

pub(in crate::kernel) fn outq(_: BorrowedFd<'_>) -> io::Result<c_int> {
    super::unsupported()
}

/// FIONREAD.
pub(in crate::kernel) fn inq(fd: BorrowedFd<'_>) -> io::Result<c_int> {
    Ok(rustix::io::ioctl_fionread(fd)? as c_int)
}
