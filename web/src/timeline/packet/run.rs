//! Owns which packets a ladder may draw as one line: floods, and long runs of one kind. Written as events
//! come, so that a picture asks only for what it shows.

use super::Packet;
use protocol::packet::Head;
use protocol::table::Table;
use protocol::{CallId, End, FlowId, Nanos};
use std::collections::VecDeque;

/// Packets of one kind that follow each other within [`NEAR`] are one line from so many on.
pub(crate) const RUN: usize = 8;
/// See [`RUN`].
const NEAR: Nanos = 2_000_000;
/// Kinds that are remembered as open at most.
const OPEN: usize = 4_096;

/// What packets must have in common to be one line.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Class {
    Burst(CallId, End),
    Bytes(FlowId, End),
    Bare(FlowId, End),
}

/// One that came: when, where it is stored, and the payload of the run up to it.
struct Member {
    entered: Nanos,
    place: u64,
    payload: u64,
}

/// Packets of one kind that follow each other closely; one or many.
struct Run {
    class: Class,
    members: Vec<Member>,
    /// From when on one stands by itself, lost or held, and its payload.
    apart: Vec<(Nanos, u64)>,
    /// When each was off the wire, or stood by itself.
    gone: Vec<Nanos>,
    /// When each of a burst was lost.
    lost: Vec<Nanos>,
}

/// Where a packet is.
#[derive(Clone, Copy)]
struct Seat {
    run: Option<u64>,
    payload: u64,
    settled: bool,
}

/// A run as a picture shows it at a moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Joined {
    /// How many.
    pub(crate) count: usize,
    /// Bytes of payload in all.
    pub(crate) bytes: u64,
    /// How many of them were lost.
    pub(crate) lost: usize,
    /// When the first came.
    pub(crate) began: Nanos,
    /// When the last was off the wire; null while one is on it.
    pub(crate) ended: Option<Nanos>,
    last: u64,
}

impl Joined {
    /// Where the last that came is stored.
    pub(in crate::timeline) fn place(&self) -> u64 {
        self.last
    }
}

/// What a ladder draws of packets.
pub(in crate::timeline) enum Line {
    /// One, by its place.
    One(u64),
    /// Many.
    Many(Joined),
}

impl Run {
    fn began(&self) -> Nanos {
        self.members.first().map_or(0, |member| member.entered)
    }

    fn is_burst(&self) -> bool {
        matches!(self.class, Class::Burst(..))
    }

    fn last(&self) -> Option<&Member> {
        self.members.last()
    }

    fn at(&self, at: Nanos) -> Option<Joined> {
        let came = self.members.partition_point(|member| member.entered <= at);
        let last = self.members.get(came.checked_sub(1)?)?;
        let apart = self.apart.iter().take_while(|(since, _)| *since <= at);
        let (outs, out) = apart.fold((0, 0), |(n, sum), (_, own)| (n + 1, sum + own));
        let gone = self.gone.partition_point(|gone| *gone <= at);
        let ended = self.gone[..gone].last().copied().unwrap_or(last.entered);
        Some(Joined {
            count: came - outs,
            bytes: last.payload - out,
            lost: self.lost.partition_point(|lost| *lost <= at),
            began: self.began(),
            ended: (gone >= came).then_some(ended.max(self.began() + 1)),
            last: last.place,
        })
    }
}

fn insert<T>(row: &mut Vec<T>, new: T, before: impl Fn(&T) -> bool) {
    let place = row.partition_point(before);
    row.insert(place, new);
}

/// All runs, and all that stand by themselves, each in the order of coming.
#[derive(Default)]
pub(super) struct Runs {
    all: VecDeque<Run>,
    forgotten: u64,
    /// When it came, from when on it stands by itself, its place.
    apart: VecDeque<(Nanos, Nanos, u64)>,
    seats: VecDeque<Seat>,
    fallen: u64,
    open: Table<Class, u64>,
}

impl Runs {
    fn class(packet: &Packet, flood: bool) -> Option<Class> {
        if let Some(burst) = packet.burst().filter(|_| flood) {
            return Some(Class::Burst(burst, packet.from));
        }
        match &packet.head {
            Head::Tcp(tcp) if tcp.again || tcp.flags.0 & 0b111 != 0 => None,
            Head::Tcp(tcp) if tcp.payload == 0 => Some(Class::Bare(packet.flow, packet.from)),
            _ => Some(Class::Bytes(packet.flow, packet.from)),
        }
    }

    /// The next packet. `flood` says that its burst is drawn as one.
    pub(super) fn add(&mut self, packet: &Packet, flood: bool) {
        let place = self.fallen + self.seats.len() as u64;
        let (entered, payload) = (packet.entered, u64::from(packet.head.payload()));
        let mut seat = Seat { run: None, payload, settled: false };
        if let Some(class) = Self::class(packet, flood) {
            let number = self.number(class, entered);
            if let Some(run) = self.all.get_mut((number - self.forgotten) as usize) {
                let before = run.last().map_or(0, |last| last.payload);
                run.members.push(Member { entered, place, payload: before + payload });
            }
            seat.run = Some(number);
        } else {
            self.stand((entered, entered, place));
        }
        self.seats.push_back(seat);
        if packet.held(entered).is_some() {
            self.held(place, packet.entered, entered);
        }
    }

    /// The open run of a kind, or a new one.
    fn number(&mut self, class: Class, entered: Nanos) -> u64 {
        let open = self.open.get(&class).copied().filter(|number| {
            let run = number.checked_sub(self.forgotten);
            let run = run.and_then(|number| self.all.get(number as usize));
            let last = run.and_then(Run::last).map(|last| last.entered);
            let near = |last: Nanos| entered.saturating_sub(last) <= NEAR;
            last.is_some_and(|last| matches!(class, Class::Burst(..)) || near(last))
        });
        if let Some(number) = open {
            return number;
        }
        let number = self.forgotten + self.all.len() as u64;
        let new = Run {
            class,
            members: Vec::new(),
            apart: Vec::new(),
            gone: Vec::new(),
            lost: Vec::new(),
        };
        self.all.push_back(new);
        self.open.insert(class, number);
        while self.open.len() > OPEN {
            self.open.pop_first();
        }
        number
    }

    fn stand(&mut self, new: (Nanos, Nanos, u64)) {
        let at =
            self.apart.partition_point(|(entered, _, place)| (*entered, *place) <= (new.0, new.2));
        self.apart.insert(at, new);
    }

    fn seat(&mut self, place: u64) -> Option<(&mut Seat, Option<&mut Run>)> {
        let seat = self.seats.get_mut(place.checked_sub(self.fallen)? as usize)?;
        let run = seat.run.and_then(|number| number.checked_sub(self.forgotten));
        let run = run.and_then(|number| self.all.get_mut(number as usize));
        Some((seat, run))
    }

    /// One is held from a moment on: it stands by itself, unless its burst is drawn as one.
    pub(super) fn held(&mut self, place: u64, entered: Nanos, since: Nanos) {
        let Some((seat, Some(run))) = self.seat(place) else { return };
        if run.is_burst() || seat.settled {
            return;
        }
        seat.settled = true;
        let payload = seat.payload;
        insert(&mut run.apart, (since, payload), |(own, _)| *own <= since);
        insert(&mut run.gone, since, |own| *own <= since);
        self.stand((entered, since, place));
    }

    /// One is off the wire from a moment on, or nobody knows any more.
    pub(super) fn gone(&mut self, place: u64, entered: Nanos, since: Nanos, lost: bool) {
        let Some((seat, Some(run))) = self.seat(place) else { return };
        if seat.settled {
            return;
        }
        if lost && !run.is_burst() {
            return self.held(place, entered, since);
        }
        seat.settled = true;
        insert(&mut run.gone, since, |own| *own <= since);
        if lost {
            insert(&mut run.lost, since, |own| *own <= since);
        }
    }

    /// The oldest packet is forgotten.
    pub(super) fn fall(&mut self) {
        self.seats.pop_front();
        self.fallen += 1;
        while self.apart.front().is_some_and(|(_, _, place)| *place < self.fallen) {
            self.apart.pop_front();
        }
        let past = |run: &Run| run.last().is_none_or(|last| last.place < self.fallen);
        while self.all.front().is_some_and(past) || self.all.len() > self.seats.len() + 64 {
            self.all.pop_front();
            self.forgotten += 1;
        }
    }

    /// How many lines began at or before a moment.
    pub(super) fn begun(&self, at: Nanos) -> usize {
        self.all.partition_point(|run| run.began() <= at)
            + self.apart.partition_point(|(entered, ..)| *entered <= at)
    }

    /// At most about `most` lines that began at or before `until`, as they stand at `at`; and the moment
    /// before which they are not complete.
    pub(super) fn lines(&self, until: Nanos, at: Nanos, most: usize) -> (Vec<Line>, Nanos) {
        let until = until.min(at);
        let mut lines = Vec::new();
        let mut oldest = 0;
        let runs = self.all.partition_point(|run| run.began() <= until);
        for run in self.all.range(..runs).rev() {
            if lines.len() >= most {
                oldest = run.began() + 1;
                break;
            }
            let Some(joined) = run.at(at) else { continue };
            if run.is_burst() || joined.count >= RUN {
                lines.push(Line::Many(joined));
                continue;
            }
            let near = run.members.iter().filter(|own| own.entered <= until);
            let near = near.filter(|own| own.place >= self.fallen && !self.stands(own, at));
            lines.extend(near.take(joined.count).map(|own| Line::One(own.place)));
        }
        let alone = self.apart.partition_point(|(entered, ..)| *entered <= until);
        let mut alone = self.apart.range(..alone).rev().filter(|(_, since, _)| *since <= at);
        let found = alone.by_ref().take(most);
        lines.extend(found.map(|(_, _, place)| Line::One(*place)));
        if let Some((entered, ..)) = alone.next() {
            oldest = oldest.max(entered + 1);
        }
        (lines, oldest)
    }

    /// Whether a run's member stands by itself at a moment.
    fn stands(&self, member: &Member, at: Nanos) -> bool {
        let key = (member.entered, member.place);
        let found = self.apart.partition_point(|(entered, _, place)| (*entered, *place) < key);
        let found = self.apart.get(found).filter(|(_, _, place)| *place == member.place);
        found.is_some_and(|(_, since, _)| *since <= at)
    }
}
