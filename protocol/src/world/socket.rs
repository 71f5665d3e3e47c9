//! Owns one socket: what was asked of it, what went through it, and what the kernel last said.

use super::{Call, Fated, Kernel, Life};
use crate::address::Address;
use crate::command::{Command, Family, Half, Kind, Net, Reading, Serving, Side, SocketOption};
use crate::event::Program;
use crate::limit::PEEK;
use crate::number::Wide;
use crate::reply::Done;
use crate::sample::TcpState;
use crate::{Answer, Nanos, SocketId};
use serde::{Deserialize, Serialize};

/// What went through a socket in one direction, by the results of calls.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Moved {
    /// Payload bytes.
    pub bytes: u64,
    /// Messages: sends and receives that moved something, or datagrams.
    pub count: u64,
}

/// One socket.
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a fact of its own, as the system calls have it"
)]
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Socket {
    /// Its id.
    pub id: SocketId,
    /// Its `SO_COOKIE`.
    pub cookie: Wide,
    /// Where it lives.
    pub net: Net,
    /// Address family.
    pub family: Family,
    /// Stream or datagram.
    pub kind: Kind,
    /// Where the page shows it.
    pub side: Side,
    /// What it is called, if somebody named it.
    pub name: Option<String>,
    /// The listener that it was accepted from, and which of its connections it is, from 1.
    pub parent: Option<(SocketId, u32)>,
    /// Connections accepted from it so far.
    pub children: u32,
    /// When it was made.
    pub opened: Nanos,
    /// When close() was called.
    pub closed: Option<Nanos>,
    /// Whether its own connect sent a SYN (which counts in `acked`), even if that connect then
    /// failed, was interrupted or did not wait.
    pub active: bool,
    /// Which of the streams that connected it is, from 1, in the order of their first connect's end.
    pub client: Option<u32>,
    /// Whether its half for reading is shut.
    pub shut_read: bool,
    /// Whether its half for writing is shut.
    pub shut_write: bool,
    /// How long a call may block.
    pub timeout: Option<Nanos>,
    /// Whether calls never block.
    pub nonblocking: bool,
    /// The automatic reader.
    pub reader: Option<Reading>,
    /// The automatic program.
    pub serving: Option<Serving>,
    /// What sends took.
    pub sent: Moved,
    /// What receives gave.
    pub read: Moved,
    /// Where its last datagram went.
    pub aim: Option<Address>,
    /// Datagrams that sends of ours took for this receiver.
    pub aimed: u64,
    /// Datagrams received from senders that are not ours.
    pub from_outside: u64,
    /// The last bytes that sends took, at most [`PEEK`], back to where a payload was cut: what a
    /// short send queue holds.
    #[serde(with = "crate::data::as_payload")]
    #[cfg_attr(feature = "schema", schemars(with = "crate::data::Payload"))]
    pub tail: Vec<u8>,
    /// What the last receive gave, at most 256 bytes.
    #[serde(with = "crate::data::as_payload")]
    #[cfg_attr(feature = "schema", schemars(with = "crate::data::Payload"))]
    pub last_read: Vec<u8>,
    /// Whether the peer's end was read (0 bytes).
    pub eof: bool,
    /// What the wire did to the datagrams that were sent to it.
    pub fated: Fated,
    /// The program that made it, where that is not the relay.
    pub program: Option<Program>,
    /// What the kernel last said.
    pub kernel: Kernel,
    /// Whether the kernel stamps what it sends and receives.
    pub timestamps: bool,
    /// The lives of its last [`super::KEPT_LIVES`] sends, oldest first, since it is stamped.
    pub lives: Vec<Life>,
}

impl Socket {
    pub(super) fn new(
        id: SocketId,
        cookie: Wide,
        net: Net,
        family: Family,
        kind: Kind,
        side: Side,
        at: Nanos,
    ) -> Self {
        Self {
            id,
            cookie,
            net,
            family,
            kind,
            side,
            name: None,
            parent: None,
            children: 0,
            opened: at,
            closed: None,
            active: false,
            client: None,
            shut_read: false,
            shut_write: false,
            timeout: None,
            nonblocking: false,
            reader: None,
            serving: None,
            sent: Moved::default(),
            read: Moved::default(),
            aim: None,
            aimed: 0,
            from_outside: 0,
            tail: Vec::new(),
            last_read: Vec::new(),
            eof: false,
            fated: Fated::default(),
            program: None,
            kernel: Kernel::default(),
            timestamps: false,
            lives: Vec::new(),
        }
    }

    /// Whether close() has not been called.
    pub fn is_open(&self) -> bool {
        self.closed.is_none()
    }

    /// Whether it listens.
    pub fn listens(&self) -> bool {
        self.kernel.state == Some(TcpState::Listen)
    }

    /// The bytes in a short send queue, where they are known: `send_queue` bytes from the end of
    /// what sends took, less the FIN.
    pub fn kept(&self) -> Option<&[u8]> {
        let queue = self.kernel.send_queue?;
        let fin = u64::from(self.kernel.state.is_some_and(|state| {
            matches!(state, TcpState::FinWait1 | TcpState::Closing | TcpState::LastAck)
        }));
        let queue = usize::try_from(queue.saturating_sub(fin)).ok()?;
        self.tail.get(self.tail.len().checked_sub(queue)?..)
    }

    /// A send took bytes `from..to` of its payload.
    pub(super) fn took(&mut self, ask: &Command, from: u32, to: u32) {
        let (Command::Send { data, .. } | Command::SendTo { data, .. }) = ask else { return };
        if to <= from {
            return;
        }
        self.sent.bytes += u64::from(to - from);
        if self.kind == Kind::Datagram {
            return;
        }
        if to as usize > data.len() {
            self.tail.clear();
            return;
        }
        let from = (from as usize).max((to as usize).saturating_sub(PEEK));
        self.tail.extend(data.slice(from..to as usize));
        let over = self.tail.len().saturating_sub(PEEK);
        self.tail.drain(..over);
    }

    /// So many more datagrams are under way to it: what was steady is so no longer.
    pub(super) fn aim(&mut self, datagrams: u64) {
        self.aimed += datagrams;
        self.kernel.steady = false;
    }

    /// Where `ask` is connect, its SYN is out.
    pub(super) fn connects(&mut self, ask: &Command) {
        self.active |= matches!(ask, Command::Connect { .. }) && self.parent.is_none();
    }

    pub(super) fn call_ended(&mut self, at: Nanos, call: &Call, before: u32, result: &Answer) {
        let done = match result {
            Answer::Ok(done) => done,
            Answer::Error(failure) => {
                if failure.errno.as_deref() == Some("EINPROGRESS") {
                    self.connects(&call.ask);
                }
                return;
            }
        };
        match (&call.ask, done) {
            (Command::Send { .. } | Command::SendTo { .. }, Done::Sent(sent)) => {
                self.took(&call.ask, before, sent.bytes);
                self.sent.count += 1;
            }
            (Command::Recv { .. } | Command::RecvFrom { .. }, Done::Received(received)) => {
                received.data.bytes().clone_into(&mut self.last_read);
                if !received.peek {
                    self.eof |= received.eof;
                    self.read.bytes += u64::from(received.bytes);
                    self.read.count += u64::from(!received.eof);
                }
            }
            (Command::Bind { .. }, Done::Local(now)) => self.kernel.local = Some(now.local.clone()),
            (Command::Connect { address, .. }, Done::Local(now)) => {
                self.connects(&call.ask);
                // A Unix client needs no name.
                let nameless = Address::Unix(String::new());
                self.kernel.local = Some(now.local.clone()).filter(|local| *local != nameless);
                // A wildcard means this machine; which of its addresses, the kernel will say.
                if !address.is_wildcard() {
                    self.kernel.peer = Some(address.clone());
                }
            }
            (Command::Shutdown { how, .. }, _) => {
                self.shut_read |= matches!(how, Half::Read | Half::Both);
                self.shut_write |= matches!(how, Half::Write | Half::Both);
            }
            (Command::Close { .. }, _) => {
                self.closed = Some(at);
                (self.reader, self.serving) = (None, None);
            }
            (Command::Option { set: SocketOption::Timestamps(on), .. }, _) => self.timestamps = *on,
            (Command::Timeout { after, .. }, _) => self.timeout = *after,
            (Command::Nonblocking { on, .. }, _) => self.nonblocking = *on,
            (Command::Reader { set, .. }, _) => (self.reader, self.serving) = (*set, None),
            (Command::Serve { set, .. }, _) => (self.reader, self.serving) = (None, set.clone()),
            _ => {}
        }
    }
}
