//! Owns what is known of the last recording: where it goes, since when, and how it ended.

use crate::Nanos;
use serde::{Deserialize, Serialize};

/// A recording that is being written, or the last one that was.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Recorded {
    /// The file's name in the relay's own folder, or the path that its user gave.
    pub file: String,
    /// Bytes kept of each packet.
    pub snaplen: u32,
    /// When it began.
    pub began: Nanos,
    /// When it ended; null while it is written.
    pub ended: Option<Nanos>,
    /// The file's bytes; 0 while it is written.
    pub bytes: u64,
    /// Why it ended before anybody asked.
    pub why: Option<String>,
}
