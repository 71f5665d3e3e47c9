//! Owns who is at the other end: pairs of our own sockets, told by their addresses alone, or, for Unix
//! streams, by the kernel.

use super::{Socket, World};
use crate::command::{Family, Kind, Net};
use crate::wire::lands;
use crate::{Address, SocketId};

impl World {
    /// Our own socket at the other end of a connection, alive or resting.
    pub fn far_end(&self, id: SocketId) -> Option<SocketId> {
        let socket = self.sockets.get(&id)?;
        if socket.kind == Kind::Datagram {
            return self.receiver_of(socket.kernel.peer.as_ref()?, id);
        }
        if socket.family == Family::Unix {
            // A client has no name, so that addresses tell nothing.
            let own = socket.kernel.peer_socket.filter(|far| self.sockets.contains_key(far));
            let theirs = || {
                let twin = |other: &&Socket| other.kernel.peer_socket == Some(id);
                self.sockets.values().find(twin).map(|twin| twin.id)
            };
            return own.or_else(theirs);
        }
        let ends = |socket: &Socket| {
            let kernel = &socket.kernel;
            Some((kernel.local.as_ref()?.canonical(), kernel.peer.as_ref()?.canonical()))
        };
        let (local, peer) = ends(socket)?;
        let net = lands(socket.net, &peer);
        self.sockets
            .values()
            .filter(|other| {
                other.kind == Kind::Stream
                    && other.net == net
                    && ends(other).is_some_and(|(own, far)| own == peer && far == local)
            })
            .map(|other| other.id)
            .next_back()
    }

    /// Our only open datagram socket that is bound so as to receive what `from` sends to `to`. A
    /// connected one hears its peer only (connect(2)).
    pub fn receiver_of(&self, to: &Address, from: SocketId) -> Option<SocketId> {
        let sender = self.sockets.get(&from);
        let net = sender.map_or(Net::Host, |sender| lands(sender.net, to));
        self.receiver_at(net, to, sender.and_then(|sender| sender.kernel.local.as_ref()))
    }

    /// The same for what comes to `to` in a net, from an address.
    pub(super) fn receiver_at(
        &self,
        net: Net,
        to: &Address,
        from: Option<&Address>,
    ) -> Option<SocketId> {
        let hears = |s: &Socket| {
            let peer = s.kernel.peer.as_ref();
            peer.is_none_or(|peer| from.is_some_and(|from| from.covers(peer)))
        };
        let mut found = self
            .sockets
            .values()
            .filter(|s| {
                s.kind == Kind::Datagram
                    && s.net == net
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
        self.listener_of(socket.net, socket.kernel.peer.as_ref()?)
    }

    /// Our socket that listens where `to` leads from a net.
    pub fn listener_of(&self, from: Net, to: &Address) -> Option<SocketId> {
        let net = lands(from, to);
        let listens = |s: &&Socket| {
            s.net == net && s.listens() && s.kernel.local.as_ref().is_some_and(|own| own.covers(to))
        };
        self.sockets.values().find(listens).map(|s| s.id)
    }
}
