//! Owns the ties: a thin bracket on the sender's wall, from a packet to the one that carries the same
//! again.

use super::entry::{Crossed, Entries};
use super::layout::Layout;
use super::{Page, wire};
use crate::scene::frame::Frame;
use crate::scene::pen::{Pen, line};
use crate::shape::Ink;
use protocol::PacketId;

/// From the wall to the nearest bracket, and between two.
const APART: f32 = 5.0;
/// Brackets beside each other.
const TRACKS: usize = 3;

/// Draws all that begin or end among the rows.
pub(super) fn draw(pen: &mut Pen, page: &Page, entries: &Entries, layout: &Layout) {
    let mut tracks: Vec<([f32; 2], f32, usize)> = Vec::new();
    for (nth, crossed) in entries.crossed.iter().enumerate() {
        let Some(old) = crossed.repeats else { continue };
        let start = |nth: usize| wire::run(page, &entries.crossed[nth], &layout.crossed[nth])[0];
        let [x, to] = start(nth);
        // The first may be above what is shown: then the bracket comes from there.
        let from = find(&entries.crossed[..nth], old).map_or(page.head - 8.0, |old| start(old)[1]);
        let d = Frame::inward(crossed.from);
        let taken = |track: usize| {
            tracks.iter().any(|(own, wall, used)| {
                *used == track && (wall - x).abs() < 1.0 && own[0] < to && from < own[1]
            })
        };
        let track = (0..TRACKS).find(|track| !taken(*track)).unwrap_or(TRACKS - 1);
        tracks.push(([from, to], x, track));
        let out = x + d * APART * (track + 1) as f32;
        let stroke = line(Ink::Dial, 1.3);
        pen.path(
            vec![[x + d * 1.0, from], [out, from + 4.0], [out, to - 4.0], [x + d, to]],
            stroke,
        );
        pen.path(vec![[out - 3.0, to - 9.0], [out, to - 4.0], [out + 3.0, to - 9.0]], stroke);
    }
}

/// The line of a packet; the nearest above.
fn find(before: &[Crossed], packet: PacketId) -> Option<usize> {
    before.iter().rposition(|crossed| crossed.packet == Some(packet))
}
