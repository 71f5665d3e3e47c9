//! Sockets asked for by name instead of by descriptor ([`sock_diag(7)`]): closed ones whose
//! connection lives on, other programs', and handshakes that no `accept` has seen.
//!
//! No privilege is needed. What is seen is the network namespace the netlink socket was made in.
//!
//! [`sock_diag(7)`]: https://man7.org/linux/man-pages/man7/sock_diag.7.html

use std::io;
use std::net::SocketAddr;

use rustix::fd::OwnedFd;

use super::state::States;

mod entry;
mod linux;
mod message;
#[cfg(target_os = "linux")]
mod netlink;
#[cfg(not(target_os = "linux"))]
#[path = "diag/absent.rs"]
mod netlink;
mod unix;

pub use entry::{Entry, Owner, Timer, TimerKind};
use message::{Message, Request};
use netlink::Netlink;
pub use unix::UnixEntry;

/// The most sockets one [`Dump`] keeps.
pub const MAX_ENTRIES: usize = 65_536;

/// Larger than any message the kernel makes of a dump (32 KiB).
const ROOM: usize = 65_536;

/// The protocols that can be asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Protocol {
    /// TCP over either family.
    Tcp,
    /// UDP over either family.
    Udp,
}

/// The address families that can be asked for. A socket of the second that speaks IPv4 has
/// addresses like `::ffff:127.0.0.1`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Family {
    /// `AF_INET` sockets.
    V4,
    /// `AF_INET6` sockets.
    V6,
}

impl Family {
    /// The family of a socket bound to this address.
    pub fn of(address: SocketAddr) -> Self {
        if address.is_ipv4() { Self::V4 } else { Self::V6 }
    }
}

/// Which sockets a dump lists.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Filter {
    /// Of this protocol,
    pub protocol: Protocol,
    /// of this family,
    pub family: Family,
    /// in one of these states,
    pub states: States,
    /// and with this local port, if one is given.
    pub local_port: Option<u16>,
}

/// What a dump listed. The kernel walks its tables while sockets come and go, so a dump is no
/// picture of one moment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Dump {
    /// The first [`MAX_ENTRIES`].
    pub entries: Vec<Entry>,
    /// How many came after those.
    pub left_out: usize,
}

/// A `NETLINK_SOCK_DIAG` socket. One question at a time, hence `&mut`.
#[derive(Debug)]
pub struct Diag {
    socket: Netlink,
    sequence: u32,
    room: Vec<u8>,
}

impl Diag {
    /// Opens one in the caller's network namespace. `EPROTONOSUPPORT` if the kernel has none,
    /// `Unsupported` on another system than Linux.
    pub fn open() -> io::Result<Self> {
        Ok(Self::over(Netlink::open()?))
    }

    /// Takes one that was opened elsewhere, to see that network namespace.
    pub fn with(socket: OwnedFd) -> io::Result<Self> {
        Ok(Self::over(Netlink::with(socket)?))
    }

    fn over(socket: Netlink) -> Self {
        Self { socket, sequence: 0, room: vec![0; ROOM] }
    }

    /// One socket by its addresses and [`cookie`](super::cookie). None if it is gone, or if it
    /// is in no table: a TCP socket before `listen` or `connect`, a UDP socket before `bind`.
    ///
    /// A listener or an unconnected UDP socket has no `peer`. Where several sockets share a port
    /// (`SO_REUSEPORT`) the kernel's look-up may find another one, and for UDP it finds only
    /// what a datagram from `peer` would; then a dump of that port decides.
    pub fn exact(
        &mut self,
        protocol: Protocol,
        local: SocketAddr,
        peer: Option<SocketAddr>,
        cookie: u64,
    ) -> io::Result<Option<Entry>> {
        let missed = match self.look_up(&Request::exact(protocol, local, peer, cookie)) {
            Ok(entry) => return Ok(Some(entry)),
            Err(error) => error,
        };
        // ENOENT: nothing there, or (TCP) something with another cookie, which ESTALE says too.
        if !netlink::is_miss(&missed) {
            return Err(missed);
        }
        if protocol == Protocol::Tcp && peer.is_some() {
            return Ok(None);
        }
        let family = Family::of(local);
        let port = Filter { protocol, family, states: States::ALL, local_port: Some(local.port()) };
        Ok(self.dump(port)?.entries.into_iter().find(|entry| entry.cookie == cookie))
    }

    /// One Unix socket by its [`inode`](super::inode()) and cookie; None if it is gone. `ENOENT`-like
    /// errors of a kernel without `unix_diag` are told as they are.
    pub fn unix(&mut self, inode: u32, cookie: u64) -> io::Result<Option<UnixEntry>> {
        self.sequence = self.sequence.wrapping_add(1);
        let sequence = self.sequence;
        self.socket.send(&unix::question(inode, cookie, sequence))?;
        loop {
            let told = self.socket.receive(&mut self.room)?;
            for message in message::split(told).filter(|message| message.sequence == sequence) {
                match message.found() {
                    Ok(Some(body)) => return Ok(UnixEntry::parse(body)),
                    Ok(None) => {}
                    Err(error) if netlink::is_miss(&error) => return Ok(None),
                    Err(error) => return Err(error),
                }
            }
        }
    }

    /// All sockets that pass the filter, up to [`MAX_ENTRIES`].
    pub fn dump(&mut self, filter: Filter) -> io::Result<Dump> {
        let sequence = self.ask(&Request::dump(filter))?;
        let mut dump = Dump { entries: Vec::new(), left_out: 0 };
        loop {
            let told = self.socket.receive(&mut self.room)?;
            for message in message::split(told).filter(|message| message.sequence == sequence) {
                match message.content()? {
                    Message::Entry(_) if dump.entries.len() >= MAX_ENTRIES => dump.left_out += 1,
                    Message::Entry(entry) => dump.entries.push(entry),
                    Message::Done => return Ok(dump),
                    Message::Other => {}
                }
            }
        }
    }

    fn look_up(&mut self, request: &Request) -> io::Result<Entry> {
        let sequence = self.ask(request)?;
        loop {
            let told = self.socket.receive(&mut self.room)?;
            for message in message::split(told).filter(|message| message.sequence == sequence) {
                if let Message::Entry(entry) = message.content()? {
                    return Ok(entry);
                }
            }
        }
    }

    /// Sends a question and gives the number its answers will carry. Answers to older questions,
    /// left behind by an error, are passed over by that number.
    fn ask(&mut self, request: &Request) -> io::Result<u32> {
        self.sequence = self.sequence.wrapping_add(1);
        let bytes = request.encode(self.sequence);
        self.socket.send(&bytes)?;
        Ok(self.sequence)
    }
}
