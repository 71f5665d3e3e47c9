//! Owns who is at the other end: pairs of our own sockets, told by their addresses alone.

use super::{Socket, World};
use crate::command::Kind;
use crate::{Address, SocketId};

impl World {
    /// Our own socket at the other end of a connection, alive or resting.
    pub fn far_end(&self, id: SocketId) -> Option<SocketId> {
        let socket = self.sockets.get(&id)?;
        if socket.kind == Kind::Datagram {
            return self.receiver_of(socket.kernel.peer.as_ref()?, id);
        }
        let ends = |socket: &Socket| {
            let kernel = &socket.kernel;
            Some((kernel.local.as_ref()?.canonical(), kernel.peer.as_ref()?.canonical()))
        };
        let (local, peer) = ends(socket)?;
        self.sockets
            .values()
            .filter(|other| {
                other.kind == Kind::Stream
                    && ends(other).is_some_and(|(own, far)| own == peer && far == local)
            })
            .map(|other| other.id)
            .next_back()
    }

    /// Our only open datagram socket that is bound so as to receive what `from` sends to `to`. A
    /// connected one hears its peer only (connect(2)).
    pub fn receiver_of(&self, to: &Address, from: SocketId) -> Option<SocketId> {
        let sender = self.sockets.get(&from).and_then(|sender| sender.kernel.local.as_ref());
        let hears = |s: &Socket| {
            let peer = s.kernel.peer.as_ref();
            peer.is_none_or(|peer| sender.is_some_and(|sender| sender.covers(peer)))
        };
        let mut found = self
            .sockets
            .values()
            .filter(|s| {
                s.kind == Kind::Datagram
                    && s.is_open()
                    && s.kernel.local.as_ref().is_some_and(|own| own.covers(to))
                    && hears(s)
            })
            .map(|s| s.id);
        let first = found.next();
        if found.next().is_some() { None } else { first }
    }

    /// The listener in whose accept queue a connected client of ours waits, and its place from 1;
    /// the order is that of the clients' ids where the kernel does not tell it.
    pub fn queued_at(&self, client: SocketId) -> Option<SocketId> {
        let socket = self.sockets.get(&client)?;
        if self.far_end(client).is_some() || !socket.active {
            return None;
        }
        self.listener_of(socket.kernel.peer.as_ref()?)
    }

    /// Our socket that listens where `to` leads.
    pub fn listener_of(&self, to: &Address) -> Option<SocketId> {
        let listens =
            |s: &&Socket| s.listens() && s.kernel.local.as_ref().is_some_and(|own| own.covers(to));
        self.sockets.values().find(listens).map(|s| s.id)
    }
}
