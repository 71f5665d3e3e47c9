//! Owns the folder where descriptors keep it from being swapped and modes keep it private (unix).

use super::{REMEDY, StateError, Token, refused};
use rustix::fs::{AtFlags, CWD, FileType, Mode, OFlags, RenameFlags, Stat};
use rustix::io::Errno;
use std::fs::File;
use std::io::{Read as _, Write as _};
use std::os::fd::{AsFd, OwnedFd};
use std::path::{Path, PathBuf};

const RUN: &str = "run";
const RECORDINGS: &str = "recordings";

/// The open state folder. Files are reached through the descriptor, so that nobody can swap it.
pub struct State {
    path: PathBuf,
    folder: OwnedFd,
}

impl State {
    /// Opens the folder, making it (0700) where it is missing. A symlink in its place, another
    /// owner, or rights for group or others are refused.
    pub fn open(path: &Path) -> Result<Self, StateError> {
        let failed = |step| {
            move |cause: std::io::Error| StateError::Failed { path: path.to_owned(), step, cause }
        };
        if let Some(parent) = path.parent() {
            std::fs::create_dir_all(parent).map_err(failed("made"))?;
        }
        match rustix::fs::mkdir(path, Mode::RWXU) {
            Ok(()) | Err(Errno::EXIST) => {}
            Err(errno) => return Err(failed("made")(errno.into())),
        }
        let folder = open_private(CWD, path, path)?;
        Ok(Self { path: path.to_owned(), folder })
    }

    /// The folder `run` in it and where that is, made (0700) where it is missing and refused on the
    /// same grounds.
    pub fn run(&self) -> Result<(OwnedFd, PathBuf), StateError> {
        self.folder(RUN)
    }

    /// Where recordings lie: a folder in it, made and refused likewise.
    pub fn recordings(&self) -> Result<PathBuf, StateError> {
        self.folder(RECORDINGS).map(|(_, path)| path)
    }

    fn folder(&self, name: &str) -> Result<(OwnedFd, PathBuf), StateError> {
        let path = self.path.join(name);
        match rustix::fs::mkdirat(&self.folder, name, Mode::RWXU) {
            Ok(()) | Err(Errno::EXIST) => {}
            Err(errno) => {
                return Err(StateError::Failed { path, step: "made", cause: errno.into() });
            }
        }
        Ok((open_private(&self.folder, Path::new(name), &path)?, path))
    }

    /// No token of that name any more.
    pub(super) fn remove(&self, name: &str) -> Result<(), StateError> {
        match rustix::fs::unlinkat(&self.folder, name, AtFlags::empty()) {
            Ok(()) | Err(Errno::NOENT) => Ok(()),
            Err(errno) => Err(self.failed(name, "removed", errno)),
        }
    }

    /// The token of that name that earlier runs used; a new one if there is none.
    pub(super) fn token_of(&self, name: &str) -> Result<Token, StateError> {
        match self.read(name)? {
            Some(token) => Ok(token),
            None => match self.write(name, RenameFlags::NOREPLACE)? {
                Some(token) => Ok(token),
                // Another relay was quicker; its token is the one.
                None => self.read(name)?.ok_or_else(|| self.failed(name, "read", Errno::NOENT)),
            },
        }
    }

    /// A new token of that name in place of the old one.
    pub(super) fn replace(&self, name: &str) -> Result<Token, StateError> {
        let written = self.write(name, RenameFlags::empty())?;
        written.ok_or_else(|| self.failed(name, "written", Errno::EXIST))
    }

    /// The token of that name, if there is one.
    pub(super) fn read(&self, name: &str) -> Result<Option<Token>, StateError> {
        // O_NONBLOCK: a FIFO in its place must not hold us.
        let flags = OFlags::RDONLY | OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::CLOEXEC;
        let path = self.path.join(name);
        let file = match rustix::fs::openat(&self.folder, name, flags, Mode::empty()) {
            Ok(file) => file,
            Err(Errno::NOENT) => return Ok(None),
            Err(Errno::LOOP) => return Err(refused(&path, "is a symlink", REMEDY)),
            Err(errno) => return Err(self.failed(name, "opened", errno)),
        };
        let stat = rustix::fs::fstat(&file).map_err(|errno| self.failed(name, "read", errno))?;
        if FileType::from_raw_mode(stat.st_mode) != FileType::RegularFile {
            return Err(refused(&path, "is not a plain file", REMEDY));
        }
        private(&path, &stat, "600")?;
        let mut text = String::new();
        let read = File::from(file).take(Token::LEN as u64 + 2).read_to_string(&mut text);
        match (read, Token::from_hex(text.trim_end())) {
            (Ok(_), Some(token)) => Ok(Some(token)),
            _ => Err(refused(&path, "does not hold a token", REMEDY)),
        }
    }

    /// Writes a new token under a name of its own and moves it into place whole. None where `how`
    /// forbids to replace and there is one.
    fn write(&self, name: &str, how: RenameFlags) -> Result<Option<Token>, StateError> {
        let token = Token::random().map_err(|cause| StateError::Failed {
            path: self.path.join(name),
            step: "made",
            cause,
        })?;
        let draft = format!("{name}.{}", std::process::id());
        let forget = || rustix::fs::unlinkat(&self.folder, &draft, AtFlags::empty());
        let _ = forget(); // left by a dead process that had our id
        let flags = OFlags::WRONLY | OFlags::CREATE | OFlags::EXCL | OFlags::CLOEXEC;
        let file = rustix::fs::openat(&self.folder, &draft, flags, Mode::RUSR | Mode::WUSR)
            .map_err(|errno| self.failed(name, "made", errno))?;
        let mut file = File::from(file);
        file.write_all(format!("{}\n", token.reveal()).as_bytes())
            .and_then(|()| file.sync_all())
            .map_err(|cause| StateError::Failed {
            path: self.path.join(name),
            step: "written",
            cause,
        })?;
        let moved = match rustix::fs::renameat_with(&self.folder, &draft, &self.folder, name, how) {
            // NFS cannot promise not to replace (renameat2(2)).
            Err(Errno::INVAL) => rustix::fs::renameat(&self.folder, &draft, &self.folder, name),
            other => other,
        };
        match moved {
            Ok(()) => Ok(Some(token)),
            Err(errno) => {
                let _ = forget();
                if errno == Errno::EXIST {
                    Ok(None)
                } else {
                    Err(self.failed(name, "written", errno))
                }
            }
        }
    }

    fn failed(&self, name: &str, step: &'static str, errno: Errno) -> StateError {
        StateError::Failed { path: self.path.join(name), step, cause: errno.into() }
    }
}

/// Opens a folder that must be nobody else's; `path` is where it is, for the sentence.
fn open_private(at: impl AsFd, name: &Path, path: &Path) -> Result<OwnedFd, StateError> {
    let failed = |step, errno: Errno| StateError::Failed {
        path: path.to_owned(),
        step,
        cause: errno.into(),
    };
    let flags = OFlags::DIRECTORY | OFlags::NOFOLLOW | OFlags::CLOEXEC;
    let folder = match rustix::fs::openat(at, name, flags, Mode::empty()) {
        Ok(folder) => folder,
        Err(Errno::LOOP | Errno::NOTDIR) => {
            return Err(refused(
                path,
                "is not a plain folder",
                "remove it or set PATCHBAY_STATE to another place",
            ));
        }
        Err(errno) => return Err(failed("opened", errno)),
    };
    let stat = rustix::fs::fstat(&folder).map_err(|errno| failed("read", errno))?;
    private(path, &stat, "700")?;
    Ok(folder)
}

/// Refuses what belongs to somebody else, and what group or others have any right to.
fn private(path: &Path, stat: &Stat, wanted: &str) -> Result<(), StateError> {
    if stat.st_uid != rustix::process::geteuid().as_raw() {
        return Err(refused(
            path,
            "belongs to another user",
            "set PATCHBAY_STATE to a place of your own",
        ));
    }
    let mode = stat.st_mode & 0o777;
    if mode & 0o077 != 0 {
        return Err(refused(
            path,
            &format!("is open to others (mode {mode:o})"),
            &format!("run chmod {wanted} on it"),
        ));
    }
    Ok(())
}
