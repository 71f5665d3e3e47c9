//! Owns what the kernel keeps of a closed TCP socket, followed by its cookie until it is forgotten.

use super::super::slot::Slot;
use super::Seen;
use super::reading::{Reading, timer};
use crate::kernel::diag::{Diag, Protocol};
use protocol::command::Kind;
use protocol::{Field, Nanos, TcpState};
use std::net::SocketAddr;

/// A closed socket that the kernel may still know.
pub(super) struct Resting {
    local: SocketAddr,
    peer: SocketAddr,
    cookie: u64,
    seen: Seen,
}

impl Resting {
    /// A socket that had a connection; others are gone with their descriptor.
    pub(super) fn of(slot: &Slot, reading: Option<Reading>) -> Option<Self> {
        let reading = reading?;
        if slot.kind != Kind::Stream
            || !reading.state.is_some_and(|state| state.connected() || state == TcpState::SynSent)
        {
            return None;
        }
        let (local, peer) = reading.addresses()?;
        Some(Self { local, peer, cookie: slot.cookie, seen: Seen::default() })
    }

    /// What is new about it; `None` when the kernel has forgotten it, or cannot be asked.
    pub(super) fn look(&mut self, diag: Option<&mut Diag>, now: Nanos) -> Option<Vec<Field>> {
        let entry = diag?.exact(Protocol::Tcp, self.local, Some(self.peer), self.cookie).ok()??;
        let stub = entry.info.is_none();
        let mut fields =
            vec![Field::State(super::state(entry.state)), Field::Timer(entry.timer.map(timer))];
        // A stub has no queues: they were emptied before it became one.
        fields.push(Field::SendQueue(if stub { 0 } else { entry.send_queue.into() }));
        if let Some(info) = &entry.info {
            fields.push(Field::Retransmissions(info.total_retrans));
            fields.push(Field::Acked(info.bytes_acked));
            fields.push(Field::Received(info.bytes_received));
        }
        fields.retain(|field| self.seen.is_news(now, field));
        Some(fields)
    }
}
