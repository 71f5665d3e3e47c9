//! Owns what is known of other programs' sockets on the wire: they are found by sock_diag(7) a few times
//! a second, keyed by their cookie. Never touches them.

use super::desk::Desk;
use super::watch::{Seen, entry_fields};
use crate::kernel::State;
use crate::kernel::States;
use crate::kernel::diag::{Diag, Entry, Family as DiagFamily, Filter, Protocol};
use protocol::command::{Family, Kind};
use protocol::event::Program;
use protocol::number::Wide;
use protocol::{End, SocketId, Source, What};
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

/// Other programs' sockets that are told of at once, in both ends together.
const KNOWN: usize = 1_024;

/// One of them.
struct Known {
    id: SocketId,
    end: End,
    seen: Seen,
}

/// All that are known, by cookie.
#[derive(Default)]
pub(super) struct Outside {
    known: BTreeMap<u64, Known>,
}

impl Outside {
    /// Its sockets are no longer the wire's: a new one was made.
    pub(super) fn forget_all(&mut self) -> Vec<SocketId> {
        std::mem::take(&mut self.known).into_values().map(|known| known.id).collect()
    }
}

impl Desk {
    /// Looks for other programs' sockets in both ends and tells what changed.
    pub(super) fn look_outside(&self) {
        for end in End::BOTH {
            let found = {
                let mut wire = self.ground.wire.borrow_mut();
                let Some(diag) = wire.as_mut().and_then(|wire| wire.diag[end.index()].as_mut())
                else {
                    continue;
                };
                // A kernel that does not answer now answers next time.
                let Some(found) = dump(diag) else { continue };
                found
            };
            self.compare(end, &found);
        }
    }

    fn compare(&self, end: End, found: &[(Kind, Family, Entry)]) {
        let mine = self.own_cookies();
        let mut outside = self.outside.borrow_mut();
        let mut there = BTreeSet::new();
        let new = found.iter().filter(|(_, _, entry)| {
            !mine.contains(&entry.cookie) && !outside.known.contains_key(&entry.cookie)
        });
        let new = new.filter_map(|(_, _, entry)| Some(entry.owner?.inode));
        let mut owners = owners_of(&new.take(KNOWN - outside.known.len()).collect());
        for (kind, family, entry) in found.iter().filter(|(_, _, e)| !mine.contains(&e.cookie)) {
            there.insert(entry.cookie);
            if let Some(owner) = entry.owner
                && !outside.known.contains_key(&entry.cookie)
                && outside.known.len() < KNOWN
            {
                let id = self.new_socket_id();
                outside.known.insert(entry.cookie, Known { id, end, seen: Seen::default() });
                let what = What::Appeared {
                    socket: id,
                    cookie: Wide(entry.cookie),
                    net: end,
                    family: *family,
                    kind: *kind,
                    program: owners.remove(&owner.inode).unwrap_or_else(nobody),
                };
                self.journal.append(Source::Kernel, what);
            }
            let Some(known) = outside.known.get_mut(&entry.cookie) else { continue };
            let now = self.journal.now();
            let mut set = entry_fields(*kind, entry);
            set.retain(|field| known.seen.is_news(now, field));
            if !set.is_empty() {
                self.journal.append(Source::Kernel, What::Sample { socket: known.id, set });
            }
        }
        outside.known.retain(|cookie, known| {
            let stays = known.end != end || there.contains(cookie);
            if !stays {
                self.journal.append(Source::Kernel, What::Gone { socket: known.id });
            }
            stays
        });
    }

    fn own_cookies(&self) -> BTreeSet<u64> {
        let mut mine = self.watcher.borrow().resting_cookies();
        mine.extend(self.slots.borrow().values().map(|slot| slot.cookie));
        mine
    }
}

/// All sockets of an end, save those that wait for accept or are over: they are nobody's.
fn dump(diag: &mut Diag) -> Option<Vec<(Kind, Family, Entry)>> {
    let mut all = Vec::new();
    for (protocol, kind) in [(Protocol::Tcp, Kind::Stream), (Protocol::Udp, Kind::Datagram)] {
        for (family, told) in [(DiagFamily::V4, Family::Ipv4), (DiagFamily::V6, Family::Ipv6)] {
            let filter = Filter { protocol, family, states: States::ALL, local_port: None };
            let found = diag.dump(filter).ok()?;
            all.extend(found.entries.into_iter().map(|entry| (kind, told, entry)));
        }
    }
    all.retain(|(_, _, entry)| entry.state != State::NewSynRecv);
    Some(all)
}

/// The programs that hold sockets, as far as /proc tells this user (proc_pid_fd(5)): one walk for all, since
/// the lab waits meanwhile.
fn owners_of(inodes: &BTreeSet<u32>) -> BTreeMap<u32, Program> {
    let mut owners = BTreeMap::new();
    if inodes.is_empty() {
        return owners;
    }
    let processes = fs::read_dir("/proc").into_iter().flatten().flatten();
    let mut processes: Vec<(u32, PathBuf)> = processes
        .filter_map(|process| Some((process.file_name().to_str()?.parse().ok()?, process.path())))
        .collect();
    // The youngest last, which wins: a shell that started a program may hold its sockets too.
    processes.sort_unstable();
    for (pid, process) in processes {
        let descriptors = fs::read_dir(process.join("fd")).into_iter().flatten().flatten();
        let held: BTreeSet<u32> = descriptors
            .filter_map(|fd| inode_of(&fs::read_link(fd.path()).ok()?))
            .filter(|inode| inodes.contains(inode))
            .collect();
        if held.is_empty() {
            continue;
        }
        // A program may give itself any name (PR_SET_NAME): 15 bytes, not always of UTF-8.
        let comm = fs::read(process.join("comm")).unwrap_or_default();
        let name = String::from_utf8_lossy(&comm).trim().to_owned();
        owners.extend(
            held.into_iter().map(|inode| (inode, Program { pid: Some(pid), name: name.clone() })),
        );
    }
    owners
}

/// The inode in what a socket's descriptor is a link to: `socket:[INODE]`.
fn inode_of(link: &Path) -> Option<u32> {
    link.to_str()?.strip_prefix("socket:[")?.strip_suffix(']')?.parse().ok()
}

fn nobody() -> Program {
    Program { pid: None, name: String::new() }
}
