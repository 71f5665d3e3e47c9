//! The wire itself: two real namespaces, real packets between them, and a helper that goes when it
//! should. `traffic` and `life` hold on every rung; `place` runs them again where the machine offers
//! less, and `figure` says what it costs.
#![cfg(target_os = "linux")]

#[path = "../support/mod.rs"]
mod support;

mod figure;
mod forwarder;
mod life;
mod noise;
mod place;
mod setting;
mod traffic;

use relay::wire::{self, End, WireParts};
use socket2::{Domain, Socket, Type};
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;
use std::process::{Child, Command};
use std::sync::{PoisonError, RwLock};
use std::time::{Duration, Instant};
use support::need;

/// How long a test waits for anything.
const PATIENCE: Duration = Duration::from_secs(20);

/// Held to start a process, which until its exec has a copy of every socket here; shared by a test that
/// needs a socket to be closed when it closes it.
static SPAWNING: RwLock<()> = RwLock::new(());

/// Starts a process.
fn spawn(command: &mut Command) -> Child {
    let _alone = SPAWNING.write().unwrap_or_else(PoisonError::into_inner);
    command.spawn().expect("started")
}

/// The relay under test; `place` runs a copy of it.
fn program() -> PathBuf {
    std::env::var_os("PATCHBAY_WIRE_RELAY")
        .map_or_else(|| env!("CARGO_BIN_EXE_relay").into(), PathBuf::from)
}

/// A wire on this machine's best rung, or None after a loud skip. `PATCHBAY_WIRE_RUNG` says which rung
/// it must be.
fn wire() -> Option<WireParts> {
    let opened = {
        let _alone = SPAWNING.write().unwrap_or_else(PoisonError::into_inner);
        wire::open_with(&program())
    };
    match opened {
        Ok(parts) => {
            if let Ok(wanted) = std::env::var("PATCHBAY_WIRE_RUNG") {
                let rung = &parts.rung;
                assert_eq!(format!("{:?} {:?}", rung.name, rung.privilege), wanted, "{rung:?}");
            }
            Some(parts)
        }
        Err(rung) => {
            need::skip("wire", &format!("{rung:?}"));
            None
        }
    }
}

/// A socket of this kind in an end.
fn socket(parts: &WireParts, end: End, domain: Domain, kind: Type) -> Socket {
    parts.namespaces.socket(end, domain.into(), kind.into(), 0).expect("a socket").into()
}

/// An end's address of this family.
fn address(end: End, domain: Domain) -> IpAddr {
    if domain == Domain::IPV4 { end.ipv4().into() } else { end.ipv6().into() }
}

/// A socket bound to the end's address and a port of the kernel's choice.
fn bound(parts: &WireParts, end: End, domain: Domain, kind: Type) -> (Socket, SocketAddr) {
    let socket = socket(parts, end, domain, kind);
    socket.bind(&SocketAddr::new(address(end, domain), 0).into()).expect("bound");
    socket.set_read_timeout(Some(PATIENCE)).expect("a timeout");
    let address = socket.local_addr().expect("an address").as_socket().expect("of IP");
    (socket, address)
}

/// A call with a timeout, again if a signal ended it (signal(7): stopping and continuing does).
fn again_if_interrupted<T>(mut call: impl FnMut() -> io::Result<T>) -> T {
    loop {
        match call() {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            done => break done.expect("done"),
        }
    }
}

/// Asks until the answer is Some, and panics after [`PATIENCE`].
fn wait_until<T>(what: &str, mut condition: impl FnMut() -> Option<T>) -> T {
    let deadline = Instant::now() + PATIENCE;
    loop {
        if let Some(answer) = condition() {
            return answer;
        }
        assert!(Instant::now() < deadline, "waited in vain until {what}");
        std::thread::yield_now();
    }
}
