//! Owns what a session needs of the lab, so that it can be tried without one.

use crate::journal::Journal;
use protocol::message::Role;
use protocol::{Command, Done, Failure, Seq, SessionId};

/// Somebody who carries commands out and writes a journal.
pub trait Asker: Clone + Send + Sync + 'static {
    /// The journal that tells what came of them.
    fn journal(&self) -> &Journal;

    /// Begins a command, at once or with the future's first poll; it ends when the command has. The result's
    /// events are in the journal up to the seq given.
    fn ask(
        &self,
        by: SessionId,
        command: Command,
    ) -> impl Future<Output = (Seq, Result<Done, Failure>)> + Send + 'static;

    /// A session has begun, with that right; before it asks for anything.
    fn entered(&self, _by: SessionId, _role: Role) {}

    /// A session has ended: it asks for nothing more, and hears no answer.
    fn left(&self, _by: SessionId) -> impl Future<Output = ()> + Send {
        std::future::ready(())
    }
}
