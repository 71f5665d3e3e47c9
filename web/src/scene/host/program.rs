//! Owns the lines about a socket's kernel timer, its numbers, and its program.

use super::super::View;
use super::super::pen::{Pen, line, mono, plain};
use super::Desk;
use crate::shape::Ink;
use crate::text::picture;
use protocol::world::{Call, Progress, Socket};
use protocol::{Command, SocketId, TcpState, World};

impl Desk<'_> {
    /// A dial for the kernel's running timer, else dim numbers; whether a dial was drawn.
    pub(super) fn timer(&self, pen: &mut Pen, at: [f32; 2], right: f32, socket: &Socket) -> bool {
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
    pub(super) fn program(&self, pen: &mut Pen, at: [f32; 2], right: f32, socket: &Socket) {
        let [x, y] = at;
        if let Some(call) = asleep(self.world, socket.id) {
            let code = crate::code::call(self.view.dialect, self.world, &call.ask);
            let span =
                picture::seconds(self.moment.at.saturating_sub(call.blocked.unwrap_or(call.began)));
            pen.rect([x, y - 14.0, 5.0, 18.0], 2.5, Ink::Asleep);
            let (label, code_look) = (plain(self.sizes.label), mono(self.sizes.code));
            let span_look = mono(self.sizes.label).bold();
            let wide = span_look.width(&span) + 8.0;
            let long = picture::asleep_in(self.view.language);
            let fits = 12.0 + label.width(long) + 6.0 + code_look.width(&code) + wide <= right - x;
            let head = if fits { long } else { picture::asleep_in_short(self.view.language) };
            let room = right - x - wide - 12.0 - label.width(head) - 6.0;
            let code = match code.split_once('(') {
                Some((name, _)) if code_look.width(&code) > room => format!("{name}(…)"),
                _ => code,
            };
            let parts = [(head, label), (code.as_str(), code_look)];
            let ends = pen.run([x + 12.0, y], 6.0, right - wide, &parts);
            pen.text([ends + 8.0, y], &span, span_look, right - ends - 8.0);
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
pub(super) fn counts(socket: &Socket) -> bool {
    socket.kernel.state.is_some_and(|state| state.connected() && state != TcpState::TimeWait)
}

/// The call of a socket that sleeps, if one does.
pub(in crate::scene) fn asleep(world: &World, socket: SocketId) -> Option<&Call> {
    world.calls_of(socket).find(|call| call.progress() == Progress::Blocked)
}

/// Bytes as they read: text where it is text, else a literal.
pub(in crate::scene) fn readable(bytes: &[u8]) -> String {
    match std::str::from_utf8(bytes) {
        Ok(text) if !text.chars().any(char::is_control) => text.to_owned(),
        _ => crate::code::bytes(bytes),
    }
}

/// Whether somebody has called accept() on a listener and waits.
pub(in crate::scene) fn accepting(world: &World, listener: SocketId) -> bool {
    world
        .calls_of(listener)
        .any(|call| call.ended.is_none() && matches!(call.ask, Command::Accept { .. }))
}
