//! Owns which of our sockets a packet leads from and to, told by addresses and nets alone.

use protocol::command::{Kind, Net};
use protocol::packet::{End, Head};
use protocol::world::{Flow, Socket};
use protocol::{Address, SocketId, World};

/// Sender and receiver, where they are ours.
pub(in crate::timeline) type Ends = (Option<SocketId>, Option<SocketId>);

const TCP: u8 = 6;
const UDP: u8 = 17;

/// The protocol inside a packet (IANA's numbers), as far as its head says.
fn protocol_of(head: &Head) -> u8 {
    match head {
        Head::Tcp(_) => TCP,
        Head::Udp(_) => UDP,
        Head::Fragment(fragment) => fragment.protocol,
        Head::Other(other) => other.protocol,
        Head::Icmp(_) | Head::Unparsed { .. } => 0,
    }
}

/// The sockets at both ends of a flow.
pub(in crate::timeline) fn of_flow(world: &World, flow: &Flow) -> Ends {
    let (near, far) = (Net::from(flow.from), Net::from(flow.from.opposite()));
    let (src, dst) = (&flow.src, &flow.dst);
    match flow.protocol {
        TCP => (stream(world, near, src, dst), stream(world, far, dst, src)),
        UDP => (datagram(world, near, src, dst), datagram(world, far, dst, src)),
        _ => (None, None),
    }
}

/// The sockets at both ends of a packet. What ICMP says goes to whoever sent what it speaks of.
pub(super) fn ends(world: &World, from: End, src: &Address, dst: &Address, head: &Head) -> Ends {
    let (near, far) = (Net::from(from), Net::from(from.opposite()));
    if let Head::Icmp(icmp) = head {
        let Some(about) = &icmp.about else { return (None, None) };
        let at = |net, own: &Address, peer: &Address| {
            datagram(world, net, own, peer).or_else(|| stream(world, net, own, peer))
        };
        return (at(near, &about.dst, &about.src), at(far, &about.src, &about.dst));
    }
    match protocol_of(head) {
        TCP => (stream(world, near, src, dst), stream(world, far, dst, src)),
        UDP => (datagram(world, near, src, dst), datagram(world, far, dst, src)),
        _ => (None, None),
    }
}

/// Whether both ends are connections of exactly these two addresses, so that nothing better will come.
pub(super) fn are_final(world: &World, ends: Ends, src: &Address, dst: &Address) -> bool {
    let is = |id: Option<SocketId>, own: &Address, peer: &Address| {
        let socket = id.and_then(|id| world.sockets.get(&id));
        socket.is_some_and(|socket| fits(socket, own, peer) == Some(3))
    };
    is(ends.0, src, dst) && is(ends.1, dst, src)
}

/// How well a stream fits: 3 the connection itself, 2 bound and not connected, 1 a listener.
fn fits(socket: &Socket, own: &Address, peer: &Address) -> Option<u8> {
    let local = socket.kernel.local.as_ref()?;
    let same = |a: &Address, b: &Address| a.canonical() == b.canonical();
    if socket.listens() {
        return local.covers(own).then_some(1);
    }
    match &socket.kernel.peer {
        Some(to) => (same(local, own) && same(to, peer)).then_some(3),
        None => local.covers(own).then_some(2),
    }
}

fn stream(world: &World, net: Net, own: &Address, peer: &Address) -> Option<SocketId> {
    let streams = world.sockets.values().filter(|s| s.kind == Kind::Stream && s.net == net);
    streams
        .filter_map(|socket| Some((fits(socket, own, peer)?, socket.is_open(), socket.id)))
        .max()
        .map(|(.., id)| id)
}

fn datagram(world: &World, net: Net, own: &Address, peer: &Address) -> Option<SocketId> {
    let hears = |socket: &Socket| {
        let local = socket.kernel.local.as_ref()?;
        let to = socket.kernel.peer.as_ref();
        let fits = local.covers(own) && to.is_none_or(|to| to.covers(peer) || peer.covers(to));
        fits.then_some((to.is_some(), socket.is_open(), socket.id))
    };
    let all = world.sockets.values().filter(|s| s.kind == Kind::Datagram && s.net == net);
    all.filter_map(hears).max().map(|(.., id)| id)
}
