//! Owns the ticks of the scrubber: which kind of thing happened when.

use super::bound::Bound;
use protocol::command::Kind;
use protocol::packet::Mark::Held;
use protocol::packet::{Head, PacketFate};
use protocol::table::Table;
use protocol::{Answer, Event, Field, Nanos, What, World};
use std::collections::VecDeque;

/// Marks kept at most.
const KEPT: usize = 100_000;
/// Marks of one kind closer than this are one.
const FINEST: Nanos = 500_000;

/// What kind of thing happened. A later one is drawn over an earlier one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum MarkKind {
    /// sendto took a numbered datagram.
    Datagram,
    /// A call on a datagram socket.
    DatagramCall,
    /// A call on a stream, or one that makes a socket.
    StreamCall,
    /// A packet that carries what has been on the wire before.
    Again,
    /// A packet was held, or the whole wire.
    Hold,
    /// A kernel said that it had dropped something.
    Drop,
    /// The wire lost a packet.
    Loss,
    /// A call failed.
    Error,
}

impl MarkKind {
    /// Whether somebody who looks for what went wrong wants to see it.
    pub(super) fn is_trouble(self) -> bool {
        matches!(self, Self::Again | Self::Drop | Self::Loss | Self::Error)
    }
}

/// One tick.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Mark {
    /// When.
    pub at: Nanos,
    /// What.
    pub kind: MarkKind,
}

/// Ticks in order.
#[derive(Default)]
pub(super) struct Marks {
    pub(in crate::timeline) kept: Bound<KEPT>,
    ticks: VecDeque<Mark>,
    last: Table<MarkKind, Nanos>,
}

impl Marks {
    pub(super) fn push(&mut self, event: &Event, newest: &World) {
        let kind = match &event.what {
            What::CallBegan { ask, .. } => {
                let kind = ask.socket().and_then(|id| newest.sockets.get(&id)).map(|s| s.kind);
                if kind == Some(Kind::Datagram) {
                    MarkKind::DatagramCall
                } else {
                    MarkKind::StreamCall
                }
            }
            What::CallEnded { result: Answer::Error(_), .. } => MarkKind::Error,
            What::DatagramSent { .. } => MarkKind::Datagram,
            What::PacketEntered { head: Head::Tcp(tcp), .. } if tcp.again => MarkKind::Again,
            What::PacketMarked { mark: Held, .. } | What::Frozen { on: true, .. } => MarkKind::Hold,
            What::PacketLeft { fate: PacketFate::Lost(_), .. } => MarkKind::Loss,
            What::Sample { set, .. }
                if set.iter().any(|field| matches!(field, Field::Drops(n) if *n > 0)) =>
            {
                MarkKind::Drop
            }
            _ => return,
        };
        let last = self.last.insert(kind, event.at);
        if last.is_some_and(|last| event.at < last + FINEST) {
            self.last.insert(kind, last.unwrap_or(event.at));
            return;
        }
        self.ticks.push_back(Mark { at: event.at, kind });
        if self.kept.is_passed(self.ticks.len()) {
            self.ticks.pop_front();
        }
    }

    pub(super) fn between(&self, from: Nanos, to: Nanos) -> impl DoubleEndedIterator<Item = &Mark> {
        let first = self.ticks.partition_point(|mark| mark.at < from);
        let end = self.ticks.partition_point(|mark| mark.at <= to);
        self.ticks.range(first..end.max(first))
    }
}
