//! Where the damage goes, and that a receiver finds it.

use super::super::build::{Tcp, fragments, ip, udp};
use super::*;
use etherparse::{IpNumber, PacketBuilder};
use proptest::prelude::*;
use protocol::packet::{End, Flags};

/// The ones' complement sum of a whole packet's transport with its pseudo header (RFC 1071; RFC 9293,
/// 3.1; RFC 8200, 8.1), written from the RFCs: 0xffff where the checksum is right.
fn sum(bytes: &[u8]) -> u16 {
    let v6 = bytes[0] >> 4 == 6;
    let (addresses, begins, protocol) =
        if v6 { (&bytes[8..40], 40, bytes[6]) } else { (&bytes[12..20], 20, bytes[9]) };
    let transport = &bytes[begins..];
    let words = |bytes: &[u8]| -> u64 {
        let word = |pair: &[u8]| u64::from(pair[0]) << 8 | u64::from(*pair.get(1).unwrap_or(&0));
        bytes.chunks(2).map(word).sum()
    };
    let mut sum =
        words(addresses) + words(transport) + u64::from(protocol) + transport.len() as u64;
    while sum > 0xffff {
        sum = (sum & 0xffff) + (sum >> 16);
    }
    sum as u16
}

/// Whether a receiver takes it for whole.
fn is_right(bytes: &[u8]) -> bool {
    let without = bytes[0] >> 4 == 4 && bytes[9] == UDP && bytes[26..28] == [0, 0];
    without || sum(bytes) == 0xffff
}

fn packet(tcp: bool, v6: bool, payload: &[u8]) -> Vec<u8> {
    if tcp {
        let segment = Tcp::new(End::Left, Flags::ACK, 1, 1).payload(payload);
        return Tcp { v6, ..segment }.bytes();
    }
    udp(End::Left, v6, payload)
}

proptest! {
    #[test]
    fn a_receiver_finds_it(
        tcp in any::<bool>(), v6 in any::<bool>(), pick in any::<u32>(),
        payload in proptest::collection::vec(any::<u8>(), 0..40),
    ) {
        let whole = packet(tcp, v6, &payload);
        prop_assert!(is_right(&whole));
        let mut damaged = whole.clone();
        let at = flip(&mut damaged, None, pick).expect("a bit") as usize;
        prop_assert!(!is_right(&damaged));
        let header = if v6 { 40 } else { 20 };
        let transport = if tcp { 20 } else { 8 };
        if payload.is_empty() {
            let fields = if tcp { 4 } else { 6 };
            prop_assert!((header + fields..header + transport).contains(&at));
        } else {
            prop_assert!(at >= header + transport);
        }
        prop_assert_eq!((whole[at] ^ damaged[at]).count_ones(), 1);
    }

    #[test]
    fn a_datagrams_checksum_never_vanishes(bit in 0_u32..16, pick in any::<u32>()) {
        // An empty datagram whose checksum has one bit: the ports are bent until it has.
        let mut whole = udp(End::Left, false, b"");
        let wanted = 1_u16 << bit;
        whole[20..22].copy_from_slice(&[0, 0]);
        whole[26..28].copy_from_slice(&wanted.to_be_bytes());
        let missing = 0xffff - sum(&whole);
        whole[20..22].copy_from_slice(&missing.to_be_bytes());
        prop_assert!(is_right(&whole));
        prop_assert!(flip(&mut whole, None, pick).is_some());
        prop_assert!(!is_right(&whole));
    }
}

#[test]
fn a_byte_that_is_asked_for_is_the_one() {
    let whole = packet(false, false, b"hello");
    for (asked, told) in [(0, 0), (12, 12), (32, 32), (33, 32), (u32::MAX, 32)] {
        let mut damaged = whole.clone();
        assert_eq!(flip(&mut damaged, Some(asked), 3), Some(told));
        assert_eq!(damaged[told as usize], whole[told as usize] ^ 8);
    }
}

#[test]
fn fragments_and_others_are_damaged_behind_ip_and_nothing_where_nothing_is() {
    let parts = fragments(false, 1, &[0; 40], 24);
    for pick in 0..2_000 {
        let first = flip(&mut parts[0].clone(), None, pick).expect("a bit");
        assert!((28..44).contains(&first), "behind the UDP header: {first}");
        let second = flip(&mut parts[1].clone(), None, pick).expect("a bit");
        assert!((20..44).contains(&second), "{second}");
        let mut trailing = packet(false, false, b"hello");
        trailing.extend([0; 9]);
        trailing[3] += 9;
        let at = flip(&mut trailing, None, pick).expect("a bit");
        assert!((28..33).contains(&at), "behind the datagram: {at}");
    }
    let mut bare = Vec::new();
    PacketBuilder::ip(ip(End::Left, false)).write(&mut bare, IpNumber(253), b"").expect("a packet");
    assert_eq!(flip(&mut bare, None, 5), None);
    assert_eq!(flip(&mut [], Some(0), 5), None);
    assert_eq!(flip(&mut [1, 2, 3], None, 8), Some(1), "no IP packet: anywhere");
}
