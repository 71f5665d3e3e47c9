//! The waiting bytes themselves, looked at and left where they are (`MSG_PEEK`, `SO_PEEK_OFF`;
//! [`recv(2)`], [`socket(7)`]).
//!
//! A peek is a receive: it would take a pending error away. So nothing is peeked while `POLLERR`
//! is shown.
//!
//! [`recv(2)`]: https://man7.org/linux/man-pages/man2/recv.2.html
//! [`socket(7)`]: https://man7.org/linux/man-pages/man7/socket.7.html

use std::io;

use rustix::fd::BorrowedFd;
use rustix::io::Errno;
use rustix::net::RecvFlags;

use super::{queue, readiness};

mod datagram;

/// A look that never waits. On Windows only the socket itself can say that it does not wait.
#[cfg(not(windows))]
const LOOK: RecvFlags = RecvFlags::PEEK.union(RecvFlags::DONTWAIT);
#[cfg(windows)]
const LOOK: RecvFlags = RecvFlags::PEEK;

pub use datagram::{Datagrams, MAX_DATAGRAMS, Waiting, Walk};

/// The first `max` bytes of a TCP receive queue, fewer if fewer wait. None while an error is
/// pending.
///
/// It peeks only when bytes wait, for then the kernel gives bytes before errors, and an error
/// that arrives meanwhile stays. That asks that nobody else reads the socket at the same time.
pub fn stream(fd: BorrowedFd<'_>, max: usize) -> io::Result<Option<Vec<u8>>> {
    if readiness(fd)?.failed() {
        return Ok(None);
    }
    let wanted = max.min(queue::receive(fd)? as usize);
    if wanted == 0 {
        return Ok(Some(Vec::new()));
    }
    let mut bytes = vec![0; wanted];
    match rustix::io::retry_on_intr(|| rustix::net::recv(fd, &mut bytes[..], LOOK)) {
        Ok((_, got)) => {
            bytes.truncate(got);
            Ok(Some(bytes))
        }
        Err(Errno::WOULDBLOCK) => Ok(Some(Vec::new())),
        Err(errno) => Err(errno.into()),
    }
}
