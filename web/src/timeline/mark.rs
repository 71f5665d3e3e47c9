//! Owns what the scrubber shows: which kind of thing happened when, and how many within any span. The
//! sums are kept block by block as the marks come, so that a span's counts cost the same among a
//! thousand events and among a million.

use super::bound::Bound;
use protocol::command::Kind;
use protocol::message::Thin;
use protocol::packet::Mark::Held;
use protocol::packet::{Head, PacketFate};
use protocol::{Answer, Event, Field, FlowId, Nanos, What, World};
use std::collections::VecDeque;

/// Marks kept at most; of a recording, all of its events.
const KEPT: usize = 200_000;
/// Marks of which the sums are kept together.
const BLOCK: usize = 64;
const TCP: u8 = 6;
const UDP: u8 = 17;

/// What kind of thing happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum MarkKind {
    /// A call on a stream, or one that makes a socket.
    StreamCall,
    /// A call on a datagram socket; each numbered datagram that sendto took is one.
    DatagramCall,
    /// A call could not end at once: its program sleeps.
    Block,
    /// A TCP packet came on the wire.
    Tcp,
    /// A UDP packet.
    Udp,
    /// Any other packet.
    Other,
    /// A packet that carries what has been on the wire before.
    Again,
    /// A packet was held, or the whole wire.
    Hold,
    /// A kernel said that it had dropped something.
    Drop,
    /// A call failed.
    Error,
    /// The wire lost a packet.
    Loss,
}

impl MarkKind {
    /// How many kinds there are.
    pub const COUNT: usize = 11;

    /// All, in the order of [`Counts`].
    pub const ALL: [Self; Self::COUNT] = [
        Self::StreamCall,
        Self::DatagramCall,
        Self::Block,
        Self::Tcp,
        Self::Udp,
        Self::Other,
        Self::Again,
        Self::Hold,
        Self::Drop,
        Self::Error,
        Self::Loss,
    ];
}

/// What somebody looks for who jumps.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Trouble {
    /// Any of the others.
    #[default]
    Any,
    /// The wire lost a packet, or a kernel dropped something.
    Loss,
    /// A packet was sent again.
    Again,
    /// A call went to sleep.
    Block,
    /// A call failed.
    Error,
}

impl Trouble {
    /// All, in the order in which they are offered.
    pub const ALL: [Self; 5] = [Self::Any, Self::Loss, Self::Again, Self::Block, Self::Error];

    /// Whether a mark is of this kind.
    pub fn finds(self, kind: MarkKind) -> bool {
        match kind {
            MarkKind::Loss | MarkKind::Drop => matches!(self, Self::Any | Self::Loss),
            MarkKind::Again => matches!(self, Self::Any | Self::Again),
            MarkKind::Block => matches!(self, Self::Any | Self::Block),
            MarkKind::Error => matches!(self, Self::Any | Self::Error),
            _ => false,
        }
    }
}

/// How often each kind happened within a span.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts([u32; MarkKind::COUNT]);

impl Counts {
    /// Of one kind.
    pub fn of(&self, kind: MarkKind) -> u32 {
        self.0[kind as usize]
    }

    /// Of several.
    pub fn all(&self, kinds: &[MarkKind]) -> u32 {
        kinds.iter().map(|kind| self.of(*kind)).sum()
    }

    /// These and others.
    pub fn join(&mut self, other: &Self) {
        self.0.iter_mut().zip(other.0).for_each(|(own, more)| *own = own.wrapping_add(more));
    }

    fn add(&mut self, mark: &Mark) {
        let own = &mut self.0[mark.kind as usize];
        *own = own.wrapping_add(mark.count);
    }

    fn since(self, before: Self) -> Self {
        let mut all = self;
        all.0.iter_mut().zip(before.0).for_each(|(own, before)| *own = own.wrapping_sub(before));
        all
    }
}

/// Things of one kind that happened at one moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Mark {
    /// When.
    pub at: Nanos,
    /// What.
    pub kind: MarkKind,
    /// How many.
    pub count: u32,
}

/// Marks in order, and the sums before each block of them.
#[derive(Default)]
pub(super) struct Marks {
    pub(in crate::timeline) kept: Bound<KEPT>,
    all: VecDeque<Mark>,
    /// What all that ever came before each block comes to.
    sums: VecDeque<Counts>,
    /// What all that ever came comes to.
    total: Counts,
}

impl Marks {
    pub(super) fn push(&mut self, event: &Event, newest: &World) {
        marks_of(event, newest, |kind| self.add(Mark { at: event.at, kind, count: 1 }));
    }

    /// Packets told in sums, up to a moment.
    pub(super) fn thinned(&mut self, at: Nanos, flows: &[Thin], newest: &World) {
        for thin in flows {
            let kind = match thin.fate {
                None => packet_kind(thin.flow, newest),
                Some(PacketFate::Lost(_)) => MarkKind::Loss,
                Some(PacketFate::Delivered) => continue,
            };
            let count = u32::try_from(thin.packets).unwrap_or(u32::MAX);
            if count > 0 {
                self.add(Mark { at, kind, count });
            }
        }
    }

    fn add(&mut self, mark: Mark) {
        if self.all.len().is_multiple_of(BLOCK) {
            self.sums.push_back(self.total);
        }
        self.total.add(&mark);
        self.all.push_back(mark);
        // Whole blocks fall off, so that the sums stay at their places.
        if self.kept.is_passed(self.all.len().saturating_sub(BLOCK)) {
            self.all.drain(..BLOCK);
            self.sums.pop_front();
        }
    }

    /// What the first so many marks come to, together with all that have fallen off.
    fn before(&self, place: usize) -> Counts {
        let block = place / BLOCK;
        let Some(sum) = self.sums.get(block) else { return self.total };
        let mut sum = *sum;
        self.all.range(block * BLOCK..place).for_each(|mark| sum.add(mark));
        sum
    }

    /// How many marks there are before a moment.
    fn place(&self, at: Nanos) -> usize {
        self.all.partition_point(|mark| mark.at < at)
    }

    /// How many marks from a place on there are before a moment.
    fn later(&self, place: usize, at: Nanos) -> usize {
        let (mut low, mut high, mut reach) = (0, self.all.len() - place, 1);
        // Most columns hold few marks: the end is looked for near the beginning first.
        while reach < high && self.all[place + reach].at < at {
            (low, reach) = (reach, reach * 2);
        }
        high = high.min(reach + 1);
        while low < high {
            let middle = low.midpoint(high);
            if self.all[place + middle].at < at {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        low
    }

    /// The counts of each of so many equal parts of a span, its last moment included.
    pub(super) fn columns(&self, from: Nanos, to: Nanos, parts: usize) -> Vec<Counts> {
        let span = u128::from(to.saturating_sub(from)) + 1;
        let mut place = self.place(from);
        let mut sum = self.before(place);
        let mut columns = Vec::with_capacity(parts);
        for part in 1..=parts {
            let end = from.saturating_add((span * part as u128 / parts as u128) as Nanos);
            let next = place + self.later(place, end);
            if next == place {
                columns.push(Counts::default());
                continue;
            }
            let after = self.before(next);
            columns.push(after.since(sum));
            (place, sum) = (next, after);
        }
        columns
    }

    /// The next or previous mark that somebody looks for.
    pub(super) fn trouble(&self, at: Nanos, forward: bool, sought: Trouble) -> Option<Mark> {
        let finds = |mark: &&Mark| sought.finds(mark.kind);
        if forward {
            self.all.range(self.place(at.saturating_add(1))..).find(finds).copied()
        } else {
            self.all.range(..self.place(at)).rev().find(finds).copied()
        }
    }
}

/// The kinds of mark that an event makes.
pub(super) fn marks_of(event: &Event, newest: &World, mut tell: impl FnMut(MarkKind)) {
    match &event.what {
        What::CallBegan { ask, .. } => {
            let kind = ask.socket().and_then(|id| newest.sockets.get(&id)).map(|own| own.kind);
            let datagram = kind == Some(Kind::Datagram);
            tell(if datagram { MarkKind::DatagramCall } else { MarkKind::StreamCall });
        }
        What::CallBlocked { .. } => tell(MarkKind::Block),
        What::CallEnded { result: Answer::Error(_), .. } => tell(MarkKind::Error),
        What::DatagramSent { .. } => tell(MarkKind::DatagramCall),
        What::PacketEntered { flow, head, .. } => {
            tell(match head {
                Head::Tcp(_) => MarkKind::Tcp,
                Head::Udp(_) => MarkKind::Udp,
                Head::Fragment(_) => packet_kind(*flow, newest),
                _ => MarkKind::Other,
            });
            if matches!(head, Head::Tcp(tcp) if tcp.again) {
                tell(MarkKind::Again);
            }
        }
        What::PacketMarked { mark: Held, .. } | What::Frozen { on: true, .. } => {
            tell(MarkKind::Hold);
        }
        What::PacketLeft { fate: PacketFate::Lost(_), .. } => tell(MarkKind::Loss),
        What::Sample { set, .. } if set.iter().any(|f| matches!(f, Field::Drops(n) if *n > 0)) => {
            tell(MarkKind::Drop);
        }
        _ => {}
    }
}

fn packet_kind(flow: FlowId, newest: &World) -> MarkKind {
    let flow = newest.wire.as_ref().and_then(|wire| wire.flows.get(&flow));
    match flow.map(|flow| flow.protocol) {
        Some(TCP) => MarkKind::Tcp,
        Some(UDP) => MarkKind::Udp,
        _ => MarkKind::Other,
    }
}
