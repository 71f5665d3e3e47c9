//! Owns a burst on the road: small marks under way, and two countable stacks that are never one: those
//! that the wire lost, and those that the receiver's kernel dropped.

use super::View;
use super::cable::road_half;
use super::frame::{Frame, Place};
use super::motion::{lane_between, lane_of, placed};
use super::packet::{FLOOD, flood_of};
use super::pen::{Pen, line, mono, plain};
use crate::clock::Moment;
use crate::shape::{Ink, Mark};
use crate::text::picture;
use crate::timeline::{Loser, Packet, Timeline};
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
        stacks(pen, frame, place, timeline, moment, view);
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

/// The same of a flood's packets, which really are where they are drawn.
pub(super) fn packets(
    timeline: &Timeline,
    moment: Moment,
    view: &View,
    takes: impl Fn(&Packet) -> Option<Side>,
) -> Vec<(Side, f32, f32)> {
    let world = timeline.world();
    let mut all = Vec::new();
    for packet in timeline.packets(moment.at).filter(|packet| packet.is_on_wire(moment.at)) {
        let (Some(burst), Some(numbered)) = (flood_of(world, packet), packet.head.numbered())
        else {
            continue;
        };
        if numbered.number % burst.count.div_ceil(MARKS).max(1) == 0
            && let Some(from) = takes(packet)
        {
            let height = (numbered.number * 5 % 9) as f32 / 4.0 - 1.0;
            all.push((from, placed(packet.progress(moment.at), view.calm), height));
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
        let mut marks = marks(timeline, moment, view.calm, own);
        let inferred = !marks.is_empty();
        marks.extend(packets(timeline, moment, view, |packet| {
            let (lane, from) = lane_between(places, packet.ends.0, packet.ends.1)?;
            (lane.y.to_bits() == place.y.to_bits()).then_some(from)
        }));
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
        if place.row.tall && inferred {
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

/// Both stacks on one floor, the buffer's in front of the receiver, the wire's towards the sender.
fn stacks(
    pen: &mut Pen,
    frame: &Frame,
    place: &Place,
    timeline: &Timeline,
    moment: Moment,
    view: &View,
) {
    let Some((call, burst, from)) = burst_of(timeline, |id| place.row.side_of(id)) else { return };
    let tally = burst.sheet.tally();
    // The few of a short burst fall one by one, as parcels.
    let lost = if burst.count > FLOOD { tally.lost } else { 0 };
    if lost + tally.dropped == 0 {
        return;
    }
    let floor = place.y + place.h - 8.0;
    let [left, right] = frame.walls;
    pen.line(
        [left + frame.half + 2.0, floor],
        [right - frame.half - 2.0, floor],
        line(Ink::Edge, 1.0),
    );
    let heap = Heap { frame, place, timeline, moment, view, call, from, floor };
    let both = lost > 0 && tally.dropped > 0;
    let mut used = 0.0;
    if tally.dropped > 0 {
        used = heap.draw(pen, Loser::Buffer, tally.dropped, both);
    }
    if lost > 0 {
        used = heap.draw(pen, Loser::Wire, lost, both);
    }
    if !both {
        heap.note(pen, burst.count, used);
    }
}

/// One stack being drawn.
struct Heap<'a> {
    frame: &'a Frame,
    place: &'a Place,
    timeline: &'a Timeline,
    moment: Moment,
    view: &'a View,
    call: CallId,
    from: Side,
    floor: f32,
}

impl Heap<'_> {
    fn width(&self) -> f32 {
        self.frame.walls[1] - self.frame.walls[0]
    }

    /// Draws the cells and the count beside them; how much of the road's width is used from the
    /// receiver's door.
    fn draw(&self, pen: &mut Pen, by: Loser, count: u32, both: bool) -> f32 {
        let road = road_half(self.frame, self.place);
        let high = self.floor - self.place.axis - road - 6.0;
        let share = match (by, both) {
            (_, false) => 0.42,
            (Loser::Buffer, true) => 0.28,
            (Loser::Wire, true) => 0.14,
        };
        let stack = Stack::fitting(count, self.width() * share, high);
        let near = self.frame.half + 14.0;
        // From the receiver's wall to the stack's nearer edge.
        let off = match (by, both) {
            (Loser::Buffer, _) => near,
            (Loser::Wire, true) => self.width() * 0.6,
            (Loser::Wire, false) => self.width() * 0.45,
        };
        let towards = if self.from == Side::Left { -1.0 } else { 1.0 };
        let wall = self.frame.wall(self.from.opposite());
        let base = if towards < 0.0 { wall - off - stack.wide } else { wall + off };
        self.cells(pen, by, count, &stack, base);
        let x = wall + towards * (off + stack.wide + 12.0);
        let turn = |look: super::pen::Look| if towards < 0.0 { look.end() } else { look };
        let room = (self.width() * 0.3).min(self.width() - off - stack.wide - near - 12.0);
        let number = picture::number(u64::from(count));
        let room = if both && by == Loser::Buffer {
            room.min(self.width() * 0.6 - off - stack.wide - 24.0)
        } else {
            room
        };
        let words = self.words(by, room);
        pen.text([x, self.floor - 24.0], &number, turn(mono(26.0).bold().ink(Ink::Lost)), room);
        pen.text([x, self.floor - 5.0], &words, turn(plain(13.0).ink(Ink::Lost)), room);
        off + stack.wide + 24.0 + mono(26.0).bold().width(&number).max(plain(13.0).width(&words))
    }

    /// Why a stack is lost, as long as there is room for.
    fn words(&self, by: Loser, room: f32) -> String {
        let language = self.view.language;
        let full = picture::buffer_full(language);
        match by {
            Loser::Wire => {
                let long = picture::lost_stack(language);
                let fits = plain(13.0).width(long) <= room;
                if fits { long } else { picture::lost_short(language) }.to_owned()
            }
            Loser::Buffer => {
                let long = format!("{} {full}", picture::dropped_stack(language));
                if plain(13.0).width(&long) <= room { long } else { full.to_owned() }
            }
        }
    }

    fn cells(&self, pen: &mut Pen, by: Loser, count: u32, stack: &Stack, base: f32) {
        let road = road_half(self.frame, self.place);
        let wall = self.frame.wall(self.from.opposite());
        let near = self.frame.half + 14.0;
        let door = match by {
            Loser::Wire => f32::midpoint(self.frame.walls[0], self.frame.walls[1]),
            Loser::Buffer if self.from == Side::Left => wall - near,
            Loser::Buffer => wall + near,
        };
        let (mut falling, mut lying) = (Vec::new(), Vec::new());
        for nth in (0..count).filter(|nth| nth.is_multiple_of(stack.every)) {
            let [dx, dy] = stack.cell(nth);
            let rest = [base + dx, self.floor - 1.0 - dy];
            let fall = self
                .timeline
                .falls()
                .iter()
                .filter(|fall| fall.burst == self.call && fall.by == by && !self.view.calm)
                .find(|fall| (fall.first..fall.first + fall.count).contains(&nth));
            let down = fall.map_or(1.0, |fall| fall.progress(nth - fall.first, self.moment.view));
            if down >= 1.0 {
                lying.push(rest);
            } else if down > 0.0 {
                let top = self.place.axis + (((nth * 5) % 9) as f32 / 4.0 - 1.0) * (road - 7.0);
                falling.push([door + (rest[0] - door) * down, top + (rest[1] - top) * down * down]);
            }
        }
        for at in [lying, falling] {
            match by {
                Loser::Wire => pen.marks(at, stack.size - 1.5, Mark::Cross, Ink::Lost),
                Loser::Buffer => {
                    pen.marks(at.clone(), stack.size - 1.5, Mark::Full, Ink::LostPale);
                    pen.marks(at, stack.size - 1.5, Mark::Hollow, Ink::Lost);
                }
            }
        }
    }

    /// How the marks are to be read, where there is room.
    fn note(&self, pen: &mut Pen, count: u32, used: f32) {
        let every = count.div_ceil(MARKS).max(each(self.timeline, self.call));
        let note = picture::one_mark(self.view.language, every);
        let edge = self.frame.half + 8.0;
        let (x, look) = if self.from == Side::Left {
            (self.frame.walls[0] + edge, plain(13.0).dim())
        } else {
            (self.frame.walls[1] - edge, plain(13.0).dim().end())
        };
        let free = self.width() - used - self.frame.half - 30.0;
        if plain(13.0).width(&note) < free {
            pen.text([x, self.floor - 5.0], &note, look, free);
        }
    }
}
