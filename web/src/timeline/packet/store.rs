//! Owns the packets that were told of, in the order in which they came. Bounded: the oldest are
//! forgotten; those told in sums are counted.

use super::super::bound::Bound;
use super::ends::{self, Ends};
use super::run::{Line, Runs};
use super::sequence::{Base, Origin, Ways, repeats};
use super::{Leg, Packet, delay_of};
use protocol::message::Thin;
use protocol::packet::{Head, Mark, PacketFate};
use protocol::table::{Set, Table};
use protocol::{CallId, Event, Field, FlowId, Nanos, PacketId, What, World};
use std::collections::VecDeque;

/// Packets kept at most.
const KEPT: usize = 50_000;
/// Packets of which the last moment is looked up together.
const BLOCK: u64 = 256;
/// How far back the packet is looked for that one repeats.
const SEARCHED: usize = 1_024;
/// Marks kept of a packet.
const MARKS: usize = 64;
/// Sums kept of a flow.
const SUMS: usize = 4_096;
/// Flows remembered whose ends are not known.
const OPEN: usize = 256;

/// A burst of more is one line of a ladder.
const FLOOD: u32 = 20;

/// Packets in order, and what their flows have in common.
#[derive(Default)]
pub(in crate::timeline) struct Packets {
    pub(in crate::timeline) kept: Bound<KEPT>,
    stored: VecDeque<Packet>,
    runs: Runs,
    ways: Ways,
    bases: Table<(FlowId, u32), Base>,
    places: Table<PacketId, u64>,
    fallen: u64,
    /// Per [`BLOCK`] places: the last moment at which the picture shows anything of them.
    reach: VecDeque<Nanos>,
    /// Packets of which the leaving is not known.
    live: Set<PacketId>,
    ends: Table<FlowId, Ends>,
    /// Flows of which an end was not known at their last packet.
    open: Set<FlowId>,
    frozen: Option<Nanos>,
    bursts: Table<CallId, (Nanos, Nanos)>,
    /// Per flow: when, and how many packets had been told in sums by then.
    sums: Table<FlowId, VecDeque<(Nanos, u64)>>,
}

impl Packets {
    pub(in crate::timeline) fn restart(&mut self, world: &World) {
        *self = Self::default();
        let Some(wire) = &world.wire else { return };
        self.frozen = wire.frozen;
        let mut packets: Vec<_> = wire.packets.iter().collect();
        crate::order::by_key(&mut packets, |(id, packet)| (packet.entered, **id));
        for (id, told) in packets {
            let ends = ends::ends(world, told.from, &told.src, &told.dst, &told.head);
            let mut new = Packet {
                id: *id,
                flow: told.flow,
                from: told.from,
                bytes: told.bytes,
                src: told.src.clone(),
                dst: told.dst.clone(),
                head: told.head.clone(),
                entered: told.entered,
                left: None,
                marks: told.held.map(|at| (at, Mark::Held)).into_iter().collect(),
                copy_of: told.copy_of,
                damaged: told.damaged,
                ends,
                trap: None,
                repeats: None,
                origin: Origin::default(),
                unseen: None,
                holds: Vec::new(),
                expects: delay_of(&wire.impaired[told.from.index()]),
                behind: 0,
            };
            if let Some(at) = told.held.or(wire.frozen.map(|at| at.max(told.entered))) {
                new.hold(at, self.standing(told.flow));
            }
            self.add(new, world);
        }
    }

    /// Events are missing: what a snapshot does not know on the wire has left it, nobody knows how.
    pub(in crate::timeline) fn leap(&mut self, world: &World) {
        let wire = world.wire.as_ref();
        self.frozen = wire.and_then(|wire| wire.frozen);
        let is_there = |id: &PacketId| wire.is_some_and(|wire| wire.packets.contains_key(id));
        self.forget_live(world.at, |packet| !is_there(&packet.id));
    }

    pub(in crate::timeline) fn push(&mut self, event: &Event, newest: &World) {
        let at = event.at;
        match &event.what {
            What::PacketEntered { packet, flow, from, bytes, src, dst, head } => {
                let wire = newest.wire.as_ref();
                let mut new = Packet {
                    id: *packet,
                    flow: *flow,
                    from: *from,
                    bytes: *bytes,
                    src: src.clone(),
                    dst: dst.clone(),
                    head: head.clone(),
                    entered: at,
                    left: None,
                    marks: Vec::new(),
                    copy_of: None,
                    damaged: false,
                    ends: (None, None),
                    trap: None,
                    repeats: None,
                    origin: Origin::default(),
                    unseen: None,
                    holds: Vec::new(),
                    expects: wire.map_or(0, |wire| delay_of(&wire.impaired[from.index()])),
                    behind: 0,
                };
                new.ends = self.ends_of(&new, newest);
                new.repeats = self.repeated(&new);
                if let Head::Tcp(tcp) = head {
                    new.origin = self.ways.origin(src, dst, tcp);
                }
                if self.frozen.is_some() {
                    new.hold(at, self.standing(*flow));
                }
                self.add(new, newest);
            }
            What::PacketMarked { packet, mark } => self.marked(at, *packet, *mark, newest),
            What::PacketLeft { packet, fate, .. } => self.left(at, *packet, *fate),
            What::TrapSprung { trap, packet, .. } => {
                if let Some(packet) = self.get_mut(*packet) {
                    packet.trap = Some(*trap);
                }
            }
            What::Frozen { on, .. } => self.freeze(at, *on),
            What::WireUp { .. } => self.forget_live(at, |_| true),
            What::CallEnded { .. } => self.bind(newest),
            What::Sample { set, .. }
                if set.iter().any(|field| matches!(field, Field::Local(_) | Field::Peer(_))) =>
            {
                self.bind(newest);
            }
            _ => {}
        }
    }

    /// Packets told in sums: counted; of those told one by one, no more are on the wire than the sums
    /// leave there.
    pub(in crate::timeline) fn thinned(&mut self, at: Nanos, flows: &[Thin], newest: &World) {
        for thin in flows {
            if thin.fate.is_none() {
                let sums = self.sums.or_default(thin.flow);
                let before = sums.back().map_or(0, |(_, sum)| *sum);
                sums.push_back((at, before + thin.packets));
                if sums.len() > SUMS {
                    sums.pop_front();
                }
                continue;
            }
            let flow = newest.wire.as_ref().and_then(|wire| wire.flows.get(&thin.flow));
            let most = flow.map_or(0, protocol::world::Flow::on_wire);
            let own = self.live.keys().filter(|id| self.flow_of(**id) == Some(thin.flow));
            let own: Vec<PacketId> = own.copied().collect();
            let over = own.len().saturating_sub(usize::try_from(most).unwrap_or(usize::MAX));
            let gone = &own[..over];
            self.forget_live(at, |packet| gone.binary_search(&packet.id).is_ok());
        }
        while self.sums.len() > protocol::world::KEPT_FLOWS {
            self.sums.pop_first();
        }
    }

    /// How many packets of a flow have been told in sums only, up to a moment.
    pub(in crate::timeline) fn undrawn(&self, flow: FlowId, at: Nanos) -> u64 {
        let Some(sums) = self.sums.get(&flow) else { return 0 };
        let seen = sums.partition_point(|(told, _)| *told <= at);
        seen.checked_sub(1).map_or(0, |last| sums[last].1)
    }

    pub(in crate::timeline) fn get(&self, id: PacketId) -> Option<&Packet> {
        let place = self.places.get(&id)?.checked_sub(self.fallen)?;
        self.stored.get(place as usize)
    }

    fn get_mut(&mut self, id: PacketId) -> Option<&mut Packet> {
        let place = self.places.get(&id)?.checked_sub(self.fallen)?;
        self.stored.get_mut(place as usize)
    }

    fn flow_of(&self, id: PacketId) -> Option<FlowId> {
        self.get(id).map(|packet| packet.flow)
    }

    fn add(&mut self, new: Packet, newest: &World) {
        let burst = new.burst().map(|burst| newest.bursts.get(&burst));
        let flood = burst.is_some_and(|burst| burst.is_none_or(|burst| burst.count > FLOOD));
        self.runs.add(&new, flood);
        let place = self.fallen + self.stored.len() as u64;
        self.places.insert(new.id, place);
        self.live.add(new.id);
        if place.is_multiple_of(BLOCK) {
            self.reach.push_back(0);
        }
        if let Some(last) = self.reach.back_mut() {
            *last = Nanos::MAX;
        }
        self.stretch(new.burst(), new.entered, new.entered);
        self.stored.push_back(new);
        if self.kept.is_passed(self.stored.len())
            && let Some(old) = self.stored.pop_front()
        {
            self.places.remove(&old.id);
            self.live.remove(&old.id);
            self.runs.fall();
            self.fallen += 1;
            if self.fallen.is_multiple_of(BLOCK) {
                self.reach.pop_front();
            }
        }
    }

    /// A burst's span grows with its packets.
    fn stretch(&mut self, burst: Option<CallId>, entered: Nanos, until: Nanos) {
        let Some(burst) = burst else { return };
        let span = self.bursts.or_insert(burst, (entered, until));
        *span = (span.0.min(entered), span.1.max(until));
        while self.bursts.len() > protocol::world::KEPT_BURSTS {
            self.bursts.pop_first();
        }
    }

    /// Whether a packet stands by itself on a ladder, or is off the wire, may have changed.
    fn tell_runs(&mut self, id: PacketId) {
        let Some(place) = self.places.get(&id).copied() else { return };
        let Some(packet) = self.get(id) else { return };
        let (entered, gone) = (packet.entered, packet.gone());
        let held = packet.holds(Nanos::MAX).next().map(|(began, _)| began);
        let lost = matches!(packet.left, Some((_, PacketFate::Lost(_))));
        if let Some(held) = held {
            self.runs.held(place, entered, held);
        }
        if let Some(gone) = gone {
            self.runs.gone(place, entered, gone, lost);
        }
    }

    /// Something about the end of a packet has changed.
    fn settle(&mut self, id: PacketId) {
        self.tell_runs(id);
        let Some(place) = self.places.get(&id).copied() else { return };
        let first = (place / BLOCK * BLOCK).max(self.fallen) - self.fallen;
        let end = ((place / BLOCK + 1) * BLOCK - self.fallen).min(self.stored.len() as u64);
        // Most often the latest of them is still on the wire: then no other need be asked.
        let mut reach = 0;
        for packet in self.stored.range(first as usize..end as usize).rev() {
            reach = packet.shown_until().max(reach);
            if reach == Nanos::MAX {
                break;
            }
        }
        if let Some(own) = self.reach.get_mut((place / BLOCK - self.fallen / BLOCK) as usize) {
            *own = reach;
        }
    }

    /// Ends of a new packet: those of its flow, unless better ones may be known by now.
    fn ends_of(&mut self, new: &Packet, newest: &World) -> Ends {
        let icmp = matches!(new.head, Head::Icmp(_));
        if let Some(known) = self.ends.get(&new.flow).filter(|_| !icmp)
            && ends::are_final(newest, *known, &new.src, &new.dst)
        {
            return *known;
        }
        let found = ends::ends(newest, new.from, &new.src, &new.dst, &new.head);
        if !icmp {
            self.ends.insert(new.flow, found);
            if found.0.is_some() && found.1.is_some() {
                self.open.remove(&new.flow);
            } else if self.open.len() < OPEN {
                self.open.add(new.flow);
            }
        }
        while self.ends.len() > protocol::world::KEPT_FLOWS {
            self.ends.pop_first();
        }
        found
    }

    /// An address has become known: whose packets were nobody's may be somebody's.
    fn bind(&mut self, newest: &World) {
        for flow in self.open.keys().copied().collect::<Vec<_>>() {
            let own = |packet: &&mut Packet| packet.flow == flow;
            let mut packets: Vec<&mut Packet> =
                self.stored.iter_mut().rev().take(SEARCHED).filter(own).collect();
            let Some(first) = packets.first() else {
                self.open.remove(&flow);
                continue;
            };
            let found = ends::ends(newest, first.from, &first.src, &first.dst, &first.head);
            for packet in &mut packets {
                packet.ends = (packet.ends.0.or(found.0), packet.ends.1.or(found.1));
            }
            self.ends.insert(flow, found);
            if found.0.is_some() && found.1.is_some() {
                self.open.remove(&flow);
            }
        }
    }

    /// The last packet that carried what `new` carries again.
    fn repeated(&mut self, new: &Packet) -> Option<PacketId> {
        let Head::Tcp(own) = &new.head else { return None };
        let carries = |packet: &&Packet| match &packet.head {
            Head::Tcp(tcp) => {
                packet.flow == new.flow && packet.from == new.from && repeats(own, tcp)
            }
            _ => false,
        };
        if !self.ways.goes_back(new.flow, own) {
            return None;
        }
        self.stored.iter().rev().take(SEARCHED).find(carries).map(|packet| packet.id)
    }

    /// How many of a flow are held now, as far as the picture tells them apart.
    fn standing(&self, flow: FlowId) -> usize {
        let own = self.live.keys().filter_map(|id| self.get(*id)).filter(|p| p.flow == flow);
        own.filter(|packet| packet.held(Nanos::MAX).is_some()).take(Packet::BEHIND).count()
    }

    fn marked(&mut self, at: Nanos, id: PacketId, mark: Mark, newest: &World) {
        let Some(flow) = self.flow_of(id) else { return };
        let frozen = self.frozen.is_some();
        let holds = mark == Mark::Held || (frozen && matches!(mark, Mark::Copied { .. }));
        let standing = if holds { self.standing(flow) } else { 0 };
        let Some(packet) = self.get_mut(id) else { return };
        if packet.marks.len() < MARKS {
            packet.marks.push((at, mark));
        }
        match mark {
            Mark::Held => packet.hold(at, standing),
            Mark::Released => packet.release(at),
            Mark::Damaged { .. } => packet.damaged = true,
            Mark::Delayed { by } => packet.expects = packet.expects.saturating_add(by),
            Mark::Copied { copy } => {
                let mut twin = Packet {
                    id: copy,
                    copy_of: Some(id),
                    entered: at,
                    left: None,
                    marks: Vec::new(),
                    holds: Vec::new(),
                    trap: None,
                    ..packet.clone()
                };
                if frozen {
                    twin.hold(at, standing);
                }
                self.add(twin, newest);
            }
        }
        self.settle(id);
    }

    fn left(&mut self, at: Nanos, id: PacketId, fate: PacketFate) {
        let Some(packet) = self.get_mut(id) else { return };
        packet.release(at);
        packet.left = Some((at, fate));
        let (burst, entered, until) = (packet.burst(), packet.entered, packet.until());
        self.live.remove(&id);
        self.stretch(burst, entered, until);
        self.settle(id);
    }

    fn freeze(&mut self, at: Nanos, on: bool) {
        self.frozen = on.then_some(self.frozen.unwrap_or(at));
        for id in self.live.keys().copied().collect::<Vec<_>>() {
            let standing = self.flow_of(id).map_or(0, |flow| self.standing(flow));
            let Some(packet) = self.get_mut(id) else { continue };
            // One that is held by itself stays so.
            let own = packet.marks.iter().rev().find_map(|(_, mark)| match mark {
                Mark::Held => Some(true),
                Mark::Released => Some(false),
                _ => None,
            });
            match on {
                true => packet.hold(at, standing),
                false if own != Some(true) => packet.release(at),
                false => {}
            }
            self.tell_runs(id);
        }
    }

    /// Of these it is no longer known whether they are on the wire.
    fn forget_live(&mut self, at: Nanos, which: impl Fn(&Packet) -> bool) {
        let gone = self.live.keys().filter(|id| self.get(**id).is_some_and(&which));
        for id in gone.copied().collect::<Vec<_>>() {
            self.live.remove(&id);
            if let Some(packet) = self.get_mut(id) {
                packet.unseen = Some(at);
            }
            self.settle(id);
        }
    }

    /// Those of which the picture shows something at a moment, the oldest first.
    pub(in crate::timeline) fn at(&self, at: Nanos) -> impl Iterator<Item = &Packet> {
        let end = self.begun(at) as u64 + self.fallen;
        let blocks = (self.fallen / BLOCK..=end / BLOCK).zip(&self.reach);
        let blocks = blocks.filter(move |(_, reach)| **reach > at);
        blocks
            .flat_map(move |(block, _)| {
                let from = (block * BLOCK).max(self.fallen).min(end) - self.fallen;
                let to = ((block + 1) * BLOCK).min(end).max(from + self.fallen) - self.fallen;
                self.stored.range(from as usize..to as usize)
            })
            .filter(move |packet| packet.shown_until() > at)
    }

    /// Those that came at or before a moment, the latest first.
    pub(in crate::timeline) fn before(&self, at: Nanos) -> impl Iterator<Item = &Packet> {
        self.stored.range(..self.begun(at)).rev()
    }

    /// How many lines began at or before a moment: packets, or what may be drawn as one.
    pub(in crate::timeline) fn rows(&self, at: Nanos, each: bool) -> usize {
        if each { self.begun(at) } else { self.runs.begun(at) }
    }

    /// What a ladder draws of those that came at or before `until`; see [`Runs::lines`].
    pub(in crate::timeline) fn lines(
        &self,
        until: Nanos,
        at: Nanos,
        most: usize,
    ) -> (Vec<Line>, Nanos) {
        self.runs.lines(until, at, most)
    }

    /// What a packet's numbers were counted from, as its own bytes said; see [`Base`].
    pub(in crate::timeline) fn learn(&mut self, id: PacketId, base: Base) {
        let Some(packet) = self.get(id) else { return };
        self.bases.insert((packet.flow, packet.origin.turn), base);
        while self.bases.len() > protocol::world::KEPT_FLOWS {
            self.bases.pop_first();
        }
    }

    /// What was learned of a packet's connection.
    pub(in crate::timeline) fn base(&self, packet: &Packet) -> Option<Base> {
        self.bases.get(&(packet.flow, packet.origin.turn)).copied()
    }

    /// The packet stored at a place.
    pub(in crate::timeline) fn stored(&self, place: u64) -> Option<&Packet> {
        self.stored.get(place.checked_sub(self.fallen)? as usize)
    }

    /// How many came at or before a moment.
    fn begun(&self, at: Nanos) -> usize {
        self.stored.partition_point(|packet| packet.entered <= at)
    }

    /// Those next to one in the order of coming.
    pub(in crate::timeline) fn around(
        &self,
        id: PacketId,
        reach: usize,
    ) -> impl Iterator<Item = &Packet> {
        let place = self.places.get(&id).and_then(|place| place.checked_sub(self.fallen));
        let place = place.unwrap_or(0) as usize;
        let end = (place + reach).min(self.stored.len());
        self.stored.range(place.saturating_sub(reach).min(end)..end)
    }

    /// The spans in which something moves at a moment.
    pub(in crate::timeline) fn legs(&self, at: Nanos) -> impl Iterator<Item = Leg> {
        self.at(at).filter_map(move |packet| packet.leg(at))
    }

    /// The first moment after `at` at which a packet comes or goes on.
    pub(in crate::timeline) fn next_began(&self, at: Nanos, but: Option<CallId>) -> Option<Nanos> {
        let mut later = self.stored.range(self.begun(at)..);
        let next = later.find(|packet| but.is_none() || packet.burst() != but);
        let next = next.map(|packet| packet.entered);
        let other = |packet: &&Packet| but.is_none() || packet.burst() != but;
        let held = self.at(at).filter(other).filter(|packet| packet.is_let_go_after(at));
        held.filter_map(|packet| packet.goes_on(at)).chain(next).min()
    }

    pub(in crate::timeline) fn burst(&self, burst: CallId) -> Option<(Nanos, Nanos)> {
        self.bursts.get(&burst).copied()
    }

    /// Beginning, middle and end of each leg are steps of their own; of a burst's, its own only.
    fn stops(&self, packet: &Packet) -> Vec<Nanos> {
        let mut legs = Vec::new();
        if let Some(span) = packet.burst().and_then(|burst| self.burst(burst)) {
            legs.push(span);
        } else {
            packet.legs(|leg| legs.push((leg.began, leg.ended)));
        }
        legs.into_iter()
            .flat_map(|(began, ended)| [began, began + (ended - began) / 2, ended])
            .collect()
    }

    pub(in crate::timeline) fn next_stop(&self, at: Nanos) -> Option<Nanos> {
        let stops = self.at(at).flat_map(|packet| self.stops(packet)).filter(|stop| *stop > at);
        stops.chain(self.next_began(at, None)).min()
    }

    pub(in crate::timeline) fn previous_stop(&self, at: Nanos) -> Option<Nanos> {
        let stops = self.before(at).take(64).flat_map(|packet| self.stops(packet));
        stops.filter(|stop| *stop < at).max()
    }

    /// Packets lost in the picture between two moments.
    pub(in crate::timeline) fn lost_between(
        &self,
        from: Nanos,
        to: Nanos,
    ) -> impl Iterator<Item = &Packet> {
        self.at(to).filter(move |packet| {
            packet.lost(to).is_some() && packet.until() > from && packet.until() <= to
        })
    }
}
