//! Owns the one file that replays by itself: page, wasm, styles and recording in one HTML document,
//! whose own policy lets nothing else in.

use super::ExportError;
use protocol::recording::{Ending, open};
use std::io::Write;

/// Writes a document that shows a recording in any browser, from a file, without a relay.
///
/// # Errors
/// See [`ExportError`].
pub fn html(recording: &[u8], mut out: impl Write) -> Result<Ending, ExportError> {
    let (_, mut blocks) = open(recording)?;
    blocks.by_ref().for_each(drop);
    out.flush()?;
    Err(ExportError::Nothing("not yet"))
}
