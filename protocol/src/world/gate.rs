//! Owns the calls that wait at the call gate.

use super::World;
use crate::command::Command;
use crate::{Nanos, SessionId, WaitingId, What};
use serde::{Deserialize, Serialize};

/// A call that has not begun, for the gate is shut.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Waiting {
    /// Its place.
    pub id: WaitingId,
    /// Who asked; null for the relay itself.
    pub by: Option<SessionId>,
    /// What was asked (payload cut to 256 bytes).
    #[serde(rename = "do")]
    pub ask: Command,
    /// The payload's whole length, where it was cut.
    pub cut: Option<u32>,
    /// Since when it waits.
    pub since: Nanos,
}

impl World {
    /// The call that `step` would let begin.
    pub fn next_call(&self) -> Option<&Waiting> {
        self.waiting.first()
    }

    pub(super) fn gate_event(&mut self, at: Nanos, what: &What) {
        match what {
            What::Gate { on, .. } => self.gate = *on,
            What::CallWaiting { waiting, by, ask, cut } => self.waiting.push(Waiting {
                id: *waiting,
                by: *by,
                ask: ask.clone(),
                cut: *cut,
                since: at,
            }),
            What::CallReleased { waiting } | What::CallWithdrawn { waiting } => {
                self.waiting.retain(|call| call.id != *waiting);
            }
            _ => {}
        }
    }
}
