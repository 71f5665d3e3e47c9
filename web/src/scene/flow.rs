//! Owns which sockets share a lane: pairs of our own, lone ones, those in an accept queue, outside
//! programs; no geometry. The same world gives the same rows in the same order.

mod build;
mod bundle;

pub(super) use build::rows;
pub(super) use bundle::bundle;

use protocol::command::{Command, Kind, Side};
use protocol::world::Socket;
use protocol::{Address, SocketId, TcpState, World};

/// What stands at one wall in a lane.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Post {
    /// Nothing.
    Nothing,
    /// A socket of ours, with its own outlet.
    Socket(SocketId),
    /// A listener's plate, to which a connection that nobody has accepted leads; its place from 1.
    Queue(SocketId, usize),
    /// A socket whose outlet is in another lane of the same plate.
    Shared(SocketId),
    /// A listener's plate, which has not answered.
    Unanswered(SocketId),
    /// An address that is not ours.
    Outside(Address),
    /// An address that was ours.
    Gone(Address),
    /// Many sockets, quiet.
    Bundle(Vec<SocketId>),
}

impl Post {
    /// The socket of ours, if one stands here.
    pub(super) fn socket(&self) -> Option<SocketId> {
        match self {
            Self::Socket(id) => Some(*id),
            _ => None,
        }
    }

    fn plate(&self, world: &World) -> Option<SocketId> {
        match self {
            Self::Socket(id) => {
                let parent = world.sockets.get(id).and_then(|socket| socket.parent);
                let alive = parent.filter(|(listener, _)| {
                    world.sockets.get(listener).is_some_and(Socket::listens)
                });
                Some(alive.map_or(*id, |(listener, _)| listener))
            }
            Self::Queue(id, _) | Self::Shared(id) | Self::Unanswered(id) => Some(*id),
            Self::Bundle(ids) => Self::Socket(*ids.first()?).plate(world),
            _ => None,
        }
    }
}

/// One lane, before geometry.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Row {
    /// At the left wall.
    pub(super) left: Post,
    /// At the right wall.
    pub(super) right: Post,
    /// Of which kind.
    pub(super) kind: Kind,
    /// The selected one.
    pub(super) tall: bool,
    /// The listener whose outlet sits on top of this lane's plate (a lesson's only lane).
    pub(super) above: Option<(Side, SocketId)>,
    /// Rows with the same group stand together and may share a plate.
    group: SocketId,
    /// Order within the group.
    order: (u8, SocketId),
    /// Whether it may be bundled first.
    quiet: bool,
}

impl Row {
    /// What stands at a wall.
    pub(super) fn post(&self, side: Side) -> &Post {
        match side {
            Side::Left => &self.left,
            Side::Right => &self.right,
        }
    }

    /// The socket that names the plate at a wall.
    pub(super) fn plate(&self, side: Side, world: &World) -> Option<SocketId> {
        self.post(side).plate(world)
    }

    /// On which wall a socket stands in this lane, its outlet or its plate.
    pub(super) fn side_of(&self, id: SocketId) -> Option<Side> {
        [Side::Left, Side::Right].into_iter().find(|side| match self.post(*side) {
            Post::Socket(own) | Post::Queue(own, _) | Post::Shared(own) | Post::Unanswered(own) => {
                *own == id
            }
            _ => self.above == Some((*side, id)),
        })
    }

    /// Whether two lanes stand together.
    pub(super) fn same_group(&self, other: &Self) -> bool {
        self.group == other.group
    }

    /// Whether nothing waits in it.
    pub(super) fn is_quiet(&self) -> bool {
        self.quiet
    }

    /// Whether this is a listener's own lane.
    pub(super) fn listens_alone(&self) -> bool {
        self.order.0 == 1
    }

    fn sockets(&self) -> impl Iterator<Item = SocketId> {
        [self.left.socket(), self.right.socket()].into_iter().flatten()
    }
}

/// Where a datagram socket sends to, as far as it is ours; a burst is remembered longer than a call.
pub(super) fn aim(world: &World, id: SocketId) -> Option<SocketId> {
    let burst = || {
        let burst = world.bursts.values().rev().find(|burst| burst.socket == id)?;
        burst.receiver.filter(|receiver| world.sockets.contains_key(receiver))
    };
    // Its datagram may be on its way before the call has returned.
    let sending = || {
        world.calls_of(id).rev().filter(|call| call.ended.is_none()).find_map(|call| {
            match &call.ask {
                Command::SendTo { address, .. } => world.receiver_of(address, id),
                _ => None,
            }
        })
    };
    sending().or_else(|| world.aim_of(id)).or_else(|| world.far_end(id)).or_else(burst)
}

/// Whom a stream is connected to, or is asking now: the kernel names a peer only when it has answered.
fn calls(world: &World, socket: &Socket) -> Option<Address> {
    let asks = || {
        let asking = socket.kernel.state == Some(TcpState::SynSent);
        let mut calls = world.calls_of(socket.id).rev().filter(|_| asking);
        calls.find_map(|call| match &call.ask {
            Command::Connect { address, .. } => Some(address.clone()),
            _ => None,
        })
    };
    socket.kernel.peer.clone().or_else(asks)
}

/// Whether the picture shows a socket at all: open, or closed while its connection still lives.
fn visible(socket: &Socket) -> bool {
    socket.is_open() || socket.kernel.state.is_some_and(TcpState::connected)
}
