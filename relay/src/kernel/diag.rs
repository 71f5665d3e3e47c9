//! Sockets asked for by name instead of by descriptor ([`sock_diag(7)`]): closed ones whose
//! connection lives on, other programs', and handshakes that no `accept` has seen.
//!
//! No privilege is needed. What is seen is the network namespace the netlink socket was made in.
//!
//! [`sock_diag(7)`]: https://man7.org/linux/man-pages/man7/sock_diag.7.html

use std::io;
use std::net::SocketAddr;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::time::Duration;

use rustix::io::Errno;
use rustix::net::netlink::{self, SocketAddrNetlink};
use rustix::net::{AddressFamily, RecvFlags, SendFlags, SocketFlags, SocketType, sockopt};

use super::state::States;

mod entry;
mod message;

pub use entry::{Entry, Owner, Timer, TimerKind};
use message::{Message, Request};

/// The most sockets one [`Dump`] keeps.
pub const MAX_ENTRIES: usize = 65_536;

/// Larger than any message the kernel makes of a dump (32 KiB).
const ROOM: usize = 65_536;

/// The kernel answers within the call that asks, so a reply that is not there was lost.
const PATIENCE: Duration = Duration::from_secs(2);

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
    socket: OwnedFd,
    sequence: u32,
    room: Vec<u8>,
}

impl Diag {
    /// Opens one in the caller's network namespace. `EPROTONOSUPPORT` if the kernel has none.
    pub fn open() -> io::Result<Self> {
        let socket = rustix::net::socket_with(
            AddressFamily::NETLINK,
            SocketType::DGRAM,
            SocketFlags::CLOEXEC,
            Some(netlink::SOCK_DIAG),
        )?;
        Self::with(socket)
    }

    /// Takes one that was opened elsewhere, to see that network namespace.
    pub fn with(socket: OwnedFd) -> io::Result<Self> {
        sockopt::set_socket_timeout(&socket, sockopt::Timeout::Recv, Some(PATIENCE))?;
        Ok(Self { socket, sequence: 0, room: vec![0; ROOM] })
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
        if !matches!(Errno::from_io_error(&missed), Some(Errno::NOENT | Errno::STALE)) {
            return Err(missed);
        }
        if protocol == Protocol::Tcp && peer.is_some() {
            return Ok(None);
        }
        let family = Family::of(local);
        let port = Filter { protocol, family, states: States::ALL, local_port: Some(local.port()) };
        Ok(self.dump(port)?.entries.into_iter().find(|entry| entry.cookie == cookie))
    }

    /// All sockets that pass the filter, up to [`MAX_ENTRIES`].
    pub fn dump(&mut self, filter: Filter) -> io::Result<Dump> {
        let sequence = self.ask(&Request::dump(filter))?;
        let mut dump = Dump { entries: Vec::new(), left_out: 0 };
        loop {
            let told = receive(self.socket.as_fd(), &mut self.room)?;
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
            let told = receive(self.socket.as_fd(), &mut self.room)?;
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
        let kernel = SocketAddrNetlink::new(0, 0);
        rustix::io::retry_on_intr(|| {
            rustix::net::sendto(&self.socket, &bytes, SendFlags::empty(), &kernel)
        })?;
        Ok(self.sequence)
    }
}

/// The next datagram from the kernel; those of other processes are passed over.
fn receive<'a>(socket: BorrowedFd<'_>, room: &'a mut [u8]) -> io::Result<&'a [u8]> {
    let length = loop {
        let answer = rustix::io::retry_on_intr(|| {
            rustix::net::recvfrom(socket, &mut *room, RecvFlags::TRUNC)
        });
        let (_, length, from) = match answer {
            Err(Errno::AGAIN) => return Err(io::ErrorKind::TimedOut.into()),
            other => other?,
        };
        let from = from.and_then(|any| SocketAddrNetlink::try_from(any).ok());
        if from.is_some_and(|from| from.pid() == 0) {
            break length;
        }
    };
    room.get(..length)
        .ok_or_else(|| io::Error::new(io::ErrorKind::InvalidData, "a sock_diag message was cut"))
}
