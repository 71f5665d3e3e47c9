//! Stands in the place of `names` on Windows: no Unix sockets are offered there.

use crate::state::State;
use protocol::Address;
use socket2::SockAddr;
use std::convert::Infallible;
use std::io;

/// No value of it exists.
pub struct Names(Infallible);

impl Names {
    /// There is none.
    pub fn open(_: &State) -> io::Result<Self> {
        let why = "Unix sockets are not offered on Windows";
        Err(io::Error::new(io::ErrorKind::Unsupported, why))
    }

    /// There is none.
    pub fn temporary() -> io::Result<Self> {
        Err(io::ErrorKind::Unsupported.into())
    }

    pub(super) fn address(&self, _: &str) -> io::Result<SockAddr> {
        match self.0 {}
    }

    pub(super) fn told(&self, _: &SockAddr) -> Address {
        match self.0 {}
    }

    /// Nothing to unlink.
    pub fn clear(&self) {
        match self.0 {}
    }

    /// Nothing to remove.
    pub fn remove(&self) {
        match self.0 {}
    }
}
