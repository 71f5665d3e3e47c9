//! Owns experiments without a page: plays them in a lab of their own and tells what came of them.

use super::{Ending, Leases, Need, Player, find, names};
use crate::journal::Journal;
use crate::lab::{Lab, Maker, Names};
use crate::policy::Policy;
use protocol::World;
use protocol::event::Words;
use protocol::limit::Limits;
use protocol::message::Rung;
use serde::Serialize;
use std::io;
use std::sync::Arc;

/// The seed of the wire's random numbers: the same each time, so that a run can be repeated.
const SEED: u32 = 1;

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

    fn skipped(script: &super::Script, rung: &Rung) -> Self {
        let why = rung.refused.first().map_or_else(
            || "this machine was asked for loopback only".into(),
            |no| format!("{} ({})", no.step, no.errno),
        );
        let outcome = format!("skipped: it needs the wire, and {why}");
        Self { outcome, ..Self::of(script, Ending::default(), 0) }
    }

    /// Whether no promise was broken.
    pub fn passed(&self) -> bool {
        self.outcome != "failed"
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

/// Plays the experiments of these names; all, where there are none. Those that need the wire get one
/// from `maker`, or are skipped.
///
/// # Errors
/// There is no such experiment, its file is wrong, or the lab cannot be started.
pub async fn run(wanted: &[String], maker: &Maker) -> io::Result<Vec<Report>> {
    let all: Vec<String> = names().map(str::to_owned).collect();
    let mut reports = Vec::new();
    for name in if wanted.is_empty() { &all } else { wanted } {
        let script = find(name).map_err(io::Error::other)?;
        let wire = match script.needs.map(|Need::Wire| maker()).transpose() {
            Ok(parts) => parts.map(|parts| (parts, Maker::clone(maker), SEED)),
            Err(rung) => {
                reports.push(Report::skipped(&script, &rung));
                continue;
            }
        };
        // Without a place for names there are no Unix sockets; an experiment that needs them says so.
        let names = Names::temporary().ok().map(Arc::new);
        let lab = Lab::start_in(
            Journal::new(format!("experiment {name}")),
            Arc::new(Policy::default()),
            Limits::default(),
            wire,
            names,
        )?;
        let ending = Player::new(lab.clone(), Leases::default()).play(&script, None).await;
        reports.push(Report::of(&script, ending, lab.journal().look(|world: &World| world.seq)));
    }
    Ok(reports)
}
