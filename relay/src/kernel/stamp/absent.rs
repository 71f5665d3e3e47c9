//! Stands in the place of `raw` on other systems than Linux: they stamp nothing that is asked for.

use std::io;

use libc::c_int;
use rustix::fd::BorrowedFd;

pub(super) const ERRORS: c_int = 0;
pub(super) const PEEK: c_int = 0;

pub(super) struct Told {
    pub(super) bytes: usize,
    pub(super) control: usize,
    pub(super) name: usize,
    pub(super) truncated: bool,
}

pub(super) fn set(_: BorrowedFd<'_>, _: u32) -> io::Result<()> {
    Err(io::ErrorKind::Unsupported.into())
}

pub(super) fn get(_: BorrowedFd<'_>) -> io::Result<u32> {
    Err(io::ErrorKind::Unsupported.into())
}

pub(super) fn receive(
    _: BorrowedFd<'_>,
    _: &mut [u8],
    _: &mut [u8],
    _: &mut [u8],
    _: c_int,
) -> io::Result<Told> {
    Err(io::ErrorKind::Unsupported.into())
}
