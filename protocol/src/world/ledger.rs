//! Owns the balance: what was sent against what was read, queued and lost. Protocol.md's formula.

use super::{Socket, World};
use crate::command::{Command, Family, Kind, Net};
use crate::{End, SocketId, TcpState};

/// The balance of one direction of a TCP connection between two sockets of ours; bytes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct StreamLedger {
    /// Σ of what sends took.
    pub sent: u64,
    /// Kept by the sender's kernel until acknowledged, less what the receiver has already.
    pub kept: u64,
    /// Waiting in the receiver's kernel.
    pub waiting: u64,
    /// Σ of what receives gave.
    pub read: u64,
    /// Lost with a closed or reset socket.
    pub discarded: u64,
    /// What does not add up; null where the kernel keeps a number to itself.
    pub unexplained: Option<u64>,
    /// Whether the moment is quiet, so that `unexplained` must be 0.
    pub quiet: bool,
}

/// The balance of all our datagrams to one receiver of ours; datagrams.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct DatagramLedger {
    /// Σ of what sends took.
    pub sent: u64,
    /// Waiting in the receiver's kernel.
    pub waiting: u64,
    /// Σ of what receives gave.
    pub read: u64,
    /// Dropped by the receiver's kernel.
    pub dropped: u64,
    /// On the wire.
    pub on_wire: u64,
    /// Lost on the wire.
    pub lost: u64,
    /// Never put together: lost on the wire in part, or given up by the receiver's kernel.
    pub not_reassembled: u64,
    /// Sent a second time by the wire.
    pub copied: u64,
    /// With a bit flipped on the way; the kernel drops them for a checksum: long ones in the socket,
    /// so that they are in `dropped` too, short ones before (its counters tell of both).
    pub damaged: u64,
    /// Dropped by the sender's device before they came to the wire.
    pub device_full: u64,
    /// What does not add up; null where not knowable.
    pub unexplained: Option<u64>,
    /// Whether the moment is quiet.
    pub quiet: bool,
}

/// The balance of a flow.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ledger {
    /// A stream's, in bytes.
    Stream(StreamLedger),
    /// A datagram receiver's, in datagrams.
    Datagram(DatagramLedger),
}

/// What a sender's kernel counts, SYN and FIN removed.
struct Counted {
    acked: u64,
    sent: u64,
}

fn counted_sent(socket: &Socket) -> Option<Counted> {
    let state = socket.kernel.state?;
    let (raw, queue) = (socket.kernel.acked?, socket.kernel.send_queue?);
    let syn = u64::from(socket.active);
    let fin = u64::from(state.fin_sent());
    // FIN is the last to be acknowledged: it is in the queue while the queue is not empty.
    let fin_acked = if queue == 0 { fin } else { 0 };
    let acked = raw.checked_sub(syn + fin_acked)?;
    let sent = raw.checked_add(queue)?.checked_sub(syn + fin)?;
    Some(Counted { acked, sent })
}

fn counted_received(socket: &Socket) -> Option<u64> {
    let state = socket.kernel.state?;
    socket.kernel.received?.checked_sub(u64::from(state.fin_received()))
}

/// What a Unix stream took is in the receiver's queue at once: there is no other place (unix(7)).
fn unix_ledger(sender: &Socket, receiver: &Socket, mut ledger: StreamLedger) -> StreamLedger {
    let waiting = receiver.kernel.receive_queue.filter(|_| receiver.is_open());
    ledger.waiting = waiting.unwrap_or(0);
    let rest = ledger.sent.checked_sub(ledger.read);
    if receiver.is_open() {
        let found = ledger.read.saturating_add(ledger.waiting);
        ledger.unexplained = waiting.map(|_| ledger.sent.abs_diff(found));
    } else {
        ledger.discarded = rest.unwrap_or(0);
        ledger.unexplained = rest.map(|_| 0);
    }
    ledger.quiet &= sender.is_open() && receiver.is_open();
    ledger
}

impl World {
    /// The balance from `sender` to its other end; for datagrams, of everything sent there. Null when
    /// the other end is not ours.
    pub fn ledger(&self, sender: SocketId) -> Option<Ledger> {
        let socket = self.sockets.get(&sender)?;
        match socket.kind {
            Kind::Stream => self.stream_ledger(socket).map(Ledger::Stream),
            Kind::Datagram => {
                let to = self.aim_of(sender)?;
                self.datagram_ledger(to).map(Ledger::Datagram)
            }
        }
    }

    /// The receiver of ours that a datagram socket last sent to, or is connected to.
    pub fn aim_of(&self, sender: SocketId) -> Option<SocketId> {
        let socket = self.sockets.get(&sender)?;
        let to = socket.aim.as_ref().or(socket.kernel.peer.as_ref())?;
        self.receiver_of(to, sender)
    }

    fn stream_ledger(&self, sender: &Socket) -> Option<StreamLedger> {
        let receiver = self.sockets.get(&self.far_end(sender.id)?)?;
        let mut ledger = StreamLedger {
            sent: sender.sent.bytes,
            read: receiver.read.bytes,
            ..StreamLedger::default()
        };
        ledger.quiet = self.still(sender) && self.still(receiver) && !self.under_way(sender);
        if sender.family == Family::Unix {
            return Some(unix_ledger(sender, receiver, ledger));
        }
        let alive = |s: &Socket| s.is_open() && s.kernel.state.is_some_and(TcpState::connected);
        // close() empties the queue; a reset or an orderly end leaves it to be read.
        let waiting = if receiver.is_open() { receiver.kernel.receive_queue } else { Some(0) };
        ledger.waiting = waiting.unwrap_or(0);
        let counts = counted_sent(sender)
            .zip(counted_received(receiver))
            .filter(|_| alive(sender) && alive(receiver));
        let (Some((s, r)), Some(waiting)) = (counts, waiting) else {
            let rest = ledger.sent.checked_sub(ledger.read.saturating_add(ledger.waiting));
            if sender.program.is_some() || receiver.program.is_some() {
                return Some(ledger);
            }
            let over = !receiver.is_open() || receiver.kernel.state == Some(TcpState::Close);
            ledger.discarded = rest.filter(|_| over).unwrap_or(0);
            ledger.unexplained = (waiting.is_some() && rest == Some(ledger.discarded)).then_some(0);
            return Some(ledger);
        };
        // Another program's calls are not told, but its kernel counts the bytes.
        if sender.program.is_some() {
            ledger.sent = s.sent;
        }
        if receiver.program.is_some() {
            ledger.read = r.saturating_sub(waiting);
        }
        ledger.kept = s.sent.saturating_sub(r);
        let gaps = [
            s.sent.abs_diff(ledger.sent),
            r.abs_diff(ledger.read.saturating_add(waiting)),
            s.acked.saturating_sub(r),
            r.saturating_sub(s.sent),
        ];
        ledger.unexplained = Some(gaps.into_iter().fold(0, u64::saturating_add));
        Some(ledger)
    }

    /// The balance of every datagram of ours sent to this receiver of ours.
    pub fn datagram_ledger(&self, receiver: SocketId) -> Option<DatagramLedger> {
        let socket = self.sockets.get(&receiver)?;
        let mut ledger = DatagramLedger {
            sent: socket.aimed,
            read: socket.read.count.saturating_sub(socket.from_outside),
            on_wire: self.on_wire_to(receiver),
            lost: socket.fated.lost,
            not_reassembled: socket.fated.broken,
            copied: socket.fated.copied,
            damaged: socket.fated.damaged,
            ..DatagramLedger::default()
        };
        ledger.quiet = self.still(socket) && !self.sends_datagrams() && ledger.on_wire == 0;
        ledger.dropped = u64::from(socket.kernel.drops.unwrap_or(0));
        let Some(queue) = &socket.kernel.queue else { return Some(ledger) };
        ledger.waiting = u64::from(queue.datagrams);
        if socket.from_outside == 0 {
            // More than was sent: somebody else sends here too, and whose are missing is not told.
            let found = ledger.read
                + ledger.waiting
                + ledger.dropped
                + ledger.lost
                + ledger.not_reassembled
                + ledger.on_wire;
            ledger.unexplained = (ledger.sent + ledger.copied).checked_sub(found);
            self.explain_by_device(socket, &mut ledger);
            // Of copied fragments nobody tells what they made.
            self.explain_by_kernel(socket, &mut ledger);
            if socket.fated.fragments_copied > 0 || socket.program.is_some() {
                ledger.unexplained = None;
            }
        }
        Some(ledger)
    }

    /// What the kernel of the receiver's end dropped before it came to the socket, by that end's
    /// counters: short datagrams with a flipped bit, and those that it gave up putting together since
    /// too many other fragments came between theirs (ip-sysctl.rst, `ipfrag_max_dist`).
    fn explain_by_kernel(&self, receiver: &Socket, ledger: &mut DatagramLedger) {
        let (Some(missing), Some(wire), Some(end)) =
            (ledger.unexplained.filter(|n| *n > 0), &self.wire, receiver.net.end())
        else {
            return;
        };
        let counters = &wire.counters[end.index()];
        let sum = |names: [&str; 2]| names.iter().filter_map(|name| counters.get(*name)).sum();
        let checksum: u64 = sum(["Udp.InCsumErrors", "Udp6InCsumErrors"]);
        let failed: u64 = sum(["Ip.ReasmFails", "Ip6ReasmFails"]);
        // A part that never came: the wire's doing, and counted as such.
        let given_up = failed.saturating_sub(sum(["Ip.ReasmTimeout", "Ip6ReasmTimeout"]));
        let damaged = checksum.min(ledger.damaged);
        if missing <= damaged.saturating_add(given_up) {
            ledger.not_reassembled += missing.saturating_sub(damaged);
            ledger.unexplained = Some(0);
        } else if missing <= ledger.damaged.saturating_add(given_up) {
            // A flipped bit in a header keeps it from the socket, in a fragment's from being whole.
            ledger.unexplained = None;
        }
    }

    /// What is missing when the sender's device has dropped exactly as many was dropped there; where
    /// it dropped others too, nobody can tell whose they were.
    fn explain_by_device(&self, receiver: &Socket, ledger: &mut DatagramLedger) {
        let from = receiver.net.end().map(End::opposite);
        let (Some(wire), Some(from), Some(missing)) = (&self.wire, from, ledger.unexplained) else {
            return;
        };
        let dropped = wire.device_dropped[from.index()];
        if missing > 0 && dropped > 0 {
            (ledger.device_full, ledger.unexplained) =
                if missing == dropped { (missing, Some(0)) } else { (0, None) };
        }
    }

    /// Whether a datagram may be under way because a sender of ours is in the kernel (not asleep).
    fn sends_datagrams(&self) -> bool {
        let datagram = |id: &SocketId| {
            self.sockets.get(id).is_some_and(|socket| socket.kind == Kind::Datagram)
        };
        self.calls.values().filter(|call| call.ended.is_none() && call.blocked.is_none()).any(
            |call| match &call.ask {
                Command::SendTo { .. } | Command::Burst { .. } => true,
                Command::Send { socket, .. } => datagram(socket),
                _ => false,
            },
        )
    }

    /// Whether a packet of this connection is on the wire, either way.
    fn under_way(&self, socket: &Socket) -> bool {
        let (Some(wire), Some(local), Some(peer)) =
            (&self.wire, &socket.kernel.local, &socket.kernel.peer)
        else {
            return false;
        };
        socket.net != Net::Host && wire.on_wire(local, peer) + wire.on_wire(peer, local) > 0
    }

    /// Whether a socket is steady and no call on it is in the kernel (a sleeping one is not).
    fn still(&self, socket: &Socket) -> bool {
        let busy =
            self.calls_of(socket.id).any(|call| call.ended.is_none() && call.blocked.is_none());
        self.is_settled(socket.id) && !busy
    }
}
