//! Owns the stage on a narrow screen: left host on top, the wire downwards, right host at the bottom,
//! the other lanes as a list.

mod host;
mod motion;
mod packet;
mod wire;

use super::flow::{self, Post, Row};
use super::frame::accent;
use super::pen::{Pen, line, mono, plain};
use super::{End, Lane, Stage, View};
use crate::clock::Moment;
use crate::shape::Ink;
use crate::text::picture;
use crate::timeline::Timeline;
use protocol::command::{Kind, Side};
use protocol::world::Socket;
use protocol::{SocketId, World};

const MARGIN: f32 = 16.0;
/// Height of the upper host's block.
const UPPER: f32 = 166.0;
/// The same, where no socket stands there.
const BARE: f32 = 48.0;
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
    if rows.is_empty() {
        return nothing(view);
    }
    let lone = rows.iter().any(|row| row.tall && row.left == Post::Nothing);
    let upper = if lone { BARE } else { UPPER };
    let others = rows.iter().filter(|row| !row.tall).count() as f32 * ROW;
    let (least, longest) = if view.lesson { (196.0, 252.0) } else { (236.0, 300.0) };
    let wire = view.height - upper - LOWER - others.min(2.0 * ROW);
    let walls = [upper, upper + crate::order::within(wire, least, longest)];
    let height = walls[1] + LOWER + others;
    let world = timeline.world();
    let stage = Narrow { timeline, world, moment, view, walls, x: (view.width * 0.62).round() };
    let mut pen = Pen::default();
    stage.ground(&mut pen, height);
    let mut lanes = Vec::new();
    let mut packets = Vec::new();
    if let Some(row) = rows.iter().find(|row| row.tall) {
        stage.wire(&mut pen, row);
        for side in [Side::Left, Side::Right] {
            stage.host(&mut pen, row, side);
        }
        stage.moving(&mut pen, row);
        packets = stage.packets(&mut pen, row);
        lanes.push(stage.lane(row));
    }
    let mut y = walls[1] + LOWER;
    for row in rows.iter().filter(|row| !row.tall) {
        lanes.push(stage.listed(&mut pen, row, y));
        y += ROW;
    }
    Stage { shapes: pen.shapes, lanes, packets, height, walls }
}

/// No socket at all.
fn nothing(view: &View) -> Stage {
    let mut pen = Pen::default();
    let height = 3.0 * BARE;
    pen.rect([0.0, 0.0, view.width, height], 0.0, Ink::Ground);
    let (middle, room) = (view.width / 2.0, view.width - 2.0 * MARGIN);
    let look = plain(15.0).middle();
    let lines = [picture::no_socket(view.language), picture::make_above(view.language)];
    for (nth, text) in lines.into_iter().enumerate() {
        let look = if nth == 0 { look } else { look.dim() };
        pen.text([middle, height / 2.0 - 6.0 + 24.0 * nth as f32], text, look, room);
    }
    let shapes = pen.shapes;
    Stage { shapes, height, walls: [BARE, 2.0 * BARE], ..Stage::default() }
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
                    area: [0.0, top, width, if side == Side::Left { self.walls[0] } else { LOWER }],
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
            area: match (joined.is_empty(), side) {
                (true, _) => [0.0, y, width, ROW],
                (false, Side::Left) => [0.0, y, third + 13.0, ROW],
                (false, Side::Right) => [third + 13.0, y, width - third - 13.0, ROW],
            },
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
