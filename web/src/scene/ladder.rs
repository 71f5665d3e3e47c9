//! Owns the ladder: the wire through time. Time runs down, but not evenly: what happens gets room,
//! silence is folded and its length is written there. Only one screenful is laid out, wherever in the
//! history it is read.

mod entry;
mod head;
mod layout;
mod packet;
mod reading;
mod said;
mod tie;
mod whole;
mod wire;

pub use reading::Reading;
pub use whole::Whole;
pub(super) use whole::whole;

use super::frame::{Frame, column};
use super::pen::{Pen, dashed, line};
use super::{NARROW, View};
use crate::clock::Moment;
use crate::shape::{Ink, Shape};
use crate::text::picture;
use crate::timeline::Timeline;
use entry::{Entries, Said};
use protocol::command::Side;
use protocol::{PacketId, SocketId};
use said::{call, inline};

/// Height of the head line.
const HEAD: f32 = 28.0;
/// A ladder lower than this has room for what happened only.
const LOW: f32 = 190.0;
/// Sleeping calls named at the top at most.
const MOST_STUCK: usize = 4;
/// From a wall to the text beside it; blocked calls' bars stand between.
const ASIDE: f32 = 22.0;
/// Nothing is pointed at from further away.
const REACH: f32 = 11.0;

/// What a row of the ladder is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Subject {
    /// A packet's line.
    Packet(PacketId),
    /// A socket's call.
    Socket(SocketId),
}

/// A row, for those who point at it: a line with the sentence that tells all of it.
#[derive(Clone, Debug, PartialEq)]
pub struct Rung {
    /// Where it begins.
    pub from: [f32; 2],
    /// Where it ends.
    pub to: [f32; 2],
    /// All that is known of it.
    pub told: String,
    /// What it is about.
    pub about: Option<Subject>,
}

impl Rung {
    /// How far a point is from it.
    fn away(&self, [x, y]: [f32; 2]) -> f32 {
        let ([x0, y0], [x1, y1]) = (self.from, self.to);
        let (w, h) = (x1 - x0, y1 - y0);
        let part = ((x - x0) * w + (y - y0) * h) / (w * w + h * h).max(1.0);
        let part = crate::order::within(part, 0.0, 1.0);
        (x - x0 - part * w).hypot(y - y0 - part * h)
    }
}

/// The ladder's picture.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Ladder {
    /// The picture.
    pub shapes: Vec<Shape>,
    /// The height that it needs.
    pub height: f32,
    /// The same in words, for those who do not see it.
    pub words: String,
    /// Its rows.
    pub rungs: Vec<Rung>,
    /// How many rows a screenful is.
    pub screen: usize,
    /// Whether there is room for its head, and so for its buttons.
    pub has_head: bool,
}

impl Ladder {
    /// The row at a point, where one is near.
    pub fn at(&self, point: [f32; 2]) -> Option<&Rung> {
        let near = |rung: &&Rung| rung.away(point) <= REACH;
        let found = self.rungs.iter().filter(near);
        found.min_by(|a, b| a.away(point).total_cmp(&b.away(point)))
    }
}

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

impl<'a> Page<'a> {
    fn new(view: &'a View, head: f32) -> Self {
        let narrow = view.width < NARROW;
        let column = if narrow { 20.0 } else { column(view.width) };
        let code = if view.lesson { 15.0 } else { 13.5 };
        let walls = [column, view.width - column];
        Page { view, walls, narrow, code, offset: 0.0, head, tops: [head; 2] }
    }

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

    fn lay_out(&self, entries: &Entries, end: protocol::Nanos) -> layout::Layout {
        layout::lay_out(entries, end, self.view.lesson, self.narrow, |said| inline(self, said))
    }

    /// All rows, clipped to what is below the head.
    fn rows(
        &self,
        pen: &mut Pen,
        entries: &Entries,
        layout: &layout::Layout,
        stuck: &[(usize, f32)],
    ) -> Vec<Rung> {
        let mut rungs = Vec::new();
        let arrows = entries.crossed.iter().zip(&layout.crossed);
        for (crossed, place) in arrows.clone() {
            wire::arrow(pen, self, crossed, place);
            let points = wire::run(self, crossed, place);
            rungs.push(Rung {
                from: points[0],
                to: points[points.len() - 1],
                told: crossed.told.clone(),
                about: crossed.packet.map(Subject::Packet),
            });
        }
        tie::draw(pen, self, entries, layout);
        // After all lines: whichever comes by, a label stays clear of it.
        for (crossed, place) in arrows {
            wire::named(pen, self, crossed, place);
        }
        for gap in &layout.gaps {
            wire::quiet(pen, self, gap.0 - self.offset, gap.1);
        }
        for (nth, (said, place)) in entries.said.iter().zip(&layout.said).enumerate() {
            let at_top = stuck.iter().find(|(own, _)| *own == nth).map(|(_, y)| *y);
            rungs.extend(call(pen, self, said, place, at_top));
        }
        rungs
    }
}

/// The whole strip.
pub(super) fn draw(timeline: &Timeline, moment: Moment, view: &View) -> Ladder {
    let height = view.height.max(80.0);
    let screen = (height / 12.0) as usize + 12;
    let entries = entry::gather(timeline, moment, view, screen);
    let told = height >= LOW || view.ladder.until.is_some() || head::is_telling(&entries);
    let mut page = Page::new(view, if told { HEAD } else { 4.0 });
    let layout = page.lay_out(&entries, view.ladder.end(moment.at));
    page.offset = (layout.end + 22.0 + page.head - height).max(0.0) - page.head;
    let stuck = stuck(&mut page, &entries, &layout);
    let mut pen = Pen::default();
    ground(&mut pen, &page, height);
    pen.clip([0.0, page.head, view.width, height - page.head]);
    let rungs = page.rows(&mut pen, &entries, &layout, &stuck);
    if entries.horizon >= moment.at {
        now(&mut pen, &page, layout.now - page.offset);
    }
    pen.pop();
    head::draw(&mut pen, &page, &entries, height, view.ladder.place(timeline, moment.at));
    head::thumb(&mut pen, &page, timeline, moment.at, [height, screen as f32], entries.cut);
    Ladder {
        shapes: pen.shapes,
        height,
        words: words(&entries, view),
        rungs,
        screen: screen / 3,
        has_head: told,
    }
}

/// The shown moment.
fn now(pen: &mut Pen, page: &Page, y: f32) {
    let [left, right] = page.walls;
    pen.line([left, y], [right, y], dashed(Ink::Asleep, 1.5, 2.0, 5.0));
}

/// Calls that began above the screen and still last are named at its top: which, and where.
fn stuck(page: &mut Page, entries: &Entries, layout: &layout::Layout) -> Vec<(usize, f32)> {
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
