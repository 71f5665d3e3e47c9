//! Owns a host's block on a narrow screen: name, buffer, timer or program.

use super::{MARGIN, Narrow};
use crate::scene::buffer;
use crate::scene::flow::{Post, Row};
use crate::scene::frame::accent;
use crate::scene::host;
use crate::scene::pen::{Pen, line, mono, plain};
use crate::scene::plate;
use crate::shape::Ink;
use crate::text::picture;
use protocol::command::{Kind, Side};
use protocol::world::Socket;

impl Narrow<'_> {
    /// A host's block: name, buffer, timer or program.
    pub(super) fn host(&self, pen: &mut Pen, row: &Row, side: Side) {
        let top = if side == Side::Left { 0.0 } else { self.walls[1] };
        let beside = self.x - 40.0;
        // The plate hangs into the lower host's first lines and the upper host's last ones.
        let (name, wide) = match side {
            Side::Left => (26.0, self.view.width - MARGIN),
            Side::Right => (28.0, beside),
        };
        let language = self.view.language;
        let Some(socket) = self.socket(row, side) else {
            let text = match row.post(side) {
                Post::Queue(_, nth) => picture::in_queue(language, *nth),
                Post::Shared(id) | Post::Unanswered(id) => {
                    picture::name_of(language, self.world, *id)
                }
                Post::Outside(address) => format!("{} {address}", picture::outside(language)),
                Post::Gone(address) => format!("{} {address}", picture::gone(language)),
                _ => String::new(),
            };
            if self.view.lesson {
                self.whereabouts(pen, side, [MARGIN, top + name]);
            }
            pen.text(
                [MARGIN, top + if side == Side::Left { 26.0 } else { 66.0 }],
                &text,
                plain(15.0),
                self.view.width - 2.0 * MARGIN,
            );
            return;
        };
        let (state, ink) = host::state_of(socket, self.view);
        let called = picture::name(language, socket);
        let parts = [
            (called.as_str(), plain(16.0).bold()),
            (state.as_str(), mono(14.0).ink(ink)),
            (host::outsider(socket, self.view), plain(14.0).dim()),
        ];
        let ends = pen.run([MARGIN, top + name], 9.0, wide, &parts);
        if self.view.lesson {
            self.whereabouts(pen, side, [ends, top + name]);
        }
        let port = plate::port_of(self.world, socket.id);
        let accent = accent(socket.kind);
        match side {
            Side::Left => {
                let at = [self.x - 44.0, self.walls[0] - 12.0];
                pen.text(at, &port, mono(19.0).bold().end().ink(accent), 100.0);
            }
            Side::Right => {
                let at = [self.x + 44.0, top + 26.0];
                pen.text(at, &port, mono(19.0).bold().ink(accent), self.view.width - self.x - 52.0);
            }
        }
        let label = if side == Side::Left { 52.0 } else { 62.0 };
        self.buffer(pen, socket, side, top + label);
        self.status(pen, socket, [MARGIN, top + label + 58.0]);
    }

    /// Which host this is, behind its name or below it: the hosts' own bar has no place in a lesson.
    fn whereabouts(&self, pen: &mut Pen, side: Side, [ends, y]: [f32; 2]) {
        let text = picture::host(self.view.language, self.world, side);
        let look = plain(13.0).dim();
        let right = self.view.width - MARGIN;
        match side {
            Side::Left if look.width(&text) < right - ends - 12.0 => {
                pen.text([right, y], &text, look.end(), right - ends);
            }
            Side::Left => {}
            Side::Right => {
                pen.text([MARGIN, y + 17.0], &text, look, self.x - 40.0 - MARGIN);
            }
        }
    }

    fn buffer(&self, pen: &mut Pen, socket: &Socket, side: Side, y: f32) {
        let wide = self.view.width - 2.0 * MARGIN;
        if socket.listens() {
            host::queue(pen, [MARGIN, y + 10.0], MARGIN + wide, socket, self.view, 14.0);
            return;
        }
        let sender = socket.kind == Kind::Stream
            && (socket.active || (socket.parent.is_none() && side == Side::Left));
        let mut which = if sender { buffer::Which::Send } else { buffer::Which::Receive };
        let other = if sender { buffer::Which::Receive } else { buffer::Which::Send };
        if socket.kind == Kind::Stream
            && buffer::of(socket, which).payload.unwrap_or(0) == 0
            && buffer::of(socket, other).payload.unwrap_or(0) > 0
        {
            which = other;
        }
        let own = buffer::of(socket, which);
        let name = match which {
            buffer::Which::Send => picture::send_buffer(self.view.language),
            buffer::Which::Receive => picture::receive_buffer(self.view.language),
        };
        let text = match own.payload {
            None => format!("{name} · {}", picture::unknown(self.view.language)),
            Some(0) => format!("{name} · {}", picture::empty(self.view.language)),
            Some(n) => format!("{name} · {}", picture::bytes(n)),
        };
        let right = if side == Side::Right { self.x - 40.0 } else { self.view.width - MARGIN };
        pen.text([MARGIN, y], &text, plain(14.0).dim(), right - MARGIN);
        own.draw(pen, [MARGIN, y + 7.0, wide, 28.0], 17.0, self.view.language);
    }

    fn status(&self, pen: &mut Pen, socket: &Socket, at: [f32; 2]) {
        let [x, y] = at;
        let right = self.view.width - MARGIN;
        let language = self.view.language;
        if let Some(((timer, _), left)) =
            socket.kernel.timer.zip(socket.kernel.timer_left(self.moment.at))
        {
            pen.dial([x + 9.0, y - 5.0], 9.0, left as f32 / timer.remaining.max(1) as f32);
            let span = picture::seconds(left);
            let look = mono(14.0).bold();
            let most = right - x - 24.0 - look.width(&span) - 6.0;
            let ends =
                pen.text([x + 24.0, y], picture::timer(language, timer.kind), plain(13.0), most);
            pen.text([ends + 6.0, y], &span, look, right - ends - 6.0);
        } else if let Some(call) = host::asleep(self.world, socket.id) {
            let code = crate::code::call(self.view.dialect, self.world, &call.ask);
            let span = self.moment.at.saturating_sub(call.blocked.unwrap_or(call.began));
            pen.rect([x, y - 14.0, 5.0, 18.0], 2.5, Ink::Asleep);
            let text = format!("{} {}", picture::asleep(language), picture::seconds(span));
            let most = right - x - 12.0;
            let ends = pen.text([x + 12.0, y], &code, mono(13.0), most * 0.55);
            pen.text([ends + 8.0, y], &text, plain(13.0), right - ends - 8.0);
        } else if socket.kind == Kind::Datagram {
            let (sent, read) = (socket.sent.count, socket.read.count);
            let text = picture::datagram_counts(language, sent, read, None);
            pen.text([x, y], &text, plain(14.0), right - x);
        } else if !socket.last_read.is_empty() {
            let ends =
                pen.text([x, y], picture::program(language), plain(14.0).dim(), right - x) + 8.0;
            let text = host::readable(&socket.last_read);
            let wide = (mono(15.0).width(&text) + 14.0).min(right - ends);
            pen.frame([ends, y - 16.0, wide, 22.0], 5.0, Ink::GoodPale, line(Ink::Good, 1.2));
            pen.text([ends + 7.0, y], &text, mono(15.0), wide - 12.0);
        }
    }
}
