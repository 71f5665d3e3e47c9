//! Owns the points of a player's picture and of its strip of ticks: red, green, blue, opacity, row by row.

use super::{Band, Tick};
use protocol::command::Kind;
use protocol::film::{HEIGHT, ROWS, WIDTH};

/// Points of the screen for each of the film's, both ways.
const SCALE: usize = 8;
/// Ticks at most; beyond, a tick stands for several frames, and shows the worst of them.
const TICKS: usize = 400;
/// The points of a tick.
const TICK: [usize; 2] = [6, 11];

/// Colours that are told apart on light ground and on dark.
const LOST: [u8; 3] = [217, 83, 79];
const ASLEEP: [u8; 3] = [201, 151, 28];
const CABLE: [u8; 3] = [87, 139, 186];
const PARCEL: [u8; 3] = [185, 134, 64];
const REST: [u8; 3] = [143, 138, 125];

/// Points.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pixels {
    /// Points of a row.
    pub width: usize,
    /// Rows.
    pub height: usize,
    /// Four bytes a point.
    pub rgba: Vec<u8>,
}

impl Pixels {
    fn new(width: usize, height: usize) -> Self {
        Self { width, height, rgba: vec![0; width * height * 4] }
    }

    fn set(&mut self, x: usize, y: usize, [red, green, blue]: [u8; 3]) {
        let at = (y * self.width + x) * 4;
        self.rgba[at..at + 4].copy_from_slice(&[red, green, blue, 255]);
    }
}

/// A player's picture: grey where rows came, hatched where they did not.
pub fn picture(bands: &[Band]) -> Pixels {
    let mut pixels = Pixels::new(WIDTH * SCALE, HEIGHT * SCALE);
    for y in 0..pixels.height {
        let row = y / SCALE;
        for x in 0..pixels.width {
            match bands.get(row / ROWS) {
                Some(Band::Rows(rows)) => {
                    let light = rows[row % ROWS * WIDTH + x / SCALE];
                    pixels.set(x, y, [light; 3]);
                }
                Some(Band::Gap) if (x + y) % 8 < 3 => pixels.set(x, y, LOST),
                _ => {}
            }
        }
    }
    pixels
}

/// One tick a frame, so many (1 to 400) in a row: full where played, a cross where missing, chequered where
/// waited for, a low line where it is to come.
pub fn strip(kind: Kind, ticks: &[Tick], across: usize) -> Pixels {
    let each = ticks.len().div_ceil(TICKS).max(1);
    let cells = ticks.len().div_ceil(each);
    let [width, height] = TICK;
    let mut pixels = Pixels::new(across * width, cells.div_ceil(across).max(1) * height);
    for (nth, all) in ticks.chunks(each).enumerate() {
        let worst = all.iter().max().copied().unwrap_or(Tick::Coming);
        let (left, top) = (nth % across * width, nth / across * height);
        for y in 0..height - 2 {
            for x in 0..width - 1 {
                if let Some(colour) = point(kind, worst, x, y) {
                    pixels.set(left + x, top + y, colour);
                }
            }
        }
    }
    pixels
}

/// The colour of a point of a tick of 5 × 9.
fn point(kind: Kind, tick: Tick, x: usize, y: usize) -> Option<[u8; 3]> {
    match tick {
        Tick::Coming => (y == 8).then_some(REST),
        Tick::Played => Some(if kind == Kind::Datagram { PARCEL } else { CABLE }),
        Tick::Waited => (x / 2 + y / 2).is_multiple_of(2).then_some(ASLEEP),
        Tick::Late | Tick::Missing => {
            let strokes = [y.abs_diff(2 * x), y.abs_diff(8 - 2 * x)];
            strokes.iter().any(|off| *off < 2).then_some(LOST)
        }
    }
}
