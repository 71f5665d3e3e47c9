//! Owns the order in which the ways to a wire are tried, and what is told of those that failed.

use super::ask::{At as _, DeviceKind, Fault, Plan, Step};
use super::namespaces::{Namespaces, Started};
use super::{Device, ProcFiles, remedy};
use crate::errno::name_of;
use crate::rung;
use protocol::message::{Privilege, Refused, Rung, RungName};
use rustix::thread::{CapabilitySet, capabilities};
use std::io;
use std::os::fd::OwnedFd;
use std::path::Path;

/// Everything of a wire. Pairs are left, right.
#[derive(Debug)]
pub struct WireParts {
    /// What was tried and what works.
    pub rung: Rung,
    /// Where packets are read and written.
    pub devices: [Device; 2],
    /// The helper.
    pub namespaces: Namespaces,
    /// Sockets for [`kernel::diag::Diag::with`](crate::kernel::diag::Diag::with); blocking.
    pub diag: [OwnedFd; 2],
    /// sock_diag(7) sockets that hear of every TCP and UDP socket's end (groups 1 to 4); non-blocking.
    pub destroyed: [OwnedFd; 2],
    /// Counters of the ends' kernels.
    pub proc: [ProcFiles; 2],
    /// What was wished but refused, as "net.ipv4.icmp_ratelimit: EROFS". The wire works without.
    pub unset: Vec<String>,
}

/// Makes a wire; the helper is this program, which must call [`helper::run`](super::helper::run) first
/// of all. Where there is no wire: the loopback rung, with every refusal.
pub fn open() -> Result<WireParts, Rung> {
    open_with(Path::new("/proc/self/exe"))
}

/// The same, on that rung only: `loopback` is no wire.
pub fn open_on(rung: RungName) -> Result<WireParts, Rung> {
    climb(Path::new("/proc/self/exe"), Some(rung))
}

/// The same with the relay's program at an absolute path.
pub fn open_with(program: &Path) -> Result<WireParts, Rung> {
    climb(program, None)
}

fn climb(program: &Path, only: Option<RungName>) -> Result<WireParts, Rung> {
    let mut refused = Vec::new();
    for plan in plans() {
        let name = match plan.device {
            DeviceKind::Tun => RungName::Tun,
            DeviceKind::Veth => RungName::Veth,
        };
        if only.is_some_and(|only| only != name) {
            continue;
        }
        match Namespaces::start(program, plan).and_then(|all| parts(all, plan.device)) {
            Ok(mut parts) => {
                let privilege = if plan.userns { Privilege::Userns } else { Privilege::Root };
                parts.rung = Rung { name, privilege, refused };
                return Ok(parts);
            }
            Err(fault) => refused.push(Refused {
                rung: name,
                step: fault.step.told().into(),
                errno: name_of(&io::Error::from_raw_os_error(fault.errno)),
                remedy: remedy::of(plan, fault).into(),
            }),
        }
    }
    Err(rung::loopback(refused))
}

/// User namespaces first: they need no privilege, and what runs there has none over the host.
fn plans() -> Vec<Plan> {
    let may_without =
        capabilities(None).is_ok_and(|sets| sets.effective.contains(CapabilitySet::SYS_ADMIN));
    [true, false]
        .into_iter()
        .filter(|userns| *userns || may_without)
        .flat_map(|userns| {
            [DeviceKind::Tun, DeviceKind::Veth].map(|device| Plan { userns, device })
        })
        .collect()
}

fn parts(all: Started, kind: DeviceKind) -> Result<WireParts, Fault> {
    let Started { namespaces, devices: [left, right], diag, destroyed, proc, unset } = all;
    let device = |fd, end: usize| match kind {
        DeviceKind::Tun => Device::tun(fd, &proc[end]),
        DeviceKind::Veth => Ok(Device::packet(fd)),
    };
    let devices = [device(left, 0).at(Step::Helper)?, device(right, 1).at(Step::Helper)?];
    let rung = rung::loopback(Vec::new());
    Ok(WireParts { rung, devices, namespaces, diag, destroyed, proc, unset })
}
