//! Owns what recordings of format 1 have that later ones do not: a world whose experiment knew neither
//! its question nor its bets. Read, never written.

use crate::event::Words;
use crate::table::Table;
use crate::world::{Burst, Call, Lesson, Recorded, Said, Socket, Waiting, Wire};
use crate::{CallId, Nanos, Seq, SocketId, World};
use serde::Deserialize;

/// [`World`] as it was.
#[derive(Deserialize)]
pub(super) struct OldWorld {
    seq: Seq,
    at: Nanos,
    sockets: Table<SocketId, Socket>,
    calls: Table<CallId, Call>,
    bursts: Table<CallId, Burst>,
    clients: u32,
    lesson: Option<OldLesson>,
    wire: Option<Wire>,
    touched: bool,
    gate: bool,
    waiting: Vec<Waiting>,
    recording: Option<Recorded>,
}

/// [`Lesson`] as it was.
#[derive(Deserialize)]
struct OldLesson {
    name: String,
    title: Words,
    steps: u32,
    said: Said,
    held: u32,
    broken: Vec<(u32, String, String)>,
    ended: Option<bool>,
}

impl From<OldWorld> for World {
    fn from(old: OldWorld) -> Self {
        Self {
            seq: old.seq,
            at: old.at,
            sockets: old.sockets,
            calls: old.calls,
            bursts: old.bursts,
            clients: old.clients,
            lesson: old.lesson.map(Lesson::from),
            wire: old.wire,
            touched: old.touched,
            gate: old.gate,
            waiting: old.waiting,
            recording: old.recording,
        }
    }
}

impl From<OldLesson> for Lesson {
    fn from(old: OldLesson) -> Self {
        Self {
            name: old.name,
            title: old.title,
            steps: old.steps,
            said: old.said,
            held: old.held,
            broken: old.broken,
            ended: old.ended,
            ..Self::default()
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::World;
    use crate::message::{Privilege, Rung, RungName};
    use crate::number::Wide;
    use crate::recording::{Block, FORMAT, Header, MAGIC, begin, checksum, open};

    /// A world at seq 7 and 9 ns, with the experiment `a` of 2 steps of which 3 promises held.
    const SNAPSHOT: &[u8] =
        b"\x07\x09\x00\x00\x00\x00\x01\x01a\x01b\x01c\x02\0\0\0\0\0\0\0\x03\0\x01\x01\0\x01\0\0\0";

    fn header() -> Header {
        Header {
            protocol: 1,
            relay: String::new(),
            kernel: String::new(),
            epoch: String::new(),
            began_unix_ns: Wide(0),
            rung: Rung { name: RungName::Tun, privilege: Privilege::Root, refused: vec![] },
            seed: 0,
            snaplen: 0,
            after: 7,
            at: 9,
        }
    }

    fn file(format: u8) -> Vec<u8> {
        let mut bytes = begin(header());
        bytes[MAGIC.len()] = format;
        let length = (SNAPSHOT.len() as u32).to_le_bytes();
        bytes.push(2);
        bytes.extend(length);
        bytes.extend(checksum(2, length, SNAPSHOT).to_le_bytes());
        bytes.extend(SNAPSHOT);
        bytes
    }

    #[test]
    fn a_snapshot_of_then_is_a_world_of_now() {
        let bytes = file(1);
        let (_, mut reading) = open(&bytes).expect("a recording");
        let Some(Block::Snapshot(world)) = reading.next() else { panic!("{reading:?}") };
        let World { seq, at, lesson, touched, .. } = *world;
        assert_eq!((seq, at, touched), (7, 9, true));
        let lesson = lesson.expect("an experiment");
        assert_eq!((lesson.name.as_str(), lesson.title.zh.as_str(), lesson.steps), ("a", "c", 2));
        assert_eq!(
            (lesson.held, lesson.ended, lesson.bet, lesson.lines),
            (3, Some(true), None, vec![])
        );
    }

    #[test]
    fn the_same_bytes_are_no_snapshot_of_a_later_file() {
        let bytes = file(FORMAT);
        assert_eq!(open(&bytes).expect("a header").1.next(), None);
    }
}
