//! Owns a call as a line of code, and its result as that language would show it.

use protocol::{Answer, Command, World};

/// A programming language in which calls are shown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Dialect {
    /// Python 3.
    #[default]
    Python,
}

/// The call, as one writes it: `send(b"hello")`.
pub fn call(_dialect: Dialect, _world: &World, _ask: &Command) -> String {
    String::new()
}

/// What it came to: `5`, `b"hello"`, `EADDRINUSE`.
pub fn result(_dialect: Dialect, _world: &World, _ask: &Command, _result: &Answer) -> String {
    String::new()
}
