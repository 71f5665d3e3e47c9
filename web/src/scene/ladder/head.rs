//! Owns what stands above and beside the ladder's rows: what the signs mean, and where in all rows the
//! reader is.

use super::entry::Entries;
use super::{HEAD, Page};
use crate::scene::pen::{Pen, plain};
use crate::shape::Ink;
use crate::text::picture;
use crate::timeline::Timeline;
use protocol::Nanos;

/// The least height of the mark that says where one is.
const THUMB: f32 = 22.0;

/// Whether something among the rows needs its sign explained.
pub(super) fn is_telling(entries: &Entries) -> bool {
    entries.crossed.iter().any(|crossed| crossed.inferred) || is_odd(entries)
}

fn is_odd(entries: &Entries) -> bool {
    let odd = |text: &String| picture::is_odd(text);
    entries.crossed.iter().any(|crossed| crossed.more.first().is_some_and(odd))
}

/// What the signs among these rows mean, in the width that there is.
pub(super) fn signs(page: &Page, entries: &Entries) -> Vec<&'static str> {
    let language = page.view.language;
    let inferred = entries.crossed.iter().any(|crossed| crossed.inferred);
    let inferred = inferred.then(|| {
        if page.narrow {
            picture::ladder_narrow(language)
        } else {
            picture::ladder_inferred(language)
        }
    });
    let odd = is_odd(entries) && !page.narrow;
    let odd = odd.then(|| picture::odd(language, page.view.ladder.absolute));
    [inferred, odd].into_iter().flatten().collect()
}

/// The head line, or what stands in an empty ladder.
pub(super) fn draw(
    pen: &mut Pen,
    page: &Page,
    entries: &Entries,
    height: f32,
    place: Option<(usize, usize)>,
) {
    let [left, right] = page.walls;
    let middle = f32::midpoint(left, right);
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
    let signs = signs(page, entries);
    let text = match (place, signs.first()) {
        (Some((row, of)), _) => picture::row_of(language, row, of),
        (None, Some(_)) => signs.join(" · "),
        (None, None) => picture::ladder_head(language).to_owned(),
    };
    pen.text([middle, 18.0], &text, plain(13.0).dim().middle(), right - left - 16.0);
}

/// Where the screen is among all rows, where there are more.
pub(super) fn thumb(
    pen: &mut Pen,
    page: &Page,
    timeline: &Timeline,
    at: Nanos,
    [height, screen]: [f32; 2],
    cut: bool,
) {
    let reading = page.view.ladder;
    if !cut && reading.until.is_none() {
        return;
    }
    let gone = super::reading::gone(timeline, at, reading.each);
    let all = timeline.rows(at, reading.each).saturating_sub(gone).max(1) as f32;
    let row = reading.place(timeline, at).map_or(all, |(row, _)| row as f32);
    let track = height - page.head - 8.0;
    let long = (track * screen / all).max(THUMB).min(track);
    let x = page.view.width - 6.0;
    let y = page.head + 4.0;
    pen.rect([x, y, 4.0, track], 2.0, Ink::Line);
    pen.rect([x, y + (track - long) * row / all, 4.0, long], 2.0, Ink::Edge);
}
