//! Owns where recordings lie and what they are called. A name never leads out of the folder.

use std::fs::{File, OpenOptions};
use std::io;
use std::path::PathBuf;
use std::time::{SystemTime, UNIX_EPOCH};

/// How the name of a recording ends.
pub const SUFFIX: &str = ".patchbay";
/// What the one recording of [`Shelf::only`] is called.
pub const ONLY: &str = "recording.patchbay";
/// Bytes of a name at most.
const NAME: usize = 80;

/// A place of recordings.
#[derive(Clone, Debug)]
pub struct Shelf(Place);

#[derive(Clone, Debug)]
enum Place {
    Folder(PathBuf),
    Only(PathBuf),
}

impl Shelf {
    /// All in a folder that is nobody else's.
    pub fn folder(path: PathBuf) -> Self {
        Self(Place::Folder(path))
    }

    /// One file, wherever it lies, under the name [`ONLY`].
    pub fn only(path: PathBuf) -> Self {
        Self(Place::Only(path))
    }

    /// A new file for a recording, and its name: the second it begins in, and a number where several
    /// begin in one.
    ///
    /// # Errors
    /// See open(2); `EROFS` where there is only one recording to show.
    pub fn create(&self) -> io::Result<(File, String)> {
        let Place::Folder(folder) = &self.0 else {
            return Err(io::ErrorKind::ReadOnlyFilesystem.into());
        };
        let second = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_secs();
        for number in 1_u32.. {
            let name = format!("{second}-{number}{SUFFIX}");
            match create_new(&folder.join(&name)) {
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
                made => return made.map(|file| (file, name)),
            }
        }
        Err(io::ErrorKind::AlreadyExists.into())
    }

    /// The recording of that name; none where the name is not one of ours.
    pub fn find(&self, name: &str) -> Option<PathBuf> {
        match &self.0 {
            Place::Only(path) => (name == ONLY).then(|| path.clone()),
            Place::Folder(folder) => {
                let stem = name.strip_suffix(SUFFIX).filter(|stem| !stem.is_empty())?;
                let plain = |byte: u8| byte.is_ascii_digit() || byte == b'-';
                (name.len() <= NAME && stem.bytes().all(plain)).then(|| folder.join(name))
            }
        }
    }
}

/// A file that was not there before, for its owner only.
///
/// # Errors
/// See open(2): `EEXIST` where there is one.
pub fn create_new(path: &std::path::Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_names_of_recordings_are_found() {
        let shelf = Shelf::folder("/shelf".into());
        assert_eq!(shelf.find("17-1.patchbay"), Some("/shelf/17-1.patchbay".into()));
        let long = "1".repeat(NAME) + SUFFIX;
        for name in ["", ".patchbay", "../1.patchbay", "a.patchbay", "1.patchbay/", "token", &long]
        {
            assert_eq!(shelf.find(name), None, "{name}");
        }
        let only = Shelf::only("/tmp/my file".into());
        assert_eq!(only.find(ONLY), Some("/tmp/my file".into()));
        assert_eq!(only.find("my file"), None);
        assert!(only.create().is_err());
    }
}
