//! Owns the socket calls that are not the same on every system. `work` and `desk` make all others.

#[cfg_attr(windows, path = "system/windows.rs")]
mod receive;

use protocol::Address;
use protocol::command::{Family, Kind};
pub(super) use receive::receive;
use socket2::{Domain, SockAddr, Socket, Type};
use std::io;
#[cfg(not(target_os = "linux"))]
use std::net::SocketAddr;

/// What a connect(2) that does not wait is answered with.
#[cfg(unix)]
pub(super) const CONNECTING: i32 = libc::EINPROGRESS;
#[cfg(windows)]
pub(super) const CONNECTING: i32 = windows_sys::Win32::Networking::WinSock::WSAEWOULDBLOCK;

/// What one receive gave.
pub(super) struct Got {
    pub(super) bytes: usize,
    pub(super) truncated: bool,
    pub(super) from: Option<Address>,
}

/// socket(2) in this machine's own network.
pub(super) fn make(family: Family, kind: Kind) -> io::Result<Socket> {
    let domain = match family {
        Family::Ipv4 => Domain::IPV4,
        Family::Ipv6 => Domain::IPV6,
        Family::Unix => Domain::UNIX,
    };
    let ty = match kind {
        Kind::Stream => Type::STREAM,
        Kind::Datagram => Type::DGRAM,
    };
    Socket::new(domain, ty, None)
}

/// Keeps a socket to loopback's device, or lets it off (SO_BINDTODEVICE; the latter takes
/// `CAP_NET_RAW`).
#[cfg(target_os = "linux")]
pub(super) fn keep_near(socket: &Socket, near: bool) -> io::Result<()> {
    socket.bind_device(near.then_some(b"lo"))
}

/// No interface keeps a socket on loopback here: [`send_to`] binds it first.
#[cfg(not(target_os = "linux"))]
#[expect(clippy::unnecessary_wraps, reason = "one signature on all systems")]
pub(super) fn keep_near(_socket: &Socket, _near: bool) -> io::Result<()> {
    Ok(())
}

/// send(2); a peer that is gone is an answer, not a signal.
#[cfg(unix)]
pub(super) fn send(socket: &Socket, bytes: &[u8]) -> io::Result<usize> {
    socket.send_with_flags(bytes, libc::MSG_NOSIGNAL)
}

/// send(2).
#[cfg(windows)]
pub(super) fn send(socket: &Socket, bytes: &[u8]) -> io::Result<usize> {
    socket.send(bytes)
}

/// sendto(2).
#[cfg(target_os = "linux")]
pub(super) fn send_to(socket: &Socket, bytes: &[u8], to: &SockAddr) -> io::Result<usize> {
    socket.send_to(bytes, to)
}

/// sendto(2). An unbound socket would be bound to every address by it, and no interface keeps it on
/// loopback as Linux's does: it is bound to loopback first, unless it goes beyond.
#[cfg(not(target_os = "linux"))]
pub(super) fn send_to(socket: &Socket, bytes: &[u8], to: &SockAddr) -> io::Result<usize> {
    if to.as_socket().is_none_or(|to| !to.ip().to_canonical().is_loopback()) {
        return socket.send_to(bytes, to);
    }
    // Windows has no name for an unbound socket; others say port 0.
    let local = socket.local_addr().ok().and_then(|local| local.as_socket());
    if local.is_none_or(|local| local.port() == 0) {
        let loopback = match to.as_socket() {
            Some(SocketAddr::V6(v6)) => match v6.ip().to_ipv4_mapped() {
                Some(_) => (std::net::Ipv4Addr::LOCALHOST.to_ipv6_mapped(), 0).into(),
                None => (std::net::Ipv6Addr::LOCALHOST, 0).into(),
            },
            _ => SocketAddr::from((std::net::Ipv4Addr::LOCALHOST, 0)),
        };
        socket.bind(&loopback.into())?;
    }
    socket.send_to(bytes, to)
}
