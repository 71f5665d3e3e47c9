//! Owns the calls that may block: one attempt each, a non-blocking system call. Whoever drives them
//! waits for readiness in between; nothing here waits or tells the journal.

use super::number;
use super::slot::{Direction, Slot};
use super::system;
use protocol::command::Kind;
use protocol::data::Payload;
use protocol::reply::{Local, Received, Sent};
use protocol::{CallId, Command, Done};
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use socket2::{SockAddr, Socket};
use std::io::{self, ErrorKind};
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

    /// One attempt.
    pub(super) fn attempt(
        &mut self,
        slot: &Slot,
        call: CallId,
        sent: &mut dyn FnMut(u32),
    ) -> Attempt {
        let result = match &mut self.state {
            State::Accept => match slot.socket.accept() {
                Ok((socket, from)) => return Attempt::Accepted(socket, from),
                Err(error) => Err(error),
            },
            State::Connect { to, begun } => connect(slot, to, begun),
            State::Send { data, taken, parts, all } => return send(slot, data, taken, parts, *all),
            State::SendTo { data, to } => system::send_to(&slot.socket, data, to).map(sent_once),
            State::Receive { max, peek, from } => match receive(slot, *max, *peek, *from) {
                Err(error) if error.kind() == ErrorKind::WouldBlock && slot.shut_read.get() => {
                    Ok(nothing_received(*peek))
                }
                result => result,
            },
            State::Burst(burst) => return burst.attempt(slot, call, sent),
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

fn send(slot: &Slot, data: &[u8], taken: &mut usize, parts: &mut u32, all: bool) -> Attempt {
    /// Parts sent before others have their turn.
    const TURN: u32 = 16;
    for _ in 0..TURN {
        // An empty datagram is a datagram; an empty send on a stream asks the kernel too.
        match system::send(&slot.socket, &data[*taken..]) {
            Ok(n) => {
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
        match slot.socket.connect(to) {
            Err(error) if error.raw_os_error() == Some(system::CONNECTING) => *begun = true,
            Err(error) => return Err(error),
            Ok(()) => return local(slot),
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
    let mut fds = [PollFd::new(slot, PollFlags::OUT)];
    Ok(poll(&mut fds, Some(&Timespec { tv_sec: 0, tv_nsec: 0 }))? > 0)
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
