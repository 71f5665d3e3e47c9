//! Owns the way back: a file's bytes to its blocks, as far as they are whole.

use super::format1::OldWorld;
use super::{
    BLOCK, Block, Closed, EVENTS, EVENTS_BYTES, FORMAT, HEAD, Header, MAGIC, PACKETS,
    PACKETS_BYTES, SENTENCES, Stored, checksum,
};
use crate::{Seq, World, codec};
use serde::de::DeserializeOwned;

/// Why a file is no recording that can be shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum OpenError {
    /// Its first bytes are another's.
    #[error("This file is not a recording of Patchbay.")]
    Foreign,
    /// It has a format that was not known when this was built.
    #[error(
        "This recording has format {0}, and this Patchbay reads formats up to {FORMAT}: open it with a newer one."
    )]
    Newer(u8),
    /// It ends before its header does, or the header is damaged.
    #[error("This recording is cut short or damaged in its header, so nothing of it can be shown.")]
    NoHeader,
}

/// How the blocks of a file ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ending {
    /// There may be more.
    Open,
    /// With the last block, in order.
    Whole,
    /// Whole blocks up to here, then nothing: the relay ended without a word.
    Unclosed,
    /// In the middle of a block that begins at this byte.
    Cut(u64),
    /// At a block, beginning at this byte, that is not what was written.
    Damaged(u64),
}

/// The blocks of a file, one after the other; none after the first that is not whole.
#[derive(Clone, Debug)]
pub struct Reading<'a> {
    bytes: &'a [u8],
    place: usize,
    ending: Ending,
}

/// Opens a file by its bytes; the blocks after the header are read when they are asked for.
///
/// # Errors
/// In one sentence, for whoever chose the file.
pub fn open(bytes: &[u8]) -> Result<(Header, Reading<'_>), OpenError> {
    let start = &bytes[..bytes.len().min(MAGIC.len())];
    if start.is_empty() || !MAGIC.starts_with(start) {
        return Err(OpenError::Foreign);
    }
    let format = *bytes.get(MAGIC.len()).ok_or(OpenError::NoHeader)?;
    if format > FORMAT {
        return Err(OpenError::Newer(format));
    }
    if format == 0 {
        return Err(OpenError::Foreign);
    }
    let mut reading = Reading { bytes, place: MAGIC.len() + 1, ending: Ending::Open };
    match reading.next() {
        Some(Block::Header(header)) => Ok((header, reading)),
        _ => Err(OpenError::NoHeader),
    }
}

/// Goes on reading where [`Reading::progress`] was.
pub fn resume(bytes: &[u8], place: usize) -> Reading<'_> {
    Reading { bytes, place: place.min(bytes.len()), ending: Ending::Open }
}

impl Reading<'_> {
    /// How it ended; [`Ending::Open`] while there may be more.
    pub fn ending(&self) -> Ending {
        self.ending
    }

    /// Bytes read so far, of how many.
    pub fn progress(&self) -> (usize, usize) {
        (self.place, self.bytes.len())
    }

    fn read(&mut self) -> Result<Block, Ending> {
        let here = self.place as u64;
        let rest = &self.bytes[self.place..];
        if rest.is_empty() {
            return Err(Ending::Unclosed);
        }
        let head = rest.get(..HEAD).ok_or(Ending::Cut(here))?;
        let (kind, length) = (head[0], [head[1], head[2], head[3], head[4]]);
        let size = u32::from_le_bytes(length) as usize;
        if size > most(kind) {
            return Err(Ending::Damaged(here));
        }
        let payload = rest.get(HEAD..HEAD + size).ok_or(Ending::Cut(here))?;
        if checksum(kind, length, payload).to_le_bytes() != head[5..] {
            return Err(Ending::Damaged(here));
        }
        let format = self.bytes.get(MAGIC.len()).copied().unwrap_or(FORMAT);
        let block = decode(format, kind, payload).ok_or(Ending::Damaged(here))?;
        self.place += HEAD + size;
        Ok(block)
    }
}

impl Iterator for Reading<'_> {
    type Item = Block;

    fn next(&mut self) -> Option<Block> {
        if self.ending != Ending::Open {
            return None;
        }
        match self.read() {
            Ok(block) => {
                if let Block::Closed(_) = block {
                    self.ending = Ending::Whole;
                }
                Some(block)
            }
            Err(ending) => {
                self.ending = ending;
                None
            }
        }
    }
}

/// Bytes of a payload at most: what is read takes many times its bytes in memory.
fn most(kind: u8) -> usize {
    match kind {
        2 => BLOCK,
        3 => EVENTS_BYTES,
        5 => PACKETS_BYTES,
        _ => SENTENCES,
    }
}

fn decode(format: u8, kind: u8, payload: &[u8]) -> Option<Block> {
    Some(match kind {
        1 => Block::Header(whole::<Header>(payload)?),
        2 if format == 1 => Block::Snapshot(Box::new(whole::<OldWorld>(payload)?.into())),
        2 => Block::Snapshot(Box::new(whole::<World>(payload)?)),
        3 => Block::Events(codec::decode_batch(payload, EVENTS).ok()?),
        4 => {
            let (from, to) = whole::<(Seq, Seq)>(payload)?;
            Block::Missing { from, to }
        }
        5 => {
            // A list begins with its length.
            let (count, _) = postcard::take_from_bytes::<u64>(payload).ok()?;
            (count <= PACKETS as u64).then_some(())?;
            Block::Packets(whole::<Vec<Stored>>(payload)?)
        }
        6 => Block::Closed(whole::<Closed>(payload)?),
        _ => return None,
    })
}

fn whole<T: DeserializeOwned>(payload: &[u8]) -> Option<T> {
    match postcard::take_from_bytes(payload) {
        Ok((value, [])) => Some(value),
        _ => None,
    }
}
