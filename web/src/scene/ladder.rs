//! Owns the ladder: the wire through time. Time runs down, but not evenly: what happens gets room,
//! silence is folded and its length is written there. Only the last screenful is laid out.

mod entry;
mod layout;
mod packet;
mod said;

use super::frame::{Frame, column};
use super::pen::{Look, Pen, dashed, line, mono, plain};
use super::{NARROW, Strip, View};
use crate::clock::Moment;
use crate::shape::{Anchor, Ink};
use crate::text::picture;
use crate::timeline::Timeline;
use entry::{Crossed, Said};
use protocol::command::Side;
use said::{call, inline};

/// Height of the head line.
const HEAD: f32 = 28.0;
/// A ladder lower than this has room for what happened only.
const LOW: f32 = 190.0;
/// Sleeping calls named at the top at most.
const MOST_STUCK: usize = 4;
/// How far below a line's beginning its label stands at most: within its row.
const ROW_PART: f32 = 10.0;
/// From a wall to the text beside it; blocked calls' bars stand between.
const ASIDE: f32 = 22.0;

/// Sizes and places of one drawing.
struct Page<'a> {
    view: &'a View,
    walls: [f32; 2],
    narrow: bool,
    code: f32,
    offset: f32,
    /// The head line's height; none where the ladder is low and nothing needs saying.
    head: f32,
    /// Below this a side's own lines stand; above, calls that began before the screen and still last.
    tops: [f32; 2],
}

impl Page<'_> {
    fn top(&self, side: Side) -> f32 {
        self.tops[usize::from(side == Side::Right)]
    }

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
    let height = view.height.max(80.0);
    let code = if view.lesson { 15.0 } else { 13.5 };
    let walls = [column, view.width - column];
    let entries = entry::gather(timeline, moment, view, height);
    let told = height >= LOW || entries.crossed.iter().any(|crossed| crossed.inferred);
    let head_line = if told { HEAD } else { 4.0 };
    let mut page =
        Page { view, walls, narrow, code, offset: 0.0, head: head_line, tops: [head_line; 2] };
    let layout =
        layout::lay_out(&entries, moment.at, view.lesson, narrow, |said| inline(&page, said));
    page.offset = (layout.now + 22.0 + page.head - height).max(0.0) - page.head;
    let stuck = stuck(&mut page, &entries, &layout);
    let mut pen = Pen::default();
    ground(&mut pen, &page, height);
    pen.clip([0.0, page.head, view.width, height - page.head]);
    let arrows = entries.crossed.iter().zip(&layout.crossed);
    for (crossed, place) in arrows.clone() {
        arrow(&mut pen, &page, crossed, place);
    }
    // After all lines: whichever comes by, a label stays clear of it.
    for (crossed, place) in arrows {
        named(&mut pen, &page, crossed, place);
    }
    for gap in &layout.gaps {
        quiet(&mut pen, &page, gap.0 - page.offset, gap.1);
    }
    for (nth, (said, place)) in entries.said.iter().zip(&layout.said).enumerate() {
        let at_top = stuck.iter().find(|(own, _)| *own == nth).map(|(_, y)| *y);
        call(&mut pen, &page, said, place, at_top);
    }
    let now = layout.now - page.offset;
    pen.line([walls[0], now], [walls[1], now], dashed(Ink::Asleep, 1.5, 2.0, 5.0));
    pen.pop();
    head(&mut pen, &page, &entries, height);
    Strip { shapes: pen.shapes, height, words: words(&entries, view) }
}

/// Calls that began above the screen and still last are named at its top: which, and where.
fn stuck(page: &mut Page, entries: &entry::Entries, layout: &layout::Layout) -> Vec<(usize, f32)> {
    let mut stuck: Vec<(usize, f32)> = Vec::new();
    let mut found = true;
    while found && stuck.len() < MOST_STUCK {
        found = false;
        for (nth, (said, place)) in entries.said.iter().zip(&layout.said).enumerate() {
            let above = place.began - page.offset - 12.0 < page.top(said.side);
            if above && place.ended.is_none() && stuck.iter().all(|(own, _)| *own != nth) {
                let side = usize::from(said.side == Side::Right);
                stuck.push((nth, page.tops[side] + 14.0));
                page.tops[side] += 2.0 * page.code + 12.0;
                if page.narrow {
                    page.tops = [page.tops[side]; 2];
                }
                found = true;
                break;
            }
        }
    }
    stuck
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
    let middle = f32::midpoint(left, right);
    let look = plain(13.0).dim().middle();
    let language = page.view.language;
    if entries.said.is_empty() && entries.crossed.is_empty() {
        let long = picture::no_calls(language);
        let short = long.split([':', '：']).next().unwrap_or(long);
        let text = if page.narrow { short } else { long };
        pen.text([middle, height / 2.0], text, plain(15.0).dim().middle(), right - left - 20.0);
    }
    if page.head < HEAD {
        return;
    }
    pen.rect([left + 1.0, 0.0, right - left - 2.0, HEAD - 2.0], 0.0, Ink::Ground);
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

/// Where the wire's own words may begin.
fn wire_top(page: &Page) -> f32 {
    if page.narrow { page.tops[0] } else { page.head }
}

fn quiet(pen: &mut Pen, page: &Page, y: f32, span: protocol::Nanos) {
    let middle = f32::midpoint(page.walls[0], page.walls[1]);
    let look = plain(if page.view.lesson { 15.0 } else { 13.0 }).dim().middle();
    on_paper(
        pen,
        page,
        [middle, y + 4.0],
        &picture::quiet_span(page.view.language, span),
        look,
        220.0,
    );
    for x in page.walls {
        pen.line([x - 6.0, y - 3.0], [x + 6.0, y + 1.0], line(Ink::Edge, 1.4));
    }
}

/// From where to where a line runs, broken by its hold: its points.
fn run(page: &Page, crossed: &Crossed, place: &layout::CrossedPlace) -> Vec<[f32; 2]> {
    let from = page.wall(crossed.from);
    let across = page.wall(crossed.from.opposite()) - from;
    let mut points = vec![[from, place.began - page.offset]];
    if let (Some(hold), Some((_, _, part))) = (place.hold, crossed.hold) {
        let x = from + across * part.min(crossed.progress);
        points.extend(hold.map(|y| [x, y - page.offset]));
    }
    points.push([from + across * crossed.progress, place.ended - page.offset]);
    points
}

fn arrow(pen: &mut Pen, page: &Page, crossed: &Crossed, place: &layout::CrossedPlace) {
    let points = run(page, crossed, place);
    let [x1, y1] = points[points.len() - 1];
    let d = Frame::inward(crossed.from);
    let wide = if crossed.heavy { 2.6 } else { 1.8 };
    let stroke = if crossed.inferred {
        dashed(crossed.ink, wide, 7.0, 4.0)
    } else {
        line(crossed.ink, wide)
    };
    if let [_, began, ended, _] = points[..] {
        pen.line(began, ended, line(Ink::Asleep, 6.0));
    }
    pen.path(points, stroke);
    if crossed.lost.is_some() {
        pen.cross([x1, y1], 6.0, line(Ink::Lost, 2.2));
    } else if crossed.progress >= 1.0 {
        let head = vec![[x1 - d * 11.0, y1 - 6.0], [x1, y1], [x1 - d * 12.0, y1 + 4.0]];
        pen.path(head, line(crossed.ink, wide));
    }
}

/// What a line is: its label, and beside its cross the reason of a loss.
fn named(pen: &mut Pen, page: &Page, crossed: &Crossed, place: &layout::CrossedPlace) {
    let points = run(page, crossed, place);
    let [x1, y1] = points[points.len() - 1];
    let d = Frame::inward(crossed.from);
    let look: Look = mono(if page.view.lesson { 15.0 } else { 13.0 });
    if let Some(why) = &crossed.lost {
        let x = x1 + d * 14.0;
        let words = plain(look.font.size).ink(Ink::Lost);
        let words = if d > 0.0 { words } else { words.end() };
        let room = (page.wall(crossed.from.opposite()) - x).abs() - 10.0;
        on_paper(pen, page, [x, y1 + 5.0], why, words, room);
    }
    if crossed.progress > 0.3 || !crossed.inferred {
        label(pen, page, crossed, [points[0], points[1]], look);
    }
}

/// A line's label breaks it within its own row, so that no two meet: in its middle, or nearer to the
/// sender where the line is steep.
fn label(pen: &mut Pen, page: &Page, crossed: &Crossed, at: [[f32; 2]; 2], look: Look) {
    let [[from, y0], [x1, y1]] = at;
    let d = Frame::inward(crossed.from);
    let whole = (page.walls[1] - page.walls[0]).abs() - 24.0;
    let long = format!("{}  {}", crossed.label, crossed.more);
    let fits = !crossed.more.is_empty() && look.width(&long) < whole * 0.4;
    let text = if fits { &long } else { &crossed.label };
    let wide = look.width(text).min(whole);
    let part = (ROW_PART / (y1 - y0).max(1.0)).min(0.5);
    let middle = (x1 - from).abs() * part;
    let x = from + d * middle.max(wide / 2.0 + 16.0).min(whole + 12.0 - wide / 2.0);
    let below = crate::order::within((y1 - y0) * part, ROW_PART - 7.0, ROW_PART);
    let y = y0 + below + look.font.size * 0.36;
    on_paper(pen, page, [x, y], text, look.middle().ink(crossed.ink), wide + 1.0);
}

/// A text that no line runs through: the paper behind it is clear.
fn on_paper(pen: &mut Pen, page: &Page, at: [f32; 2], text: &str, look: Look, most: f32) {
    if at[1] < wire_top(page) + 12.0 {
        return;
    }
    let (wide, size) = (look.width(text).min(most), look.font.size);
    let left = match look.anchor {
        Anchor::Start => at[0],
        Anchor::Middle => at[0] - wide / 2.0,
        Anchor::End => at[0] - wide,
    };
    pen.rect([left - 5.0, at[1] - size, wide + 10.0, size * 1.3], 0.0, Ink::Ground);
    pen.text(at, text, look, most);
}

/// The last few calls as a sentence.
fn words(entries: &entry::Entries, view: &View) -> String {
    let mut said: Vec<&Said> = entries.said.iter().collect();
    crate::order::by_key(&mut said, |said| said.began);
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
