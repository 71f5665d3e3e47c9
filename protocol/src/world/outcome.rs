//! Owns what a call's success and a sample change beyond their own socket: new sockets, pairs, aims.

use super::{Call, Socket, World};
use crate::command::{Command, Family, Kind, Net, Side};
use crate::reply::{Accepted, Done};
use crate::wire::lands;
use crate::{Address, End, Field, Nanos, SocketId, What};

impl World {
    pub(super) fn succeeded(&mut self, at: Nanos, call: &Call, done: &Done) {
        match (&call.ask, done) {
            (Command::Socket { net, family, kind, side, name }, Done::Made(made)) => {
                let side = side.unwrap_or(match net {
                    Net::Left | Net::Host => Side::Left,
                    Net::Right => Side::Right,
                });
                let mut socket =
                    Socket::new(made.socket, made.cookie, *net, *family, *kind, side, at);
                socket.name.clone_from(name);
                self.sockets.insert(made.socket, socket);
            }
            (Command::Accept { socket }, Done::Accepted(accepted)) => {
                self.accepted(at, *socket, accepted);
            }
            (
                Command::Recv { socket, .. } | Command::RecvFrom { socket, .. },
                Done::Received(received),
            ) if !received.peek => {
                self.account_datagram(*socket, received);
            }
            (Command::SendTo { socket, address, .. }, Done::Sent(_)) => {
                self.aim_one(*socket, address);
            }
            (Command::Send { socket, .. }, Done::Sent(_)) => {
                let datagram = self.sockets.get(socket).filter(|s| s.kind == Kind::Datagram);
                if let Some(peer) = datagram.and_then(|s| s.kernel.peer.clone()) {
                    self.aim_one(*socket, &peer);
                }
            }
            (Command::Burst { socket, .. }, _) => self.settle_bursts_of(*socket),
            (Command::Close { socket }, _) => self.discard_waiting(*socket),
            _ => {}
        }
    }

    /// Another program made a socket on the wire.
    pub(super) fn appeared(&mut self, at: Nanos, what: &What) {
        let What::Appeared { socket, cookie, net, family, kind, program } = what else { return };
        let side = match net {
            End::Left => Side::Left,
            End::Right => Side::Right,
        };
        let mut new = Socket::new(*socket, *cookie, (*net).into(), *family, *kind, side, at);
        new.program = Some(program.clone());
        new.name = Some(program.name.clone()).filter(|name| !name.is_empty());
        self.sockets.insert(*socket, new);
    }

    /// A single datagram was taken for `to`.
    fn aim_one(&mut self, sender: SocketId, to: &Address) {
        if let Some(sender) = self.sockets.get_mut(&sender) {
            sender.aim = Some(to.clone());
        }
        if let Some(receiver) =
            self.receiver_of(to, sender).and_then(|receiver| self.sockets.get_mut(&receiver))
        {
            receiver.aim(1);
        }
    }

    fn accepted(&mut self, at: Nanos, listener: SocketId, accepted: &Accepted) {
        let net = self.sockets.get(&listener).map(|parent| lands(parent.net, &accepted.peer));
        let twin = self.sockets.values().find(|s| {
            Some(s.net) == net
                && s.kernel.local.as_ref() == Some(&accepted.peer)
                && s.kernel.peer.as_ref() == Some(&accepted.local)
        });
        // A Unix client has no name; the kernel's accept queue is first in, first out (unix(7)).
        let queued = || {
            self.sockets
                .values()
                .filter(|s| s.family == Family::Unix && s.active && s.kernel.peer_socket.is_none())
                .filter(|s| s.is_open() && s.kernel.peer.as_ref() == Some(&accepted.local))
                .min_by_key(|s| s.client)
        };
        let twin_side = twin.or_else(queued).map(|twin| twin.side);
        let Some(parent) = self.sockets.get_mut(&listener) else { return };
        parent.children += 1;
        let side = twin_side.map_or(parent.side, Side::opposite);
        let mut socket = Socket::new(
            accepted.socket,
            accepted.cookie,
            parent.net,
            parent.family,
            parent.kind,
            side,
            at,
        );
        socket.parent = Some((listener, parent.children));
        socket.kernel.local = Some(accepted.local.clone());
        socket.kernel.peer = Some(accepted.peer.clone());
        self.sockets.insert(accepted.socket, socket);
    }

    pub(super) fn sampled(&mut self, at: Nanos, id: SocketId, set: &[Field]) {
        let Some(socket) = self.sockets.get_mut(&id) else { return };
        let only_steady = matches!(set, [Field::Steady(_)]);
        if !only_steady {
            socket.kernel.steady = false;
        }
        for field in set {
            socket.kernel.set(at, field);
        }
        if set.iter().any(|field| matches!(field, Field::Queue(Some(_)))) {
            self.settle_receiver(id);
        }
        if set.iter().any(|field| matches!(field, Field::PeerSocket(Some(_)))) {
            self.face(id);
        }
    }

    /// An accepted socket stands opposite its peer, now that the kernel has told who that is.
    fn face(&mut self, id: SocketId) {
        let twin = self.far_end(id).and_then(|far| self.sockets.get(&far));
        let side = twin.map(|twin| twin.side.opposite());
        if let Some(side) = side
            && let Some(socket) = self.sockets.get_mut(&id).filter(|s| s.parent.is_some())
        {
            socket.side = side;
        }
    }
}
