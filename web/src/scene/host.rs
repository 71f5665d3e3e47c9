//! Owns what stands in a host's column: who the socket is, its buffers, its timer, its program.

use super::buffer::{self, Which};
use super::flow::Post;
use super::frame::{Frame, Place, Sizes, accent};
use super::pen::{Pen, line, mono, plain};
use super::stage::LISTENER_CONTROLS;
use super::{View, plate};
use crate::clock::Moment;
use crate::shape::Ink;
use crate::text::picture;
use protocol::command::{Command, Kind, Side};
use protocol::world::{Call, Progress, Socket};
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

impl Desk<'_> {
    fn socket(&self, id: SocketId) -> Option<&Socket> {
        self.world.sockets.get(&id)
    }

    /// The whole of one tall lane's end.
    pub(super) fn tall(&self, pen: &mut Pen, frame: &Frame, place: &Place, side: Side) {
        let (x, right) = frame.host(side);
        let y = place.y;
        match place.row.post(side) {
            Post::Socket(id) => {
                if let Some(socket) = self.socket(*id) {
                    self.end(pen, frame, place, side, socket);
                }
            }
            Post::Queue(id, nth) => {
                if let Some(socket) = self.socket(*id) {
                    self.end(pen, frame, place, side, socket);
                }
                let y = y + if frame.lesson { 166.0 } else { 92.0 };
                let text = self.waiting(place, side, *nth);
                pen.text([x, y], &text, plain(self.sizes.label).bold(), right - x);
                let why = picture::connected_already(self.view.language);
                pen.text([x, y + 20.0], why, plain(self.sizes.label).dim(), right - x);
            }
            Post::Unanswered(id) => {
                if let Some(socket) = self.socket(*id) {
                    self.end(pen, frame, place, side, socket);
                }
            }
            Post::Shared(id) => {
                let name = picture::name_of(self.view.language, self.world, *id);
                let look = plain(self.sizes.name).bold();
                pen.text([x, y + self.head(frame)], &name, look, right - x);
            }
            Post::Outside(address) => {
                let head = picture::outside(self.view.language);
                pen.text([x, y + self.head(frame)], head, plain(self.sizes.name).bold(), right - x);
                let at = [x, y + self.head(frame) + 22.0];
                pen.text(at, &address.to_string(), mono(self.sizes.code).dim(), right - x);
            }
            Post::Gone(address) => {
                let head = picture::gone(self.view.language);
                pen.text([x, y + self.head(frame)], head, plain(self.sizes.name).dim(), right - x);
                let at = [x, y + self.head(frame) + 22.0];
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
    fn head(&self, frame: &Frame) -> f32 {
        if frame.lesson { 30.0 } else { 21.0 }
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
        ];
        let ends = pen.run([x, y + self.head(frame)], 9.0, right, &parts);
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
            let at = [right, y + self.head(frame)];
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
        let at = if timed || !frame.lesson { y + program } else { y + timer };
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
            pen.text([x, y], &self.label(Which::Receive, own.payload), look, right - x);
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
            let text = self.label(which, buffer.payload);
            pen.text([x, place.y + label], &text, plain(self.sizes.label).dim(), right - x);
            let top = place.y + label + if frame.lesson { 8.0 } else { 5.0 };
            let letter = if frame.lesson { letter } else { 15.0 };
            buffer.draw(pen, [x, top, right - x, *h], letter, self.view.language);
        }
    }

    fn label(&self, which: Which, payload: Option<u64>) -> String {
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
            Some(n) => format!("{name} · {} · {full}", picture::bytes(n)),
        }
    }

    /// The accept queue, as cells; admitted is one more than the backlog.
    fn listener(&self, pen: &mut Pen, x: f32, right: f32, y: f32, socket: &Socket) {
        queue(pen, [x, y], right, socket, self.view, self.sizes.label);
    }

    /// A dial for the kernel's running timer, else dim numbers; whether a dial was drawn.
    fn timer(&self, pen: &mut Pen, at: [f32; 2], right: f32, socket: &Socket) -> bool {
        let [x, y] = at;
        let Some(((timer, _), left)) =
            socket.kernel.timer.zip(socket.kernel.timer_left(self.moment.at))
        else {
            if !self.view.lesson && counts(socket) {
                let text = numbers(socket, self.view);
                pen.text([x, y], &text, mono(13.0).dim(), right - x);
            }
            return false;
        };
        let radius = if self.view.lesson { 11.0 } else { 9.0 };
        let part = left as f32 / (timer.remaining.max(1)) as f32;
        pen.dial([x + radius, y - 5.0], radius, part);
        let look = plain(self.sizes.label);
        let span = picture::seconds(left);
        pen.run(
            [x + radius * 2.0 + 7.0, y],
            6.0,
            right,
            &[
                (picture::timer(self.view.language, timer.kind), look),
                (&span, mono(self.sizes.label).bold()),
            ],
        );
        true
    }

    /// A call that sleeps, else the last bytes that the program has read.
    fn program(&self, pen: &mut Pen, at: [f32; 2], right: f32, socket: &Socket) {
        let [x, y] = at;
        if let Some(call) = asleep(self.world, socket.id) {
            let code = crate::code::call(self.view.dialect, self.world, &call.ask);
            let span =
                picture::seconds(self.moment.at.saturating_sub(call.blocked.unwrap_or(call.began)));
            pen.rect([x, y - 14.0, 5.0, 18.0], 2.5, Ink::Asleep);
            let look = plain(self.sizes.label);
            let wide = mono(self.sizes.label).bold().width(&span) + 8.0;
            let ends = pen.run(
                [x + 12.0, y],
                6.0,
                right - wide,
                &[(picture::asleep_in(self.view.language), look), (&code, mono(self.sizes.code))],
            );
            pen.text([ends + 8.0, y], &span, mono(self.sizes.label).bold(), right - ends - 8.0);
            return;
        }
        if socket.last_read.is_empty() {
            return;
        }
        let label = picture::program(self.view.language);
        let ends = pen.text([x, y], label, plain(self.sizes.label).dim(), right - x) + 9.0;
        let text = readable(&socket.last_read);
        let look = mono(self.sizes.code + 1.0);
        let wide = (look.width(&text) + 14.0).min(right - ends);
        pen.frame([ends, y - 16.0, wide, 22.0], 5.0, Ink::GoodPale, line(Ink::Good, 1.2));
        pen.text([ends + 7.0, y], &text, look, wide - 12.0);
    }

    /// One end of a small lane: a line of text.
    pub(super) fn small(&self, pen: &mut Pen, frame: &Frame, place: &Place, side: Side) {
        let (outer, inner) = frame.host(side);
        let y = place.axis + 5.0;
        // The plate of a small lane of its own is narrower, but one column of text is calmer.
        let right = if side == Side::Right { inner } else { inner + 4.0 };
        let x = outer;
        let label = plain(14.0);
        let language = self.view.language;
        match place.row.post(side) {
            Post::Socket(id) => {
                if let Some(socket) = self.socket(*id) {
                    self.line(pen, [x, y], right, side, socket);
                }
            }
            Post::Queue(_, nth) => {
                pen.text([x, y], &self.waiting(place, side, *nth), label, right - x);
            }
            Post::Unanswered(id) | Post::Shared(id) => {
                let bundled = matches!(place.row.post(side.opposite()), Post::Bundle(_));
                let text = if bundled && place.row.kind == Kind::Stream {
                    picture::not_accepted(language).to_owned()
                } else {
                    picture::name_of(language, self.world, *id)
                };
                pen.text([x, y], &text, label.dim(), right - x);
            }
            Post::Outside(address) => {
                let address = address.to_string();
                let parts = [(picture::outside(language), label), (&address, mono(13.0).dim())];
                pen.run([x, y], 8.0, right, &parts);
            }
            Post::Gone(address) => {
                let address = address.to_string();
                let parts = [(picture::gone(language), label.dim()), (&address, mono(13.0).dim())];
                pen.run([x, y], 8.0, right, &parts);
            }
            Post::Bundle(ids) => {
                let text = picture::bundle(language, ids.len());
                let parts =
                    [(text.as_str(), label.bold()), (picture::quiet(language), label.dim())];
                pen.run([x, y], 8.0, right, &parts);
            }
            Post::Nothing => {}
        }
    }

    fn line(&self, pen: &mut Pen, at: [f32; 2], right: f32, side: Side, socket: &Socket) {
        let [x, y] = at;
        let (state, ink) = state_of(socket, self.view);
        let name = picture::name(self.view.language, socket);
        let port = plate::port_of(self.world, socket.id);
        let mut right = right;
        if socket.listens() {
            if side == Side::Right {
                right -= LISTENER_CONTROLS + 8.0;
            }
            let looks =
                [(name.as_str(), plain(14.0).bold()), (state.as_str(), mono(13.0).ink(ink))];
            let ends = pen.run([x, y], 8.0, right, &looks);
            queue(pen, [ends + 10.0, y], right, socket, self.view, 0.0);
            return;
        }
        if side == Side::Left || socket.parent.is_none() {
            let look = mono(14.0).bold().end().ink(accent(socket.kind));
            right = pen.text([right, y], &port, look, 60.0) - 8.0;
        }
        let named = plain(14.0).bold();
        let aligned = x + named.width(&name).max(84.0).min((right - x) * 0.5);
        pen.text([x, y], &name, named, aligned - x);
        let ends = pen.text([aligned + 8.0, y], &state, mono(13.0).ink(ink), right - aligned - 8.0);
        let news = self.news(socket);
        pen.text([ends + 10.0, y], &news, plain(13.0).dim(), right - ends - 10.0);
    }

    /// The one thing most worth a few words.
    fn news(&self, socket: &Socket) -> String {
        let language = self.view.language;
        if let Some(call) = asleep(self.world, socket.id) {
            return match call.ask {
                Command::Recv { .. } => "recv()",
                Command::RecvFrom { .. } => "recvfrom()",
                Command::Send { .. } => "send()",
                Command::Connect { .. } => "connect()",
                Command::Accept { .. } => "accept()",
                _ => "",
            }
            .to_owned()
                + " "
                + picture::asleep(language);
        }
        match socket.kernel.receive_queue {
            Some(n) if n > 0 => format!("{} {}", picture::bytes(n), picture::waiting(language)),
            _ => String::new(),
        }
    }
}

/// The accept queue as cells (as numbers where they are many): filled of admitted.
pub(super) fn queue(
    pen: &mut Pen,
    at: [f32; 2],
    right: f32,
    socket: &Socket,
    view: &View,
    label: f32,
) {
    let [mut x, y] = at;
    if label > 0.0 {
        let head = view.language.pick("accept queue", "接受队列");
        x = pen.text([x, y], head, plain(label).dim(), right - x) + 10.0;
    }
    let (Some(waiting), Some(backlog)) = (socket.kernel.accept_queue, socket.kernel.backlog) else {
        pen.text([x, y], picture::unknown(view.language), mono(13.0).dim(), right - x);
        return;
    };
    let admitted = backlog.saturating_add(1);
    if admitted <= 8 && right - x >= admitted as f32 * 15.0 {
        for cell in 0..admitted {
            let fill = if cell < waiting { Ink::Tcp } else { Ink::Ground };
            pen.frame(
                [x + cell as f32 * 15.0, y - 13.0, 12.0, 15.0],
                2.0,
                fill,
                line(Ink::Edge, 1.0),
            );
        }
        if waiting > admitted {
            let more = format!("+{}", waiting - admitted);
            pen.text([x + admitted as f32 * 15.0 + 4.0, y], &more, mono(13.0), 40.0);
        }
        return;
    }
    pen.frame(
        [x, y - 13.0, 12.0, 15.0],
        2.0,
        if waiting > 0 { Ink::Tcp } else { Ink::Ground },
        line(Ink::Edge, 1.0),
    );
    let text = format!("{waiting}/{admitted}");
    pen.text([x + 18.0, y], &text, mono(13.0), right - x - 18.0);
}

/// Dim numbers of a connection, those that the kernel has told.
fn numbers(socket: &Socket, view: &View) -> String {
    let kernel = &socket.kernel;
    let mut parts = Vec::new();
    if let Some(window) = kernel.congestion_window {
        parts.push(format!("cwnd {window}"));
    }
    if let Some(window) = kernel.peer_window {
        parts.push(format!(
            "{} {}",
            picture::peer_window(view.language),
            picture::bytes(u64::from(window))
        ));
    }
    if let Some(n) = kernel.retransmissions.filter(|n| *n > 0) {
        parts.push(format!("{} {n}", picture::resent(view.language)));
    }
    parts.join(" · ")
}

/// Whether the kernel still keeps numbers of a connection.
fn counts(socket: &Socket) -> bool {
    socket.kernel.state.is_some_and(|state| state.connected() && state != TcpState::TimeWait)
}

/// The call of a socket that sleeps, if one does.
pub(super) fn asleep(world: &World, socket: SocketId) -> Option<&Call> {
    world.calls_of(socket).find(|call| call.progress() == Progress::Blocked)
}

/// Bytes as they read: text where it is text, else a literal.
pub(super) fn readable(bytes: &[u8]) -> String {
    match std::str::from_utf8(bytes) {
        Ok(text) if !text.chars().any(char::is_control) => text.to_owned(),
        _ => crate::code::bytes(bytes),
    }
}
