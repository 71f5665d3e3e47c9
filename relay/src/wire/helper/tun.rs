//! Owns the making of a TUN device in the namespace where the helper stands.

use crate::wire::ask::{At as _, Fault, Step};
use crate::wire::{WIRE, raw};
use rustix::fs::{Mode, OFlags, open};
use std::os::fd::{AsFd as _, OwnedFd};

/// Makes it; it is gone when the descriptor is closed. The driver notes the namespace at open(2).
pub(super) fn make() -> Result<OwnedFd, Fault> {
    let flags = OFlags::RDWR | OFlags::NONBLOCK | OFlags::CLOEXEC;
    let tun = open("/dev/net/tun", flags, Mode::empty()).at(Step::OpenTun)?;
    raw::attach_tun(tun.as_fd(), WIRE).at(Step::AttachTun)?;
    Ok(tun)
}
