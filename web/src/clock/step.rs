//! Owns going from event to event: of all, or of one socket; and to what went wrong. Says what was
//! come to.

use super::Clock;
use crate::timeline::{MarkKind, Timeline, Trouble};
use protocol::{Nanos, SocketId};

/// What the picture has come to by a step or a jump.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Landing {
    /// The moment.
    pub at: Nanos,
    /// What was looked for there, where something was.
    pub kind: Option<MarkKind>,
    /// How many of it happened at this moment.
    pub count: u32,
    /// Whose event it is, where one socket's were gone through.
    pub socket: Option<SocketId>,
}

impl Clock {
    /// To the next (or previous) event of one socket or of all, and stops there. Among all, a crossing's
    /// beginning, middle and end are steps too.
    pub fn step(&mut self, forward: bool, socket: Option<SocketId>, timeline: &mut Timeline) {
        let at = self.moment.at;
        let to = match (socket, forward) {
            (None, true) => timeline.next_event(at),
            (None, false) => timeline.previous_event(at),
            (Some(socket), true) => timeline.next_of(at, socket),
            (Some(socket), false) => timeline.previous_of(at, socket),
        };
        let to = to.filter(|to| *to <= self.moment.now);
        self.show(to.unwrap_or(at), timeline);
        let at = self.moment.at;
        self.landed = to.map(|_| Landing { at, kind: None, count: 1, socket });
    }

    /// To the next (or previous) loss, drop, resend, sleep or error, and stops there; stays where there
    /// is none.
    pub fn jump(&mut self, forward: bool, sought: Trouble, timeline: &mut Timeline) {
        let found = timeline.trouble(self.moment.at, forward, sought);
        let found = found.filter(|mark| mark.at <= self.moment.now);
        self.show(found.map_or(self.moment.at, |mark| mark.at), timeline);
        let at = self.moment.at;
        self.landed = found.filter(|mark| mark.at == at).map(|mark| Landing {
            at,
            kind: Some(mark.kind),
            count: mark.count,
            socket: None,
        });
    }

    /// What a step or a jump has come to, as long as it is shown.
    pub fn landed(&self) -> Option<Landing> {
        self.landed.filter(|landing| self.paused && landing.at == self.moment.at)
    }
}
