//! Owns the ladder as one picture to keep: all of its rows up to the shown moment, not a screenful.

use super::{Page, entry, ground, head, now};
use crate::clock::Moment;
use crate::scene::View;
use crate::scene::pen::{Pen, plain};
use crate::shape::{Ink, Shape};
use crate::text::picture;
use crate::timeline::Timeline;

/// Rows of calls, and of what crossed, at most.
const MOST: usize = 6_000;
/// A picture to keep is at least so wide: calls stand beside the wire.
const WIDTH: f32 = 1_200.0;
/// A line of what stands above the rows.
const LINE: f32 = 22.0;

/// The picture.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Whole {
    /// What it is made of.
    pub shapes: Vec<Shape>,
    /// Across and down.
    pub size: [f32; 2],
    /// Lines of packets and crossings in it.
    pub lines: usize,
}

/// Draws it.
pub(in crate::scene) fn whole(timeline: &Timeline, moment: Moment, view: &View) -> Whole {
    let mut view = View { width: view.width.max(WIDTH), calm: false, lesson: false, ..*view };
    view.ladder.until = None;
    let language = view.language;
    let entries = entry::gather(timeline, moment, &view, MOST);
    let began = entries.said.iter().map(|said| said.began);
    let began = began.chain(entries.crossed.iter().map(|crossed| crossed.began)).min();
    let mut page = Page::new(&view, 0.0);
    let mut said = vec![picture::ladder_span(language, began.unwrap_or(moment.at), moment.at)];
    if let Some(wire) = &timeline.world().wire {
        said.push(picture::weather(language, wire));
    }
    said.extend(head::signs(&page, &entries).into_iter().map(str::to_owned));
    let shown = entries.said.len() + entries.crossed.len();
    if entries.cut {
        let gone = super::reading::gone(timeline, moment.at, view.ladder.each);
        let all = timeline.rows(moment.at, view.ladder.each).saturating_sub(gone).max(shown);
        said.push(picture::ladder_cut(language, shown, all));
    }
    let top = 44.0 + LINE * said.len() as f32 + 12.0;
    page.head = top;
    page.tops = [top; 2];
    page.offset = -top;
    let layout = page.lay_out(&entries, moment.at);
    let height = top + layout.now + 24.0;
    let mut pen = Pen::default();
    ground(&mut pen, &page, height);
    pen.rect([0.0, 0.0, view.width, top - 4.0], 0.0, Ink::Plate);
    pen.text([20.0, 32.0], picture::ladder_title(language), plain(20.0).bold(), view.width - 40.0);
    for (nth, text) in said.iter().enumerate() {
        let y = 32.0 + LINE * (nth + 1) as f32;
        pen.text([20.0, y], text, plain(14.0).dim(), view.width - 40.0);
    }
    page.rows(&mut pen, &entries, &layout, &[]);
    now(&mut pen, &page, layout.now - page.offset);
    Whole { shapes: pen.shapes, size: [view.width, height], lines: entries.crossed.len() }
}
