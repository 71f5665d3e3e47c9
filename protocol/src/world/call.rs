//! Owns one socket call: asked, perhaps asleep, ended.

use crate::command::Command;
use crate::{Answer, CallId, Nanos, SessionId, SocketId};
use serde::{Deserialize, Serialize};

/// One socket call.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Call {
    /// Its id.
    pub id: CallId,
    /// Who asked; null for the relay itself.
    pub by: Option<SessionId>,
    /// What was asked (payload cut to 256 bytes).
    #[serde(rename = "do")]
    pub ask: Command,
    /// The payload's whole length, where it was cut.
    pub cut: Option<u32>,
    /// When it began.
    pub began: Nanos,
    /// When the kernel first said EAGAIN and the caller fell asleep.
    pub blocked: Option<Nanos>,
    /// Bytes taken so far.
    pub bytes: u32,
    /// When it ended.
    pub ended: Option<Nanos>,
    /// How.
    pub result: Option<Answer>,
}

/// Where a call stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Progress {
    /// In the kernel.
    Running,
    /// Asleep until the socket is ready.
    Blocked,
    /// Succeeded.
    Done,
    /// Failed.
    Failed,
}

impl Call {
    pub(super) fn new(
        id: CallId,
        by: Option<SessionId>,
        ask: Command,
        cut: Option<u32>,
        began: Nanos,
    ) -> Self {
        Self { id, by, ask, cut, began, blocked: None, bytes: 0, ended: None, result: None }
    }

    /// Where it stands.
    pub fn progress(&self) -> Progress {
        match (&self.result, self.blocked) {
            (Some(Answer::Ok(_)), _) => Progress::Done,
            (Some(Answer::Error(_)), _) => Progress::Failed,
            (None, Some(_)) => Progress::Blocked,
            (None, None) => Progress::Running,
        }
    }

    /// The socket that it acts on.
    pub fn socket(&self) -> Option<SocketId> {
        self.ask.socket()
    }

    /// The span of bytes newly taken: (before, now).
    pub(super) fn block(&mut self, at: Nanos, bytes: u32) -> (u32, u32) {
        let before = self.bytes;
        self.blocked.get_or_insert(at);
        self.bytes = bytes;
        (before, bytes)
    }

    /// Ends it; the bytes that it had taken before.
    pub(super) fn end(&mut self, at: Nanos, result: Answer) -> u32 {
        self.ended = Some(at);
        self.result = Some(result);
        self.bytes
    }
}
