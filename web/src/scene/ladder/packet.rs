//! Owns the packets' lines on the ladder: one each, except for floods and long runs of one kind, which
//! are one line with a count.

use super::entry::{Crossed, Flow, side_of};
use crate::scene::View;
use crate::scene::motion::placed;
use crate::scene::packet::{inks, label};
use crate::shape::Ink;
use crate::text::picture;
use crate::timeline::{Joined, Packet, PacketLine, Timeline};
use protocol::command::Side;
use protocol::packet::Head;
use protocol::{End, Nanos};

/// Lines of packets that came up to `until`, as they stand at `at`; and the moment before which they
/// are not complete.
pub(super) fn lines(
    timeline: &Timeline,
    (until, at): (Nanos, Nanos),
    most: usize,
    flow: &Flow,
    view: &View,
) -> (Vec<Crossed>, Nanos) {
    let (lines, oldest) = timeline.packet_lines(until, at, most, view.ladder.each);
    let draw = |line| match line {
        PacketLine::One(packet) => one(timeline, packet, at, flow, view),
        PacketLine::Many(run, last) => joined(timeline, &run, last, at, flow, view),
    };
    (lines.into_iter().map(draw).collect(), oldest)
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
fn joined(
    timeline: &Timeline,
    run: &Joined,
    last: &Packet,
    at: Nanos,
    flow: &Flow,
    view: &View,
) -> Crossed {
    let language = view.language;
    let bare = matches!(&last.head, Head::Tcp(tcp) if tcp.payload == 0);
    let content = if bare { "ACK".into() } else { format!("{} B", picture::number(run.bytes)) };
    let mut text = format!("{} × {content}", picture::number(run.count as u64));
    if run.lost > 0 {
        let stack = picture::lost_stack(language);
        text = format!("{text} · {} {stack}", picture::number(run.lost as u64));
    }
    let progress = if run.ended.is_none() { last.progress(at).min(0.99) } else { 1.0 };
    Crossed {
        from: wall(timeline, last),
        told: picture::run_told(language, &text, run.began, run.ended),
        label: text,
        more: Vec::new(),
        packet: None,
        repeats: None,
        ink: ink(last, flow),
        heavy: true,
        inferred: false,
        began: run.began,
        ended: run.ended.unwrap_or(Nanos::MAX),
        progress: placed(progress, view.calm),
        lost: None,
        hold: None,
    }
}

/// One packet's line: as far as it is, or where it was lost.
fn one(timeline: &Timeline, packet: &Packet, at: Nanos, flow: &Flow, view: &View) -> Crossed {
    let language = view.language;
    let why = packet.lost(at);
    let lost = why.map(|(_, why)| picture::lost(language, why, packet.trap.is_some()));
    let mut text = label(timeline, packet, language);
    for (is, tag) in [
        (packet.copy_of.is_some(), picture::copy(language).to_owned()),
        (packet.damaged, picture::damaged(language).to_owned()),
        (
            packet.is_again() || packet.repeats.is_some(),
            picture::again_of(language, packet.repeats, packet.is_again()),
        ),
    ] {
        if is {
            text = format!("{tag} · {text}");
        }
    }
    let base = view.ladder.absolute.then(|| timeline.base(packet)).flatten();
    let more = match &packet.head {
        Head::Tcp(tcp) => picture::numbers(tcp, packet.origin, view.ladder.absolute, base),
        _ => Vec::new(),
    };
    let hold = packet.holds(at).next().map(|(began, ended)| {
        let still = packet.held(at) == Some(began);
        (began, (!still).then_some(ended), packet.progress(began.saturating_add(1_000).min(at)))
    });
    Crossed {
        from: wall(timeline, packet),
        told: picture::packet_told(language, packet, at, &text, more.first(), lost.as_deref()),
        label: text,
        more,
        packet: Some(packet.id),
        repeats: packet.repeats,
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
