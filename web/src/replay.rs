//! Owns a recording that is shown instead of a relay: read block by block into the timeline, so that a
//! large one does not stop the page, and the packets' bytes that it keeps. Never opens a file.

use crate::timeline::Timeline;
use protocol::recording::{Block, Ending, Header, OpenError, Stored, open, resume};
use protocol::table::Table;
use protocol::{Event, Nanos, PacketId, World};

/// A recording, read as far as it is.
pub struct Replay {
    bytes: Vec<u8>,
    place: usize,
    header: Header,
    packets: Table<PacketId, Stored>,
    ending: Ending,
    first: Option<Nanos>,
    missing: u64,
}

/// Who is told of what is read.
pub trait Reader {
    /// The world begins anew.
    fn restart(&mut self, world: World);
    /// Events are missing; it goes on from this world.
    fn leap(&mut self, world: World);
    /// The next event.
    fn event(&mut self, event: Event);
}

impl Replay {
    /// Begins to read a file.
    ///
    /// # Errors
    /// Why it cannot be shown.
    pub fn open(bytes: Vec<u8>) -> Result<Self, OpenError> {
        let (header, reading) = open(&bytes)?;
        let place = reading.progress().0;
        Ok(Self {
            place,
            header,
            packets: Table::new(),
            ending: Ending::Open,
            first: None,
            missing: 0,
            bytes,
        })
    }

    /// What it says of itself.
    pub fn header(&self) -> &Header {
        &self.header
    }

    /// How it ended; [`Ending::Open`] while it is being read.
    pub fn ending(&self) -> Ending {
        self.ending
    }

    /// How much has been read, 0 to 1,000.
    pub fn permille(&self) -> u32 {
        (self.place as u64 * 1_000 / self.bytes.len().max(1) as u64) as u32
    }

    /// The first event's moment.
    pub fn began(&self) -> Nanos {
        self.first.unwrap_or(self.header.at)
    }

    /// Events that came faster than they could be written.
    pub fn missing(&self) -> u64 {
        self.missing
    }

    /// Reads the next block; false when there is none.
    pub fn read(&mut self, reader: &mut impl Reader) -> bool {
        if self.ending != Ending::Open {
            return false;
        }
        let mut reading = resume(&self.bytes, self.place);
        let Some(block) = reading.next() else {
            self.ending = reading.ending();
            return false;
        };
        self.place = reading.progress().0;
        self.ending = reading.ending();
        match block {
            Block::Snapshot(world) if self.first.is_none() => {
                self.first = Some(world.at);
                reader.restart(*world);
            }
            Block::Snapshot(world) => reader.leap(*world),
            Block::Events(events) => {
                self.first = self.first.or(events.first().map(|event| event.at));
                for event in events {
                    reader.event(event);
                }
            }
            Block::Packets(packets) => {
                for stored in packets {
                    // The first is as it entered; a second would be as it left, damaged.
                    if !self.packets.contains_key(&stored.packet) {
                        self.packets.insert(stored.packet, stored);
                    }
                }
            }
            Block::Missing { from, to } => self.missing += to.saturating_sub(from) + 1,
            Block::Header(_) | Block::Closed(_) => {}
        }
        if self.ending != Ending::Open {
            // They are in the timeline now.
            self.bytes = Vec::new();
            self.place = 0;
        }
        true
    }

    /// The bytes that are kept of a packet.
    pub fn bytes_of(&self, packet: PacketId) -> Option<&Stored> {
        self.packets.get(&packet)
    }
}

impl Reader for Timeline {
    fn restart(&mut self, world: World) {
        Timeline::restart(self, world);
    }

    fn leap(&mut self, world: World) {
        Timeline::leap(self, world);
    }

    fn event(&mut self, event: Event) {
        self.push(event);
    }
}
