//! Owns one look at a socket: what the kernel says of it now, as fields of a sample.

use super::super::number;
use super::super::slot::Slot;
use crate::kernel::diag::{Diag, Protocol, TimerKind as KernelTimer};
use crate::kernel::peek::{self, Waiting};
use crate::kernel::{self, Memory, State, TcpInfo};
use protocol::command::Kind;
use protocol::data::Payload;
use protocol::limit::PEEK;
use protocol::sample::{Queue, Run, Timer, TimerKind};
use protocol::{Address, Field, Nanos, SocketId, TcpState};
use rustix::fd::AsFd;

/// Bytes charged above which a moving datagram queue is not walked at each call, only when it rests.
const WALK_AT_ONCE: u32 = 64 * 1024;
/// A timer is read at most this often.
const TIMER_EVERY: Nanos = 90_000_000;

/// One look at a socket.
#[derive(Clone, Default)]
pub(in crate::lab) struct Reading {
    /// When.
    pub(in crate::lab) at: Nanos,
    /// Whether the counters belong together.
    pub(super) valid: bool,
    pub(in crate::lab) state: Option<TcpState>,
    local: Option<Option<Address>>,
    peer: Option<Option<Address>>,
    info: Option<TcpInfo>,
    send_queue: Option<u64>,
    unsent: Option<u64>,
    receive_queue: Option<u64>,
    memory: Option<Memory>,
    timer: Option<Option<Timer>>,
    timer_read: Nanos,
    peeked: Option<Vec<u8>>,
    /// `Some(None)` when a walk was not possible.
    pub(super) queue: Option<Option<Queue>>,
    /// A Unix listener's accept queue and backlog.
    accepts: Option<(u32, u32)>,
    /// The datagrams in a Unix receiver's queue.
    counted: Option<u32>,
    /// The inode at a Unix stream's other end, and whose that is.
    pub(super) peer_inode: Option<u32>,
    pub(super) peer_socket: Option<SocketId>,
    /// When data last arrived.
    pub(in crate::lab) arrived: Nanos,
}

impl Reading {
    /// Asks the kernel.
    pub(super) fn take(
        slot: &Slot,
        diag: Option<&mut Diag>,
        last: &Self,
        now: Nanos,
        pass: bool,
    ) -> Self {
        let mut reading = Self { at: now, arrived: last.arrived, ..Self::default() };
        reading.local = slot.local().ok();
        reading.peer = slot.peer().ok();
        match slot.kind {
            Kind::Stream if slot.is_unix() => reading.unix_stream(slot, diag, last),
            Kind::Stream => reading.stream(slot, diag, last, now),
            Kind::Datagram => reading.datagram(slot, last, pass),
        }
        reading
    }

    fn stream(&mut self, slot: &Slot, diag: Option<&mut Diag>, last: &Self, now: Nanos) {
        let fd = slot.as_fd();
        let balance = kernel::balance(fd);
        if let Ok(Some(balance)) = balance {
            self.valid = true;
            self.send_queue = Some(balance.send_queue.into());
            self.unsent = Some(balance.unsent.into());
            self.receive_queue = Some(balance.receive_queue.into());
            self.memory = Some(balance.memory);
            self.state = Some(super::state(balance.info.state));
            self.info = Some(balance.info);
        } else {
            // A listener has no queues of bytes; a busy socket agrees with itself next time.
            self.info = kernel::tcp::info(fd).ok();
            self.state = self.info.as_ref().map(|info| super::state(info.state));
            self.memory = kernel::memory(fd).ok();
            self.valid = self.state == Some(TcpState::Listen);
        }
        if self.info.is_none() {
            self.stream_elsewhere(slot);
        }
        if self.receive_queue > Some(0) {
            self.peeked = peek::stream(fd, PEEK).ok().flatten();
        } else {
            self.peeked = Some(Vec::new());
        }
        if self.info.as_ref().map(|info| info.bytes_received)
            > last.info.as_ref().map(|info| info.bytes_received)
        {
            self.arrived = now;
        }
        if self.info.is_some() {
            self.read_timer(slot, diag, last, now);
        }
    }

    /// A Unix stream has one queue: the receiver's (unix(7)).
    fn unix_stream(&mut self, slot: &Slot, diag: Option<&mut Diag>, last: &Self) {
        let fd = slot.as_fd();
        self.memory = kernel::memory(fd).ok();
        let listens = slot.is_listening();
        let connected = self.peer.as_ref().is_some_and(Option::is_some);
        self.state = Some(match (listens, connected) {
            (true, _) => TcpState::Listen,
            (false, true) => TcpState::Established,
            (false, false) => TcpState::Close,
        });
        (self.peer_inode, self.peer_socket) = (last.peer_inode, last.peer_socket);
        if listens || connected && last.peer_socket.is_none() {
            let entry = diag.and_then(|diag| diag.unix(slot.inode, slot.cookie).ok().flatten());
            self.peer_inode = entry.and_then(|entry| entry.peer).filter(|peer| *peer != 0);
            self.accepts =
                entry.filter(|_| listens).map(|entry| (entry.receive_queue, entry.send_queue));
        }
        if listens {
            self.valid = true;
            return;
        }
        self.receive_queue = kernel::queue::receive(fd).ok().map(u64::from);
        self.peeked = match self.receive_queue {
            Some(0) | None => Some(Vec::new()),
            Some(_) => peek::stream(fd, PEEK).ok().flatten(),
        };
        self.valid = self.receive_queue.is_some();
    }

    /// What a kernel without TCP_INFO tells; no ledger can be made of it.
    fn stream_elsewhere(&mut self, slot: &Slot) {
        let fd = slot.as_fd();
        self.state = kernel::tcp::state(fd).ok().map(super::state);
        if self.state != Some(TcpState::Listen) {
            self.receive_queue = kernel::queue::receive(fd).ok().map(u64::from);
            self.send_queue = kernel::queue::send(fd).ok().map(u64::from);
        }
    }

    fn read_timer(&mut self, slot: &Slot, diag: Option<&mut Diag>, last: &Self, now: Nanos) {
        let ticking = self.send_queue > Some(0)
            || slot.keepalive.get()
            || self.state.is_some_and(|state| {
                state != TcpState::Established
                    && state != TcpState::Listen
                    && state != TcpState::Close
            });
        if !ticking {
            self.timer = Some(None);
            return;
        }
        if now < last.timer_read + TIMER_EVERY && last.timer.is_some() {
            (self.timer, self.timer_read) = (None, last.timer_read);
            return;
        }
        let (Some(diag), Some(Some(Address::Inet(local))), Some(peer)) =
            (diag, &self.local, &self.peer)
        else {
            return;
        };
        let peer = peer.as_ref().and_then(Address::inet);
        self.timer_read = now;
        self.timer = diag
            .exact(Protocol::Tcp, *local, peer, slot.cookie)
            .ok()
            .map(|entry| entry.and_then(|entry| entry.timer).map(timer));
    }

    fn datagram(&mut self, slot: &Slot, last: &Self, pass: bool) {
        let fd = slot.as_fd();
        self.valid = true;
        self.memory = kernel::memory(fd).ok();
        self.receive_queue = kernel::queue::receive(fd).ok().map(u64::from);
        // What a Unix sender is charged, its receivers have not read; `send_charged` says it.
        if !slot.is_unix() {
            self.send_queue = kernel::queue::send(fd).ok().map(u64::from);
        }
        let charged = |reading: &Self| {
            reading.memory.as_ref().map(|memory| (memory.receive_charged, memory.drops))
        };
        let rests = pass && charged(self) == charged(last);
        let small =
            self.memory.as_ref().is_some_and(|memory| memory.receive_charged <= WALK_AT_ONCE);
        let read = slot.datagrams_read.get();
        // The sender is charged for what waits at a Unix receiver, so its own charge tells nothing.
        let blind = slot.is_unix();
        if (rests || small)
            && (blind || slot.walked.get() != Some((charged(self), read)) || last.queue.is_none())
        {
            slot.walked.set(Some((charged(self), read)));
            let walk = slot.datagrams.borrow_mut().walk(fd).ok().flatten();
            self.queue = Some(
                walk.filter(|walk| walk.exact && !walk.capped).map(|walk| queue_of(&walk.waiting)),
            );
        } else if rests || small {
            self.queue.clone_from(&last.queue);
        }
        self.counted = self.queue.clone().flatten().filter(|_| blind).map(|queue| queue.datagrams);
        self.valid = self.queue.is_some() && self.memory.is_some();
    }

    /// Everything known, as fields.
    pub(super) fn fields(&self) -> Vec<Field> {
        let mut fields = Vec::with_capacity(24);
        fields.extend(self.state.map(Field::State));
        fields.extend(self.local.clone().map(Field::Local));
        fields.extend(self.peer.clone().map(Field::Peer));
        let listens = self.state == Some(TcpState::Listen);
        if let Some(info) = self.info.as_ref().filter(|_| listens) {
            fields.push(Field::AcceptQueue(info.unacked));
            fields.push(Field::Backlog(info.sacked));
        }
        if let Some((waiting, backlog)) = self.accepts {
            fields.extend([Field::AcceptQueue(waiting), Field::Backlog(backlog)]);
        }
        fields.extend(self.peer_socket.map(|far| Field::PeerSocket(Some(far))));
        fields.extend(self.send_queue.map(Field::SendQueue));
        fields.extend(self.unsent.map(Field::Unsent));
        fields.extend(self.receive_queue.map(Field::ReceiveQueue));
        if let Some(memory) = &self.memory {
            fields.push(Field::SendLimit(memory.send_limit));
            fields.push(Field::ReceiveLimit(memory.receive_limit));
            fields.push(Field::SendCharged(if self.info.is_some() {
                memory.send_queued
            } else {
                memory.send_charged
            }));
            fields.push(Field::ReceiveCharged(memory.receive_charged));
            fields.push(Field::Drops(memory.drops));
        }
        if let Some(info) =
            self.info.as_ref().filter(|_| self.state.is_some_and(TcpState::connected))
        {
            fields.push(Field::RoundTrip(u64::from(info.rtt_us) * 1_000));
            fields.push(Field::CongestionWindow(info.snd_cwnd));
            fields.extend(info.snd_wnd.map(Field::PeerWindow));
            fields.push(Field::Retransmissions(info.total_retrans));
            if self.valid {
                fields.push(Field::Acked(info.bytes_acked));
                fields.push(Field::Received(info.bytes_received));
            }
        } else if let Some(info) = self.info.as_ref().filter(|info| info.state == State::SynSent) {
            fields.push(Field::Retransmissions(info.total_retrans));
        }
        fields.extend(self.timer.map(Field::Timer));
        fields.extend(self.peeked.clone().map(|bytes| Field::Peeked(Payload::new(bytes))));
        fields.extend(self.queue.clone().map(Field::Queue));
        fields
    }

    /// It was told at this moment: what it found to have crossed is drawn as there by then, not before.
    pub(super) fn told_at(&mut self, at: Nanos) {
        if self.arrived == self.at {
            self.arrived = at;
        }
        self.at = at;
    }

    /// Whether the numbers of the ledger are those of the other look, and both are valid.
    pub(super) fn agrees(&self, other: &Self) -> bool {
        let counters = |reading: &Self| {
            let memory =
                reading.memory.as_ref().map(|memory| (memory.drops, memory.receive_charged));
            let info = reading
                .info
                .as_ref()
                .map(|info| (info.bytes_acked, info.bytes_received, info.unacked));
            let unix = (reading.accepts, reading.counted);
            (reading.state, reading.send_queue, reading.receive_queue, memory, info, unix)
        };
        self.valid && other.valid && counters(self) == counters(other)
    }

    /// Bytes acknowledged and received, where the connection's counters say.
    pub(in crate::lab) fn progress(&self) -> Option<(u64, u64)> {
        let state = self.state.filter(|state| state.connected())?;
        let info = self.info.as_ref()?;
        Some((
            info.bytes_acked,
            info.bytes_received - u64::from(state.fin_received()).min(info.bytes_received),
        ))
    }

    /// Both addresses of a connection.
    pub(super) fn addresses(&self) -> Option<(std::net::SocketAddr, std::net::SocketAddr)> {
        Some((self.local.clone()??.inet()?, self.peer.clone()??.inet()?))
    }
}

/// A kernel timer in the protocol's words.
pub(super) fn timer(timer: crate::kernel::diag::Timer) -> Timer {
    let kind = match timer.kind {
        KernelTimer::Retransmit => TimerKind::Retransmit,
        KernelTimer::Keepalive => TimerKind::Keepalive,
        KernelTimer::TimeWait => TimerKind::TimeWait,
        KernelTimer::Probe => TimerKind::Probe,
    };
    Timer { kind, remaining: timer.remaining.as_nanos() as Nanos, fired: timer.expirations }
}

fn queue_of(waiting: &[Waiting]) -> Queue {
    let mut runs: Vec<Run> = Vec::new();
    for numbered in waiting.iter().filter_map(|datagram| number::read(&datagram.head)) {
        match runs
            .last_mut()
            .filter(|run| run.call == numbered.call && run.first + run.count == numbered.number)
        {
            Some(run) => run.count += 1,
            None => runs.push(Run { call: numbered.call, first: numbered.number, count: 1 }),
        }
    }
    Queue {
        datagrams: waiting.len() as u32,
        bytes: waiting.iter().map(|datagram| datagram.bytes as u64).sum(),
        runs,
    }
}
