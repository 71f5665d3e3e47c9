//! What segments say within their connection, on segments made by hand.

use super::super::build::{PORTS, Tcp};
use super::super::{Reader, TCP};
use etherparse::TcpOptionElement::{
    MaximumSegmentSize, SelectiveAcknowledgement, SelectiveAcknowledgementPermitted, Timestamp,
    WindowScale,
};
use protocol::packet::{End, Flags, Head, START, TcpHead};

const LEFT: End = End::Left;
const RIGHT: End = End::Right;
const ACK: Flags = Flags::ACK;
/// Near the end of the sequence space, so that every test wraps.
const ISN: u32 = u32::MAX - 2;
const ISN_RIGHT: u32 = u32::MAX;

/// Left's segment, `seq` counted from its SYN.
fn left(flags: Flags, seq: u32, ack: u32) -> Tcp {
    Tcp::new(LEFT, flags, ISN.wrapping_add(seq), ISN_RIGHT.wrapping_add(ack))
}

fn right(flags: Flags, seq: u32, ack: u32) -> Tcp {
    Tcp::new(RIGHT, flags, ISN_RIGHT.wrapping_add(seq), ISN.wrapping_add(ack))
}

fn read(reader: &mut Reader, segment: &Tcp) -> TcpHead {
    let parsed = reader.read(segment.from, &segment.bytes());
    assert_eq!(parsed.protocol, TCP);
    assert_eq!(parsed.src.port(), PORTS[segment.from.index()]);
    match parsed.head {
        Head::Tcp(head) => head,
        other => panic!("{other:?}"),
    }
}

fn shake(reader: &mut Reader, scale: [Option<u8>; 2]) {
    let options = |scale: Option<u8>| {
        let mut options = vec![MaximumSegmentSize(1460), SelectiveAcknowledgementPermitted];
        options.extend(scale.map(WindowScale));
        options
    };
    let syn = Tcp { ack: 0, ..left(Flags::SYN, 0, 0) }.options(&options(scale[0]));
    let syn = read(reader, &syn);
    assert_eq!((syn.seq, syn.ack, syn.window, syn.again), (0, 0, 500, false));
    let syn_ack = read(reader, &right(Flags::SYN | ACK, 0, 1).options(&options(scale[1])));
    assert_eq!((syn_ack.seq, syn_ack.ack, syn_ack.window, syn_ack.again), (0, 1, 500, false));
    let ack = read(reader, &left(ACK, 1, 1));
    assert_eq!((ack.seq, ack.ack, ack.again), (1, 1, false));
}

fn shaken() -> Reader {
    let mut reader = Reader::default();
    shake(&mut reader, [Some(7), Some(2)]);
    reader
}

#[test]
fn numbers_are_counted_from_the_syns() {
    let mut reader = shaken();
    let data = read(&mut reader, &left(ACK | Flags::PSH, 1, 1).payload(b"hello"));
    assert_eq!((data.seq, data.ack, data.payload, data.again), (1, 1, 5, false));
    assert_eq!(data.start.hex.0, b"hello");
    assert_eq!(data.flags, ACK | Flags::PSH);
    let ack = read(&mut reader, &right(ACK, 1, 6));
    assert_eq!((ack.seq, ack.ack, ack.payload), (1, 6, 0));
    let long = read(&mut reader, &right(ACK, 1, 6).payload(&[b'x'; START + 1]));
    assert_eq!((long.payload as usize, long.start.hex.0.len()), (START + 1, 0));
}

#[test]
fn windows_are_scaled_if_both_syns_offered_it() {
    for (scale, expected) in [
        ([Some(7), Some(2)], [500 << 7, 500 << 2]),
        ([Some(7), None], [500, 500]),
        ([None, Some(2)], [500, 500]),
        ([Some(200), Some(0)], [500 << 14, 500]),
    ] {
        let mut reader = Reader::default();
        shake(&mut reader, scale);
        let windows = [left(ACK, 1, 1), right(ACK, 1, 1)].map(|one| read(&mut reader, &one).window);
        assert_eq!(windows, expected, "{scale:?}");
    }
}

#[test]
fn what_was_sent_before_is_sent_again() {
    let mut reader = shaken();
    let mut again = |segment: &Tcp| read(&mut reader, segment).again;
    let hello = left(ACK, 1, 1).payload(b"hello");
    assert!(!again(&hello));
    assert!(again(&hello));
    assert!(again(&left(ACK, 3, 1).payload(b"ll")), "a part of it");
    assert!(!again(&left(ACK, 3, 1).payload(b"llo, world")), "more than it");
    assert!(!again(&left(ACK, 13, 1)), "an acknowledgement");
    assert!(!again(&left(ACK, 1, 1)), "an old acknowledgement");
    assert!(again(&left(ACK, 12, 1)), "a probe");
    assert!(!again(&left(ACK | Flags::FIN, 13, 1)));
    assert!(again(&left(ACK | Flags::FIN, 13, 1)));
    assert!(!again(&left(Flags::RST, 13, 0)), "a reset");
    assert!(!again(&right(ACK, 1, 14).payload(b"hello")), "the other direction");
    assert!(!again(&right(ACK, 11, 14)), "an acknowledgement past what the device dropped");
    assert!(!again(&right(ACK, 6, 14).payload(b"hello")), "what it dropped");
    let mut reader = Reader::default();
    let syn = left(Flags::SYN, 0, 0);
    assert!(!read(&mut reader, &syn).again);
    assert!(read(&mut reader, &syn).again, "the same SYN");
}

#[test]
fn a_new_syn_begins_anew() {
    let mut reader = shaken();
    read(&mut reader, &left(ACK, 1, 1).payload(b"hello"));
    let syn = Tcp { seq: 77, ack: 0, ..left(Flags::SYN, 0, 0) };
    let syn = read(&mut reader, &syn);
    assert_eq!((syn.seq, syn.again), (0, false));
    let answer = Tcp { seq: 5, ack: 78, ..right(Flags::SYN | ACK, 0, 0) };
    assert_eq!(read(&mut reader, &answer).ack, 1);
    let data = Tcp { seq: 78, ack: 6, ..left(ACK, 0, 0) }.payload(b"hello");
    let data = read(&mut reader, &data);
    assert_eq!((data.seq, data.ack, data.again, data.window), (1, 1, false, 500));
}

#[test]
fn both_may_begin_at_once() {
    let mut reader = Reader::default();
    let syns = [left(Flags::SYN, 0, 0), right(Flags::SYN, 0, 0)];
    for syn in syns {
        assert_eq!(read(&mut reader, &syn.options(&[WindowScale(3)])).seq, 0);
    }
    for (answer, again) in [(left(Flags::SYN | ACK, 0, 1), true), (right(ACK, 1, 1), false)] {
        let answer = read(&mut reader, &answer);
        assert_eq!((answer.ack, answer.again), (1, again));
    }
    assert_eq!(read(&mut reader, &left(ACK, 1, 1)).window, 500 << 3);
}

#[test]
fn without_a_syn_the_first_seen_is_number_one() {
    let mut reader = Reader::default();
    let data = read(&mut reader, &left(ACK, 500, 900).payload(b"hello"));
    assert_eq!((data.seq, data.ack, data.window, data.again), (1, 1, 500, false));
    let ack = read(&mut reader, &right(ACK, 900, 505));
    assert_eq!((ack.seq, ack.ack), (1, 6));
    assert!(read(&mut reader, &left(ACK, 504, 900)).again, "a keepalive");
}

#[test]
fn a_refused_connection_leaves_nothing_behind() {
    let mut reader = Reader::default();
    read(&mut reader, &Tcp { seq: 12_345, ..left(Flags::SYN, 0, 0) });
    let refusal = Tcp { seq: 0, ack: 12_346, ..right(Flags::RST | ACK, 0, 0) };
    let refusal = read(&mut reader, &refusal);
    assert_eq!((refusal.seq, refusal.ack, refusal.again), (1, 1, false));
    shake(&mut reader, [None, None]);
}

#[test]
fn selective_acknowledgements_are_counted_like_ack() {
    let mut reader = shaken();
    let block = |start: u32, end: u32| (ISN.wrapping_add(start), ISN.wrapping_add(end));
    let sack = SelectiveAcknowledgement(block(11, 21), [Some(block(31, 41)), None, None]);
    let ack = read(&mut reader, &right(ACK, 1, 6).options(&[Timestamp(1, 2), sack]));
    assert_eq!((ack.ack, ack.sack), (6, vec![(11, 21), (31, 41)]));
}
