//! Owns what the kernel said of each socket through time, measure by measure: each value stands from the
//! sample that told it to the next one. Bounded: where there are too many, neighbours are merged into
//! their least, greatest and last.

use protocol::command::Kind;
use protocol::table::Table;
use protocol::world::{Kernel, Socket};
use protocol::{Event, Nanos, SocketId, What, World};
use std::collections::VecDeque;

/// Steps kept of one measure at most, an even number; then two and two are merged.
const KEPT: usize = 2_048;
/// Sockets remembered at most; those with the lowest numbers are forgotten first.
const SOCKETS: usize = 128;

/// What can be measured of a socket.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Measure {
    /// Bytes in the send queue, not acknowledged (`SIOCOUTQ`).
    SendQueue,
    /// Bytes sent and not acknowledged (`SIOCOUTQ` − `SIOCOUTQNSD`).
    InFlight,
    /// Bytes waiting to be read (`FIONREAD`; of datagrams, a peek walk).
    ReceiveQueue,
    /// The window that the peer offers, in bytes (`tcpi_snd_wnd`).
    Window,
    /// The congestion window, in segments (`tcpi_snd_cwnd`).
    Congestion,
    /// The smoothed round trip, in nanoseconds (`tcpi_rtt`).
    RoundTrip,
    /// Segments sent again, in all (`tcpi_total_retrans`).
    Retransmissions,
    /// Bytes that the peer's kernel has acknowledged, in all (`tcpi_bytes_acked`).
    Acked,
    /// What the socket threw away, in all (`SK_MEMINFO_DROPS`).
    Drops,
}

impl Measure {
    /// All.
    pub const ALL: [Self; 9] = [
        Self::SendQueue,
        Self::InFlight,
        Self::ReceiveQueue,
        Self::Window,
        Self::Congestion,
        Self::RoundTrip,
        Self::Retransmissions,
        Self::Acked,
        Self::Drops,
    ];

    /// What the kernel last said; null where it has not.
    pub fn of(self, kind: Kind, kernel: &Kernel) -> Option<u64> {
        match self {
            Self::SendQueue => kernel.send_queue,
            Self::InFlight => Some(kernel.send_queue?.saturating_sub(kernel.unsent?)),
            // FIONREAD would give the first datagram's size.
            Self::ReceiveQueue if kind == Kind::Datagram => Some(kernel.queue.as_ref()?.bytes),
            Self::ReceiveQueue => kernel.receive_queue,
            Self::Window => kernel.peer_window.map(u64::from),
            Self::Congestion => kernel.congestion_window.map(u64::from),
            Self::RoundTrip => kernel.round_trip,
            Self::Retransmissions => kernel.retransmissions.map(u64::from),
            Self::Acked => kernel.acked,
            Self::Drops => kernel.drops.map(u64::from),
        }
    }
}

/// What was said from one moment on, up to the next step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Step {
    /// From when on.
    pub at: Nanos,
    /// The least and the greatest that was said meanwhile; none where nothing was.
    pub range: Option<(u64, u64)>,
    /// What was said last; null where nothing is known any more.
    pub last: Option<u64>,
}

impl Step {
    fn new(at: Nanos, value: Option<u64>) -> Self {
        Self { at, range: value.map(|value| (value, value)), last: value }
    }

    /// This step and the next as one.
    pub(crate) fn joined(self, later: Self) -> Self {
        let range = match (self.range, later.range) {
            (Some(a), Some(b)) => Some((a.0.min(b.0), a.1.max(b.1))),
            (one, other) => one.or(other),
        };
        Self { at: self.at, range, last: later.last }
    }
}

/// One measure of one socket.
#[derive(Clone, Debug, Default)]
pub struct Trace {
    steps: VecDeque<Step>,
    /// How many values a step stands for, as a power of two; the last one for `filled` of them yet.
    halvings: u32,
    filled: usize,
}

impl Trace {
    fn push(&mut self, at: Nanos, value: Option<u64>) {
        let each = self.each();
        let new = Step::new(at, value);
        match self.steps.back_mut() {
            Some(last) if last.last == value => return,
            None if value.is_none() => return,
            // Two samples of one moment: the later one stands.
            Some(last) if last.at == at => *last = last.joined(new),
            Some(last) if self.filled < each => {
                *last = last.joined(new);
                self.filled += 1;
            }
            _ => {
                self.steps.push_back(new);
                self.filled = 1;
            }
        }
        if self.steps.len() > KEPT {
            let mut old = std::mem::take(&mut self.steps).into_iter();
            while let Some(first) = old.next() {
                self.steps.push_back(old.next().map_or(first, |second| first.joined(second)));
            }
            // One stood over: the newest, with one value in it.
            self.halvings += 1;
        }
    }

    /// How many values stand in one step at most; 1 where none were merged.
    pub fn each(&self) -> usize {
        1 << self.halvings
    }

    /// The steps that reach into a span, the one before it first.
    pub fn within(&self, from: Nanos, to: Nanos) -> impl Iterator<Item = &Step> {
        let first = self.steps.partition_point(|step| step.at <= from).saturating_sub(1);
        let end = self.steps.partition_point(|step| step.at <= to);
        self.steps.range(first.min(end)..end)
    }

    /// What had been said last at a moment.
    pub fn at(&self, at: Nanos) -> Option<u64> {
        let place = self.steps.partition_point(|step| step.at <= at);
        self.steps.get(place.checked_sub(1)?)?.last
    }
}

/// All measures of all sockets.
#[derive(Default)]
pub(super) struct Traces {
    all: Table<SocketId, [Trace; Measure::ALL.len()]>,
}

impl Traces {
    pub(super) fn restart(&mut self, world: &World) {
        *self = Self::default();
        world.sockets.values().for_each(|socket| self.see(world.at, socket));
    }

    pub(super) fn push(&mut self, event: &Event, newest: &World) {
        match &event.what {
            What::Sample { socket, .. } => {
                if let Some(own) = newest.sockets.get(socket) {
                    self.see(event.at, own);
                }
            }
            What::Gone { .. } | What::Reset { .. } => {
                for (id, traces) in self.all.iter_mut() {
                    if !newest.sockets.contains_key(id) {
                        for trace in traces {
                            trace.push(event.at, None);
                        }
                    }
                }
            }
            _ => {}
        }
    }

    fn see(&mut self, at: Nanos, socket: &Socket) {
        let known = Measure::ALL.map(|measure| measure.of(socket.kind, &socket.kernel));
        let traces = self.all.or_default(socket.id);
        for (trace, value) in traces.iter_mut().zip(known) {
            trace.push(at, value);
        }
        while self.all.len() > SOCKETS {
            self.all.pop_first();
        }
    }

    pub(super) fn of(&self, socket: SocketId, measure: Measure) -> Option<&Trace> {
        self.all.get(&socket).map(|traces| &traces[measure as usize])
    }
}
