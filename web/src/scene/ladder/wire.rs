//! Owns what crosses on the ladder: lines from their entered to their left stamp, what they say, and the
//! silence between them.

use super::entry::Crossed;
use super::{Page, layout};
use crate::scene::frame::Frame;
use crate::scene::pen::{Look, Pen, dashed, line, mono, plain};
use crate::shape::{Anchor, Ink};
use crate::text::picture;

/// How far below a line's beginning its label stands at most: within its row.
const ROW_PART: f32 = 10.0;
/// What of the wire's width a label may take.
const WIDEST: f32 = 0.66;

/// Where the wire's own words may begin.
fn wire_top(page: &Page) -> f32 {
    if page.narrow { page.tops[0] } else { page.head }
}

pub(super) fn quiet(pen: &mut Pen, page: &Page, y: f32, span: protocol::Nanos) {
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
pub(super) fn run(page: &Page, crossed: &Crossed, place: &layout::CrossedPlace) -> Vec<[f32; 2]> {
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

pub(super) fn arrow(pen: &mut Pen, page: &Page, crossed: &Crossed, place: &layout::CrossedPlace) {
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
pub(super) fn named(pen: &mut Pen, page: &Page, crossed: &Crossed, place: &layout::CrossedPlace) {
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
    let longer = crossed.more.iter().map(|more| format!("{}  {more}", crossed.label));
    // A line that ends under way is seen, and its reason stands beside its end.
    let most = match crossed.lost {
        Some(_) => ((x1 - from).abs() - 50.0).min(whole * WIDEST),
        None => whole * WIDEST,
    };
    let text = &longer.into_iter().find(|text| look.width(text) < most);
    let text = text.as_ref().unwrap_or(&crossed.label);
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
