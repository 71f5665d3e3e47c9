//! Owns what the ladder tells: calls and crossings up to the shown moment, the last screenful.

use super::super::{View, motion};
use crate::clock::Moment;
use crate::shape::Ink;
use crate::text::picture;
use crate::timeline::{Move, Timeline};
use protocol::command::{Kind, Side};
use protocol::event::Crossing;
use protocol::table::{Set, Table};
use protocol::world::Call;
use protocol::{Answer, CallId, Command, Nanos, PacketId, SocketId, Source};

/// A call, as the ladder tells it.
pub(super) struct Said {
    pub(super) side: Side,
    pub(super) code: String,
    /// Its result, once it has ended.
    pub(super) result: Option<String>,
    pub(super) error: bool,
    /// A sentence below it.
    pub(super) note: Option<String>,
    pub(super) began: Nanos,
    pub(super) ended: Option<Nanos>,
    pub(super) took: Nanos,
    /// How long it has slept, while it sleeps.
    pub(super) asleep: Option<Nanos>,
    /// Whether nothing need stand between it and its result.
    pub(super) short: bool,
    /// Not of the selected flow.
    pub(super) dim: bool,
    /// Whose call it is.
    pub(super) socket: Option<SocketId>,
}

/// Something that crossed, as the ladder tells it.
pub(super) struct Crossed {
    pub(super) from: Side,
    pub(super) label: String,
    /// What the label says besides, where there is room: the longest first.
    pub(super) more: Vec<String>,
    /// All that is known of it, as a sentence.
    pub(super) told: String,
    /// Which packet it is, where it is one.
    pub(super) packet: Option<PacketId>,
    /// The packet that carried the same before.
    pub(super) repeats: Option<PacketId>,
    pub(super) ink: Ink,
    pub(super) heavy: bool,
    pub(super) inferred: bool,
    pub(super) began: Nanos,
    pub(super) ended: Nanos,
    pub(super) progress: f32,
    /// Why it was lost, where the line ends in a cross.
    pub(super) lost: Option<String>,
    /// From when to when it was held (null: still), and where.
    pub(super) hold: Option<(Nanos, Option<Nanos>, f32)>,
}

/// All of a screenful.
pub(super) struct Entries {
    pub(super) said: Vec<Said>,
    pub(super) crossed: Vec<Crossed>,
    /// Up to which moment they are told.
    pub(super) horizon: Nanos,
    /// Whether some are left out, since there are too many.
    pub(super) cut: bool,
}

/// On which wall the stage shows a socket.
pub(super) fn side_of(timeline: &Timeline, id: SocketId) -> Option<Side> {
    let world = timeline.world();
    let Some(socket) = world.sockets.get(&id) else {
        return timeline.face(id).map(|face| face.side);
    };
    let far = world.far_end(id).and_then(|far| world.sockets.get(&far));
    let turned = far.is_some_and(|far| far.side == socket.side && far.id < id);
    Some(if turned { socket.side.opposite() } else { socket.side })
}

/// The wall beside which a call is written; null for what is no socket call.
fn side_of_call(timeline: &Timeline, call: &Call) -> Option<Side> {
    match &call.ask {
        Command::Socket { side: Some(side), .. } => Some(*side),
        Command::Socket { net, .. } => Some(match net {
            protocol::command::Net::Right => Side::Right,
            _ => Side::Left,
        }),
        Command::Reader { .. } | Command::Interrupt { .. } => None,
        ask => side_of(timeline, ask.socket()?),
    }
}

/// Calls and crossings begun by the shown moment; of each only what a screen can hold.
pub(super) fn gather(timeline: &Timeline, moment: Moment, view: &View, screen: usize) -> Entries {
    let at = moment.at;
    let end = view.ladder.horizon(timeline, at, screen);
    let most = if view.ladder.until.is_some() { 2 * screen } else { screen };
    let flow = Flow::of(timeline, view);
    let mut calls: Vec<&Call> = timeline.calls_before(end).take(most).collect();
    let full = calls.len() == most;
    let mut since = if full { calls.last().map_or(0, |call| call.began) } else { 0 };
    let (moves, oldest) = crossings(timeline, end, most);
    let (packets, first) = super::packet::lines(timeline, (end, at), most, &flow, view);
    let cleared = timeline.cleared(at);
    since = since.max(oldest).max(first).max(cleared);
    calls.retain(|call| call.began >= since || call.ended.is_none_or(|ended| ended > at));
    let known: Vec<CallId> = calls.iter().map(|call| call.id).collect();
    let world = timeline.world();
    let sleeping = world
        .calls
        .values()
        .filter(|call| call.ended.is_none() && call.began <= end && !known.contains(&call.id));
    calls.extend(sleeping.take(8));
    crate::order::by_key(&mut calls, |call| (call.began, call.id));
    let said = calls
        .into_iter()
        .filter_map(|call| {
            let about = call.socket().or(match &call.result {
                Some(Answer::Ok(protocol::Done::Made(made))) => Some(made.socket),
                _ => None,
            });
            let dim = flow.is_foreign(about);
            tell(timeline, call, at, (dim, about), view)
        })
        .collect();
    let crossed = moves
        .into_iter()
        .filter(|(moving, _)| moving.began >= since)
        .filter_map(|(moving, label)| crossing(timeline, &moving, label, at, &flow, view));
    let packets = packets.into_iter().filter(|packet| packet.began >= since || packet.ended > at);
    let mut crossed: Vec<Crossed> = crossed.chain(packets).collect();
    crate::order::by_key(&mut crossed, |crossed| (crossed.began, crossed.ended));
    let over = crossed.len().saturating_sub(most);
    crossed.drain(..over);
    name_repeated(&mut crossed);
    // What ends below the last row that is told has no end in the picture.
    for below in crossed.iter_mut().filter(|crossed| crossed.ended > end) {
        below.lost = None;
    }
    Entries { said, crossed, horizon: end, cut: since > cleared || over > 0 }
}

/// A packet that another one repeats says which it is.
fn name_repeated(crossed: &mut [Crossed]) {
    let mut repeated: Set<PacketId> = Set::new();
    for again in crossed.iter_mut().rev() {
        if let Some(packet) = again.packet.filter(|packet| repeated.contains(packet)) {
            again.label = format!("#{packet} · {}", again.label);
        }
        if let Some(old) = again.repeats {
            repeated.add(old);
        }
    }
}

/// The selected flow: its one or two ends first, then their listeners.
pub(super) struct Flow {
    ends: Vec<SocketId>,
    listeners: Vec<SocketId>,
}

impl Flow {
    fn of(timeline: &Timeline, view: &View) -> Self {
        let world = timeline.world();
        let far = |id| world.far_end(id).or_else(|| super::super::flow::aim(world, id));
        let ends: Vec<SocketId> =
            [view.selected, view.selected.and_then(far)].into_iter().flatten().collect();
        let parent = |id: &SocketId| world.sockets.get(id)?.parent.map(|(listener, _)| listener);
        Self { listeners: ends.iter().filter_map(parent).collect(), ends }
    }

    /// Whether a call is another flow's.
    fn is_foreign(&self, socket: Option<SocketId>) -> bool {
        let own = |id| self.ends.contains(&id) || self.listeners.contains(&id);
        !self.ends.is_empty() && !socket.is_some_and(own)
    }

    /// Whether something that crosses between two sockets is another flow's.
    pub(super) fn is_passed_by(&self, from: Option<SocketId>, to: Option<SocketId>) -> bool {
        let own = |id: Option<SocketId>| id.is_some_and(|id| self.ends.contains(&id));
        !self.ends.is_empty() && !own(from) && !own(to)
    }
}

fn tell(
    timeline: &Timeline,
    call: &Call,
    at: Nanos,
    (dim, socket): (bool, Option<SocketId>),
    view: &View,
) -> Option<Said> {
    let side = side_of_call(timeline, call)?;
    let world = timeline.world();
    let ended = call.ended.filter(|ended| *ended <= at);
    let result = ended.and(call.result.as_ref());
    let error = matches!(result, Some(Answer::Error(_)));
    let note = match result {
        Some(Answer::Error(failure)) => Some(crate::text::log::failure(view.language, failure)),
        _ => None,
    };
    let slept = call.blocked.is_some_and(|blocked| blocked <= at);
    Some(Said {
        side,
        code: crate::code::call(view.dialect, world, &call.ask),
        result: result.map(|result| match result {
            // The new socket's name, also when the world has forgotten it.
            Answer::Ok(protocol::Done::Accepted(given)) => {
                let name = picture::remembered_name(view.language, timeline, given.socket);
                crate::code::accepted(&name, &given.peer)
            }
            _ => crate::code::result(view.dialect, world, &call.ask, result),
        }),
        error,
        note,
        began: call.began,
        ended,
        took: ended.unwrap_or(at).saturating_sub(call.began),
        asleep: (ended.is_none() && slept)
            .then(|| at.saturating_sub(call.blocked.unwrap_or(call.began))),
        short: !slept && !matches!(call.ask, Command::Accept { .. } | Command::Connect { .. }),
        dim,
        socket,
    })
}

/// Crossings, the runs of one burst joined; and the moment before which they are not complete.
fn crossings(timeline: &Timeline, at: Nanos, most: usize) -> (Vec<(Move, String)>, Nanos) {
    let mut bursts: Table<CallId, (Move, u32)> = Table::new();
    let mut found: Vec<(Move, String)> = Vec::new();
    let mut oldest = 0;
    for moving in timeline.moves_before(at).take(most.max(4_096)) {
        if let Crossing::Datagrams { call, count, .. } = moving.what {
            let (joined, all) = bursts.or_insert(call, (*moving, 0));
            *all += count;
            joined.began = joined.began.min(moving.began);
            joined.ended = joined.ended.max(moving.ended);
            continue;
        }
        if found.len() == most {
            oldest = moving.began;
            break;
        }
        found.push((*moving, motion::label(timeline, moving)));
    }
    for (moving, count) in bursts.into_values() {
        found.push((moving, format!("{} ×", picture::number(u64::from(count)))));
    }
    crate::order::by_key(&mut found, |(moving, _)| (moving.began, moving.ended));
    (found, oldest)
}

fn crossing(
    timeline: &Timeline,
    moving: &Move,
    label: String,
    at: Nanos,
    flow: &Flow,
    view: &View,
) -> Option<Crossed> {
    let from = side_of(timeline, moving.from)
        .or_else(|| side_of(timeline, moving.to).map(Side::opposite))?;
    let kind = match moving.what {
        Crossing::Datagram { .. } | Crossing::Datagrams { .. } => Kind::Datagram,
        _ => Kind::Stream,
    };
    let ink = match (flow.is_passed_by(Some(moving.from), Some(moving.to)), moving.what) {
        (true, _) => Ink::Dim,
        (false, Crossing::Reset) => Ink::Lost,
        _ => super::super::frame::accent(kind),
    };
    let heavy = matches!(
        moving.what,
        Crossing::Data { .. } | Crossing::Datagram { .. } | Crossing::Datagrams { .. }
    );
    Some(Crossed {
        from,
        told: match moving.source {
            Source::Inferred => {
                picture::crossing_told(view.language, &label, moving.began, moving.ended)
            }
            _ => picture::run_told(view.language, &label, moving.began, Some(moving.ended)),
        },
        label,
        more: Vec::new(),
        packet: None,
        repeats: None,
        ink,
        heavy,
        inferred: moving.source == Source::Inferred,
        began: moving.began,
        ended: moving.ended,
        progress: motion::placed(moving.progress(at), view.calm),
        lost: None,
        hold: None,
    })
}
