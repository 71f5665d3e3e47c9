//! Stands in the place of `netlink` where there is none: nothing is ever opened.

use std::convert::Infallible;
use std::io;

use rustix::fd::OwnedFd;

/// Nothing answers.
pub(super) fn is_miss(_error: &io::Error) -> bool {
    false
}

/// No value of it exists.
#[derive(Debug)]
pub(super) struct Netlink(Infallible);

impl Netlink {
    pub(super) fn open() -> io::Result<Self> {
        Err(io::ErrorKind::Unsupported.into())
    }

    pub(super) fn with(_socket: OwnedFd) -> io::Result<Self> {
        Self::open()
    }

    pub(super) fn send(&self, _bytes: &[u8]) -> io::Result<()> {
        match self.0 {}
    }

    pub(super) fn receive<'a>(&self, _room: &'a mut [u8]) -> io::Result<&'a [u8]> {
        match self.0 {}
    }
}
