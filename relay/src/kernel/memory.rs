//! What a socket is charged for (`SO_MEMINFO`).

use std::io;

use rustix::fd::BorrowedFd;

use super::bytes::Cursor;
use super::raw;

/// `SO_MEMINFO` of a socket, bytes unless said otherwise. The kernel charges what a packet
/// occupies, not what it carries: one byte in a UDP datagram is charged 832.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Memory {
    /// Charged for what waits to be read. UDP gives back in steps (a quarter of the buffer), so
    /// after reads this may lag behind the queue.
    pub receive_charged: u32,
    /// The most that may be charged for receiving: twice the `SO_RCVBUF` asked for.
    pub receive_limit: u32,
    /// Charged for what was handed to the network and not yet let go.
    pub send_charged: u32,
    /// The most that may be charged for sending: twice the `SO_SNDBUF` asked for.
    pub send_limit: u32,
    /// Reserved ahead of need.
    pub reserved: u32,
    /// Charged for what TCP keeps until it is acknowledged.
    pub send_queued: u32,
    /// Charged for options, filters and the like.
    pub options: u32,
    /// Charged for packets that came while a call held the socket.
    pub backlog: u32,
    /// Packets dropped at this socket since it was made: for UDP datagrams that found the buffer
    /// full (or a filter or checksum refused); on a listener the SYNs refused.
    pub drops: u32,
}

/// Reads `SO_MEMINFO` (Linux 4.12; [`sock_diag(7)`] calls it `SKMEMINFO`).
///
/// [`sock_diag(7)`]: https://man7.org/linux/man-pages/man7/sock_diag.7.html
pub fn memory(fd: BorrowedFd<'_>) -> io::Result<Memory> {
    let mut bytes = [0; Memory::BYTES];
    let told = raw::memory(fd, &mut bytes)?;
    Memory::parse(told)
        .ok_or_else(|| io::Error::new(io::ErrorKind::InvalidData, "SO_MEMINFO is too short"))
}

impl Memory {
    const BYTES: usize = 9 * size_of::<u32>();

    /// Reads the kernel's `SK_MEMINFO_*` array; None if it is shorter than nine words.
    pub(super) fn parse(bytes: &[u8]) -> Option<Self> {
        let mut at = Cursor::new(bytes);
        Some(Self {
            receive_charged: at.u32()?,
            receive_limit: at.u32()?,
            send_charged: at.u32()?,
            send_limit: at.u32()?,
            reserved: at.u32()?,
            send_queued: at.u32()?,
            options: at.u32()?,
            backlog: at.u32()?,
            drops: at.u32()?,
        })
    }
}
