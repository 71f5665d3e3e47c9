//! Owns the calls that may block: one attempt each, a non-blocking system call. Whoever drives them
//! waits for readiness in between; nothing here waits or tells the journal.

use super::number;
use super::pace;
use super::slot::{Direction, Slot};
use super::system;
use crate::policy::{self, Meter};
use protocol::command::Kind;
use protocol::data::Payload;
use protocol::reply::{Local, Received, Sent};
use protocol::{CallId, Command, Done, Failure};
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use socket2::{SockAddr, Socket};
use std::cell::Cell;
use std::io::{self, ErrorKind};
use std::time::Duration;
use tokio::io::Interest;

/// What an attempt came to.
pub(super) enum Attempt {
    /// The call has ended.
    Ended(io::Result<Done>),
    /// accept gave a connection.
    Accepted(Socket, SockAddr),
    /// The kernel said EAGAIN (or EINPROGRESS).
    Again,
    /// It went on and would go on at once, but others shall have their turn.
    Yield,
    /// The relay may not make it before so long (the pace beyond loopback and the wire).
    Paced(Duration),
    /// The relay does not make it.
    Refused(Failure),
}

/// A call that may block, and how far it has come.
pub(super) struct Work {
    pub(super) ask: Command,
    pub(super) state: State,
}

pub(super) enum State {
    Accept,
    Connect { to: SockAddr, begun: bool },
    Send { data: Vec<u8>, taken: usize, parts: u32, all: bool },
    SendTo { data: Vec<u8>, to: SockAddr },
    Receive { max: usize, peek: bool, from: bool },
    Burst(super::burst::Burst),
}

impl Work {
    pub(super) fn direction(&self) -> Direction {
        match self.state {
            State::Accept | State::Receive { .. } => Direction::In,
            _ => Direction::Out,
        }
    }

    pub(super) fn interest(&self) -> Interest {
        match self.direction() {
            Direction::In => Interest::READABLE,
            Direction::Out => Interest::WRITABLE,
        }
    }

    /// Whether it may sleep for what readiness does not tell of on a Unix socket.
    pub(super) fn waits_unseen(&self, kind: Kind) -> bool {
        match self.state {
            State::Connect { .. } => true,
            State::Accept | State::Receive { .. } => false,
            State::Send { .. } | State::SendTo { .. } | State::Burst(_) => kind == Kind::Datagram,
        }
    }

    /// Bytes taken so far.
    pub(super) fn taken(&self) -> u32 {
        match &self.state {
            State::Send { taken, .. } => *taken as u32,
            _ => 0,
        }
    }

    /// What comes before the first call to an address: the pace beyond, and where an unbound socket is
    /// kept.
    fn may_go(&self, slot: &Slot, meter: &Cell<Meter>) -> Result<(), Failure> {
        let (to, bytes) = match &self.state {
            State::Connect { to, begun: false } => (to, Some(0)),
            State::SendTo { to, data } => (to, Some(data.len())),
            State::Burst(burst) => match burst.to() {
                Some(to) => (to, None),
                None => return Ok(()),
            },
            _ => return Ok(()),
        };
        if let Some(bytes) = bytes {
            pace::take(slot, Some(to), meter, bytes).map_err(|_| policy::too_fast())?;
        }
        pace::keep_near(slot, to)
    }

    /// One attempt.
    pub(super) fn attempt(
        &mut self,
        slot: &Slot,
        call: CallId,
        meter: &Cell<Meter>,
        sent: &mut dyn FnMut(u32),
    ) -> Attempt {
        if let Err(refused) = self.may_go(slot, meter) {
            return Attempt::Refused(refused);
        }
        let result = match &mut self.state {
            State::Accept => match slot.socket.accept() {
                Ok((socket, from)) => return Attempt::Accepted(socket, from),
                Err(error) => Err(error),
            },
            State::Connect { to, begun } => connect(slot, to, begun),
            State::Send { data, taken, parts, all } => {
                return send(slot, meter, data, taken, parts, *all);
            }
            State::SendTo { data, to } => system::send_to(&slot.socket, data, to).map(sent_once),
            State::Receive { max, peek, from } => match receive(slot, *max, *peek, *from) {
                Err(error) if error.kind() == ErrorKind::WouldBlock && slot.shut_read.get() => {
                    Ok(nothing_received(*peek))
                }
                result => result,
            },
            State::Burst(burst) => return burst.attempt(slot, call, meter, sent),
        };
        match result {
            Err(error)
                if error.kind() == ErrorKind::WouldBlock
                    || error.raw_os_error() == Some(system::CONNECTING) =>
            {
                Attempt::Again
            }
            ended => Attempt::Ended(ended),
        }
    }
}

fn sent_once(bytes: usize) -> Done {
    Done::Sent(Sent { bytes: bytes as u32, parts: 1 })
}

fn send(
    slot: &Slot,
    meter: &Cell<Meter>,
    data: &[u8],
    taken: &mut usize,
    parts: &mut u32,
    all: bool,
) -> Attempt {
    /// Parts sent before others have their turn.
    const TURN: u32 = 16;
    /// Until a stream whose pace has run out is looked at again.
    const BREATH: Duration = Duration::from_millis(4);
    /// What such a stream waits for rather than send in crumbs: as much as runs in meanwhile.
    const FEW: usize = 64 * 1024;
    // Of a stream's bytes those count that the kernel takes.
    let datagram = slot.kind == Kind::Datagram;
    let take = |bytes| pace::take(slot, None, meter, if datagram { bytes } else { 0 });
    for _ in 0..TURN {
        let rest = &data[*taken..];
        let part = match slot.kind {
            Kind::Stream => &rest[..pace::room(slot, meter, rest.len())],
            Kind::Datagram => rest,
        };
        let least = rest.len().min(if all { FEW } else { 1 });
        let paced = if part.len() < least { Err(BREATH) } else { take(part.len()) };
        match paced {
            Err(wait) if all => return Attempt::Paced(wait.max(BREATH)),
            Err(_) => return Attempt::Refused(policy::too_fast()),
            Ok(()) => {}
        }
        // An empty datagram is a datagram; an empty send on a stream asks the kernel too.
        match system::send(&slot.socket, part) {
            Ok(n) => {
                if !datagram {
                    pace::spend(slot, meter, n);
                }
                *taken += n;
                *parts += 1;
            }
            Err(error) if error.kind() == ErrorKind::WouldBlock => return Attempt::Again,
            Err(error) => return Attempt::Ended(Err(error)),
        }
        if !all || *taken >= data.len() {
            return Attempt::Ended(Ok(Done::Sent(Sent { bytes: *taken as u32, parts: *parts })));
        }
    }
    Attempt::Yield
}

fn connect(slot: &Slot, to: &SockAddr, begun: &mut bool) -> io::Result<Done> {
    if !*begun {
        let far = to.as_socket().is_some_and(|to| policy::is_far(slot.net, to));
        // A datagram socket whose connect fails keeps the peer that it had.
        slot.far.set(far || (slot.kind == Kind::Datagram && slot.far.get()));
        match slot.socket.connect(to) {
            Err(error) if error.raw_os_error() == Some(system::CONNECTING) => *begun = true,
            Err(error) => return Err(error),
            Ok(()) => {
                slot.far.set(far);
                return local(slot);
            }
        }
    }
    if !writable(slot)? {
        return Err(io::Error::from_raw_os_error(system::CONNECTING));
    }
    if let Some(error) = slot.socket.take_error()? {
        // Linux thinks that it connects until connect(2) is told of the failure. Not after our own
        // shutdown (ECONNRESET): there it would begin anew.
        if cfg!(target_os = "linux") && error.raw_os_error() != Some(libc::ECONNRESET) {
            let _ = slot.socket.connect(to);
        }
        return Err(error);
    }
    // Nor does it know that the connection is complete: another connect(2) would succeed once more.
    if cfg!(target_os = "linux") && slot.socket.peer_addr().is_ok() {
        let _ = slot.socket.connect(to);
    }
    local(slot)
}

/// Whether poll(2) shows the socket writable (or failed) now.
fn writable(slot: &Slot) -> io::Result<bool> {
    let (mut fds, now) = ([PollFd::new(slot, PollFlags::OUT)], Timespec { tv_sec: 0, tv_nsec: 0 });
    Ok(rustix::io::retry_on_intr(|| poll(&mut fds, Some(&now)))? > 0)
}

fn local(slot: &Slot) -> io::Result<Done> {
    let local = slot.told(&slot.socket.local_addr()?).ok_or(ErrorKind::Unsupported)?;
    Ok(Done::Local(Local { local }))
}

/// What a receive that would sleep gives when its half is shut (a datagram socket only: a stream says so
/// itself): an end, for no datagram was read.
fn nothing_received(peek: bool) -> Done {
    Done::Received(Received {
        data: Payload::default(),
        bytes: 0,
        truncated: false,
        eof: true,
        from: None,
        numbered: None,
        peek,
    })
}

fn receive(slot: &Slot, max: usize, peek: bool, with_from: bool) -> io::Result<Done> {
    let mut buffer = vec![0; max];
    let got = system::receive(slot, &mut buffer, peek)?;
    if slot.is_unix() && slot.shut_read.get() && got.bytes == 0 && max > 0 {
        return Ok(nothing_received(peek));
    }
    buffer.truncate(got.bytes);
    let datagram = slot.kind == Kind::Datagram;
    let from = got.from.filter(|_| datagram && with_from);
    Ok(Done::Received(Received {
        bytes: got.bytes as u32,
        truncated: datagram && got.truncated,
        eof: !datagram && got.bytes == 0 && max > 0,
        from,
        numbered: if datagram { number::read(&buffer) } else { None },
        peek,
        data: Payload::new(buffer),
    }))
}
