//! One coherent sample of a TCP socket: its counters and its queues at the same moment.

use std::io;

use rustix::fd::BorrowedFd;

use super::memory::{Memory, memory};
use super::queue;
use super::state::State;
use super::tcp::{self, TcpInfo};

/// How often [`balance`] tries before it says that the socket is too busy.
const TRIES: usize = 3;

/// The numbers of a TCP socket that belong together.
///
/// `info.bytes_acked + send_queue` is all that was ever handed to TCP, plus one for a SYN (only
/// on the connecting side) and one for a FIN that has been sent; `info.bytes_received` is all
/// that came in order, plus one for the peer's FIN.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Balance {
    /// `TCP_INFO`.
    pub info: TcpInfo,
    /// Bytes not yet acknowledged, see [`queue::send`].
    pub send_queue: u32,
    /// Bytes of them not yet sent, see [`queue::unsent`].
    pub unsent: u32,
    /// Bytes not yet read, see [`queue::receive`].
    pub receive_queue: u32,
    /// What the socket is charged for. Not part of the agreement: charges may move on their own.
    pub memory: Memory,
}

impl Balance {
    /// Bytes sent at least once and not acknowledged.
    pub fn in_flight(&self) -> u32 {
        self.send_queue.saturating_sub(self.unsent)
    }
}

/// Takes a sample: `TCP_INFO`, the queues, `TCP_INFO` again. None if the two disagreed three
/// times, that is if TCP was at work each time.
///
/// A `recv` between the two infos need not show in them, so the sample holds only if no call on
/// this socket began or ended meanwhile; that is the caller's to know. A listener has no queues
/// of bytes and gives `EINVAL`; ask [`tcp::info`].
pub fn balance(fd: BorrowedFd<'_>) -> io::Result<Option<Balance>> {
    for _ in 0..TRIES {
        let before = tcp::info(fd)?;
        let send_queue = queue::send(fd)?;
        let unsent = queue::unsent(fd)?;
        let receive_queue = queue::receive(fd)?;
        let memory = memory(fd)?;
        let info = tcp::info(fd)?;
        if Progress::of(&before) == Progress::of(&info) {
            // A failed connect(2) moves the number that the kernel counts from, though nothing was sent.
            let void = info.state == State::Close && info.bytes_acked == 0;
            let (send_queue, unsent) = if void { (0, 0) } else { (send_queue, unsent) };
            return Ok(Some(Balance { info, send_queue, unsent, receive_queue, memory }));
        }
    }
    Ok(None)
}

/// What moves whenever a byte enters TCP, is sent, is acknowledged or arrives.
#[derive(PartialEq, Eq)]
struct Progress {
    state: State,
    bytes_acked: u64,
    bytes_received: u64,
    bytes_sent: Option<u64>,
    notsent_bytes: u32,
    unacked: u32,
    data_segs_out: u32,
}

impl Progress {
    fn of(info: &TcpInfo) -> Self {
        Self {
            state: info.state,
            bytes_acked: info.bytes_acked,
            bytes_received: info.bytes_received,
            bytes_sent: info.bytes_sent,
            notsent_bytes: info.notsent_bytes,
            unacked: info.unacked,
            data_segs_out: info.data_segs_out,
        }
    }
}
