//! Stands in the place of `run` on other systems than Linux: there is no net to run a program in.

use crate::lab::Lab;
use crate::state::{State, StateError};
use crate::wire::End;
use protocol::message::Rung;
use std::ffi::OsString;
use std::io;

/// The exit code of what failed before the program was tried, as env(1)'s.
pub const FAILED: u8 = 125;

/// Why the program did not start.
#[derive(Debug, thiserror::Error)]
pub enum RunError {
    /// There is no net to join.
    #[error(
        "`relay run` needs a wire, which only Linux has: other systems have no network namespaces."
    )]
    NoNets,
}

impl RunError {
    /// The exit code for it.
    pub fn code(&self) -> u8 {
        FAILED
    }
}

/// No program is ever started.
pub fn exec(_: &State, _: End, _: Option<u16>, _: &[OsString]) -> RunError {
    RunError::NoNets
}

/// Where the doors would be.
pub struct Folder;

/// There is none.
pub fn folder(_: &State) -> Result<Folder, StateError> {
    Ok(Folder)
}

/// The door that would be kept.
pub struct Door;

impl Door {
    /// Opens nothing: there is nothing to hand out.
    pub fn open(_: Folder, _: Lab, _: &Rung, _: u16) -> io::Result<Self> {
        Ok(Self)
    }
}
