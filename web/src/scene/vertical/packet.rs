//! Owns the packets on the wire that runs down: parcels beside the cable, held ones with their tag, lost
//! ones struck where they were lost.

use super::{MARGIN, Narrow};
use crate::scene::flow::Row;
use crate::scene::packet::{self, Look, Passing, flood_of, inks, label, struck, tags};
use crate::scene::pen::{Pen, line, mono, plain};
use crate::scene::{Spot, road, wire};
use crate::shape::Ink;
use crate::text::picture;
use protocol::command::{Kind, Side};

/// More held ones have no words: a bar says it.
const TAGGED: usize = 2;

impl Narrow<'_> {
    /// All of the tall lane: down on the cable's left, up on its right.
    pub(super) fn packets(&self, pen: &mut Pen, row: &Row) -> Vec<Spot> {
        let middle = f32::midpoint(self.walls[0], self.walls[1]);
        if wire::is_cut(self.world, row) {
            wire::cut(pen, [self.x, middle], 4.0, Ink::Ground);
        }
        let mut taken: Vec<[f32; 4]> = Vec::new();
        let mut spots = Vec::new();
        if let Some(since) = wire::frozen(self.world).filter(|_| wire::crosses(self.world, row)) {
            taken.push(self.band(pen, self.moment.at.saturating_sub(since)));
        }
        let all: Vec<Passing> = self
            .timeline
            .packets(self.moment.at)
            .filter(|packet| flood_of(self.world, packet).is_none())
            .filter_map(|packet| {
                let side = |id: Option<protocol::SocketId>| id.and_then(|id| row.side_of(id));
                let from = side(packet.ends.0).or(side(packet.ends.1).map(Side::opposite))?;
                Some(Passing::new(packet, from, self.moment, self.view))
            })
            .collect();
        // What lies first: there is room for the last one, with its reason.
        let counted = road::burst_of(self.timeline, |id| row.side_of(id)).is_some_and(|burst| {
            let tally = burst.1.sheet.tally();
            tally.dropped > 0 || (burst.1.count > packet::FLOOD && tally.lost > 0)
        });
        let lost = all.iter().rev().find(|passing| passing.lost.is_some());
        if let Some(last) = lost.filter(|_| row.kind == Kind::Stream || !counted) {
            let area = self.lying(pen, row, last);
            spots.push(last.spot(area));
            taken.push(area);
        }
        let mut hidden = 0;
        let there: Vec<&Passing> = all.iter().filter(|passing| passing.lost.is_none()).collect();
        let crowd = there.iter().filter(|passing| passing.held.is_some()).count() > TAGGED;
        for passing in packet::in_line(&there) {
            if let Some(area) = self.one(pen, row, passing, &taken, crowd) {
                spots.push(passing.spot(area));
                taken.push(area);
            } else {
                hidden += 1;
            }
        }
        if hidden > 0 {
            let at = [self.view.width - MARGIN, self.walls[0] + 22.0];
            pen.text(at, &format!("+{hidden}"), plain(13.0).dim().end(), 60.0);
        }
        spots
    }

    fn one(
        &self,
        pen: &mut Pen,
        row: &Row,
        passing: &Passing,
        taken: &[[f32; 4]],
        crowd: bool,
    ) -> Option<[f32; 4]> {
        let (lo, hi) = (self.walls[0] + 74.0, self.walls[1] - 74.0);
        let down = passing.from == Side::Left;
        let part = if down { passing.progress } else { 1.0 - passing.progress };
        let language = self.view.language;
        let text = label(self.timeline, passing.packet, language);
        let barred = crowd && passing.held.is_some();
        let tag = if barred { String::new() } else { tags(passing, language) };
        let tagged = plain(13.0).bold().width(&tag);
        let room =
            if down { self.x - 28.0 - MARGIN } else { self.view.width - self.x - 28.0 - 6.0 };
        let wide = (mono(15.0).width(&text) + 20.0).max(52.0).min(room);
        let across = wide.max(tagged).min(room);
        let x = match (row.kind, down) {
            (Kind::Datagram, _) => self.x,
            (Kind::Stream, true) => self.x - 26.0 - across / 2.0,
            (Kind::Stream, false) => self.x + 26.0 + across / 2.0,
        };
        let mut y = lo + (hi - lo) * part;
        let high = if tag.is_empty() { 30.0 } else { 48.0 };
        let area = |y: f32| [x - across / 2.0, y - 15.0, across, high];
        let meets = |[left, top, w, h]: [f32; 4]| {
            taken.iter().any(|[ox, oy, ow, oh]| {
                left < ox + ow + 3.0
                    && *ox < left + w + 3.0
                    && top < oy + oh + 3.0
                    && *oy < top + h + 3.0
            })
        };
        while meets(area(y)) {
            // What is held gives way inward.
            y += if down { 3.0 } else { -3.0 };
            if passing.held.is_none() || !(lo..=hi).contains(&y) {
                return None;
            }
        }
        let area = area(y);
        let (ink, fill) = inks(passing.packet);
        if Look::of(passing.packet) == Look::Box {
            pen.frame([x - wide / 2.0, y - 14.0, wide, 28.0], 2.0, fill, line(ink, 1.6));
        } else {
            let d = if down { 1.0 } else { -1.0 };
            let (back, neck, front) = (y - d * 14.0, y + d * 9.0, y + d * 15.0);
            let corners = vec![
                [x - wide / 2.0, back],
                [x + wide / 2.0, back],
                [x + wide / 2.0, neck],
                [x, front],
                [x - wide / 2.0, neck],
            ];
            pen.area(corners, fill, Some(line(ink, 1.8)));
        }
        let text_ink = if fill == Ink::Parcel { Ink::ParcelText } else { ink };
        pen.text([x, y + 5.0], &text, mono(15.0).middle().ink(text_ink), wide - 8.0);
        if barred {
            pen.rect([x - wide / 2.0 - 6.0, y - 8.0, 3.0, 16.0], 0.0, Ink::Asleep);
        }
        if !tag.is_empty() {
            let look = plain(13.0).bold().middle().halo(Ink::Ground);
            pen.text([x, y + 28.0], &tag, look, room);
        }
        Some(area)
    }

    /// The last lost one, left of the cable, with when and why below it.
    fn lying(&self, pen: &mut Pen, row: &Row, passing: &Passing) -> [f32; 4] {
        let language = self.view.language;
        let text = label(self.timeline, passing.packet, language);
        let room = self.x - 46.0 - MARGIN;
        let wide = (mono(15.0).width(&text) + 24.0).max(52.0).min(room);
        let rest_y = self.walls[1] - 66.0;
        let middle = f32::midpoint(self.walls[0], self.walls[1]);
        let down = if self.view.calm {
            1.0
        } else {
            self.timeline.fallen(passing.packet.id, self.moment.view)
        };
        let (from, rest) = (self.x, MARGIN + wide / 2.0 + 4.0);
        let x = from + (rest - from) * down;
        let y = middle + (rest_y - middle) * down * down;
        let d = if passing.from == Side::Left { 1.0 } else { -1.0 };
        struck(pen, [x, y, wide, 30.0], d, passing.packet, (&text, 15.0), down);
        if down < 1.0 {
            return [x - wide / 2.0, y - 15.0, wide, 30.0];
        }
        let Some((at, why)) = passing.lost else { return [0.0; 4] };
        let trapped = passing.packet.trap.is_some();
        let look = plain(14.0).bold().ink(Ink::Lost);
        let long = picture::lost_at(language, at, why, trapped);
        let first =
            if look.width(&long) <= room { long } else { picture::lost(language, why, trapped) };
        let second = match row.kind {
            Kind::Stream if packet::comes_again(self.timeline, passing, self.moment) => {
                picture::sent_again(language)
            }
            Kind::Stream => picture::nobody_told(language),
            Kind::Datagram => picture::nobody_sends(language),
        };
        pen.text([MARGIN, y + 34.0], &first, look, room);
        pen.text([MARGIN, y + 53.0], second, plain(14.0).ink(Ink::Lost), room);
        [MARGIN, y - 18.0, room, 76.0]
    }

    /// The whole wire stands still; the area of what says so.
    fn band(&self, pen: &mut Pen, span: protocol::Nanos) -> [f32; 4] {
        // Beside the plate; one line for each half of the sentence.
        let y = self.walls[0] + 10.0;
        let area = [MARGIN, y, self.x - 46.0 - MARGIN, 48.0];
        pen.frame(area, 3.0, Ink::Panel, line(Ink::Asleep, 1.5));
        let text = picture::frozen(self.view.language, span);
        let look = plain(14.0).bold();
        let most = area[2] - 20.0;
        for (nth, part) in text.split([',', '，']).enumerate() {
            let at = [MARGIN + 10.0, y + 20.0 + 19.0 * nth as f32];
            pen.text(at, part.trim(), look, most);
        }
        area
    }
}
