//! Owns socket calls written as a program: what was done on the bench, or what an experiment does, as
//! Python, Rust or C that makes the same calls in the same order. Pure; never runs anything.
//!
//! Reading order: `plan` (which call waits beside which) → `words` (names, literals, addresses) →
//! `python`, `rust`, `c` (how each language writes it).
//!
//! The wire's two ends become 127.0.0.1 and 127.0.0.2 (::1 for both in IPv6), so that one program can
//! hold both. What happens to packets on the way is no socket call, and is left out with a remark.

mod c;
mod plan;
mod python;
mod rust;
#[cfg(test)]
mod tests;
mod words;

use crate::world::Call;
use crate::{Address, Command, SocketId};
pub use plan::gathered;
pub use words::Words;

/// Calls that a program holds at most; what came after is left out with a remark.
pub const CALLS: usize = 2_000;

/// A programming language.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Dialect {
    /// Python 3, the `socket` module.
    #[default]
    Python,
    /// Rust with the `socket2` crate.
    Rust,
    /// C, the calls themselves.
    C,
}

impl Dialect {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Python, Self::Rust, Self::C];

    /// The name of a file of it.
    pub fn file(self) -> &'static str {
        match self {
            Self::Python => "patchbay.py",
            Self::Rust => "patchbay.rs",
            Self::C => "patchbay.c",
        }
    }
}

/// What a program must know of a socket.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Known {
    /// Which.
    pub id: SocketId,
    /// What the page calls it.
    pub name: String,
    /// Where the kernel bound it, where that is known.
    pub local: Option<Address>,
}

/// The calls, in the order in which they began, as one program.
pub fn write(dialect: Dialect, calls: &[Call], sockets: &[Known]) -> String {
    let left_out = calls.len().saturating_sub(CALLS);
    let calls = plan::gathered(&calls[..calls.len() - left_out]);
    let words = Words::of(&calls, sockets);
    let steps = plan::steps(&calls);
    match dialect {
        Dialect::Python => python::write(&words, &steps, left_out),
        Dialect::Rust => rust::write(&words, &steps, left_out),
        Dialect::C => c::write(&words, &steps, left_out),
    }
}

/// One call as the line of a program, for a reader: without what prints its result.
pub fn line(dialect: Dialect, words: &Words, ask: &Command) -> Option<String> {
    match dialect {
        Dialect::Python => python::line(words, ask),
        Dialect::Rust => rust::line(words, ask),
        Dialect::C => c::line(words, ask),
    }
}

/// Whether it is a call that a program can make.
fn is_made(ask: &Command) -> bool {
    ask.socket().is_some()
        && !matches!(
            ask,
            Command::Interrupt { .. } | Command::Reader { .. } | Command::Serve { .. }
        )
        || matches!(ask, Command::Socket { .. })
}
