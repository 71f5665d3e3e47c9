//! Owns the packets' lines on the ladder: one each, except for floods and long runs of one kind, which
//! are one line with a count.

use super::entry::{Crossed, Flow, side_of};
use crate::clock::Moment;
use crate::scene::View;
use crate::scene::motion::placed;
use crate::scene::packet::{FLOOD, inks, label};
use crate::shape::Ink;
use crate::text::picture;
use crate::timeline::{Packet, Timeline};
use protocol::command::Side;
use protocol::packet::Head;
use protocol::table::Table;
use protocol::{CallId, End, FlowId, Nanos};

/// Packets looked back at, at most.
const SEARCHED: usize = 8_192;
/// Packets of one kind that follow each other within [`NEAR`] are one line from so many on.
const RUN: usize = 8;
/// See [`RUN`].
const NEAR: Nanos = 2_000_000;

/// What packets must have in common to be one line.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Class {
    Burst(CallId),
    Bytes(FlowId),
    Bare(FlowId),
}

fn class_of(timeline: &Timeline, packet: &Packet, at: Nanos) -> Option<Class> {
    let burst = packet
        .burst()
        .filter(|burst| timeline.world().bursts.get(burst).is_none_or(|burst| burst.count > FLOOD));
    if let Some(burst) = burst {
        return Some(Class::Burst(burst));
    }
    if packet.is_again() || packet.lost(at).is_some() || packet.holds(at).next().is_some() {
        return None;
    }
    match &packet.head {
        Head::Tcp(tcp) if tcp.flags.0 & 0b111 != 0 => None,
        Head::Tcp(tcp) if tcp.payload == 0 => Some(Class::Bare(packet.flow)),
        _ => Some(Class::Bytes(packet.flow)),
    }
}

/// Lines of packets up to a moment, and the moment before which they are not complete.
pub(super) fn lines(
    timeline: &Timeline,
    moment: Moment,
    most: usize,
    flow: &Flow,
    view: &View,
) -> (Vec<Crossed>, Nanos) {
    let at = moment.at;
    let mut runs: Table<Class, Vec<Vec<&Packet>>> = Table::new();
    let mut single: Vec<&Packet> = Vec::new();
    let (mut oldest, mut seen, mut count) = (0, 0, 0);
    for packet in timeline.packets_before(at) {
        if count > most || seen == SEARCHED {
            oldest = packet.entered;
            break;
        }
        seen += 1;
        let Some(class) = class_of(timeline, packet, at) else {
            single.push(packet);
            count += 1;
            continue;
        };
        let own = runs.or_default(class);
        let burst = matches!(class, Class::Burst(_));
        match own.last_mut() {
            // What has become one line counts no more.
            Some(run) if burst || near(run, packet) => {
                run.push(packet);
                count += usize::from(run.len() < RUN && !burst);
            }
            _ => {
                own.push(vec![packet]);
                count += 1;
            }
        }
    }
    let mut lines = Vec::new();
    for (class, run) in
        runs.iter().flat_map(|(class, runs)| runs.iter().map(move |run| (class, run)))
    {
        if run.len() < RUN && !matches!(class, Class::Burst(_)) {
            single.extend(run);
        } else {
            lines.push(joined(timeline, run, at, flow, view));
        }
    }
    lines.extend(single.into_iter().map(|packet| one(timeline, packet, at, flow, view)));
    (lines, oldest)
}

fn near(run: &[&Packet], packet: &Packet) -> bool {
    run.last().is_some_and(|last| last.entered - packet.entered <= NEAR)
}

fn wall(timeline: &Timeline, packet: &Packet) -> Side {
    let side = |id: Option<protocol::SocketId>| id.and_then(|id| side_of(timeline, id));
    side(packet.ends.0).or(side(packet.ends.1).map(Side::opposite)).unwrap_or(match packet.from {
        End::Left => Side::Left,
        End::Right => Side::Right,
    })
}

fn ink(packet: &Packet, flow: &Flow) -> Ink {
    if flow.is_passed_by(packet.ends.0, packet.ends.1) { Ink::Dim } else { inks(packet).0 }
}

/// Many packets as one line.
fn joined(timeline: &Timeline, run: &[&Packet], at: Nanos, flow: &Flow, view: &View) -> Crossed {
    let (first, last) = (run[run.len() - 1], run[0]);
    let ended = run.iter().filter_map(|packet| packet.gone()).max().unwrap_or(Nanos::MAX);
    let under = run.iter().any(|packet| packet.is_on_wire(at));
    let lost = run.iter().filter(|packet| packet.lost(at).is_some()).count();
    let bytes: u64 = run.iter().map(|packet| u64::from(packet.head.payload())).sum();
    let mut text = format!("{} ×", picture::number(run.len() as u64));
    let bare = matches!(&last.head, Head::Tcp(tcp) if tcp.payload == 0);
    let content = if bare { "ACK".into() } else { format!("{} B", picture::number(bytes)) };
    text = format!("{text} {content}");
    if lost > 0 {
        let stack = picture::lost_stack(view.language);
        text = format!("{text} · {} {stack}", picture::number(lost as u64));
    }
    let progress = if under { last.progress(at).min(0.99) } else { 1.0 };
    Crossed {
        from: wall(timeline, last),
        label: text,
        more: String::new(),
        ink: ink(last, flow),
        heavy: true,
        inferred: false,
        began: first.entered,
        ended: if under { Nanos::MAX } else { ended.max(first.entered + 1) },
        progress: placed(progress, view.calm),
        lost: None,
        hold: None,
    }
}

/// One packet's line: as far as it is, or where it was lost.
fn one(timeline: &Timeline, packet: &Packet, at: Nanos, flow: &Flow, view: &View) -> Crossed {
    let language = view.language;
    let lost = packet.lost(at).map(|(_, why)| picture::lost(language, why, packet.trap.is_some()));
    let mut text = label(timeline, packet, language);
    for (is, tag) in [
        (packet.is_again(), picture::again(language)),
        (packet.copy_of.is_some(), picture::copy(language)),
        (packet.damaged, picture::damaged(language)),
    ] {
        if is {
            text = format!("{tag} · {text}");
        }
    }
    let more = match &packet.head {
        Head::Tcp(tcp) if tcp.flags.has(protocol::packet::Flags::ACK) => {
            format!("seq {} ack {}", tcp.seq, tcp.ack)
        }
        Head::Tcp(tcp) => format!("seq {}", tcp.seq),
        _ => String::new(),
    };
    let hold = packet.holds(at).next().map(|(began, ended)| {
        let still = packet.held(at) == Some(began);
        (began, (!still).then_some(ended), packet.progress(began.saturating_add(1_000).min(at)))
    });
    Crossed {
        from: wall(timeline, packet),
        label: text,
        more,
        ink: if lost.is_some() { Ink::Lost } else { ink(packet, flow) },
        heavy: packet.head.payload() > 0,
        inferred: false,
        began: packet.entered,
        ended: packet.gone().unwrap_or(Nanos::MAX),
        progress: placed(packet.progress(at), view.calm),
        lost,
        hold,
    }
}
