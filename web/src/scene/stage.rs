//! Owns the stage where the wire runs from left to right.

use super::flow::{self, Post};
use super::frame::{Frame, Place, STRIP, controls};
use super::host::{Desk, accepting};
use super::pen::{Pen, line, mono, plain};
use super::{End, Lane, Stage, View, cable, motion, packet, plate, refused, road, wire};
use crate::clock::Moment;
use crate::shape::Ink;
use crate::text::picture;
use crate::timeline::Timeline;
use protocol::World;
use protocol::command::{Kind, Side};

const SIDES: [Side; 2] = [Side::Left, Side::Right];

/// The whole stage.
pub(super) fn draw(timeline: &Timeline, moment: Moment, view: &View) -> Stage {
    let world = timeline.world();
    let rows = flow::rows(timeline, view);
    let tall = rows.iter().find(|row| row.tall).map(|row| row.kind);
    let frame = Frame::new(view, tall.unwrap_or(Kind::Stream));
    let rows = flow::bundle(rows, frame.room(view.height, tall.is_some()));
    let (places, bottom) = frame.stack(rows, world);
    let height =
        if frame.lesson { bottom.max(frame.tall) + STRIP } else { bottom.max(frame.small * 4.0) };
    let mut pen = Pen::default();
    ground(&mut pen, &frame, &places, height);
    if places.is_empty() {
        let middle = f32::midpoint(frame.walls[0], frame.walls[1]);
        let look = plain(15.0).middle();
        let room = frame.walls[1] - frame.walls[0] - 20.0;
        pen.text([middle, height / 2.0 - 6.0], picture::nothing_here(view.language), look, room);
        let what = if view.looks { picture::owner_makes } else { picture::make_one };
        let what = what(view.language);
        pen.text([middle, height / 2.0 + 18.0], what, look.dim(), room);
    }
    for place in &places {
        cable::draw(&mut pen, &frame, world, place);
    }
    for side in SIDES {
        plate::wall(&mut pen, &frame, world, &places, side);
    }
    let desk = Desk { world, moment, view, sizes: frame.sizes() };
    for place in &places {
        for side in SIDES {
            if place.row.tall {
                desk.tall(&mut pen, &frame, place, side);
            } else {
                desk.small(&mut pen, &frame, place, side);
            }
        }
    }
    queue_note(&mut pen, &frame, world, &places, view);
    for (place, side) in places.iter().flat_map(|place| SIDES.map(|side| (place, side))) {
        refused::draw(&mut pen, &frame, world, place, side, view);
    }
    road::draw(&mut pen, &frame, &places, timeline, moment, view);
    motion::draw(&mut pen, &frame, &places, timeline, moment, view);
    let packets = packet::draw(&mut pen, &frame, &places, timeline, moment, view);
    wire::notes(&mut pen, &frame, &places, timeline, moment, view);
    let lanes = places.iter().map(|place| lane(&frame, place)).collect();
    Stage { shapes: pen.shapes, lanes, packets, height, walls: frame.walls }
}

/// Columns, the selected lane's tint, hairlines and walls.
fn ground(pen: &mut Pen, frame: &Frame, places: &[Place], height: f32) {
    let [left, right] = frame.walls;
    pen.rect([0.0, 0.0, frame.width, height], 0.0, Ink::Ground);
    pen.rect([0.0, 0.0, left, height], 0.0, Ink::Panel);
    pen.rect([right, 0.0, frame.width - right, height], 0.0, Ink::Panel);
    for place in places.iter().filter(|place| place.row.tall && !frame.lesson) {
        pen.rect([0.0, place.y, frame.width, place.h], 0.0, Ink::Selected);
    }
    for (nth, place) in places.iter().enumerate().skip(1) {
        let neighbours = places[nth - 1].row.tall || place.row.tall;
        if neighbours || !place.row.same_group(&places[nth - 1].row) {
            pen.line([0.0, place.y], [frame.width, place.y], line(Ink::Line, 1.0));
        }
    }
    for x in [left, right] {
        pen.line([x, 0.0], [x, height], line(Ink::Edge, 1.5));
    }
}

/// Why cables lead to a plate that nobody answers at.
fn queue_note(pen: &mut Pen, frame: &Frame, world: &World, places: &[Place], view: &View) {
    // A listener's own lane has no cable: its port stands in the wire's column.
    for (nth, place) in places.iter().enumerate().filter(|(_, place)| !place.row.tall) {
        for side in SIDES {
            let own = place.row.post(side).socket().filter(|_| place.row.listens_alone());
            let Some(id) = own
                .filter(|id| world.sockets.get(id).is_some_and(protocol::world::Socket::listens))
            else {
                continue;
            };
            let tabbed = nth > 0 && places[nth - 1].row.plate(side, world) == Some(id);
            if !tabbed && *place.row.post(side.opposite()) == Post::Nothing {
                let x = frame.wall(side) + Frame::inward(side) * (frame.half + 10.0);
                let look = mono(14.0).bold().ink(Ink::Tcp);
                let look = if side == Side::Right { look.end() } else { look };
                pen.text([x, place.axis + 5.0], &plate::port_of(world, id), look, 60.0);
            }
        }
    }
    for place in places.iter().filter(|place| place.row.listens_alone()) {
        let waits = |other: &&Place| {
            place.row.same_group(&other.row)
                && !other.row.tall
                && SIDES.iter().any(|side| match other.row.post(*side) {
                    Post::Queue(..) => true,
                    // A bundle of those that wait.
                    Post::Shared(_) => matches!(other.row.post(side.opposite()), Post::Bundle(_)),
                    _ => false,
                })
        };
        let alone = SIDES.iter().any(|side| *place.row.post(*side) == Post::Nothing);
        let accepted = SIDES
            .iter()
            .filter_map(|side| place.row.post(*side).socket())
            .any(|listener| accepting(world, listener));
        if alone && !accepted && places.iter().any(|other| waits(&other)) {
            let x = frame.walls[0] + frame.half + 70.0;
            let room = frame.walls[1] - frame.walls[0] - 2.0 * frame.half - 140.0;
            let y = place.y + place.h - 10.0;
            pen.text([x, y], picture::connected_already(view.language), plain(13.0).dim(), room);
        }
    }
}

/// Where the page may lay its controls.
fn lane(frame: &Frame, place: &Place) -> Lane {
    let mut ends: Vec<End> = SIDES
        .into_iter()
        .flat_map(|side| {
            let sockets = match place.row.post(side) {
                Post::Socket(id) => vec![*id],
                Post::Bundle(ids) => ids.clone(),
                _ => vec![],
            };
            sockets.into_iter().map(move |socket| end(frame, place, side, socket))
        })
        .collect();
    if let Some((side, listener)) = place.row.above
        && ends.iter().all(|end| end.socket != listener)
    {
        let (x, half) = (frame.wall(side), frame.half);
        let area = [x - half, place.axis - plate::ABOVE - half * 1.24, 2.0 * half, plate::ABOVE];
        let outlet = [x, area[1] + plate::ABOVE / 2.0 + 2.0];
        ends.push(End { socket: listener, side, area, controls: area, outlet });
    }
    Lane { area: [0.0, place.y, frame.width, place.h], tall: place.row.tall, ends }
}

fn end(frame: &Frame, place: &Place, side: Side, socket: protocol::SocketId) -> End {
    let (x, right) = frame.host(side);
    let area = [x, place.y, right - x, place.h];
    let controls = if place.row.tall {
        let h = if frame.lesson { 36.0 } else { controls(place.row.kind) };
        [x, place.y + place.h - h - 4.0, right - x, h]
    } else if side == Side::Right && place.row.listens_alone() {
        [right - LISTENER_CONTROLS, place.y + 2.0, LISTENER_CONTROLS, place.h - 4.0]
    } else {
        [right, place.y, 0.0, place.h]
    };
    End { socket, side, area, controls, outlet: [frame.wall(side), place.axis] }
}

/// A listener's small lane keeps this much for its button.
pub(super) const LISTENER_CONTROLS: f32 = 76.0;
