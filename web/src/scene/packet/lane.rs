//! Owns the packets of one lane: two tracks above the cable and two below, the lost ones under it.

use super::draw::{Look, body, inks, label, nose, struck, tags};
use super::{Passing, in_line, passing};
use crate::clock::Moment;
use crate::scene::cable::road_half;
use crate::scene::frame::{Frame, Place};
use crate::scene::pen::{Pen, line, mono, plain};
use crate::scene::{Spot, View};
use crate::shape::Ink;
use crate::text::picture;
use crate::timeline::Timeline;
use protocol::command::{Kind, Side};

/// Tracks above (and below) a cable; what is more is counted.
const TRACKS: usize = 2;

/// More held ones have no words: their bars say it.
const TAGGED: usize = 4;

/// All packets in all lanes; where each can be clicked.
pub(in crate::scene) fn draw(
    pen: &mut Pen,
    frame: &Frame,
    places: &[Place],
    timeline: &Timeline,
    moment: Moment,
    view: &View,
) -> Vec<Spot> {
    let mut spots = Vec::new();
    for (place, all) in passing(places, timeline, moment, view) {
        if place.row.tall {
            Lane { frame, place, timeline, moment, view }.draw(pen, &all, &mut spots);
        } else {
            for passing in &all {
                small(pen, frame, place, passing, &mut spots);
            }
        }
    }
    spots
}

/// A mark without words on a small lane.
fn small(pen: &mut Pen, frame: &Frame, place: &Place, passing: &Passing, spots: &mut Vec<Spot>) {
    let [left, right] = [frame.walls[0] + 50.0, frame.walls[1] - 50.0];
    let part = if passing.from == Side::Left { passing.progress } else { 1.0 - passing.progress };
    let x = left + (right - left) * part;
    let d = Frame::inward(passing.from);
    let (ink, fill) = inks(passing.packet);
    let stream = place.row.kind == Kind::Stream;
    let y = place.axis - if stream { d * 8.0 } else { d * 3.0 };
    let area = [x - 13.0, y - 6.0, 26.0, 12.0];
    if passing.lost.is_some() {
        pen.cross([x, y], 5.0, line(Ink::Lost, 2.0));
    } else if stream {
        pen.area(nose([x, y], 26.0, 11.0, d), fill, Some(line(ink, 1.5)));
    } else {
        pen.frame([x - 9.0, y - 5.0, 18.0, 10.0], 1.0, fill, line(ink, 1.5));
    }
    if passing.held.is_some() {
        for dx in [-2.5, 2.5] {
            pen.line([x + dx, y - 4.0], [x + dx, y + 4.0], line(Ink::Text, 2.0));
        }
    }
    spots.push(passing.spot(area));
}

/// A tall lane being drawn.
struct Lane<'a> {
    frame: &'a Frame,
    place: &'a Place,
    timeline: &'a Timeline,
    moment: Moment,
    view: &'a View,
}

/// A packet with its place.
struct Put<'a> {
    passing: &'a Passing<'a>,
    text: String,
    tag: String,
    /// Width of the body, and of the tag behind it.
    wide: [f32; 2],
    /// Middle of both together.
    x: f32,
    y: f32,
    h: f32,
}

impl Put<'_> {
    fn area(&self) -> [f32; 4] {
        let wide = self.wide[0] + self.wide[1];
        [self.x - wide / 2.0, self.y - self.h / 2.0, wide, self.h]
    }

    /// The middle of the body: the tag is behind it.
    fn body(&self) -> f32 {
        self.x + Frame::inward(self.passing.from) * self.wide[1] / 2.0
    }
}

impl Lane<'_> {
    fn size(&self) -> f32 {
        if self.frame.lesson { 16.0 } else { 14.0 }
    }

    fn height(&self, look: Look) -> f32 {
        let full = if self.frame.lesson { 34.0 } else { 28.0 };
        match look {
            Look::Parcel => full,
            Look::Slip => full - 4.0,
            Look::Box => full - 2.0,
        }
    }

    fn draw(&self, pen: &mut Pen, all: &[Passing], spots: &mut Vec<Spot>) {
        let lost = self.lost(all);
        let moving: Vec<&Passing> = all.iter().filter(|passing| passing.lost.is_none()).collect();
        let mut put = Vec::new();
        for from in [Side::Left, Side::Right] {
            let own: Vec<&Passing> =
                moving.iter().copied().filter(|passing| passing.from == from).collect();
            let hidden = self.put(&own, (from, moving.len()), &mut put);
            spots.extend(self.hidden(pen, from, &hidden));
        }
        for again in &put {
            if let Some(first) = again.passing.packet.repeats
                && let Some(lying) = lost.iter().find(|put| put.passing.packet.id == first)
            {
                let ink = line(Ink::Idle, 1.4);
                pen.line([again.body(), again.y], [lying.x, lying.y], ink);
            }
        }
        for own in &put {
            self.one(pen, own);
            spots.push(own.passing.spot(own.area()));
        }
        for own in &lost {
            self.lying(pen, own);
            spots.push(own.passing.spot(own.area()));
        }
        let more = all.iter().filter(|passing| passing.lost.is_some()).count() - lost.len();
        if let (Some(last), true) = (lost.last(), more > 0) {
            let text = picture::more_lost(self.view.language, more);
            let look = plain(self.note()).ink(Ink::Lost).end();
            let right = last.area()[0] - 12.0;
            let room = right - self.frame.walls[0] - self.frame.half - 8.0;
            if look.width(&text) <= room {
                pen.text([right, last.y + 5.0], &text, look, room);
            }
        }
    }

    fn note(&self) -> f32 {
        if self.frame.lesson { 15.0 } else { 13.0 }
    }

    /// Gives those of one direction their tracks; which have none.
    fn put<'a>(
        &self,
        all: &[&'a Passing<'a>],
        (from, moving): (Side, usize),
        put: &mut Vec<Put<'a>>,
    ) -> Vec<&'a Passing<'a>> {
        let out = self.frame.half + 20.0;
        let d = Frame::inward(from);
        let stream = self.place.row.kind == Kind::Stream;
        // A road that nobody uses the other way is this way's too.
        let alone = all.len() == moving && !stream;
        let tracks = if alone { TRACKS } else { self.tracks() };
        let room = self.frame.walls[1] - self.frame.walls[0] - 2.0 * out;
        let mut taken: Vec<Vec<(f32, f32)>> = vec![Vec::new(); tracks];
        let mut hidden = Vec::new();
        let held = all.iter().filter(|passing| passing.held.is_some()).count();
        for passing in in_line(all) {
            let text = label(self.timeline, passing.packet, self.view.language);
            let mut tag = tags(passing, self.view.language);
            if passing.held.is_some() && held > TAGGED {
                tag.clear();
            }
            let look = Look::of(passing.packet);
            let size = self.size();
            let least = if look == Look::Parcel { 60.0 } else { 46.0 };
            let margin = if look == Look::Slip { 40.0 } else { 28.0 };
            let body = (mono(size).bold().width(&text) + margin).max(least).min(room.max(20.0));
            let mut behind = if tag.is_empty() { 0.0 } else { tag_look(self).width(&tag) + 14.0 };
            if body + behind > room {
                // The shape says again, copy and damage too; a hold has its bars.
                (tag, behind) = (String::new(), 0.0);
            }
            let wide = body + behind;
            let (lo, hi) =
                (self.frame.walls[0] + out + wide / 2.0, self.frame.walls[1] - out - wide / 2.0);
            let part = if from == Side::Left { passing.progress } else { 1.0 - passing.progress };
            let x = lo + (hi - lo).max(0.0) * part;
            let inward = passing.held.map(|_| (d, [lo, hi]));
            let Some((track, x)) = free(&taken, x, wide / 2.0 + 5.0, inward) else {
                hidden.push(passing);
                continue;
            };
            taken[track].push((x - wide / 2.0 - 5.0, x + wide / 2.0 + 5.0));
            let full = self.height(Look::Parcel);
            let away = if stream {
                full * 0.5
                    + if self.frame.lesson { 19.0 } else { 16.0 }
                    + track as f32 * (full + 4.0)
            } else {
                (full * 0.5 + 2.0) * if track == 0 { 1.0 } else { -1.0 }
            };
            let (y, h) = (self.place.axis - d * away, self.height(look));
            put.push(Put { passing, text, tag, wide: [body, behind], x, y, h });
        }
        hidden
    }

    fn tracks(&self) -> usize {
        // A lesson's lane is low: what says that the wire is held takes the upper track.
        let low = self.frame.lesson && self.frozen();
        if self.place.row.kind == Kind::Datagram || low { 1 } else { TRACKS }
    }

    fn frozen(&self) -> bool {
        self.timeline.world().wire.as_ref().is_some_and(|wire| wire.frozen.is_some())
    }

    /// Tells how many have no track; where a click opens the first of them.
    fn hidden(&self, pen: &mut Pen, from: Side, hidden: &[&Passing]) -> Option<Spot> {
        let first = hidden.first()?;
        let d = Frame::inward(from);
        let text = format!("+{}", hidden.len());
        let look = plain(13.0).dim();
        if self.place.row.kind == Kind::Datagram {
            let y = self.place.axis - road_half(self.frame, self.place) - 8.0;
            let x = f32::midpoint(self.frame.walls[0], self.frame.walls[1]) - d * 40.0;
            pen.text([x, y], &text, if d > 0.0 { look.end() } else { look }, 40.0);
            return Some(first.spot([x - 20.0 - d * 16.0, (y - 17.0).max(0.0), 40.0, 24.0]));
        }
        let x = self.frame.wall(from) + d * (self.frame.half + 24.0);
        let look = if from == Side::Left { look } else { look.end() };
        let far = self.height(Look::Parcel) * self.tracks() as f32 + 26.0;
        // Above the tracks for both: below them lies what was lost.
        let y = (self.place.axis - far + 5.0).max(self.place.y + 13.0);
        pen.text([x, y], &text, look, 60.0);
        Some(first.spot([x - 20.0 + d * 16.0, (y - 17.0).max(0.0), 40.0, 24.0]))
    }

    fn one(&self, pen: &mut Pen, own: &Put) {
        let d = Frame::inward(own.passing.from);
        if own.wide[1] > 0.0 {
            let [left, y, wide, h] = own.area();
            let at = if d > 0.0 { left } else { left + wide - own.wide[1] };
            let (inset, ink) = (3.0, inks(own.passing.packet).0);
            let held = own.passing.held.is_some();
            let edge = if held { Ink::Asleep } else { ink };
            let area = [at, y + inset, own.wide[1] + 2.0, h - 2.0 * inset];
            pen.frame(area, 2.0, Ink::Panel, line(edge, if held { 2.0 } else { 1.2 }));
            let middle = [at + own.wide[1] / 2.0, own.y + self.note() * 0.36];
            pen.text(middle, &own.tag, tag_look(self).middle(), own.wide[1] - 4.0);
        }
        let at = [own.body(), own.y, own.wide[0], own.h];
        body(pen, at, d, own.passing.packet, &own.text, self.size());
        if own.passing.held.is_some() && own.wide[1] == 0.0 {
            pen.rect([own.x - 4.0, own.y + own.h / 2.0 + 1.0, 8.0, 3.0], 0.0, Ink::Asleep);
        }
    }

    /// The last lost ones, each with its place: where it falls, or lies.
    fn lost<'a>(&self, all: &'a [Passing<'a>]) -> Vec<Put<'a>> {
        let stream = self.place.row.kind == Kind::Stream;
        let side_of = |id| self.place.row.side_of(id);
        if !stream && let Some((_, burst, _)) = crate::scene::road::burst_of(self.timeline, side_of)
        {
            let tally = burst.sheet.tally();
            let flood = burst.count > super::FLOOD && tally.lost + tally.dropped > 0;
            if flood || (self.frame.lesson && tally.dropped > 0) {
                return Vec::new();
            }
        }
        let most = if self.frame.lesson { 1 } else { 2 };
        let mut lost: Vec<&Passing> = all.iter().filter(|passing| passing.lost.is_some()).collect();
        crate::order::by_key(&mut lost, |passing| {
            (passing.lost.map(|(at, _)| at), passing.packet.id)
        });
        let lost = lost.split_off(lost.len().saturating_sub(most));
        lost.into_iter().rev().enumerate().map(|(row, passing)| self.fallen(passing, row)).collect()
    }

    fn fallen<'a>(&self, passing: &'a Passing<'a>, row: usize) -> Put<'a> {
        let look = Look::of(passing.packet);
        let h = self.height(look);
        let text = label(self.timeline, passing.packet, self.view.language);
        let out = self.frame.half + 20.0;
        let [left, right] = [self.frame.walls[0] + out, self.frame.walls[1] - out];
        let least = if look == Look::Parcel { 60.0 } else { 46.0 };
        let wide = (mono(self.size()).width(&text) + 28.0).max(least).min((right - left).max(20.0));
        let part =
            if passing.from == Side::Left { passing.progress } else { 1.0 - passing.progress };
        let (lo, hi) = (left + wide / 2.0, right - wide / 2.0);
        let from = lo + (hi - lo).max(0.0) * part;
        let beside = self.reason(passing, f32::MAX).1;
        let rest = if beside + wide + 14.0 <= right - left {
            from.min(right - beside - wide / 2.0 - 14.0).max(lo)
        } else {
            lo
        };
        let d = Frame::inward(passing.from);
        let full = self.height(Look::Parcel);
        let (begin, below) = match self.place.row.kind {
            Kind::Stream => {
                let below = self.place.h - (self.place.axis - self.place.y) - full * 0.5 - 12.0;
                (-d * (full * 0.5 + 16.0), below.min(102.0))
            }
            Kind::Datagram => (-d * (full * 0.5 + 2.0), road_half(self.frame, self.place) + 24.0),
        };
        let down = if self.view.calm {
            1.0
        } else {
            self.timeline.fallen(passing.packet.id, self.moment.view)
        };
        let end = below + row as f32 * 42.0;
        let x = from + (rest - from) * down;
        let y = self.place.axis + begin + (end - begin) * down * down;
        Put { passing, text, tag: String::new(), wide: [wide, 0.0], x, y, h }
    }

    /// Whether what was lost has been sent again by now.
    fn comes_again(&self, passing: &Passing) -> bool {
        super::comes_again(self.timeline, passing, self.moment)
    }

    /// Two lines about a loss that fit, and their width.
    fn reason(&self, passing: &Passing, room: f32) -> ([String; 2], f32) {
        let language = self.view.language;
        let Some((at, why)) = passing.lost else { return Default::default() };
        let trapped = passing.packet.trap.is_some();
        let look = plain(self.note()).bold();
        let long = picture::lost_at(language, at, why, trapped);
        let first =
            if look.width(&long) <= room { long } else { picture::lost(language, why, trapped) };
        let second = match self.place.row.kind {
            Kind::Stream if self.comes_again(passing) => picture::sent_again(language),
            Kind::Stream => picture::nobody_told(language),
            Kind::Datagram => picture::nobody_sends(language),
        };
        let wide = look.width(&first).max(plain(self.note()).width(second));
        ([first, second.to_owned()], wide)
    }

    fn lying(&self, pen: &mut Pen, own: &Put) {
        let d = Frame::inward(own.passing.from);
        let down = self.timeline.fallen(own.passing.packet.id, self.moment.view);
        let down = if self.view.calm { 1.0 } else { down };
        let at = [own.x, own.y, own.wide[0], own.h];
        struck(pen, at, d, own.passing.packet, (&own.text, self.size()), d * down);
        if down < 1.0 {
            return;
        }
        let x = own.x + own.wide[0] / 2.0 + 14.0;
        let room = self.frame.walls[1] - self.frame.half - 8.0 - x;
        let ([first, second], _) = self.reason(own.passing, room);
        let look = plain(self.note()).bold().ink(Ink::Lost);
        if look.width(&first) > room {
            return;
        }
        pen.text([x, own.y - 3.0], &first, look, room);
        if plain(self.note()).width(&second) <= room {
            pen.text([x, own.y + 14.0], &second, plain(self.note()).ink(Ink::Lost), room);
        }
    }
}

/// A track that is free about `x`, and where: what is held may give way inward, within bounds.
fn free(
    taken: &[Vec<(f32, f32)>],
    mut x: f32,
    half: f32,
    inward: Option<(f32, [f32; 2])>,
) -> Option<(usize, f32)> {
    loop {
        let meets = |own: &&(f32, f32)| x + half >= own.0 && x - half <= own.1;
        if let Some(track) = taken.iter().position(|track| !track.iter().any(|own| meets(&own))) {
            return Some((track, x));
        }
        let (d, [lo, hi]) = inward?;
        let past = taken.iter().flatten().filter(meets);
        let edges = past.map(|own| if d > 0.0 { own.1 } else { -own.0 });
        x = d * (edges.fold(f32::MAX, f32::min) + half + 0.5);
        if !(lo..=hi).contains(&x) {
            return None;
        }
    }
}

fn tag_look(lane: &Lane) -> crate::scene::pen::Look {
    plain(lane.note()).bold()
}
