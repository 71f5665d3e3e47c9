//! Owns the plate that will not go on the wall: a bind that the kernel refused because the address is
//! taken, for as long as it is that socket's last bind.

use super::View;
use super::frame::{Frame, Place};
use super::pen::{Pen, dashed, line, mono, plain};
use crate::shape::Ink;
use crate::text::log;
use protocol::command::Side;
use protocol::{Address, Answer, Command, Failure, SocketId, World};

/// The address that a socket's last bind asked for in vain, and what the kernel said.
pub(super) fn refused(world: &World, id: SocketId) -> Option<(&Address, &Failure)> {
    let mut calls = world.calls_of(id).rev();
    let (address, result) = calls.find_map(|call| match &call.ask {
        Command::Bind { address, .. } => Some((address, call.result.as_ref())),
        _ => None,
    })?;
    match result? {
        Answer::Error(failure) if failure.errno.as_deref() == Some("EADDRINUSE") => {
            Some((address, failure))
        }
        _ => None,
    }
}

/// The refused plate of one end of a lane, beside its wall, with the sentence.
pub(super) fn draw(
    pen: &mut Pen,
    frame: &Frame,
    world: &World,
    place: &Place,
    side: Side,
    view: &View,
) {
    let Some(id) = place.row.post(side).socket() else { return };
    let Some((address, failure)) = refused(world, id) else { return };
    let inward = Frame::inward(side);
    let tall = place.row.tall;
    // Past the cable that hangs there; in a tall lane, below it.
    let (out, y) = if tall { (84.0, place.axis + 76.0) } else { (214.0, place.axis) };
    let [w, h] = if tall { [37.0, 17.0] } else { [30.0, 10.0] };
    let x = frame.wall(side) + inward * out;
    plate(pen, [x, y], [w, h], inward);
    let port = address.port().map_or_else(String::new, |port| format!(":{port}"));
    let size = if tall { 15.0 } else { 13.0 };
    pen.text([x, y + size * 0.35], &port, mono(size).bold().middle().ink(Ink::Lost), w * 2.0 - 4.0);
    let column = frame.walls[1] - frame.walls[0];
    let other = place.row.post(side.opposite()).socket();
    let shared = other.is_some_and(|id| refused(world, id).is_some());
    let room = if shared { column / 2.0 } else { column } - out - w - 30.0;
    let name = failure.errno.as_deref().unwrap_or_default();
    let text = log::failure(view.language, failure);
    let (first, second) = (mono(13.0).bold().ink(Ink::Lost), plain(13.0).ink(Ink::Lost));
    let whole = first.width(name) + 9.0 + second.width(&text) <= room;
    let text = if whole { text.as_str() } else { "" };
    let from = x + inward * (w + 14.0);
    if first.width(name) > room {
        return;
    }
    if side == Side::Left {
        pen.run([from, y + 4.7], 9.0, from + room, &[(name, first), (text, second)]);
    } else {
        let ends = pen.text([from, y + 4.7], text, second.end(), room);
        let gap = if text.is_empty() { 0.0 } else { 9.0 };
        pen.text([ends - gap, y + 4.7], name, first.end(), room);
    }
}

/// Tilted, dashed, struck through: it hangs on nothing.
fn plate(pen: &mut Pen, [x, y]: [f32; 2], [w, h]: [f32; 2], inward: f32) {
    let tilt = 0.14 * inward;
    let turn = |dx: f32, dy: f32| [x + dx - dy * tilt, y + dy + dx * tilt];
    let corners = vec![turn(-w, -h), turn(w, -h), turn(w, h), turn(-w, h)];
    pen.area(corners, Ink::LostPale, Some(dashed(Ink::Lost, 1.6, 5.0, 3.0)));
    // The strokes stop short of the port, which stays legible.
    for (dx, dy) in [(-1.0, -1.0), (1.0, -1.0), (1.0, 1.0), (-1.0, 1.0)] {
        pen.line(turn(dx * w, dy * h), turn(dx * w * 0.8, dy * h * 0.4), line(Ink::Lost, 1.6));
    }
}
