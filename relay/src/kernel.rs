//! All that is read from the kernel about a socket, as plain numbers.
//!
//! This module only asks. It makes no socket but its own netlink one, sends and consumes no byte
//! of anybody's, takes no pending error on purpose, and knows neither the journal nor the
//! protocol crate. What is asked of one system only is in `raw`, and for others than Linux in
//! `elsewhere`, which stands in its place; what a system does not tell is `Unsupported`, never made up.
//!
//! In reading order:
//!
//! - [`tcp`]: `TCP_INFO`, what TCP says of one connection or listener.
//! - [`memory()`]: what a socket is charged for, and how many packets it dropped.
//! - [`queue`]: bytes waiting to go out and to be read.
//! - [`balance()`]: the three above as one coherent sample.
//! - [`peek`]: the waiting bytes and datagrams themselves.
//! - [`diag`]: sockets that no descriptor of ours reaches: closed, foreign, still in handshake.
//!
//! Every function takes a [`BorrowedFd`] and gives the errno of the call it names. None waits for the
//! network; a netlink answer that was lost is given up after two seconds.

use std::io;
use std::net::SocketAddr;

use rustix::event::{PollFd, PollFlags, Timespec};
use rustix::fd::BorrowedFd;

mod balance;
mod bytes;
pub mod diag;
mod memory;
pub mod peek;
pub mod queue;
#[cfg(target_os = "linux")]
mod raw;
#[cfg(not(target_os = "linux"))]
#[path = "kernel/elsewhere.rs"]
mod raw;
mod state;
pub mod tcp;

pub use balance::{Balance, balance};
pub use memory::{Memory, memory};
pub use state::{State, States};
pub use tcp::TcpInfo;

/// The socket's cookie (`SO_COOKIE`, Linux 4.12): a number the kernel never gives twice. 0 on a system
/// that gives none.
///
/// It is the same from `SYN_RECV` through `TIME_WAIT` and the same that [`diag`] reports, so it
/// names a socket even after its descriptor is closed.
pub fn cookie(fd: BorrowedFd<'_>) -> io::Result<u64> {
    raw::cookie(fd)
}

/// The socket's number in the kernel's own file system (`fstat(2)`), by which [`diag`] names Unix
/// sockets; 0 where there is none.
pub fn inode(fd: BorrowedFd<'_>) -> u32 {
    raw::inode(fd)
}

/// The address the socket is bound to (`getsockname(2)`), port 0 while it is not bound.
/// None if it is no internet socket.
pub fn local(fd: BorrowedFd<'_>) -> io::Result<Option<SocketAddr>> {
    Ok(SocketAddr::try_from(rustix::net::getsockname(fd)?).ok())
}

/// The address the socket is connected to (`getpeername(2)`). None if it is not connected (any
/// more), or no internet socket.
pub fn peer(fd: BorrowedFd<'_>) -> io::Result<Option<SocketAddr>> {
    match rustix::net::getpeername(fd) {
        Ok(address) => Ok(address.and_then(|any| SocketAddr::try_from(any).ok())),
        Err(rustix::io::Errno::NOTCONN) => Ok(None),
        Err(errno) => Err(errno.into()),
    }
}

/// What the socket is ready for now (`poll(2)` without waiting). Unlike `SO_ERROR`, it shows that
/// an error is pending and leaves it pending.
pub fn readiness(fd: BorrowedFd<'_>) -> io::Result<Readiness> {
    let asked = PollFlags::IN | PollFlags::OUT;
    #[cfg(target_os = "linux")]
    let asked = asked | PollFlags::RDHUP;
    let mut polled = [PollFd::from_borrowed_fd(fd, asked)];
    let now = Timespec { tv_sec: 0, tv_nsec: 0 };
    rustix::io::retry_on_intr(|| rustix::event::poll(&mut polled, Some(&now)))?;
    Ok(Readiness(polled[0].revents()))
}

/// What `poll(2)` said of a socket.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Readiness(PollFlags);

impl Readiness {
    /// `POLLIN`: a read would not block: bytes, a connection, the end of the stream or an error.
    pub fn readable(self) -> bool {
        self.0.contains(PollFlags::IN)
    }

    /// `POLLOUT`: a write would not block. A TCP socket says so once a third of its send buffer
    /// is free.
    pub fn writable(self) -> bool {
        self.0.contains(PollFlags::OUT)
    }

    /// `POLLRDHUP`: the peer sent FIN; what it sent before may still wait.
    #[cfg(target_os = "linux")]
    pub fn peer_finished(self) -> bool {
        self.0.contains(PollFlags::RDHUP)
    }

    /// `POLLHUP`: both directions are over, or the stream was never connected.
    pub fn hung_up(self) -> bool {
        self.0.contains(PollFlags::HUP)
    }

    /// `POLLERR`: an error is pending; the next call on the socket, a peek too, takes it away.
    pub fn failed(self) -> bool {
        self.0.contains(PollFlags::ERR)
    }
}
