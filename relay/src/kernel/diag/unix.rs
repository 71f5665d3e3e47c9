//! Unix sockets as `linux/unix_diag.h` lays them out: the question for one, and its answer.

use super::linux;
use super::message::{BY_FAMILY, HEADER, attributes};
use crate::kernel::bytes::Cursor;
use crate::kernel::state::State;

const REQUEST: usize = 24;
/// `UDIAG_SHOW_PEER` and `UDIAG_SHOW_RQLEN`.
const SHOW: u32 = 0x4 | 0x10;
/// `UNIX_DIAG_PEER` and `UNIX_DIAG_RQLEN`.
const PEER: u16 = 2;
const QUEUES: u16 = 4;

/// What `sock_diag(7)` says of a Unix socket.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct UnixEntry {
    /// `Listen`, `Established` or `Close`.
    pub state: State,
    /// The inode of the socket at the other end; 0 while that waits to be accepted, None where there
    /// is none.
    pub peer: Option<u32>,
    /// Of a listener: connections that wait to be accepted. Else bytes that wait to be read.
    pub receive_queue: u32,
    /// Of a listener: its backlog. Else what its sends are charged.
    pub send_queue: u32,
}

/// `struct unix_diag_req` for the socket with that inode and cookie.
pub(super) fn question(inode: u32, cookie: u64, sequence: u32) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(HEADER + REQUEST);
    bytes.extend(((HEADER + REQUEST) as u32).to_ne_bytes());
    bytes.extend(BY_FAMILY.to_ne_bytes());
    bytes.extend((linux::NLM_F_REQUEST as u16).to_ne_bytes());
    bytes.extend(sequence.to_ne_bytes());
    bytes.extend(0_u32.to_ne_bytes());
    bytes.extend([linux::AF_UNIX as u8, 0, 0, 0]);
    bytes.extend(u32::MAX.to_ne_bytes()); // in any state
    bytes.extend(inode.to_ne_bytes());
    bytes.extend(SHOW.to_ne_bytes());
    bytes.extend((cookie as u32).to_ne_bytes());
    bytes.extend(((cookie >> 32) as u32).to_ne_bytes());
    bytes
}

impl UnixEntry {
    /// Reads `struct unix_diag_msg` and what follows it.
    pub(super) fn parse(body: &[u8]) -> Option<Self> {
        const MESSAGE: usize = 16;
        let state = State::from_kernel(*body.get(2)?)?;
        let mut entry = Self { state, peer: None, receive_queue: 0, send_queue: 0 };
        for (kind, value) in attributes(body.get(MESSAGE..)?) {
            let mut at = Cursor::new(value);
            match kind {
                PEER => entry.peer = Some(at.u32()?),
                QUEUES => (entry.receive_queue, entry.send_queue) = (at.u32()?, at.u32()?),
                _ => {}
            }
        }
        Some(entry)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_is_read_and_a_short_one_is_none() {
        let mut body = vec![1, 1, 10, 0];
        body.extend([0; 12]);
        for (kind, value) in [(2_u16, vec![7_u32]), (4, vec![3, 5])] {
            body.extend((4 + 4 * value.len() as u16).to_ne_bytes());
            body.extend(kind.to_ne_bytes());
            for word in value {
                body.extend(word.to_ne_bytes());
            }
        }
        let listener =
            UnixEntry { state: State::Listen, peer: Some(7), receive_queue: 3, send_queue: 5 };
        assert_eq!(UnixEntry::parse(&body), Some(listener));
        assert_eq!(UnixEntry::parse(&body[..10]), None);
        assert_eq!(question(7, 8, 9).len(), 40);
    }
}
