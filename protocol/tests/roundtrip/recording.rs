//! A recording is read back as it was written; one that was cut, damaged, or is another's, says so.

use crate::strategy::consecutive;
use proptest::collection::vec;
use proptest::prelude::*;
use protocol::message::{Privilege, Rung, RungName};
use protocol::number::Wide;
use protocol::recording::{
    BLOCK, Block, Closed, EVENTS, EVENTS_BYTES, Ending, FORMAT, Header, MAGIC, OpenError, PACKETS,
    PACKETS_BYTES, SENTENCES, Stored, begin, open,
};
use protocol::{Event, PacketId, Source, What, World};

fn header() -> Header {
    Header {
        protocol: 1,
        relay: "0.1.0".into(),
        kernel: "Linux 6.1".into(),
        epoch: "e".into(),
        began_unix_ns: Wide(1_700_000_000_000_000_000),
        rung: Rung { name: RungName::Tun, privilege: Privilege::Userns, refused: vec![] },
        seed: 7,
        snaplen: 256,
        after: 0,
        at: 5,
    }
}

fn block() -> impl Strategy<Value = Block> {
    let stored = (any::<u64>(), any::<u32>(), vec(any::<u8>(), 0..40))
        .prop_map(|(packet, length, bytes)| Stored { packet: PacketId(packet), length, bytes });
    prop_oneof![
        4 => consecutive(1..20).prop_map(Block::Events),
        1 => any::<(u64, u64)>().prop_map(|(from, to)| Block::Missing { from, to }),
        2 => vec(stored, 0..5).prop_map(Block::Packets),
        1 => any::<u64>().prop_map(|seq| {
            Block::Snapshot(Box::new(World { seq, ..World::default() }))
        }),
    ]
}

fn file(blocks: &[Block]) -> Vec<u8> {
    let mut bytes = begin(header());
    bytes.extend(blocks.iter().flat_map(Block::encode));
    bytes
}

fn closed() -> Block {
    Block::Closed(Closed { seq: 9, at: 10, unkept: 1, why: Some("why".into()) })
}

proptest! {
    #[test]
    fn what_was_written_is_read(blocks in vec(block(), 0..6)) {
        let mut all = blocks.clone();
        all.push(closed());
        let bytes = file(&all);
        let (read, mut reading) = open(&bytes).unwrap();
        prop_assert_eq!(read, header());
        prop_assert_eq!(reading.by_ref().collect::<Vec<_>>(), all);
        prop_assert_eq!(reading.ending(), Ending::Whole);
    }

    #[test]
    fn a_cut_file_opens_up_to_the_cut(blocks in vec(block(), 1..6), place in any::<prop::sample::Index>()) {
        let bytes = file(&blocks);
        let least = begin(header()).len();
        let cut = least + place.index(bytes.len() - least);
        let (_, mut reading) = open(&bytes[..cut]).unwrap();
        let read: Vec<Block> = reading.by_ref().collect();
        prop_assert_eq!(&read[..], &blocks[..read.len()]);
        let whole = file(&read).len();
        let ending = if whole == cut { Ending::Unclosed } else { Ending::Cut(whole as u64) };
        prop_assert_eq!(reading.ending(), ending);
    }

    #[test]
    fn damage_ends_the_reading_and_is_named(
        blocks in vec(block(), 1..6),
        place in any::<prop::sample::Index>(),
        bit in 0..8_u8,
    ) {
        let mut bytes = file(&blocks);
        let least = begin(header()).len();
        let at = least + place.index(bytes.len() - least);
        bytes[at] ^= 1 << bit;
        let (_, mut reading) = open(&bytes).unwrap();
        let read: Vec<Block> = reading.by_ref().collect();
        prop_assert!(read.len() < blocks.len());
        prop_assert_eq!(&read[..], &blocks[..read.len()]);
        prop_assert!(matches!(reading.ending(), Ending::Damaged(_) | Ending::Cut(_)));
    }

    #[test]
    fn any_bytes_are_read_or_refused(bytes in vec(any::<u8>(), 0..300), mut tail in vec(any::<u8>(), 0..300)) {
        if let Ok((_, reading)) = open(&bytes) {
            reading.for_each(drop);
        }
        let mut like = begin(header());
        like.append(&mut tail);
        let (_, reading) = open(&like).unwrap();
        reading.for_each(drop);
    }
}

#[test]
fn another_file_gets_one_sentence() {
    let no = |bytes: &[u8]| open(bytes).map(|_| ()).unwrap_err();
    assert_eq!(no(b""), OpenError::Foreign);
    assert_eq!(no(b"\x89PNG\r\n\x1a\n"), OpenError::Foreign);
    let mut newer = MAGIC.to_vec();
    newer.push(FORMAT + 1);
    assert_eq!(no(&newer), OpenError::Newer(FORMAT + 1));
    assert_eq!(
        no(&newer).to_string(),
        "This recording has format 3, and this Patchbay reads formats up to 2: open it with a newer one."
    );
    let whole = begin(header());
    for cut in 1..MAGIC.len() {
        assert_eq!(no(&whole[..cut]), OpenError::NoHeader, "{cut}");
    }
    for cut in MAGIC.len()..whole.len() {
        assert_eq!(no(&whole[..cut]), OpenError::NoHeader, "{cut}");
    }
}

/// A file of one good block, and then this one; what is read of it, and how it ends.
fn after_a_good_block(block: &Block) -> (usize, Ending, u64) {
    let good = Block::Missing { from: 1, to: 2 };
    let place = file(std::slice::from_ref(&good)).len() as u64;
    let bytes = file(&[good, block.clone()]);
    let (_, mut reading) = open(&bytes).unwrap();
    (reading.by_ref().count(), reading.ending(), place)
}

/// A block that no recorder writes would take many times its bytes in memory.
#[test]
fn more_than_a_recorder_writes_is_damage_with_its_place() {
    let event = |seq, name: &str| {
        let what = What::WireDown { why: name.to_owned() };
        Event { seq, at: 0, source: Source::Relay, what }
    };
    let events = |count: usize| Block::Events((1..=count as u64).map(|n| event(n, "")).collect());
    let long = |bytes: usize| Block::Events(vec![event(1, &"a".repeat(bytes))]);
    let empty = Stored { packet: PacketId(1), length: 0, bytes: vec![] };
    let packets = |count: usize| Block::Packets(vec![empty.clone(); count]);
    let wide =
        |bytes: usize| Block::Packets(vec![Stored { bytes: vec![0; bytes], ..empty.clone() }]);
    let closed = |bytes: usize| {
        Block::Closed(Closed { seq: 0, at: 0, unkept: 0, why: Some("a".repeat(bytes)) })
    };
    for (most, more) in [
        (events(EVENTS), events(EVENTS + 1)),
        (long(EVENTS_BYTES - 64), long(EVENTS_BYTES)),
        (packets(PACKETS), packets(PACKETS + 1)),
        (wide(PACKETS_BYTES - 64), wide(PACKETS_BYTES)),
        (closed(SENTENCES - 64), closed(SENTENCES)),
    ] {
        let (read, ending, _) = after_a_good_block(&most);
        let whole = matches!(ending, Ending::Unclosed | Ending::Whole);
        assert!(read == 2 && whole, "{ending:?}");
        let (read, ending, place) = after_a_good_block(&more);
        assert_eq!((read, ending), (1, Ending::Damaged(place)));
    }
    assert!(EVENTS_BYTES.max(PACKETS_BYTES) <= BLOCK / 2);
}
