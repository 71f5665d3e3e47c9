//! Owns the journal's currency: what happened, when, and who says so.

use crate::command::Command;
use crate::sample::Field;
use crate::{Answer, CallId, Nanos, Seq, SessionId, SocketId};
use serde::{Deserialize, Serialize};

/// Who says so.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Source {
    /// The relay did it.
    Relay,
    /// The kernel was asked and said so.
    Kernel,
    /// A packet passed through our hands.
    Wire,
    /// It must have been so, from what the kernel says; nobody saw it.
    Inferred,
    /// It was not so; a picture of what it would be like.
    Simulated,
}

/// A sentence in the page's two languages.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Words {
    /// English.
    pub en: String,
    /// Chinese.
    pub zh: String,
}

/// What crossed between two sockets though nobody saw it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Crossing {
    /// The first segment of the handshake.
    Syn,
    /// The second.
    SynAck,
    /// An acknowledgement.
    Ack,
    /// The end of one direction.
    Fin,
    /// An abrupt end.
    Reset,
    /// Bytes of a stream.
    Data {
        /// How many.
        bytes: u32,
    },
    /// A datagram outside any burst.
    Datagram {
        /// Its payload's size.
        bytes: u32,
    },
    /// Numbered datagrams of one burst.
    Datagrams {
        /// The burst.
        call: CallId,
        /// The first number.
        first: u32,
        /// How many follow each other.
        count: u32,
    },
}

/// What happened.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum What {
    /// A socket call is about to be made.
    CallBegan {
        /// The call.
        call: CallId,
        /// Who asked; null for the relay itself (a reader, an experiment).
        by: Option<SessionId>,
        /// What was asked, payload cut to 256 bytes.
        #[serde(rename = "do")]
        ask: Command,
        /// The payload's whole length, where it was cut.
        cut: Option<u32>,
    },
    /// The kernel said EAGAIN; the call sleeps until the socket is ready.
    CallBlocked {
        /// The call.
        call: CallId,
        /// Bytes taken so far (send all).
        bytes: u32,
    },
    /// A call ended.
    CallEnded {
        /// The call.
        call: CallId,
        /// How.
        result: Answer,
    },
    /// The kernel was asked about a socket; only what changed is told.
    Sample {
        /// The socket.
        socket: SocketId,
        /// The changes.
        set: Vec<Field>,
    },
    /// The kernel no longer knows this closed socket.
    Gone {
        /// The socket.
        socket: SocketId,
    },
    /// sendto took one numbered datagram of a burst.
    DatagramSent {
        /// The burst.
        call: CallId,
        /// Its number, from 1.
        number: u32,
    },
    /// Something must have crossed within this span.
    Crossed {
        /// The sender.
        from: SocketId,
        /// The receiver.
        to: SocketId,
        /// What.
        what: Crossing,
        /// Not before.
        began: Nanos,
        /// Not after.
        ended: Nanos,
    },
    /// Everything was closed on somebody's order.
    Reset {
        /// Who asked.
        by: Option<SessionId>,
    },
    /// An experiment began.
    ExperimentBegan {
        /// Its name.
        name: String,
        /// Its title.
        title: Words,
        /// How many steps it has.
        steps: u32,
    },
    /// An experiment says something, and may wait for the learner.
    ExperimentSaid {
        /// The step, from 1.
        step: u32,
        /// The sentence.
        say: Words,
        /// A second, quieter one.
        note: Words,
        /// The button that goes on; null when it goes on by itself.
        button: Option<Words>,
        /// Where the button stands.
        at: Option<SocketId>,
    },
    /// A step's promise was held against what the kernel did.
    ExperimentChecked {
        /// The step, from 1.
        step: u32,
        /// Whether it held.
        held: bool,
        /// What was promised.
        expected: String,
        /// What was found.
        found: String,
    },
    /// An experiment ended.
    ExperimentEnded {
        /// Whether every promise held.
        passed: bool,
    },
}

/// One event of the journal.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Event {
    /// Its place, without gaps.
    pub seq: Seq,
    /// When, in ns since the epoch began; never decreases.
    pub at: Nanos,
    /// Who says so.
    pub source: Source,
    /// What happened.
    pub what: What,
}
