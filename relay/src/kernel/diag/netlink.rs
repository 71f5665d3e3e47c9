//! The way to the kernel and back (netlink(7)): bytes, not what they mean.

use std::io;
use std::time::Duration;

use rustix::fd::OwnedFd;
use rustix::io::Errno;
use rustix::net::netlink::{self, SocketAddrNetlink};
use rustix::net::{AddressFamily, RecvFlags, SendFlags, SocketFlags, SocketType, sockopt};

/// The kernel answers within the call that asks, so a reply that is not there was lost.
const PATIENCE: Duration = Duration::from_secs(2);

/// Whether an answer says that there is no such socket, or (`ESTALE`) another with those addresses.
pub(super) fn is_miss(error: &io::Error) -> bool {
    matches!(Errno::from_io_error(error), Some(Errno::NOENT | Errno::STALE))
}

/// A `NETLINK_SOCK_DIAG` socket.
#[derive(Debug)]
pub(super) struct Netlink(OwnedFd);

impl Netlink {
    pub(super) fn open() -> io::Result<Self> {
        let socket = rustix::net::socket_with(
            AddressFamily::NETLINK,
            SocketType::DGRAM,
            SocketFlags::CLOEXEC,
            Some(netlink::SOCK_DIAG),
        )?;
        Self::with(socket)
    }

    pub(super) fn with(socket: OwnedFd) -> io::Result<Self> {
        sockopt::set_socket_timeout(&socket, sockopt::Timeout::Recv, Some(PATIENCE))?;
        Ok(Self(socket))
    }

    pub(super) fn send(&self, bytes: &[u8]) -> io::Result<()> {
        let kernel = SocketAddrNetlink::new(0, 0);
        rustix::io::retry_on_intr(|| {
            rustix::net::sendto(&self.0, bytes, SendFlags::empty(), &kernel)
        })?;
        Ok(())
    }

    /// The next datagram from the kernel; those of other processes are passed over.
    pub(super) fn receive<'a>(&self, room: &'a mut [u8]) -> io::Result<&'a [u8]> {
        let length = loop {
            let answer = rustix::io::retry_on_intr(|| {
                rustix::net::recvfrom(&self.0, &mut *room, RecvFlags::TRUNC)
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
        room.get(..length).ok_or_else(|| {
            io::Error::new(io::ErrorKind::InvalidData, "a sock_diag message was cut")
        })
    }
}
