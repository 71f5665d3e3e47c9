//! Packets made by hand, and any bytes at all.

use super::*;
use proptest::prelude::*;

fn hex(text: &str) -> Vec<u8> {
    protocol::data::parse(text).unwrap()
}

/// 10.77.0.1:43210 → 10.77.0.2:8001, PSH ACK, timestamps, "hello".
fn segment() -> Vec<u8> {
    let mut bytes = hex(concat!(
        "4500 0039 1234 4000 4006 0000 0a4d0001 0a4d0002",
        "a8ca 1f41 000003e9 000007d1 8018 01f6 0000 0000",
        "0101 080a 00000064 000000c8",
        "68656c6c6f"
    ));
    let sum = sum::of(&bytes[..20]);
    bytes[10..12].copy_from_slice(&sum.to_be_bytes());
    let pseudo = [&bytes[12..20], &[0, 6, 0, 37]].concat();
    let sum = sum::of(&[&pseudo, &bytes[20..]].concat());
    bytes[36..38].copy_from_slice(&sum.to_be_bytes());
    bytes
}

fn value(layers: &[Layer], kind: Kind, term: Term) -> &Value {
    let layer = layers.iter().find(|layer| layer.kind == kind).unwrap();
    &layer.fields.iter().find(|field| field.term == term).unwrap().value
}

#[test]
fn a_segment_opens_in_three_layers() {
    let bytes = segment();
    let head = TcpHead { seq: 1, ack: 1, window: 64_256, ..TcpHead::default() };
    let layers = open(&bytes, Some(&Head::Tcp(head)));
    let kinds: Vec<(Kind, usize)> = layers.iter().map(|l| (l.kind, l.span.len())).collect();
    assert_eq!(kinds, [(Kind::Ipv4, 20), (Kind::Tcp, 32), (Kind::Data, 5)]);
    assert_eq!(overhead(&layers), (52, 5));
    let ip = |term| value(&layers, Kind::Ipv4, term);
    assert_eq!(*ip(Term::Identification), Value::Hex(0x1234));
    assert_eq!(*ip(Term::FragmentFlags), Value::Fragment(true, false));
    assert_eq!(*ip(Term::Source), Value::Address("10.77.0.1".parse().unwrap()));
    assert!(matches!(ip(Term::Checksum), Value::Checksum(_, Some(true))));
    let tcp = |term| value(&layers, Kind::Tcp, term);
    assert_eq!(*tcp(Term::Sequence), Value::Counted(1_001, Some(1)));
    assert_eq!(*tcp(Term::Window), Value::Window(502, Some(64_256)));
    assert_eq!(*tcp(Term::TcpFlags), Value::Flags(Flags::PSH | Flags::ACK));
    assert_eq!(*tcp(Term::Timestamps), Value::Stamps(100, 200));
    assert!(matches!(tcp(Term::Checksum), Value::Checksum(_, Some(true))));
}

#[test]
fn a_flipped_bit_breaks_the_checksum() {
    let mut bytes = segment();
    bytes[54] ^= 1;
    let layers = open(&bytes, None);
    assert!(matches!(value(&layers, Kind::Tcp, Term::Checksum), Value::Checksum(_, Some(false))));
}

#[test]
fn a_syn_tells_its_options() {
    let bytes = hex(concat!(
        "4500 003c 0000 4000 4006 0000 0a4d0001 0a4d0002",
        "a8ca 1f41 000003e8 00000000 a002 faf0 0000 0000",
        "020405b4 0402 080a 00000001 00000000 01 030307"
    ));
    let layers = open(&bytes, None);
    let tcp = |term| value(&layers, Kind::Tcp, term);
    assert_eq!(*tcp(Term::MaximumSegment), Value::Bytes(1_460));
    assert_eq!(*tcp(Term::SackPermitted), Value::Present);
    assert_eq!(*tcp(Term::WindowScale), Value::Number(7));
    assert_eq!(layers.len(), 2, "no payload, no box");
}

#[test]
fn sack_blocks_are_read() {
    let bytes = hex(concat!(
        "4500 003c 0000 4000 4006 0000 0a4d0001 0a4d0002",
        "a8ca 1f41 000003e8 00000001 a010 faf0 0000 0000",
        "0101 0512 00000010 00000020 00000030 00000040"
    ));
    let layers = open(&bytes, None);
    let blocks = value(&layers, Kind::Tcp, Term::SackBlocks);
    assert_eq!(*blocks, Value::Blocks(vec![(16, 32), (48, 64)], vec![]));
}

#[test]
fn a_later_fragment_is_data() {
    let bytes = hex("4500 001c 0007 00b9 4011 0000 0a4d0001 0a4d0002 0001020304050607");
    let layers = open(&bytes, None);
    assert_eq!(layers[1].kind, Kind::Data);
    assert_eq!(*value(&layers, Kind::Ipv4, Term::FragmentOffset), Value::Bytes(1_480));
}

#[test]
fn ipv6_with_a_fragment_header_and_udp() {
    let ip =
        "6000 0000 0012 2c40 fd770000000000000000000000000001 fd770000000000000000000000000002";
    let bytes = hex(&format!("{ip} 1100 0001 0000002a 138c 138d 000a 0000 6869"));
    let layers = open(&bytes, None);
    let kinds: Vec<Kind> = layers.iter().map(|layer| layer.kind).collect();
    assert_eq!(kinds, [Kind::Ipv6, Kind::Extension(44), Kind::Udp, Kind::Data]);
    assert_eq!(*value(&layers, Kind::Udp, Term::Length), Value::Bytes(10));
}

#[test]
fn an_unreachable_port_quotes_its_packet() {
    let bytes = hex(concat!(
        "4500 0038 0000 0000 4001 0000 0a4d0002 0a4d0001 0303 0000 00000000",
        "4500 0021 0000 4000 4011 0000 0a4d0001 0a4d0002 138c 138d 000d 0000"
    ));
    let layers = open(&bytes, None);
    assert_eq!(*value(&layers, Kind::Icmp, Term::Message), Value::Message(false, 3, 3));
    assert_eq!(layers[2].kind, Kind::Quoted);
    assert_eq!(overhead(&layers), (56, 0));
}

/// Bytes that begin like IP, so that the deeper layers are reached too.
fn plausible() -> impl Strategy<Value = Vec<u8>> {
    let first = prop_oneof![Just(0x45_u8), Just(0x46), Just(0x60), any::<u8>()];
    let protocol = prop_oneof![Just(6_u8), Just(17), Just(1), Just(58), Just(44), Just(0)];
    (first, protocol, proptest::collection::vec(any::<u8>(), 0..160)).prop_map(
        |(first, protocol, mut bytes)| {
            for (at, byte) in [(0, first), (if first >> 4 == 6 { 6 } else { 9 }, protocol)] {
                if let Some(own) = bytes.get_mut(at) {
                    *own = byte;
                }
            }
            bytes
        },
    )
}

proptest! {
    /// Any bytes open; layers follow each other without gap up to the end, fields stand inside.
    #[test]
    fn any_bytes_open(bytes in plausible()) {
        let layers = open(&bytes, None);
        let mut at = 0;
        for layer in &layers {
            prop_assert_eq!(layer.span.start, at);
            at = layer.span.end;
            for field in &layer.fields {
                prop_assert!(field.span.start >= layer.span.start && field.span.end <= at);
            }
        }
        prop_assert_eq!(at, bytes.len());
    }
}
