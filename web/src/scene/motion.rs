//! Owns what moves on a stream's cable, and single datagrams: where each is at the shown moment.

use super::View;
use super::flow::{Post, Row};
use super::frame::{Frame, Place};
use super::measure;
use super::packet::nose;
use super::pen::{Look, Pen, dashed, mono, plain};
use crate::clock::Moment;
use crate::shape::{Font, Ink, Stroke};
use crate::text::picture;
use crate::timeline::{Move, Timeline};
use protocol::command::{Kind, Side};
use protocol::event::Crossing;
use protocol::{SocketId, Source};

/// Tracks above (and below) a cable; what is more is counted.
const TRACKS: usize = 2;

/// Something under way in a lane.
pub(super) struct Passing<'a> {
    pub(super) moving: &'a Move,
    /// From which wall.
    pub(super) from: Side,
    /// 0 at the sender, 1 at the receiver.
    pub(super) progress: f32,
}

/// From which wall something moves in a lane, if it belongs there.
fn direction(row: &Row, ends: Ends) -> Option<Side> {
    let [from, to] = [ends.0, ends.1].map(|end| end.and_then(|id| row.side_of(id)));
    match (from, to) {
        (Some(from), Some(to)) => (from != to).then_some(from),
        (Some(from), None) => Some(from),
        (None, Some(to)) => Some(to.opposite()),
        (None, None) => None,
    }
}

/// How well a lane fits something that moves: both ends, or the end that is not a listener's.
fn fit(row: &Row, ends: Ends) -> u8 {
    let own = |id: Option<SocketId>| {
        [Side::Left, Side::Right].iter().any(|side| match row.post(*side) {
            Post::Socket(own) => id == Some(*own),
            Post::Bundle(all) => id.is_some_and(|id| all.contains(&id)),
            _ => false,
        })
    };
    let both = [ends.0, ends.1].iter().all(|end| end.is_some_and(|id| row.side_of(id).is_some()));
    u8::from(own(ends.0)) * 2
        + u8::from(own(ends.1)) * 2
        + u8::from(both)
        + u8::from(!row.listens_alone())
}

/// Sender and receiver, where they are sockets that are shown.
type Ends = (Option<SocketId>, Option<SocketId>);

/// The lane of something that moves between two sockets of ours.
pub(super) fn lane_of<'a>(places: &'a [Place], moving: &Move) -> Option<(&'a Place, Side)> {
    lane_between(places, Some(moving.from), Some(moving.to))
}

/// The lane of something that moves; none where no lane joins both its ends.
pub(super) fn lane_between(
    places: &[Place],
    from: Option<SocketId>,
    to: Option<SocketId>,
) -> Option<(&Place, Side)> {
    let best = places
        .iter()
        .filter(|place| direction(&place.row, (from, to)).is_some())
        .max_by_key(|place| fit(&place.row, (from, to)))?;
    let side = |id: Option<SocketId>| id.and_then(|id| best.row.side_of(id));
    let elsewhere = |id: Option<SocketId>| {
        id.is_some_and(|id| places.iter().any(|place| place.row.side_of(id).is_some()))
    };
    let joined = side(from).is_some() && side(to).is_some();
    if best.row.kind == Kind::Datagram && !joined && elsewhere(from) && elsewhere(to) {
        return None;
    }
    Some((best, direction(&best.row, (from, to))?))
}

/// In calm, what moves stands at the start, in the middle, or at the end.
pub(super) fn placed(progress: f32, calm: bool) -> f32 {
    if calm { (progress * 2.0).round() / 2.0 } else { progress }
}

/// What a segment says.
pub(super) fn label(timeline: &Timeline, moving: &Move) -> String {
    let amount = |bytes: u32| {
        let text = timeline
            .bytes_of(moving)
            .and_then(|bytes| String::from_utf8(bytes).ok())
            .filter(|text| !text.is_empty() && !text.chars().any(char::is_control));
        let count = picture::bytes(u64::from(bytes));
        match text {
            Some(text) if text.chars().count() > 12 => count,
            // A bare number or blank beside the count would be read as part of it.
            Some(text) if text.starts_with(|c: char| !c.is_alphabetic()) || text.contains(' ') => {
                format!("{count} “{text}”")
            }
            Some(text) => format!("{count} {text}"),
            _ => count,
        }
    };
    match moving.what {
        Crossing::Syn => "SYN".into(),
        Crossing::SynAck => "SYN-ACK".into(),
        Crossing::Ack => "ACK".into(),
        Crossing::Fin => "FIN".into(),
        Crossing::Reset => "RST".into(),
        Crossing::Data { bytes } | Crossing::Datagram { bytes } => amount(bytes),
        Crossing::Datagrams { first, count: 1, .. } => format!("#{first}"),
        Crossing::Datagrams { first, count, .. } => format!("#{first}–#{}", first + count - 1),
    }
}

/// All that moves, lane by lane, except bursts.
pub(super) fn draw(
    pen: &mut Pen,
    frame: &Frame,
    places: &[Place],
    timeline: &Timeline,
    moment: Moment,
    view: &View,
) {
    let mut lanes: Vec<(&Place, Vec<Passing>)> = Vec::new();
    for moving in timeline.moves(moment.at).filter(|moving| moving.burst().is_none()) {
        let Some((place, from)) = lane_of(places, moving) else { continue };
        let progress = placed(moving.progress(moment.at), view.calm);
        let passing = Passing { moving, from, progress };
        match lanes.iter_mut().find(|(own, _)| own.y.to_bits() == place.y.to_bits()) {
            Some((_, all)) => all.push(passing),
            None => lanes.push((place, vec![passing])),
        }
    }
    for (place, all) in lanes {
        if place.row.tall {
            tall(pen, frame, place, timeline, view, &all);
        } else {
            for passing in &all {
                small(pen, frame, place, passing);
            }
        }
    }
}

fn ink_of(moving: &Move, kind: Kind) -> Ink {
    match (moving.what, kind) {
        (Crossing::Reset, _) => Ink::Lost,
        (_, Kind::Stream) => Ink::Tcp,
        (_, Kind::Datagram) => Ink::Udp,
    }
}

/// A mark without words on a small lane.
fn small(pen: &mut Pen, frame: &Frame, place: &Place, passing: &Passing) {
    let [left, right] = [frame.walls[0] + 50.0, frame.walls[1] - 50.0];
    let part = if passing.from == Side::Left { passing.progress } else { 1.0 - passing.progress };
    let x = left + (right - left) * part;
    let d = Frame::inward(passing.from);
    let ink = ink_of(passing.moving, place.row.kind);
    let stroke = outline(passing.moving, ink, 1.5);
    if place.row.kind == Kind::Datagram {
        pen.frame([x - 9.0, place.axis - 6.0, 18.0, 12.0], 1.0, Ink::Parcel, stroke);
        return;
    }
    let y = place.axis - d * 8.0;
    pen.area(nose([x, y], 26.0, 11.0, d), fill_of(passing.moving), Some(stroke));
}

pub(super) fn fill_of(moving: &Move) -> Ink {
    match moving.what {
        Crossing::Data { .. } => Ink::TcpPale,
        Crossing::Reset => Ink::LostPale,
        _ => Ink::Plate,
    }
}

/// What nobody saw is broken.
pub(super) fn outline(moving: &Move, ink: Ink, width: f32) -> Stroke {
    if moving.source == Source::Inferred {
        dashed(ink, width, 5.0, 3.0)
    } else {
        super::pen::line(ink, width)
    }
}

fn tall(
    pen: &mut Pen,
    frame: &Frame,
    place: &Place,
    timeline: &Timeline,
    view: &View,
    all: &[Passing],
) {
    let size = if frame.lesson { 16.0 } else { 14.0 };
    let h = if frame.lesson { 34.0 } else { 28.0 };
    let out = frame.half + 20.0;
    for from in [Side::Left, Side::Right] {
        let d = Frame::inward(from);
        let mut tracks: Vec<Vec<(f32, f32)>> = vec![Vec::new(); TRACKS];
        let mut hidden = 0;
        for passing in all.iter().filter(|passing| passing.from == from) {
            let text = label(timeline, passing.moving);
            let parcel = place.row.kind == Kind::Datagram;
            let font = Font { size, weight: if parcel { 600 } else { 400 }, mono: true };
            let w =
                (measure::width(&text, font) + 30.0).max(if frame.lesson { 74.0 } else { 60.0 });
            let (lo, hi) = (frame.walls[0] + out + w / 2.0, frame.walls[1] - out - w / 2.0);
            let part = if from == Side::Left { passing.progress } else { 1.0 - passing.progress };
            let x = lo + (hi - lo).max(0.0) * part;
            let span = (x - w / 2.0 - 6.0, x + w / 2.0 + 6.0);
            let free = |track: &Vec<(f32, f32)>| track.iter().all(|s| span.1 < s.0 || span.0 > s.1);
            let Some(track) = tracks.iter().position(free) else {
                hidden += 1;
                continue;
            };
            tracks[track].push(span);
            let away = h * 0.5 + if frame.lesson { 19.0 } else { 16.0 } + track as f32 * (h + 4.0);
            if parcel {
                let y = place.axis - d * track as f32 * (h + 2.0) * 0.6;
                draw_parcel(pen, [x, y, w, h - 2.0], &text, passing.moving, font);
            } else {
                segment(pen, [x, place.axis - d * away, w, h], d, &text, passing.moving, size);
            }
        }
        let note_x = frame.wall(from) + d * (out + 4.0);
        let look = if from == Side::Left { plain(13.0).dim() } else { plain(13.0).dim().end() };
        if hidden > 0 {
            let y = place.axis - d * (h * 2.0 + 26.0) + 5.0;
            pen.text([note_x, y], &format!("+{hidden}"), look, 60.0);
        }
    }
    let inferred = all.iter().any(|passing| passing.moving.source == Source::Inferred);
    if inferred && !place.row.listens_alone() {
        let y = match place.row.kind {
            Kind::Stream => place.axis + if frame.lesson { 110.0 } else { 94.0 },
            Kind::Datagram => place.axis - super::cable::road_half(frame, place) - 8.0,
        };
        let x = f32::midpoint(frame.walls[0], frame.walls[1]);
        let look: Look = plain(if frame.lesson { 15.0 } else { 13.0 }).dim().middle();
        pen.text([x, y], picture::inferred(view.language), look, 200.0);
    }
}

/// A segment at its place.
pub(super) fn segment(pen: &mut Pen, at: [f32; 4], d: f32, text: &str, moving: &Move, size: f32) {
    let [x, y, w, h] = at;
    let ink = ink_of(moving, Kind::Stream);
    pen.area(nose([x, y], w, h, d), fill_of(moving), Some(outline(moving, ink, 1.8)));
    let look = mono(size).middle().ink(ink);
    pen.text([x - d * 4.0, y + size * 0.36], text, look, w - 12.0);
}

/// A parcel at its place.
pub(super) fn draw_parcel(pen: &mut Pen, at: [f32; 4], text: &str, moving: &Move, font: Font) {
    let [x, y, w, h] = at;
    let rect = [x - w / 2.0, y - h / 2.0, w, h];
    pen.frame(rect, 2.0, Ink::Parcel, outline(moving, Ink::Udp, 1.4));
    pen.line(
        [rect[0], rect[1] + 6.0],
        [rect[0] + w, rect[1] + 6.0],
        dashed(Ink::Udp, 0.8, 200.0, 0.0),
    );
    let look = Look { font, ..mono(font.size).middle().ink(Ink::ParcelText) };
    pen.text([x, y + font.size * 0.5], text, look, w - 8.0);
}
