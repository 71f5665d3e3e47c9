//! Owns the one geometry: where the walls are, how tall a lane is, and which lane stands where.

use super::View;
use super::flow::Row;
use crate::shape::Ink;
use protocol::World;
use protocol::command::{Kind, Side};

/// Half a tall lane's plate.
pub(super) const HALF_PLATE: f32 = 26.0;
/// Half the plate of a small lane by itself.
pub(super) const SMALL_PLATE: f32 = 16.0;

/// What a chosen socket says of itself takes this much.
const SAYS: f32 = 175.0;
/// A row of a chosen socket's controls.
const ROW: f32 = 36.0;
/// Two lines for what came of them.
const CAME: f32 = 36.0;

/// The height that a chosen socket's controls need: a stream's two rows, a datagram socket's three.
pub(super) fn controls(kind: Kind) -> f32 {
    CAME + ROW * if kind == Kind::Stream { 2.0 } else { 3.0 }
}

/// Under a lesson's lanes this much is kept for its one button: it never covers anything.
pub(crate) const STRIP: f32 = 66.0;

/// What a low window's lesson leaves to the ladder, beyond its least.
const LADDER: f32 = 100.0;

/// Sizes of a picture.
#[derive(Clone, Copy, Debug)]
pub(super) struct Frame {
    /// CSS pixels across.
    pub(super) width: f32,
    /// The two walls' x.
    pub(super) walls: [f32; 2],
    /// Text at the outer edge begins here.
    pub(super) margin: f32,
    /// Half the width of a tall plate.
    pub(super) half: f32,
    /// Above the first lane.
    pub(super) top: f32,
    /// A tall lane's height.
    pub(super) tall: f32,
    /// From a tall lane's top to its cable.
    pub(super) axis: f32,
    /// A small lane's height.
    pub(super) small: f32,
    /// Larger text.
    pub(super) lesson: bool,
}

/// The width of a host's column.
pub(super) fn column(width: f32) -> f32 {
    crate::order::within(0.255 * width, 290.0, 370.0).min(width / 2.0)
}

/// A lane with its place.
#[derive(Clone, Debug)]
pub(super) struct Place {
    /// What stands in it.
    pub(super) row: Row,
    /// Its top.
    pub(super) y: f32,
    /// Its height.
    pub(super) h: f32,
    /// Its cable's y.
    pub(super) axis: f32,
    /// Half the width of its two plates.
    pub(super) halves: [f32; 2],
}

impl Place {
    /// Half the width of its plate at a wall.
    pub(super) fn half(&self, side: Side) -> f32 {
        self.halves[usize::from(side == Side::Right)]
    }
}

impl Frame {
    /// For a tall lane of a kind (a stream's, where there is none).
    pub(super) fn new(view: &View, kind: Kind) -> Self {
        let column = column(view.width);
        Self {
            width: view.width,
            walls: [column, view.width - column],
            margin: 20.0,
            half: if view.lesson { 32.0 } else { HALF_PLATE },
            top: 0.0,
            tall: if view.lesson {
                crate::order::within(view.height - STRIP - LADDER, 236.0, 284.0)
            } else {
                SAYS + controls(kind)
            },
            axis: if view.lesson { 112.0 } else { 82.0 },
            small: if view.lesson { 34.0 } else { 30.0 },
            lesson: view.lesson,
        }
    }

    /// A wall's x.
    pub(super) fn wall(&self, side: Side) -> f32 {
        match side {
            Side::Left => self.walls[0],
            Side::Right => self.walls[1],
        }
    }

    /// From the wall towards the wire: 1 on the left, -1 on the right.
    pub(super) fn inward(side: Side) -> f32 {
        match side {
            Side::Left => 1.0,
            Side::Right => -1.0,
        }
    }

    /// Where a host's text may stand: from, to.
    pub(super) fn host(&self, side: Side) -> (f32, f32) {
        let gap = self.half + 9.0;
        match side {
            Side::Left => (self.margin, self.walls[0] - gap),
            Side::Right => (self.walls[1] + gap, self.width - self.margin),
        }
    }

    /// How many small lanes fit beside a tall one.
    pub(super) fn room(&self, height: f32, tall: bool) -> usize {
        let strip = if self.lesson { STRIP } else { 8.0 };
        let left = height - self.top - if tall { self.tall } else { 0.0 } - strip;
        (left / self.small).max(0.0) as usize
    }

    /// Lanes from the top down.
    pub(super) fn stack(&self, rows: Vec<Row>, world: &World) -> (Vec<Place>, f32) {
        let mut y = self.top;
        let mut places = Vec::with_capacity(rows.len());
        for row in rows {
            let (h, axis) =
                if row.tall { (self.tall, self.axis) } else { (self.small, self.small / 2.0) };
            places.push(Place { row, y, h, axis: y + axis, halves: [SMALL_PLATE; 2] });
            y += h;
        }
        for nth in 0..places.len() {
            for side in [Side::Left, Side::Right] {
                let key = places[nth].row.plate(side, world);
                let alike = |other: Option<&Place>| {
                    key.is_some() && other.is_some_and(|other| other.row.plate(side, world) == key)
                };
                let shared = alike(places.get(nth + 1)) || alike(places.get(nth.wrapping_sub(1)));
                if shared || places[nth].row.tall {
                    places[nth].halves[usize::from(side == Side::Right)] = self.half;
                }
            }
        }
        (places, y)
    }

    /// Sizes of text: name, state and labels, mono.
    pub(super) fn sizes(&self) -> Sizes {
        if self.lesson {
            Sizes { name: 17.0, label: 15.0, code: 15.0, cell: 18.0 }
        } else {
            Sizes { name: 15.0, label: 13.0, code: 13.0, cell: 16.0 }
        }
    }
}

/// Sizes of text in a tall lane.
#[derive(Clone, Copy, Debug)]
pub(super) struct Sizes {
    /// A socket's name.
    pub(super) name: f32,
    /// What a buffer is.
    pub(super) label: f32,
    /// States, numbers.
    pub(super) code: f32,
    /// A byte in its cell.
    pub(super) cell: f32,
}

/// The accent of a protocol.
pub(super) fn accent(kind: Kind) -> Ink {
    match kind {
        Kind::Stream => Ink::Tcp,
        Kind::Datagram => Ink::Udp,
    }
}
