//! Owns the relay's side of `relay run`: a socket at which whoever is the same user gets the
//! namespaces' descriptors. Nothing is read from those who come, so nobody is waited for.

use super::folder::{self, Word};
use crate::lab::Lab;
use crate::wire::{Join, frame};
use protocol::message::Rung;
use rustix::fs::{AtFlags, Mode, chmodat, renameat, unlinkat};
use rustix::net::{SocketFlags, bind, listen, sockopt};
use rustix::process::geteuid;
use std::io;
use std::os::fd::{AsFd as _, BorrowedFd, OwnedFd};
use std::time::Duration;
use tokio::net::UnixListener;
use tokio::task::JoinHandle;
use tokio::time::sleep;

/// Who may wait at the door.
const WAITING: i32 = 16;
/// Until accept is tried again when the process is out of descriptors (EMFILE, accept(2)).
const RETRY: Duration = Duration::from_millis(100);

/// A door that is open until this is dropped.
pub struct Door {
    folder: OwnedFd,
    name: String,
    task: JoinHandle<()>,
}

/// What stands behind it.
struct Keeper {
    lab: Lab,
    port: u16,
    without: String,
}

impl Door {
    /// Opens the door of this process in that folder ([`State::run`](crate::state::State::run)), for
    /// the wire that `lab` has at the moment; `rung` tells why there is none. `port` is where the
    /// relay listens. Within a tokio runtime.
    pub fn open(folder: OwnedFd, lab: Lab, rung: &Rung, port: u16) -> io::Result<Self> {
        let pid = std::process::id();
        // Whoever is gone leaves its door behind.
        drop(folder::knock_all(folder.as_fd())?);
        let name = folder::name(pid);
        let listener = listen_at(folder.as_fd(), &format!("{pid}.new"), &name)?;
        let keeper = Keeper { lab, port, without: without(rung) };
        let door = Self { folder, name, task: tokio::spawn(keep(listener, keeper)) };
        Ok(door)
    }
}

impl Drop for Door {
    fn drop(&mut self) {
        self.task.abort();
        // Gone with its folder, perhaps.
        let _ = unlinkat(&self.folder, &self.name, AtFlags::empty());
    }
}

/// It gets its name only when it listens: who refuses a connection counts as gone.
fn listen_at(folder: BorrowedFd<'_>, draft: &str, name: &str) -> io::Result<UnixListener> {
    let _ = unlinkat(folder, draft, AtFlags::empty()); // left by a dead process that had our id
    let listener = folder::socket(SocketFlags::NONBLOCK)?;
    bind(&listener, &folder::address(folder, draft)?)?;
    chmodat(folder, draft, Mode::RUSR | Mode::WUSR, AtFlags::empty())?;
    listen(&listener, WAITING)?;
    renameat(folder, draft, folder, name)?;
    // It accepts whatever kind of socket it is.
    UnixListener::from_std(listener.into())
}

async fn keep(listener: UnixListener, keeper: Keeper) {
    loop {
        match listener.accept().await {
            Ok((visitor, _)) => {
                // One who has left already misses nothing.
                let _ = keeper.answer(visitor.as_fd());
            }
            Err(_) => sleep(RETRY).await,
        }
    }
}

impl Keeper {
    fn answer(&self, visitor: BorrowedFd<'_>) -> io::Result<()> {
        // The folder's mode says the same (unix(7), SO_PEERCRED).
        if sockopt::socket_peercred(visitor)?.uid != geteuid() {
            return Ok(());
        }
        let word = |nets| Word { port: self.port, nets };
        let join = match self.join() {
            Ok(join) => join,
            Err(why) => return frame::send(visitor, &word(Err(why)), &[]),
        };
        let all: Vec<OwnedFd> = join.nets.into_iter().chain(join.user).collect();
        let handed: Vec<BorrowedFd<'_>> = all.iter().map(OwnedFd::as_fd).collect();
        frame::send(visitor, &word(Ok(())), &handed)?;
        drop(all);
        frame::closed(visitor)
    }

    /// The nets as they are now: the wire may have been made anew.
    fn join(&self) -> Result<Join, String> {
        let namespaces = self.lab.namespaces().ok_or_else(|| self.without.clone())?;
        if !namespaces.alive() {
            return Err("the helper that keeps its nets is gone; restart the wire.".into());
        }
        namespaces.join().map_err(|error| format!("{error}."))
    }
}

fn without(rung: &Rung) -> String {
    match rung.refused.last() {
        Some(no) => format!("{} gave {}; {}.", no.step, no.errno, no.remedy),
        None => "it was started on the loopback rung.".into(),
    }
}
