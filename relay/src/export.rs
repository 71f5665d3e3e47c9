//! Owns a recording told in other forms. Bytes in, bytes out: never opens a file or a socket.

mod html;
mod jsonl;
mod pcapng;
mod told;

pub use html::html;
pub use jsonl::jsonl;
pub use pcapng::pcapng;

use protocol::recording::{Ending, OpenError};
use std::io;

/// Why a recording could not be told in another form.
#[derive(Debug, thiserror::Error)]
pub enum ExportError {
    /// It is none.
    #[error(transparent)]
    Open(#[from] OpenError),
    /// What was asked for is not in it, in one sentence.
    #[error("{0}")]
    Nothing(&'static str),
    /// The other file took no more.
    #[error("The export cannot be written: {0}.")]
    Write(#[from] io::Error),
}

/// How far the recording went, in one sentence where it did not go to its end.
pub fn shortcoming(ending: Ending) -> Option<String> {
    match ending {
        Ending::Open | Ending::Whole => None,
        Ending::Unclosed => Some(
            "The relay ended without closing this recording; all that was written is here.".into(),
        ),
        Ending::Cut(at) => Some(format!(
            "This recording is cut off in the middle of the block at byte {at}; what came before is here."
        )),
        Ending::Damaged(at) => {
            Some(format!("This recording is damaged from byte {at} on; what came before is here."))
        }
    }
}
