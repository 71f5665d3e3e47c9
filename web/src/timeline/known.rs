//! Owns what is remembered of sockets after the world has forgotten them: ladders and logs go on
//! speaking of them, and a vanished peer of ours is not mistaken for an outside program.

use protocol::command::{Kind, Side};
use protocol::table::{Set, Table};
use protocol::world::Socket;
use protocol::{Address, Event, SocketId, What, World};
use std::collections::VecDeque;

/// Sockets and addresses remembered at most.
const KEPT: usize = 4_096;

/// What a socket was.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Face {
    /// On which wall.
    pub side: Side,
    /// Stream or datagram.
    pub kind: Kind,
    /// Given name.
    pub name: Option<String>,
    /// Which connection of its listener it was.
    pub nth: Option<u32>,
    /// Whether it listened.
    pub listened: bool,
    /// Which client it is, where its own connect began the conversation.
    pub client: Option<u32>,
}

/// Faces and addresses.
#[derive(Default)]
pub(super) struct Known {
    faces: Table<SocketId, Face>,
    addresses: Set<Address>,
    order: VecDeque<Address>,
}

impl Known {
    pub(super) fn restart(&mut self, world: &World) {
        *self = Self::default();
        self.see_all(world);
    }

    pub(super) fn see_all(&mut self, world: &World) {
        world.sockets.values().for_each(|socket| self.see(socket));
    }

    pub(super) fn push(&mut self, event: &Event, newest: &World) {
        match &event.what {
            What::Sample { socket, .. } => {
                newest.sockets.get(socket).into_iter().for_each(|socket| self.see(socket));
            }
            What::CallEnded { call, .. } => {
                let asked = newest.calls.get(call).and_then(protocol::world::Call::socket);
                let newer = newest.sockets.last_key_value().map(|(id, _)| *id);
                for socket in [asked, newer].into_iter().flatten() {
                    newest.sockets.get(&socket).into_iter().for_each(|socket| self.see(socket));
                }
            }
            _ => {}
        }
    }

    fn see(&mut self, socket: &Socket) {
        let face = Face {
            side: socket.side,
            kind: socket.kind,
            name: socket.name.clone(),
            nth: socket.parent.map(|(_, nth)| nth),
            listened: socket.listens() || self.face(socket.id).is_some_and(|face| face.listened),
            client: socket.client.or_else(|| self.face(socket.id)?.client),
        };
        self.faces.insert(socket.id, face);
        while self.faces.len() > KEPT {
            self.faces.pop_first();
        }
        let Some(local) = &socket.kernel.local else { return };
        if self.addresses.add(local.clone()) {
            self.order.push_back(local.clone());
            if self.order.len() > KEPT
                && let Some(old) = self.order.pop_front()
            {
                self.addresses.remove(&old);
            }
        }
    }

    pub(super) fn face(&self, socket: SocketId) -> Option<&Face> {
        self.faces.get(&socket)
    }

    pub(super) fn was_ours(&self, address: &Address) -> bool {
        self.addresses.contains(address) || self.order.iter().any(|own| own.covers(address))
    }
}
