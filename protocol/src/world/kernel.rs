//! Owns what the kernel last said of a socket: one field after another, never a guess.

use crate::Nanos;
use crate::SocketId;
use crate::address::Address;
use crate::sample::{Field, Queue, TcpState, Timer};
use serde::{Deserialize, Serialize};

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
    /// When it was last told to be.
    pub steady_at: Nanos,
    /// Our own socket at a Unix stream's other end.
    pub peer_socket: Option<SocketId>,
}

impl Kernel {
    pub(super) fn set(&mut self, at: Nanos, field: &Field) {
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
            Field::PeerSocket(peer) => self.peer_socket = *peer,
            Field::Steady(steady) => {
                self.steady = *steady;
                self.steady_at = if *steady { at } else { self.steady_at };
            }
        }
    }

    /// What is left on the running timer at a moment.
    pub fn timer_left(&self, at: Nanos) -> Option<Nanos> {
        let (timer, read) = self.timer?;
        Some(read.saturating_add(timer.remaining).saturating_sub(at))
    }
}
