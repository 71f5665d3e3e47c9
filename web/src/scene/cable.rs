//! Owns the cable: two halves, each drawn as that end's own kernel has it.

use super::flow::Post;
use super::frame::{Frame, Place};
use super::pen::{Pen, dashed, line};
use crate::shape::{Ink, Shape, Stroke};
use protocol::command::{Kind, Side};
use protocol::{SocketId, TcpState, World};

/// What one end's kernel says of the connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Half {
    /// Nothing.
    Unplugged,
    /// It has asked, or been asked.
    Asked,
    /// Open.
    Solid,
    /// Open in one direction at most.
    Thin,
    /// Over; the addresses rest.
    Resting,
    /// Not ours to know.
    Unknown,
}

/// The half that a TCP state stands for.
pub(super) fn half_of(state: Option<TcpState>) -> Half {
    match state {
        None | Some(TcpState::Close | TcpState::Listen) => Half::Unplugged,
        Some(TcpState::SynSent | TcpState::SynRecv) => Half::Asked,
        Some(TcpState::Established) => Half::Solid,
        Some(
            TcpState::FinWait1
            | TcpState::FinWait2
            | TcpState::CloseWait
            | TcpState::LastAck
            | TcpState::Closing,
        ) => Half::Thin,
        Some(TcpState::TimeWait) => Half::Resting,
    }
}

fn half_at(world: &World, place: &Place, side: Side) -> Option<Half> {
    let own = |id: &SocketId| half_of(world.sockets.get(id).and_then(|s| s.kernel.state));
    match place.row.post(side) {
        Post::Nothing | Post::Gone(_) => None,
        Post::Socket(id) => Some(own(id)),
        // The kernel has finished the handshake by itself, or the client would not say ESTABLISHED.
        Post::Queue(..) | Post::Shared(_) | Post::Bundle(_) => Some(Half::Solid),
        Post::Unanswered(_) => Some(Half::Unplugged),
        Post::Outside(_) => Some(Half::Unknown),
    }
}

/// Draws a lane's cable (a stream) or road (datagrams).
pub(super) fn draw(pen: &mut Pen, frame: &Frame, world: &World, place: &Place) {
    if place.row.kind == Kind::Datagram {
        road(pen, frame, place);
        return;
    }
    if [Side::Left, Side::Right].iter().any(|side| matches!(place.row.post(*side), Post::Bundle(_)))
    {
        if ![&place.row.left, &place.row.right].contains(&&Post::Nothing) {
            bundle(pen, frame, place);
        }
        return;
    }
    let halves = [Side::Left, Side::Right].map(|side| (side, half_at(world, place, side)));
    let plugged = |half: &Option<Half>| !matches!(half, None | Some(Half::Unplugged));
    if halves.iter().any(|(_, half)| plugged(half)) {
        for (side, half) in halves {
            if let Some(half) = half {
                half_cable(pen, frame, place, side, half);
            }
        }
        let middle = f32::midpoint(frame.walls[0], frame.walls[1]);
        let solid = halves.iter().all(|(_, half)| *half == Some(Half::Solid));
        if solid && place.row.tall {
            pen.rect([middle - 10.0, place.axis - 7.0, 20.0, 14.0], 4.0, Ink::Tcp);
        }
        return;
    }
    let listens = |side: Side| {
        place
            .row
            .post(side)
            .socket()
            .and_then(|id| world.sockets.get(&id))
            .is_some_and(protocol::world::Socket::listens)
    };
    let alone = halves.iter().any(|(_, half)| half.is_none());
    if !(alone && (listens(Side::Left) || listens(Side::Right))) {
        slack(pen, frame, place, halves);
    }
}

/// A grey cable that nobody has plugged in.
fn slack(pen: &mut Pen, frame: &Frame, place: &Place, halves: [(Side, Option<Half>); 2]) {
    let size = if place.row.tall { frame.half / 26.0 } else { 0.62 };
    let stroke = Stroke { ink: Ink::Idle, width: 4.0 * size, dash: None, round: true };
    let ends = halves.map(|(side, half)| {
        half.map(|_| {
            [
                frame.wall(side)
                    + Frame::inward(side)
                        * (place.half(side) + if place.row.tall { 26.0 } else { 10.0 }),
                place.axis,
            ]
        })
    });
    let cable = |pen: &mut Pen, from: [f32; 2], to: [f32; 2], depth: f32| {
        pen.shapes.push(Shape::Sag { from, to, depth, stroke });
    };
    let depth = if place.row.tall { 38.0 } else { 8.0 };
    match ends {
        [Some(left), Some(right)] => cable(pen, left, right, depth),
        [Some(left), None] => {
            cable(pen, left, [left[0] + 150.0, left[1] + depth / 3.0], depth / 2.0);
        }
        [None, Some(right)] => {
            cable(pen, [right[0] - 150.0, right[1] + depth / 3.0], right, depth / 2.0);
        }
        [None, None] => {}
    }
    for (side, half) in halves {
        if half.is_some() {
            plug(pen, frame, place, side, Ink::Idle, 18.0 * size);
        }
    }
}

fn half_cable(pen: &mut Pen, frame: &Frame, place: &Place, side: Side, half: Half) {
    let middle = f32::midpoint(frame.walls[0], frame.walls[1]);
    let inward = Frame::inward(side);
    let edge = frame.wall(side) + inward * place.half(side);
    let wide = if place.row.tall { 4.5 } else { 2.5 };
    let stroke = match half {
        Half::Unplugged => {
            let pull = if place.row.tall { 20.0 } else { 10.0 };
            plug(pen, frame, place, side, Ink::Idle, pull);
            return;
        }
        Half::Solid => line(Ink::Tcp, wide),
        Half::Thin => line(Ink::Tcp, wide * 0.4),
        Half::Asked => dashed(Ink::Tcp, wide * 0.65, 3.0, 8.0),
        Half::Resting => dashed(Ink::Idle, wide * 0.5, 6.0, 6.0),
        Half::Unknown => dashed(Ink::Edge, wide * 0.5, 2.0, 5.0),
    };
    let from = edge + inward * if half == Half::Asked { 30.0 } else { 8.0 };
    pen.line([from, place.axis], [middle, place.axis], stroke);
    match half {
        Half::Solid | Half::Thin => plug(pen, frame, place, side, Ink::Tcp, 0.0),
        Half::Asked => {
            plug(pen, frame, place, side, Ink::Tcp, if place.row.tall { 14.0 } else { 7.0 });
        }
        Half::Resting => {
            plug(pen, frame, place, side, Ink::Idle, if place.row.tall { 14.0 } else { 7.0 });
        }
        _ => {}
    }
}

/// A plug, pulled out by so many pixels.
fn plug(pen: &mut Pen, frame: &Frame, place: &Place, side: Side, ink: Ink, pulled: f32) {
    let size = if place.row.tall { frame.half / 26.0 } else { 0.62 };
    let inward = Frame::inward(side);
    let face = place.half(side);
    let x = frame.wall(side) + inward * (face + pulled);
    let y = place.axis;
    let stroke = Stroke { ink, width: 4.0 * size, dash: None, round: true };
    let pins = if pulled > 0.0 { 9.0 } else { 6.0 } * size;
    for dy in [-6.0 * size, 6.0 * size] {
        pen.line([x + inward * 2.0, y + dy], [x - inward * pins, y + dy], stroke);
    }
    let body = 17.0 * size;
    let left = if inward > 0.0 { x } else { x - body };
    pen.rect([left, y - 13.0 * size, body, 26.0 * size], 5.0 * size, ink);
}

/// Many connections, quiet.
fn bundle(pen: &mut Pen, frame: &Frame, place: &Place) {
    let [left, right] = frame.walls;
    for dy in [-3.0, 0.0, 3.0] {
        pen.line(
            [left + 30.0, place.axis + dy],
            [right - 30.0, place.axis + dy],
            line(Ink::Tcp, 1.4),
        );
    }
}

/// Half the height of a road.
pub(super) fn road_half(frame: &Frame, place: &Place) -> f32 {
    match (place.row.tall, frame.lesson) {
        (true, true) => 44.0,
        (true, false) => 36.0,
        (false, _) => 11.0,
    }
}

/// No cable: two dotted edges.
fn road(pen: &mut Pen, frame: &Frame, place: &Place) {
    let both = [Side::Left, Side::Right]
        .iter()
        .all(|side| !matches!(place.row.post(*side), Post::Nothing));
    if !both {
        return;
    }
    let [left, right] = frame.walls;
    let half = road_half(frame, place);
    let out = if place.row.tall { frame.half + 8.0 } else { 24.0 };
    for dy in [-half, half] {
        let y = place.axis + dy;
        pen.line([left + out, y], [right - out, y], dashed(Ink::Idle, 2.0, 3.0, 8.0));
    }
}
