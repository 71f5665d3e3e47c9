//! Short words for packets on the wire; also what other crates' tests tell histories with.

use crate::script::{Script, address};
use protocol::message::RungName;
use protocol::packet::{FragmentHead, Head, Lost, Mark, PacketFate, TcpHead, UdpHead};
use protocol::reply::Numbered;
use protocol::world::{Flow, Packet, Wire};
use protocol::{CallId, End, FlowId, PacketId, What};

pub(crate) const LEFT: &str = "10.77.0.1:4000";
pub(crate) const TCP: u8 = 6;
pub(crate) const UDP: u8 = 17;
/// From left to right, and back.
pub(crate) const THERE: FlowId = FlowId(1);
pub(crate) const BACK: FlowId = FlowId(2);

pub(crate) fn segment(payload: u32) -> Head {
    Head::Tcp(TcpHead { payload, ..TcpHead::default() })
}

pub(crate) fn datagram(numbered: Option<(CallId, u32)>) -> Head {
    let numbered = numbered.map(|(call, number)| Numbered { call, number });
    Head::Udp(UdpHead { payload: 12, numbered, ..UdpHead::default() })
}

pub(crate) fn fragment(ident: u32, offset: u32, numbered: Option<(CallId, u32)>) -> Head {
    let numbered = numbered.map(|(call, number)| Numbered { call, number });
    Head::Fragment(FragmentHead {
        ident,
        offset,
        numbered,
        protocol: UDP,
        ..FragmentHead::default()
    })
}

impl Script {
    /// The wire is made, with a flow from left to this address of right, and one back.
    pub(crate) fn wired(&mut self, protocol: u8, right: &str) {
        self.tell(What::WireUp { rung: RungName::Tun, seed: 7 });
        self.flow(THERE, End::Left, protocol, LEFT, right);
        self.flow(BACK, End::Right, protocol, right, LEFT);
    }

    pub(crate) fn flow(&mut self, flow: FlowId, from: End, protocol: u8, src: &str, dst: &str) {
        let (src, dst) = (address(src), address(dst));
        self.tell(What::FlowSeen { flow, from, protocol, src, dst });
    }

    /// A packet of 100 bytes comes into our hands; its id is the event's seq.
    pub(crate) fn enter(&mut self, flow: FlowId, head: Head) -> PacketId {
        let packet = PacketId(self.world.seq + 1);
        let Flow { from, src, dst, .. } = self.wire().flows[&flow].clone();
        self.tell(What::PacketEntered { packet, flow, from, bytes: 100, src, dst, head });
        packet
    }

    pub(crate) fn mark(&mut self, packet: PacketId, mark: Mark) {
        self.tell(What::PacketMarked { packet, mark });
    }

    pub(crate) fn copy(&mut self, packet: PacketId) -> PacketId {
        let copy = PacketId(self.world.seq + 1);
        self.mark(packet, Mark::Copied { copy });
        copy
    }

    pub(crate) fn deliver(&mut self, flow: FlowId, packet: PacketId) {
        self.tell(What::PacketLeft { packet, flow, fate: PacketFate::Delivered });
    }

    pub(crate) fn lose(&mut self, flow: FlowId, packet: PacketId, why: Lost) {
        self.tell(What::PacketLeft { packet, flow, fate: PacketFate::Lost(why) });
    }

    pub(crate) fn wire(&self) -> &Wire {
        self.world.wire.as_ref().expect("a wire")
    }

    pub(crate) fn sums(&self, flow: FlowId) -> &Flow {
        &self.wire().flows[&flow]
    }

    pub(crate) fn packet(&self, packet: PacketId) -> &Packet {
        &self.wire().packets[&packet]
    }
}
