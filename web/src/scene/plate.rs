//! Owns plates and outlets: a plate is a (protocol, address, port) on a wall, an outlet a socket.

use super::flow::Post;
use super::frame::{Frame, Place, accent};
use super::pen::{Pen, line, mono};
use crate::shape::{Ink, Stroke};
use protocol::command::{Application, Kind, Side};
use protocol::world::Socket;
use protocol::{Address, SocketId, World};

/// Height of the part of a plate in which a listener stands above a connection.
pub(super) const ABOVE: f32 = 56.0;

/// Two holes, a letter slot, or a listener's dash.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Outlet {
    /// A stream's.
    Holes,
    /// A datagram socket's.
    Slot,
    /// A listener's.
    Dash,
}

/// The outlet of a socket.
pub(super) fn outlet_of(world: &World, id: SocketId) -> Outlet {
    match world.sockets.get(&id) {
        Some(socket) if socket.listens() => Outlet::Dash,
        Some(socket) if socket.kind == Kind::Datagram => Outlet::Slot,
        _ => Outlet::Holes,
    }
}

/// Draws an outlet about its middle.
pub(super) fn outlet(pen: &mut Pen, at: [f32; 2], outlet: Outlet, size: f32, ink: Ink) {
    let [x, y] = at;
    match outlet {
        Outlet::Holes => {
            let stroke = Stroke { ink, width: 5.0 * size, dash: None, round: true };
            for dx in [-7.0 * size, 7.0 * size] {
                pen.line([x + dx, y - 6.0 * size], [x + dx, y + 6.0 * size], stroke);
            }
        }
        Outlet::Slot => {
            pen.rect(
                [x - 15.0 * size, y - 3.5 * size, 30.0 * size, 7.0 * size],
                3.0 * size,
                Ink::Text,
            );
        }
        Outlet::Dash => {
            let (w, h) = (28.0 * size.max(0.85), 18.0 * size.max(0.85));
            let at = [x - w / 2.0, y - h / 2.0, w, h];
            pen.frame(at, 4.0, Ink::GoodPale, line(Ink::Good, 1.4));
            pen.line([x - w * 0.28, y], [x + w * 0.28, y], line(Ink::Good, 2.0));
        }
    }
}

/// All plates of one wall: neighbours with the same plate share one.
pub(super) fn wall(pen: &mut Pen, frame: &Frame, world: &World, places: &[Place], side: Side) {
    let mut start = 0;
    while start < places.len() {
        let key = places[start].row.plate(side, world);
        let mut end = start + 1;
        while key.is_some() && end < places.len() && places[end].row.plate(side, world) == key {
            end += 1;
        }
        if let Some(key) = key {
            plate(pen, frame, world, &places[start..end], side, key);
        } else if matches!(places[start].row.post(side), Post::Outside(_) | Post::Gone(_)) {
            foreign(pen, frame, &places[start], side);
        }
        start = end;
    }
}

fn reach(frame: &Frame, place: &Place) -> f32 {
    if place.row.tall { frame.half * 1.24 } else { 10.0 }
}

fn plate(pen: &mut Pen, frame: &Frame, world: &World, lanes: &[Place], side: Side, key: SocketId) {
    let (first, last) = (&lanes[0], &lanes[lanes.len() - 1]);
    let x = frame.wall(side);
    let tall = lanes.iter().any(|lane| lane.row.tall);
    let half = first.half(side);
    let above = lanes.iter().find_map(|lane| lane.row.above).filter(|(at, _)| *at == side);
    let mut top = first.axis - reach(frame, first);
    if above.is_some() {
        top -= ABOVE;
    }
    let bottom =
        last.axis + reach(frame, last) + if lanes.len() > 1 && !last.row.tall { 2.0 } else { 0.0 };
    let kind = world.sockets.get(&key).map_or(first.row.kind, |socket| socket.kind);
    let ink = accent(kind);
    let radius = if half > 20.0 { 9.0 } else { 5.0 };
    pen.frame(
        [x - half, top, half * 2.0, bottom - top],
        radius,
        Ink::Plate,
        line(ink, if tall { 2.0 } else { 1.5 }),
    );
    for pair in lanes.windows(2) {
        let y = pair[1].y;
        pen.line([x - half + 1.0, y], [x + half - 1.0, y], line(Ink::Line, 1.0));
    }
    if let Some((_, listener)) = above {
        outlet(pen, [x, top + 30.0], outlet_of(world, listener), 1.2, Ink::Good);
        pen.line(
            [x - half + 1.0, top + ABOVE],
            [x + half - 1.0, top + ABOVE],
            line(Ink::Line, 1.0),
        );
    }
    let port = port_of(world, key);
    if first.row.tall && !frame.lesson {
        match kind {
            Kind::Stream => tab(pen, [x, top - 27.0], &port, ink),
            Kind::Datagram => {
                let look = mono(13.0).bold().middle().ink(ink);
                let y = first.axis + reach(frame, first) - 9.0;
                pen.text([x, y], &port, look, half * 2.0 - 4.0);
            }
        }
    }
    for lane in lanes {
        let size = if lane.row.tall { frame.half / 26.0 } else { 0.55 };
        let at = [
            x,
            if lane.row.tall && kind == Kind::Datagram && !frame.lesson {
                lane.axis - 6.0
            } else {
                lane.axis
            },
        ];
        match lane.row.post(side) {
            Post::Socket(id) => {
                let shape = outlet_of(world, *id);
                let plugged = world.sockets.get(id).is_some_and(|socket| {
                    socket.kernel.state.is_some_and(protocol::TcpState::connected)
                });
                if lane.row.tall {
                    // A datagram plate's foot has the port.
                    let to = match kind {
                        Kind::Stream => reach(frame, lane) - 8.0,
                        Kind::Datagram => 19.0 - reach(frame, lane),
                    };
                    sign(pen, [x, lane.axis + to], half, world, *id);
                }
                // A listener that stands above has no second outlet here.
                if above.is_none_or(|(_, listener)| listener != *id) {
                    outlet(pen, at, shape, size, if plugged { ink } else { Ink::Text });
                }
            }
            Post::Bundle(ids) => {
                let look = mono(13.0).bold().middle().ink(ink);
                pen.text([x, lane.axis + 5.0], &ids.len().to_string(), look, half * 2.0 - 2.0);
            }
            Post::Queue(..) | Post::Shared(_) if !lane.row.tall => {
                outlet(
                    pen,
                    at,
                    if kind == Kind::Stream { Outlet::Holes } else { Outlet::Slot },
                    0.45,
                    Ink::Idle,
                );
            }
            Post::Queue(..) => outlet(pen, at, Outlet::Holes, size, Ink::Idle),
            _ => {}
        }
    }
}

/// What reads by itself at an outlet, as its code has it.
pub(super) fn automatic(socket: &Socket) -> &'static str {
    match (&socket.serving, socket.reader) {
        (Some(serving), _) => match serving.app {
            Application::Read(_) => "read",
            Application::Echo { .. } => "echo",
            Application::Answer { .. } => "answer",
            Application::Idle => "idle",
            Application::Film { .. } => "film",
        },
        (None, Some(_)) => "read",
        (None, None) => "",
    }
}

/// The sign of an automatic program, at the foot of its plate.
fn sign(pen: &mut Pen, at: [f32; 2], half: f32, world: &World, id: SocketId) {
    let name = world.sockets.get(&id).map_or("", automatic);
    if !name.is_empty() {
        let look = mono(13.0).bold().middle().ink(Ink::Good);
        pen.text(at, name, look, half * 2.0 - 4.0);
    }
}

/// A plate that is not ours: an address, and whatever is behind it.
fn foreign(pen: &mut Pen, frame: &Frame, place: &Place, side: Side) {
    let x = frame.wall(side);
    let half = place.half(side);
    let reach = reach(frame, place);
    let stroke = super::pen::dashed(Ink::Edge, 1.5, 4.0, 3.0);
    pen.frame([x - half, place.axis - reach, half * 2.0, reach * 2.0], 6.0, Ink::Ground, stroke);
}

/// The port that a plate shows; of a Unix socket its name.
pub(super) fn port_of(world: &World, id: SocketId) -> String {
    let local = world.sockets.get(&id).and_then(|socket| socket.kernel.local.as_ref());
    match local {
        Some(Address::Inet(inet)) => format!(":{}", inet.port()),
        Some(Address::Name { port, .. }) => format!(":{port}"),
        Some(Address::Unix(name)) => name.clone(),
        None => String::new(),
    }
}

/// A small plate with the port, above.
fn tab(pen: &mut Pen, at: [f32; 2], port: &str, ink: Ink) {
    if port.is_empty() {
        return;
    }
    let [x, y] = at;
    pen.frame([x - 33.0, y, 66.0, 21.0], 6.0, Ink::Plate, line(ink, 1.5));
    pen.text([x, y + 15.5], port, mono(14.0).bold().middle().ink(ink), 62.0);
}
