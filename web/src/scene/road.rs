//! Owns a burst on the road: small marks under way, and the countable stack of those that the
//! receiver's kernel dropped.

use super::View;
use super::cable::road_half;
use super::frame::{Frame, Place};
use super::motion::{lane_of, placed};
use super::pen::{Pen, line, mono, plain};
use crate::clock::Moment;
use crate::shape::{Ink, Mark};
use crate::text::picture;
use crate::timeline::Timeline;
use protocol::CallId;
use protocol::command::{Kind, Side};
use protocol::event::Crossing;
use protocol::world::Burst;

/// Marks that a road or a stack shows at most; beyond, one stands for more.
pub(super) const MARKS: u32 = 1_000;
/// A mark's part of its run's span: each crosses within its own share, and a little of its neighbours'.
const SHARE: f32 = 0.25;

/// Everything of bursts, in all lanes.
pub(super) fn draw(
    pen: &mut Pen,
    frame: &Frame,
    places: &[Place],
    timeline: &Timeline,
    moment: Moment,
    view: &View,
) {
    under_way(pen, frame, places, timeline, moment, view);
    for place in places.iter().filter(|place| place.row.tall && place.row.kind == Kind::Datagram) {
        stack(pen, frame, place, timeline, moment, view);
    }
}

/// How far a datagram is of a run that is `run` of its span through: the first leave at the beginning,
/// the last arrive at the end.
pub(super) fn spread(run: f32, nth: u32, count: u32) -> Option<f32> {
    let late = if count < 2 { 0.0 } else { nth as f32 / (count - 1) as f32 };
    let share = if count < 2 { 1.0 } else { SHARE };
    let own = (run - late * (1.0 - share)) / share;
    (0.0..1.0).contains(&own).then_some(own)
}

/// Places of marks on a road from 0 to 1, and a height from -1 to 1 that has no meaning.
pub(super) fn marks(
    timeline: &Timeline,
    moment: Moment,
    calm: bool,
    takes: impl Fn(&crate::timeline::Move) -> Option<Side>,
) -> Vec<(Side, f32, f32)> {
    let mut all = Vec::new();
    for moving in timeline.moves(moment.at) {
        let Crossing::Datagrams { call, first, count } = moving.what else { continue };
        let Some(from) = takes(moving) else { continue };
        let every = each(timeline, call);
        let run = moving.progress(moment.at);
        for nth in (0..count).filter(|nth| (first + nth).is_multiple_of(every)) {
            if let Some(own) = spread(run, nth, count) {
                let height = ((first + nth) * 5 % 9) as f32 / 4.0 - 1.0;
                all.push((from, placed(own, calm), height));
            }
        }
    }
    all
}

/// How many datagrams a mark stands for.
pub(super) fn each(timeline: &Timeline, call: CallId) -> u32 {
    let count = timeline.world().bursts.get(&call).map_or(1, |burst| burst.count);
    count.div_ceil(MARKS).max(1)
}

fn under_way(
    pen: &mut Pen,
    frame: &Frame,
    places: &[Place],
    timeline: &Timeline,
    moment: Moment,
    view: &View,
) {
    for place in places {
        let own = |moving: &crate::timeline::Move| {
            let (lane, from) = lane_of(places, moving)?;
            (lane.y.to_bits() == place.y.to_bits()).then_some(from)
        };
        let marks = marks(timeline, moment, view.calm, own);
        if marks.is_empty() {
            continue;
        }
        let out = if place.row.tall { frame.half + 12.0 } else { 30.0 };
        let (lo, hi) = (frame.walls[0] + out, frame.walls[1] - out);
        let half = road_half(frame, place) - if place.row.tall { 7.0 } else { 4.0 };
        let at: Vec<[f32; 2]> = marks
            .iter()
            .map(|(from, part, height)| {
                let part = if *from == Side::Left { *part } else { 1.0 - part };
                [lo + (hi - lo) * part, place.axis + height * half]
            })
            .collect();
        let size = if place.row.tall { 7.0 } else { 4.0 };
        pen.marks(at.clone(), size, Mark::Full, Ink::Parcel);
        pen.marks(at, size, Mark::Hollow, Ink::Udp);
        if place.row.tall {
            let text = picture::inferred(view.language);
            let middle = f32::midpoint(frame.walls[0], frame.walls[1]);
            let y = place.axis - road_half(frame, place) - 8.0;
            pen.text([middle, y], text, plain(13.0).dim().middle(), 200.0);
        }
    }
}

/// The last burst between a lane's two ends, and from which wall it came.
pub(super) fn burst_of(
    timeline: &Timeline,
    side_of: impl Fn(protocol::SocketId) -> Option<Side>,
) -> Option<(CallId, &Burst, Side)> {
    timeline.world().bursts.iter().rev().find_map(|(call, burst)| {
        let from = side_of(burst.socket)?;
        let to = burst.receiver.map(&side_of);
        (to != Some(None)).then_some((*call, burst, from))
    })
}

/// A stack: cells of a size, so many in a row.
struct Stack {
    size: f32,
    columns: u32,
    every: u32,
    wide: f32,
}

impl Stack {
    /// The largest cells with which `count` fit into a box.
    fn fitting(count: u32, wide: f32, high: f32) -> Self {
        let every = count.div_ceil(MARKS).max(1);
        let cells = count.div_ceil(every).max(1);
        for size in [7.0_f32, 6.0, 5.0, 4.0] {
            let rows = (high / size).floor().max(1.0) as u32;
            let columns = cells.div_ceil(rows).max(24.min((wide / size) as u32).max(1));
            if columns as f32 * size <= wide || size < 4.5 {
                return Self { size, columns, every, wide: columns as f32 * size };
            }
        }
        unreachable!("the smallest size always returns")
    }

    fn cell(&self, nth: u32) -> [f32; 2] {
        let place = nth / self.every;
        [
            (place % self.columns) as f32 * self.size + self.size / 2.0,
            (place / self.columns) as f32 * self.size + self.size / 2.0,
        ]
    }
}

fn stack(
    pen: &mut Pen,
    frame: &Frame,
    place: &Place,
    timeline: &Timeline,
    moment: Moment,
    view: &View,
) {
    let Some((call, burst, from)) = burst_of(timeline, |id| place.row.side_of(id)) else { return };
    let dropped = burst.sheet.tally().dropped;
    let floor = place.y + place.h - 8.0;
    let [left, right] = frame.walls;
    if dropped == 0 {
        return;
    }
    pen.line(
        [left + frame.half + 2.0, floor],
        [right - frame.half - 2.0, floor],
        line(Ink::Edge, 1.0),
    );
    let road = road_half(frame, place);
    let high = floor - place.axis - road - 6.0;
    let stack = Stack::fitting(dropped, (right - left) * 0.42, high);
    // In front of the full buffer: the receiver's end of the road.
    let near = frame.half + 14.0;
    let base = if from == Side::Left { right - near - stack.wide } else { left + near };
    let mut falling = Vec::new();
    let mut lying = Vec::new();
    for nth in (0..dropped).filter(|nth| nth.is_multiple_of(stack.every)) {
        let [dx, dy] = stack.cell(nth);
        let rest = [base + dx, floor - 1.0 - dy];
        let fall = timeline
            .falls()
            .iter()
            .filter(|fall| fall.burst == call && !view.calm)
            .find(|fall| (fall.first..fall.first + fall.count).contains(&nth));
        let down = fall.map_or(1.0, |fall| fall.progress(nth - fall.first, moment.view));
        if down >= 1.0 {
            lying.push(rest);
        } else if down > 0.0 {
            let door = if from == Side::Left { right - near } else { left + near };
            let top = place.axis + (((nth * 5) % 9) as f32 / 4.0 - 1.0) * (road - 7.0);
            falling.push([door + (rest[0] - door) * down, top + (rest[1] - top) * down * down]);
        }
    }
    for at in [lying, falling] {
        pen.marks(at.clone(), stack.size - 1.5, Mark::Full, Ink::LostPale);
        pen.marks(at, stack.size - 1.5, Mark::Hollow, Ink::Lost);
    }
    let (x, flip) =
        if from == Side::Left { (base - 12.0, true) } else { (base + stack.wide + 12.0, false) };
    let turn = |look: super::pen::Look| if flip { look.end() } else { look };
    let room = (right - left) * 0.3;
    let count = picture::number(u64::from(dropped));
    let words = format!(
        "{} {}",
        picture::dropped_stack(view.language),
        picture::buffer_full(view.language)
    );
    pen.text([x, floor - 24.0], &count, turn(mono(26.0).bold().ink(Ink::Lost)), room);
    pen.text([x, floor - 5.0], &words, turn(plain(13.0).ink(Ink::Lost)), room);
    let every = stack.every.max(each(timeline, call));
    let note = picture::one_mark(view.language, every);
    let (x, look) = if flip {
        (left + frame.half + 8.0, plain(13.0).dim())
    } else {
        (right - frame.half - 8.0, plain(13.0).dim().end())
    };
    let used =
        stack.wide + near + 24.0 + mono(26.0).bold().width(&count).max(plain(13.0).width(&words));
    let free = right - left - used - frame.half - 30.0;
    if plain(13.0).width(&note) < free {
        pen.text([x, floor - 5.0], &note, look, free);
    }
}
