//! Owns one open socket: its descriptor, its two lanes of calls, and how its calls may wait.

use super::Names;
use super::stamp::Stamps;
use super::work::Work;
use crate::kernel;
use crate::kernel::peek::Datagrams;
use protocol::command::{Family, Kind, Net};
use protocol::{Address, CallId, Nanos, SocketId};
use rustix::fd::{AsFd, BorrowedFd};
use socket2::{SockAddr, Socket};
use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use std::io;
use std::sync::Arc;
use tokio::sync::watch;

/// Calls that may queue behind a lane's running one.
pub(super) const LANE_QUEUE: usize = 256;

/// Which lane a call takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Direction {
    /// accept, recv, recv_from.
    In,
    /// connect, send, send_to, burst.
    Out,
}

/// A call that waits for its lane.
pub(super) struct Job {
    pub(super) work: Work,
    pub(super) asker: super::Asker,
}

/// One lane: at most one call in the kernel or asleep, the others behind it.
#[derive(Default)]
pub(super) struct Lane {
    pub(super) current: Cell<Option<CallId>>,
    pub(super) waiting: RefCell<VecDeque<Job>>,
    pub(super) stop: watch::Sender<Stop>,
}

/// Why a lane's blocked call is to end.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Stop {
    /// Nobody wants it to.
    #[default]
    No,
    /// `interrupt` of this call.
    One(CallId),
    /// The socket is closed.
    Closed,
}

/// What a datagram queue looked like from outside when it was last walked: charge and drops, and the
/// datagrams read until then.
pub(super) type Walked = (Option<(u32, u32)>, u64);

/// One open socket.
pub(super) struct Slot {
    pub(super) id: SocketId,
    pub(super) cookie: u64,
    pub(super) net: Net,
    pub(super) family: Family,
    pub(super) kind: Kind,
    pub(super) socket: Socket,
    pub(super) incoming: Lane,
    pub(super) outgoing: Lane,
    pub(super) timeout: Cell<Option<Nanos>>,
    pub(super) nonblocking: Cell<bool>,
    pub(super) keepalive: Cell<bool>,
    /// Grows with each call's begin and end: a sample that saw it grow is not valid.
    pub(super) touched: Cell<u64>,
    /// When the last send began: no byte can have left before.
    pub(super) sending_since: Cell<Nanos>,
    /// Datagrams read so far; with the charge it tells whether the queue was walked since.
    pub(super) datagrams_read: Cell<u64>,
    pub(super) walked: Cell<Option<Walked>>,
    pub(super) datagrams: RefCell<Datagrams>,
    pub(super) reader: RefCell<Option<tokio::task::AbortHandle>>,
    /// Whether the incoming lane's current call is the reader's.
    pub(super) reading: Cell<bool>,
    /// Whether its half for reading is shut: a receive that would sleep ends instead.
    pub(super) shut_read: Cell<bool>,
    /// Whether its listen(2) succeeded.
    pub(super) listening: Cell<bool>,
    /// The kernel's stamps of what it sends and receives.
    pub(super) stamps: Stamps,
    /// Whether its peer is beyond loopback and the wire.
    pub(super) far: Cell<bool>,
    /// Whether it is kept to loopback's device.
    pub(super) kept_near: Cell<bool>,
    /// Where it finds names, if it is a Unix socket.
    pub(super) names: Option<Arc<Names>>,
    /// Its number in sockfs, by which sock_diag(7) names Unix sockets; 0 where there is none.
    pub(super) inode: u32,
}

impl AsFd for Slot {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.socket.as_fd()
    }
}

impl Slot {
    pub(super) fn new(
        id: SocketId,
        cookie: u64,
        net: Net,
        family: Family,
        kind: Kind,
        socket: Socket,
        names: Option<Arc<Names>>,
    ) -> Self {
        let inode = kernel::inode(socket.as_fd());
        Self {
            id,
            cookie,
            net,
            family,
            kind,
            socket,
            incoming: Lane::default(),
            outgoing: Lane::default(),
            timeout: Cell::new(None),
            nonblocking: Cell::new(false),
            keepalive: Cell::new(false),
            touched: Cell::new(0),
            sending_since: Cell::new(0),
            datagrams_read: Cell::new(0),
            walked: Cell::new(None),
            datagrams: RefCell::new(Datagrams::new(super::number::BYTES)),
            reader: RefCell::new(None),
            reading: Cell::new(false),
            shut_read: Cell::new(false),
            listening: Cell::new(false),
            stamps: Stamps::default(),
            far: Cell::new(false),
            kept_near: Cell::new(false),
            names,
            inode,
        }
    }

    /// Whether it is a Unix socket.
    pub(super) fn is_unix(&self) -> bool {
        self.family == Family::Unix
    }

    /// Whether it listens.
    pub(super) fn is_listening(&self) -> bool {
        self.listening.get()
    }

    /// What the kernel calls an address, in the protocol's words; None for one of another family.
    pub(super) fn told(&self, address: &SockAddr) -> Option<Address> {
        match &self.names {
            Some(names) => Some(names.told(address)),
            None => address.as_socket().map(Address::Inet),
        }
    }

    /// The address that it is bound to; None while it is not.
    pub(super) fn local(&self) -> io::Result<Option<Address>> {
        if self.is_unix() {
            let local = self.told(&self.socket.local_addr()?);
            return Ok(local.filter(|local| *local != Address::Unix(String::new())));
        }
        Ok(kernel::local(self.as_fd())?.filter(|local| local.port() != 0).map(Address::Inet))
    }

    /// The address that it is connected to; None while it is not.
    pub(super) fn peer(&self) -> io::Result<Option<Address>> {
        if self.is_unix() {
            return match self.socket.peer_addr() {
                Ok(peer) => Ok(self.told(&peer)),
                Err(error) if error.kind() == io::ErrorKind::NotConnected => Ok(None),
                Err(error) => Err(error),
            };
        }
        Ok(kernel::peer(self.as_fd())?.map(Address::Inet))
    }

    pub(super) fn lane(&self, direction: Direction) -> &Lane {
        match direction {
            Direction::In => &self.incoming,
            Direction::Out => &self.outgoing,
        }
    }

    pub(super) fn touch(&self) {
        self.touched.set(self.touched.get() + 1);
    }

    /// Both lanes.
    pub(super) fn lanes(&self) -> [&Lane; 2] {
        [&self.incoming, &self.outgoing]
    }

    /// Ends one of its sleeping calls, or all of them.
    pub(super) fn interrupt(&self, call: Option<CallId>) {
        for lane in self.lanes() {
            if let Some(current) = lane.current.get()
                && call.is_none_or(|call| call == current)
            {
                lane.stop.send_replace(Stop::One(current));
            }
        }
    }

    /// Whether a call is in the kernel or asleep.
    pub(super) fn busy(&self) -> bool {
        self.lanes().iter().any(|lane| lane.current.get().is_some())
    }
}
