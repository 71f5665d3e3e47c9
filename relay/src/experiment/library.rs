//! Owns where experiments are found: the built-in ones and a folder of the user's own. Reads files,
//! plays none.

use super::built_in::BUILT_IN;
use super::script::{Need, Script};
use protocol::experiment::ExperimentHead;
use std::fs;
use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Bytes of a file at most.
const FILE: u64 = 256 * 1024;
/// Own files at most.
const FILES: usize = 256;

/// The experiments that there are.
#[derive(Clone, Debug, Default)]
pub struct Library {
    own: Arc<Vec<(String, PathBuf)>>,
    heads: Arc<Vec<ExperimentHead>>,
}

impl Library {
    /// The built-in experiments.
    ///
    /// # Errors
    /// A built-in file is wrong, which a test rules out.
    pub fn built_in() -> Result<Self, String> {
        Self::of(Vec::new())
    }

    /// The same, and those of a folder (`NAME.toml`), by name. Its files are read again each time that
    /// one is played, so that they can be changed meanwhile.
    ///
    /// # Errors
    /// The folder cannot be read, a name is taken, or files are wrong: one line each.
    pub fn with(folder: &Path) -> Result<Self, String> {
        let unread = |error| format!("{} cannot be read: {error}.", folder.display());
        let mut own = Vec::new();
        for entry in fs::read_dir(folder).map_err(unread)? {
            let path = entry.map_err(unread)?.path();
            if path.extension().is_none_or(|ending| ending != "toml") {
                continue;
            }
            let name = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
            check_name(&name)?;
            own.push((name, path));
        }
        if own.len() > FILES {
            return Err(format!("{} has more than {FILES} experiments.", folder.display()));
        }
        own.sort();
        Self::of(own)
    }

    fn of(own: Vec<(String, PathBuf)>) -> Result<Self, String> {
        let library = Self { own: Arc::new(own), heads: Arc::default() };
        let read: Vec<_> = library
            .names()
            .map(|name| Ok(library.find(name)?.head(library.is_own(name))))
            .collect();
        let wrong: Vec<&str> =
            read.iter().filter_map(|read| read.as_ref().err()).map(String::as_str).collect();
        if !wrong.is_empty() {
            return Err(wrong.join("\n"));
        }
        let heads = Arc::new(read.into_iter().flatten().collect());
        Ok(Self { heads, ..library })
    }

    /// Their names, in the order of the path; own ones last.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        let own = self.own.iter().map(|(name, _)| name.as_str());
        BUILT_IN.iter().map(|(name, _)| *name).chain(own)
    }

    /// What the list tells of each, as it was when the library was opened.
    pub fn heads(&self) -> &[ExperimentHead] {
        &self.heads
    }

    fn is_own(&self, name: &str) -> bool {
        self.own.iter().any(|(own, _)| own == name)
    }

    /// The experiment of that name.
    ///
    /// # Errors
    /// There is none of that name, its file cannot be read, or where it is wrong.
    pub fn find(&self, name: &str) -> Result<Script, String> {
        if let Some((_, text)) = BUILT_IN.iter().find(|(own, _)| *own == name) {
            return Script::read(name, text);
        }
        let own = self.own.iter().find(|(own, _)| own == name);
        let (_, path) = own.ok_or_else(|| {
            let names: Vec<&str> = self.names().collect();
            format!("There is no experiment {name:?}; there are: {}.", names.join(", "))
        })?;
        Script::read(name, &text(path)?)
    }

    /// The same, or what is to be played instead on a machine without a wire.
    ///
    /// # Errors
    /// As [`Self::find`]; and why it cannot be played here.
    pub fn find_for(&self, name: &str, wire: bool) -> Result<Script, String> {
        let script = self.find(name)?;
        if wire || script.needs != Some(Need::Wire) {
            return Ok(script);
        }
        match &script.instead {
            Some(other) => Ok(Script { name: script.name.clone(), ..self.find(other)? }),
            None => Err(format!("The experiment {name:?} needs the wire, which is not here.")),
        }
    }
}

/// Whether an own experiment may have that name.
///
/// # Errors
/// In one sentence.
pub fn check_name(name: &str) -> Result<(), String> {
    let plain = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
    if name.is_empty() || name.len() > 64 || !name.chars().all(plain) {
        return Err(format!(
            "{name:?} is no name for an experiment: use up to 64 letters, digits, - and _."
        ));
    }
    if BUILT_IN.iter().any(|(own, _)| *own == name) {
        return Err(format!(
            "There is a built-in experiment {name:?} already: choose another name."
        ));
    }
    Ok(())
}

/// A file's text, if it is no longer than is sensible.
fn text(path: &Path) -> Result<String, String> {
    let unread = |error| format!("{} cannot be read: {error}.", path.display());
    let mut text = String::new();
    let file = fs::File::open(path).map_err(unread)?;
    file.take(FILE + 1).read_to_string(&mut text).map_err(unread)?;
    if text.len() as u64 > FILE {
        return Err(format!("{} is longer than {FILE} bytes.", path.display()));
    }
    Ok(text)
}
