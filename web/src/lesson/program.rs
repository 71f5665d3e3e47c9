//! Owns the program of what was done on the bench: the timeline's calls since the lab was last emptied.

use crate::timeline::Timeline;
use protocol::program::{self, Dialect, Known};
use protocol::table::Set;
use protocol::world::Call;
use protocol::{Answer, Done, Nanos, SocketId};

/// The calls begun since the lab was last emptied, up to a moment, in their order.
fn calls(timeline: &Timeline, at: Nanos) -> Vec<Call> {
    let since = timeline.cleared(at);
    let own = timeline.calls_before(at).take_while(|call| call.began >= since);
    let mut calls: Vec<Call> = own.map(|call| until(call, at)).collect();
    calls.reverse();
    calls
}

/// A call as it stood at a moment.
fn until(call: &Call, at: Nanos) -> Call {
    let mut call = call.clone();
    if call.ended.is_some_and(|ended| ended > at) {
        (call.ended, call.result) = (None, None);
    }
    if call.blocked.is_some_and(|blocked| blocked > at) {
        call.blocked = None;
    }
    call
}

/// What was done up to a moment, as a program.
pub fn written(timeline: &Timeline, dialect: Dialect, at: Nanos) -> String {
    let calls = calls(timeline, at);
    let mut ids: Set<SocketId> = Set::new();
    for call in &calls {
        let made = match &call.result {
            Some(Answer::Ok(Done::Made(made))) => Some(made.socket),
            Some(Answer::Ok(Done::Accepted(accepted))) => Some(accepted.socket),
            _ => None,
        };
        for id in [call.socket(), made].into_iter().flatten() {
            ids.add(id);
        }
    }
    let known = |id: &SocketId| {
        let face = timeline.face(*id);
        let socket = timeline.newest().sockets.get(id);
        let name = face.and_then(|face| face.name.clone()).unwrap_or_default();
        Known { id: *id, name, local: socket.and_then(|own| own.kernel.local.clone()) }
    };
    let known: Vec<Known> = ids.keys().map(known).collect();
    program::write(dialect, &calls, &known)
}
