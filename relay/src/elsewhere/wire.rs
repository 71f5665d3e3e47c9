//! Stands in the place of `wire` on other systems than Linux, whose kernels have no network
//! namespaces: there is only loopback, and the page is told so. A wire's types are here because the lab
//! names them; no value of them ever is.

use crate::journal::Journal;
use crate::kernel::diag::Diag;
use crate::lab::Outcome;
use crate::rung;
use crate::tap::Tap;
pub use protocol::End;
use protocol::event::Counter;
use protocol::message::{Refused, Rung, RungName};
use protocol::{Command, Nanos, SessionId};
use rustix::fd::OwnedFd;
use std::convert::Infallible;
use std::future::Pending;
use std::io;
use std::sync::Arc;
use tokio::sync::Notify;

/// Nobody is made into a helper.
pub mod helper {
    use std::ffi::OsString;
    use std::process::ExitCode;

    /// This process is never the helper.
    pub fn run(_: impl Iterator<Item = OsString>) -> Option<ExitCode> {
        None
    }
}

/// What a wire would be made of.
#[derive(Debug)]
pub struct WireParts {
    /// The rung.
    pub rung: Rung,
    /// What was wished but refused.
    pub unset: Vec<String>,
    never: Infallible,
}

/// Who would make its sockets.
#[derive(Debug)]
pub struct Namespaces(Infallible);

/// Who would move its packets.
#[derive(Debug)]
pub struct Forwarder(Infallible);

/// What would outlive a wire.
#[derive(Clone, Debug, Default)]
pub struct Lasting {
    /// Where a recording takes packets' bytes from: none ever come.
    pub tap: Tap,
}

/// The wire that would be at work.
pub struct Wire {
    /// Who makes its sockets.
    pub namespaces: Arc<Namespaces>,
    /// Who moves its packets.
    pub forwarder: Forwarder,
    /// Who is asked about its sockets.
    pub diag: [Option<Diag>; 2],
}

/// The loopback rung, and why it is no better one.
pub fn open() -> Result<WireParts, Rung> {
    Err(rung::loopback([RungName::Tun, RungName::Veth].map(refused).into()))
}

/// The same, with that rung's refusal only.
pub fn open_on(rung: RungName) -> Result<WireParts, Rung> {
    let no = [RungName::Tun, RungName::Veth].into_iter().filter(|name| *name == rung);
    Err(rung::loopback(no.map(refused).collect()))
}

fn refused(rung: RungName) -> Refused {
    Refused {
        rung,
        step: "network namespaces".into(),
        errno: "ENOSYS".into(),
        remedy: "only Linux has them: run the relay there, in a virtual machine for instance"
            .into(),
    }
}

impl Wire {
    /// Never called.
    #[expect(clippy::needless_pass_by_value, reason = "the wire keeps its parts")]
    pub fn start(parts: WireParts, _: &Journal, _: u32, _: Lasting) -> io::Result<Self> {
        match parts.never {}
    }

    /// Never called.
    pub fn count(&mut self, _: End, _: Nanos) -> Vec<Counter> {
        match self.forwarder.0 {}
    }

    /// Never called.
    pub fn counted_at(&self, _: End) -> Nanos {
        match self.forwarder.0 {}
    }
}

impl Namespaces {
    /// Never called.
    pub fn alive(&self) -> bool {
        match self.0 {}
    }

    /// Never called.
    pub fn socket(&self, _: End, _: i32, _: i32, _: i32) -> io::Result<OwnedFd> {
        match self.0 {}
    }

    /// Never called.
    pub fn mtu(&self, _: End, _: u32) -> io::Result<()> {
        match self.0 {}
    }
}

impl Forwarder {
    /// Never called.
    pub fn ask(&self, _: Option<SessionId>, _: Command) -> Pending<Outcome> {
        match self.0 {}
    }

    /// Never called.
    pub fn rests(&self) -> bool {
        match self.0 {}
    }

    /// Never called.
    pub fn failed(&self) -> Option<&str> {
        match self.0 {}
    }

    /// Never called.
    pub fn arrivals(&self) -> Arc<Notify> {
        match self.0 {}
    }
}
