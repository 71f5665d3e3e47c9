//! Owns the wire's state: its impairments, traps and counters, its flows' sums, and the packets on it.

use super::{Socket, World};
use crate::command::{Kind, Net};
use crate::event::{Counter, What};
use crate::message::{RungName, Thin};
use crate::packet::{End, Head, Lost, Mark, PacketFate, PacketId};
use crate::reply::Numbered;
use crate::table::Table;
use crate::wire::{Deed, Impairment, Match};
use crate::{Address, FlowId, Nanos, Seq, SocketId, TrapId};
use serde::{Deserialize, Serialize};
use std::collections::VecDeque;

/// Flows that the world remembers.
pub const KEPT_FLOWS: usize = 4_096;
/// Broken datagrams that a flow remembers, so that none is counted twice.
const KEPT_BROKEN: usize = 64;
/// Fragments and numbered datagrams that the wire remembers behind their delivery, for a failed write.
const KEPT_HANDED: usize = 64;
/// TCP inside IP.
const TCP: u8 = 6;
/// UDP inside IP.
const UDP: u8 = 17;

/// A packet that is on the wire.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Packet {
    /// Its flow.
    pub flow: FlowId,
    /// From which end.
    pub from: End,
    /// Its length, IP header included.
    pub bytes: u32,
    /// Its sender.
    pub src: Address,
    /// Its receiver.
    pub dst: Address,
    /// What its headers say.
    pub head: Head,
    /// When it came.
    pub entered: Nanos,
    /// Since when it has been held, where it is.
    pub held: Option<Nanos>,
    /// Which packet it is a copy of.
    pub copy_of: Option<PacketId>,
    /// Whether a bit of it was flipped.
    pub damaged: bool,
}

/// A trap that waits.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Trap {
    /// What it waits for.
    #[serde(rename = "match")]
    pub matching: Match,
    /// What it does.
    #[serde(rename = "do")]
    pub act: Deed,
    /// On how many more packets.
    pub left: u32,
    /// The last that it caught.
    pub caught: Option<PacketId>,
}

/// One direction between two addresses, in sums since it was first seen.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Flow {
    /// From which end.
    pub from: End,
    /// The protocol inside IP.
    pub protocol: u8,
    /// Its sender.
    pub src: Address,
    /// Its receiver.
    pub dst: Address,
    /// Packets that entered, copies included.
    pub packets: u64,
    /// Their bytes.
    pub bytes: u64,
    /// Packets that were delivered.
    pub delivered: u64,
    /// Packets that the wire lost, by reason.
    pub lost: Table<Lost, u64>,
    /// When the last one was delivered.
    pub delivered_at: Nanos,
    /// Fragmented datagrams of which a part was lost: identification, latest last.
    pub broken: Vec<u32>,
}

impl Flow {
    /// Packets that the wire lost.
    pub fn all_lost(&self) -> u64 {
        self.lost.values().sum()
    }

    /// Packets on the wire now.
    pub fn on_wire(&self) -> u64 {
        self.packets.saturating_sub(self.delivered + self.all_lost())
    }

    /// A datagram's first fragment: its identification is used anew (16 bits soon come round).
    fn begins(&mut self, head: &Head) {
        if let Head::Fragment(fragment) = head
            && fragment.offset == 0
        {
            self.broken.retain(|ident| *ident != fragment.ident);
        }
    }

    fn left(&mut self, at: Nanos, fate: PacketFate, packets: u64) {
        match fate {
            PacketFate::Delivered => {
                self.delivered += packets;
                self.delivered_at = self.delivered_at.max(at);
            }
            PacketFate::Lost(why) => *self.lost.or_default(why) += packets,
        }
        // A failed write: they were called delivered before.
        if fate == PacketFate::Lost(Lost::DeviceFull) {
            self.delivered = self.delivered.saturating_sub(packets);
        }
    }
}

/// What the wire did to the datagrams on their way to a receiver of ours.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Fated {
    /// Lost whole.
    pub lost: u64,
    /// Lost in part, so that its kernel cannot put them together.
    pub broken: u64,
    /// Sent a second time.
    pub copied: u64,
    /// Fragments sent a second time: whether one of them made up for a lost one, or all of them a
    /// second datagram, is the receiving kernel's secret.
    pub fragments_copied: u64,
    /// With a bit flipped on the way, or fragments with one.
    pub damaged: u64,
}

/// What must be known of a delivered packet if its write fails after all.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Handed {
    /// The packet.
    pub packet: PacketId,
    /// Which of our numbered datagrams it was, or was a part of; null for copies.
    pub numbered: Option<Numbered>,
    /// A fragment's identification.
    pub ident: Option<u32>,
}

/// The wire.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Wire {
    /// On which rung it was made.
    pub rung: RungName,
    /// Why no more sockets can be made on it; null while they can.
    pub down: Option<String>,
    /// The seed with which its random numbers last began.
    pub seed: u32,
    /// What leaves left, and what leaves right.
    pub impaired: [Impairment; 2],
    /// Since when every packet is held; null when none is.
    pub frozen: Option<Nanos>,
    /// Traps that wait.
    pub traps: Table<TrapId, Trap>,
    /// The last [`KEPT_FLOWS`] flows.
    pub flows: Table<FlowId, Flow>,
    /// What left's kernel counts, and what right's does, since the wire was made; zeroes left out.
    pub counters: [Table<String, u64>; 2],
    /// Packets that left's device dropped before they came to us, and right's.
    pub device_dropped: [u64; 2],
    /// Packets on the wire now, those told in sums left out.
    pub packets: Table<PacketId, Packet>,
    /// The last fragments and numbered datagrams that were delivered.
    pub handed: VecDeque<Handed>,
}

impl Wire {
    fn new(rung: RungName, seed: u32) -> Self {
        Self {
            rung,
            down: None,
            seed,
            impaired: Default::default(),
            frozen: None,
            traps: Table::new(),
            flows: Table::new(),
            counters: Default::default(),
            device_dropped: [0; 2],
            packets: Table::new(),
            handed: VecDeque::new(),
        }
    }

    /// Where there are too many, the oldest is forgotten: one at rest, if any is.
    fn seen(&mut self, flow: FlowId, new: Flow) {
        self.flows.remove(&flow);
        while self.flows.len() >= KEPT_FLOWS {
            let resting = self.flows.iter().find(|(_, flow)| flow.on_wire() == 0);
            let oldest = resting.or(self.flows.first_key_value()).map(|(id, _)| *id);
            oldest.and_then(|id| self.flows.remove(&id));
        }
        self.flows.insert(flow, new);
    }

    /// Packets of the flow between these addresses that are on the wire, from `src` to `dst`.
    pub fn on_wire(&self, src: &Address, dst: &Address) -> u64 {
        let (src, dst) = (src.canonical(), dst.canonical());
        let between = |flow: &&Flow| flow.src == src && flow.dst == dst;
        self.flows.values().filter(between).map(Flow::on_wire).sum()
    }

    /// A packet leaves: what its loss, now or by a failed write, would mean.
    fn hand_over(&mut self, id: PacketId, fate: PacketFate) -> Option<Handed> {
        let Some(packet) = self.packets.remove(&id) else {
            let place = self.handed.iter().rposition(|handed| handed.packet == id)?;
            return self.handed.remove(place);
        };
        let ident = match &packet.head {
            Head::Fragment(fragment) => Some(fragment.ident),
            _ => None,
        };
        let numbered = packet.head.numbered().filter(|_| packet.copy_of.is_none());
        let handed = Handed { packet: id, numbered, ident };
        if fate == PacketFate::Delivered && (ident.is_some() || numbered.is_some()) {
            self.handed.push_back(handed);
            if self.handed.len() > KEPT_HANDED {
                self.handed.pop_front();
            }
        }
        Some(handed)
    }

    fn count(&mut self, net: End, set: &[Counter]) {
        for Counter { name, value } in set {
            self.counters[net.index()].insert(name.clone(), *value);
        }
    }
}

impl World {
    /// What happened on the wire.
    pub(super) fn wire_event(&mut self, at: Nanos, what: &What) {
        if let What::WireUp { rung, seed } = what {
            self.wire = Some(Wire::new(*rung, *seed));
        }
        let Some(wire) = &mut self.wire else { return };
        match what {
            What::FlowSeen { flow, from, protocol, src, dst } => {
                let (src, dst) = (src.clone(), dst.clone());
                let new = Flow {
                    from: *from,
                    protocol: *protocol,
                    src,
                    dst,
                    packets: 0,
                    bytes: 0,
                    delivered: 0,
                    lost: Table::new(),
                    delivered_at: 0,
                    broken: Vec::new(),
                };
                wire.seen(*flow, new);
            }
            What::PacketEntered { packet, flow, from, bytes, src, dst, head } => {
                let (src, dst, head) = (src.clone(), dst.clone(), head.clone());
                if let Some(flow) = wire.flows.get_mut(flow) {
                    flow.packets += 1;
                    flow.bytes += u64::from(*bytes);
                    flow.begins(&head);
                }
                let new = Packet {
                    flow: *flow,
                    from: *from,
                    bytes: *bytes,
                    src,
                    dst,
                    head,
                    entered: at,
                    held: None,
                    copy_of: None,
                    damaged: false,
                };
                wire.packets.insert(*packet, new);
            }
            What::PacketMarked { packet, mark } => self.marked(at, *packet, *mark),
            What::PacketLeft { packet, flow, fate } => self.left(at, *packet, *flow, *fate),
            What::WireDown { why } => wire.down = Some(why.clone()),
            What::Impaired { from, set, seed, .. } => {
                wire.impaired[from.index()].clone_from(set);
                wire.seed = seed.unwrap_or(wire.seed);
            }
            What::Frozen { on, .. } => wire.frozen = on.then_some(wire.frozen.unwrap_or(at)),
            What::TrapArmed { trap, matching, act, count, .. } => {
                let new =
                    Trap { matching: matching.clone(), act: *act, left: *count, caught: None };
                wire.traps.insert(*trap, new);
            }
            What::TrapSprung { trap, packet, left } => {
                if *left == 0 {
                    wire.traps.remove(trap);
                } else if let Some(trap) = wire.traps.get_mut(trap) {
                    (trap.left, trap.caught) = (*left, Some(*packet));
                }
            }
            What::TrapDisarmed { trap, .. } => {
                wire.traps.remove(trap);
            }
            What::Counted { net, set } => wire.count(*net, set),
            What::DeviceDropped { from, packets } => wire.device_dropped[from.index()] = *packets,
            _ => {}
        }
    }

    /// The same as applying the events `from` to `to`, which were all of single packets.
    ///
    /// # Panics
    /// In debug builds, when they are not the next ones.
    pub fn apply_thinned(&mut self, from: Seq, to: Seq, at: Nanos, flows: &[Thin]) {
        debug_assert!(self.seq == 0 || from == self.seq + 1, "thinned {from} after {}", self.seq);
        (self.seq, self.at) = (to, at);
        for thin in flows {
            let flow = self.wire.as_mut().and_then(|wire| wire.flows.get_mut(&thin.flow));
            let Some(flow) = flow else { continue };
            let mut lost = 0;
            match thin.fate {
                None => {
                    flow.packets += thin.packets;
                    flow.bytes += thin.bytes;
                }
                Some(fate) => {
                    flow.left(thin.last, fate, thin.packets);
                    lost = if fate == PacketFate::Delivered { 0 } else { thin.packets };
                }
            }
            if lost + thin.copied + thin.damaged > 0 {
                self.fated(thin.flow, |fated| {
                    fated.lost += lost;
                    fated.copied += thin.copied;
                    fated.damaged += thin.damaged;
                });
            }
        }
    }

    /// Whether every packet on the wire is known by itself, none from sums alone. A viewer that comes
    /// again may go on from here only then: its new session would tell it marks of packets that it
    /// never heard of.
    pub fn knows_its_packets(&self) -> bool {
        let Some(wire) = &self.wire else { return true };
        wire.flows.iter().all(|(id, flow)| {
            let known = wire.packets.values().filter(|packet| packet.flow == *id).count();
            flow.on_wire() <= known as u64
        })
    }

    fn marked(&mut self, at: Nanos, id: PacketId, mark: Mark) {
        let Some(wire) = &mut self.wire else { return };
        let Some(packet) = wire.packets.get_mut(&id) else { return };
        let flow = packet.flow;
        let (datagram, fragment) = match packet.head {
            Head::Udp(_) => (1, 0),
            Head::Fragment(_) => (0, 1),
            _ => (0, 0),
        };
        match mark {
            Mark::Held => packet.held = Some(at),
            Mark::Released => packet.held = None,
            Mark::Delayed { .. } => {}
            Mark::Damaged { .. } => {
                let again = std::mem::replace(&mut packet.damaged, true);
                if datagram + fragment > 0 && !again {
                    self.fated(flow, |fated| fated.damaged += 1);
                }
            }
            Mark::Copied { copy } => {
                let twin = Packet { copy_of: Some(id), entered: at, held: None, ..packet.clone() };
                let (bytes, damaged) = (twin.bytes, u64::from(twin.damaged));
                wire.packets.insert(copy, twin);
                if let Some(flow) = wire.flows.get_mut(&flow) {
                    flow.packets += 1;
                    flow.bytes += u64::from(bytes);
                }
                if datagram + fragment > 0 {
                    self.fated(flow, |fated| {
                        fated.copied += datagram;
                        fated.fragments_copied += fragment;
                        fated.damaged += damaged;
                    });
                }
            }
        }
    }

    fn left(&mut self, at: Nanos, id: PacketId, flow: FlowId, fate: PacketFate) {
        let Some(wire) = &mut self.wire else { return };
        let handed = wire.hand_over(id, fate);
        let Some(sums) = wire.flows.get_mut(&flow) else { return };
        sums.left(at, fate, 1);
        if fate == PacketFate::Delivered {
            return;
        }
        if let Some(numbered) = handed.and_then(|handed| handed.numbered) {
            self.numbered_lost(numbered);
        }
        match handed.and_then(|handed| handed.ident) {
            None => self.fated(flow, |fated| fated.lost += 1),
            Some(ident) if self.breaks(flow, ident) => {
                self.fated(flow, |fated| fated.broken += 1);
            }
            Some(_) => {}
        }
    }

    /// Whether this is the first part of that datagram that is lost.
    fn breaks(&mut self, flow: FlowId, ident: u32) -> bool {
        let flow = self.wire.as_mut().and_then(|wire| wire.flows.get_mut(&flow));
        let Some(flow) = flow.filter(|flow| !flow.broken.contains(&ident)) else { return false };
        flow.broken.push(ident);
        let over = flow.broken.len().saturating_sub(KEPT_BROKEN);
        flow.broken.drain(..over);
        true
    }

    /// Something befell datagrams of a flow on their way to a receiver of ours.
    fn fated(&mut self, flow: FlowId, befell: impl FnOnce(&mut Fated)) {
        let flow = self.wire.as_ref().and_then(|wire| wire.flows.get(&flow));
        let Some(flow) = flow.filter(|flow| flow.protocol == UDP) else { return };
        let (from, to) = (flow.from.into(), flow.from.opposite().into());
        let sends = |s: &&Socket| {
            let local = s.kernel.local.as_ref();
            s.kind == Kind::Datagram && s.net == from && local.is_some_and(|l| l.covers(&flow.src))
        };
        // Those of another program's are in no balance; a sender that is gone was ours.
        let mut senders = self.sockets.values().filter(sends).peekable();
        if senders.peek().is_some() && senders.all(|sender| sender.program.is_some()) {
            return;
        }
        let receiver = self.receiver_at(to, &flow.dst, Some(&flow.src));
        if let Some(receiver) = receiver.and_then(|receiver| self.sockets.get_mut(&receiver)) {
            befell(&mut receiver.fated);
            receiver.kernel.steady = false;
        }
    }

    /// The flows that lead to this socket.
    fn flows_to(&self, socket: &Socket) -> impl Iterator<Item = &Flow> {
        let own = socket.net.end().zip(socket.kernel.local.clone());
        let protocol = if socket.kind == Kind::Stream { TCP } else { UDP };
        let leads = move |flow: &&Flow| {
            own.as_ref().is_some_and(|(end, local)| {
                flow.from == end.opposite() && flow.protocol == protocol && local.covers(&flow.dst)
            })
        };
        self.wire.iter().flat_map(|wire| wire.flows.values()).filter(leads)
    }

    /// Packets on the wire that lead to this socket of ours.
    pub(super) fn on_wire_to(&self, socket: SocketId) -> u64 {
        let socket = self.sockets.get(&socket);
        socket.map_or(0, |socket| self.flows_to(socket).map(Flow::on_wire).sum())
    }

    /// When a packet was last delivered that led to this socket.
    pub fn arrived(&self, socket: SocketId) -> Option<Nanos> {
        let flows = self.flows_to(self.sockets.get(&socket)?);
        flows.map(|flow| flow.delivered_at).max().filter(|at| *at > 0)
    }

    /// Whether it was found steady after the last packet had come to it.
    pub fn is_settled(&self, socket: SocketId) -> bool {
        self.sockets.get(&socket).is_some_and(|found| {
            let since = found.kernel.steady_at;
            found.kernel.steady && self.arrived(socket).is_none_or(|at| at < since)
        })
    }

    /// Whether what these two say to each other passes the wire.
    pub fn across(&self, a: SocketId, b: SocketId) -> bool {
        let net = |id| self.sockets.get(&id).map_or(Net::Host, |socket| socket.net);
        net(a) != net(b)
    }
}
