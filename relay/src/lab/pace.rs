//! Owns the budgets where the lab meets them: whom it names, and how fast it goes beyond loopback and
//! the wire. What they are, the policy says.

use super::desk::Desk;
use super::slot::Slot;
use super::system;
use crate::policy::{self, Meter, Targets};
use protocol::command::{Kind, Net};
use protocol::{Address, ErrorKind, Failure};
use socket2::SockAddr;
use std::cell::{Cell, RefCell};
use std::io;
use std::net::SocketAddr;
use std::time::{Duration, Instant};

/// What the lab has spent.
#[derive(Default)]
pub(super) struct Spent {
    targets: RefCell<Targets>,
    pub(super) meter: Cell<Meter>,
}

impl Desk {
    /// Counts whom a call of a socket names. The lab's own sockets are free on loopback, and so is an
    /// automatic answer to whoever wrote.
    pub(super) fn count_target(
        &self,
        slot: &Slot,
        automatic: bool,
        to: SocketAddr,
    ) -> Result<(), Failure> {
        let near = !policy::is_far(slot.net, to);
        if slot.net != Net::Host || (near && (automatic || self.is_ours(slot.kind, to))) {
            return Ok(());
        }
        self.spent.targets.borrow_mut().name(to, Instant::now())
    }

    /// Whether one of the lab's own sockets in net host is bound there.
    fn is_ours(&self, kind: Kind, to: SocketAddr) -> bool {
        let (slots, to) = (self.slots.borrow(), Address::Inet(to));
        self.journal.look(|world| {
            slots.values().filter(|slot| slot.net == Net::Host && slot.kind == kind).any(|slot| {
                let local = world.sockets.get(&slot.id).and_then(|s| s.kernel.local.as_ref());
                local.is_some_and(|local| local.covers(&to))
            })
        })
    }
}

/// Whether a call goes beyond loopback and the wire: to an address, or to the socket's peer.
fn is_far(slot: &Slot, to: Option<&SockAddr>) -> bool {
    match to {
        Some(to) => to.as_socket().is_some_and(|to| policy::is_far(slot.net, to)),
        None => slot.far.get(),
    }
}

/// Counts a call that hands over so many bytes, if it goes far; or how long it has to wait.
pub(super) fn take(
    slot: &Slot,
    to: Option<&SockAddr>,
    meter: &Cell<Meter>,
    bytes: usize,
) -> Result<(), Duration> {
    if !is_far(slot, to) {
        return Ok(());
    }
    let mut spent = meter.get();
    spent.take(bytes, Instant::now())?;
    meter.set(spent);
    Ok(())
}

/// Counts bytes that the kernel took from a stream, if they go far.
pub(super) fn spend(slot: &Slot, meter: &Cell<Meter>, bytes: usize) {
    if is_far(slot, None) {
        let mut spent = meter.get();
        spent.spend(bytes, Instant::now());
        meter.set(spent);
    }
}

/// Bytes of so many that a stream may hand over now.
pub(super) fn room(slot: &Slot, meter: &Cell<Meter>, bytes: usize) -> usize {
    if is_far(slot, None) { bytes.min(meter.get().room(Instant::now())) } else { bytes }
}

/// Before a datagram socket without an address of its own first sends or connects: keeps it to
/// loopback if that is where it goes, lets it off if it goes beyond.
///
/// The kernel binds such a socket to every address. While it is kept to the device `lo` nothing from
/// elsewhere comes in. An unprivileged process may do that, but not undo it (socket(7)).
pub(super) fn keep_near(slot: &Slot, to: &SockAddr) -> Result<(), Failure> {
    let (Kind::Datagram, Net::Host, Some(to)) = (slot.kind, slot.net, to.as_socket()) else {
        return Ok(());
    };
    let far = policy::is_far(slot.net, to);
    let bound = || slot.local().ok().flatten().is_some();
    if far == slot.kept_near.get() && (far || !bound()) {
        system::keep_near(&slot.socket, !far).map_err(|error| kept(&error))?;
        slot.kept_near.set(!far);
    }
    Ok(())
}

fn kept(error: &io::Error) -> Failure {
    Failure::new(
        ErrorKind::Denied,
        format!(
            "This socket sent to loopback first, so it is kept there (SO_BINDTODEVICE), and the kernel \
             lets only root undo that ({}): make another.",
            crate::errno::name_of(error)
        ),
    )
}
