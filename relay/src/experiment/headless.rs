//! Owns experiments without a page: plays them in a lab of their own and tells what came of them.

use super::{Ending, Leases, Player, find, names};
use crate::journal::Journal;
use crate::lab::Lab;
use crate::policy::Policy;
use protocol::World;
use protocol::event::Words;
use protocol::limit::Limits;
use serde::Serialize;
use std::io;
use std::sync::Arc;

/// What came of one experiment.
#[derive(Clone, Debug, Serialize)]
pub struct Report {
    /// Its name.
    pub name: String,
    /// What it is called.
    pub title: Words,
    /// `passed`, `failed`, or why it was skipped.
    pub outcome: String,
    /// Promises that held.
    pub held: u32,
    /// Promises that did not.
    pub broken: Vec<Broken>,
    /// Events that it took.
    pub events: u64,
}

/// A promise that did not hold.
#[derive(Clone, Debug, Serialize)]
pub struct Broken {
    /// Which act of the file, from 1.
    pub act: usize,
    /// What was promised.
    pub expected: String,
    /// What was found.
    pub found: String,
}

impl Broken {
    fn told(&self) -> String {
        format!("\n  act {}: promised {}, found {}", self.act, self.expected, self.found)
    }
}

impl Report {
    fn of(script: &super::Script, ending: Ending, events: u64) -> Self {
        Self {
            name: script.name.clone(),
            title: script.title.clone(),
            outcome: if ending.passed() { "passed" } else { "failed" }.into(),
            held: ending.held,
            broken: ending
                .broken
                .into_iter()
                .map(|(act, expected, found)| Broken { act, expected, found })
                .collect(),
            events,
        }
    }

    /// Whether every promise held.
    pub fn passed(&self) -> bool {
        self.outcome == "passed"
    }

    /// The same for people.
    pub fn told(&self) -> String {
        let mut text = format!("{}: {}, {} promises held", self.name, self.outcome, self.held);
        for broken in &self.broken {
            text.push_str(&broken.told());
        }
        text
    }
}

/// Plays the experiments of these names; all, where there are none.
///
/// # Errors
/// There is no such experiment, its file is wrong, or the lab cannot be started.
pub async fn run(wanted: &[String]) -> io::Result<Vec<Report>> {
    let all: Vec<String> = names().map(str::to_owned).collect();
    let mut reports = Vec::new();
    for name in if wanted.is_empty() { &all } else { wanted } {
        let script = find(name).map_err(io::Error::other)?;
        let lab = Lab::start(
            Journal::new(format!("experiment {name}")),
            Arc::new(Policy::default()),
            Limits::default(),
        )?;
        let ending = Player::new(lab.clone(), Leases::default()).play(&script, None).await;
        reports.push(Report::of(&script, ending, lab.journal().look(|world: &World| world.seq)));
    }
    Ok(reports)
}
