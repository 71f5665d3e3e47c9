//! Owns the folder of doors: `PID.sock` for each relay, and what comes out of one. Sockets are named
//! through the folder's descriptor, so that no path is too long for one (unix(7)) or can be swapped.

use rustix::fs::{AtFlags, Dir, unlinkat};
use rustix::io::Errno;
use rustix::net::sockopt::{Timeout, set_socket_timeout};
use rustix::net::{AddressFamily, SocketAddrUnix, SocketFlags, SocketType, connect, socket_with};
use serde::{Deserialize, Serialize};
use std::io;
use std::os::fd::{AsFd as _, AsRawFd as _, BorrowedFd, OwnedFd};
use std::time::Duration;

/// What a relay is given to answer; it takes microseconds.
const PATIENCE: Duration = Duration::from_secs(3);
/// How the name of a door ends.
const SUFFIX: &str = ".sock";

/// All that is ever said at a door, by the relay. Beside it come, if there are nets, their
/// descriptors, left and right, and that of the user namespace that owns them, if one does.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Word {
    /// Where the relay listens.
    pub(super) port: u16,
    /// Why there are no nets, if there are none: a clause and a full stop.
    pub(super) nets: Result<(), String>,
}

/// The name of the door of a process.
pub(super) fn name(pid: u32) -> String {
    format!("{pid}{SUFFIX}")
}

/// The address of a socket in this folder.
pub(super) fn address(folder: BorrowedFd<'_>, name: &str) -> Result<SocketAddrUnix, Errno> {
    SocketAddrUnix::new(format!("/proc/self/fd/{}/{name}", folder.as_raw_fd()))
}

/// A socket as doors have them.
pub(super) fn socket(flags: SocketFlags) -> Result<OwnedFd, Errno> {
    let flags = flags | SocketFlags::CLOEXEC;
    socket_with(AddressFamily::UNIX, SocketType::SEQPACKET, flags, None)
}

/// One who was found behind a door.
pub(super) struct Found {
    /// Its process id.
    pub(super) pid: String,
    /// The connection; none if it would not have one.
    pub(super) socket: Option<OwnedFd>,
}

/// Knocks at every door; those of relays that are gone are removed.
pub(super) fn knock_all(folder: BorrowedFd<'_>) -> io::Result<Vec<Found>> {
    let mut found = Vec::new();
    for entry in Dir::read_from(folder)? {
        let entry = entry?;
        let Ok(name) = entry.file_name().to_str() else { continue };
        let Some(pid) = name.strip_suffix(SUFFIX) else { continue };
        let socket = match knock(folder, name) {
            Ok(socket) => Some(socket),
            Err(Errno::CONNREFUSED) => {
                // Another may have been quicker.
                let _ = unlinkat(folder, name, AtFlags::empty());
                continue;
            }
            Err(Errno::NOENT) => continue,
            Err(_) => None,
        };
        found.push(Found { pid: pid.to_owned(), socket });
    }
    Ok(found)
}

fn knock(folder: BorrowedFd<'_>, name: &str) -> Result<OwnedFd, Errno> {
    let socket = socket(SocketFlags::empty())?;
    for direction in [Timeout::Recv, Timeout::Send] {
        set_socket_timeout(&socket, direction, Some(PATIENCE))?;
    }
    connect(socket.as_fd(), &address(folder, name)?)?;
    Ok(socket)
}
