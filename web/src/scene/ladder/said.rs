//! Owns one call on the ladder: its code, its bar, what it came to.

use super::entry::Said;
use super::layout::SaidPlace;
use super::{HEAD, Page, Rung, Subject};
use crate::scene::frame::Frame;
use crate::scene::pen::{Look, Pen, line, mono, plain};
use crate::shape::Ink;
use crate::text::picture;
use protocol::command::Side;

/// The longest of several that fits; the shortest where none does.
fn fitting(all: Vec<String>, look: Look, room: f32) -> String {
    let fits = all.iter().position(|text| look.width(text) <= room);
    let place = fits.unwrap_or(all.len() - 1);
    all.into_iter().nth(place).unwrap_or_default()
}

/// What stands behind the code, if both stand on one line: the result, with how long it took.
fn behind(page: &Page, said: &Said) -> Option<f32> {
    let result = said.result.as_ref().filter(|_| said.short)?;
    let text = format!("→ {result}, {}", picture::span(said.took));
    let sign = if said.error { 28.0 } else { 8.0 };
    Some(mono(page.code).bold().width(&text) + sign)
}

/// The call, without what every reader knows where there is no room for that: neither beside its
/// result nor by itself.
fn code_of(page: &Page, said: &Said) -> String {
    let (look, room) = (mono(page.code), page.text(said.side).2);
    let forms = crate::code::shorter(&said.code);
    let beside = behind(page, said).map_or(0.0, |wide| room - wide);
    match forms.iter().find(|form| look.width(form) <= beside) {
        Some(form) => form.clone(),
        None => fitting(forms, look, room),
    }
}

/// The result with its arrow, and how long it took where there is room for that.
fn outcome(page: &Page, said: &Said, room: f32) -> String {
    let Some(result) = &said.result else { return String::new() };
    let took = picture::span(said.took);
    let forms = crate::code::shorter(&format!("→ {result}"));
    let forms = forms.into_iter().flat_map(|form| [format!("{form}, {took}"), form]).collect();
    fitting(forms, mono(page.code).bold(), room)
}

/// Writes a line, unless what stands at the top would cut it.
pub(super) fn write(pen: &mut Pen, top: f32, at: [f32; 2], text: &str, look: Look, most: f32) {
    if at[1] >= top + 12.0 {
        pen.text(at, text, look, most);
    }
}

/// Whether code and result stand on one line.
pub(super) fn inline(page: &Page, said: &Said) -> bool {
    let room = page.text(said.side).2;
    let code = mono(page.code).width(&code_of(page, said));
    behind(page, said).is_some_and(|wide| code + wide <= room)
}

pub(super) fn call(
    pen: &mut Pen,
    page: &Page,
    said: &Said,
    place: &SaidPlace,
    at_top: Option<f32>,
) -> Option<Rung> {
    let text = &code_of(page, said);
    let (x, ends, room) = page.text(said.side);
    let side = |look: Look| if ends { look.end() } else { look };
    let ink = |own: Ink| if said.dim { Ink::Dim } else { own };
    let y = place.began - page.offset;
    let code = side(mono(page.code)).ink(ink(Ink::Text));
    let verdict = if said.error { Ink::Lost } else { ink(Ink::Good) };
    let result = side(mono(page.code).bold()).ink(verdict);
    if let Some(track) = place.bar {
        let out = Frame::inward(said.side) * (3.0 + f32::from(track) * 6.0);
        let edge = page.wall(said.side) - out;
        let left = if said.side == Side::Left { edge - 5.0 } else { edge };
        let ended = place.ended.unwrap_or(f32::MAX).min(place.now) - page.offset;
        let fill = if said.result.is_some() { Ink::Idle } else { Ink::Asleep };
        let from = (y - 6.0).max(HEAD - 8.0);
        pen.rect([left, from, 5.0, (ended - from).max(5.0)], 2.5, fill);
    }
    let y = at_top.unwrap_or(y);
    let top = if at_top.is_some() { HEAD - 12.0 } else { page.top(said.side) };
    let far = if ends { x - room } else { x + room };
    let rung = (y + 5.0 >= top + 12.0).then(|| {
        let result = said.result.as_ref().map(|result| format!(" → {result}")).unwrap_or_default();
        let whole = format!("{}{result}", said.code);
        let ended = said.result.as_ref().map(|_| said.began + said.took);
        let told = picture::call_told(page.view.language, &whole, said.began, ended);
        Rung { from: [x, y], to: [far, y], told, about: said.socket.map(Subject::Socket) }
    });
    if inline(page, said) {
        let came =
            outcome(page, said, room - code.width(text) - if said.error { 28.0 } else { 8.0 });
        let (first, second) = (code.width(text), result.width(&came));
        let (code_x, result_x, far) = if ends {
            (x - second - 8.0, x, x - second - first - 8.0)
        } else {
            (x, x + first + 8.0, x)
        };
        let push = if said.error && !ends { 20.0 } else { 0.0 };
        write(pen, top, [code_x + push, y + 5.0], text, code, room);
        write(pen, top, [result_x + push, y + 5.0], &came, result, room);
        if said.error {
            crossed_circle(pen, top, if ends { far - 12.0 } else { far + 7.0 }, y);
        }
    } else {
        write(pen, top, [x, y + 5.0], text, code, room);
        let after = place.ended.map(|ended| ended - page.offset);
        if let Some(after) = after {
            let text = outcome(page, said, room - if said.error { 20.0 } else { 0.0 });
            let wide = result.width(&text).min(room - 20.0);
            let push = if said.error && !ends { 20.0 } else { 0.0 };
            write(pen, top, [x + push, after + 5.0], &text, result, room - push.abs());
            if said.error {
                crossed_circle(pen, top, if ends { x - wide - 12.0 } else { x + 7.0 }, after);
            }
        } else if let Some(asleep) = said.asleep {
            let text =
                format!("{} {}", picture::asleep(page.view.language), picture::seconds(asleep));
            let size = if page.view.lesson { 15.0 } else { 13.0 };
            write(pen, top, [x, y + 23.0], &text, side(plain(size)).dim(), room);
        }
    }
    if let Some(note) = &said.note {
        let below = place.note - page.offset;
        // A sentence without its call says nothing.
        let own = place.ended.map_or(y, |ended| ended - page.offset);
        if own + 5.0 < top + 12.0 {
            return rung;
        }
        let ink = if said.error { Ink::Lost } else { Ink::Dim };
        let size = if page.view.lesson { 15.0 } else { 13.0 };
        write(pen, top, [x, below + 5.0], note, side(plain(size)).ink(ink), room);
    }
    rung
}

fn crossed_circle(pen: &mut Pen, top: f32, x: f32, y: f32) {
    if y < top + 7.0 {
        return;
    }
    pen.shapes.push(crate::shape::Shape::Rect {
        at: [x - 7.0, y - 7.0, 14.0, 14.0],
        radius: 7.0,
        fill: None,
        stroke: Some(line(Ink::Lost, 1.6)),
    });
    pen.cross([x, y], 3.0, line(Ink::Lost, 1.6));
}
