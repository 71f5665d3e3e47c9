//! Owns the step into a net (setns(2)). The user and groups stay what they are.

use super::RunError;
use crate::wire::{End, Join};
use rustix::fs::{fstat, stat};
use rustix::io::Errno;
use rustix::thread::{LinkNameSpaceType, move_into_link_name_space};
use std::os::fd::{AsFd as _, OwnedFd};

/// Moves this process into an end. The owner of a user namespace has every capability in it, which the
/// other steps need; exec takes them away from all but root (capabilities(7)).
pub(super) fn enter(join: Join, end: End) -> Result<(), RunError> {
    let inside = join.user.as_ref().is_some_and(is_ours);
    if let Some(user) = join.user.filter(|_| !inside) {
        move_into_link_name_space(user.as_fd(), Some(LinkNameSpaceType::User))
            .map_err(|errno| failed("CLONE_NEWUSER", errno))?;
    }
    let [left, right] = join.nets;
    let net = if end == End::Left { left } else { right };
    match move_into_link_name_space(net.as_fd(), Some(LinkNameSpaceType::Network)) {
        Err(Errno::PERM) if inside => Err(RunError::Inside),
        done => done.map_err(|errno| failed("CLONE_NEWNET", errno)),
    }
}

fn is_ours(user: &OwnedFd) -> bool {
    match (fstat(user), stat("/proc/self/ns/user")) {
        (Ok(theirs), Ok(ours)) => (theirs.st_dev, theirs.st_ino) == (ours.st_dev, ours.st_ino),
        _ => false,
    }
}

fn failed(what: &'static str, errno: Errno) -> RunError {
    RunError::Join { what, cause: errno.into() }
}
