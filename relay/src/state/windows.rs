//! Owns the folder on Windows. Who may read it is said by its access list alone, which std can neither
//! read nor set: below `%LOCALAPPDATA%` it is inherited, and lets in this user, the system and
//! administrators. A place that was set with `PATCHBAY_STATE` is as private as it was made.
//! Not tried there: type-checked only.

use super::{REMEDY, StateError, Token, refused};
use std::fs::{self, File, OpenOptions};
use std::io::{self, ErrorKind, Read as _, Write as _};
use std::path::{Path, PathBuf};

/// The state folder.
pub struct State {
    path: PathBuf,
}

impl State {
    /// Opens the folder, making it where it is missing. A link in its place is refused.
    pub fn open(path: &Path) -> Result<Self, StateError> {
        let failed = |step| {
            move |cause: io::Error| StateError::Failed { path: path.to_owned(), step, cause }
        };
        fs::create_dir_all(path).map_err(failed("made"))?;
        if !fs::symlink_metadata(path).map_err(failed("read"))?.is_dir() {
            let remedy = "remove it or set PATCHBAY_STATE to another place";
            return Err(refused(path, "is not a plain folder", remedy));
        }
        Ok(Self { path: path.to_owned() })
    }

    /// Where recordings lie: a folder in it, made where it is missing.
    pub fn recordings(&self) -> Result<PathBuf, StateError> {
        let path = self.path.join("recordings");
        let failed = |cause| StateError::Failed { path: path.clone(), step: "made", cause };
        fs::create_dir_all(&path).map_err(failed)?;
        Ok(path)
    }

    /// No token of that name any more.
    pub(super) fn remove(&self, name: &str) -> Result<(), StateError> {
        match fs::remove_file(self.path.join(name)) {
            Err(error) if error.kind() != ErrorKind::NotFound => {
                Err(self.failed(name, "removed")(error))
            }
            _ => Ok(()),
        }
    }

    /// The token of that name that earlier runs used; a new one if there is none.
    pub(super) fn token_of(&self, name: &str) -> Result<Token, StateError> {
        match self.read(name)? {
            Some(token) => Ok(token),
            // The folder is this user's: a relay that makes one at this very moment has the same user.
            None => self.replace(name),
        }
    }

    /// A new token of that name in place of the old one.
    pub(super) fn replace(&self, name: &str) -> Result<Token, StateError> {
        let token = Token::random().map_err(self.failed(name, "made"))?;
        let draft = self.path.join(format!("{name}.{}", std::process::id()));
        let _ = fs::remove_file(&draft); // left by a dead process that had our id
        let written =
            OpenOptions::new().write(true).create_new(true).open(&draft).and_then(|mut file| {
                file.write_all(format!("{}\n", token.reveal()).as_bytes())?;
                file.sync_all()
            });
        written.and_then(|()| fs::rename(&draft, self.path.join(name))).map_err(|cause| {
            let _ = fs::remove_file(&draft);
            self.failed(name, "written")(cause)
        })?;
        Ok(token)
    }

    /// The token of that name, if there is one.
    pub(super) fn read(&self, name: &str) -> Result<Option<Token>, StateError> {
        let path = self.path.join(name);
        match fs::symlink_metadata(&path) {
            Ok(about) if about.is_file() => {}
            Ok(_) => return Err(refused(&path, "is not a plain file", REMEDY)),
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(self.failed(name, "opened")(error)),
        }
        let file = File::open(&path).map_err(self.failed(name, "opened"))?;
        let mut text = String::new();
        let read = file.take(Token::LEN as u64 + 2).read_to_string(&mut text);
        match (read, Token::from_hex(text.trim_end())) {
            (Ok(_), Some(token)) => Ok(Some(token)),
            _ => Err(refused(&path, "does not hold a token", REMEDY)),
        }
    }

    fn failed(&self, name: &str, step: &'static str) -> impl Fn(io::Error) -> StateError + use<> {
        let path = self.path.join(name);
        move |cause| StateError::Failed { path: path.clone(), step, cause }
    }
}
