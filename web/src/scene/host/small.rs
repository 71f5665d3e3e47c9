//! Owns one end of a small lane: a line of text, and an accept queue in it.

use super::super::flow::Post;
use super::super::frame::{Frame, Place, accent};
use super::super::pen::{Pen, line, mono, plain};
use super::super::stage::LISTENER_CONTROLS;
use super::super::{View, plate};
use super::program::asleep;
use super::{Desk, state_of};
use crate::shape::Ink;
use crate::text::picture;
use protocol::command::{Command, Kind, Side};
use protocol::world::Socket;

impl Desk<'_> {
    /// One end of a small lane: a line of text.
    pub(in crate::scene) fn small(&self, pen: &mut Pen, frame: &Frame, place: &Place, side: Side) {
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
                let quiet = if place.row.is_quiet() { picture::quiet(language) } else { "" };
                let parts = [(text.as_str(), label.bold()), (quiet, label.dim())];
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
            right = pen.text([right, y], &port, look, 60.0) - 6.0;
        }
        let named = plain(14.0).bold();
        let aligned = x + named.width(&name).max(78.0).min((right - x) * 0.5) + 8.0;
        pen.text([x, y], &name, named, aligned - x - 8.0);
        let news = self.news(socket, right - aligned);
        let (stands, looks) = (mono(13.0).ink(ink), plain(13.0).dim());
        let both = stands.width(&state) + 8.0 + looks.width(&news) <= right - aligned;
        // The cable or the slot says the state too; what is new needs the room.
        let says_itself = socket.kind == Kind::Datagram
            || socket.kernel.state == Some(protocol::TcpState::Established);
        let state = if news.is_empty() || both || !says_itself { state.as_str() } else { "" };
        pen.run([aligned, y], 8.0, right, &[(state, stands), (&news, looks)]);
    }

    /// The one thing most worth a few words.
    fn news(&self, socket: &Socket, room: f32) -> String {
        let language = self.view.language;
        if socket.program.is_some() {
            return super::outsider(socket, self.view).to_owned();
        }
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
        let automatic = plate::automatic(socket);
        if !automatic.is_empty() && socket.kernel.receive_queue.is_none_or(|n| n == 0) {
            return automatic.to_owned();
        }
        if socket.kind == Kind::Datagram {
            let queue = socket.kernel.queue.as_ref().filter(|queue| queue.datagrams > 0);
            return queue.map_or_else(String::new, |queue| {
                let long = picture::datagrams_wait(language, queue.datagrams, queue.bytes);
                if plain(13.0).width(&long) <= room {
                    return long;
                }
                picture::some_wait(language, queue.datagrams, queue.bytes)
            });
        }
        match socket.kernel.receive_queue {
            Some(n) if n > 0 => format!("{} {}", picture::bytes(n), picture::waiting(language)),
            _ => String::new(),
        }
    }
}

/// The accept queue as cells (as numbers where they are many): filled of admitted.
pub(in crate::scene) fn queue(
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
