//! What is done with each input: what the relay and the page's protocol read of it, and what must hold
//! of that. A target panics where it does not. Fuzzing and `relay/tests/corpus.rs` share this file.

use protocol::message::{ToPage, ToRelay};
use protocol::packet::{End, Head};
use protocol::recording::{Block, FORMAT, MAGIC, begin, open};
use protocol::thin::Thinner;
use protocol::wire::{Deed, Match, PacketKind};
use protocol::{Event, SocketId, World, codec};
use relay::export::{jsonl, pcapng};
use relay::probe;
use relay::state::Token;
use relay::wire::packet::{Reader, damage};
use relay::wire::trap::Traps;
use std::fmt::Debug;

/// Takes one input.
pub type Target = fn(&[u8]);

/// Every target, by its name.
pub const TARGETS: [(&str, Target); 6] = [
    ("decode", decode),
    ("packet", packet),
    ("recording", recording),
    ("experiment", experiment),
    ("fold", fold),
    ("request", request),
];

/// Both forms of what is said, in both directions: what can be read can be written and is read as
/// the same again.
pub fn decode(bytes: &[u8]) {
    if let Ok(told) = codec::decode(bytes) {
        assert_eq!(codec::decode(&encoded(&told)).as_ref(), Ok(&told), "postcard to the page");
        told.iter().for_each(json_again);
    }
    if let Ok(asked) = codec::decode_command(bytes) {
        let again = codec::decode_command(&codec::encode_command(&asked));
        assert_eq!(again.as_ref(), Ok(&asked), "postcard to the relay");
        json_again(&asked);
    }
    if let Ok(told) = serde_json::from_slice::<ToPage>(bytes) {
        json_again(&told);
        let again = codec::decode(&codec::encode(&told));
        assert_eq!(again.as_deref(), Ok(&[told][..]), "JSON as postcard");
    }
    if let Ok(asked) = serde_json::from_slice::<ToRelay>(bytes) {
        json_again(&asked);
        let again = codec::decode_command(&codec::encode_command(&asked));
        assert_eq!(again, Ok(asked), "JSON as postcard");
    }
}

fn encoded(told: &[ToPage]) -> Vec<u8> {
    match told {
        [one] if !matches!(one, ToPage::Event(_)) => codec::encode(one),
        batch => codec::encode_batch(&events(batch)),
    }
}

fn events(told: &[ToPage]) -> Vec<Event> {
    let event = |told: &ToPage| match told {
        ToPage::Event(event) => Some(event.clone()),
        _ => None,
    };
    told.iter().filter_map(event).collect()
}

fn json_again<T: serde::Serialize + serde::de::DeserializeOwned + PartialEq + Debug>(value: &T) {
    let text = serde_json::to_string(value).expect("everything has a JSON form");
    let again: T = serde_json::from_str(&text).unwrap_or_else(|why| panic!("{text}: {why}"));
    assert_eq!(&again, value, "{text}");
}

/// Packets of both directions, in their order: a byte whose lowest bit is the end, a byte for the
/// length, the packet. What is told lies within the packet, and traps take it.
pub fn packet(bytes: &[u8]) {
    let (mut reader, mut traps) = (Reader::default(), traps());
    for (from, packet) in Packets(bytes) {
        let parsed = reader.read(from, packet);
        let bytes = packet.len() as u64;
        assert!(u64::from(parsed.head.payload()) <= bytes, "{parsed:?} of {bytes} bytes");
        if let Head::Fragment(piece) = &parsed.head {
            assert!(piece.offset % 8 == 0 && piece.offset < 1 << 16, "{piece:?}");
        }
        let _ = traps.spring(from, parsed.src.port(), parsed.dst.port(), &parsed.head);
        let mut harmed = packet.to_vec();
        let flipped = damage::flip(&mut harmed, None, u32::from(bytes as u16) * 7);
        assert!(flipped.is_none_or(|place| u64::from(place) < bytes * 8), "{flipped:?}");
        assert_eq!(harmed.len(), packet.len(), "damage never changes the length");
    }
}

/// One trap of each kind, none of which ever runs out.
fn traps() -> Traps {
    use PacketKind::{Ack, Data, Fin, Fragment, Icmp, Rst, Syn, SynAck, Tcp, Udp};
    let mut traps = Traps::default();
    for kind in [Data, Ack, Syn, SynAck, Fin, Rst, Tcp, Udp, Icmp, Fragment] {
        let matching = Match { kind: Some(kind), nth: Some(u32::MAX), ..Match::default() };
        traps.arm(matching, Deed::Hold, u32::MAX).expect("the match can be");
    }
    traps
}

struct Packets<'a>(&'a [u8]);

impl<'a> Iterator for Packets<'a> {
    type Item = (End, &'a [u8]);

    fn next(&mut self) -> Option<Self::Item> {
        let ([from, length], rest) = self.0.split_first_chunk()?;
        let (packet, rest) = rest.split_at((*length as usize).min(rest.len()));
        self.0 = rest;
        Some((if from & 1 == 0 { End::Left } else { End::Right }, packet))
    }
}

/// A recording: the bytes as they are; and where they do not begin as one does, as blocks with right
/// lengths and checksums behind a right header (see [`file`]). All exports take what opens.
pub fn recording(bytes: &[u8]) {
    read(bytes);
    if !bytes.starts_with(&MAGIC) {
        read(&file(bytes));
    }
}

fn read(bytes: &[u8]) {
    let Ok((_, mut reading)) = open(bytes) else { return };
    let mut world = World::default();
    for block in &mut reading {
        match block {
            Block::Snapshot(snapshot) => {
                look(&snapshot);
                world = *snapshot;
            }
            Block::Events(events) => {
                for event in &events {
                    if follows(&world, event) {
                        world.apply(event);
                    }
                }
                look(&world);
            }
            Block::Header(_) | Block::Missing { .. } | Block::Packets(_) | Block::Closed(_) => {}
        }
    }
    let (place, length) = reading.progress();
    assert!(place <= length, "{place} of {length}");
    // It opened, and nowhere never fills up.
    assert_eq!(jsonl(bytes, std::io::sink()).ok(), Some(reading.ending()));
    for only in [None, Some(End::Left), Some(End::Right)] {
        let _ = pcapng(bytes, only, std::io::sink());
    }
}

/// A file from its blocks, each as kind, two bytes of length (lowest first) and payload. The first byte
/// says the format.
pub fn file(blocks: &[u8]) -> Vec<u8> {
    let header: protocol::recording::Header =
        serde_json::from_str(include_str!("header.json")).expect("a header");
    let mut bytes = begin(header);
    let Some((format, mut rest)) = blocks.split_first() else { return bytes };
    bytes[MAGIC.len()] = 1 + format % FORMAT;
    while let Some(([kind, low, high], more)) = rest.split_first_chunk() {
        let length = (*low as usize | (*high as usize) << 8).min(more.len());
        let (payload, more) = more.split_at(length);
        rest = more;
        let length = (length as u32).to_le_bytes();
        bytes.push(*kind);
        bytes.extend(length);
        bytes.extend(adler32(&[&[*kind][..], &length, payload].concat()).to_le_bytes());
        bytes.extend(payload);
    }
    bytes
}

/// RFC 1950, section 8.2.
fn adler32(bytes: &[u8]) -> u32 {
    let (a, b) = bytes.iter().fold((1_u32, 0_u32), |(a, b), byte| {
        let a = (a + u32::from(*byte)) % 65_521;
        (a, (b + a) % 65_521)
    });
    b << 16 | a
}

fn follows(world: &World, event: &Event) -> bool {
    world.seq == 0 || world.seq.checked_add(1) == Some(event.seq)
}

/// An experiment's text: it is read, or told where it is wrong.
pub fn experiment(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    match probe::experiment(text) {
        Ok(script) => assert!(!script.title.en.is_empty() && !script.act.is_empty()),
        Err(why) => {
            let place: Vec<&str> = why.splitn(4, ':').collect();
            let [file, line, column, says] = place[..] else { panic!("no place: {why}") };
            let number = |text: &str| text.parse::<usize>().expect("a number");
            assert_eq!(file, "probe.toml", "{why}");
            assert!((1..=text.lines().count() + 1).contains(&number(line)), "{why}");
            assert!(number(column) > 0 && says.len() > 2, "{why}");
        }
    }
}

/// Events that any bytes come to, folded, looked at, and thinned.
pub fn fold(bytes: &[u8]) {
    let Ok(told) = codec::decode(bytes) else { return };
    let mut world = World::default();
    if let [ToPage::Welcome(welcome)] = &told[..]
        && let Some(snapshot) = &welcome.snapshot
    {
        world = snapshot.clone();
    }
    let events = events(&told);
    let mut thinner = Thinner::default();
    for message in thinner.thin(&events, 1) {
        if let ToPage::Thinned { from, to, .. } = message {
            assert!(from <= to && events.iter().any(|event| event.seq == to), "{from} to {to}");
        }
    }
    for event in &events {
        if follows(&world, event) {
            world.apply(event);
        }
        look(&world);
    }
}

/// Asks a world everything that a page asks.
fn look(world: &World) {
    let ids: Vec<SocketId> = world.sockets.keys().copied().collect();
    for id in ids {
        let _ = (world.ledger(id), world.datagram_ledger(id), world.far_end(id));
        let _ = (world.queued_at(id), world.aim_of(id), world.is_settled(id));
        let socket = &world.sockets[&id];
        let _ = (socket.kept(), socket.kernel.timer_left(world.at));
    }
    for flow in world.wire.iter().flat_map(|wire| wire.flows.values()) {
        let _ = (flow.on_wire(), flow.all_lost());
    }
    for burst in world.bursts.values() {
        let _ = burst.sheet.tally();
    }
    let _ = world.fingerprint();
}

/// What a stranger and a viewer say: a command, or a reasoned no that is short and gives nothing away.
pub fn request(bytes: &[u8]) {
    let secret = "5a".repeat(32);
    let token = Token::from_hex(&secret).expect("a token");
    let no = |failure: protocol::Failure| {
        assert!(failure.message.len() < 4_096, "{}", failure.message.len());
        assert!(!failure.message.contains(&secret), "the token is told");
    };
    if let Err((_, why)) = probe::binary(bytes) {
        no(why);
    }
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    match probe::hello(text, &token) {
        Ok(hello) => assert_eq!(hello.token, secret),
        Err(why) if !text.contains(&secret) => no(why),
        Err(_) => {}
    }
    match probe::text(text) {
        Ok((id, ask)) => json_again(&ToRelay::Command { id, ask }),
        Err((_, why)) if !text.contains(&secret) => no(why),
        Err(_) => {}
    }
}
