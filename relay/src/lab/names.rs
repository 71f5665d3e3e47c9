//! Owns the private folder in which Unix sockets have their names (unix(7)): nothing outside it can be
//! bound or reached. The folder is locked while its relay lives, so that another can tell which are
//! left over.

use crate::state::State;
use protocol::Address;
use protocol::limit::UNIX_NAME;
use rustix::fs::{
    AtFlags, CWD, Dir, FlockOperation, Mode, OFlags, flock, mkdirat, openat, renameat, unlinkat,
};
use rustix::io::Errno;
use rustix::net::{SocketAddrAny, SocketAddrUnix};
use socket2::SockAddr;
use std::ffi::OsStr;
use std::io;
use std::os::fd::{AsFd, AsRawFd as _, BorrowedFd, OwnedFd};
use std::os::unix::ffi::OsStrExt as _;
use std::path::{Path, PathBuf};

/// The longest path that every system's `sun_path` holds (macOS: 104 bytes with the final 0).
const MOST: usize = 103;
/// How the name of such a folder ends.
const SUFFIX: &str = ".d";

/// The folder of names of one relay; removed when it is dropped.
pub struct Names {
    parent: OwnedFd,
    own: String,
    folder: OwnedFd,
    /// What a name is put behind.
    base: PathBuf,
    /// A folder around it that is nobody else's.
    around: Option<PathBuf>,
}

impl Names {
    /// Makes this process's own in the state folder, and removes those of relays that are gone.
    pub fn open(state: &State) -> io::Result<Self> {
        let (parent, path) = state.run().map_err(io::Error::other)?;
        remove_left_over(parent.as_fd())?;
        Self::make(parent, &path, None)
    }

    /// Makes one in the folder for temporary files.
    pub fn temporary() -> io::Result<Self> {
        let mut random = [0; 8];
        getrandom::fill(&mut random).map_err(io::Error::other)?;
        let around =
            std::env::temp_dir().join(format!("patchbay-{:016x}", u64::from_be_bytes(random)));
        mkdirat(CWD, &around, Mode::RWXU)?;
        let parent = openat(CWD, &around, OPEN, Mode::empty())?;
        Self::make(parent, &around.clone(), Some(around))
    }

    fn make(parent: OwnedFd, path: &Path, around: Option<PathBuf>) -> io::Result<Self> {
        let own = format!("{}{SUFFIX}", std::process::id());
        let draft = format!("{}.draft", std::process::id());
        match mkdirat(&parent, &*draft, Mode::RWXU) {
            // Left by a dead process that had our id.
            Ok(()) | Err(Errno::EXIST) => {}
            Err(errno) => return Err(errno.into()),
        }
        let folder = openat(&parent, &*draft, OPEN, Mode::empty())?;
        empty(folder.as_fd())?;
        // Locked before it has a name by which others take it for left over.
        flock(&folder, FlockOperation::NonBlockingLockExclusive)?;
        renameat(&parent, &*draft, &parent, &*own)?;
        let base = base(&path.join(&own), folder.as_fd())?;
        Ok(Self { parent, own, folder, base, around })
    }

    /// The address of a name that the policy has passed.
    pub(super) fn address(&self, name: &str) -> io::Result<SockAddr> {
        SockAddr::unix(self.base.join(name))
    }

    /// What the kernel calls an address, in the protocol's words: what lies elsewhere, whole.
    pub(super) fn told(&self, address: &SockAddr) -> Address {
        self.named(address.as_pathname().map(|path| path.as_os_str().as_bytes()))
    }

    /// The same for the sender of a datagram; one without a name is told as none.
    pub(super) fn told_sender(&self, from: Option<SocketAddrAny>) -> Address {
        let unix = from.and_then(|any| SocketAddrUnix::try_from(any).ok());
        self.named(unix.as_ref().and_then(SocketAddrUnix::path_bytes))
    }

    fn named(&self, path: Option<&[u8]>) -> Address {
        let path = Path::new(OsStr::from_bytes(path.unwrap_or_default()));
        let name = path.strip_prefix(&self.base).unwrap_or(path);
        Address::Unix(name.to_string_lossy().into_owned())
    }

    /// Removes the folder with all names. Nothing can be bound afterwards.
    pub fn remove(&self) {
        self.clear();
        // Gone already, perhaps.
        let _ = unlinkat(&self.parent, &*self.own, AtFlags::REMOVEDIR);
        if let Some(around) = &self.around {
            let _ = std::fs::remove_dir(around);
        }
    }

    /// Unlinks every name.
    pub fn clear(&self) {
        // What cannot be removed is met by the next bind, with its errno.
        let _ = empty(self.folder.as_fd());
    }
}

impl Drop for Names {
    fn drop(&mut self) {
        self.remove();
    }
}

const OPEN: OFlags = OFlags::DIRECTORY.union(OFlags::NOFOLLOW).union(OFlags::CLOEXEC);

/// The folder's path where names behind it fit; else, on Linux, its descriptor's.
fn base(path: &Path, folder: BorrowedFd<'_>) -> io::Result<PathBuf> {
    let longest = |base: &Path| base.as_os_str().len() + 1 + UNIX_NAME;
    if longest(path) <= MOST {
        return Ok(path.to_owned());
    }
    if cfg!(target_os = "linux") {
        return Ok(format!("/proc/self/fd/{}", folder.as_raw_fd()).into());
    }
    let why = format!(
        "the path {} is too long for a socket's name behind it: set PATCHBAY_STATE to a shorter one",
        path.display()
    );
    Err(io::Error::new(io::ErrorKind::InvalidFilename, why))
}

/// Removes all that is in a folder; there are no folders in it.
fn empty(folder: BorrowedFd<'_>) -> io::Result<()> {
    for entry in Dir::read_from(folder)? {
        let entry = entry?;
        let name = entry.file_name();
        if !matches!(name.to_bytes(), b"." | b"..") {
            unlinkat(folder, name, AtFlags::empty())?;
        }
    }
    Ok(())
}

/// Removes the folders of relays that are gone: nobody holds their lock.
fn remove_left_over(run: BorrowedFd<'_>) -> io::Result<()> {
    for entry in Dir::read_from(run)? {
        let entry = entry?;
        let name = entry.file_name();
        if !name.to_bytes().ends_with(SUFFIX.as_bytes()) {
            continue;
        }
        // Another relay that starts may have been quicker.
        let Ok(folder) = openat(run, name, OPEN, Mode::empty()) else { continue };
        if flock(&folder, FlockOperation::NonBlockingLockExclusive).is_ok()
            && empty(folder.as_fd()).is_ok()
        {
            let _ = unlinkat(run, name, AtFlags::REMOVEDIR);
        }
    }
    Ok(())
}
