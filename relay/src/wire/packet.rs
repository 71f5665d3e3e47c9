//! Owns the reading of raw IP packets: what their headers say, seen against what was sent before.
//! Never changes one, except [`damage`], and never decides its fate.

pub mod damage;
mod flow;
mod icmp;
mod ip;
pub mod kind;
mod table;

use crate::lab::number;
use etherparse::{TcpOptionElement, TcpSlice, UdpSlice};
use flow::{Flow, Segment};
use ip::{Ip, Piece};
use protocol::data::{Hex, Payload};
use protocol::packet::{End, FragmentHead, Head, OtherHead, START, TcpHead, UdpHead};
use protocol::reply::Numbered;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use table::Table;

/// TCP connections that are remembered; the longest quiet are forgotten first.
pub const FLOWS: usize = 4_096;
/// Fragmented datagrams whose first fragment is remembered; the oldest are forgotten first.
pub const IDENTS: usize = 256;
/// The protocol of a packet that does not say it (255 is reserved, IANA).
pub const NO_PROTOCOL: u8 = 255;

const ICMP: u8 = 1;
const TCP: u8 = 6;
const UDP: u8 = 17;
const ICMPV6: u8 = 58;

/// What one packet says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Parsed {
    /// The protocol inside IP (IANA's numbers); [`NO_PROTOCOL`] where it cannot be read.
    pub protocol: u8,
    /// Its sender: port 0 where it carries none, 0.0.0.0 where it cannot be read.
    pub src: SocketAddr,
    /// Its receiver, likewise.
    pub dst: SocketAddr,
    /// What its headers say.
    pub head: Head,
}

/// Source and destination port.
type Ports = (u16, u16);

/// What the first fragment of a datagram told.
#[derive(Clone, Copy)]
struct First {
    ports: Ports,
    numbered: Option<Numbered>,
}

/// Two ends of a TCP connection: left's, then right's.
type Pair = (SocketAddr, SocketAddr);
/// What all fragments of a datagram have in common (RFC 791, RFC 8200).
type Ident = (IpAddr, IpAddr, u32, u8);

/// Reads the packets of both directions in the order in which they entered, and remembers what later
/// ones need: the connections' first sequence numbers and window scales, the fragments' ports.
pub struct Reader {
    flows: Table<Pair, Flow>,
    firsts: Table<Ident, First>,
}

impl Default for Reader {
    fn default() -> Self {
        Self { flows: Table::new(FLOWS), firsts: Table::new(IDENTS) }
    }
}

impl Reader {
    /// What this packet from that end says. Its length is what the IP header says; more bytes are
    /// passed over. Never fails: what cannot be read is [`Head::Unparsed`].
    pub fn read(&mut self, from: End, bytes: &[u8]) -> Parsed {
        let ip = match Ip::read(bytes) {
            Ok(ip) => ip,
            Err(why) => return unparsed(bytes, why),
        };
        let read = match (ip.piece, ip.protocol) {
            (Some(piece), _) => Ok(self.fragment(&ip, piece)),
            (None, TCP) => self.tcp(from, &ip),
            (None, UDP) => udp(&ip),
            (None, ICMP | ICMPV6) => icmp::read(ip.protocol, ip.payload).map(no_ports),
            (None, protocol) => {
                let payload = ip.payload.len() as u32;
                Ok(no_ports(Head::Other(OtherHead { protocol, payload })))
            }
        };
        let ((src, dst), head) =
            read.unwrap_or_else(|why| no_ports(Head::Unparsed { why: why.into() }));
        Parsed {
            protocol: ip.protocol,
            src: SocketAddr::new(ip.src, src),
            dst: SocketAddr::new(ip.dst, dst),
            head,
        }
    }

    fn tcp(&mut self, from: End, ip: &Ip) -> Result<(Ports, Head), &'static str> {
        let tcp = TcpSlice::from_slice(ip.payload).map_err(|_| "Its TCP header is cut off.")?;
        let ports = (tcp.source_port(), tcp.destination_port());
        let segment = Segment::new(&tcp);
        let src = SocketAddr::new(ip.src, ports.0);
        let dst = SocketAddr::new(ip.dst, ports.1);
        let pair = if from == End::Left { (src, dst) } else { (dst, src) };
        let flow = self.flows.entry(pair);
        let seen = flow.read(from, &segment);
        let mut sack = Vec::new();
        for option in tcp.options_iterator().map_while(Result::ok) {
            if let TcpOptionElement::SelectiveAcknowledgement(first, rest) = option {
                let blocks = std::iter::once(first).chain(rest.into_iter().flatten());
                sack.extend(blocks.map(|(start, end)| {
                    (flow.relative(from.opposite(), start), flow.relative(from.opposite(), end))
                }));
            }
        }
        let head = Head::Tcp(TcpHead {
            flags: segment.flags,
            seq: seen.seq,
            ack: seen.ack,
            window: seen.window,
            payload: segment.payload,
            again: seen.again,
            sack,
            start: start(tcp.payload()),
        });
        Ok((ports, head))
    }

    fn fragment(&mut self, ip: &Ip, piece: Piece) -> (Ports, Head) {
        let ident = (ip.src, ip.dst, piece.ident, ip.protocol);
        let first = if piece.offset == 0 {
            let first = First {
                ports: ports(ip.protocol, ip.payload),
                numbered: (ip.protocol == UDP)
                    .then(|| ip.payload.get(UDP_HEADER..).and_then(number::read))
                    .flatten(),
            };
            self.firsts.insert(ident, first);
            Some(first)
        } else {
            self.firsts.get(&ident)
        };
        let head = Head::Fragment(FragmentHead {
            ident: piece.ident,
            offset: piece.offset,
            more: piece.more,
            protocol: ip.protocol,
            payload: ip.payload.len() as u32,
            numbered: first.and_then(|first| first.numbered),
        });
        (first.map_or((0, 0), |first| first.ports), head)
    }
}

/// Bytes of a UDP header (RFC 768).
const UDP_HEADER: usize = 8;

fn udp(ip: &Ip) -> Result<(Ports, Head), &'static str> {
    let udp = UdpSlice::from_slice(ip.payload)
        .map_err(|_| "Its UDP header is cut off, or speaks of more bytes than there are.")?;
    let numbered = number::read(udp.payload());
    let start = if numbered.is_none() { start(udp.payload()) } else { Payload::default() };
    let payload = udp.payload().len() as u32;
    let head = Head::Udp(UdpHead { payload, numbered, start });
    Ok(((udp.source_port(), udp.destination_port()), head))
}

/// A payload, where it is short.
fn start(payload: &[u8]) -> Payload {
    let short = if payload.len() <= START { payload } else { &[] };
    Payload { hex: Hex(short.to_vec()) }
}

/// The ports that a TCP or UDP header begins with.
fn ports(protocol: u8, transport: &[u8]) -> Ports {
    match (protocol, transport) {
        (TCP | UDP, [s0, s1, d0, d1, ..]) => {
            (u16::from_be_bytes([*s0, *s1]), u16::from_be_bytes([*d0, *d1]))
        }
        _ => (0, 0),
    }
}

fn no_ports(head: Head) -> (Ports, Head) {
    ((0, 0), head)
}

fn unparsed(bytes: &[u8], why: String) -> Parsed {
    let nowhere = IpAddr::V4(Ipv4Addr::UNSPECIFIED);
    let (src, dst, protocol) = ip::told(bytes).unwrap_or((nowhere, nowhere, NO_PROTOCOL));
    Parsed {
        protocol,
        src: SocketAddr::new(src, 0),
        dst: SocketAddr::new(dst, 0),
        head: Head::Unparsed { why },
    }
}

#[cfg(test)]
mod build;
#[cfg(test)]
mod tests;
