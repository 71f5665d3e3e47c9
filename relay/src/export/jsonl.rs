//! Owns the JSON lines: the header, then one event a line, as `patchbay.json.v1` tells them.

use super::ExportError;
use protocol::packet::PacketId;
use protocol::recording::{Block, Closed, Ending, Header, open};
use protocol::{Event, Seq, World};
use serde::Serialize;
use std::io::{self, Write};

/// One line, written as it is read: a value of its own would take many times the event's memory.
#[derive(Serialize)]
#[serde(rename_all = "snake_case")]
enum Line<'a> {
    Header(&'a Header),
    Snapshot(&'a World),
    Event(&'a Event),
    Missing { from: Seq, to: Seq },
    Packet { packet: PacketId, length: u32, hex: String },
    Closed(&'a Closed),
}

/// Writes a recording as JSON lines: `{"header":{…}}`, `{"snapshot":{…}}`, `{"event":{…}}`,
/// `{"missing":{"from":1,"to":2}}`, `{"packet":{"packet":1,"length":52,"hex":"45…"}}`,
/// `{"closed":{…}}`.
///
/// # Errors
/// See [`ExportError`].
pub fn jsonl(recording: &[u8], mut out: impl Write) -> Result<Ending, ExportError> {
    let (header, mut blocks) = open(recording)?;
    let mut line = |line: &Line<'_>| {
        serde_json::to_writer(&mut out, line).map_err(io::Error::from)?;
        out.write_all(b"\n")
    };
    line(&Line::Header(&header))?;
    for block in &mut blocks {
        match block {
            Block::Header(header) => line(&Line::Header(&header))?,
            Block::Snapshot(world) => line(&Line::Snapshot(&world))?,
            Block::Missing { from, to } => line(&Line::Missing { from, to })?,
            Block::Closed(closed) => line(&Line::Closed(&closed))?,
            Block::Events(events) => {
                for event in &events {
                    line(&Line::Event(event))?;
                }
            }
            Block::Packets(packets) => {
                for stored in packets {
                    let (packet, length) = (stored.packet, stored.length);
                    line(&Line::Packet { packet, length, hex: hex(&stored.bytes) })?;
                }
            }
        }
    }
    out.flush()?;
    Ok(blocks.ending())
}

fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        // A String takes everything.
        let _ = write!(text, "{byte:02x}");
        text
    })
}
