//! Owns what the lab stands on besides this machine's own network: the wire, where there is one. Asks
//! it, watches its helper, and makes it anew.

use super::Asker;
use super::desk::Desk;
use crate::wire::{Lasting, Namespaces, Wire, WireParts};
use protocol::command::{Family, Kind, Net};
use protocol::message::Rung;
use protocol::wire::{MTU, WireOrder};
use protocol::{Command, Done, End, ErrorKind, Failure, Source, What};
use socket2::{Domain, Socket, Type};
use std::cell::{Cell, RefCell};
use std::io;
use std::rc::Rc;
use std::sync::{Arc, Mutex, PoisonError};

/// Makes a wire, or says why there is none.
pub type Maker = Arc<dyn Fn() -> Result<WireParts, Rung> + Send + Sync>;

/// The helper of the wire in use, for those outside the lab who join a net.
pub(super) type Shared = Arc<Mutex<Option<Arc<Namespaces>>>>;

/// The wire, and how to make another.
pub(super) struct Ground {
    pub(super) wire: RefCell<Option<Wire>>,
    maker: Option<Maker>,
    shared: Shared,
    /// Whether the journal knows that the helper is gone.
    down: Cell<bool>,
    /// What each end's interface was last given.
    mtu: Cell<[u32; 2]>,
    seed: Cell<u32>,
    lasting: Lasting,
}

impl Ground {
    pub(super) fn new(maker: Option<Maker>, shared: Shared, seed: u32, lasting: Lasting) -> Self {
        Self {
            wire: RefCell::default(),
            maker,
            shared,
            down: Cell::new(false),
            mtu: Cell::new([MTU; 2]),
            seed: Cell::new(seed),
            lasting,
        }
    }
}

fn no_wire(why: &str) -> Failure {
    Failure::new(ErrorKind::NoWire, why)
}

const NONE: &str = "This machine offers no wire; make the socket in net host.";
const GONE: &str = "The wire's helper is gone, so no socket can be made on it; restart the wire.";

impl Desk {
    /// Sets parts to work.
    pub(super) fn lay(self: &Rc<Self>, parts: WireParts) -> io::Result<()> {
        let wire =
            Wire::start(parts, &self.journal, self.ground.seed.get(), self.ground.lasting.clone())?;
        let shared = Some(Arc::clone(&wire.namespaces));
        *self.ground.shared.lock().unwrap_or_else(PoisonError::into_inner) = shared;
        self.ground.down.set(false);
        self.ground.mtu.set([MTU; 2]);
        for socket in self.outside.borrow_mut().forget_all() {
            self.journal.append(Source::Kernel, What::Gone { socket });
        }
        super::watch::watch_arrivals(self, wire.forwarder.arrivals());
        *self.ground.wire.borrow_mut() = Some(wire);
        Ok(())
    }

    /// Why no socket can be made in a net.
    pub(super) fn refuse_net(&self, net: Net) -> Option<Failure> {
        if net == Net::Host {
            return None;
        }
        match &*self.ground.wire.borrow() {
            None => Some(no_wire(NONE)),
            Some(wire) if !wire.namespaces.alive() => Some(no_wire(GONE)),
            Some(wire) => wire.forwarder.failed().map(no_wire),
        }
    }

    /// socket(2) in an end of the wire.
    pub(super) fn make_on_wire(&self, end: End, family: Family, kind: Kind) -> io::Result<Socket> {
        let domain = match family {
            Family::Ipv4 => Domain::IPV4,
            Family::Ipv6 => Domain::IPV6,
            // Refused before; the helper would not make one either.
            Family::Unix => return Err(io::ErrorKind::Unsupported.into()),
        };
        let kind = match kind {
            Kind::Stream => Type::STREAM,
            Kind::Datagram => Type::DGRAM,
        };
        let wire = self.ground.wire.borrow();
        let wire = wire.as_ref().ok_or(io::ErrorKind::BrokenPipe)?;
        Ok(Socket::from(wire.namespaces.socket(end, domain.into(), kind.into(), 0)?))
    }

    /// Does what is asked of the wire, and answers when it is done.
    pub(super) fn take_for_wire(self: &Rc<Self>, asker: Asker, command: Command) {
        if let Command::Wire(WireOrder::Restart) = command {
            let result = self.restart();
            return asker.answer(self.journal.seq(), result);
        }
        let asked = match self.checked(&command) {
            Ok(()) => {
                let wire = self.ground.wire.borrow();
                wire.as_ref().map(|wire| wire.forwarder.ask(asker.by, command))
            }
            Err(failure) => return asker.answer(self.journal.seq(), Err(failure)),
        };
        let Some(asked) = asked else {
            return asker.answer(
                self.journal.seq(),
                Err(no_wire("This machine offers no wire, so there is nothing to impair or hold.")),
            );
        };
        tokio::task::spawn_local(async move {
            let (seq, result) = asked.await;
            asker.answer(seq, result);
        });
    }

    /// What the forwarder cannot do itself: the MTU is the sending interface's.
    fn checked(&self, command: &Command) -> Result<(), Failure> {
        let Command::Impair { from, set, .. } = command else { return Ok(()) };
        set.check()?;
        let wire = self.ground.wire.borrow();
        let Some(wire) = &*wire else { return Ok(()) };
        for end in End::BOTH.into_iter().filter(|end| from.is_none_or(|from| from == *end)) {
            let (mut now, wanted) = (self.ground.mtu.get(), set.mtu.unwrap_or(MTU));
            if now[end.index()] != wanted {
                let failed = |error: io::Error| match error.kind() {
                    io::ErrorKind::BrokenPipe => no_wire(GONE),
                    _ => Failure::errno(
                        crate::errno::name_of(&error),
                        format!("The MTU of {} cannot be set to {wanted}.", end.name()),
                    ),
                };
                wire.namespaces.mtu(end, wanted).map_err(failed)?;
                now[end.index()] = wanted;
                self.ground.mtu.set(now);
            }
        }
        Ok(())
    }

    /// The wire as it began; its packets have left when this is done.
    pub(super) async fn clear_wire(&self, by: Option<protocol::SessionId>) {
        // It fails on a wire that has ended only; that has nothing to clear.
        let set = protocol::wire::Impairment::default();
        let _ = self.checked(&Command::Impair { from: None, set, seed: None });
        let cleared =
            self.ground.wire.borrow().as_ref().map(|wire| wire.forwarder.ask(by, Command::Reset));
        if let Some(cleared) = cleared {
            let _ = cleared.await;
        }
    }

    fn restart(self: &Rc<Self>) -> Result<Done, Failure> {
        let maker = self.ground.maker.as_ref().ok_or_else(|| no_wire(NONE))?;
        let parts = maker().map_err(|rung| {
            let why = rung.refused.last().map_or_else(String::new, |no| {
                format!(" {} ({}); {}.", no.step, no.errno, no.remedy)
            });
            no_wire(&format!("The wire cannot be made.{why}"))
        })?;
        self.lay(parts).map_err(|error| {
            Failure::errno(crate::errno::name_of(&error), "The wire's thread cannot be started.")
        })?;
        Ok(Done::nothing())
    }

    /// Tells what an end's kernel has counted.
    pub(super) fn count(&self, wire: &mut Wire, net: End) {
        let set = wire.count(net, self.journal.now());
        if !set.is_empty() {
            self.journal.append(Source::Kernel, What::Counted { net, set });
        }
    }

    /// What the wire's kernels count, and whether its helper and devices still live; a few times a
    /// second.
    pub(super) fn look_at_wire(&self) {
        let mut wire = self.ground.wire.borrow_mut();
        let Some(wire) = &mut *wire else { return };
        for net in End::BOTH {
            self.count(wire, net);
        }
        let why = match wire.forwarder.failed() {
            _ if self.ground.down.get() => None,
            _ if !wire.namespaces.alive() => Some(
                "The helper that keeps the wire's namespaces has ended. What is connected goes on; \
                 new sockets need a new wire.",
            ),
            failed => failed,
        };
        if let Some(why) = why.map(str::to_owned) {
            self.ground.down.set(true);
            self.journal.append(Source::Relay, What::WireDown { why });
        }
    }
}
