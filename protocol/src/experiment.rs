//! Owns what an experiment tells of itself besides its sentences: where it stands in the list, its code
//! and its verdict. Knows nothing of files.

use crate::event::Words;
use serde::{Deserialize, Serialize};

/// An experiment as the list has it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct ExperimentHead {
    /// Its name, for `start`.
    pub name: String,
    /// What it is called.
    pub title: Words,
    /// What it answers.
    pub question: Words,
    /// The group that it stands in: `what`, `streams`, `datagrams`, `conversation`, `buffers`, `wrong`
    /// or `checked`.
    pub group: String,
    /// Whether it wants the wire; it may have a stand-in where there is none.
    pub needs_wire: bool,
    /// Whether it is the user's own, not built in.
    pub own: bool,
}

/// A call of an experiment as one line of code in three languages.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct CodeLine {
    /// The act that makes it: its place in the file, from 1.
    pub act: u32,
    /// The role of the socket that it acts on; "" for what is asked of the wire.
    pub role: String,
    /// In Python 3.
    pub python: String,
    /// In Rust.
    pub rust: String,
    /// In C.
    pub c: String,
}

/// What the kernel says of a claim.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// It is so.
    True,
    /// It is so with a reservation.
    Loose,
    /// It is not so.
    Wrong,
    /// It is a fair simplification.
    Fair,
}
