//! Owns the events that came, and the world at any moment of them. Bounded: the oldest fall off and
//! are counted. Never reads a clock.

mod bound;
mod call;
mod crossing;
mod fall;
mod history;
mod known;
mod lively;
mod mark;
mod packet;
mod row;
mod touch;
mod trace;

pub use crossing::Move;
pub use fall::{Fall, Loser};
pub use known::Face;
pub use lively::idles;
pub use mark::{Counts, Mark, MarkKind, Trouble};
pub(crate) use packet::Joined;
pub(crate) use packet::Leg;
pub use packet::{Base, Origin, Packet};
pub(crate) use row::PacketLine;
pub use trace::{Measure, Step, Trace};

use protocol::message::Thin;
use protocol::world::Call;
use protocol::{Address, CallId, Event, FlowId, Nanos, PacketId, Seq, SocketId, What, World};

/// The events since the snapshot, and the shown moment among them.
#[derive(Default)]
pub struct Timeline {
    history: history::History,
    newest: World,
    world: World,
    /// Stored events that `world` has seen.
    shown: usize,
    /// The moment last shown.
    seen: Nanos,
    crossings: crossing::Crossings,
    packets: packet::Packets,
    calls: call::Calls,
    known: known::Known,
    marks: mark::Marks,
    traces: trace::Traces,
    falls: fall::Falls,
    /// When the lab was emptied.
    cleared: Vec<Nanos>,
    /// When an experiment said something.
    acts: Vec<Nanos>,
}

impl Timeline {
    /// Begins anew from a snapshot (a new epoch, or a gap).
    pub fn restart(&mut self, snapshot: World) {
        *self = Self {
            history: history::History::new(snapshot.clone()),
            world: snapshot.clone(),
            ..Self::default()
        };
        self.calls.restart(&snapshot);
        self.known.restart(&snapshot);
        self.packets.restart(&snapshot);
        self.traces.restart(&snapshot);
        self.newest = snapshot;
    }

    /// Goes on from a snapshot: events before it are missing. What came before them can still be shown.
    pub fn leap(&mut self, snapshot: World) {
        self.known.see_all(&snapshot);
        self.packets.leap(&snapshot);
        self.newest = snapshot.clone();
        self.keep(history::Entry::Leap(Box::new(snapshot)));
    }

    /// What is added from now on is a recording's: nearly all of it is kept.
    pub fn replays(&mut self) {
        self.history.lift();
        self.calls.kept.lift();
        self.crossings.kept.lift();
        self.marks.kept.lift();
        self.packets.kept.lift();
    }

    /// Adds the next event; one that came before (after a resume) is not added again.
    pub fn push(&mut self, event: Event) {
        if self.newest.seq != 0 && event.seq <= self.newest.seq {
            return;
        }
        self.newest.apply(&event);
        self.calls.push(&event);
        self.known.push(&event, &self.newest);
        self.marks.push(&event, &self.newest);
        self.traces.push(&event, &self.newest);
        self.crossings.push(&event);
        self.packets.push(&event, &self.newest);
        match event.what {
            What::Reset { .. } => self.cleared.push(event.at),
            What::ExperimentSaid { .. } => self.acts.push(event.at),
            _ => {}
        }
        self.keep(history::Entry::Event(event));
    }

    /// Adds the next events, all of single packets, told in sums only.
    pub fn push_thinned(&mut self, from: Seq, to: Seq, at: Nanos, flows: &[Thin]) {
        if self.newest.seq != 0 && from != self.newest.seq + 1 {
            return;
        }
        let entry = history::Entry::Thinned { from, to, at, flows: flows.to_vec() };
        entry.fold(&mut self.newest);
        self.packets.thinned(at, flows, &self.newest);
        self.marks.thinned(at, flows, &self.newest);
        self.keep(entry);
    }

    fn keep(&mut self, entry: history::Entry) {
        let fallen = self.history.push(entry, &self.newest);
        if fallen > self.shown {
            self.world = self.history.oldest().clone();
        }
        self.shown = self.shown.saturating_sub(fallen);
    }

    /// The world at the shown moment.
    pub fn world(&self) -> &World {
        &self.world
    }

    /// The world at the newest event: what commands act on.
    pub fn newest(&self) -> &World {
        &self.newest
    }

    /// Shows the moment `at`, forwards or backwards.
    pub fn seek(&mut self, at: Nanos) {
        self.seen = at;
        let target = self.history.before(at);
        self.shown = self.history.seek(&mut self.world, self.shown, target);
    }

    /// The same, for a clock that also tells the viewer's own seconds: what became known on the way
    /// may fall on the screen from now on.
    pub(crate) fn seek_seen(&mut self, at: Nanos, view: f64) {
        let (before, came) = (self.shown, self.seen);
        self.seek(at);
        if before != self.shown {
            self.falls.passed(&self.world, self.shown >= before, view);
        }
        if came > 0 && at > came {
            self.falls.lost(self.packets.lost_between(came, at), view);
        }
        self.falls.settle(view);
    }

    /// The moment last shown.
    pub fn shown_at(&self) -> Nanos {
        self.seen
    }

    /// When the lab was last emptied, up to a moment; 0 for never.
    pub(crate) fn cleared(&self, at: Nanos) -> Nanos {
        let before = self.cleared.partition_point(|cleared| *cleared <= at);
        before.checked_sub(1).map_or(0, |last| self.cleared[last])
    }

    /// The events after one moment, up to and at another.
    pub(crate) fn between(&self, from: Nanos, to: Nanos) -> impl Iterator<Item = &Event> {
        self.history.after(from).take_while(move |event| event.at <= to)
    }

    /// The moments at which an experiment said something, in order.
    pub fn acts(&self) -> &[Nanos] {
        &self.acts
    }

    /// How many of the oldest events have fallen off the store.
    pub fn forgotten(&self) -> u64 {
        self.history.fallen()
    }

    /// The earliest moment that can still be shown.
    pub fn earliest(&self) -> Nanos {
        self.history.oldest().at
    }

    /// The moments at which something happened, told apart, before or after one.
    pub(crate) fn next_event(&self, at: Nanos) -> Option<Nanos> {
        let event = self.history.after(at).find(|event| tells(&event.what)).map(|event| event.at);
        let stops = [self.crossings.next_stop(at), self.packets.next_stop(at)];
        stops.into_iter().chain([event]).flatten().min()
    }

    /// See [`Timeline::next_event`].
    pub(crate) fn previous_event(&self, at: Nanos) -> Option<Nanos> {
        let event = self
            .history
            .until(at)
            .rev()
            .find(|event| event.at < at && tells(&event.what))
            .map(|event| event.at);
        let stops = [self.crossings.previous_stop(at), self.packets.previous_stop(at)];
        stops.into_iter().chain([event]).flatten().max()
    }

    /// What is under way at a moment.
    pub fn moves(&self, at: Nanos) -> impl Iterator<Item = &Move> {
        self.crossings.at(at)
    }

    /// What began to cross at or before a moment, the latest first.
    pub fn moves_before(&self, at: Nanos) -> impl Iterator<Item = &Move> {
        self.crossings.before(at)
    }

    /// The spans in which something moves at a moment: crossings and packets alike.
    pub(crate) fn legs(&self, at: Nanos) -> impl Iterator<Item = Leg> {
        self.crossings.at(at).map(Move::leg).chain(self.packets.legs(at))
    }

    /// The first moment after `at` at which something begins to cross, a burst's own datagrams left out.
    pub(crate) fn next_move(&self, at: Nanos, but: Option<CallId>) -> Option<Nanos> {
        let next = [self.crossings.next_began(at, but), self.packets.next_began(at, but)];
        next.into_iter().flatten().min()
    }

    /// The last moment, at or before `at`, at which something began to cross.
    pub(crate) fn last_move(&self, at: Nanos) -> Option<Nanos> {
        let crossing = self.crossings.before(at).next().map(|moving| moving.began);
        let packet = self.packets.before(at).next().map(|packet| packet.entered);
        crossing.max(packet)
    }

    /// The span in which all of a burst's datagrams crossed, as far as known.
    pub fn burst_span(&self, burst: CallId) -> Option<(Nanos, Nanos)> {
        match (self.crossings.burst(burst), self.packets.burst(burst)) {
            (Some(a), Some(b)) => Some((a.0.min(b.0), a.1.max(b.1))),
            (one, other) => one.or(other),
        }
    }

    /// What was told of a packet, as long as it is remembered.
    pub fn packet(&self, id: PacketId) -> Option<&Packet> {
        self.packets.get(id)
    }

    /// Packets on the wire at a moment, and those lost lately, the oldest first.
    pub fn packets(&self, at: Nanos) -> impl Iterator<Item = &Packet> {
        self.packets.at(at)
    }

    /// Packets that came at or before a moment, the latest first.
    pub fn packets_before(&self, at: Nanos) -> impl Iterator<Item = &Packet> {
        self.packets.before(at)
    }

    /// The parts of a packet's datagram, by their offsets; itself one of them.
    pub fn parts(&self, packet: &Packet) -> Vec<&Packet> {
        packet::parts(&self.packets, packet)
    }

    /// Packets of a flow that were told in sums only, up to a moment.
    pub fn undrawn(&self, flow: FlowId, at: Nanos) -> u64 {
        self.packets.undrawn(flow, at)
    }

    /// Our sockets at both ends of a flow, in the newest world.
    pub fn ends(&self, flow: &protocol::world::Flow) -> (Option<SocketId>, Option<SocketId>) {
        packet::ends_of(&self.newest, flow)
    }

    /// How far a lost packet has fallen on the screen, in the viewer's seconds: 0 to 1.
    pub fn fallen(&self, packet: PacketId, view: f64) -> f32 {
        self.falls.down(packet, view)
    }

    /// The bytes that a data segment or datagram carried, where exactly one send can have been it.
    pub fn bytes_of(&self, moving: &Move) -> Option<Vec<u8>> {
        self.calls.bytes_of(moving)
    }

    /// The calls begun at or before a moment, the latest first; also those that the world forgot.
    pub fn calls_before(&self, at: Nanos) -> impl Iterator<Item = &Call> {
        self.calls.before(at)
    }

    /// What is remembered of a socket, even when the world has forgotten it.
    pub fn face(&self, socket: SocketId) -> Option<&Face> {
        self.known.face(socket)
    }

    /// Whether an address was once one of our own sockets'.
    pub fn was_ours(&self, address: &Address) -> bool {
        self.known.was_ours(address)
    }

    /// How often each kind of thing happened in each of so many equal parts of a span.
    pub fn density(&self, from: Nanos, to: Nanos, parts: usize) -> Vec<Counts> {
        self.marks.columns(from, to, parts)
    }

    /// What the kernel said of a socket through time.
    pub fn trace(&self, socket: SocketId, measure: Measure) -> Option<&Trace> {
        self.traces.of(socket, measure)
    }

    /// The next or previous loss, resend, sleep or failure.
    pub(crate) fn trouble(&self, at: Nanos, forward: bool, sought: Trouble) -> Option<Mark> {
        self.marks.trouble(at, forward, sought)
    }

    /// Datagrams that fall on the screen: those whose loss the picture has just learned of.
    pub fn falls(&self) -> &[Fall] {
        self.falls.all()
    }

    /// The newest event's place.
    pub fn seq(&self) -> Seq {
        self.newest.seq
    }
}

/// Whether an event is a step of its own; what was inferred later stands at its own moment.
fn tells(what: &What) -> bool {
    match what {
        What::Crossed { .. }
        | What::FlowSeen { .. }
        | What::Counted { .. }
        | What::DeviceDropped { .. } => false,
        What::Sample { set, .. } => {
            set.iter().any(|field| !matches!(field, protocol::Field::Steady(_)))
        }
        _ => true,
    }
}

#[cfg(test)]
mod tests;
