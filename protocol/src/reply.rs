//! Owns what a call comes to: its values, or why it failed. Errors are answers.

use crate::data::Payload;
use crate::number::Wide;
use crate::{Address, CallId, PacketId, SocketId, TrapId};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// Why a command or call failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum ErrorKind {
    /// The kernel said so; `errno` names it.
    Errno,
    /// The message or an argument makes no sense.
    BadRequest,
    /// No such socket or call, or no longer.
    UnknownId,
    /// Outside the relay's reach, or not this session's right.
    Denied,
    /// A bound of the relay was met.
    Limit,
    /// Leased by a running experiment.
    Busy,
    /// Ended by interrupt, shutdown, close or reset.
    Interrupted,
    /// The socket's timeout passed.
    TimedOut,
    /// Not offered on this machine or for this kind of socket.
    Unsupported,
    /// The wire is not there.
    NoWire,
}

/// A failed command or call.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Failure {
    /// Of what kind.
    pub kind: ErrorKind,
    /// The errno's name (errno(3)), where the kernel gave one.
    pub errno: Option<String>,
    /// One plain sentence.
    pub message: String,
}

impl Failure {
    /// A failure without errno.
    pub fn new(kind: ErrorKind, message: impl Into<String>) -> Self {
        Self { kind, errno: None, message: message.into() }
    }

    /// A failure that the kernel named.
    pub fn errno(name: impl Into<String>, message: impl Into<String>) -> Self {
        Self { kind: ErrorKind::Errno, errno: Some(name.into()), message: message.into() }
    }

    /// What to show in a few letters: the errno's name, else the kind.
    pub fn short(&self) -> &str {
        self.errno.as_deref().unwrap_or(match self.kind {
            ErrorKind::Errno => "errno",
            ErrorKind::BadRequest => "bad_request",
            ErrorKind::UnknownId => "unknown_id",
            ErrorKind::Denied => "denied",
            ErrorKind::Limit => "limit",
            ErrorKind::Busy => "busy",
            ErrorKind::Interrupted => "interrupted",
            ErrorKind::TimedOut => "timed_out",
            ErrorKind::Unsupported => "unsupported",
            ErrorKind::NoWire => "no_wire",
        })
    }
}

/// Which numbered datagram this was: the burst's call and the number in it, from 1.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize,
)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Numbered {
    /// The burst.
    pub call: CallId,
    /// Its place in sending order, from 1.
    pub number: u32,
}

macro_rules! shapes {
    ($($(#[$doc:meta])* $name:ident { $($(#[$fdoc:meta])* $field:ident: $type:ty),* $(,)? })*) => {$(
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
        #[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
        #[serde(deny_unknown_fields)]
        pub struct $name { $($(#[$fdoc])* pub $field: $type),* }
    )*};
}

shapes! {
    /// What `recv` and `recv_from` give.
    Received {
        /// The bytes; in an event the first 256 of them.
        data: Payload,
        /// How many came, in full.
        bytes: u32,
        /// Whether a longer datagram was cut (`MSG_TRUNC`).
        truncated: bool,
        /// Whether 0 bytes are an end: the peer's of its side of a stream, or our own half is shut.
        eof: bool,
        /// Who sent it, for datagrams.
        from: Option<Address>,
        /// Which of our numbered datagrams it was.
        numbered: Option<Numbered>,
        /// Whether it was left in the queue (`MSG_PEEK`).
        peek: bool,
    }
    /// What `accept` gives.
    Accepted {
        /// The new socket.
        socket: SocketId,
        /// Who is at its other end.
        peer: Address,
        /// Its own address.
        local: Address,
        /// Its `SO_COOKIE`.
        cookie: Wide,
    }
    /// What `socket` gives.
    Made {
        /// The new socket.
        socket: SocketId,
        /// Its `SO_COOKIE`.
        cookie: Wide,
    }
    /// What `burst` gives.
    Burst {
        /// Datagrams that sendto took.
        sent: u32,
        /// Datagrams that sendto refused.
        refused: u32,
        /// The first refusal's errno.
        errno: Option<String>,
    }
    /// What `send` and `send_to` give.
    Sent {
        /// Bytes that the kernel took.
        bytes: u32,
        /// In how many send calls.
        parts: u32,
    }
    /// What `bind` and `connect` give.
    Local {
        /// The socket's own address now.
        local: Address,
    }
    /// What `option` gives.
    Value {
        /// The value as the kernel reads it back; -1 is off.
        value: i64,
    }
    /// What `trap` gives when it is armed.
    Trapped {
        /// The trap.
        trap: TrapId,
    }
    /// What `packet` with `copy` gives.
    Copied {
        /// The copy.
        copy: PacketId,
    }
    /// What `packet_bytes` gives.
    Whole {
        /// All bytes, from the IP header's first.
        data: Payload,
    }
    /// What `invite` gives, unless it ends the link.
    Invited {
        /// The token of the link for those who look on.
        viewers_token: String,
        /// Read-only sessions now.
        viewers: u32,
    }
    /// What calls without a value give.
    Nothing {}
}

/// The values of a call that succeeded. In JSON the bare fields, as in `{"bytes":5,"parts":1}`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Done {
    /// listen, shutdown, close, timeout, nonblocking, interrupt, reader, experiment, reset, impair, freeze,
    /// packet, trap off, wire, pause, step, record, invite end.
    Nothing(Nothing),
    /// socket.
    Made(Made),
    /// option.
    Value(Value),
    /// bind, connect.
    Local(Local),
    /// accept.
    Accepted(Accepted),
    /// send, send_to.
    Sent(Sent),
    /// recv, recv_from.
    Received(Received),
    /// burst.
    Burst(Burst),
    /// trap.
    Trapped(Trapped),
    /// packet copy.
    Copied(Copied),
    /// packet_bytes.
    Whole(Whole),
    /// invite.
    Invited(Invited),
}

impl Done {
    /// Success without a value.
    pub fn nothing() -> Self {
        Self::Nothing(Nothing {})
    }

    /// The same with its payload cut to what an event carries.
    #[must_use]
    pub fn clipped(&self) -> Self {
        let mut copy = self.clone();
        if let Self::Received(received) = &mut copy {
            received.data.hex.0.truncate(crate::limit::EVENT_PAYLOAD);
        }
        copy
    }
}

#[derive(Serialize, Deserialize)]
enum Tagged {
    Nothing(Nothing),
    Made(Made),
    Value(Value),
    Local(Local),
    Accepted(Accepted),
    Sent(Sent),
    Received(Received),
    Burst(Burst),
    Trapped(Trapped),
    Copied(Copied),
    Whole(Whole),
    Invited(Invited),
}

/// Read by which fields are there; never used with postcard.
#[derive(Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(untagged)]
enum Bare {
    Received(Received),
    Accepted(Accepted),
    Made(Made),
    Burst(Burst),
    Sent(Sent),
    Local(Local),
    Value(Value),
    Trapped(Trapped),
    Copied(Copied),
    Whole(Whole),
    Invited(Invited),
    Nothing(Nothing),
}

macro_rules! convert {
    ($from:ident -> $to:ident) => {
        impl From<$from> for $to {
            fn from(from: $from) -> Self {
                match from {
                    $from::Nothing(x) => Self::Nothing(x),
                    $from::Made(x) => Self::Made(x),
                    $from::Value(x) => Self::Value(x),
                    $from::Local(x) => Self::Local(x),
                    $from::Accepted(x) => Self::Accepted(x),
                    $from::Sent(x) => Self::Sent(x),
                    $from::Received(x) => Self::Received(x),
                    $from::Burst(x) => Self::Burst(x),
                    $from::Trapped(x) => Self::Trapped(x),
                    $from::Copied(x) => Self::Copied(x),
                    $from::Whole(x) => Self::Whole(x),
                    $from::Invited(x) => Self::Invited(x),
                }
            }
        }
    };
}
convert!(Done -> Tagged);
convert!(Done -> Bare);
convert!(Tagged -> Done);
convert!(Bare -> Done);

impl Serialize for Done {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if serializer.is_human_readable() {
            Bare::from(self.clone()).serialize(serializer)
        } else {
            Tagged::from(self.clone()).serialize(serializer)
        }
    }
}

impl<'de> Deserialize<'de> for Done {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        if deserializer.is_human_readable() {
            Bare::deserialize(deserializer).map(Self::from)
        } else {
            Tagged::deserialize(deserializer).map(Self::from)
        }
    }
}

#[cfg(feature = "schema")]
impl schemars::JsonSchema for Done {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Done".into()
    }
    fn json_schema(generator: &mut schemars::SchemaGenerator) -> schemars::Schema {
        Bare::json_schema(generator)
    }
}

/// How a call or command ended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Answer {
    /// It succeeded.
    Ok(Done),
    /// It failed.
    Error(Failure),
}

impl From<Result<Done, Failure>> for Answer {
    fn from(result: Result<Done, Failure>) -> Self {
        match result {
            Ok(done) => Self::Ok(done),
            Err(failure) => Self::Error(failure),
        }
    }
}

impl Answer {
    /// The same with its payload cut to what an event carries.
    #[must_use]
    pub fn clipped(&self) -> Self {
        match self {
            Self::Ok(done) => Self::Ok(done.clipped()),
            Self::Error(failure) => Self::Error(failure.clone()),
        }
    }
}
