//! Owns the ladder: the wire through time. Time runs down, but not evenly: what happens gets room,
//! silence is folded and its length is written there. Only the last screenful is laid out.

mod entry;
mod layout;

use super::frame::{Frame, column};
use super::pen::{Look, Pen, dashed, line, mono, plain};
use super::{NARROW, Strip, View};
use crate::clock::Moment;
use crate::shape::Ink;
use crate::text::picture;
use crate::timeline::Timeline;
use entry::{Crossed, Said};
use protocol::command::Side;

/// Height of the head line.
const HEAD: f32 = 28.0;
/// From a wall to the text beside it; blocked calls' bars stand between.
const ASIDE: f32 = 22.0;

/// Sizes and places of one drawing.
struct Page<'a> {
    view: &'a View,
    walls: [f32; 2],
    narrow: bool,
    code: f32,
    offset: f32,
}

impl Page<'_> {
    fn wall(&self, side: Side) -> f32 {
        self.walls[usize::from(side == Side::Right)]
    }

    /// Where a side's text is anchored, how, and how wide it may be.
    fn text(&self, side: Side) -> (f32, bool, f32) {
        let from = self.wall(side);
        if self.narrow {
            let room = self.view.width - 2.0 * self.walls[0] - 20.0;
            let x = from + Frame::inward(side) * 10.0;
            return (x, side == Side::Right, room);
        }
        let x = from - Frame::inward(side) * ASIDE;
        let room = self.walls[0] - ASIDE - 10.0;
        (x, side == Side::Left, room)
    }
}

/// The whole strip.
pub(super) fn draw(timeline: &Timeline, moment: Moment, view: &View) -> Strip {
    let narrow = view.width < NARROW;
    let column = if narrow { 20.0 } else { column(view.width) };
    let height = view.height.max(120.0);
    let code = if view.lesson { 15.0 } else { 13.5 };
    let walls = [column, view.width - column];
    let mut page = Page { view, walls, narrow, code, offset: 0.0 };
    let entries = entry::gather(timeline, moment, view, height);
    let layout =
        layout::lay_out(&entries, moment.at, view.lesson, narrow, |said| inline(&page, said));
    page.offset = (layout.now + 26.0 + HEAD - height).max(0.0) - HEAD;
    let mut pen = Pen::default();
    ground(&mut pen, &page, height);
    pen.clip([0.0, HEAD, view.width, height - HEAD]);
    for gap in &layout.gaps {
        quiet(&mut pen, &page, gap.0 - page.offset, gap.1);
    }
    for (crossed, place) in entries.crossed.iter().zip(&layout.crossed) {
        arrow(&mut pen, &page, crossed, [place[0] - page.offset, place[1] - page.offset]);
    }
    for (said, place) in entries.said.iter().zip(&layout.said) {
        call(&mut pen, &page, said, place);
    }
    let now = layout.now - page.offset;
    pen.line([walls[0], now], [walls[1], now], dashed(Ink::Asleep, 1.5, 2.0, 5.0));
    pen.pop();
    head(&mut pen, &page, &entries, height);
    Strip { shapes: pen.shapes, height, words: words(&entries, view) }
}

fn ground(pen: &mut Pen, page: &Page, height: f32) {
    let [left, right] = page.walls;
    pen.rect([0.0, 0.0, page.view.width, height], 0.0, Ink::Ground);
    if !page.narrow {
        pen.rect([0.0, 0.0, left, height], 0.0, Ink::Panel);
        pen.rect([right, 0.0, page.view.width - right, height], 0.0, Ink::Panel);
    }
    for x in [left, right] {
        pen.line([x, 0.0], [x, height], line(Ink::Edge, 1.5));
    }
}

fn head(pen: &mut Pen, page: &Page, entries: &entry::Entries, height: f32) {
    let [left, right] = page.walls;
    let middle = (left + right) / 2.0;
    let look = plain(13.0).dim().middle();
    pen.rect([left + 1.0, 0.0, right - left - 2.0, HEAD - 2.0], 0.0, Ink::Ground);
    let language = page.view.language;
    if entries.said.is_empty() && entries.crossed.is_empty() {
        let text = picture::no_calls(language);
        pen.text([middle, height / 2.0], text, plain(15.0).dim().middle(), right - left - 20.0);
    }
    let inferred = entries.crossed.iter().any(|crossed| crossed.inferred);
    let text = if inferred && page.narrow {
        picture::ladder_narrow(language)
    } else if inferred {
        picture::ladder_inferred(language)
    } else {
        picture::ladder_head(language)
    };
    pen.text([middle, 18.0], text, look, right - left - 16.0);
}

fn quiet(pen: &mut Pen, page: &Page, y: f32, span: protocol::Nanos) {
    let middle = (page.walls[0] + page.walls[1]) / 2.0;
    let look = plain(if page.view.lesson { 15.0 } else { 13.0 }).dim().middle().halo(Ink::Ground);
    write(pen, [middle, y + 4.0], &picture::quiet_span(page.view.language, span), look, 220.0);
    for x in page.walls {
        pen.line([x - 6.0, y - 3.0], [x + 6.0, y + 1.0], line(Ink::Edge, 1.4));
    }
}

fn arrow(pen: &mut Pen, page: &Page, crossed: &Crossed, [y0, y1]: [f32; 2]) {
    let from = page.wall(crossed.from);
    let to = page.wall(crossed.from.opposite());
    let d = Frame::inward(crossed.from);
    let x1 = from + (to - from) * crossed.progress;
    let wide = if crossed.heavy { 2.6 } else { 1.8 };
    let stroke = if crossed.inferred {
        dashed(crossed.ink, wide, 7.0, 4.0)
    } else {
        line(crossed.ink, wide)
    };
    pen.line([from, y0], [x1, y1], stroke);
    if crossed.progress >= 1.0 {
        let head = vec![[x1 - d * 11.0, y1 - 6.0], [x1, y1], [x1 - d * 12.0, y1 + 4.0]];
        pen.path(head, line(crossed.ink, wide));
    }
    if crossed.progress > 0.3 {
        let look: Look = mono(if page.view.lesson { 15.0 } else { 13.0 }).middle();
        let at = [(from + x1) / 2.0, (y0 + y1) / 2.0 - 5.0];
        let room = (x1 - from).abs() - 16.0;
        write(pen, at, &crossed.label, look.ink(crossed.ink).halo(Ink::Ground), room);
    }
}

/// The result with its arrow, and how long it took where there is room for that.
fn outcome(page: &Page, said: &Said, room: f32) -> String {
    let Some(result) = &said.result else { return String::new() };
    let look = mono(page.code).bold();
    let long = format!("→ {result}, {}", picture::span(said.took));
    if look.width(&long) <= room { long } else { format!("→ {result}") }
}

/// Writes a line, unless the head would cut it.
fn write(pen: &mut Pen, at: [f32; 2], text: &str, look: Look, most: f32) {
    if at[1] >= HEAD + 12.0 {
        pen.text(at, text, look, most);
    }
}

/// Whether code and result stand on one line.
fn inline(page: &Page, said: &Said) -> bool {
    let room = page.text(said.side).2 - if said.error { 20.0 } else { 0.0 };
    let code = mono(page.code).width(&said.code) + 8.0;
    said.short
        && said.result.as_ref().is_some_and(|result| {
            code + mono(page.code).bold().width(&format!("→ {result}")) <= room
        })
}

fn call(pen: &mut Pen, page: &Page, said: &Said, place: &layout::SaidPlace) {
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
        let top = (y - 6.0).max(HEAD - 8.0);
        pen.rect([left, top, 5.0, (ended - top).max(5.0)], 2.5, fill);
    }
    // A call that began above the screen is named at its top while it lasts.
    let y = if place.ended.is_none() {
        y.max(HEAD + 16.0 + f32::from(place.bar.unwrap_or(0)) * 38.0)
    } else {
        y
    };
    if inline(page, said) {
        let text = outcome(
            page,
            said,
            room - code.width(&said.code) - if said.error { 28.0 } else { 8.0 },
        );
        let (first, second) = (code.width(&said.code), result.width(&text));
        let (code_x, result_x, far) = if ends {
            (x - second - 8.0, x, x - second - first - 8.0)
        } else {
            (x, x + first + 8.0, x)
        };
        let push = if said.error && !ends { 20.0 } else { 0.0 };
        write(pen, [code_x + push, y + 5.0], &said.code, code, room);
        write(pen, [result_x + push, y + 5.0], &text, result, room);
        if said.error {
            crossed_circle(pen, if ends { far - 12.0 } else { far + 7.0 }, y);
        }
    } else {
        write(pen, [x, y + 5.0], &said.code, code, room);
        let after = place.ended.map(|ended| ended - page.offset);
        if let Some(after) = after {
            let text = outcome(page, said, room - if said.error { 20.0 } else { 0.0 });
            let wide = result.width(&text).min(room - 20.0);
            let push = if said.error && !ends { 20.0 } else { 0.0 };
            write(pen, [x + push, after + 5.0], &text, result, room - push.abs());
            if said.error {
                crossed_circle(pen, if ends { x - wide - 12.0 } else { x + 7.0 }, after);
            }
        } else if let Some(asleep) = said.asleep {
            let text =
                format!("{} {}", picture::asleep(page.view.language), picture::seconds(asleep));
            let size = if page.view.lesson { 15.0 } else { 13.0 };
            write(pen, [x, y + 23.0], &text, side(plain(size)).dim(), room);
        }
    }
    if let Some(note) = &said.note {
        let below = place.note - page.offset;
        let ink = if said.error { Ink::Lost } else { Ink::Dim };
        let size = if page.view.lesson { 15.0 } else { 13.0 };
        write(pen, [x, below + 5.0], note, side(plain(size)).ink(ink), room);
    }
}

fn crossed_circle(pen: &mut Pen, x: f32, y: f32) {
    if y < HEAD + 7.0 {
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

/// The last few calls as a sentence.
fn words(entries: &entry::Entries, view: &View) -> String {
    let mut said: Vec<&Said> = entries.said.iter().collect();
    said.sort_by_key(|said| said.began);
    let last: Vec<String> = said
        .iter()
        .rev()
        .take(6)
        .rev()
        .map(|said| match &said.result {
            Some(result) => format!("{} → {result}", said.code),
            None => said.code.clone(),
        })
        .collect();
    if last.is_empty() { picture::no_calls(view.language).to_owned() } else { last.join("; ") }
}
