//! Owns the receipts sheet: one cell a datagram in sending order, and how many stand where.

use super::pen::{Pen, line, mono, plain};
use super::{NARROW, Strip, View};
use crate::shape::{Ink, Mark};
use crate::text::{Language, picture};
use crate::timeline::Timeline;
use protocol::CallId;
use protocol::world::{Fate, Tally};

/// Cells at most; beyond, a cell stands for several datagrams.
const CELLS: usize = 1_000;

/// Fates in the order of the wire.
const ORDER: [Fate; 8] = [
    Fate::Unsent,
    Fate::Refused,
    Fate::Sent,
    Fate::Lost,
    Fate::Dropped,
    Fate::Waiting,
    Fate::Discarded,
    Fate::Read,
];

/// One fate for every `every` datagrams, so that the cells of each colour are as many as they stand
/// for: what a cell could not show is carried to the next ones.
fn in_proportion(fates: &[Fate], every: usize) -> Vec<Fate> {
    let mut owed = [0i64; ORDER.len()];
    fates
        .chunks(every)
        .map(|chunk| {
            for fate in chunk {
                owed[ORDER.iter().position(|own| own == fate).unwrap_or(0)] += 1;
            }
            let most = (0..ORDER.len()).max_by_key(|place| owed[*place]).unwrap_or(0);
            owed[most] -= i64::try_from(chunk.len()).unwrap_or(0);
            ORDER[most]
        })
        .collect()
}

fn amount(tally: Tally, fate: Fate) -> u32 {
    match fate {
        Fate::Unsent => tally.unsent,
        Fate::Sent => tally.sent,
        Fate::Waiting => tally.waiting,
        Fate::Read => tally.read,
        Fate::Dropped => tally.dropped,
        Fate::Discarded => tally.discarded,
        Fate::Refused => tally.refused,
        Fate::Lost => tally.lost,
    }
}

fn word(language: Language, fate: Fate) -> &'static str {
    match fate {
        Fate::Unsent => picture::unsent(language),
        Fate::Sent => picture::sent(language),
        Fate::Waiting => picture::sheet_waiting(language),
        Fate::Read => picture::sheet_read(language),
        Fate::Dropped => picture::sheet_dropped(language),
        Fate::Discarded => picture::sheet_discarded(language),
        Fate::Refused => picture::sheet_refused(language),
        Fate::Lost => picture::sheet_lost(language),
    }
}

/// Marks of one fate.
fn stamp(pen: &mut Pen, fate: Fate, at: Vec<[f32; 2]>, size: f32) {
    match fate {
        Fate::Unsent => pen.marks(at, 2.0, Mark::Full, Ink::Edge),
        Fate::Sent => pen.marks(at, size, Mark::Full, Ink::ParcelPale),
        Fate::Waiting => {
            pen.marks(at.clone(), size, Mark::Full, Ink::Parcel);
            pen.marks(at, size, Mark::Hollow, Ink::Udp);
        }
        Fate::Read => pen.marks(at, size, Mark::Full, Ink::Udp),
        Fate::Dropped => {
            pen.marks(at.clone(), size, Mark::Full, Ink::LostPale);
            pen.marks(at, size, Mark::Hollow, Ink::Lost);
        }
        Fate::Discarded => {
            pen.marks(at.clone(), size, Mark::Hollow, Ink::Udp);
            pen.marks(at, size * 0.6, Mark::Cross, Ink::Lost);
        }
        Fate::Refused | Fate::Lost => pen.marks(at, size, Mark::Cross, Ink::Lost),
    }
}

/// The whole sheet of a burst.
pub(super) fn draw(timeline: &Timeline, call: CallId, view: &View) -> Strip {
    let world = timeline.world();
    let Some(burst) = world.bursts.get(&call) else { return Strip::default() };
    let tally = burst.sheet.tally();
    let narrow = view.width < NARROW;
    let (margin, columns) = if narrow { (16.0, 25) } else { (20.0, 100) };
    let labels = if narrow { 0.0 } else { 60.0 };
    let mut pen = Pen::default();
    let wired = world.wire.is_some();
    let balance = unexplained(timeline, call);
    let mut y = legend(&mut pen, view, margin, tally, balance, (narrow, wired));
    let count = burst.sheet.len();
    let every = count.div_ceil(CELLS).max(1);
    y += 28.0;
    let head = picture::one_cell(view.language, every);
    pen.text([margin, y], &head, plain(14.0).dim(), view.width - 2.0 * margin);
    y += 10.0;
    let wide = (view.width - 2.0 * margin - labels) / columns as f32;
    let high = wide.min(14.0);
    let size = (high - 3.0).max(3.0);
    let fates: Vec<Fate> = burst.sheet.iter().collect();
    let cells = in_proportion(&fates, every);
    let rows = cells.len().div_ceil(columns);
    if labels > 0.0 {
        let step = if high < 13.0 { 2 } else { 1 };
        for row in (0..rows).step_by(step) {
            let first = row * columns * every + 1;
            let at = [margin, y + row as f32 * high + high / 2.0 + 4.6];
            pen.text(at, &picture::number(first as u64), mono(13.0).dim(), labels - 6.0);
        }
    }
    for fate in ORDER {
        let at = cells
            .iter()
            .enumerate()
            .filter(|(_, own)| **own == fate)
            .map(|(place, _)| {
                [
                    margin + labels + (place % columns) as f32 * wide + wide / 2.0,
                    y + (place / columns) as f32 * high + high / 2.0,
                ]
            })
            .collect();
        stamp(&mut pen, fate, at, size);
    }
    let words: Vec<String> = ORDER
        .into_iter()
        .filter(|fate| amount(tally, *fate) > 0)
        .map(|fate| {
            format!(
                "{} {}",
                picture::number(u64::from(amount(tally, fate))),
                word(view.language, fate)
            )
        })
        .collect();
    Strip {
        shapes: pen.shapes,
        height: y + rows as f32 * high + 8.0,
        words: format!("{}: {}", picture::number(count as u64), words.join(", ")),
    }
}

/// What the receiver's balance leaves unexplained: null where not knowable; and whether it must hold.
fn unexplained(timeline: &Timeline, call: CallId) -> Option<(Option<u64>, bool)> {
    let world = timeline.world();
    let receiver = world.bursts.get(&call)?.receiver?;
    let ledger = world.datagram_ledger(receiver)?;
    Some((ledger.unexplained, ledger.quiet))
}

/// The counts, each under its mark; where the next line may begin.
fn legend(
    pen: &mut Pen,
    view: &View,
    margin: f32,
    tally: Tally,
    balance: Option<(Option<u64>, bool)>,
    (narrow, wired): (bool, bool),
) -> f32 {
    let language = view.language;
    let rare = |fate: &Fate| match fate {
        Fate::Refused | Fate::Discarded => true,
        Fate::Lost => !wired,
        _ => false,
    };
    let shown: Vec<Fate> =
        ORDER.into_iter().filter(|fate| !rare(fate) || amount(tally, *fate) > 0).collect();
    let (verdict, ink) = match balance {
        Some((Some(0), true)) => ("0".to_owned(), Ink::Good),
        Some((Some(n), true)) => (picture::number(n), Ink::Lost),
        Some((_, false)) => ("…".to_owned(), Ink::Dim),
        _ => ("–".to_owned(), Ink::Dim),
    };
    let columns = if narrow { 2 } else { shown.len() + 1 };
    let wide = (view.width - 2.0 * margin) / columns as f32;
    let mut bottom: f32 = 0.0;
    for place in 0..=shown.len() {
        let x = margin + (place % columns) as f32 * wide;
        let y = 22.0 + (place / columns) as f32 * 44.0;
        bottom = bottom.max(y + 20.0);
        if let Some(fate) = shown.get(place) {
            stamp(pen, *fate, vec![[x + 7.0, y - 6.0]], 12.0);
            let count = picture::number(u64::from(amount(tally, *fate)));
            pen.text([x + 22.0, y], &count, mono(18.0).bold(), wide - 26.0);
            pen.text([x, y + 20.0], word(language, *fate), plain(13.0).dim(), wide - 6.0);
        } else {
            let (at, turn) = if narrow { (x, false) } else { (view.width - margin, true) };
            let side = |look: super::pen::Look| if turn { look.end() } else { look };
            pen.text([at, y], &verdict, side(mono(18.0).bold().ink(ink)), wide - 6.0);
            let text = match balance {
                Some((_, false)) => picture::settling(language),
                Some((None, _)) | None => picture::not_knowable(language),
                _ => picture::unexplained(language),
            };
            pen.text([at, y + 20.0], text, side(plain(13.0).dim()), wide - 6.0);
        }
    }
    pen.line([0.0, 0.5], [view.width, 0.5], line(Ink::Line, 1.0));
    bottom
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_are_in_proportion_and_in_order() {
        let mut fates = vec![Fate::Dropped; 9_000];
        (0..9_000).step_by(9).for_each(|place| fates[place] = Fate::Read);
        fates.extend(vec![Fate::Waiting; 1_000]);
        let cells = in_proportion(&fates, 10);
        let count = |fate| cells.iter().filter(|own| **own == fate).count();
        assert_eq!(cells.len(), 1_000);
        assert!(count(Fate::Read).abs_diff(100) <= 1, "{}", count(Fate::Read));
        assert!(count(Fate::Waiting).abs_diff(100) <= 1);
        assert!(cells[902..].iter().all(|fate| *fate == Fate::Waiting));
        assert_eq!(in_proportion(&fates, 1), fates);
    }
}
