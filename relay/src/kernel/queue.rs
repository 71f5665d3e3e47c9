//! Bytes waiting in a socket's queues, payload only ([`tcp(7)`], [`udp(7)`]). A TCP listener
//! answers `EINVAL`.
//!
//! [`tcp(7)`]: https://man7.org/linux/man-pages/man7/tcp.7.html
//! [`udp(7)`]: https://man7.org/linux/man-pages/man7/udp.7.html

use std::io;

use rustix::fd::BorrowedFd;

use super::raw;

/// Bytes handed to TCP and not yet acknowledged (`SIOCOUTQ`): in flight and not yet sent. A FIN
/// counts one. 0 during the handshake. For UDP it is the memory charged, not payload.
pub fn send(fd: BorrowedFd<'_>) -> io::Result<u32> {
    raw::outq(fd).map(count)
}

/// Of [`send`], the bytes TCP has not sent even once (`SIOCOUTQNSD`). TCP only.
pub fn unsent(fd: BorrowedFd<'_>) -> io::Result<u32> {
    raw::outq_not_sent(fd).map(count)
}

/// Bytes a read could give (`FIONREAD`). TCP: all in order and not yet read, without the FIN.
/// UDP: the size of the *first* datagram only, so 0 is an empty queue or an empty datagram;
/// [`peek::Datagrams`](super::peek::Datagrams) tells which.
pub fn receive(fd: BorrowedFd<'_>) -> io::Result<u32> {
    raw::inq(fd).map(count)
}

/// The kernel keeps these counts as non-negative ints.
fn count(bytes: libc::c_int) -> u32 {
    u32::try_from(bytes).unwrap_or(0)
}
