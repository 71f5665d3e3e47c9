//! Owns the sockets: makes the calls that are asked for and tells the journal what came of them.
//! Knows nothing of WebSockets, pages or tokens.

use crate::journal::Journal;
use protocol::{Command, Done, Failure, Seq, SessionId};

/// A handle on the lab; cheap to clone.
#[derive(Clone)]
pub struct Lab {
    journal: Journal,
}

impl Lab {
    /// Starts the lab's own thread.
    pub fn start(journal: Journal) -> std::io::Result<Self> {
        Ok(Self { journal })
    }

    /// The journal that it writes.
    pub fn journal(&self) -> &Journal {
        &self.journal
    }

    /// Makes a call and waits for its end, which may be far off (a blocked accept).
    /// The result's events are in the journal up to the seq given.
    /// Commands are begun in the order in which `ask` is called, even before it is polled again.
    pub async fn ask(&self, _by: SessionId, _command: Command) -> (Seq, Result<Done, Failure>) {
        todo!("being written")
    }
}
