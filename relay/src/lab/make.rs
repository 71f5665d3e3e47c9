//! Owns the making of sockets: whether there may be another, in which net, and its lanes.

use super::desk::Desk;
use super::slot::Slot;
use super::system;
use crate::kernel;
use protocol::command::{Family, Kind, Net};
use protocol::number::Wide;
use protocol::reply::Made;
use protocol::{Done, ErrorKind, Failure, SocketId, limit};
use rustix::fd::AsFd;
use socket2::Socket;
use std::io;
use std::rc::Rc;
use std::sync::Arc;

impl Desk {
    pub(super) fn refuse_socket(
        &self,
        net: Net,
        family: Family,
        name: Option<&str>,
    ) -> Option<Failure> {
        let refused = self.refuse_unix(net, family).or_else(|| self.refuse_net(net));
        if refused.is_some() {
            return refused;
        }
        if name.is_some_and(|name| name.len() > limit::NAME) {
            return Some(Failure::new(
                ErrorKind::BadRequest,
                format!("A name is at most {} bytes long.", limit::NAME),
            ));
        }
        self.refuse_another()
    }

    fn refuse_unix(&self, net: Net, family: Family) -> Option<Failure> {
        let why = match (family, net) {
            (Family::Unix, Net::Left | Net::Right) => {
                "A Unix socket never leaves its machine, so the wire has none: make it in net host."
            }
            (Family::Unix, Net::Host) if self.names.is_none() => {
                "There are no Unix sockets here: this relay has no folder for their names."
            }
            _ => return None,
        };
        Some(Failure::new(ErrorKind::Unsupported, why))
    }

    /// Why there may be no socket more.
    pub(super) fn refuse_another(&self) -> Option<Failure> {
        let most = self.limits.sockets;
        let full = self.slots.borrow().len() >= most as usize;
        full.then(|| {
            Failure::new(
                ErrorKind::Limit,
                format!("The lab holds {most} sockets already; close one first."),
            )
        })
    }

    pub(super) fn make(&self, net: Net, family: Family, kind: Kind) -> io::Result<Done> {
        let socket = match net.end() {
            Some(end) => self.make_on_wire(end, family, kind)?,
            None => system::make(family, kind)?,
        };
        let inet = net == Net::Host && family != Family::Unix;
        // With nothing allowed beyond, it is kept to loopback from the beginning.
        let near = inet && kind == Kind::Datagram && !self.policy.goes_far();
        if near {
            system::keep_near(&socket, true)?;
        }
        let (id, cookie) = self.adopt(socket, net, family, kind)?;
        if let Some(slot) = self.slots.borrow().get(&id) {
            slot.kept_near.set(near);
        }
        Ok(Done::Made(Made { socket: id, cookie: Wide(cookie) }))
    }

    /// Gives a new descriptor its id and its lanes.
    pub(super) fn adopt(
        &self,
        socket: Socket,
        net: Net,
        family: Family,
        kind: Kind,
    ) -> io::Result<(SocketId, u64)> {
        socket.set_nonblocking(true)?;
        let cookie = kernel::cookie(socket.as_fd())?;
        let id = self.new_socket_id();
        let names = self.names.as_ref().filter(|_| family == Family::Unix).map(Arc::clone);
        let slot = Slot::new(id, cookie, net, family, kind, socket, names);
        self.slots.borrow_mut().insert(id, Rc::new(slot));
        Ok((id, cookie))
    }
}
