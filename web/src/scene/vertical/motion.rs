//! Owns what is under way on the wire that runs down.

use super::{MARGIN, Narrow};
use crate::scene::flow::Row;
use crate::scene::motion::{self, placed};
use crate::scene::packet::FLOOD;
use crate::scene::pen::{Pen, mono, plain};
use crate::scene::road;
use crate::shape::{Ink, Mark, Shape};
use crate::text::picture;
use protocol::command::{Kind, Side};

impl Narrow<'_> {
    /// What is under way: down beside the cable on the left, up on the right.
    pub(super) fn moving(&self, pen: &mut Pen, row: &Row) {
        let (lo, hi) = (self.walls[0] + 74.0, self.walls[1] - 74.0);
        let one = |moving: &crate::timeline::Move| {
            let from = row.side_of(moving.from);
            from.or_else(|| row.side_of(moving.to).map(Side::opposite))
        };
        let mut inferred = false;
        let mut taken: Vec<(bool, f32)> = Vec::new();
        for moving in self.timeline.moves(self.moment.at).filter(|moving| moving.burst().is_none())
        {
            let Some(from) = one(moving) else { continue };
            inferred |= moving.source == protocol::Source::Inferred;
            let progress = placed(moving.progress(self.moment.at), self.view.calm);
            let down = from == Side::Left;
            let part = if down { progress } else { 1.0 - progress };
            let text = motion::label(self.timeline, moving);
            let wide = crate::order::within(mono(15.0).width(&text) + 22.0, 70.0, 130.0);
            let x = if down {
                self.x - 30.0 - wide / 2.0
            } else {
                (self.x + 30.0 + wide / 2.0).min(self.view.width - wide / 2.0 - 4.0)
            };
            let y = lo + (hi - lo) * part;
            if taken.iter().any(|(side, own)| *side == down && (own - y).abs() < 38.0) {
                continue;
            }
            taken.push((down, y));
            if row.kind == Kind::Datagram {
                let font = mono(14.0).bold().font;
                motion::draw_parcel(pen, [self.x, y, wide.min(76.0), 28.0], &text, moving, font);
            } else {
                tag(pen, [x, y, wide, 34.0], if down { 1.0 } else { -1.0 }, &text, moving);
            }
        }
        let marks = road::marks(self.timeline, self.moment, self.view.calm, |moving| {
            let both = row.side_of(moving.from).is_some() && row.side_of(moving.to).is_some();
            both.then(|| row.side_of(moving.from)).flatten()
        });
        inferred |= !marks.is_empty();
        let real = road::packets(self.timeline, self.moment, self.view, |packet| {
            let side = |id: Option<protocol::SocketId>| id.and_then(|id| row.side_of(id));
            side(packet.ends.0).or(side(packet.ends.1).map(Side::opposite))
        });
        let marks = marks.into_iter().chain(real);
        let at: Vec<[f32; 2]> = marks
            .map(|(from, part, across)| {
                let part = if from == Side::Left { part } else { 1.0 - part };
                [self.x + across * 32.0, lo - 24.0 + (hi - lo + 48.0) * part]
            })
            .collect();
        pen.marks(at.clone(), 6.0, Mark::Full, Ink::Parcel);
        pen.marks(at, 6.0, Mark::Hollow, Ink::Udp);
        self.dropped(pen, row);
        if inferred {
            let at = [MARGIN, self.walls[0] + 22.0];
            pen.text(at, picture::inferred(self.view.language), plain(13.0).dim(), self.x - 60.0);
        }
    }

    /// How many the wire lost, and how many the receiver's kernel dropped: the numbers, never one; the
    /// sheet shows which.
    fn dropped(&self, pen: &mut Pen, row: &Row) {
        if row.kind != Kind::Datagram {
            return;
        }
        let Some((_, burst, _)) = road::burst_of(self.timeline, |id| row.side_of(id)) else {
            return;
        };
        let tally = burst.sheet.tally();
        let lost = if burst.count > FLOOD { tally.lost } else { 0 };
        let language = self.view.language;
        let dropped =
            format!("{} {}", picture::dropped_stack(language), picture::buffer_full(language));
        let most = self.x - 60.0 - MARGIN;
        let heaps = [
            (tally.dropped, dropped, self.walls[1] - 34.0),
            (lost, picture::lost_stack(language).to_owned(), self.walls[1] - 96.0),
        ];
        for (count, words, y) in heaps.into_iter().filter(|(count, ..)| *count > 0) {
            let count = picture::number(u64::from(count));
            pen.text([MARGIN, y], &count, mono(24.0).bold().ink(Ink::Lost), most);
            pen.text([MARGIN, y + 20.0], &words, plain(13.0).ink(Ink::Lost), most);
        }
    }
}

/// A segment whose nose points down (`d` 1) or up.
fn tag(pen: &mut Pen, at: [f32; 4], d: f32, text: &str, moving: &crate::timeline::Move) {
    let [x, y, w, h] = at;
    let (back, neck, front) = (y - d * h / 2.0, y + d * h / 2.0, y + d * (h / 2.0 + 9.0));
    let points = vec![
        [x - w / 2.0, back],
        [x + w / 2.0, back],
        [x + w / 2.0, neck],
        [x, front],
        [x - w / 2.0, neck],
    ];
    pen.shapes.push(Shape::Path {
        points,
        closed: true,
        fill: Some(motion::fill_of(moving)),
        stroke: Some(motion::outline(moving, Ink::Tcp, 1.8)),
    });
    pen.text([x, y + 5.0], text, mono(15.0).middle().ink(Ink::Tcp), w - 10.0);
}
