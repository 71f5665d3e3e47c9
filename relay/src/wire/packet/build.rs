//! Owns packets made for tests: between 10.77.0.1:40000 or fd77::1 (left) and 10.77.0.2:80 (right).

use etherparse::{IpFragOffset, IpHeaders, IpNumber, Ipv4Header, Ipv6FragmentHeader, Ipv6Header};
use etherparse::{Ipv4Extensions, Ipv6Extensions, PacketBuilder, TcpHeader, TcpOptionElement};
use protocol::packet::{End, Flags};

pub(crate) const PORTS: [u16; 2] = [40_000, 80];

/// The IP header of a packet from there, of either family.
pub(crate) fn ip(from: End, v6: bool) -> IpHeaders {
    let (own, other) = (from, from.opposite());
    if v6 {
        let header = Ipv6Header {
            hop_limit: 64,
            source: own.ipv6().octets(),
            destination: other.ipv6().octets(),
            ..Ipv6Header::default()
        };
        return IpHeaders::Ipv6(header, Ipv6Extensions::default());
    }
    let header = Ipv4Header {
        time_to_live: 64,
        source: own.ipv4().octets(),
        destination: other.ipv4().octets(),
        ..Ipv4Header::default()
    };
    IpHeaders::Ipv4(header, Ipv4Extensions::default())
}

/// A TCP segment.
#[derive(Clone)]
pub(crate) struct Tcp {
    pub(crate) from: End,
    pub(crate) v6: bool,
    pub(crate) flags: Flags,
    pub(crate) seq: u32,
    pub(crate) ack: u32,
    pub(crate) window: u16,
    pub(crate) options: Vec<TcpOptionElement>,
    pub(crate) payload: Vec<u8>,
}

impl Tcp {
    pub(crate) fn new(from: End, flags: Flags, seq: u32, ack: u32) -> Self {
        let (options, payload) = (Vec::new(), Vec::new());
        Self { from, v6: false, flags, seq, ack, window: 500, options, payload }
    }

    pub(crate) fn payload(self, payload: &[u8]) -> Self {
        Self { payload: payload.to_vec(), ..self }
    }

    pub(crate) fn options(self, options: &[TcpOptionElement]) -> Self {
        Self { options: options.to_vec(), ..self }
    }

    pub(crate) fn bytes(&self) -> Vec<u8> {
        let has = |flag| self.flags.has(flag);
        let (own, other) = (self.from.index(), self.from.opposite().index());
        let mut header = TcpHeader::new(PORTS[own], PORTS[other], self.seq, self.window);
        header.acknowledgment_number = self.ack;
        (header.syn, header.ack) = (has(Flags::SYN), has(Flags::ACK));
        (header.fin, header.rst, header.psh) = (has(Flags::FIN), has(Flags::RST), has(Flags::PSH));
        header.set_options(&self.options).expect("they fit");
        let mut bytes = Vec::new();
        PacketBuilder::ip(ip(self.from, self.v6))
            .tcp_header(header)
            .write(&mut bytes, &self.payload)
            .expect("a packet");
        bytes
    }
}

/// A UDP datagram in one packet.
pub(crate) fn udp(from: End, v6: bool, payload: &[u8]) -> Vec<u8> {
    let mut bytes = Vec::new();
    PacketBuilder::ip(ip(from, v6))
        .udp(PORTS[from.index()], PORTS[from.opposite().index()])
        .write(&mut bytes, payload)
        .expect("a packet");
    bytes
}

/// The fragments of a UDP datagram, `each` bytes (a multiple of 8) of it in one.
pub(crate) fn fragments(v6: bool, ident: u16, payload: &[u8], each: usize) -> Vec<Vec<u8>> {
    let whole = udp(End::Left, v6, payload);
    let inside = &whole[if v6 { 40 } else { 20 }..];
    let count = inside.len().div_ceil(each);
    let part = |(number, part): (usize, &[u8])| {
        let offset = IpFragOffset::try_new((number * each / 8) as u16).expect("an offset");
        let more = number + 1 < count;
        let mut header = ip(End::Left, v6);
        match &mut header {
            IpHeaders::Ipv4(header, _) => {
                (header.identification, header.more_fragments) = (ident, more);
                header.fragment_offset = offset;
            }
            IpHeaders::Ipv6(_, extensions) => {
                let fragment = Ipv6FragmentHeader::new(IpNumber::UDP, offset, more, ident.into());
                extensions.fragment = Some(fragment);
            }
        }
        let mut bytes = Vec::new();
        PacketBuilder::ip(header).write(&mut bytes, IpNumber::UDP, part).expect("a packet");
        bytes
    };
    inside.chunks(each).enumerate().map(part).collect()
}

/// An ICMP destination unreachable (code 3 or 4, a closed port) from right about a packet of left's.
pub(crate) fn unreachable(v6: bool, about: &[u8]) -> Vec<u8> {
    let mut bytes = Vec::new();
    let builder = PacketBuilder::ip(ip(End::Right, v6));
    let written = if v6 {
        builder.icmpv6_raw(1, 4, [0; 4]).write(&mut bytes, about)
    } else {
        builder.icmpv4_raw(3, 3, [0; 4]).write(&mut bytes, about)
    };
    written.expect("a packet");
    bytes
}
