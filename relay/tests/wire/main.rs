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
use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;
use std::time::{Duration, Instant};
use support::need;

/// How long a test waits for anything.
const PATIENCE: Duration = Duration::from_secs(20);

/// The relay under test; `place` runs a copy of it.
fn program() -> PathBuf {
    std::env::var_os("PATCHBAY_WIRE_RELAY")
        .map_or_else(|| env!("CARGO_BIN_EXE_relay").into(), PathBuf::from)
}

/// A wire on this machine's best rung, or None after a loud skip. `PATCHBAY_WIRE_RUNG` says which rung
/// it must be.
fn wire() -> Option<WireParts> {
    match wire::open_with(&program()) {
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

/// The same, bound to the end's address and a port of the kernel's choice.
fn bound(parts: &WireParts, end: End, domain: Domain, kind: Type) -> (Socket, SocketAddr) {
    let host = if domain == Domain::IPV4 { IpAddr::V4(end.ipv4()) } else { IpAddr::V6(end.ipv6()) };
    let socket = socket(parts, end, domain, kind);
    socket.bind(&SocketAddr::new(host, 0).into()).expect("bound");
    socket.set_read_timeout(Some(PATIENCE)).expect("a timeout");
    let address = socket.local_addr().expect("an address").as_socket().expect("of IP");
    (socket, address)
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
