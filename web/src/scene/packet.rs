//! Owns the packets in the lanes: where each is at the shown moment, what it says, which track it takes.

mod draw;
mod lane;

pub(super) use draw::{Look, inks, label, nose, struck, tags};
pub(super) use lane::draw;

use super::frame::Place;
use super::motion::{lane_between, placed};
use super::{Spot, View};
use crate::clock::Moment;
use crate::timeline::{Packet, Timeline};
use protocol::command::Side;
use protocol::packet::Lost;
use protocol::world::Burst;
use protocol::{Nanos, World};

/// A burst of more is drawn as marks, not as parcels.
pub(super) const FLOOD: u32 = 20;

/// A packet in a lane.
pub(super) struct Passing<'a> {
    pub(super) packet: &'a Packet,
    /// From which wall.
    pub(super) from: Side,
    /// 0 at the sender, 1 at the receiver.
    pub(super) progress: f32,
    /// For how long it has been held.
    pub(super) held: Option<Nanos>,
    /// When it was lost, and why.
    pub(super) lost: Option<(Nanos, Lost)>,
}

impl<'a> Passing<'a> {
    pub(super) fn new(packet: &'a Packet, from: Side, moment: Moment, view: &View) -> Self {
        Self {
            packet,
            from,
            progress: placed(packet.progress(moment.at), view.calm),
            held: packet.held(moment.at).map(|since| moment.at - since),
            lost: packet.lost(moment.at),
        }
    }

    /// Where it can be clicked.
    pub(super) fn spot(&self, area: [f32; 4]) -> Spot {
        let [x, y, w, h] = area;
        let (wide, high) = (w.max(LEAST), h.max(LEAST));
        Spot {
            packet: self.packet.id,
            // Never above the picture, where no hand reaches.
            area: [x - (wide - w) / 2.0, (y - (high - h) / 2.0).max(0.0), wide, high],
            from: self.from,
            held: self.held.is_some(),
            left: self.packet.left.is_some() || self.packet.unseen.is_some(),
        }
    }
}

/// Packets looked at for one that repeats a lost one.
const SEARCHED: usize = 1_024;
/// Nothing that can be clicked is smaller than this.
const LEAST: f32 = 24.0;

/// The burst that a packet is a part of, where that is drawn as marks.
pub(super) fn flood_of<'a>(world: &'a World, packet: &Packet) -> Option<&'a Burst> {
    world.bursts.get(&packet.burst()?).filter(|burst| burst.count > FLOOD)
}

/// Whether what a packet carried has been sent again by now.
pub(super) fn comes_again(timeline: &Timeline, passing: &Passing, moment: Moment) -> bool {
    let later = timeline
        .packets_before(moment.at)
        .take_while(|packet| packet.entered > passing.packet.entered);
    later.take(SEARCHED).any(|packet| packet.repeats == Some(passing.packet.id))
}

/// The order in which packets take their places: first those that are held, which stand still, the last
/// one nearest to its sender; then those that move past them.
pub(super) fn in_line<'p, 'a>(all: &[&'p Passing<'a>]) -> impl Iterator<Item = &'p Passing<'a>> {
    let held = |passing: &&Passing| passing.held.is_some();
    let standing = all.iter().rev().copied().filter(held);
    let moving = all.iter().copied().filter(move |passing| !held(passing));
    standing.chain(moving).collect::<Vec<_>>().into_iter()
}

/// All that the picture shows of packets, lane by lane, floods left out; the oldest first.
pub(super) fn passing<'a, 'p>(
    places: &'p [Place],
    timeline: &'a Timeline,
    moment: Moment,
    view: &View,
) -> Vec<(&'p Place, Vec<Passing<'a>>)> {
    let mut lanes: Vec<(&Place, Vec<Passing>)> = Vec::new();
    let world = timeline.world();
    for packet in timeline.packets(moment.at).filter(|p| flood_of(world, p).is_none()) {
        let Some((place, from)) = lane_between(places, packet.ends.0, packet.ends.1) else {
            continue;
        };
        let passing = Passing::new(packet, from, moment, view);
        match lanes.iter_mut().find(|(own, _)| own.y.to_bits() == place.y.to_bits()) {
            Some((_, all)) => all.push(passing),
            None => lanes.push((place, vec![passing])),
        }
    }
    lanes
}
