//! Owns the events that came, and the world at any moment of them.

use protocol::event::Crossing;
use protocol::{Event, Nanos, SocketId, World};

/// Something that moves between two sockets within a span; inferred on host.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Move {
    /// Sender.
    pub from: SocketId,
    /// Receiver.
    pub to: SocketId,
    /// What.
    pub what: Crossing,
    /// It leaves at this moment.
    pub began: Nanos,
    /// It is there at this moment.
    pub ended: Nanos,
}

/// The events since the snapshot, and the shown moment among them.
#[derive(Default)]
pub struct Timeline {
    world: World,
}

impl Timeline {
    /// Begins anew from a snapshot (a new epoch, or a gap).
    pub fn restart(&mut self, snapshot: World) {
        self.world = snapshot;
    }
    /// Adds the next event.
    pub fn push(&mut self, _event: Event) {}
    /// The world at the shown moment.
    pub fn world(&self) -> &World {
        &self.world
    }
    /// The world at the newest event: what commands act on.
    pub fn newest(&self) -> &World {
        &self.world
    }
    /// Shows the moment `at`, forwards or backwards.
    pub fn seek(&mut self, _at: Nanos) {}
}
