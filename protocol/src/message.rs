//! Owns the frames of the WebSocket, both ways.

use crate::experiment::ExperimentHead;
use crate::limit::Limits;
use crate::number::Wide;
use crate::packet::PacketFate;
use crate::{Answer, Command, CommandId, ErrorKind, Event, FlowId, Nanos, Seq, SessionId, World};
use serde::{Deserialize, Serialize};

/// Subprotocol with one JSON object a text frame.
pub const JSON: &str = "patchbay.json.v1";
/// Subprotocol with postcard frames; hello is JSON text here too.
pub const POSTCARD: &str = "patchbay.postcard.v1";

/// Where a viewer had got to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Resume {
    /// The epoch that it saw.
    pub epoch: String,
    /// The last event that it has.
    pub seq: Seq,
}

/// A viewer's first word.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Hello {
    /// [`crate::limit::VERSION`].
    pub version: u32,
    /// The token of the printed link.
    pub token: String,
    /// Where to go on; null for a snapshot.
    pub resume: Option<Resume>,
}

/// What comes to the relay.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum ToRelay {
    /// The first word; always JSON text.
    Hello(Hello),
    /// Something is asked.
    Command {
        /// The asker's own number.
        id: CommandId,
        /// What.
        #[serde(rename = "do")]
        ask: Command,
    },
}

/// What a session may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Everything.
    Owner,
    /// Look.
    Viewer,
}

/// A rung of the fallback ladder.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum RungName {
    /// Namespaces joined by TUN devices.
    Tun,
    /// Namespaces joined by veth pairs and AF_PACKET.
    Veth,
    /// This machine's loopback; packets are not seen.
    Loopback,
    /// A labelled path in user space.
    Userspace,
}

/// By what right the rung stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Privilege {
    /// A user namespace.
    Userns,
    /// Root.
    Root,
    /// None is needed.
    None,
}

/// A rung that this machine refused.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Refused {
    /// Which.
    pub rung: RungName,
    /// The step that failed.
    pub step: String,
    /// The errno's name.
    pub errno: String,
    /// What would mend it, in one sentence.
    pub remedy: String,
}

/// What this machine offers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Rung {
    /// The rung in use.
    pub name: RungName,
    /// By what right.
    pub privilege: Privilege,
    /// The better ones, and why not.
    pub refused: Vec<Refused>,
}

/// The relay's first word.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Welcome {
    /// [`crate::limit::VERSION`].
    pub version: u32,
    /// This run of the relay; a seq means nothing in another.
    pub epoch: String,
    /// The wall clock when the epoch began, ns since 1970.
    pub began_unix_ns: Wide,
    /// What this session may do.
    pub role: Role,
    /// Its id.
    pub session: SessionId,
    /// Events up to this one are in the snapshot (or with the viewer already).
    pub seq: Seq,
    /// The relay's clock now, ns since the epoch began.
    pub now: crate::Nanos,
    /// The world at `seq`; null when the viewer resumes.
    pub snapshot: Option<World>,
    /// What this machine offers.
    pub rung: Rung,
    /// The bounds.
    pub limits: Limits,
    /// The experiments that can be played, in the order of the path through them.
    pub experiments: Vec<ExperimentHead>,
}

/// The one answer to a command, after the events up to `seq`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Reply {
    /// The asker's number; null when the message had none that could be read.
    pub id: Option<CommandId>,
    /// Every event up to here came before.
    pub seq: Seq,
    /// How it ended.
    pub result: Answer,
}

/// Packets of one flow with the same fate, told together ([`crate::thin`]).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Thin {
    /// The flow.
    pub flow: FlowId,
    /// How they left; null for those that entered.
    pub fate: Option<PacketFate>,
    /// How many, copies included.
    pub packets: u64,
    /// Their bytes, IP headers included; 0 for those that left.
    pub bytes: u64,
    /// Of those that entered, datagrams that were sent a second time by the wire.
    pub copied: u64,
    /// Datagrams of which a bit was flipped meanwhile; 0 for those that left.
    pub damaged: u64,
    /// The moment of the last that left; 0 for those that entered.
    pub last: Nanos,
}

/// What comes to the page.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum ToPage {
    /// Accepted.
    Welcome(Box<Welcome>),
    /// Not accepted; the connection closes.
    Refused {
        /// Why, in kind.
        kind: ErrorKind,
        /// Why, in one sentence.
        message: String,
    },
    /// Something happened.
    Event(Event),
    /// An answer.
    Reply(Reply),
    /// These events will not come; a snapshot (a new welcome) follows.
    Gap {
        /// The first missing.
        from: Seq,
        /// The last missing.
        to: Seq,
    },
    /// These events, all of single packets, are told in sums. Not a gap: the world is the same.
    Thinned {
        /// The first.
        from: Seq,
        /// The last.
        to: Seq,
        /// The last one's moment.
        at: Nanos,
        /// Per flow and fate.
        flows: Vec<Thin>,
    },
}
