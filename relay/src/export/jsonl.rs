//! Owns the JSON lines: the header, then one event a line, as `patchbay.json.v1` tells them.

use super::ExportError;
use protocol::recording::{Block, Ending, open};
use serde_json::json;
use std::io::Write;

/// Writes a recording as JSON lines: `{"header":{…}}`, `{"snapshot":{…}}`, `{"event":{…}}`,
/// `{"missing":{"from":1,"to":2}}`, `{"packet":{"packet":1,"length":52,"hex":"45…"}}`,
/// `{"closed":{…}}`.
///
/// # Errors
/// See [`ExportError`].
pub fn jsonl(recording: &[u8], mut out: impl Write) -> Result<Ending, ExportError> {
    let (header, mut blocks) = open(recording)?;
    let mut line = |value: serde_json::Value| writeln!(out, "{value}");
    line(json!({ "header": header }))?;
    for block in &mut blocks {
        match block {
            Block::Header(header) => line(json!({ "header": header }))?,
            Block::Snapshot(world) => line(json!({ "snapshot": world }))?,
            Block::Missing { from, to } => line(json!({ "missing": { "from": from, "to": to } }))?,
            Block::Closed(closed) => line(json!({ "closed": closed }))?,
            Block::Events(events) => {
                for event in events {
                    line(json!({ "event": event }))?;
                }
            }
            Block::Packets(packets) => {
                for stored in packets {
                    let hex = hex(&stored.bytes);
                    line(json!({ "packet": {
                        "packet": stored.packet, "length": stored.length, "hex": hex
                    } }))?;
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
