//! Owns the stage on a narrow screen: left host on top, the wire downwards, right host at the bottom,
//! the other lanes as a list.

use super::flow::{self, Post, Row};
use super::frame::accent;
use super::host::{self};
use super::motion::{self, placed};
use super::pen::{Pen, dashed, line, mono, plain};
use super::plate::{self, outlet_of};
use super::{End, Lane, Stage, View, buffer, road};
use crate::clock::Moment;
use crate::shape::{Ink, Mark, Shape, Stroke};
use crate::text::picture;
use crate::timeline::Timeline;
use protocol::command::{Kind, Side};
use protocol::world::Socket;
use protocol::{SocketId, World};

const MARGIN: f32 = 16.0;
/// Height of the upper host's block.
const UPPER: f32 = 166.0;
/// Height of the lower host's block.
const LOWER: f32 = 142.0;
/// A list row.
const ROW: f32 = 36.0;

struct Narrow<'a> {
    timeline: &'a Timeline,
    world: &'a World,
    moment: Moment,
    view: &'a View,
    walls: [f32; 2],
    x: f32,
}

/// The whole stage.
pub(super) fn draw(timeline: &Timeline, moment: Moment, view: &View) -> Stage {
    let rows = flow::rows(timeline, view);
    let most = ((view.height - UPPER - LOWER - 180.0) / ROW).max(3.0) as usize;
    let rows = flow::bundle(rows, most.min(12));
    let others = rows.iter().filter(|row| !row.tall).count() as f32 * ROW;
    let wire = (view.height - UPPER - LOWER - others.min(2.0 * ROW)).clamp(236.0, 300.0);
    let walls = [UPPER, UPPER + wire];
    let height = walls[1] + LOWER + others;
    let world = timeline.world();
    let stage = Narrow { timeline, world, moment, view, walls, x: (view.width * 0.62).round() };
    let mut pen = Pen::default();
    stage.ground(&mut pen, height);
    let mut lanes = Vec::new();
    if let Some(row) = rows.iter().find(|row| row.tall) {
        stage.wire(&mut pen, row);
        for side in [Side::Left, Side::Right] {
            stage.host(&mut pen, row, side);
        }
        stage.moving(&mut pen, row);
        lanes.push(stage.lane(row));
    } else {
        let at = [view.width / 2.0, (walls[0] + walls[1]) / 2.0];
        pen.text(
            at,
            picture::nothing_here(view.language),
            plain(15.0).dim().middle(),
            view.width - 32.0,
        );
    }
    let mut y = walls[1] + LOWER;
    for row in rows.iter().filter(|row| !row.tall) {
        lanes.push(stage.listed(&mut pen, row, y));
        y += ROW;
    }
    Stage { shapes: pen.shapes, lanes, height, walls }
}

impl Narrow<'_> {
    fn wall(&self, side: Side) -> f32 {
        self.walls[usize::from(side == Side::Right)]
    }

    fn ground(&self, pen: &mut Pen, height: f32) {
        let width = self.view.width;
        let [top, bottom] = self.walls;
        pen.rect([0.0, 0.0, width, height], 0.0, Ink::Panel);
        pen.rect([0.0, top, width, bottom - top], 0.0, Ink::Ground);
        for y in self.walls {
            pen.line([0.0, y], [width, y], line(Ink::Edge, 1.5));
        }
    }

    fn socket(&self, row: &Row, side: Side) -> Option<&Socket> {
        self.world.sockets.get(&row.post(side).socket()?)
    }

    /// Plates, plugs and cable (or road).
    fn wire(&self, pen: &mut Pen, row: &Row) {
        let x = self.x;
        let middle = (self.walls[0] + self.walls[1]) / 2.0;
        let sides = [Side::Left, Side::Right];
        if row.kind == Kind::Datagram {
            for dx in [-40.0, 40.0] {
                let from = [x + dx, self.walls[0] + 46.0];
                pen.line(from, [x + dx, self.walls[1] - 46.0], dashed(Ink::Idle, 2.0, 3.0, 8.0));
            }
        } else {
            self.cable(pen, row, middle);
        }
        for side in sides {
            let y = self.wall(side);
            let Some(id) = row.plate(side, self.world) else { continue };
            let ink = accent(row.kind);
            pen.frame([x - 32.0, y - 40.0, 64.0, 80.0], 11.0, Ink::Plate, line(ink, 2.0));
            let shown = row.post(side).socket().unwrap_or(id);
            let off = if side == Side::Left { -8.0 } else { 8.0 };
            plate::outlet(pen, [x, y + off], outlet_of(self.world, shown), 1.3, ink);
        }
    }

    fn cable(&self, pen: &mut Pen, row: &Row, middle: f32) {
        use super::cable::{Half, half_of};
        let x = self.x;
        let state = |side| match row.post(side) {
            Post::Queue(..) => Some(Half::Solid),
            Post::Outside(_) => Some(Half::Unknown),
            Post::Unanswered(_) => Some(Half::Unplugged),
            _ => self.socket(row, side).map(|socket| half_of(socket.kernel.state)),
        };
        let halves = [Side::Left, Side::Right].map(|side| (side, state(side)));
        let loose = |half: &Option<Half>| matches!(half, None | Some(Half::Unplugged));
        if halves.iter().all(|(_, half)| loose(half))
            && halves.iter().all(|(_, half)| half.is_some())
        {
            let stroke = Stroke { ink: Ink::Idle, width: 4.0, dash: None, round: true };
            let (from, to) = (self.walls[0] + 78.0, self.walls[1] - 78.0);
            let curve = (0..=12).map(|step| {
                let part = step as f32 / 12.0;
                [x + (part * std::f32::consts::PI).sin() * 22.0, from + (to - from) * part]
            });
            pen.path(curve.collect(), stroke);
        }
        for (side, half) in halves {
            let Some(half) = half else { continue };
            let inward = if side == Side::Left { 1.0 } else { -1.0 };
            let edge = self.wall(side) + inward * 44.0;
            let stroke = match half {
                Half::Unplugged => None,
                Half::Solid => Some(line(Ink::Tcp, 5.0)),
                Half::Thin => Some(line(Ink::Tcp, 2.0)),
                Half::Asked => Some(dashed(Ink::Tcp, 3.0, 3.0, 8.0)),
                Half::Resting => Some(dashed(Ink::Idle, 2.5, 6.0, 6.0)),
                Half::Unknown => Some(dashed(Ink::Edge, 2.0, 2.0, 5.0)),
            };
            if let Some(stroke) = stroke {
                pen.line([x, edge], [x, middle], stroke);
            }
            let (ink, pulled) = match half {
                Half::Solid | Half::Thin => (Ink::Tcp, 0.0),
                Half::Asked => (Ink::Tcp, 14.0),
                Half::Unknown => continue,
                Half::Unplugged | Half::Resting => (Ink::Idle, 24.0),
            };
            let y = self.wall(side) + inward * (40.0 + pulled);
            let pins = Stroke { ink, width: 5.0, dash: None, round: true };
            for dx in [-8.0, 8.0] {
                pen.line([x + dx, y], [x + dx, y - inward * 8.0], pins);
            }
            let top = if inward > 0.0 { y } else { y - 20.0 };
            pen.rect([x - 17.0, top, 34.0, 20.0], 7.0, ink);
        }
        if halves.iter().all(|(_, half)| *half == Some(Half::Solid)) {
            pen.rect([x - 8.0, middle - 11.0, 16.0, 22.0], 4.0, Ink::Tcp);
        }
    }

    /// A host's block: name, buffer, timer or program.
    fn host(&self, pen: &mut Pen, row: &Row, side: Side) {
        let top = if side == Side::Left { 0.0 } else { self.walls[1] };
        let beside = self.x - 40.0;
        // The plate hangs into the lower host's first lines and the upper host's last ones.
        let (name, wide) = match side {
            Side::Left => (26.0, self.view.width - MARGIN),
            Side::Right => (28.0, beside),
        };
        let language = self.view.language;
        let Some(socket) = self.socket(row, side) else {
            let text = match row.post(side) {
                Post::Queue(_, nth) => picture::in_queue(language, *nth),
                Post::Shared(id) | Post::Unanswered(id) => {
                    picture::name_of(language, self.world, *id)
                }
                Post::Outside(address) => format!("{} {address}", picture::outside(language)),
                Post::Gone(address) => format!("{} {address}", picture::gone(language)),
                _ => String::new(),
            };
            pen.text(
                [MARGIN, top + if side == Side::Left { 26.0 } else { 66.0 }],
                &text,
                plain(15.0),
                self.view.width - 2.0 * MARGIN,
            );
            return;
        };
        let (state, ink) = host::state_of(socket, self.view);
        let called = picture::name(language, socket);
        let parts = [(called.as_str(), plain(16.0).bold()), (state.as_str(), mono(14.0).ink(ink))];
        pen.run([MARGIN, top + name], 9.0, wide, &parts);
        let port = plate::port_of(self.world, socket.id);
        let accent = accent(socket.kind);
        match side {
            Side::Left => {
                let at = [self.x - 44.0, self.walls[0] - 12.0];
                pen.text(at, &port, mono(19.0).bold().end().ink(accent), 100.0);
            }
            Side::Right => {
                let at = [self.x + 44.0, top + 26.0];
                pen.text(at, &port, mono(19.0).bold().ink(accent), self.view.width - self.x - 52.0);
            }
        }
        let label = if side == Side::Left { 52.0 } else { 62.0 };
        self.buffer(pen, socket, side, top + label);
        self.status(pen, socket, [MARGIN, top + label + 58.0]);
    }

    fn buffer(&self, pen: &mut Pen, socket: &Socket, side: Side, y: f32) {
        let wide = self.view.width - 2.0 * MARGIN;
        if socket.listens() {
            host::queue(pen, [MARGIN, y + 10.0], MARGIN + wide, socket, self.view, 14.0);
            return;
        }
        let sender = socket.kind == Kind::Stream
            && (socket.active || (socket.parent.is_none() && side == Side::Left));
        let mut which = if sender { buffer::Which::Send } else { buffer::Which::Receive };
        let other = if sender { buffer::Which::Receive } else { buffer::Which::Send };
        if socket.kind == Kind::Stream
            && buffer::of(socket, which).payload.unwrap_or(0) == 0
            && buffer::of(socket, other).payload.unwrap_or(0) > 0
        {
            which = other;
        }
        let own = buffer::of(socket, which);
        let name = match which {
            buffer::Which::Send => picture::send_buffer(self.view.language),
            buffer::Which::Receive => picture::receive_buffer(self.view.language),
        };
        let text = match own.payload {
            None => format!("{name} · {}", picture::unknown(self.view.language)),
            Some(0) => format!("{name} · {}", picture::empty(self.view.language)),
            Some(n) => format!("{name} · {}", picture::bytes(n)),
        };
        let right = if side == Side::Right { self.x - 40.0 } else { self.view.width - MARGIN };
        pen.text([MARGIN, y], &text, plain(14.0).dim(), right - MARGIN);
        own.draw(
            pen,
            [
                MARGIN,
                y + 7.0 + if side == Side::Right { 0.0 } else { 0.0 },
                wide.min(self.room(side)),
                28.0,
            ],
            17.0,
            self.view.language,
        );
    }

    /// How wide a buffer may be beside the plate.
    fn room(&self, side: Side) -> f32 {
        match side {
            Side::Left => self.view.width - 2.0 * MARGIN,
            Side::Right => self.view.width - 2.0 * MARGIN,
        }
    }

    fn status(&self, pen: &mut Pen, socket: &Socket, at: [f32; 2]) {
        let [x, y] = at;
        let right = self.x - 40.0;
        let language = self.view.language;
        if let Some(((timer, _), left)) =
            socket.kernel.timer.zip(socket.kernel.timer_left(self.moment.at))
        {
            pen.dial([x + 9.0, y - 5.0], 9.0, left as f32 / timer.remaining.max(1) as f32);
            let span = picture::seconds(left);
            let look = mono(14.0).bold();
            let most = right - x - 24.0 - look.width(&span) - 6.0;
            let ends =
                pen.text([x + 24.0, y], picture::timer(language, timer.kind), plain(13.0), most);
            pen.text([ends + 6.0, y], &span, look, right - ends - 6.0);
        } else if let Some(call) = host::asleep(self.world, socket.id) {
            let code = crate::code::call(self.view.dialect, self.world, &call.ask);
            let span = self.moment.at.saturating_sub(call.blocked.unwrap_or(call.began));
            pen.rect([x, y - 14.0, 5.0, 18.0], 2.5, Ink::Asleep);
            let text = format!("{} {}", picture::asleep(language), picture::seconds(span));
            let most = right - x - 12.0;
            let ends = pen.text([x + 12.0, y], &code, mono(13.0), most * 0.55);
            pen.text([ends + 8.0, y], &text, plain(13.0), right - ends - 8.0);
        } else if socket.kind == Kind::Datagram {
            let (sent, read) = (socket.sent.count, socket.read.count);
            let text = picture::datagram_counts(language, sent, read, None);
            pen.text([x, y], &text, plain(14.0), right - x);
        } else if !socket.last_read.is_empty() {
            let ends =
                pen.text([x, y], picture::program(language), plain(14.0).dim(), right - x) + 8.0;
            let text = host::readable(&socket.last_read);
            let wide = (mono(15.0).width(&text) + 14.0).min(right - ends);
            pen.frame([ends, y - 16.0, wide, 22.0], 5.0, Ink::GoodPale, line(Ink::Good, 1.2));
            pen.text([ends + 7.0, y], &text, mono(15.0), wide - 12.0);
        }
    }

    /// What is under way: down beside the cable on the left, up on the right.
    fn moving(&self, pen: &mut Pen, row: &Row) {
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
            let wide = (mono(15.0).width(&text) + 22.0).clamp(70.0, 130.0);
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
        let at: Vec<[f32; 2]> = marks
            .into_iter()
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

    /// How many the receiver's kernel dropped: the number; the sheet shows which.
    fn dropped(&self, pen: &mut Pen, row: &Row) {
        if row.kind != Kind::Datagram {
            return;
        }
        let Some((_, burst, _)) = road::burst_of(self.timeline, |id| row.side_of(id)) else {
            return;
        };
        let dropped = burst.sheet.tally().dropped;
        if dropped == 0 {
            return;
        }
        let y = self.walls[1] - 34.0;
        let count = picture::number(u64::from(dropped));
        let words = format!(
            "{} {}",
            picture::dropped_stack(self.view.language),
            picture::buffer_full(self.view.language)
        );
        let most = self.x - 60.0 - MARGIN;
        pen.text([MARGIN, y], &count, mono(24.0).bold().ink(Ink::Lost), most);
        pen.text([MARGIN, y + 20.0], &words, plain(13.0).ink(Ink::Lost), most);
    }

    fn lane(&self, row: &Row) -> Lane {
        let width = self.view.width;
        let ends = [Side::Left, Side::Right]
            .into_iter()
            .filter_map(|side| Some((side, row.post(side).socket()?)))
            .map(|(side, socket)| {
                let top = if side == Side::Left { 0.0 } else { self.walls[1] };
                // Beside the plate on the upper host, below everything on the lower one.
                let (y, wide) = match side {
                    Side::Left => (self.walls[0] - 46.0, self.x - 130.0 - MARGIN),
                    Side::Right => (top + LOWER - 46.0, width - 2.0 * MARGIN),
                };
                End {
                    socket,
                    side,
                    area: [0.0, top, width, if side == Side::Left { UPPER } else { LOWER }],
                    controls: [MARGIN, y, wide, 42.0],
                    outlet: [self.x, self.wall(side)],
                }
            })
            .collect();
        Lane { area: [0.0, 0.0, width, self.walls[1] + LOWER], tall: true, ends }
    }

    /// Another lane, as a line of a list.
    fn listed(&self, pen: &mut Pen, row: &Row, y: f32) -> Lane {
        let width = self.view.width;
        pen.line([0.0, y], [width, y], line(Ink::Line, 1.0));
        let words = |side: Side| match row.post(side) {
            Post::Socket(id) => picture::name_of(self.view.language, self.world, *id),
            Post::Queue(_, nth) => picture::in_queue(self.view.language, *nth),
            Post::Shared(id) | Post::Unanswered(id) => {
                picture::name_of(self.view.language, self.world, *id)
            }
            Post::Outside(address) | Post::Gone(address) => address.to_string(),
            Post::Bundle(ids) => picture::bundle(self.view.language, ids.len()),
            Post::Nothing => String::new(),
        };
        let [left, right] = [words(Side::Left), words(Side::Right)];
        let link = if row.kind == Kind::Stream { "—" } else { "···" };
        let joined = if left.is_empty() || right.is_empty() { "" } else { link };
        let third = (width * 0.38).round();
        let at = y + ROW / 2.0 + 5.0;
        pen.text([MARGIN, at], &left, plain(15.0).bold(), third - MARGIN - 16.0);
        pen.text([third, at], joined, mono(14.0).middle().ink(accent(row.kind)), 26.0);
        pen.text([width - MARGIN, at], &right, plain(15.0).end(), width - third - MARGIN - 16.0);
        let end = |socket: SocketId, side: Side| End {
            socket,
            side,
            area: [0.0, y, width, ROW],
            controls: [width - MARGIN, y, 0.0, ROW],
            outlet: [if side == Side::Left { MARGIN } else { width - MARGIN }, y + ROW / 2.0],
        };
        let ends = [Side::Left, Side::Right]
            .into_iter()
            .flat_map(|side| {
                let ids = match row.post(side) {
                    Post::Socket(id) => vec![*id],
                    Post::Bundle(ids) => ids.clone(),
                    _ => vec![],
                };
                ids.into_iter().map(move |id| end(id, side))
            })
            .collect();
        Lane { area: [0.0, y, width, ROW], tall: false, ends }
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
        fill: Some(Ink::Plate),
        stroke: Some(motion::outline(moving, Ink::Tcp, 1.8)),
    });
    pen.text([x, y + 5.0], text, mono(15.0).middle().ink(Ink::Tcp), w - 10.0);
}
