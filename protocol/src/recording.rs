//! Owns the form of a recording: the journal on disk, block after block, each with its length and its
//! checksum, so that a file that was cut short opens up to the cut. Pure: bytes in, bytes out; never
//! opens a file.
//!
//! A file is [`MAGIC`], one byte [`FORMAT`], then blocks: kind (1 byte), length of the payload (4 bytes,
//! little-endian), Adler-32 of kind, length and payload (4 bytes, little-endian; RFC 1950), payload
//! (postcard). The first block is the [`Header`]. A layout that an older file does not have gets the next
//! format number, and the reader keeps the old one: 2 knows the questions, bets and verdicts of experiments.

mod format1;
mod read;

pub use read::{Ending, OpenError, Reading, open, resume};

use crate::message::Rung;
use crate::number::Wide;
use crate::{Event, Nanos, PacketId, Seq, World, codec};
use serde::{Deserialize, Serialize};

/// What every recording begins with: a byte that no text has, the name, and line ends that a careless
/// copy would change.
pub const MAGIC: [u8; 8] = *b"\x89PBREC\r\n";
/// The format that is written, and the newest that is read.
pub const FORMAT: u8 = 2;
/// Bytes of a snapshot's payload at most; no block has more.
pub const BLOCK: usize = 64 * 1024 * 1024;
/// Events of one block at most; the recorder writes 512.
pub const EVENTS: usize = 4_096;
/// Bytes of a block of events at most: some 16 KiB for each that the recorder writes.
pub const EVENTS_BYTES: usize = 8 * 1024 * 1024;
/// Packets of one block at most: as many of one byte each as wait for the recorder.
pub const PACKETS: usize = 1_536 * 1024;
/// Bytes of a block of packets at most: as many as wait for the recorder.
pub const PACKETS_BYTES: usize = 32 * 1024 * 1024;
/// Bytes of any other block's payload at most: a few sentences.
pub const SENTENCES: usize = 1024 * 1024;
/// Bytes of each packet that a recording keeps unless it is told otherwise ("snaplen", pcap(3pcap)).
pub const SNAPLEN: u32 = 256;
/// Bytes of the longest packet: an IP packet's length has 16 bits.
pub const LONGEST: u32 = 65_535;

/// Kind, length, checksum.
const HEAD: usize = 9;

/// What a recording says of itself first.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Header {
    /// [`crate::limit::VERSION`] of the relay that wrote it.
    pub protocol: u32,
    /// The relay's own version.
    pub relay: String,
    /// The kernel, as uname(2) names it.
    pub kernel: String,
    /// The run of the relay.
    pub epoch: String,
    /// The wall clock when the epoch began, ns since 1970: the anchor of every `at`.
    pub began_unix_ns: Wide,
    /// What the machine offered.
    pub rung: Rung,
    /// Where the wire's random numbers began; 0 without a wire.
    pub seed: u32,
    /// Bytes kept of each packet; 0 keeps none.
    pub snaplen: u32,
    /// The recording's first event is the one after this; where it is not 0, a snapshot comes first.
    pub after: Seq,
    /// When the recording began, ns since the epoch began.
    pub at: Nanos,
}

/// A packet's bytes, as it entered the wire.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stored {
    /// Which.
    pub packet: PacketId,
    /// Its whole length.
    pub length: u32,
    /// Its first bytes, from the IP header's first.
    pub bytes: Vec<u8>,
}

/// How a recording was ended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Closed {
    /// The last event in it.
    pub seq: Seq,
    /// When.
    pub at: Nanos,
    /// Packets whose bytes were not kept because the disk was too slow.
    pub unkept: u64,
    /// Why it ended before anybody asked, in one sentence.
    pub why: Option<String>,
}

/// One block.
#[derive(Clone, Debug, PartialEq)]
pub enum Block {
    /// The first one.
    Header(Header),
    /// The world after the events so far and those that are missing.
    Snapshot(Box<World>),
    /// Events that follow each other without a hole.
    Events(Vec<Event>),
    /// Events that came faster than they could be written; a snapshot follows.
    Missing {
        /// The first.
        from: Seq,
        /// The last.
        to: Seq,
    },
    /// Bytes of packets that entered.
    Packets(Vec<Stored>),
    /// The last one, where nothing was cut.
    Closed(Closed),
}

impl Block {
    const fn kind(&self) -> u8 {
        match self {
            Self::Header(_) => 1,
            Self::Snapshot(_) => 2,
            Self::Events(_) => 3,
            Self::Missing { .. } => 4,
            Self::Packets(_) => 5,
            Self::Closed(_) => 6,
        }
    }

    fn payload(&self) -> Vec<u8> {
        // Serialising into memory fails only for types that postcard cannot hold; the round-trip
        // property test covers each.
        match self {
            Self::Header(header) => postcard::to_allocvec(header),
            Self::Snapshot(world) => postcard::to_allocvec(world),
            Self::Events(events) => return codec::encode_batch(events),
            Self::Missing { from, to } => postcard::to_allocvec(&(from, to)),
            Self::Packets(packets) => postcard::to_allocvec(packets),
            Self::Closed(closed) => postcard::to_allocvec(closed),
        }
        .unwrap_or_default()
    }

    /// The block as it stands in a file.
    pub fn encode(&self) -> Vec<u8> {
        let payload = self.payload();
        let length = (payload.len() as u32).to_le_bytes();
        let mut bytes = Vec::with_capacity(HEAD + payload.len());
        bytes.push(self.kind());
        bytes.extend(length);
        bytes.extend(checksum(self.kind(), length, &payload).to_le_bytes());
        bytes.extend(payload);
        bytes
    }
}

/// A file's first bytes, its header included.
pub fn begin(header: Header) -> Vec<u8> {
    let mut bytes = MAGIC.to_vec();
    bytes.push(FORMAT);
    bytes.extend(Block::Header(header).encode());
    bytes
}

fn checksum(kind: u8, length: [u8; 4], payload: &[u8]) -> u32 {
    let mut sum = adler2::Adler32::new();
    sum.write_slice(&[kind]);
    sum.write_slice(&length);
    sum.write_slice(payload);
    sum.checksum()
}
