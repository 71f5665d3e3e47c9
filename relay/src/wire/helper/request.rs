//! Owns the loop that answers requests, and the making of sockets. Nothing can be asked for that
//! [`Request`] does not list.

use super::space::Space;
use super::{link, sysctl};
use crate::wire::ask::frame::{self, Got};
use crate::wire::ask::{Answered, Asked, Family, Kind, Request, code};
use rustix::net::{AddressFamily, SocketFlags, SocketType, socket_with};
use std::io;
use std::os::fd::{AsFd as _, BorrowedFd, OwnedFd};

/// Answers until the other end is gone.
pub(super) fn answer_all(control: BorrowedFd<'_>, space: &Space) -> io::Result<()> {
    loop {
        let (number, done) = match frame::receive::<Asked>(control)? {
            Got::Message(Asked { number, request }, _) => (number, answer(space, request)),
            // The relay never sends such a thing; 0 is the number of no question of its.
            Got::Garbage => (0, Err(io::Error::from_raw_os_error(libc::EBADMSG))),
            Got::End => return Ok(()),
        };
        let (result, socket) = match done {
            Ok(socket) => (Ok(()), socket),
            Err(error) => (Err(code(&error)), None),
        };
        let answer = Answered { number, result };
        match socket {
            None => frame::send(control, &answer, &[])?,
            Some(socket) => {
                frame::send(control, &answer, &[socket.as_fd()])?;
                drop(socket);
                frame::closed(control)?;
            }
        }
    }
}

fn answer(space: &Space, request: Request) -> io::Result<Option<OwnedFd>> {
    match request {
        Request::Socket { end, family, kind, nonblocking } => {
            space.enter(end)?;
            socket(family, kind, nonblocking).map(Some)
        }
        Request::Sysctl { end, key, values } => {
            space.enter(end)?;
            sysctl::set(key, &values[..key.count()]).map(|()| None)
        }
        Request::Mtu { end, bytes } => {
            space.enter(end)?;
            link::set_mtu(end, bytes).map(|()| None)
        }
    }
}

fn socket(family: Family, kind: Kind, nonblocking: bool) -> io::Result<OwnedFd> {
    let family = match family {
        Family::Ipv4 => AddressFamily::INET,
        Family::Ipv6 => AddressFamily::INET6,
    };
    let kind = match kind {
        Kind::Stream => SocketType::STREAM,
        Kind::Datagram => SocketType::DGRAM,
    };
    let mut flags = SocketFlags::CLOEXEC;
    flags.set(SocketFlags::NONBLOCK, nonblocking);
    Ok(socket_with(family, kind, flags, None)?)
}
