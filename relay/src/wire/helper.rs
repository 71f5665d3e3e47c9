//! Owns the helper process: it makes the two namespaces, hands over what reads and writes them, then
//! answers requests until the relay is gone. It has one thread, no configuration and no terminal.

mod harden;
mod link;
mod message;
mod request;
mod space;
mod sysctl;
mod tun;
mod veth;
mod witness;

use super::End;
use super::ask::{At as _, DeviceKind, Fault, Hello, Plan, Step, frame};
use super::raw;
use space::Space;
use std::ffi::OsString;
use std::io;
use std::os::fd::{AsFd as _, BorrowedFd, OwnedFd};
use std::process::ExitCode;
use witness::Witness;

/// The first argument of a process that is the helper.
pub(super) const MARKER: &str = "wire-helper";

/// Runs the helper and gives its exit code, if these are a helper's arguments. Call it before anything
/// starts a thread: unshare(2) of a user namespace works in a process of one thread only.
pub fn run(mut arguments: impl Iterator<Item = OsString>) -> Option<ExitCode> {
    if arguments.nth(1)? != MARKER {
        return None;
    }
    let words: Vec<String> = arguments.filter_map(|word| word.into_string().ok()).collect();
    let plan = match words.as_slice() {
        [right, device] => Plan::of([right, device]),
        _ => None,
    };
    raw::close_strangers();
    let done = plan.map(|plan| serve(io::stdin().as_fd(), plan));
    Some(if let Some(Ok(())) = done { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// Everything on the other side of the control socket.
fn serve(control: BorrowedFd<'_>, plan: Plan) -> io::Result<()> {
    let space = match build(plan) {
        Ok(built) => built.announce(control)?,
        Err(fault) => return frame::send(control, &Hello::Refused(fault), &[]),
    };
    request::answer_all(control, &space)
}

/// The wire as it was made.
struct Built {
    space: Space,
    devices: [OwnedFd; 2],
    witnesses: [Witness; 2],
    unset: Vec<String>,
}

fn build(plan: Plan) -> Result<Built, Fault> {
    let mut unset = Vec::new();
    let space = Space::make(plan.userns, &mut unset)?;
    let mut device = |end| {
        let device = match plan.device {
            DeviceKind::Tun => {
                space.enter(end).at(Step::Enter)?;
                tun::make()?
            }
            DeviceKind::Veth => {
                space.enter_home().at(Step::Enter)?;
                veth::make(end, space.net(end))?
            }
        };
        space.enter(end).at(Step::Enter)?;
        if plan.device == DeviceKind::Veth {
            veth::true_checksums().at(Step::Veth)?;
        }
        link::set_up(end, &mut unset)?;
        Ok((device, Witness::open().at(Step::Witness)?))
    };
    let (left, right) = (device(End::Left)?, device(End::Right)?);
    harden::drop_all_but_needed().at(Step::Harden)?;
    Ok(Built { space, devices: [left.0, right.0], witnesses: [left.1, right.1], unset })
}

impl Built {
    /// Hands everything over and keeps only the namespaces.
    fn announce(self, control: BorrowedFd<'_>) -> io::Result<Space> {
        let Self { space, devices, witnesses, unset } = self;
        let ipv6 = witnesses.iter().all(Witness::has_ipv6);
        let mut handed: Vec<BorrowedFd<'_>> = devices.iter().map(OwnedFd::as_fd).collect();
        handed.extend(witnesses.iter().flat_map(|witness| witness.descriptors(ipv6)));
        handed.extend(End::BOTH.map(|end| space.net(end)));
        handed.extend(space.user());
        frame::send(control, &Hello::Ready { ipv6, unset }, &handed)?;
        drop((devices, witnesses));
        frame::closed(control)?;
        Ok(space)
    }
}
