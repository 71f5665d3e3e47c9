//! Owns what the wire itself shows in a lane: that it is held, that its cable is pulled, what waits to
//! catch a packet, and how many packets are not drawn.

use super::View;
use super::cable::road_half;
use super::flow::Row;
use super::frame::{Frame, Place};
use super::motion::lane_between;
use super::pen::{Pen, line, plain};
use crate::clock::Moment;
use crate::shape::Ink;
use crate::text::picture;
use crate::timeline::Timeline;
use protocol::command::{Kind, Net, Side};
use protocol::table::Table;
use protocol::wire::PacketKind;
use protocol::{Nanos, World};

/// Whether a lane leads over the wire.
pub(super) fn crosses(world: &World, row: &Row) -> bool {
    let on = |side| {
        let id = row.plate(side, world)?;
        Some(world.sockets.get(&id)?.net != Net::Host)
    };
    world.wire.is_some() && [Side::Left, Side::Right].into_iter().any(|side| on(side) == Some(true))
}

/// Whether a lane's cable is pulled.
pub(super) fn is_cut(world: &World, row: &Row) -> bool {
    let pulled = world.wire.as_ref().is_some_and(|wire| wire.impaired.iter().any(|set| set.pulled));
    pulled && crosses(world, row)
}

/// Since when the whole wire has been held.
pub(super) fn frozen(world: &World) -> Option<Nanos> {
    world.wire.as_ref()?.frozen
}

/// A pulled cable's two ends at its middle, and a gap between them.
pub(super) fn cut(pen: &mut Pen, [x, y]: [f32; 2], half: f32, under: Ink) {
    // The coupling at the middle is higher than the cable.
    pen.rect([x - 12.0, y - half - 5.0, 24.0, half * 2.0 + 10.0], 0.0, under);
    for dx in [-12.0, 12.0] {
        pen.line(
            [x + dx - 4.0, y + half + 5.0],
            [x + dx + 4.0, y - half - 5.0],
            line(Ink::Lost, 2.4),
        );
    }
}

/// Whether a trap that waits may catch something in a lane of this kind.
fn trapped(world: &World, kind: Kind) -> bool {
    let Some(wire) = &world.wire else { return false };
    wire.traps.values().any(|trap| match trap.matching.kind {
        None | Some(PacketKind::Data) => true,
        Some(PacketKind::Udp | PacketKind::Fragment | PacketKind::Icmp) => kind == Kind::Datagram,
        Some(_) => kind == Kind::Stream,
    })
}

/// Two red jaws over the middle of a cable, open.
pub(super) fn jaws(pen: &mut Pen, [x, y]: [f32; 2]) {
    for d in [-1.0, 1.0] {
        pen.line([x + d * 34.0, y - 18.0], [x + d * 27.0, y + 6.0], line(Ink::Lost, 3.0));
    }
}

/// What is said of the wire in all tall lanes.
pub(super) fn notes(
    pen: &mut Pen,
    frame: &Frame,
    places: &[Place],
    timeline: &Timeline,
    moment: Moment,
    view: &View,
) {
    let world = timeline.world();
    let middle = f32::midpoint(frame.walls[0], frame.walls[1]);
    let undrawn = undrawn(places, timeline, moment);
    for place in places.iter().filter(|place| crosses(world, &place.row)) {
        // A listener alone has no cable.
        if is_cut(world, &place.row) && !place.row.listens_alone() {
            let half = if place.row.tall { 4.0 } else { 2.0 };
            let under = if place.row.tall && !frame.lesson { Ink::Selected } else { Ink::Ground };
            cut(pen, [middle, place.axis], half, under);
        }
        if !place.row.tall {
            continue;
        }
        if trapped(world, place.row.kind) {
            jaws(pen, [middle, place.axis]);
        }
        if let Some(since) = frozen(world) {
            band(pen, frame, place, moment.at.saturating_sub(since), view);
        }
        if let Some(n) = undrawn.get(&place.y.to_bits()).filter(|n| **n > 0) {
            let y = match (place.row.kind, frame.lesson) {
                (Kind::Stream, false) => place.y + place.h - 44.0,
                (Kind::Stream, true) => place.y + 15.0,
                (Kind::Datagram, _) => place.axis - road_half(frame, place) - 8.0,
            };
            let x = frame.walls[0] + frame.half + 12.0;
            let look = plain(if frame.lesson { 15.0 } else { 13.0 }).dim();
            let text = picture::undrawn(view.language, *n);
            let room = (middle - 90.0 - x).max(0.0);
            if look.width(&text) <= room {
                pen.text([x, y], &text, look, room);
            }
        }
    }
}

/// Per lane (by its top): packets that were told in sums only.
fn undrawn(places: &[Place], timeline: &Timeline, moment: Moment) -> Table<u32, u64> {
    let mut all = Table::new();
    let Some(wire) = &timeline.world().wire else { return all };
    for (id, flow) in &wire.flows {
        let n = timeline.undrawn(*id, moment.at);
        if n == 0 {
            continue;
        }
        let ends = timeline.ends(flow);
        if let Some((place, _)) = lane_between(places, ends.0, ends.1) {
            *all.or_default(place.y.to_bits()) += n;
        }
    }
    all
}

/// The whole wire stands still; only the wire.
fn band(pen: &mut Pen, frame: &Frame, place: &Place, span: Nanos, view: &View) {
    let [left, right] = [frame.walls[0] + frame.half + 6.0, frame.walls[1] - frame.half - 6.0];
    let (size, h) = if frame.lesson { (15.0, 22.0) } else { (13.0, 22.0) };
    let y = match (place.row.kind, frame.lesson) {
        (Kind::Stream, false) => place.y + place.h - h - 8.0,
        (Kind::Stream, true) | (Kind::Datagram, _) => place.y + 2.0,
    };
    pen.frame([left, y, right - left, h], 3.0, Ink::Panel, line(Ink::Asleep, 1.5));
    for dx in [10.0, 16.0] {
        pen.rect([left + dx, y + 5.0, 3.0, h - 10.0], 0.0, Ink::Asleep);
    }
    let text = picture::frozen(view.language, span);
    let at = [f32::midpoint(left, right) + 8.0, y + h / 2.0 + size * 0.36];
    pen.text(at, &text, plain(size).bold().middle(), right - left - 50.0);
}
