//! Owns what a relay with a wire would have told: packets that enter, are marked, and leave.

use super::Script;
use protocol::command::{Family, Kind, Net};
use protocol::data::Payload;
use protocol::message::RungName;
use protocol::packet::{
    About, Flags, FragmentHead, Head, IcmpHead, Lost, Mark, PacketFate, TcpHead, UdpHead,
};
use protocol::reply::{Made, Numbered};
use protocol::wire::{Impairment, Loss};
use protocol::{
    Address, Command, Done, End, Field, FlowId, PacketId, SocketId, Source, TrapId, What,
};

/// An address of the wire.
pub(crate) fn on(end: End, port: u16) -> Address {
    Address::Inet((protocol::wire::IPV4[end.index()], port).into())
}

/// A TCP segment's head; sequence numbers are as long as the text.
pub(crate) fn segment(flags: Flags, seq: u32, ack: u32, text: &str) -> Head {
    Head::Tcp(TcpHead {
        flags,
        seq,
        ack,
        window: 65_536,
        payload: text.len() as u32,
        start: Payload::new(text.as_bytes().to_vec()),
        ..TcpHead::default()
    })
}

/// The same, sent again.
pub(crate) fn again(head: Head) -> Head {
    match head {
        Head::Tcp(tcp) => Head::Tcp(TcpHead { again: true, ..tcp }),
        other => other,
    }
}

/// A datagram in one packet.
pub(crate) fn datagram(text: &str, numbered: Option<Numbered>) -> Head {
    Head::Udp(UdpHead {
        payload: text.len() as u32,
        numbered,
        start: Payload::new(text.as_bytes().to_vec()),
    })
}

/// The nth part of a datagram, from 0.
pub(crate) fn fragment(ident: u32, nth: u32, more: bool, numbered: Option<Numbered>) -> Head {
    Head::Fragment(FragmentHead {
        ident,
        offset: nth * 1_480,
        more,
        protocol: 17,
        payload: if more { 1_480 } else { 200 },
        numbered,
    })
}

/// "Port unreachable", about a datagram from `src` to `dst`.
pub(crate) fn unreachable(src: Address, dst: Address) -> Head {
    Head::Icmp(IcmpHead { kind: 3, code: 3, about: Some(About { src, dst }) })
}

impl Script {
    /// The wire is made, with so many milliseconds each way.
    pub(crate) fn wire(&mut self, delay: u64, loss: u32) {
        self.tell(Source::Relay, What::WireUp { rung: RungName::Tun, seed: 7 });
        for from in End::BOTH {
            let set = Impairment {
                delay: delay * 1_000_000,
                loss: (loss > 0).then_some(Loss::Random(loss)),
                ..Impairment::default()
            };
            self.tell(Source::Relay, What::Impaired { by: None, from, set, seed: None });
        }
    }

    /// A socket at an end of the wire, named; bound where a port is given.
    pub(crate) fn at_end(
        &mut self,
        kind: Kind,
        end: End,
        name: Option<&str>,
        port: Option<u16>,
    ) -> SocketId {
        self.sockets += 1;
        let socket = SocketId(self.sockets);
        let ask = Command::Socket {
            net: Net::from(end),
            family: Family::Ipv4,
            kind,
            side: None,
            name: name.map(str::to_owned),
        };
        let done = Made { socket, cookie: protocol::number::Wide(u64::from(socket.0)) };
        self.call(ask, 9, Done::Made(done));
        if let Some(port) = port {
            let local = on(end, port);
            let ask = Command::Bind { socket, address: local.clone() };
            let done = protocol::reply::Local { local: local.clone() };
            self.call(ask, 6, Done::Local(done));
            self.sample(socket, vec![Field::Local(Some(local))]);
        }
        if kind == Kind::Datagram {
            self.sample(socket, vec![Field::ReceiveLimit(212_992), Field::ReceiveCharged(0)]);
        }
        socket
    }

    /// A packet comes into our hands.
    pub(crate) fn enter(&mut self, from: End, ports: (u16, u16), head: Head) -> PacketId {
        let protocol = match &head {
            Head::Tcp(_) => 6,
            Head::Icmp(_) => 1,
            _ => 17,
        };
        let (src, dst) = (on(from, ports.0), on(from.opposite(), ports.1));
        let next = FlowId(self.flows.len() as u32 + 1);
        let key = (from, protocol, ports);
        let flow = *self.flows.or_insert(key, next);
        if flow == next {
            let (src, dst) = (src.clone(), dst.clone());
            self.tell(Source::Wire, What::FlowSeen { flow, from, protocol, src, dst });
        }
        self.packets += 1;
        let packet = PacketId(self.packets);
        self.on_wire.insert(packet, flow);
        let bytes = 40 + head.payload();
        let what = What::PacketEntered { packet, flow, from, bytes, src, dst, head };
        self.tell(Source::Wire, what);
        packet
    }

    /// It leaves.
    pub(crate) fn leave(&mut self, packet: PacketId, fate: PacketFate) {
        let flow = self.on_wire.get(&packet).copied().unwrap_or_default();
        self.tell(Source::Wire, What::PacketLeft { packet, flow, fate });
    }

    /// It is delivered.
    pub(crate) fn deliver(&mut self, packet: PacketId) {
        self.leave(packet, PacketFate::Delivered);
    }

    /// It is lost.
    pub(crate) fn lose(&mut self, packet: PacketId, why: Lost) {
        self.leave(packet, PacketFate::Lost(why));
    }

    /// A trap catches it, and loses it.
    pub(crate) fn trap(&mut self, packet: PacketId) {
        self.tell(Source::Wire, What::TrapSprung { trap: TrapId(1), packet, left: 0 });
        self.lose(packet, Lost::Killed);
    }

    /// Something is done to it.
    pub(crate) fn mark(&mut self, packet: PacketId, mark: Mark) {
        self.tell(Source::Wire, What::PacketMarked { packet, mark });
    }

    /// It is sent a second time.
    pub(crate) fn copy(&mut self, packet: PacketId) -> PacketId {
        self.packets += 1;
        let copy = PacketId(self.packets);
        let flow = self.on_wire.get(&packet).copied().unwrap_or_default();
        self.on_wire.insert(copy, flow);
        self.mark(packet, Mark::Copied { copy });
        copy
    }

    /// A packet crosses within so many microseconds.
    pub(crate) fn pass(
        &mut self,
        from: End,
        ports: (u16, u16),
        head: Head,
        micros: u64,
    ) -> PacketId {
        let packet = self.enter(from, ports, head);
        self.wait(micros);
        self.deliver(packet);
        packet
    }
}
