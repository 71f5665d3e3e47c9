//! Owns the sums of conversations on the wire: the two flows between two addresses side by side, so that
//! the same bytes as a stream and as datagrams can be compared.

use protocol::world::{Flow, Socket, Wire};
use protocol::{Address, SocketId, World};

/// One direction.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Direction {
    /// Packets that entered the wire, sent again and copied ones too.
    pub packets: u64,
    /// Their bytes, headers included.
    pub bytes: u64,
    /// Packets that the wire lost.
    pub lost: u64,
    /// Bytes that the program gave to its kernel; none where the sender is no socket of ours.
    pub payload: Option<u64>,
}

/// Both directions between two addresses.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Conversation {
    /// The protocol inside IP.
    pub protocol: u8,
    /// Who spoke first.
    pub src: Address,
    /// To whom.
    pub dst: Address,
    /// What the first said, and what came back.
    pub ways: [Direction; 2],
}

impl Conversation {
    /// Which share of all bytes on the wire the programs did not send, per cent: headers,
    /// acknowledgements, what was sent again. None where it cannot be told.
    pub fn overhead(&self) -> Option<u64> {
        let bytes: u64 = self.ways.iter().map(|way| way.bytes).sum();
        let payload = self.ways[0].payload? + self.ways[1].payload.unwrap_or(0);
        (bytes > 0).then(|| (bytes.saturating_sub(payload) * 100).div_euclid(bytes))
    }
}

/// Flows looked at, beside the selected socket's own.
const LATEST: usize = 64;
const TCP: u8 = 6;
const UDP: u8 = 17;

/// The latest conversations by TCP and UDP, at most `most`, those of the selected socket first.
pub fn latest(world: &World, selected: Option<SocketId>, most: usize) -> Vec<Conversation> {
    let Some(wire) = &world.wire else { return Vec::new() };
    let chosen = selected.and_then(|id| world.sockets.get(&id));
    let mut all: Vec<(bool, Conversation)> = Vec::new();
    let flows = wire.flows.values().rev().enumerate();
    for (age, flow) in flows {
        let own = chosen.is_some_and(|socket| is_of(socket, flow));
        if !own && age >= LATEST {
            continue;
        }
        if !matches!(flow.protocol, TCP | UDP) {
            continue;
        }
        let back = reverse(wire, flow);
        let known = |(_, own): &(bool, Conversation)| {
            own.protocol == flow.protocol
                && ((own.src == flow.src && own.dst == flow.dst)
                    || (own.src == flow.dst && own.dst == flow.src))
        };
        if all.iter().any(known) {
            continue;
        }
        // The flow with the lower id was seen first; this walk goes backwards.
        let (first, second) = match back {
            Some((id, back)) if id < id_of(wire, flow) => (back, Some(flow)),
            Some((_, back)) => (flow, Some(back)),
            None => (flow, None),
        };
        let ways = [
            way(world, wire, first),
            second.map(|flow| way(world, wire, flow)).unwrap_or_default(),
        ];
        let (src, dst) = (first.src.clone(), first.dst.clone());
        all.push((own, Conversation { protocol: flow.protocol, src, dst, ways }));
    }
    crate::order::by_key(&mut all, |(own, _)| !own);
    // One of each kind at least, where there are both.
    let mut kept: Vec<Conversation> = Vec::new();
    for protocol in [TCP, UDP] {
        let of = all.iter().map(|(_, own)| own).filter(|own| own.protocol == protocol);
        kept.extend(of.take(most.div_ceil(2)).cloned());
    }
    kept
}

fn id_of(wire: &Wire, flow: &Flow) -> protocol::FlowId {
    let own = wire.flows.iter().find(|(_, own)| std::ptr::eq(*own, flow));
    own.map(|(id, _)| *id).unwrap_or_default()
}

fn reverse<'a>(wire: &'a Wire, flow: &Flow) -> Option<(protocol::FlowId, &'a Flow)> {
    wire.flows
        .iter()
        .rev()
        .find(|(_, own)| {
            own.protocol == flow.protocol && own.src == flow.dst && own.dst == flow.src
        })
        .map(|(id, own)| (*id, own))
}

fn is_of(socket: &Socket, flow: &Flow) -> bool {
    let Some(local) = socket.kernel.local.as_ref() else { return false };
    let at = |address: &Address, from: bool| {
        let end = if from { flow.from } else { flow.from.opposite() };
        socket.net.end() == Some(end) && local.covers(address)
    };
    fits(socket, flow.protocol) && (at(&flow.src, true) || at(&flow.dst, false))
}

fn fits(socket: &Socket, protocol: u8) -> bool {
    use protocol::command::Kind;
    (socket.kind == Kind::Stream) == (protocol == TCP)
}

fn way(world: &World, wire: &Wire, flow: &Flow) -> Direction {
    // A listener never sends; the socket that does has this peer, or none (sendto).
    let sender = world.sockets.values().rev().find(|socket| {
        fits(socket, flow.protocol)
            && socket.net.end() == Some(flow.from)
            && !socket.listens()
            && socket.kernel.local.as_ref().is_some_and(|local| local.covers(&flow.src))
            && socket.kernel.peer.as_ref().is_none_or(|peer| peer.covers(&flow.dst))
    });
    // What a datagram socket sent to several receivers is not told apart.
    let receivers = wire.flows.values().filter(|own| {
        own.protocol == flow.protocol && own.from == flow.from && own.src == flow.src
    });
    let sender = sender.filter(|_| flow.protocol == TCP || receivers.count() == 1);
    Direction {
        packets: flow.packets,
        bytes: flow.bytes,
        lost: flow.all_lost(),
        payload: sender.map(|socket| socket.sent.bytes),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use protocol::message::RungName;
    use protocol::packet::{Head, TcpHead};
    use protocol::{End, Event, FlowId, PacketId, Source, What};

    fn world(flows: &[(u32, u8, End, &str, &str)]) -> World {
        let mut world = World::default();
        let mut told = vec![What::WireUp { rung: RungName::Tun, seed: 1 }];
        for (id, protocol, from, src, dst) in flows {
            let (src, dst): (Address, Address) = (src.parse().unwrap(), dst.parse().unwrap());
            let (flow, from, protocol) = (FlowId(*id), *from, *protocol);
            told.push(What::FlowSeen { flow, from, protocol, src: src.clone(), dst: dst.clone() });
            let (packet, head) = (PacketId(u64::from(*id)), Head::Tcp(TcpHead::default()));
            told.push(What::PacketEntered { packet, flow, from, bytes: 50, src, dst, head });
        }
        for (seq, what) in (1..).zip(told) {
            world.apply(&Event { seq, at: seq, source: Source::Wire, what });
        }
        world
    }

    #[test]
    fn both_directions_are_one_conversation_and_the_first_word_leads() {
        let (a, b) = ("10.77.0.1:40000", "10.77.0.2:8001");
        let world = world(&[
            (1, 6, End::Left, a, b),
            (2, 6, End::Right, b, a),
            (3, 17, End::Left, "10.77.0.1:5004", "10.77.0.2:5005"),
            (4, 1, End::Left, "10.77.0.1:0", "10.77.0.2:0"),
        ]);
        let all = latest(&world, None, 4);
        assert_eq!(all.iter().map(|own| own.protocol).collect::<Vec<_>>(), [6, 17]);
        assert_eq!(all[0].src.to_string(), a);
        assert_eq!(all[0].ways.map(|way| way.bytes), [50, 50]);
        assert_eq!(all[1].ways.map(|way| way.packets), [1, 0]);
        assert_eq!(all[0].overhead(), None, "nobody of ours sends");
    }
}
