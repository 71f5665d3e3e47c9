//! Owns what the command line does with recordings as files: `relay export` and `relay replay`. Opens
//! files, never sockets but the page's own listener.

use crate::errno;
use crate::export::{self, ExportError};
use crate::journal::Journal;
use crate::recorder::{Shelf, create_new};
use crate::session::{Asker, Config, Hub};
use crate::state::Token;
use anyhow::Context as _;
use clap::{Args, ValueEnum};
use protocol::limit::Limits;
use protocol::recording::{self, Ending};
use protocol::{Command, Done, End, ErrorKind, Failure, Seq, SessionId};
use std::fs::{self, File};
use std::io::BufWriter;
use std::path::{Path, PathBuf};

/// `relay export`: a recording in another form.
#[derive(Args)]
pub struct ExportOrder {
    /// The recording
    #[arg(value_name = "FILE")]
    file: PathBuf,
    #[command(flatten)]
    form: Form,
    /// With --pcapng: only what this end of the wire saw
    #[arg(long, value_name = "END", requires = "pcapng")]
    on: Option<Side>,
}

#[derive(Args)]
#[group(required = true, multiple = false)]
struct Form {
    /// A capture that Wireshark opens; each end of the wire is an interface
    #[arg(long, value_name = "OUT")]
    pcapng: Option<PathBuf>,
    /// The events, one JSON object a line
    #[arg(long, value_name = "OUT")]
    jsonl: Option<PathBuf>,
    /// One page that replays by itself in any browser
    #[arg(long, value_name = "OUT")]
    html: Option<PathBuf>,
}

#[derive(Clone, Copy, ValueEnum)]
enum Side {
    Left,
    Right,
}

impl From<Side> for End {
    fn from(side: Side) -> Self {
        match side {
            Side::Left => Self::Left,
            Side::Right => Self::Right,
        }
    }
}

impl ExportOrder {
    /// Writes the new file; where that fails nothing of it stays.
    ///
    /// # Errors
    /// In one sentence.
    pub fn run(&self) -> anyhow::Result<()> {
        let recording = read(&self.file)?;
        let form = &self.form;
        let ending = if let Some(out) = &form.pcapng {
            let only = self.on.map(End::from);
            written(out, |file| export::pcapng(&recording, only, file))
        } else if let Some(out) = &form.jsonl {
            written(out, |file| export::jsonl(&recording, file))
        } else if let Some(out) = &form.html {
            written(out, |file| export::html(&recording, file))
        } else {
            anyhow::bail!("Say into which form: --pcapng, --jsonl or --html.");
        }?;
        if let Some(sentence) = export::shortcoming(ending) {
            eprintln!("{sentence}");
        }
        Ok(())
    }
}

/// A whole recording.
fn read(file: &Path) -> anyhow::Result<Vec<u8>> {
    fs::read(file).map_err(|error| {
        let name = errno::name_of(&error);
        anyhow::anyhow!("{} cannot be read ({name}): {error}.", file.display())
    })
}

/// A new file for `--record`, or for an export.
///
/// # Errors
/// In one sentence: `EEXIST` where there is one already.
pub fn create(out: &Path) -> anyhow::Result<File> {
    create_new(out).map_err(|error| {
        let name = errno::name_of(&error);
        anyhow::anyhow!("{} cannot be made ({name}): {error}.", out.display())
    })
}

/// Writes a new file; where that fails nothing of it stays.
///
/// # Errors
/// In one sentence.
pub fn written(
    out: &Path,
    export: impl FnOnce(BufWriter<File>) -> Result<Ending, ExportError>,
) -> anyhow::Result<Ending> {
    let file = create(out)?;
    export(BufWriter::new(file)).map_err(|error| {
        // What was begun is no export.
        let _ = fs::remove_file(out);
        error.into()
    })
}

/// A server that has a recording to show and no sockets to make.
///
/// # Errors
/// In one sentence, where the file is none that can be shown.
pub fn replay(file: &Path, token: Token) -> anyhow::Result<Hub<impl Asker>> {
    let bytes = read(file)?;
    let (header, mut blocks) =
        recording::open(&bytes).with_context(|| file.display().to_string())?;
    blocks.by_ref().for_each(drop);
    if let Some(sentence) = export::shortcoming(blocks.ending()) {
        eprintln!("{sentence}");
    }
    let shelf = Shelf::only(file.to_owned());
    let limits = Limits::default();
    let silent = Silent { journal: Journal::new(header.epoch) };
    let hub = Hub::new(silent, token, header.rung, limits, Config::default());
    Ok(hub.with_shelf(Some(shelf)))
}

/// Who does nothing.
#[derive(Clone)]
struct Silent {
    journal: Journal,
}

impl Asker for Silent {
    fn journal(&self) -> &Journal {
        &self.journal
    }

    fn ask(
        &self,
        _: SessionId,
        _: Command,
    ) -> impl Future<Output = (Seq, Result<Done, Failure>)> + Send + 'static {
        let message = "This relay only replays a recording; it makes no sockets.";
        std::future::ready((0, Err(Failure::new(ErrorKind::Unsupported, message))))
    }
}
