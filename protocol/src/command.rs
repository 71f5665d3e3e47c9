//! Owns what may be asked of the relay. Never says what comes of it.

use crate::data::Data;
use crate::packet::{End, PacketId};
use crate::wire::{Deed, Handling, Impairment, Match, WireOrder};
use crate::{Address, CallId, Nanos, SocketId};
use serde::{Deserialize, Serialize};

/// Where a socket lives.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Net {
    /// The wire's left end, 10.77.0.1.
    Left,
    /// The wire's right end, 10.77.0.2.
    Right,
    /// This machine's own network; loopback unless more is allowed.
    Host,
}

/// On which side of the page a socket stands. Display only.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Side {
    /// The left wall.
    Left,
    /// The right wall.
    Right,
}

impl Net {
    /// The wire's end that it is.
    pub fn end(self) -> Option<End> {
        match self {
            Self::Left => Some(End::Left),
            Self::Right => Some(End::Right),
            Self::Host => None,
        }
    }
}

impl From<End> for Net {
    fn from(end: End) -> Self {
        match end {
            End::Left => Self::Left,
            End::Right => Self::Right,
        }
    }
}

impl Side {
    /// The wall across.
    #[must_use]
    pub fn opposite(self) -> Self {
        match self {
            Self::Left => Self::Right,
            Self::Right => Self::Left,
        }
    }
}

/// Address family, the first argument of socket(2).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Family {
    /// `AF_INET`.
    Ipv4,
    /// `AF_INET6`.
    Ipv6,
    /// `AF_UNIX`: sockets of one machine, named in a folder (unix(7)). In net `host` only.
    Unix,
}

/// Socket type, the second argument of socket(2).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// `SOCK_STREAM`: TCP, or a Unix stream.
    Stream,
    /// `SOCK_DGRAM`: UDP, or Unix datagrams.
    Datagram,
}

/// Which half of a connection shutdown(2) closes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Half {
    /// `SHUT_RD`.
    Read,
    /// `SHUT_WR`.
    Write,
    /// `SHUT_RDWR`.
    Both,
}

/// A socket option and its value (socket(7), tcp(7), ipv6(7)).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum SocketOption {
    /// `SO_REUSEADDR`.
    ReuseAddress(bool),
    /// `SO_REUSEPORT`.
    ReusePort(bool),
    /// `SO_SNDBUF`, bytes asked; the kernel doubles it and has a minimum.
    SendBuffer(u32),
    /// `SO_RCVBUF`, bytes asked; the kernel doubles it and has a minimum.
    ReceiveBuffer(u32),
    /// `TCP_NODELAY`: Nagle's algorithm off.
    NoDelay(bool),
    /// `SO_KEEPALIVE`, with seconds idle before the first probe (`TCP_KEEPIDLE`, 1 to 32767).
    Keepalive {
        /// Whether probes are sent at all.
        on: bool,
        /// Seconds idle before the first; null keeps the kernel's.
        idle: Option<u16>,
    },
    /// `SO_LINGER` in seconds; null is off, 0 makes close() send RST.
    Linger(Option<u16>),
    /// `IPV6_V6ONLY`.
    OnlyV6(bool),
    /// `SO_ATTACH_FILTER` with a filter that drops so many of a million datagrams at random as they
    /// arrive (socket(7)): a lossy receiver. 0 detaches it. The kernel counts them as drops.
    Lossy(u32),
    /// `SO_TIMESTAMPING`: the kernel stamps what later sends hand to it, and what receives get from it
    /// (Documentation/networking/timestamping.rst). Asked of a stream that has yet to connect, it
    /// begins with the connection.
    Timestamps(bool),
}

/// An automatic reader: one recv after another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Reading {
    /// Bytes asked for each time.
    pub max: u32,
    /// Pause between two reads.
    pub every: Nanos,
}

/// What a program does by itself with what comes to a socket.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Application {
    /// Reads, and does nothing with it.
    Read(Reading),
    /// Sends back what it reads (RFC 862).
    Echo {
        /// Bytes asked for each time.
        max: u32,
    },
    /// Answers each receive with the same bytes, as the tutorial's server does with "OK".
    Answer {
        /// Bytes asked for each time.
        max: u32,
        /// The answer.
        data: Data,
    },
    /// Never reads.
    Idle,
    /// Sends a moving picture with its tone, one [`crate::film`] frame a send, as a call does: each at
    /// its own time where the socket takes it, later where a send has to wait.
    Film {
        /// The receiver; null sends to the connected peer.
        to: Option<Address>,
        /// How many frames, 1 to [`crate::limit::FRAMES`].
        frames: u32,
        /// From one frame to the next, at least a millisecond; [`crate::film::EVERY`] is the tone's own.
        every: Nanos,
    },
}

/// An automatic program on a socket; on a listening one a whole server.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Serving {
    /// What it does with each connection, or with its own socket where that does not listen.
    pub app: Application,
    /// Whether a server accepts the next connection before the one at hand has ended.
    pub side_by_side: bool,
}

/// What an owner asks for of the link by which others look on: it opens read-only sessions, and outlives
/// the relay like the owner's own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Invite {
    /// The link that there is; one is made where there is none.
    Show,
    /// A new one in its place; who came by the old one is sent away.
    Renew,
    /// None any more; who came by it is sent away.
    End,
}

/// What is asked of the recorder.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Record {
    /// Begin.
    Start {
        /// Bytes to keep of each packet, 0 to 65535 ([`crate::recording::SNAPLEN`] is a good choice).
        snaplen: u32,
    },
    /// End; the file is whole when the reply comes.
    Stop,
}

/// What is asked of a running experiment.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Lesson {
    /// Begin the experiment of that name; the lab is emptied first.
    Start {
        /// Its name, as `relay experiment list` prints it.
        name: String,
    },
    /// Go on past the step that waits for the learner.
    Next,
    /// Leave it; its sockets stay.
    Stop,
    /// Bet on what will be found; takes the place of this session's earlier bet. Open until it is
    /// marked. Viewers may ask for this, and for nothing else.
    Bet {
        /// Which of the choices, from 0.
        choice: u32,
    },
    /// Begin the last experiment again, with the same seed; the lab is emptied first.
    Again,
}

/// One thing that a user asks for. `socket` names the socket that it acts on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Command {
    /// socket(2).
    Socket {
        /// Where it lives.
        net: Net,
        /// Address family.
        family: Family,
        /// Stream or datagram.
        kind: Kind,
        /// Where the page shows it; null lets the page choose.
        side: Option<Side>,
        /// What the page calls it; null lets the page choose.
        name: Option<String>,
    },
    /// setsockopt(2); answers with the value that the kernel reads back.
    Option {
        /// The socket.
        socket: SocketId,
        /// Option and value.
        set: SocketOption,
    },
    /// bind(2); port 0 lets the kernel choose.
    Bind {
        /// The socket.
        socket: SocketId,
        /// Its own address.
        address: Address,
    },
    /// listen(2).
    Listen {
        /// The socket.
        socket: SocketId,
        /// Length of the accept queue asked for; the kernel admits one more.
        backlog: i32,
    },
    /// accept(2): sleeps until a connection waits.
    Accept {
        /// The listening socket.
        socket: SocketId,
    },
    /// connect(2); for a datagram socket it only sets the default peer.
    Connect {
        /// The socket.
        socket: SocketId,
        /// The peer.
        address: Address,
    },
    /// send(2) once, or again and again until all is taken.
    Send {
        /// The socket.
        socket: SocketId,
        /// What.
        data: Data,
        /// Whether to go on until all is taken (Python's sendall).
        all: bool,
    },
    /// recv(2).
    Recv {
        /// The socket.
        socket: SocketId,
        /// Most bytes wanted.
        max: u32,
        /// `MSG_PEEK`: look, but leave them.
        peek: bool,
    },
    /// sendto(2).
    SendTo {
        /// The datagram socket.
        socket: SocketId,
        /// The receiver.
        address: Address,
        /// What.
        data: Data,
    },
    /// recvfrom(2).
    RecvFrom {
        /// The datagram socket.
        socket: SocketId,
        /// Most bytes wanted; the rest of a longer datagram is gone.
        max: u32,
        /// `MSG_PEEK`: look, but leave it.
        peek: bool,
    },
    /// shutdown(2).
    Shutdown {
        /// The socket.
        socket: SocketId,
        /// Which half.
        how: Half,
    },
    /// close(2).
    Close {
        /// The socket.
        socket: SocketId,
    },
    /// How long each later call may block (Python's settimeout); null is for ever.
    Timeout {
        /// The socket.
        socket: SocketId,
        /// The span.
        after: Option<Nanos>,
    },
    /// Whether later calls answer EAGAIN at once where they would block.
    Nonblocking {
        /// The socket.
        socket: SocketId,
        /// On or off.
        on: bool,
    },
    /// End a blocked call with `interrupted`; with `call` null, all of that socket's.
    Interrupt {
        /// The socket.
        socket: SocketId,
        /// One call of it.
        call: Option<CallId>,
    },
    /// `count` numbered datagrams, one sendto each, as fast as the kernel takes them.
    Burst {
        /// The datagram socket.
        socket: SocketId,
        /// The receiver; null sends to the connected peer.
        address: Option<Address>,
        /// How many, 1 to [`crate::limit::BURST`].
        count: u32,
        /// Size of each, 0 to 65507; numbered from 12 bytes on.
        bytes: u32,
    },
    /// Set or remove (null) a socket's automatic reader.
    Reader {
        /// The socket.
        socket: SocketId,
        /// How it reads.
        set: Option<Reading>,
    },
    /// Play an experiment.
    Experiment(Lesson),
    /// Close everything; epoch and seq go on.
    Reset,
    /// Impair what leaves one end of the wire, or both; replaces what was asked before.
    Impair {
        /// Packets from this end; null is both.
        from: Option<End>,
        /// How.
        set: Impairment,
        /// Begin the random numbers anew with this seed; null lets them go on.
        seed: Option<u32>,
    },
    /// Hold every packet of the wire, or let all go on.
    Freeze {
        /// On or off.
        on: bool,
    },
    /// Do something to one packet that is on the wire.
    Packet(Handling),
    /// Arm a trap, or disarm those with the same match and deed (all of them, when `match` is empty).
    Trap {
        /// Armed or disarmed.
        on: bool,
        /// What it waits for.
        #[serde(rename = "match")]
        matching: Match,
        /// What it does.
        #[serde(rename = "do")]
        act: Deed,
        /// On how many packets.
        count: u32,
    },
    /// All bytes of a packet, as it entered; the last few thousand are kept.
    PacketBytes {
        /// Which.
        packet: PacketId,
    },
    /// Do something to the wire itself.
    Wire(WireOrder),
    /// Set or remove (null) a socket's automatic program. Echoes and answers keep to
    /// [`crate::limit::SERVE_RATE`], so that two that talk to each other do not storm.
    Serve {
        /// The socket: one that listens becomes a server.
        socket: SocketId,
        /// What it does.
        set: Option<Serving>,
    },
    /// The call gate: shut, no socket call begins any more; each waits there in the order asked.
    /// Opened, all go on in that order. What ends calls (`interrupt`, `reset`) and what makes none
    /// (`timeout`, `impair`, `experiment` …) passes it by.
    Pause {
        /// Whether it is shut.
        on: bool,
    },
    /// Lets the oldest call at the gate begin.
    Step,
    /// Write the journal to a file in the relay's own folder, from now on, or end that.
    Record(Record),
    /// The link for those who look on; an owner's to give. Never told in the journal.
    Invite(Invite),
}

impl Command {
    /// The socket that it acts on.
    pub fn socket(&self) -> Option<SocketId> {
        match self {
            Self::Socket { .. }
            | Self::Experiment(_)
            | Self::Reset
            | Self::Impair { .. }
            | Self::Freeze { .. }
            | Self::Packet(_)
            | Self::Trap { .. }
            | Self::PacketBytes { .. }
            | Self::Wire(_)
            | Self::Pause { .. }
            | Self::Step
            | Self::Record(_)
            | Self::Invite(_) => None,
            Self::Option { socket, .. }
            | Self::Bind { socket, .. }
            | Self::Listen { socket, .. }
            | Self::Accept { socket }
            | Self::Connect { socket, .. }
            | Self::Send { socket, .. }
            | Self::Recv { socket, .. }
            | Self::SendTo { socket, .. }
            | Self::RecvFrom { socket, .. }
            | Self::Shutdown { socket, .. }
            | Self::Close { socket }
            | Self::Timeout { socket, .. }
            | Self::Nonblocking { socket, .. }
            | Self::Interrupt { socket, .. }
            | Self::Burst { socket, .. }
            | Self::Reader { socket, .. }
            | Self::Serve { socket, .. } => Some(*socket),
        }
    }

    /// Whether it is asked of the wire, not of a socket.
    pub fn for_wire(&self) -> bool {
        matches!(
            self,
            Self::Impair { .. }
                | Self::Freeze { .. }
                | Self::Packet(_)
                | Self::Trap { .. }
                | Self::PacketBytes { .. }
                | Self::Wire(_)
        )
    }

    /// Whether it makes a socket call, so that a shut gate keeps it.
    pub fn is_call(&self) -> bool {
        matches!(
            self,
            Self::Socket { .. }
                | Self::Option { .. }
                | Self::Bind { .. }
                | Self::Listen { .. }
                | Self::Accept { .. }
                | Self::Connect { .. }
                | Self::Send { .. }
                | Self::Recv { .. }
                | Self::SendTo { .. }
                | Self::RecvFrom { .. }
                | Self::Shutdown { .. }
                | Self::Close { .. }
                | Self::Burst { .. }
        )
    }

    /// The same with its payload cut to what an event carries, and the whole length where it was cut.
    pub fn clipped(&self) -> (Self, Option<u32>) {
        let mut copy = self.clone();
        let mut whole = None;
        if let Self::Send { data, .. } | Self::SendTo { data, .. } = &mut copy {
            (*data, whole) = data.clipped();
        }
        (copy, whole)
    }
}
