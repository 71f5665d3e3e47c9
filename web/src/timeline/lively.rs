//! Owns which flow is worth looking at when nobody has chosen one.

use super::Timeline;
use protocol::command::Kind;
use protocol::world::{Call, Socket};
use protocol::{Answer, Done, SocketId, World};

/// Whether a socket is alone: a listener, or a stream that has never been connected.
pub fn idles(world: &World, id: SocketId) -> bool {
    world.sockets.get(&id).is_none_or(is_idle)
}

fn is_idle(socket: &Socket) -> bool {
    match socket.kind {
        Kind::Stream => socket.listens() || socket.kernel.peer.is_none(),
        Kind::Datagram => socket.sent.count == 0 && socket.read.count == 0,
    }
}

/// The socket that a call was about: the new one, where it gave one.
fn subject(call: &Call) -> Option<SocketId> {
    match &call.result {
        Some(Answer::Ok(Done::Accepted(given))) => Some(given.socket),
        _ => call.socket(),
    }
}

impl Timeline {
    /// The socket with the last call among those in a flow; else the first in one, else the first.
    pub fn liveliest(&self) -> Option<SocketId> {
        let world = self.newest();
        let lives = |id: &SocketId| {
            world.sockets.get(id).is_some_and(|socket| socket.is_open() && !is_idle(socket))
        };
        let mut calls: Vec<&Call> = world.calls.values().collect();
        crate::order::by_key(&mut calls, |call| {
            std::cmp::Reverse(call.ended.unwrap_or(call.began))
        });
        calls
            .into_iter()
            .filter_map(subject)
            .find(lives)
            .or_else(|| world.sockets.keys().copied().find(lives))
            .or_else(|| world.sockets.keys().next().copied())
    }
}
