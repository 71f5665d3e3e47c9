//! Owns which line of an experiment's program the kernel is at, and which lines sleep.

use protocol::experiment::CodeLine;
use protocol::program::Dialect;
use protocol::table::Table;
use protocol::world::{Lesson, Progress};
use protocol::{CallId, Command, Event, What, World};
use std::mem::{Discriminant, discriminant};

/// Calls remembered with their acts.
const KEPT: usize = 4_096;

/// Which act made which call.
#[derive(Debug, Default)]
pub struct Acts {
    of: Table<CallId, u32>,
    act: Option<u32>,
    /// What the act's first call was; a program's own calls beside it are others.
    kind: Option<Discriminant<Command>>,
}

impl Acts {
    /// Learns from an event.
    pub fn push(&mut self, event: &Event) {
        match &event.what {
            What::ExperimentBegan { .. } | What::ExperimentEnded { .. } => self.act = None,
            What::ExperimentActed { act } => (self.act, self.kind) = (Some(*act), None),
            What::CallBegan { call, by: None, ask, .. } => {
                let Some(act) = self.act else { return };
                let kind = discriminant(ask);
                if *self.kind.get_or_insert(kind) == kind {
                    self.of.insert(*call, act);
                }
                while self.of.len() > KEPT {
                    self.of.pop_first();
                }
            }
            _ => {}
        }
    }

    /// The acts of which a call sleeps in a world.
    pub fn asleep(&self, world: &World) -> Vec<u32> {
        let asleep = world.calls.values().filter(|call| call.progress() == Progress::Blocked);
        asleep.filter_map(|call| self.of.get(&call.id).copied()).collect()
    }
}

/// Where a line stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mark {
    /// It is still to come.
    Ahead,
    /// The kernel is here.
    Here,
    /// Its call was made.
    Done,
    /// Its call was made and sleeps.
    Asleep,
}

/// Where a line stands. `asleep`: the acts of which a call sleeps.
pub fn mark(lesson: &Lesson, asleep: &[u32], line: &CodeLine) -> Mark {
    match lesson.act {
        _ if asleep.contains(&line.act) => Mark::Asleep,
        Some(act) if act == line.act && lesson.ended.is_none() => Mark::Here,
        Some(act) if act >= line.act => Mark::Done,
        _ => Mark::Ahead,
    }
}

/// The line in a language.
pub fn text(dialect: Dialect, line: &CodeLine) -> &str {
    match dialect {
        Dialect::Python => &line.python,
        Dialect::Rust => &line.rust,
        Dialect::C => &line.c,
    }
}

/// The language of that name, as a browser remembers it.
pub fn dialect(name: &str) -> Dialect {
    let known = Dialect::ALL.into_iter().find(|dialect| dialect_name(*dialect) == name);
    known.unwrap_or_default()
}

/// A language's name.
pub fn dialect_name(dialect: Dialect) -> &'static str {
    match dialect {
        Dialect::Python => "Python",
        Dialect::Rust => "Rust",
        Dialect::C => "C",
    }
}
