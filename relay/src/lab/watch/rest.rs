//! Owns what the kernel keeps of a closed TCP socket, followed by its cookie until it is forgotten.

use super::super::slot::Slot;
use super::Seen;
use super::reading::{Reading, timer};
use crate::kernel::State;
use crate::kernel::diag::{Diag, Entry, Protocol};
use protocol::command::{Kind, Net};
use protocol::{Address, Field, Nanos, TcpState};
use std::net::SocketAddr;

/// A closed socket that the kernel may still know.
pub(super) struct Resting {
    pub(super) net: Net,
    local: SocketAddr,
    peer: SocketAddr,
    pub(super) cookie: u64,
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
        Some(Self { net: slot.net, local, peer, cookie: slot.cookie, seen: Seen::default() })
    }

    /// What is new about it; `None` when the kernel has forgotten it, or can never be asked. A question
    /// that fails (ENOBUFS, ENOMEM) says nothing: it is asked again.
    pub(super) fn look(&mut self, diag: Option<&mut Diag>, now: Nanos) -> Option<Vec<Field>> {
        let found = diag?.exact(Protocol::Tcp, self.local, Some(self.peer), self.cookie);
        let Ok(entry) = found else { return Some(Vec::new()) };
        let mut fields = resting(&entry?);
        fields.retain(|field| self.seen.is_news(now, field));
        Some(fields)
    }
}

/// What a closed socket's entry says.
fn resting(entry: &Entry) -> Vec<Field> {
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
    fields
}

/// What the entry of another program's open socket says.
pub(in crate::lab) fn entry_fields(kind: Kind, entry: &Entry) -> Vec<Field> {
    let mut fields = vec![
        Field::Local(Some(Address::Inet(entry.local))),
        Field::Peer(Some(entry.peer).filter(|peer| peer.port() != 0).map(Address::Inet)),
    ];
    if let Some(memory) = &entry.memory {
        fields.push(Field::ReceiveLimit(memory.receive_limit));
        fields.push(Field::ReceiveCharged(memory.receive_charged));
        fields.push(Field::SendLimit(memory.send_limit));
        fields.push(Field::SendCharged(memory.send_charged));
        fields.push(Field::Drops(memory.drops));
    }
    if kind == Kind::Datagram {
        return fields;
    }
    fields.extend(resting(entry));
    if entry.state == State::Listen {
        fields.push(Field::AcceptQueue(entry.receive_queue));
        fields.push(Field::Backlog(entry.send_queue));
        fields.retain(|field| !matches!(field, Field::SendQueue(_)));
    } else {
        fields.push(Field::ReceiveQueue(entry.receive_queue.into()));
    }
    if let Some(info) = &entry.info {
        fields.push(Field::RoundTrip(u64::from(info.rtt_us) * 1_000));
        fields.push(Field::CongestionWindow(info.snd_cwnd));
    }
    fields
}
