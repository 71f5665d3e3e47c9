//! Owns the pictures: world + moment + size → shapes. The same in, the same out; no canvas, no DOM.

mod buffer;
mod cable;
mod flow;
mod frame;
mod graph;
mod host;
mod ladder;
mod ledger;
pub(crate) mod measure;
mod motion;
mod packet;
mod pen;
mod plate;
mod refused;
mod road;
mod scrubber;
mod sheet;
mod stage;
mod vertical;
mod wire;

use crate::clock::{Line, Moment};
use crate::code::Dialect;
use crate::shape::Shape;
use crate::text::Language;
use crate::timeline::Timeline;
use protocol::command::Side;
use protocol::{CallId, PacketId, SocketId};

#[cfg(target_arch = "wasm32")]
pub(crate) use frame::STRIP;
pub use graph::{Graphs, Reading as GraphReading};
pub use ladder::{Ladder, Reading, Rung, Subject, Whole};

/// How somebody looks at it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct View {
    /// CSS pixels across. Below 720 the wire runs vertically.
    pub width: f32,
    /// CSS pixels that the picture may fill.
    pub height: f32,
    /// The language.
    pub language: Language,
    /// The selected socket: its lane is tall.
    pub selected: Option<SocketId>,
    /// Reduced motion: start, middle, end; nothing falls.
    pub calm: bool,
    /// An experiment tells the story: larger, fewer words.
    pub lesson: bool,
    /// The page only looks on: there is nothing for it to do.
    pub looks: bool,
    /// The language of the calls.
    pub dialect: Dialect,
    /// How the ladder is read.
    pub ladder: Reading,
}

/// One end of a lane: where a host's part of it stands, for the controls that the page lays over it.
#[derive(Clone, Debug, PartialEq)]
pub struct End {
    /// Whose.
    pub socket: SocketId,
    /// On which wall.
    pub side: Side,
    /// The host's part of the lane: left, top, width, height.
    pub area: [f32; 4],
    /// Where controls may stand inside it.
    pub controls: [f32; 4],
    /// The middle of its outlet, on the wall.
    pub outlet: [f32; 2],
}

/// One flow, from plate to plate (or one socket alone).
#[derive(Clone, Debug, PartialEq)]
pub struct Lane {
    /// Left, top, width, height over all columns.
    pub area: [f32; 4],
    /// Whether it is the selected, tall one.
    pub tall: bool,
    /// Its ends; a lone socket has one, a bundle may hold many.
    pub ends: Vec<End>,
}

/// A packet as it is drawn, for the button that the page lays over it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Spot {
    /// Which.
    pub packet: PacketId,
    /// Left, top, width, height: at least 24 by 24.
    pub area: [f32; 4],
    /// From which wall it comes.
    pub from: Side,
    /// Whether it is held at the shown moment.
    pub held: bool,
    /// Whether it has in truth left already: what is asked of it now comes too late.
    pub left: bool,
}

/// Hosts, plates, cables and what moves.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Stage {
    /// The picture.
    pub shapes: Vec<Shape>,
    /// Its lanes, top to bottom.
    pub lanes: Vec<Lane>,
    /// Its packets, the oldest first within a lane.
    pub packets: Vec<Spot>,
    /// The height that it needs.
    pub height: f32,
    /// The x of the two walls (the y, where the wire is vertical): the ladder's lifelines too.
    pub walls: [f32; 2],
}

impl Stage {
    /// All places (not the picture) for a page of which so many pixels make one of the scene's.
    pub fn enlarge(&mut self, by: f32) {
        let grow = |area: &mut [f32]| area.iter_mut().for_each(|place| *place *= by);
        for lane in &mut self.lanes {
            grow(&mut lane.area);
            for end in &mut lane.ends {
                grow(&mut end.area);
                grow(&mut end.controls);
                grow(&mut end.outlet);
            }
        }
        self.packets.iter_mut().for_each(|spot| grow(&mut spot.area));
        grow(&mut self.walls);
        self.height *= by;
    }
}

/// A picture of known height with the sentence that says the same.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Strip {
    /// The picture.
    pub shapes: Vec<Shape>,
    /// The height that it needs.
    pub height: f32,
    /// The same in words, for those who do not see it.
    pub words: String,
}

/// Hosts, plates, lanes, buffers and what moves.
pub fn stage(timeline: &Timeline, moment: Moment, view: &View) -> Stage {
    if view.width < NARROW {
        vertical::draw(timeline, moment, view)
    } else {
        stage::draw(timeline, moment, view)
    }
}

/// The ledger of the selected flow, as a bar in the order of the wire.
pub fn ledger(timeline: &Timeline, view: &View) -> Strip {
    ledger::draw(timeline, view)
}

/// The wire through time: lifelines, calls as code, what crossed.
pub fn ladder(timeline: &Timeline, moment: Moment, view: &View) -> Ladder {
    ladder::draw(timeline, moment, view)
}

/// The whole ladder up to the shown moment, as one picture to keep: its last 6,000 rows at most.
pub fn whole_ladder(timeline: &Timeline, moment: Moment, view: &View) -> Whole {
    ladder::whole(timeline, moment, view)
}

/// The line of time: calls, packets and what went wrong by colour and shape; the shown moment and now.
pub fn scrubber(timeline: &Timeline, moment: Moment, shown: &Line, view: &View) -> Strip {
    scrubber::draw(timeline, moment, shown, view)
}

/// The relay's moment under a place on the scrubber.
pub fn scrubbed(shown: &Line, view: &View, x: f32) -> protocol::Nanos {
    scrubber::moment_at(shown, view, x)
}

/// Where a moment stands on the scrubber; null where it is out of sight.
pub fn scrubber_place(shown: &Line, view: &View, at: protocol::Nanos) -> Option<f32> {
    scrubber::place_of(shown, view, at)
}

/// What the kernel said of the selected flow through time, under a scrubber that stands at `place`: its
/// left end and its width.
pub fn graphs(
    timeline: &Timeline,
    moment: Moment,
    shown: &Line,
    place: [f32; 2],
    view: &View,
) -> Graphs {
    graph::draw(timeline, moment, shown, place, view)
}

/// The receipts sheet of a burst: one cell a datagram, 100 a row, with its two stacks' counts.
pub fn sheet(timeline: &Timeline, burst: CallId, view: &View) -> Strip {
    sheet::draw(timeline, burst, view)
}

/// Below so many CSS pixels the wire runs vertically.
pub const NARROW: f32 = 720.0;

#[cfg(test)]
mod pictures;
#[cfg(test)]
mod tests;
