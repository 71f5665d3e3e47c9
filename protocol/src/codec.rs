//! Owns the binary frames of `patchbay.postcard.v1`: a frame is either one message or a batch of
//! consecutive events, whose seq and time are told once and then counted on.

use crate::message::{Reply, Thin, ToPage, ToRelay, Welcome};
use crate::{ErrorKind, Event, Nanos, Seq, Source, What};
use serde::{Deserialize, Serialize};

/// A frame could not be read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the binary message is damaged or cut short")]
pub struct DecodeError;

#[derive(Serialize, Deserialize)]
struct Item {
    after: Nanos,
    source: Source,
    what: What,
}

#[derive(Serialize, Deserialize)]
enum Frame {
    Welcome(Box<Welcome>),
    Refused { kind: ErrorKind, message: String },
    Reply(Reply),
    Gap { from: Seq, to: Seq },
    Batch { seq: Seq, at: Nanos, items: Vec<Item> },
    Thinned { from: Seq, to: Seq, at: Nanos, flows: Vec<Thin> },
}

/// The place of `Frame::Batch` among the frames.
const BATCH: u32 = 4;

/// A message that is not an event, as one binary frame.
pub fn encode(message: &ToPage) -> Vec<u8> {
    let frame = match message.clone() {
        ToPage::Welcome(welcome) => Frame::Welcome(welcome),
        ToPage::Refused { kind, message } => Frame::Refused { kind, message },
        ToPage::Reply(reply) => Frame::Reply(reply),
        ToPage::Gap { from, to } => Frame::Gap { from, to },
        ToPage::Thinned { from, to, at, flows } => Frame::Thinned { from, to, at, flows },
        ToPage::Event(event) => return encode_batch(std::slice::from_ref(&event)),
    };
    pack(&frame)
}

/// Consecutive events as one binary frame.
///
/// # Panics
/// In debug builds, when their seqs do not follow each other.
pub fn encode_batch(events: &[Event]) -> Vec<u8> {
    debug_assert!(
        events.windows(2).all(|pair| pair[0].seq + 1 == pair[1].seq),
        "a batch has no holes"
    );
    let (seq, at) = events.first().map_or((0, 0), |first| (first.seq, first.at));
    let mut before = at;
    let items = events
        .iter()
        .map(|event| {
            let after = event.at.saturating_sub(before);
            before = event.at;
            Item { after, source: event.source, what: event.what.clone() }
        })
        .collect();
    pack(&Frame::Batch { seq, at, items })
}

/// The messages of one binary frame.
pub fn decode(frame: &[u8]) -> Result<Vec<ToPage>, DecodeError> {
    Ok(match unpack(frame)? {
        Frame::Welcome(welcome) => vec![ToPage::Welcome(welcome)],
        Frame::Refused { kind, message } => vec![ToPage::Refused { kind, message }],
        Frame::Reply(reply) => vec![ToPage::Reply(reply)],
        Frame::Gap { from, to } => vec![ToPage::Gap { from, to }],
        Frame::Thinned { from, to, at, flows } => vec![ToPage::Thinned { from, to, at, flows }],
        Frame::Batch { seq, at, items } => events(seq, at, items)
            .map(|event| event.map(ToPage::Event))
            .collect::<Result<_, _>>()?,
    })
}

/// The events of one binary frame that is a batch of `most` at most; the count is read before them.
///
/// # Errors
/// Where it is another frame, damaged, or longer.
pub fn decode_batch(frame: &[u8], most: usize) -> Result<Vec<Event>, DecodeError> {
    let ((kind, _, _, count), _) =
        postcard::take_from_bytes::<(u32, Seq, Nanos, u64)>(frame).map_err(|_| DecodeError)?;
    if kind != BATCH || count > most as u64 {
        return Err(DecodeError);
    }
    match unpack(frame)? {
        Frame::Batch { seq, at, items } => events(seq, at, items).collect(),
        _ => Err(DecodeError),
    }
}

fn events(
    seq: Seq,
    mut at: Nanos,
    items: Vec<Item>,
) -> impl Iterator<Item = Result<Event, DecodeError>> {
    items.into_iter().zip(0..).map(move |(Item { after, source, what }, place)| {
        at = at.checked_add(after).ok_or(DecodeError)?;
        let seq = seq.checked_add(place).ok_or(DecodeError)?;
        Ok(Event { seq, at, source, what })
    })
}

/// A command as one binary frame.
pub fn encode_command(message: &ToRelay) -> Vec<u8> {
    pack(message)
}

/// The command of one binary frame.
pub fn decode_command(frame: &[u8]) -> Result<ToRelay, DecodeError> {
    unpack(frame)
}

fn pack<T: Serialize>(value: &T) -> Vec<u8> {
    // Serialising into memory fails only for types that postcard cannot hold; the round-trip property
    // test covers every variant.
    postcard::to_allocvec(value).unwrap_or_default()
}

fn unpack<'a, T: Deserialize<'a>>(frame: &'a [u8]) -> Result<T, DecodeError> {
    match postcard::take_from_bytes(frame) {
        Ok((value, [])) => Ok(value),
        _ => Err(DecodeError),
    }
}
