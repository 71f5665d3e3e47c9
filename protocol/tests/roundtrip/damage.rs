//! Damaged frames: an error or some other value, at once, never a panic.
//!
//! A huge allocation would show: a length of up to 2^64 − 1 is spliced in at every byte.

use crate::strategy::{consecutive, to_page, to_relay};
use proptest::collection::vec;
use proptest::prelude::*;
use protocol::codec::{DecodeError, decode, decode_command, encode, encode_batch, encode_command};
use protocol::message::ToPage;
use protocol::{Event, World};

/// Varints of 2^64 − 1, 2^40 and 2^31.
const HUGE: [&[u8]; 3] = [
    &[255, 255, 255, 255, 255, 255, 255, 255, 255, 1],
    &[128, 128, 128, 128, 128, 32],
    &[128, 128, 128, 128, 8],
];

fn read(frame: &[u8]) {
    let _ = decode_command(frame);
    if let Ok(messages) = decode(frame) {
        // What was read can be worked with.
        for message in messages {
            let _ = serde_json::to_string(&message).unwrap();
            let mut world = match &message {
                ToPage::Welcome(welcome) => welcome.snapshot.clone().unwrap_or_default(),
                _ => World::default(),
            };
            match message {
                ToPage::Event(event) => {
                    world.seq = 0;
                    world.apply(&event);
                }
                ToPage::Thinned { from, to, at, flows } => {
                    world.apply_thinned(from, to, at, &flows);
                }
                _ => {}
            }
            let _ = world.fingerprint();
        }
    }
}

fn harm(frame: &[u8], place: usize, bit: u8) {
    let place = place % frame.len();
    read(&frame[..place]);
    let mut flipped = frame.to_vec();
    flipped[place] ^= 1 << bit;
    read(&flipped);
    for length in HUGE {
        let mut huge = frame[..place].to_vec();
        huge.extend_from_slice(length);
        huge.extend_from_slice(&frame[place..]);
        read(&huge);
    }
}

proptest! {
    #[test]
    fn harmed_frames(
        page in to_page(), relay in to_relay(), events in consecutive(1..6), place: usize, bit in 0..8_u8,
    ) {
        harm(&encode(&page), place, bit);
        harm(&encode_command(&relay), place, bit);
        harm(&encode_batch(&events), place, bit);
    }

    #[test]
    fn noise(frame in vec(any::<u8>(), 0..200)) {
        read(&frame);
        let _ = serde_json::from_slice::<ToPage>(&frame);
    }

    #[test]
    fn a_cut_frame_is_an_error(page in to_page(), relay in to_relay(), place: usize) {
        let frame = encode(&page);
        prop_assert_eq!(decode(&frame[..place % frame.len()]), Err(DecodeError));
        let frame = encode_command(&relay);
        prop_assert_eq!(decode_command(&frame[..place % frame.len()]), Err(DecodeError));
    }

    #[test]
    fn a_longer_frame_is_an_error(page in to_page(), more: u8) {
        let mut frame = encode(&page);
        frame.push(more);
        prop_assert_eq!(decode(&frame), Err(DecodeError));
    }
}

#[test]
fn every_byte_of_a_welcome() {
    let json = r#"{"welcome":{"version":1,"epoch":"e","began_unix_ns":"1","role":"owner","session":1,
        "seq":0,"now":0,"snapshot":{"seq":0,"at":0,"sockets":{},"calls":{},"bursts":{"7":{"socket":1,
        "to":null,"receiver":null,"count":3,"bytes":12,"sheet":"srw"}},"clients":0,"lesson":null,"wire":null,"touched":true,"gate":false,"waiting":[]},"rung":{"name":"tun",
        "privilege":"none","refused":[]},"limits":{"message":1,"event_payload":1,"fill":1,"recv":1,
        "sockets":1,"blocked_calls":1,"burst":1},"experiments":[{"name":"a","title":{"en":"","zh":""},
        "question":{"en":"","zh":""},"group":"what","needs_wire":true,"own":false}]}}"#;
    let frame = encode(&serde_json::from_str(json).unwrap());
    for place in 0..frame.len() {
        for bit in 0..8 {
            harm(&frame, place, bit);
        }
    }
}

#[test]
fn counters_past_the_end_are_an_error() {
    let event = |seq, at| Event {
        seq,
        at,
        source: protocol::Source::Relay,
        what: protocol::What::Reset { by: None },
    };
    let frame = encode_batch(&[event(u64::MAX - 1, u64::MAX - 1), event(u64::MAX, u64::MAX)]);
    assert_eq!(decode(&frame).unwrap().len(), 2);
    let last = frame.iter().rposition(|byte| *byte == 1).unwrap();
    let mut later = frame.clone();
    later[last] = 2;
    assert_eq!(decode(&later), Err(DecodeError));
}
