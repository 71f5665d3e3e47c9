//! Recordings: the journal on disk as it happens, whole after a crash, and told in other forms. `file`
//! is the recorder itself, `crash` the relay that ends in the middle, `capture` what tshark reads.

#[path = "../support/mod.rs"]
mod support;

mod capture;
mod crash;
mod file;

use protocol::message::{Privilege, Rung, RungName};
use protocol::recording::{Block, Ending, Header, open};
use protocol::{Event, World};
use relay::recorder::Recorder;
use std::fs::{self, File};
use std::path::PathBuf;
use support::lab::Bench;
use support::scratch::Scratch;

/// A recorder of that lab, and a place for its file.
struct Desk {
    recorder: Recorder,
    scratch: Scratch,
}

impl Desk {
    fn of(bench: &Bench) -> Self {
        let (journal, tap) = (bench.lab.journal().clone(), bench.lab.tap().clone());
        let recorder = Recorder::new(journal, tap, Told::rung());
        Self { recorder, scratch: Scratch::new() }
    }

    fn path(&self) -> PathBuf {
        self.scratch.path().join("it.patchbay")
    }

    fn start(&self, snaplen: u32) {
        let file = File::create_new(self.path()).expect("a new file");
        self.recorder.start(file, "it", snaplen).expect("it begins");
    }

    /// Ends the recording and reads it.
    async fn stop(&self) -> Told {
        let recorder = self.recorder.clone();
        tokio::task::spawn_blocking(move || recorder.stop()).await.unwrap().expect("it ends");
        Told::read(&fs::read(self.path()).expect("a file"))
    }
}

/// All that a file tells.
struct Told {
    header: Header,
    blocks: Vec<Block>,
    ending: Ending,
}

impl Told {
    fn rung() -> Rung {
        Rung { name: RungName::Loopback, privilege: Privilege::None, refused: vec![] }
    }

    fn read(bytes: &[u8]) -> Self {
        let (header, mut reading) = open(bytes).expect("a recording");
        let blocks = reading.by_ref().collect();
        Self { header, blocks, ending: reading.ending() }
    }

    fn events(&self) -> Vec<Event> {
        let events = self.blocks.iter().filter_map(|block| match block {
            Block::Events(events) => Some(events.clone()),
            _ => None,
        });
        events.flatten().collect()
    }

    /// The world at its end.
    fn world(&self) -> World {
        let mut world = World::default();
        for block in &self.blocks {
            match block {
                Block::Snapshot(snapshot) => world = (**snapshot).clone(),
                Block::Events(events) => events.iter().for_each(|event| world.apply(event)),
                _ => {}
            }
        }
        world
    }
}
