//! Owns the way of other programs into a net: `relay run`. A running relay keeps a [`Door`], a socket
//! in its private folder, through which it hands its namespaces' descriptors; [`exec`] fetches them,
//! joins the net and becomes the program that was asked for. Never makes a namespace of its own, save
//! the mounts that give `left` and `right` their addresses.
//!
//! Reading order: `folder` (where the doors are, and what is said there) → `door` (the relay's side) →
//! `knock` (the other side) → `join` (into the net) → `name` (`left` and `right`).

mod door;
mod folder;
mod join;
mod knock;
mod name;
mod raw;

pub use door::Door;

use crate::errno::name_of;
use crate::state::{State, StateError};
use crate::wire::End;
use std::ffi::OsString;
use std::io::{self, ErrorKind};
use std::os::fd::OwnedFd;
use std::os::unix::process::CommandExt as _;
use std::process::Command;

/// Why the program did not start, in one sentence.
#[derive(Debug, thiserror::Error)]
pub enum RunError {
    /// There is no door.
    #[error("No relay of yours runs: start one (`relay`) and leave it running.")]
    NoRelay,
    /// There are several, and nothing says which.
    #[error("{} relays run, at ports {}: choose one with --at PORT.", ports.len(), listed(ports))]
    Several {
        /// Where they listen.
        ports: Vec<u16>,
    },
    /// None listens there.
    #[error("No relay of yours listens at port {port}; there is {}.", listed(ports))]
    NotThere {
        /// Where it was sought.
        port: u16,
        /// Where there are.
        ports: Vec<u16>,
    },
    /// It is stopped, or in trouble.
    #[error("The relay with process id {pid} does not answer: continue it or end it.")]
    Silent {
        /// Its process id.
        pid: String,
    },
    /// What it says is not understood.
    #[error("The relay with process id {pid} is another build than this: start it again.")]
    Strange {
        /// Its process id.
        pid: String,
    },
    /// It has no namespaces to give.
    #[error("The relay at port {port} has no wire: {why}")]
    NoWire {
        /// Where it listens.
        port: u16,
        /// A clause and a full stop.
        why: String,
    },
    /// The private folder cannot be used.
    #[error(transparent)]
    State(#[from] StateError),
    /// The folder of the doors cannot be read.
    #[error("The folder of running relays cannot be read: {0}.")]
    Folder(io::Error),
    /// A program that is in a net may not go to another.
    #[error(
        "This is inside a net already, which an ordinary user cannot leave: use a terminal outside."
    )]
    Inside,
    /// setns(2) refused.
    #[error("The net cannot be joined: setns({what}) gave {}.", name_of(cause))]
    Join {
        /// Its flag.
        what: &'static str,
        /// What the kernel said.
        cause: io::Error,
    },
    /// No such program.
    #[error("{program} is not found.")]
    NotFound {
        /// As it was asked for.
        program: String,
    },
    /// The program cannot be executed.
    #[error("{program} cannot be run: {}.", name_of(cause))]
    NotRun {
        /// As it was asked for.
        program: String,
        /// What the kernel said.
        cause: io::Error,
    },
}

impl RunError {
    /// The exit code that env(1) has for it.
    pub fn code(&self) -> u8 {
        match self {
            Self::NotFound { .. } => 127,
            Self::NotRun { .. } => 126,
            _ => FAILED,
        }
    }
}

/// The folder of the doors, open.
pub type Folder = OwnedFd;

/// Opens the folder of the doors ([`State::run`]).
pub fn folder(state: &State) -> Result<Folder, StateError> {
    Ok(state.run()?.0)
}

/// The exit code of what failed before the program was tried, as env(1)'s.
pub const FAILED: u8 = 125;

/// Becomes `command` (a program and its arguments) inside `end` of the wire of the relay that listens
/// at port `at`, or of the only one there is. Call it in a process of one thread: setns(2) of a user
/// namespace works in no other. Comes back only if that fails.
pub fn exec(state: &State, end: End, at: Option<u16>, command: &[OsString]) -> RunError {
    match join_all(state, end, at) {
        Ok(()) => become_program(command),
        Err(error) => error,
    }
}

fn join_all(state: &State, end: End, at: Option<u16>) -> Result<(), RunError> {
    let (folder, path) = state.run()?;
    let join = knock::choose(knock::ask_all(&folder)?, at)?;
    drop(folder);
    join::enter(join, end)?;
    if let Err(why) = name::give(&path) {
        eprintln!(
            "relay: the names left and right are not known in there ({why}); use {} and {}.",
            End::Left.ipv4(),
            End::Right.ipv4()
        );
    }
    Ok(())
}

fn become_program(command: &[OsString]) -> RunError {
    let [program, arguments @ ..] = command else {
        return RunError::NotFound { program: "nothing".into() };
    };
    let cause = Command::new(program).args(arguments).exec();
    let program = program.to_string_lossy().into_owned();
    match cause.kind() {
        ErrorKind::NotFound => RunError::NotFound { program },
        _ => RunError::NotRun { program, cause },
    }
}

fn listed(ports: &[u16]) -> String {
    let words: Vec<String> = ports.iter().map(u16::to_string).collect();
    match words.as_slice() {
        [] => "none".into(),
        [one] => one.clone(),
        [first @ .., last] => format!("{} and {last}", first.join(", ")),
    }
}
