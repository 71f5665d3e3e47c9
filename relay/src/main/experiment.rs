//! Owns `relay experiment`: experiments listed, played, begun and exported without a page.

use super::say;
use anyhow::Context as _;
use clap::Subcommand;
use relay::experiment::headless::{self, Report};
use relay::experiment::library::check_name;
use relay::experiment::script::Group;
use relay::experiment::{Library, Script};
use relay::lab::{Lab, Maker};
use relay::terminal::harmless;
use relay::{export, file};
use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};

/// What `relay experiment new` writes.
const STARTER: &str = include_str!("../experiment/starter.toml");

#[derive(Subcommand)]
pub(super) enum ExperimentOrder {
    /// Name the experiments that there are
    List {
        /// As JSON
        #[arg(long)]
        json: bool,
    },
    /// Play some, and fail unless the kernel did all that they promise
    #[command(arg_required_else_help = true)]
    Run {
        /// Which
        #[arg(required_unless_present = "all")]
        names: Vec<String>,
        /// Every one
        #[arg(long, conflicts_with = "names")]
        all: bool,
        /// As JSON
        #[arg(long)]
        json: bool,
    },
    /// Write a small experiment to begin with, NAME.toml, in this folder
    New {
        /// What to call it
        name: String,
    },
    /// Play one, or all, and write pages that replay them in any browser
    #[command(arg_required_else_help = true)]
    Export {
        /// Which
        #[arg(required_unless_present = "all", requires = "html")]
        name: Option<String>,
        /// The page, a new file
        #[arg(long, value_name = "FILE")]
        html: Option<PathBuf>,
        /// Every one that can be played here, as NAME.html in a folder
        #[arg(long, value_name = "DIR", conflicts_with_all = ["name", "html"])]
        all: Option<PathBuf>,
    },
}

impl ExperimentOrder {
    /// Does it, with the experiments of `own` among the others.
    pub(super) fn run(&self, own: Option<&Path>, maker: &Maker) -> anyhow::Result<()> {
        if let Self::New { name } = self {
            return begin(name);
        }
        let library = library(own)?;
        match self {
            Self::List { json } => list(&library, *json),
            Self::Run { names, json, .. } => play(&library, names, *json, maker),
            Self::Export { name: Some(name), html: Some(html), .. } => {
                export_one(&library, name, html, maker)
            }
            Self::Export { all, .. } => export_all(&library, all.as_deref(), maker),
            Self::New { .. } => Ok(()),
        }
    }
}

/// The built-in experiments, and those of the user's folder.
pub(super) fn library(own: Option<&Path>) -> anyhow::Result<Library> {
    own.map_or_else(Library::built_in, Library::with).map_err(anyhow::Error::msg)
}

fn list(library: &Library, json: bool) -> anyhow::Result<()> {
    let heads = library.heads();
    if json {
        return say(&format!("{}\n", serde_json::to_string(heads)?));
    }
    for group in Group::ALL.map(Group::name) {
        let mut heads = heads.iter().filter(|head| head.group == group).peekable();
        if heads.peek().is_some() {
            say(&format!("# {group}\n"))?;
        }
        for head in heads {
            let (title, question) = (&head.title, &head.question);
            let (name, en, zh) = (&head.name, &title.en, &title.zh);
            say(&format!("{name}\t{en}\t{zh}\t{}\n", question.en))?;
        }
    }
    Ok(())
}

fn play(library: &Library, names: &[String], json: bool, maker: &Maker) -> anyhow::Result<()> {
    let runtime = tokio::runtime::Runtime::new().context("The runtime cannot be started")?;
    let reports = runtime.block_on(headless::run(library, names, maker, progress))?;
    runtime.shutdown_background();
    if json {
        say(&format!("{}\n", serde_json::to_string(&reports)?))?;
    } else {
        for report in &reports {
            say(&format!("{}\n", report.told()))?;
        }
    }
    let failed = reports.iter().filter(|report| !report.passed()).count();
    anyhow::ensure!(failed == 0, "{failed} of {} experiments failed.", reports.len());
    Ok(())
}

/// One line a finished experiment.
fn progress(report: &Report) {
    let seconds = report.took_ms as f64 / 1e3;
    let told = format!("{}: {} after {seconds:.1} s", report.name, report.outcome);
    eprintln!("{}", harmless(&told));
}

fn begin(name: &str) -> anyhow::Result<()> {
    check_name(name).map_err(anyhow::Error::msg)?;
    let path = PathBuf::from(format!("{name}.toml"));
    let mut new = file::create(&path)?;
    let text =
        STARTER.replace("relay experiment run NAME", &format!("relay experiment run {name}"));
    new.write_all(text.as_bytes())
        .with_context(|| format!("{} cannot be written", path.display()))?;
    say(&format!(
        "{} is written; next: relay experiment run {name} --experiments .\n",
        path.display()
    ))
}

/// A page for each; those that cannot be played here are named, and the others written all the same.
fn export_all(library: &Library, folder: Option<&Path>, maker: &Maker) -> anyhow::Result<()> {
    let folder = folder.unwrap_or_else(|| Path::new("."));
    fs::create_dir_all(folder).with_context(|| format!("{} cannot be made", folder.display()))?;
    let mut failed = 0;
    for name in library.names() {
        let page = folder.join(format!("{name}.html"));
        if let Err(why) = export_one(library, name, &page, maker) {
            failed += 1;
            eprintln!("{name}: {}", harmless(&format!("{why:#}")));
        }
    }
    anyhow::ensure!(failed == 0, "{failed} of {} have no page.", library.names().count());
    Ok(())
}

fn export_one(library: &Library, name: &str, out: &Path, maker: &Maker) -> anyhow::Result<()> {
    let script = library.find(name).map_err(anyhow::Error::msg)?;
    let runtime = tokio::runtime::Runtime::new().context("The runtime cannot be started")?;
    let scratch = Scratch::new()?;
    let report = runtime.block_on(record(library, script, maker, &scratch.0))?;
    runtime.shutdown_background();
    progress(&report);
    let recording = fs::read(&scratch.0).context("The recording cannot be read")?;
    file::written(out, |file| export::html(&recording, file))?;
    anyhow::ensure!(report.passed(), "{}", report.told());
    Ok(())
}

/// Plays one, or its stand-in where the machine lacks what it needs, with a recorder at its side.
async fn record(
    library: &Library,
    script: Script,
    maker: &Maker,
    out: &Path,
) -> anyhow::Result<Report> {
    let (script, (lab, rung)) = match headless::lab(&script, maker)? {
        Ok(stage) => (script, stage),
        Err(rung) => {
            let instead = script.instead.as_deref();
            let other =
                instead.with_context(|| headless::Report::skipped(&script, &rung).told())?;
            let other = library.find(other).map_err(anyhow::Error::msg)?;
            let stage = headless::lab(&other, maker)?;
            let stage = stage
                .map_err(|rung| anyhow::anyhow!(headless::Report::skipped(&other, &rung).told()))?;
            (other, stage)
        }
    };
    let recorder = recorder(&lab, rung);
    let file = fs::File::options().write(true).open(out)?;
    recorder
        .start(file, &script.name, protocol::recording::SNAPLEN)
        .map_err(|no| anyhow::anyhow!(no.message))?;
    let report = headless::play(&script, lab).await;
    tokio::task::spawn_blocking(move || recorder.stop())
        .await?
        .map_err(|no| anyhow::anyhow!(no.message))?;
    Ok(report)
}

fn recorder(lab: &Lab, rung: protocol::message::Rung) -> relay::recorder::Recorder {
    relay::recorder::Recorder::new(lab.journal().clone(), lab.tap().clone(), rung)
}

/// A file that is gone when it is no longer needed.
struct Scratch(PathBuf);

impl Scratch {
    fn new() -> anyhow::Result<Self> {
        let mut bytes = [0; 8];
        getrandom::fill(&mut bytes).context("The kernel gives no random bytes")?;
        let name = format!("patchbay-{:016x}", u64::from_be_bytes(bytes));
        let path = std::env::temp_dir().join(name);
        file::create(&path)?;
        Ok(Self(path))
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        // What cannot be removed lies in the system's own folder for such files.
        let _ = fs::remove_file(&self.0);
    }
}
