//! Owns one socket: what was asked of it, what went through it, and what the kernel last said.

use super::{Call, World};
use crate::address::Address;
use crate::command::{Command, Family, Half, Kind, Net, Reading, Side};
use crate::limit::PEEK;
use crate::number::Wide;
use crate::reply::{Accepted, Done};
use crate::sample::{Field, Queue, TcpState, Timer};
use crate::{Answer, Nanos, SocketId};
use serde::{Deserialize, Serialize};

/// What went through a socket in one direction, by the results of calls.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Moved {
    /// Payload bytes.
    pub bytes: u64,
    /// Messages: sends and receives that moved something, or datagrams.
    pub count: u64,
}

/// What the kernel last said; null where it has not been asked, or has nothing to say.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Kernel {
    /// TCP state.
    pub state: Option<TcpState>,
    /// Own address.
    pub local: Option<Address>,
    /// The other end's.
    pub peer: Option<Address>,
    /// Bytes kept until acknowledged.
    pub send_queue: Option<u64>,
    /// Of which not yet sent.
    pub unsent: Option<u64>,
    /// Bytes waiting for recv.
    pub receive_queue: Option<u64>,
    /// Limit of the send charge.
    pub send_limit: Option<u32>,
    /// Limit of the receive charge.
    pub receive_limit: Option<u32>,
    /// Send charge.
    pub send_charged: Option<u32>,
    /// Receive charge.
    pub receive_charged: Option<u32>,
    /// Connections waiting for accept.
    pub accept_queue: Option<u32>,
    /// Backlog in force.
    pub backlog: Option<u32>,
    /// Thrown away by the socket.
    pub drops: Option<u32>,
    /// Smoothed round trip.
    pub round_trip: Option<Nanos>,
    /// Congestion window, segments.
    pub congestion_window: Option<u32>,
    /// Peer's window, bytes.
    pub peer_window: Option<u32>,
    /// Segments sent again.
    pub retransmissions: Option<u32>,
    /// Bytes acknowledged, SYN and FIN included.
    pub acked: Option<u64>,
    /// Bytes received, FIN included.
    pub received: Option<u64>,
    /// The running timer, and when it was read.
    pub timer: Option<(Timer, Nanos)>,
    /// The first bytes waiting.
    #[serde(with = "crate::data::as_payload")]
    #[cfg_attr(feature = "schema", schemars(with = "crate::data::Payload"))]
    pub peeked: Vec<u8>,
    /// The datagrams waiting, by a peek walk.
    pub queue: Option<Queue>,
    /// Two valid samples agreed and nothing has happened since.
    pub steady: bool,
}

/// One socket.
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a fact of its own, as the system calls have it"
)]
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Socket {
    /// Its id.
    pub id: SocketId,
    /// Its `SO_COOKIE`.
    pub cookie: Wide,
    /// Where it lives.
    pub net: Net,
    /// Address family.
    pub family: Family,
    /// Stream or datagram.
    pub kind: Kind,
    /// Where the page shows it.
    pub side: Side,
    /// What it is called, if somebody named it.
    pub name: Option<String>,
    /// The listener that it was accepted from, and which of its connections it is, from 1.
    pub parent: Option<(SocketId, u32)>,
    /// Connections accepted from it so far.
    pub children: u32,
    /// When it was made.
    pub opened: Nanos,
    /// When close() was called.
    pub closed: Option<Nanos>,
    /// Whether its own connect sent a SYN (which counts in `acked`), even if that connect then
    /// failed, was interrupted or did not wait.
    pub active: bool,
    /// Which of the streams that connected it is, from 1, in the order of their first connect's end.
    pub client: Option<u32>,
    /// Whether its half for reading is shut.
    pub shut_read: bool,
    /// Whether its half for writing is shut.
    pub shut_write: bool,
    /// How long a call may block.
    pub timeout: Option<Nanos>,
    /// Whether calls never block.
    pub nonblocking: bool,
    /// The automatic reader.
    pub reader: Option<Reading>,
    /// What sends took.
    pub sent: Moved,
    /// What receives gave.
    pub read: Moved,
    /// Where its last datagram went.
    pub aim: Option<Address>,
    /// Datagrams that sends of ours took for this receiver.
    pub aimed: u64,
    /// Datagrams received from senders that are not ours.
    pub from_outside: u64,
    /// The last bytes that sends took, at most [`PEEK`], back to where a payload was cut: what a
    /// short send queue holds.
    #[serde(with = "crate::data::as_payload")]
    #[cfg_attr(feature = "schema", schemars(with = "crate::data::Payload"))]
    pub tail: Vec<u8>,
    /// What the last receive gave, at most 256 bytes.
    #[serde(with = "crate::data::as_payload")]
    #[cfg_attr(feature = "schema", schemars(with = "crate::data::Payload"))]
    pub last_read: Vec<u8>,
    /// Whether the peer's end was read (0 bytes).
    pub eof: bool,
    /// What the kernel last said.
    pub kernel: Kernel,
}

impl Kernel {
    fn set(&mut self, at: Nanos, field: &Field) {
        match field {
            Field::State(state) => self.state = Some(*state),
            Field::Local(local) => self.local.clone_from(local),
            Field::Peer(peer) => self.peer.clone_from(peer),
            Field::SendQueue(n) => self.send_queue = Some(*n),
            Field::Unsent(n) => self.unsent = Some(*n),
            Field::ReceiveQueue(n) => self.receive_queue = Some(*n),
            Field::SendLimit(n) => self.send_limit = Some(*n),
            Field::ReceiveLimit(n) => self.receive_limit = Some(*n),
            Field::SendCharged(n) => self.send_charged = Some(*n),
            Field::ReceiveCharged(n) => self.receive_charged = Some(*n),
            Field::AcceptQueue(n) => self.accept_queue = Some(*n),
            Field::Backlog(n) => self.backlog = Some(*n),
            Field::Drops(n) => self.drops = Some(*n),
            Field::RoundTrip(n) => self.round_trip = Some(*n),
            Field::CongestionWindow(n) => self.congestion_window = Some(*n),
            Field::PeerWindow(n) => self.peer_window = Some(*n),
            Field::Retransmissions(n) => self.retransmissions = Some(*n),
            Field::Acked(n) => self.acked = Some(*n),
            Field::Received(n) => self.received = Some(*n),
            Field::Timer(timer) => self.timer = timer.map(|timer| (timer, at)),
            Field::Peeked(payload) => self.peeked = payload.bytes().to_vec(),
            Field::Queue(queue) => self.queue.clone_from(queue),
            Field::Steady(steady) => self.steady = *steady,
        }
    }

    /// What is left on the running timer at a moment.
    pub fn timer_left(&self, at: Nanos) -> Option<Nanos> {
        let (timer, read) = self.timer?;
        Some(read.saturating_add(timer.remaining).saturating_sub(at))
    }
}

impl Socket {
    fn new(
        id: SocketId,
        cookie: Wide,
        net: Net,
        family: Family,
        kind: Kind,
        side: Side,
        at: Nanos,
    ) -> Self {
        Self {
            id,
            cookie,
            net,
            family,
            kind,
            side,
            name: None,
            parent: None,
            children: 0,
            opened: at,
            closed: None,
            active: false,
            client: None,
            shut_read: false,
            shut_write: false,
            timeout: None,
            nonblocking: false,
            reader: None,
            sent: Moved::default(),
            read: Moved::default(),
            aim: None,
            aimed: 0,
            from_outside: 0,
            tail: Vec::new(),
            last_read: Vec::new(),
            eof: false,
            kernel: Kernel::default(),
        }
    }

    /// Whether close() has not been called.
    pub fn is_open(&self) -> bool {
        self.closed.is_none()
    }

    /// Whether it listens.
    pub fn listens(&self) -> bool {
        self.kernel.state == Some(TcpState::Listen)
    }

    /// The bytes in a short send queue, where they are known: `send_queue` bytes from the end of
    /// what sends took, less the FIN.
    pub fn kept(&self) -> Option<&[u8]> {
        let queue = self.kernel.send_queue?;
        let fin = u64::from(self.kernel.state.is_some_and(|state| {
            matches!(state, TcpState::FinWait1 | TcpState::Closing | TcpState::LastAck)
        }));
        let queue = usize::try_from(queue.saturating_sub(fin)).ok()?;
        self.tail.get(self.tail.len().checked_sub(queue)?..)
    }

    /// A send took bytes `from..to` of its payload.
    pub(super) fn took(&mut self, ask: &Command, from: u32, to: u32) {
        let (Command::Send { data, .. } | Command::SendTo { data, .. }) = ask else { return };
        if to <= from {
            return;
        }
        self.sent.bytes += u64::from(to - from);
        if self.kind == Kind::Datagram {
            return;
        }
        if to as usize > data.len() {
            self.tail.clear();
            return;
        }
        let from = (from as usize).max((to as usize).saturating_sub(PEEK));
        self.tail.extend(data.slice(from..to as usize));
        let over = self.tail.len().saturating_sub(PEEK);
        self.tail.drain(..over);
    }

    /// So many more datagrams are under way to it: what was steady is so no longer.
    pub(super) fn aim(&mut self, datagrams: u64) {
        self.aimed += datagrams;
        self.kernel.steady = false;
    }

    /// Where `ask` is connect, its SYN is out.
    pub(super) fn connects(&mut self, ask: &Command) {
        self.active |= matches!(ask, Command::Connect { .. }) && self.parent.is_none();
    }

    pub(super) fn call_ended(&mut self, at: Nanos, call: &Call, before: u32, result: &Answer) {
        let done = match result {
            Answer::Ok(done) => done,
            Answer::Error(failure) => {
                if failure.errno.as_deref() == Some("EINPROGRESS") {
                    self.connects(&call.ask);
                }
                return;
            }
        };
        match (&call.ask, done) {
            (Command::Send { .. } | Command::SendTo { .. }, Done::Sent(sent)) => {
                self.took(&call.ask, before, sent.bytes);
                self.sent.count += 1;
            }
            (Command::Recv { .. } | Command::RecvFrom { .. }, Done::Received(received)) => {
                received.data.bytes().clone_into(&mut self.last_read);
                if !received.peek {
                    self.eof |= received.eof;
                    self.read.bytes += u64::from(received.bytes);
                    self.read.count += u64::from(!received.eof);
                }
            }
            (Command::Bind { .. }, Done::Local(now)) => self.kernel.local = Some(now.local.clone()),
            (Command::Connect { address, .. }, Done::Local(now)) => {
                self.connects(&call.ask);
                self.kernel.local = Some(now.local.clone());
                // A wildcard means this machine; which of its addresses, the kernel will say.
                if !address.is_wildcard() {
                    self.kernel.peer = Some(address.clone());
                }
            }
            (Command::Shutdown { how, .. }, _) => {
                self.shut_read |= matches!(how, Half::Read | Half::Both);
                self.shut_write |= matches!(how, Half::Write | Half::Both);
            }
            (Command::Close { .. }, _) => {
                self.closed = Some(at);
                self.reader = None;
            }
            (Command::Timeout { after, .. }, _) => self.timeout = *after,
            (Command::Nonblocking { on, .. }, _) => self.nonblocking = *on,
            (Command::Reader { set, .. }, _) => self.reader = *set,
            _ => {}
        }
    }
}

impl World {
    pub(super) fn succeeded(&mut self, at: Nanos, call: &Call, done: &Done) {
        match (&call.ask, done) {
            (Command::Socket { net, family, kind, side, name }, Done::Made(made)) => {
                let side = side.unwrap_or(match net {
                    Net::Left | Net::Host => Side::Left,
                    Net::Right => Side::Right,
                });
                let mut socket =
                    Socket::new(made.socket, made.cookie, *net, *family, *kind, side, at);
                socket.name.clone_from(name);
                self.sockets.insert(made.socket, socket);
            }
            (Command::Accept { socket }, Done::Accepted(accepted)) => {
                self.accepted(at, *socket, accepted);
            }
            (
                Command::Recv { socket, .. } | Command::RecvFrom { socket, .. },
                Done::Received(received),
            ) if !received.peek => {
                self.account_datagram(*socket, received);
            }
            (Command::SendTo { socket, address, .. }, Done::Sent(_)) => {
                self.aim_one(*socket, address);
            }
            (Command::Send { socket, .. }, Done::Sent(_)) => {
                let datagram = self.sockets.get(socket).filter(|s| s.kind == Kind::Datagram);
                if let Some(peer) = datagram.and_then(|s| s.kernel.peer.clone()) {
                    self.aim_one(*socket, &peer);
                }
            }
            (Command::Burst { socket, .. }, _) => self.settle_bursts_of(*socket),
            (Command::Close { socket }, _) => self.discard_waiting(*socket),
            _ => {}
        }
    }

    /// A single datagram was taken for `to`.
    fn aim_one(&mut self, sender: SocketId, to: &Address) {
        if let Some(sender) = self.sockets.get_mut(&sender) {
            sender.aim = Some(to.clone());
        }
        if let Some(receiver) =
            self.receiver_of(to, sender).and_then(|receiver| self.sockets.get_mut(&receiver))
        {
            receiver.aim(1);
        }
    }

    fn accepted(&mut self, at: Nanos, listener: SocketId, accepted: &Accepted) {
        let twin = self.sockets.values().find(|s| {
            s.kernel.local.as_ref() == Some(&accepted.peer)
                && s.kernel.peer.as_ref() == Some(&accepted.local)
        });
        let twin_side = twin.map(|twin| twin.side);
        let Some(parent) = self.sockets.get_mut(&listener) else { return };
        parent.children += 1;
        let side = twin_side.map_or(parent.side, Side::opposite);
        let mut socket = Socket::new(
            accepted.socket,
            accepted.cookie,
            parent.net,
            parent.family,
            parent.kind,
            side,
            at,
        );
        socket.parent = Some((listener, parent.children));
        socket.kernel.local = Some(accepted.local.clone());
        socket.kernel.peer = Some(accepted.peer.clone());
        self.sockets.insert(accepted.socket, socket);
    }

    pub(super) fn sampled(&mut self, at: Nanos, id: SocketId, set: &[Field]) {
        let Some(socket) = self.sockets.get_mut(&id) else { return };
        let only_steady = matches!(set, [Field::Steady(_)]);
        if !only_steady {
            socket.kernel.steady = false;
        }
        for field in set {
            socket.kernel.set(at, field);
        }
        if set.iter().any(|field| matches!(field, Field::Queue(Some(_)))) {
            self.settle_receiver(id);
        }
    }
}
