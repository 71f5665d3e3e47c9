//! Owns the opening of a packet: raw bytes → layers, each with its fields and the bytes that they stand
//! in. Any bytes will do: what is cut off or unknown stays data. The words are `text::layer`'s.

mod sum;
mod transport;

use crate::timeline::Base;
use protocol::packet::{Flags, Head, TcpHead};
use std::net::IpAddr;
use std::ops::Range;

/// What a layer is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// An IPv4 header (RFC 791).
    Ipv4,
    /// An IPv6 header (RFC 8200).
    Ipv6,
    /// An extension header of IPv6, by its number.
    Extension(u8),
    /// A TCP header (RFC 9293).
    Tcp,
    /// A UDP header (RFC 768).
    Udp,
    /// An ICMP header (RFC 792).
    Icmp,
    /// An ICMPv6 header (RFC 4443).
    Icmpv6,
    /// The beginning of the packet that an ICMP message speaks of.
    Quoted,
    /// What no header above explains: the application's bytes.
    Data,
}

/// A field, by its term.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "each is the standard's own term; `text::layer` glosses it")]
pub enum Term {
    Version,
    HeaderLength,
    TrafficClass,
    FlowLabel,
    TotalLength,
    PayloadLength,
    Identification,
    FragmentFlags,
    FragmentOffset,
    TimeToLive,
    HopLimit,
    Protocol,
    NextHeader,
    Checksum,
    Source,
    Destination,
    SourcePort,
    DestinationPort,
    Sequence,
    Acknowledgement,
    TcpFlags,
    Window,
    UrgentPointer,
    MaximumSegment,
    SackPermitted,
    SackBlocks,
    Timestamps,
    WindowScale,
    OtherOption,
    Length,
    Message,
    Rest,
}

/// A field's value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Value {
    /// A plain number.
    Number(u32),
    /// Bytes.
    Bytes(u32),
    /// A number that is a name: identification, flow label.
    Hex(u32),
    /// An IP address.
    Address(IpAddr),
    /// A protocol's number (IANA).
    Protocol(u8),
    /// A checksum, and whether it holds; none where it cannot be told.
    Checksum(u16, Option<bool>),
    /// TCP's flags.
    Flags(Flags),
    /// IP's: do not fragment, more fragments follow.
    Fragment(bool, bool),
    /// As it stands, and counted from the connection's beginning.
    Counted(u32, Option<u32>),
    /// The window as it stands, and scaled.
    Window(u16, Option<u32>),
    /// Selectively acknowledged: each block as it stands, and counted from the beginning.
    Blocks(Vec<(u32, u32)>, Vec<(u32, u32)>),
    /// Timestamps: own, echoed.
    Stamps(u32, u32),
    /// ICMP's type and code; whether it is ICMPv6.
    Message(bool, u8, u8),
    /// It says all by being there.
    Present,
}

/// A field of a header.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Field {
    /// Which.
    pub term: Term,
    /// The bytes that it stands in, from the packet's first.
    pub span: Range<usize>,
    /// What it says.
    pub value: Value,
}

/// A layer of a packet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Layer {
    /// What it is.
    pub kind: Kind,
    /// Its bytes, from the packet's first.
    pub span: Range<usize>,
    /// Its fields, in the order of the wire.
    pub fields: Vec<Field>,
}

/// The outermost layer first. `head` is what the relay read of the same packet: it knows where the
/// connection began and how the window is scaled.
pub fn open(bytes: &[u8], head: Option<&Head>) -> Vec<Layer> {
    let tcp = match head {
        Some(Head::Tcp(tcp)) => Some(tcp),
        _ => None,
    };
    let mut packet = Packet { bytes, tcp, layers: Vec::new() };
    match bytes.first().map(|first| first >> 4) {
        Some(4) if bytes.len() >= 20 => packet.ipv4(),
        Some(6) if bytes.len() >= 40 => packet.ipv6(),
        _ => packet.rest(0, bytes.len(), Kind::Data),
    }
    packet.layers
}

/// What the relay's numbers of a segment are counted from, as its own bytes say.
pub fn base(bytes: &[u8], head: &TcpHead) -> Option<Base> {
    let layers = open(bytes, None);
    let fields = || layers.iter().flat_map(|layer| &layer.fields);
    let raw = |term: Term| {
        fields().find(|field| field.term == term).and_then(|field| match field.value {
            Value::Counted(raw, _) => Some(raw),
            _ => None,
        })
    };
    let own = raw(Term::Sequence)?.wrapping_sub(head.seq);
    let ack = head.flags.has(Flags::ACK);
    let other = raw(Term::Acknowledgement).filter(|_| ack);
    Some(Base { own, other: other.map(|raw| raw.wrapping_sub(head.ack)) })
}

/// How many bytes are headers, and how many are the application's.
pub fn overhead(layers: &[Layer]) -> (usize, usize) {
    let size = |data: bool| {
        let of = layers.iter().filter(|layer| (layer.kind == Kind::Data) == data);
        of.map(|layer| layer.span.len()).sum()
    };
    (size(false), size(true))
}

struct Packet<'a> {
    bytes: &'a [u8],
    tcp: Option<&'a TcpHead>,
    layers: Vec<Layer>,
}

impl Packet<'_> {
    fn u8(&self, at: usize) -> u8 {
        self.bytes.get(at).copied().unwrap_or(0)
    }

    fn u16(&self, at: usize) -> u16 {
        u16::from_be_bytes([self.u8(at), self.u8(at + 1)])
    }

    fn u32(&self, at: usize) -> u32 {
        u32::from(self.u16(at)) << 16 | u32::from(self.u16(at + 2))
    }

    fn v4(&self, at: usize) -> IpAddr {
        IpAddr::from(self.u32(at).to_be_bytes())
    }

    fn v6(&self, at: usize) -> IpAddr {
        let mut octets = [0; 16];
        for (place, octet) in octets.iter_mut().enumerate() {
            *octet = self.u8(at + place);
        }
        IpAddr::from(octets)
    }

    /// Adds a layer with its fields: term, first byte from the layer's own, length, value.
    fn layer(&mut self, kind: Kind, span: Range<usize>, fields: Vec<(Term, usize, usize, Value)>) {
        let fields = fields
            .into_iter()
            .map(|(term, from, len, value)| {
                let from = span.start + from;
                Field { term, span: from..from + len, value }
            })
            .filter(|field| field.span.end <= span.end)
            .collect();
        self.layers.push(Layer { kind, span, fields });
    }

    fn rest(&mut self, from: usize, end: usize, kind: Kind) {
        if from < end {
            self.layers.push(Layer { kind, span: from..end, fields: Vec::new() });
        }
    }

    fn ipv4(&mut self) {
        let header = usize::from(self.u8(0) & 15) * 4;
        if header < 20 || header > self.bytes.len() {
            return self.rest(0, self.bytes.len(), Kind::Data);
        }
        let fragment = self.u16(6);
        let offset = u32::from(fragment & 0x1fff) * 8;
        let more = fragment & 0x2000 != 0;
        let holds = sum::of(&self.bytes[..header]) == 0;
        let mut fields = vec![
            (Term::Version, 0, 1, Value::Number(4)),
            (Term::HeaderLength, 0, 1, Value::Bytes(header as u32)),
            (Term::TrafficClass, 1, 1, Value::Hex(u32::from(self.u8(1)))),
            (Term::TotalLength, 2, 2, Value::Bytes(u32::from(self.u16(2)))),
            (Term::Identification, 4, 2, Value::Hex(u32::from(self.u16(4)))),
            (Term::FragmentFlags, 6, 1, Value::Fragment(fragment & 0x4000 != 0, more)),
            (Term::FragmentOffset, 6, 2, Value::Bytes(offset)),
            (Term::TimeToLive, 8, 1, Value::Number(u32::from(self.u8(8)))),
            (Term::Protocol, 9, 1, Value::Protocol(self.u8(9))),
            (Term::Checksum, 10, 2, Value::Checksum(self.u16(10), Some(holds))),
            (Term::Source, 12, 4, Value::Address(self.v4(12))),
            (Term::Destination, 16, 4, Value::Address(self.v4(16))),
        ];
        if header > 20 {
            fields.push((Term::OtherOption, 20, header - 20, Value::Present));
        }
        self.layer(Kind::Ipv4, 0..header, fields);
        // What is behind the datagram's own length is no part of it.
        let total = usize::from(self.u16(2));
        let end = if total < header { self.bytes.len() } else { total.min(self.bytes.len()) };
        if offset > 0 {
            self.rest(header, end, Kind::Data);
        } else {
            let pseudo = sum::pseudo(&self.bytes[12..20], self.u8(9), end - header);
            self.transport(self.u8(9), header..end, (!more).then_some(pseudo));
        }
        self.rest(end, self.bytes.len(), Kind::Data);
    }

    fn ipv6(&mut self) {
        let first = self.u32(0);
        let fields = vec![
            (Term::Version, 0, 1, Value::Number(6)),
            (Term::TrafficClass, 0, 2, Value::Hex(first >> 20 & 0xff)),
            (Term::FlowLabel, 1, 3, Value::Hex(first & 0xf_ffff)),
            (Term::PayloadLength, 4, 2, Value::Bytes(u32::from(self.u16(4)))),
            (Term::NextHeader, 6, 1, Value::Protocol(self.u8(6))),
            (Term::HopLimit, 7, 1, Value::Number(u32::from(self.u8(7)))),
            (Term::Source, 8, 16, Value::Address(self.v6(8))),
            (Term::Destination, 24, 16, Value::Address(self.v6(24))),
        ];
        self.layer(Kind::Ipv6, 0..40, fields);
        let length = usize::from(self.u16(4));
        let end = if length == 0 { self.bytes.len() } else { (40 + length).min(self.bytes.len()) };
        let (mut next, mut at, mut whole, mut first_part) = (self.u8(6), 40, true, true);
        while let Some((after, header, fields)) = self.extension(next, at, end) {
            if let Some((.., Value::Bytes(offset))) =
                fields.iter().find(|(term, ..)| *term == Term::FragmentOffset)
            {
                first_part = *offset == 0;
                whole = false;
            }
            self.layer(Kind::Extension(next), at..at + header, fields);
            (next, at) = (after, at + header);
            if !first_part {
                break;
            }
        }
        if first_part {
            let pseudo = sum::pseudo(&self.bytes[8..40], next, end - at);
            self.transport(next, at..end, whole.then_some(pseudo));
        } else {
            self.rest(at, end, Kind::Data);
        }
        self.rest(end, self.bytes.len(), Kind::Data);
    }

    /// An extension header: what comes next, its length, its fields.
    #[expect(clippy::type_complexity, reason = "the fields as `layer` takes them")]
    fn extension(
        &self,
        kind: u8,
        at: usize,
        end: usize,
    ) -> Option<(u8, usize, Vec<(Term, usize, usize, Value)>)> {
        if at + 8 > end {
            return None;
        }
        let next = self.u8(at);
        let mut fields = vec![(Term::NextHeader, 0, 1, Value::Protocol(next))];
        let header = match kind {
            0 | 43 | 60 => {
                let header = (usize::from(self.u8(at + 1)) + 1) * 8;
                fields.push((Term::HeaderLength, 1, 1, Value::Bytes(header as u32)));
                fields.push((Term::Rest, 2, header - 2, Value::Present));
                header
            }
            44 => {
                let place = self.u16(at + 2);
                fields.push((Term::FragmentOffset, 2, 2, Value::Bytes(u32::from(place & !7))));
                fields.push((Term::FragmentFlags, 3, 1, Value::Fragment(true, place & 1 == 1)));
                fields.push((Term::Identification, 4, 4, Value::Hex(self.u32(at + 4))));
                8
            }
            _ => return None,
        };
        (at + header <= end).then_some((next, header, fields))
    }
}

#[cfg(test)]
mod tests;
