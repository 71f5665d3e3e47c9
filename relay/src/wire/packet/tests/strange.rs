//! That no bytes are too strange to be read or damaged.

use super::*;
use etherparse::TcpOptionElement::{
    MaximumSegmentSize, SelectiveAcknowledgement, Timestamp, WindowScale,
};
use proptest::prelude::*;

fn left(flags: Flags) -> Tcp {
    Tcp::new(LEFT, flags, 1, 1)
}

/// A packet that is right but for a few bytes, and perhaps its end.
fn nearly() -> impl Strategy<Value = Vec<u8>> {
    let sack = SelectiveAcknowledgement((1, 2), [Some((3, 4)), None, None]);
    let seeds = vec![
        left(Flags::SYN).options(&[MaximumSegmentSize(1460), WindowScale(7)]).bytes(),
        left(Flags::ACK).options(&[Timestamp(1, 2), sack]).payload(b"hello").bytes(),
        Tcp { v6: true, ..left(Flags::ACK) }.payload(b"hello").bytes(),
        udp(LEFT, false, b"hello"),
        fragments(false, 1, &[0; 100], 64)[0].clone(),
        fragments(true, 1, &[0; 100], 64)[1].clone(),
        unreachable(false, &udp(LEFT, false, b"hello")),
        unreachable(true, &udp(LEFT, true, b"hello")),
    ];
    let edits = proptest::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..6);
    (prop::sample::select(seeds), edits, any::<Option<prop::sample::Index>>()).prop_map(
        |(mut bytes, edits, end)| {
            for (place, byte) in edits {
                let place = place.index(bytes.len());
                bytes[place] = byte;
            }
            let end = end.map_or(bytes.len(), |end| end.index(bytes.len()));
            bytes.truncate(end);
            bytes
        },
    )
}

proptest! {
    #[test]
    fn no_bytes_are_too_strange(bytes in proptest::collection::vec(any::<u8>(), 0..200), pick in any::<u32>(), offset in any::<Option<u32>>()) {
        Reader::default().read(RIGHT, &bytes);
        damage::flip(&mut bytes.clone(), offset, pick);
    }

    #[test]
    fn no_series_of_broken_packets_is_too_strange(packets in proptest::collection::vec((any::<bool>(), nearly()), 0..30), pick in any::<u32>()) {
        let mut reader = Reader::default();
        for (from_left, bytes) in packets {
            let parsed = reader.read(if from_left { LEFT } else { RIGHT }, &bytes);
            prop_assert!(parsed.head.payload() as usize <= bytes.len());
            let mut damaged = bytes.clone();
            if let Some(at) = damage::flip(&mut damaged, None, pick) {
                let changed = (0..bytes.len()).filter(|at| damaged[*at] != bytes[*at]);
                prop_assert_eq!(changed.collect::<Vec<_>>(), vec![at as usize]);
            } else {
                prop_assert_eq!(damaged, bytes);
            }
        }
    }
}
