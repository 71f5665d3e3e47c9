//! Owns the namespaces: makes them and moves between them. Sets nothing up in them but their sysctls.

use super::sysctl;
use crate::wire::End;
use crate::wire::ask::{At as _, Fault, Step};
use crate::wire::raw;
use rustix::process::{getegid, geteuid};
use rustix::thread::{LinkNameSpaceType, move_into_link_name_space};
use std::fs::{File, OpenOptions};
use std::io::{self, Write as _};
use std::os::fd::{AsFd as _, BorrowedFd, OwnedFd};

/// Two ends and a home, from which they were made and where the near ends of veth pairs live.
pub(super) struct Space {
    user: Option<OwnedFd>,
    home: OwnedFd,
    nets: [OwnedFd; 2],
}

impl Space {
    /// Makes them, in a user namespace of their own if `userns`.
    pub(super) fn make(userns: bool, unset: &mut Vec<String>) -> Result<Self, Fault> {
        let user = if userns { Some(unshare_user()?) } else { None };
        let home = unshare_net()?;
        sysctl::prepare_children();
        let left = unshare_net()?;
        sysctl::set_all(unset);
        // From home again, so that both inherit the same.
        enter(home.as_fd()).at(Step::Enter)?;
        let right = unshare_net()?;
        sysctl::set_all(unset);
        Ok(Self { user, home, nets: [left, right] })
    }

    /// Moves this process into an end.
    pub(super) fn enter(&self, end: End) -> io::Result<()> {
        enter(self.net(end))
    }

    /// Moves this process back home.
    pub(super) fn enter_home(&self) -> io::Result<()> {
        enter(self.home.as_fd())
    }

    pub(super) fn net(&self, end: End) -> BorrowedFd<'_> {
        self.nets[end.index()].as_fd()
    }

    pub(super) fn user(&self) -> Option<BorrowedFd<'_>> {
        self.user.as_ref().map(OwnedFd::as_fd)
    }
}

fn enter(net: BorrowedFd<'_>) -> io::Result<()> {
    Ok(move_into_link_name_space(net, Some(LinkNameSpaceType::Network))?)
}

/// A new user namespace where this user and group keep their ids (user_namespaces(7)).
fn unshare_user() -> Result<OwnedFd, Fault> {
    let (user, group) = (geteuid().as_raw(), getegid().as_raw());
    raw::unshare(true).at(Step::UserNamespace)?;
    // Without this an ordinary user may map no group.
    write("/proc/self/setgroups", "deny").at(Step::Map)?;
    write("/proc/self/uid_map", &format!("{user} {user} 1")).at(Step::Map)?;
    write("/proc/self/gid_map", &format!("{group} {group} 1")).at(Step::Map)?;
    Ok(File::open("/proc/self/ns/user").at(Step::Map)?.into())
}

fn unshare_net() -> Result<OwnedFd, Fault> {
    raw::unshare(false).at(Step::NetNamespace)?;
    Ok(File::open("/proc/self/ns/net").at(Step::NetNamespace)?.into())
}

fn write(path: &str, text: &str) -> io::Result<()> {
    OpenOptions::new().write(true).open(path)?.write_all(text.as_bytes())
}
