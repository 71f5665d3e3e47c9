//! Owns the state at a moment: one pure fold over the journal, used by relay and page alike.
//! Never guesses: what no event told is absent.

mod burst;
mod call;
mod gate;
mod kernel;
mod ledger;
mod lesson;
mod life;
mod outcome;
mod pair;
mod recorded;
mod socket;
mod wire;

pub use burst::{Burst, Fate, Sheet, SheetError, Tally};
pub use call::{Call, Progress};
pub use gate::Waiting;
pub use kernel::Kernel;
pub use ledger::{DatagramLedger, Ledger, StreamLedger};
pub use lesson::{Bet, Lesson, Said};
pub use life::{KEPT_LIVES, Life, Stamp, Taken};
pub use recorded::Recorded;
pub use socket::{Moved, Socket};
pub use wire::{Fated, Flow, Handed, KEPT_FLOWS, Packet, Trap, Wire};

use crate::command::{Command, Kind};
use crate::table::Table;
use crate::{Answer, CallId, Event, Nanos, Seq, SocketId, What};
use serde::{Deserialize, Serialize};

/// Ended calls that the world remembers, for the ladder and the log.
pub const KEPT_CALLS: usize = 256;
/// Bursts that the world remembers.
pub const KEPT_BURSTS: usize = 8;

/// The state at a moment.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct World {
    /// The last event applied.
    pub seq: Seq,
    /// Its moment.
    pub at: Nanos,
    /// The sockets that the lab or the kernel still knows.
    pub sockets: Table<SocketId, Socket>,
    /// Calls under way, and the last [`KEPT_CALLS`] that ended.
    pub calls: Table<CallId, Call>,
    /// The last [`KEPT_BURSTS`] bursts.
    pub bursts: Table<CallId, Burst>,
    /// Streams that have connected so far, for their names.
    pub clients: u32,
    /// The experiment being played, if any.
    pub lesson: Option<Lesson>,
    /// The wire, where there is one.
    pub wire: Option<Wire>,
    /// Whether anybody has asked for anything yet; not undone by a reset.
    pub touched: bool,
    /// Whether the call gate is shut.
    pub gate: bool,
    /// The calls that wait there, oldest first.
    pub waiting: Vec<Waiting>,
    /// The recording that is being written, or the last one; not undone by a reset.
    pub recording: Option<Recorded>,
}

impl World {
    /// The world one event later.
    ///
    /// # Panics
    /// In debug builds, when the event is not the next one.
    pub fn apply(&mut self, event: &Event) {
        debug_assert!(
            self.seq == 0 || event.seq == self.seq + 1,
            "event {} after {}",
            event.seq,
            self.seq
        );
        self.seq = event.seq;
        self.at = event.at;
        self.touched |= touches(&event.what);
        match &event.what {
            What::CallBegan { call, by, ask, cut } => self.began(event.at, *call, *by, ask, *cut),
            What::CallBlocked { call, bytes } => self.blocked(event.at, *call, *bytes),
            What::CallEnded { call, result } => self.ended(event.at, *call, result),
            What::Sample { socket, set } => self.sampled(event.at, *socket, set),
            What::Gone { socket } => {
                self.sockets.remove(socket);
            }
            What::DatagramSent { call, number } => self.datagram_sent(*call, *number),
            What::Crossed { .. } | What::StampsLost { .. } => {}
            What::Reset { .. } => self.reset(),
            What::ExperimentBegan { name, title, steps } => {
                self.lesson = Some(Lesson::new(name, title, *steps));
            }
            What::ExperimentSaid { .. }
            | What::ExperimentChecked { .. }
            | What::ExperimentEnded { .. }
            | What::ExperimentPlanned { .. }
            | What::ExperimentActed { .. }
            | What::BetAsked { .. }
            | What::BetPlaced { .. }
            | What::BetMarked { .. }
            | What::ExperimentVerdict { .. } => {
                if let Some(lesson) = &mut self.lesson {
                    lesson.apply(&event.what);
                }
            }
            What::RecordingBegan { file, snaplen } => {
                self.recording = Some(Recorded {
                    file: file.clone(),
                    snaplen: *snaplen,
                    began: event.at,
                    ended: None,
                    bytes: 0,
                    why: None,
                });
            }
            What::RecordingEnded { bytes, why } => {
                if let Some(recording) = &mut self.recording {
                    recording.ended = Some(event.at);
                    recording.bytes = *bytes;
                    recording.why.clone_from(why);
                }
            }
            What::Appeared { .. } => self.appeared(event.at, &event.what),
            What::Gate { .. }
            | What::CallWaiting { .. }
            | What::CallReleased { .. }
            | What::CallWithdrawn { .. } => self.gate_event(event.at, &event.what),
            What::Stamped { .. } => self.stamp_event(&event.what),
            What::FlowSeen { .. }
            | What::PacketEntered { .. }
            | What::PacketMarked { .. }
            | What::PacketLeft { .. }
            | What::WireUp { .. }
            | What::WireDown { .. }
            | What::Impaired { .. }
            | What::Frozen { .. }
            | What::TrapArmed { .. }
            | What::TrapSprung { .. }
            | What::TrapDisarmed { .. }
            | What::Counted { .. }
            | What::DeviceDropped { .. } => self.wire_event(event.at, &event.what),
        }
    }

    /// A short fingerprint of the state: equal worlds have equal ones (FNV-1a over postcard). The
    /// packets on the wire are left out, since a thinned journal does not tell of each.
    pub fn fingerprint(&self) -> u64 {
        let mut bare = self.clone();
        if let Some(wire) = &mut bare.wire {
            wire.packets.clear();
            wire.handed.clear();
        }
        let bytes = postcard::to_allocvec(&bare).unwrap_or_default();
        bytes.iter().fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
            (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3)
        })
    }

    /// The calls of a socket, oldest first.
    pub fn calls_of(&self, socket: SocketId) -> impl DoubleEndedIterator<Item = &Call> {
        self.calls.values().filter(move |call| call.socket() == Some(socket))
    }

    fn began(
        &mut self,
        at: Nanos,
        id: CallId,
        by: Option<crate::SessionId>,
        ask: &Command,
        cut: Option<u32>,
    ) {
        if let Some(socket) = ask.socket().and_then(|socket| self.sockets.get_mut(&socket)) {
            socket.kernel.steady = false;
            socket.life_begins(at, id, ask);
        }
        if let Command::Burst { socket, address, count, bytes } = ask {
            let to = address.clone().or_else(|| self.sockets.get(socket)?.kernel.peer.clone());
            if let Some(sender) = self.sockets.get_mut(socket) {
                sender.aim.clone_from(&to);
            }
            let receiver = to.as_ref().and_then(|to| self.receiver_of(to, *socket));
            self.bursts.insert(id, Burst::new(*socket, to, receiver, *count, *bytes));
            while self.bursts.len() > KEPT_BURSTS {
                self.bursts.pop_first();
            }
        }
        self.calls.insert(id, Call::new(id, by, ask.clone(), cut, at));
    }

    fn blocked(&mut self, at: Nanos, id: CallId, bytes: u32) {
        let Some(call) = self.calls.get_mut(&id) else { return };
        let more = call.block(at, bytes);
        if let Some(socket) = call.ask.socket().and_then(|socket| self.sockets.get_mut(&socket)) {
            socket.connects(&call.ask);
            socket.took(&call.ask, more.0, more.1);
            socket.life_goes_on(id, None);
        }
        let ask = call.ask.clone();
        self.unsettle_far_end(&ask);
    }

    /// Bytes may be under way to a stream's other end: what was steady is so no longer.
    fn unsettle_far_end(&mut self, ask: &Command) {
        if let Command::Send { socket, .. } = ask
            && let Some(far) = self.far_end(*socket)
            && let Some(far) = self.sockets.get_mut(&far)
        {
            far.kernel.steady = false;
        }
    }

    fn ended(&mut self, at: Nanos, id: CallId, result: &Answer) {
        let Some(call) = self.calls.get_mut(&id) else { return };
        let before = call.end(at, result.clone());
        let call = call.clone();
        self.forget_old_calls();
        if let Some(socket) = call.socket().and_then(|socket| self.sockets.get_mut(&socket)) {
            socket.kernel.steady = false;
            socket.call_ended(at, &call, before, result);
            socket.life_goes_on(id, Some(at));
            if socket.active && socket.client.is_none() && socket.kind == Kind::Stream {
                self.clients += 1;
                socket.client = Some(self.clients);
            }
        }
        self.unsettle_far_end(&call.ask);
        if let Some(socket) = call.socket() {
            self.lives_after(socket, &call.ask);
        }
        match result {
            Answer::Ok(done) => self.succeeded(at, &call, done),
            Answer::Error(_) => {}
        }
    }

    fn forget_old_calls(&mut self) {
        let over = self
            .calls
            .values()
            .filter(|call| call.ended.is_some())
            .count()
            .saturating_sub(KEPT_CALLS);
        let old: Vec<CallId> = self
            .calls
            .values()
            .filter(|call| call.ended.is_some())
            .map(|call| call.id)
            .take(over)
            .collect();
        for id in old {
            self.calls.remove(&id);
        }
    }

    fn reset(&mut self) {
        let (seq, at) = (self.seq, self.at);
        let (wire, recording) = (self.wire.take(), self.recording.take());
        let mut sockets = std::mem::take(&mut self.sockets);
        sockets.retain(|_, socket| socket.program.is_some());
        *self = Self { seq, at, sockets, wire, recording, touched: true, ..Self::default() };
    }
}

/// Whether somebody has asked for it.
fn touches(what: &What) -> bool {
    matches!(
        what,
        What::CallBegan { .. }
            | What::Reset { .. }
            | What::ExperimentBegan { .. }
            | What::Impaired { .. }
            | What::Frozen { .. }
            | What::TrapArmed { .. }
            | What::Appeared { .. }
            | What::Gate { .. }
            | What::CallWaiting { .. }
    )
}
