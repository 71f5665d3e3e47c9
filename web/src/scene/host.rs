//! Owns what stands in a host's column: who the socket is, its buffers, its timer, its program.

mod program;
mod small;

use program::counts;
pub(super) use program::{accepting, asleep, readable};
pub(super) use small::queue;

use super::buffer::{self, Which};
use super::flow::Post;
use super::frame::{Frame, Place, Sizes, accent};
use super::pen::{Pen, mono, plain};
use super::{View, plate};
use crate::clock::Moment;
use crate::shape::Ink;
use crate::text::picture;
use protocol::command::{Command, Kind, Side};
use protocol::world::Socket;
use protocol::{SocketId, TcpState, World};

/// What a host's text is drawn with.
pub(super) struct Desk<'a> {
    pub(super) world: &'a World,
    pub(super) moment: Moment,
    pub(super) view: &'a View,
    pub(super) sizes: Sizes,
}

/// The state's name and its ink, where there is one.
pub(super) fn state_of(socket: &Socket, view: &View) -> (String, Ink) {
    match (socket.kind, socket.kernel.state) {
        (Kind::Datagram, _) => (picture::datagram(view.language).into(), Ink::Udp),
        (Kind::Stream, Some(state)) if socket.listens() => (state.name().into(), Ink::Good),
        (Kind::Stream, Some(state)) => (state.name().into(), Ink::Tcp),
        (Kind::Stream, None) => (String::new(), Ink::Dim),
    }
}

/// What marks a socket that another program made.
pub(super) fn outsider(socket: &Socket, view: &View) -> &'static str {
    if socket.program.is_some() { picture::outside_program(view.language) } else { "" }
}

impl Desk<'_> {
    fn socket(&self, id: SocketId) -> Option<&Socket> {
        self.world.sockets.get(&id)
    }

    /// The whole of one tall lane's end.
    pub(super) fn tall(&self, pen: &mut Pen, frame: &Frame, place: &Place, side: Side) {
        let (x, right) = frame.host(side);
        let y = place.y;
        if frame.lesson {
            // The hosts' own bar has no place in a lesson.
            let text = picture::host(self.view.language, self.world, side);
            pen.text([x, y + 26.0], &text, plain(self.sizes.label).dim(), right - x);
        }
        match place.row.post(side) {
            Post::Queue(id, nth) => {
                // A lesson has one lane only: the listener is told of here too.
                let y = match self.socket(*id).filter(|_| frame.lesson) {
                    Some(socket) => {
                        self.end(pen, frame, place, side, socket);
                        y + 162.0
                    }
                    None => y + Self::head(frame),
                };
                let text = self.waiting(place, side, *nth);
                pen.text([x, y], &text, plain(self.sizes.label).bold(), right - x);
                let look = plain(self.sizes.label).dim();
                let language = self.view.language;
                if accepting(self.world, *id) {
                    return;
                }
                pen.text([x, y + 21.0], picture::connected(language), look, right - x);
                pen.text([x, y + 40.0], picture::nobody_accepts(language), look, right - x);
            }
            Post::Socket(id) | Post::Unanswered(id) => {
                if let Some(socket) = self.socket(*id) {
                    self.end(pen, frame, place, side, socket);
                }
            }
            Post::Shared(id) => {
                let name = picture::name_of(self.view.language, self.world, *id);
                let look = plain(self.sizes.name).bold();
                pen.text([x, y + Self::head(frame)], &name, look, right - x);
            }
            Post::Outside(address) => {
                let head = picture::outside(self.view.language);
                pen.text(
                    [x, y + Self::head(frame)],
                    head,
                    plain(self.sizes.name).bold(),
                    right - x,
                );
                let at = [x, y + Self::head(frame) + 22.0];
                pen.text(at, &address.to_string(), mono(self.sizes.code).dim(), right - x);
            }
            Post::Gone(address) => {
                let head = picture::gone(self.view.language);
                pen.text([x, y + Self::head(frame)], head, plain(self.sizes.name).dim(), right - x);
                let at = [x, y + Self::head(frame) + 22.0];
                pen.text(at, &address.to_string(), mono(self.sizes.code).dim(), right - x);
            }
            Post::Nothing | Post::Bundle(_) => {}
        }
    }

    /// A place in the accept queue, and for how long the client has been connected.
    fn waiting(&self, place: &Place, side: Side, nth: usize) -> String {
        let text = picture::in_queue(self.view.language, nth);
        let client = place.row.post(side.opposite()).socket();
        let since = client.and_then(|client| {
            let mut calls = self.world.calls_of(client).rev();
            calls.find(|call| matches!(call.ask, Command::Connect { .. }))?.ended
        });
        match since {
            Some(since) => {
                format!("{text}, {}", picture::seconds(self.moment.at.saturating_sub(since)))
            }
            None => text,
        }
    }

    /// From a tall lane's top to its name.
    fn head(frame: &Frame) -> f32 {
        if frame.lesson { 52.0 } else { 21.0 }
    }

    fn end(&self, pen: &mut Pen, frame: &Frame, place: &Place, side: Side, socket: &Socket) {
        let (x, right) = frame.host(side);
        let y = place.y;
        let (state, ink) = state_of(socket, self.view);
        let name = picture::name(self.view.language, socket);
        let sizes = self.sizes;
        let parts = [
            (name.as_str(), plain(sizes.name).bold()),
            (state.as_str(), mono(sizes.code).ink(ink)),
            (outsider(socket, self.view), plain(sizes.label).dim()),
        ];
        let ends = pen.run([x, y + Self::head(frame)], 9.0, right, &parts);
        let port = plate::port_of(self.world, socket.id);
        if frame.lesson {
            let (at, look) = match side {
                Side::Left => ([right - 4.0, y + frame.axis - 16.0], mono(20.0).bold().end()),
                Side::Right => ([x, y + frame.axis - 16.0], mono(20.0).bold()),
            };
            if port.is_empty() {
                let look =
                    if side == Side::Left { plain(15.0).dim().end() } else { plain(15.0).dim() };
                pen.text(at, picture::no_port(self.view.language), look, right - x);
            } else {
                pen.text(at, &port, look.ink(accent(socket.kind)), right - x);
            }
        } else if let Some(trip) = socket.kernel.round_trip.filter(|_| counts(socket)) {
            let text =
                format!("{} {}", picture::round_trip(self.view.language), picture::span(trip));
            let at = [right, y + Self::head(frame)];
            let look = mono(13.0).dim().end();
            if look.width(&text) < right - ends - 10.0 {
                pen.text(at, &text, look, right - ends - 10.0);
            }
        }
        if socket.listens() {
            self.listener(pen, x, right, y + if frame.lesson { 138.0 } else { 62.0 }, socket);
        } else if socket.kernel.state != Some(TcpState::TimeWait) {
            self.buffers(pen, frame, place, side, socket);
        }
        let (timer, program) = if frame.lesson { (205.0, 228.0) } else { (137.0, 157.0) };
        let timed = self.timer(pen, [x, y + timer], right, socket);
        let at = if timed || !frame.lesson || socket.kind == Kind::Datagram {
            y + program
        } else {
            y + timer
        };
        self.program(pen, [x, at], right, socket);
    }

    fn buffers(&self, pen: &mut Pen, frame: &Frame, place: &Place, side: Side, socket: &Socket) {
        let (x, right) = frame.host(side);
        let sender = socket.active || (socket.parent.is_none() && side == Side::Left);
        let order =
            if sender { [Which::Send, Which::Receive] } else { [Which::Receive, Which::Send] };
        let holds = |which| buffer::of(socket, which).payload.unwrap_or(0) > 0;
        let [first, second] = order;
        let order =
            if frame.lesson && !holds(first) && holds(second) { [second, first] } else { order };
        let letter = self.sizes.cell;
        if socket.kind == Kind::Datagram {
            let y = place.y + if frame.lesson { 138.0 } else { 41.0 };
            let own = buffer::of(socket, Which::Receive);
            let look = plain(self.sizes.label).dim();
            pen.text([x, y], &self.label(Which::Receive, own.payload, right - x), look, right - x);
            let h = if frame.lesson { 32.0 } else { 23.0 };
            let top = y + if frame.lesson { 8.0 } else { 5.0 };
            own.draw(pen, [x, top, right - x, h], letter, self.view.language);
            let drops = socket.kernel.drops;
            let text = picture::datagram_counts(
                self.view.language,
                socket.sent.count,
                socket.read.count,
                drops,
            );
            pen.text([x, top + h + 22.0], &text, plain(self.sizes.label), right - x);
            return;
        }
        let rows: &[(f32, f32)] =
            if frame.lesson { &[(138.0, 32.0)] } else { &[(41.0, 23.0), (87.0, 23.0)] };
        for ((label, h), which) in rows.iter().zip(order) {
            let buffer = buffer::of(socket, which);
            let text = self.label(which, buffer.payload, right - x);
            pen.text([x, place.y + label], &text, plain(self.sizes.label).dim(), right - x);
            let top = place.y + label + if frame.lesson { 8.0 } else { 5.0 };
            let letter = if frame.lesson { letter } else { 15.0 };
            buffer.draw(pen, [x, top, right - x, *h], letter, self.view.language);
        }
    }

    fn label(&self, which: Which, payload: Option<u64>, room: f32) -> String {
        let language = self.view.language;
        let (name, full) = match which {
            Which::Send => (picture::send_buffer(language), picture::kept(language)),
            Which::Receive => {
                (picture::receive_buffer(language), picture::waiting_unread(language))
            }
        };
        match payload {
            None => format!("{name} · {}", picture::unknown(language)),
            Some(0) => format!("{name} · {}", picture::empty(language)),
            Some(n) => {
                let long = format!("{name} · {} · {full}", picture::bytes(n));
                let fits = |text: &str| plain(self.sizes.label).width(text) <= room;
                let short = format!("{name} · {full}");
                match (fits(&long), fits(&short)) {
                    (true, _) => long,
                    (_, true) => short,
                    _ => format!("{name} · {}", picture::bytes(n)),
                }
            }
        }
    }

    /// The accept queue, as cells; admitted is one more than the backlog.
    fn listener(&self, pen: &mut Pen, x: f32, right: f32, y: f32, socket: &Socket) {
        queue(pen, [x, y], right, socket, self.view, self.sizes.label);
    }
}
