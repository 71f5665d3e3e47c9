//! Owns what lies behind the IP header: TCP with its options, UDP, ICMP, and the application's bytes.

use super::{Kind, Packet, Term, Value, sum};
use protocol::packet::Flags;
use std::ops::Range;

type Fields = Vec<(Term, usize, usize, Value)>;

impl Packet<'_> {
    /// `pseudo` is the pseudo-header's sum; none where a checksum cannot be told (a fragment).
    pub(super) fn transport(&mut self, protocol: u8, span: Range<usize>, pseudo: Option<u64>) {
        let header = match protocol {
            6 if span.len() >= 20 => self.tcp(&span, pseudo),
            17 if span.len() >= 8 => self.udp(&span, pseudo),
            1 | 58 if span.len() >= 8 => return self.icmp(protocol == 58, span, pseudo),
            _ => 0,
        };
        self.rest(span.start + header, span.end, Kind::Data);
    }

    fn checksum(&self, at: usize, span: &Range<usize>, pseudo: Option<u64>) -> Value {
        let segment = self.bytes.get(span.clone()).unwrap_or_default();
        Value::Checksum(self.u16(at), pseudo.map(|pseudo| sum::holds(pseudo, segment)))
    }

    fn tcp(&mut self, span: &Range<usize>, pseudo: Option<u64>) -> usize {
        let at = span.start;
        let header = usize::from(self.u8(at + 12) >> 4) * 4;
        if header < 20 || header > span.len() {
            return 0;
        }
        let flags = Flags(self.u8(at + 13));
        let relative = |pick: fn(&protocol::packet::TcpHead) -> u32| self.tcp.map(pick);
        let acked = relative(|tcp| tcp.ack).filter(|_| flags.has(Flags::ACK));
        let mut fields = vec![
            (Term::SourcePort, 0, 2, Value::Number(u32::from(self.u16(at)))),
            (Term::DestinationPort, 2, 2, Value::Number(u32::from(self.u16(at + 2)))),
            (Term::Sequence, 4, 4, Value::Counted(self.u32(at + 4), relative(|tcp| tcp.seq))),
            (Term::Acknowledgement, 8, 4, Value::Counted(self.u32(at + 8), acked)),
            (Term::HeaderLength, 12, 1, Value::Bytes(header as u32)),
            (Term::TcpFlags, 13, 1, Value::Flags(flags)),
            (Term::Window, 14, 2, Value::Window(self.u16(at + 14), relative(|tcp| tcp.window))),
            (Term::Checksum, 16, 2, self.checksum(at + 16, span, pseudo)),
            (Term::UrgentPointer, 18, 2, Value::Number(u32::from(self.u16(at + 18)))),
        ];
        self.options(at, header, &mut fields);
        self.layer(Kind::Tcp, at..at + header, fields);
        header
    }

    fn options(&self, start: usize, header: usize, fields: &mut Fields) {
        let mut at = 20;
        while at < header {
            let kind = self.u8(start + at);
            let length = match kind {
                0 => break,
                1 => {
                    at += 1;
                    continue;
                }
                _ => usize::from(self.u8(start + at + 1)),
            };
            if length < 2 || at + length > header {
                break;
            }
            let from = start + at + 2;
            let (term, value) = match (kind, length) {
                (2, 4) => (Term::MaximumSegment, Value::Bytes(u32::from(self.u16(from)))),
                (3, 3) => (Term::WindowScale, Value::Number(u32::from(self.u8(from)))),
                (4, 2) => (Term::SackPermitted, Value::Present),
                (5, _) => {
                    let blocks = (0..(length - 2) / 8)
                        .map(|nth| (self.u32(from + nth * 8), self.u32(from + nth * 8 + 4)));
                    let counted = self.tcp.map(|tcp| tcp.sack.clone()).unwrap_or_default();
                    (Term::SackBlocks, Value::Blocks(blocks.collect(), counted))
                }
                (8, 10) => (Term::Timestamps, Value::Stamps(self.u32(from), self.u32(from + 4))),
                _ => (Term::OtherOption, Value::Number(u32::from(kind))),
            };
            fields.push((term, at, length, value));
            at += length;
        }
    }

    fn udp(&mut self, span: &Range<usize>, pseudo: Option<u64>) -> usize {
        let at = span.start;
        // 0 says that the sender made none (RFC 768).
        let pseudo = pseudo.filter(|_| self.u16(at + 6) != 0);
        let fields = vec![
            (Term::SourcePort, 0, 2, Value::Number(u32::from(self.u16(at)))),
            (Term::DestinationPort, 2, 2, Value::Number(u32::from(self.u16(at + 2)))),
            (Term::Length, 4, 2, Value::Bytes(u32::from(self.u16(at + 4)))),
            (Term::Checksum, 6, 2, self.checksum(at + 6, span, pseudo)),
        ];
        self.layer(Kind::Udp, at..at + 8, fields);
        8
    }

    fn icmp(&mut self, v6: bool, span: Range<usize>, pseudo: Option<u64>) {
        let at = span.start;
        let kind = self.u8(at);
        // ICMP sums itself alone.
        let pseudo = if v6 { pseudo } else { pseudo.map(|_| 0) };
        let fields = vec![
            (Term::Message, 0, 2, Value::Message(v6, kind, self.u8(at + 1))),
            (Term::Checksum, 2, 2, self.checksum(at + 2, &span, pseudo)),
            (Term::Rest, 4, 4, Value::Hex(self.u32(at + 4))),
        ];
        let error = if v6 { kind < 128 } else { matches!(kind, 3 | 4 | 5 | 11 | 12) };
        self.layer(if v6 { Kind::Icmpv6 } else { Kind::Icmp }, at..at + 8, fields);
        self.rest(at + 8, span.end, if error { Kind::Quoted } else { Kind::Data });
    }
}
