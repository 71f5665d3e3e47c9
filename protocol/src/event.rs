//! Owns the journal's currency: what happened, when, and who says so.

use crate::command::{Command, Family, Kind};
use crate::experiment::{CodeLine, Verdict};
use crate::message::RungName;
use crate::number::Wide;
use crate::packet::{End, Head, Mark, PacketFate, PacketId};
use crate::sample::Field;
use crate::wire::{Deed, Impairment, Match};
use crate::{Address, Answer, CallId, FlowId, Nanos, Seq, SessionId, SocketId, TrapId, WaitingId};
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

/// A program that is not the relay.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Program {
    /// Its process id, as the relay sees it; null where the kernel does not tell.
    pub pid: Option<u32>,
    /// Its command's name (proc_pid_comm(5)), "" where the kernel does not tell.
    pub name: String,
}

/// A place on a byte's way that the kernel stamps (Documentation/networking/timestamping.rst).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Stage {
    /// It entered the queue of the device (`SCM_TSTAMP_SCHED`).
    Scheduled,
    /// The device's driver has it (`SCM_TSTAMP_SND`).
    Sent,
    /// The peer's kernel has acknowledged it, and all before it (`SCM_TSTAMP_ACK`; TCP only).
    Acknowledged,
    /// It came to this end's kernel (`SOF_TIMESTAMPING_RX_SOFTWARE`); told when it is read.
    Received,
}

/// One of a net's own counters (RFC 4293 and Linux's own; /proc/net/snmp, netstat, dev).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Counter {
    /// Its name with its group, as `Tcp.RetransSegs`.
    pub name: String,
    /// Its value since the wire was made.
    pub value: u64,
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
    /// The first packet of a flow is about to be told of.
    FlowSeen {
        /// The flow.
        flow: FlowId,
        /// From which end.
        from: End,
        /// The protocol inside IP (IANA's numbers; 6 TCP, 17 UDP, 1 and 58 ICMP).
        protocol: u8,
        /// Its sender; port 0 where it carries none.
        src: Address,
        /// Its receiver.
        dst: Address,
    },
    /// A packet came into our hands.
    PacketEntered {
        /// The packet.
        packet: PacketId,
        /// Its flow.
        flow: FlowId,
        /// From which end.
        from: End,
        /// Its length, IP header included.
        bytes: u32,
        /// Its sender; port 0 where it carries none. A fragment's ports are those of its datagram.
        src: Address,
        /// Its receiver.
        dst: Address,
        /// What its headers say.
        head: Head,
    },
    /// Something was done to a packet.
    PacketMarked {
        /// The packet.
        packet: PacketId,
        /// What.
        mark: Mark,
    },
    /// A packet left our hands. Told before it is written; a failed write is told by a second one.
    PacketLeft {
        /// The packet.
        packet: PacketId,
        /// Its flow.
        flow: FlowId,
        /// How.
        fate: PacketFate,
    },
    /// The wire was made.
    WireUp {
        /// On which rung.
        rung: RungName,
        /// The seed of its random numbers.
        seed: u32,
    },
    /// No sockets can be made on the wire any more; those that are there live on.
    WireDown {
        /// Why, in one sentence.
        why: String,
    },
    /// One direction is impaired from now on.
    Impaired {
        /// Who asked.
        by: Option<SessionId>,
        /// Packets from this end.
        from: End,
        /// How.
        set: Impairment,
        /// The seed with which the random numbers began anew; null when they go on.
        seed: Option<u32>,
    },
    /// Every packet is held from now on, or none.
    Frozen {
        /// Who asked.
        by: Option<SessionId>,
        /// On or off.
        on: bool,
    },
    /// A trap was armed.
    TrapArmed {
        /// Who asked.
        by: Option<SessionId>,
        /// The trap.
        trap: TrapId,
        /// What it waits for.
        #[serde(rename = "match")]
        matching: Match,
        /// What it does.
        #[serde(rename = "do")]
        act: Deed,
        /// On how many packets.
        count: u32,
    },
    /// A trap caught a packet.
    TrapSprung {
        /// The trap.
        trap: TrapId,
        /// The packet.
        packet: PacketId,
        /// On how many more it will act; 0 when it is gone.
        left: u32,
    },
    /// A trap was disarmed before it was done.
    TrapDisarmed {
        /// Who asked.
        by: Option<SessionId>,
        /// The trap.
        trap: TrapId,
    },
    /// Counters of one end's kernel; only what changed is told.
    Counted {
        /// Which end.
        net: End,
        /// The changes.
        set: Vec<Counter>,
    },
    /// Packets that one end's device dropped before they came into our hands, since the wire was made.
    DeviceDropped {
        /// Which end sent them.
        from: End,
        /// How many in all.
        packets: u64,
    },
    /// A socket on the wire that another program made.
    Appeared {
        /// The socket.
        socket: SocketId,
        /// Its `SO_COOKIE`.
        cookie: Wide,
        /// Where it lives.
        net: End,
        /// Address family.
        family: Family,
        /// Stream or datagram.
        kind: Kind,
        /// Whose it is.
        program: Program,
    },
    /// The call gate was shut or opened.
    Gate {
        /// Who asked.
        by: Option<SessionId>,
        /// Whether it is shut.
        on: bool,
    },
    /// A call waits at the gate.
    CallWaiting {
        /// Its place; later ones have greater numbers.
        waiting: WaitingId,
        /// Who asked; null for the relay itself.
        by: Option<SessionId>,
        /// What was asked, payload cut to 256 bytes.
        #[serde(rename = "do")]
        ask: Command,
        /// The payload's whole length, where it was cut.
        cut: Option<u32>,
    },
    /// A call may pass the gate: its `call_began` follows, unless it is refused or another call of its
    /// lane comes first.
    CallReleased {
        /// Which.
        waiting: WaitingId,
    },
    /// A call will never pass the gate: a reset, an interrupt, or its asker has left.
    CallWithdrawn {
        /// Which.
        waiting: WaitingId,
    },
    /// The kernel stamped what passed a place on its way. Told when it was read, later than `at`.
    Stamped {
        /// The socket.
        socket: SocketId,
        /// The place.
        stage: Stage,
        /// Up to which byte of the stream this is so, from 1; for a datagram socket which datagram
        /// that it sent (or read, for `received`), from 1.
        byte: u64,
        /// When, on the journal's clock.
        at: Nanos,
        /// How far off that may be, for the kernel stamps by another clock.
        plus_minus: Nanos,
    },
    /// Stamps that are not told: more came than are told in a second, or the clock that they are
    /// made by was set meanwhile.
    StampsLost {
        /// The socket.
        socket: SocketId,
        /// How many.
        stamps: u32,
    },
    /// The journal is written to a file from here on.
    RecordingBegan {
        /// The file's name in the relay's own folder, or the path that its user gave.
        file: String,
        /// Bytes kept of each packet.
        snaplen: u32,
    },
    /// The file is whole.
    RecordingEnded {
        /// Its bytes.
        bytes: u64,
        /// Why it ended before anybody asked, in one sentence.
        why: Option<String>,
    },
    /// What an experiment will answer, and its calls as code; told once, when it has begun.
    ExperimentPlanned {
        /// The question.
        question: Words,
        /// What is claimed, in the claimant's own words and translated.
        claim: Option<Words>,
        /// One for each act that makes a call, in order.
        lines: Vec<CodeLine>,
    },
    /// An experiment is about to make a call.
    ExperimentActed {
        /// The act: its place in the file, from 1.
        act: u32,
    },
    /// An experiment asks for a bet; it is open until it is marked.
    BetAsked {
        /// The step that is said, from 1; 0 before the first.
        step: u32,
        /// The question.
        ask: Words,
        /// 2 to 5 answers.
        choices: Vec<Words>,
    },
    /// Somebody has bet, or has changed a bet.
    BetPlaced {
        /// How many sessions now hold each choice.
        counts: Vec<u32>,
    },
    /// The kernel has decided a bet.
    BetMarked {
        /// Which choice fits, from 0; null where none does.
        choice: Option<u32>,
        /// What was found.
        found: String,
    },
    /// What the measurements say of the claim.
    ExperimentVerdict {
        /// In one word.
        is: Verdict,
        /// In a sentence, with what was measured.
        here: Words,
    },
}

impl What {
    /// Whether it tells of one packet only.
    pub fn is_packet(&self) -> bool {
        matches!(
            self,
            Self::PacketEntered { .. } | Self::PacketMarked { .. } | Self::PacketLeft { .. }
        )
    }
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
