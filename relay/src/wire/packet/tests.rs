//! What packets say, on packets made by hand.

use super::build::{PORTS, Tcp, fragments, ip, udp, unreachable};
use super::*;
use etherparse::{IpNumber, PacketBuilder};
use protocol::CallId;
use protocol::packet::{Flags, IcmpHead};

mod strange;

const LEFT: End = End::Left;
const RIGHT: End = End::Right;

#[test]
fn datagrams_tell_their_number_or_their_start() {
    let mut reader = Reader::default();
    let numbered = Numbered { call: CallId(7), number: 900 };
    for v6 in [false, true] {
        let parsed = reader.read(LEFT, &udp(LEFT, v6, &number::mark(numbered, 20)));
        assert_eq!((parsed.src.port(), parsed.dst.port()), (40_000, 80));
        let Head::Udp(head) = parsed.head else { panic!("{:?}", parsed.head) };
        assert_eq!((head.payload, head.numbered), (20, Some(numbered)));
        assert!(head.start.hex.0.is_empty());
        for text in [&b""[..], b"hi"] {
            let parsed = reader.read(RIGHT, &udp(RIGHT, v6, text));
            let Head::Udp(head) = parsed.head else { panic!("{:?}", parsed.head) };
            assert_eq!((head.payload as usize, head.start.hex.0.as_slice()), (text.len(), text));
        }
    }
}

#[test]
fn every_fragment_has_its_datagrams_ports_and_number() {
    let mut reader = Reader::default();
    let numbered = Numbered { call: CallId(7), number: 1 };
    for v6 in [false, true] {
        let parts = fragments(v6, 77, &number::mark(numbered, 3_000), 1_480);
        let mut offset = 0;
        for (place, part) in parts.iter().enumerate() {
            let parsed = reader.read(LEFT, part);
            assert_eq!((parsed.protocol, parsed.src.port(), parsed.dst.port()), (UDP, 40_000, 80));
            let Head::Fragment(head) = parsed.head else { panic!("{:?}", parsed.head) };
            assert_eq!((head.ident, head.offset, head.protocol), (77, offset, UDP));
            assert_eq!(head.more, place + 1 < parts.len());
            assert_eq!(head.numbered, Some(numbered));
            offset += head.payload;
        }
        assert_eq!(offset, 3_008);
        let stray = reader.read(LEFT, &fragments(v6, 78, &[0; 3_000], 1_480)[1]);
        assert_eq!((stray.src.port(), stray.head.numbered()), (0, None));
    }
}

#[test]
fn an_atomic_fragment_is_a_datagram() {
    let parsed = Reader::default().read(LEFT, &fragments(true, 1, b"hello", 1_480)[0]);
    assert!(matches!(parsed.head, Head::Udp(head) if head.payload == 5));
}

#[test]
fn icmp_says_whose_packet_it_is_about() {
    let mut reader = Reader::default();
    for v6 in [false, true] {
        let sent = udp(LEFT, v6, &[b'x'; 600]);
        let parsed = reader.read(RIGHT, &unreachable(v6, &sent[..100]));
        let about = |side: usize| -> protocol::Address {
            let ip: IpAddr =
                if v6 { End::BOTH[side].ipv6().into() } else { End::BOTH[side].ipv4().into() };
            SocketAddr::new(ip, PORTS[side]).into()
        };
        let Head::Icmp(head) = parsed.head else { panic!("{:?}", parsed.head) };
        assert_eq!((head.kind, head.code), if v6 { (1, 4) } else { (3, 3) });
        let found = head.about.expect("a quoted packet");
        assert_eq!((found.src, found.dst), (about(0), about(1)));
        let cut = reader.read(RIGHT, &unreachable(v6, &sent[..if v6 { 42 } else { 22 }]));
        let Head::Icmp(head) = cut.head else { panic!("{:?}", cut.head) };
        assert_eq!(head.about.and_then(|about| about.src.port()), Some(0), "no ports there");
        let bare = reader.read(RIGHT, &unreachable(v6, b""));
        assert!(matches!(bare.head, Head::Icmp(IcmpHead { about: None, .. })));
    }
    let mut ping = Vec::new();
    let written =
        PacketBuilder::ip(ip(LEFT, false)).icmpv4_echo_request(1, 2).write(&mut ping, b"!");
    written.expect("a packet");
    let parsed = reader.read(LEFT, &ping);
    assert!(matches!(parsed.head, Head::Icmp(IcmpHead { kind: 8, code: 0, about: None })));
    assert_eq!(parsed.protocol, ICMP);
}

#[test]
fn what_else_there_is_has_a_protocol_and_what_is_broken_a_reason() {
    let mut reader = Reader::default();
    let mut other = Vec::new();
    PacketBuilder::ip(ip(LEFT, false)).write(&mut other, IpNumber(253), b"xyz").expect("a packet");
    let parsed = reader.read(LEFT, &other);
    assert_eq!(parsed.head, Head::Other(OtherHead { protocol: 253, payload: 3 }));

    let whole = udp(LEFT, false, b"hello");
    let bytes = Tcp::new(LEFT, Flags::ACK, 1, 1).bytes();
    let mut short_tcp = bytes[..30].to_vec();
    short_tcp[3] = 30;
    let mut strange_udp = whole.clone();
    strange_udp[24..26].copy_from_slice(&[9, 9]);
    for (broken, src, says) in [
        (&b""[..], "0.0.0.0:0", "cut off"),
        (&[0x12, 3][..], "0.0.0.0:0", "makes no sense"),
        (&whole[..30], "10.77.0.1:0", "cut off"),
        (&short_tcp, "10.77.0.1:0", "TCP header"),
        (&strange_udp, "10.77.0.1:0", "UDP header"),
    ] {
        let parsed = reader.read(LEFT, broken);
        assert_eq!(parsed.src.to_string(), src);
        let Head::Unparsed { why } = parsed.head else { panic!("{:?}", parsed.head) };
        assert!(why.contains(says), "{why}");
        assert!(why.ends_with('.') && why.len() < 200, "{why}");
    }
}

#[test]
fn bytes_behind_the_packet_are_passed_over() {
    let mut reader = Reader::default();
    for v6 in [false, true] {
        let mut bytes = udp(LEFT, v6, b"hello");
        bytes.extend([0; 50]);
        assert_eq!(reader.read(LEFT, &bytes).head.payload(), 5);
    }
    // An IPv6 packet that has nothing inside (no next header, 59), and trailing bytes.
    let mut empty = udp(LEFT, true, b"");
    empty[4..7].copy_from_slice(&[0, 0, 59]);
    let head = reader.read(LEFT, &empty).head;
    assert_eq!(head, Head::Other(OtherHead { protocol: 59, payload: 0 }));
}

#[test]
fn a_flood_of_flows_and_fragments_is_bounded() {
    let mut reader = Reader::default();
    for number in 0..3 * FLOWS {
        let mut bytes = Tcp::new(LEFT, Flags::SYN, 1, 0).bytes();
        bytes[20..22].copy_from_slice(&(number as u16).to_be_bytes());
        reader.read(LEFT, &bytes);
        reader.read(LEFT, &fragments(false, number as u16, &[0; 20], 16)[0]);
    }
    assert!(reader.flows.len() <= FLOWS && reader.flows.len() > FLOWS / 2);
    assert!(reader.firsts.len() <= IDENTS && reader.firsts.len() > IDENTS / 2);
}
