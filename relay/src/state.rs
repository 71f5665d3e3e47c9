//! Owns the private folder on disk and the two tokens in it, the owner's and the viewers'. Never prints
//! one or sends it anywhere.

#[cfg_attr(windows, path = "state/windows.rs")]
mod folder;
mod token;

pub use folder::State;
pub use token::Token;

use std::ffi::OsString;
use std::path::{Path, PathBuf};

/// Why the state cannot be used, in one sentence.
#[derive(Debug, thiserror::Error)]
pub enum StateError {
    /// Neither `PATCHBAY_STATE`, `XDG_STATE_HOME` nor `HOME` says where.
    #[error("There is no place for the state folder: set PATCHBAY_STATE or HOME.")]
    Nowhere,
    /// Something else stands there, others may read it, or it belongs to somebody else.
    #[error("{} is refused because it {why}; {remedy}.", path.display())]
    Refused {
        /// The folder or file.
        path: PathBuf,
        /// What is wrong with it.
        why: String,
        /// What would mend it.
        remedy: String,
    },
    /// The kernel refused a step.
    #[error("{} cannot be {step}: {cause}.", path.display())]
    Failed {
        /// The folder or file.
        path: PathBuf,
        /// The step, as a participle.
        step: &'static str,
        /// What the kernel said.
        cause: std::io::Error,
    },
}

/// Where the state folder is: `$PATCHBAY_STATE`, else `$XDG_STATE_HOME/patchbay`, else
/// `~/.local/state/patchbay`; on Windows, before these two, `%LOCALAPPDATA%\patchbay`. Relative XDG paths are ignored (XDG Base Directory Specification).
pub fn place(variable: impl Fn(&str) -> Option<OsString>) -> Result<PathBuf, StateError> {
    let set = |name| variable(name).filter(|value| !value.is_empty()).map(PathBuf::from);
    set("PATCHBAY_STATE")
        .or_else(|| set("LOCALAPPDATA").filter(|_| cfg!(windows)).map(|path| path.join("patchbay")))
        .or_else(|| {
            set("XDG_STATE_HOME")
                .filter(|path| path.is_absolute())
                .map(|path| path.join("patchbay"))
        })
        .or_else(|| set("HOME").map(|home| home.join(".local/state/patchbay")))
        .ok_or(StateError::Nowhere)
}

/// The owner's token.
const OWNER: &str = "token";
/// The viewers', where one has been given.
const VIEWERS: &str = "viewers";
const REMEDY: &str = "run relay --new-token";

impl State {
    /// The owner's token that earlier runs used; a new one if there is none.
    pub fn token(&self) -> Result<Token, StateError> {
        self.token_of(OWNER)
    }

    /// A new owner's token in place of the old one; the viewers' ends with it.
    pub fn new_token(&self) -> Result<Token, StateError> {
        self.end_viewers()?;
        self.replace(OWNER)
    }

    /// The viewers' token, where one has been given.
    pub fn viewers(&self) -> Result<Option<Token>, StateError> {
        self.read(VIEWERS)
    }

    /// The viewers' token; a new one if there is none.
    pub fn invite(&self) -> Result<Token, StateError> {
        self.token_of(VIEWERS)
    }

    /// A new viewers' token in place of the old one.
    pub fn new_viewers(&self) -> Result<Token, StateError> {
        self.replace(VIEWERS)
    }

    /// No viewers' token any more.
    pub fn end_viewers(&self) -> Result<(), StateError> {
        self.remove(VIEWERS)
    }
}

fn refused(path: &Path, why: &str, remedy: &str) -> StateError {
    StateError::Refused { path: path.to_owned(), why: why.into(), remedy: remedy.into() }
}
