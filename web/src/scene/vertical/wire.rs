//! Owns the wire that runs down: plates, cable or road.

use super::Narrow;
use crate::scene::cable::{Half, half_of};
use crate::scene::flow::{Post, Row};
use crate::scene::frame::accent;
use crate::scene::pen::{Pen, dashed, line};
use crate::scene::plate::{self, outlet_of};
use crate::shape::{Ink, Stroke};
use protocol::command::{Kind, Side};

impl Narrow<'_> {
    /// Plates, plugs and cable (or road).
    pub(super) fn wire(&self, pen: &mut Pen, row: &Row) {
        let x = self.x;
        let middle = f32::midpoint(self.walls[0], self.walls[1]);
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
                [x + part * (1.0 - part) * 88.0, from + (to - from) * part]
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
}
