//! Owns experiments without a page: plays them in a lab of their own and tells what came of them.

use super::{Ending, Leases, Library, Need, Player, Script};
use crate::journal::Journal;
use crate::lab::{Lab, Maker, Names};
use crate::policy::Policy;
use protocol::World;
use protocol::event::Words;
use protocol::experiment::Verdict;
use protocol::limit::Limits;
use protocol::message::{Privilege, Rung, RungName};
use serde::Serialize;
use std::io;
use std::sync::Arc;
use std::time::{Duration, Instant};

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
    /// Milliseconds that it took.
    pub took_ms: u64,
    /// What the measurements say of the claim.
    pub verdict: Option<Judged>,
}

/// A verdict.
#[derive(Clone, Debug, Serialize)]
pub struct Judged {
    /// In one word.
    pub is: Verdict,
    /// In a sentence.
    pub here: Words,
}

/// A promise that did not hold.
#[derive(Clone, Debug, Serialize)]
pub struct Broken {
    /// Which act of the file, from 1.
    pub act: usize,
    /// The line on which that begins.
    pub line: u32,
    /// What was promised.
    pub expected: String,
    /// What was found.
    pub found: String,
}

impl Broken {
    fn told(&self) -> String {
        let Self { act, line, expected, found } = self;
        format!("\n  act {act} (line {line}): promised {expected}, found {found}")
    }
}

impl Report {
    fn of(script: &Script, ending: Ending, events: u64, took: Duration) -> Self {
        Self {
            name: script.name.clone(),
            title: script.title.clone(),
            outcome: if ending.passed() { "passed" } else { "failed" }.into(),
            held: ending.held,
            broken: ending
                .broken
                .into_iter()
                .map(|(act, expected, found)| {
                    let line = script.act.get(act.wrapping_sub(1)).map_or(0, |act| act.line);
                    Broken { act, line, expected, found }
                })
                .collect(),
            events,
            took_ms: took.as_millis() as u64,
            verdict: ending.verdict.map(|(is, here)| Judged { is, here }),
        }
    }

    /// Of one that cannot be played on this machine.
    pub fn skipped(script: &Script, rung: &Rung) -> Self {
        let why = rung.refused.first().map_or_else(
            || "this machine was asked for loopback only".into(),
            |no| format!("{} ({})", no.step, no.errno),
        );
        let outcome = format!("skipped: it needs the wire, and {why}");
        Self { outcome, ..Self::of(script, Ending::default(), 0, Duration::ZERO) }
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
/// from `maker`, or are skipped. `told` hears of each as it has ended.
///
/// # Errors
/// There is no such experiment, its file is wrong, or the lab cannot be started.
pub async fn run(
    library: &Library,
    wanted: &[String],
    maker: &Maker,
    mut told: impl FnMut(&Report),
) -> io::Result<Vec<Report>> {
    let all: Vec<String> = library.names().map(str::to_owned).collect();
    let wanted = if wanted.is_empty() { &all } else { wanted };
    let scripts = wanted.iter().map(|name| library.find(name).map_err(io::Error::other));
    let mut reports = Vec::new();
    for script in scripts.collect::<io::Result<Vec<_>>>()? {
        let report = match lab(&script, maker)? {
            Ok((lab, _)) => play(&script, lab).await,
            Err(rung) => Report::skipped(&script, &rung),
        };
        told(&report);
        reports.push(report);
    }
    Ok(reports)
}

/// Plays one, in a lab made by [`lab`].
pub async fn play(script: &Script, lab: Lab) -> Report {
    let began = Instant::now();
    let ending = Player::new(lab.clone(), Leases::default()).play(script, None).await;
    let events = lab.journal().look(|world: &World| world.seq);
    Report::of(script, ending, events, began.elapsed())
}

/// A lab for one experiment, and what the machine offers; or the latter alone, where the experiment
/// needs a wire and there is none.
///
/// # Errors
/// The lab cannot be started.
pub fn lab(script: &Script, maker: &Maker) -> io::Result<Result<(Lab, Rung), Rung>> {
    let wire = match script.needs.map(|Need::Wire| maker()).transpose() {
        Ok(parts) => parts,
        Err(rung) => return Ok(Err(rung)),
    };
    let rung = wire.as_ref().map_or_else(here, |parts| parts.rung.clone());
    // Without a place for names there are no Unix sockets; an experiment that needs them says so.
    let names = Names::temporary().ok().map(Arc::new);
    let lab = Lab::start_in(
        Journal::new(format!("experiment {}", script.name)),
        Arc::new(Policy::default()),
        Limits::default(),
        wire.map(|parts| (parts, Maker::clone(maker), script.seed)),
        names,
    )?;
    Ok(Ok((lab, rung)))
}

/// What a lab without a wire has.
fn here() -> Rung {
    Rung { name: RungName::Loopback, privilege: Privilege::None, refused: Vec::new() }
}
