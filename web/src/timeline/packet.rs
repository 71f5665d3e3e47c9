//! Owns what was told of one packet of the wire, and where it stands at a moment. While its leaving is
//! not known its place is only as far as the wire's own delay says, and never the far end.

mod ends;
mod run;
mod sequence;
mod store;

pub(super) use ends::of_flow as ends_of;
pub(crate) use run::Joined;
pub(super) use run::Line;
pub use sequence::{Base, Origin};
pub(super) use store::Packets;

use protocol::packet::{Head, Lost, Mark, PacketFate};
use protocol::wire::Impairment;
use protocol::{Address, CallId, End, FlowId, Nanos, PacketId, SocketId, TrapId};

/// A leg shorter than this is drawn as if it were this long: a picture needs some time to move in.
const SHORTEST: Nanos = 1_000;
/// Where a packet stands that is held (or lost) as it comes: in the middle of the wire.
const MIDDLE: f32 = 0.5;
/// Held packets of one flow stand this far apart, the later ones behind.
const APART: f32 = 0.14;
/// No packet whose leaving is not known is drawn further than this.
const FURTHEST: f32 = 0.9;
/// Where one stands that waits for nobody knows how long: in a queue before a slow link.
const QUEUED: f32 = 0.08;
/// Parts of a datagram are looked for so far around one of them.
const PARTS: usize = 128;
/// A lost packet lies in the picture for so long.
pub(super) const LINGER: Nanos = 4_000_000_000;

/// A packet of the wire.
#[derive(Clone, Debug, PartialEq)]
pub struct Packet {
    /// Its id.
    pub id: PacketId,
    /// Its flow.
    pub flow: FlowId,
    /// From which end.
    pub from: End,
    /// Its length, IP header included.
    pub bytes: u32,
    /// Its sender's address.
    pub src: Address,
    /// Its receiver's address.
    pub dst: Address,
    /// What its headers say.
    pub head: Head,
    /// When it came.
    pub entered: Nanos,
    /// When it left, and how; null while the newest event does not know.
    pub left: Option<(Nanos, PacketFate)>,
    /// What was done to it.
    pub marks: Vec<(Nanos, Mark)>,
    /// Which packet it is a copy of.
    pub copy_of: Option<PacketId>,
    /// Whether a bit of it was flipped.
    pub damaged: bool,
    /// Our sockets at its two ends: the sender's, the receiver's (a listener's, while nobody has
    /// accepted).
    pub ends: (Option<SocketId>, Option<SocketId>),
    /// The trap that caught it.
    pub trap: Option<TrapId>,
    /// The last packet that carried the same before.
    pub repeats: Option<PacketId>,
    /// Whether the SYNs that its numbers count from were seen, where it is a segment.
    pub origin: Origin,
    /// From when on it is not known whether it is still on the wire: its leaving was told in a sum.
    pub unseen: Option<Nanos>,
    /// From when to when it was held, by itself or with all others.
    holds: Vec<(Nanos, Option<Nanos>)>,
    /// How long the wire delays it, as far as its impairment says.
    expects: Nanos,
    /// How many of its flow stood before it when it was held.
    behind: u8,
}

/// A span in which something moves, for the clock.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Leg {
    /// From.
    pub(crate) began: Nanos,
    /// To.
    pub(crate) ended: Nanos,
    /// The burst that it is a part of.
    pub(crate) burst: Option<CallId>,
}

/// The longest delay that an impairment itself adds; 0 where a queue adds nobody knows what.
fn delay_of(impairment: &Impairment) -> Nanos {
    if impairment.rate.is_some() { 0 } else { impairment.delay.saturating_add(impairment.jitter) }
}

impl Packet {
    /// How far it is: 0 at its sender, 1 at its receiver. Never decreases with time; a lost one never
    /// gets to 1.
    pub fn progress(&self, at: Nanos) -> f32 {
        let (mut before, mut after) = (None, None);
        self.knots(|knot| {
            if knot.0 <= at {
                before = Some(knot);
            } else {
                after = after.or(Some(knot));
            }
        });
        let Some((began, from)) = before else { return 0.0 };
        if let Some((ended, to)) = after {
            let part = (at - began) as f64 / (ended - began).max(1) as f64;
            return from + (to - from) * part as f32;
        }
        if self.left.is_some() || self.held(at).is_some() {
            return from;
        }
        let part = (at - began) as f64 / self.expects.max(1) as f64;
        if self.expects == 0 {
            from.max(QUEUED)
        } else {
            (from + (1.0 - from) * part.min(1.0) as f32).min(FURTHEST).max(from)
        }
    }

    /// Since when it has been held, where it is held at a moment.
    pub fn held(&self, at: Nanos) -> Option<Nanos> {
        let holds = |(began, ended): &&(Nanos, Option<Nanos>)| {
            *began <= at && ended.is_none_or(|ended| at < ended)
        };
        self.holds.iter().find(holds).map(|(began, _)| *began)
    }

    /// The spans in which it was held, up to a moment.
    pub fn holds(&self, at: Nanos) -> impl Iterator<Item = (Nanos, Nanos)> {
        self.holds
            .iter()
            .filter(move |(began, _)| *began <= at)
            .map(move |(began, ended)| (*began, ended.map_or(at, |ended| ended.min(at))))
    }

    /// When and why it was lost, where the picture shows that at a moment.
    pub fn lost(&self, at: Nanos) -> Option<(Nanos, Lost)> {
        match self.left {
            Some((left, PacketFate::Lost(why))) if self.until() <= at => Some((left, why)),
            _ => None,
        }
    }

    /// When the picture shows that it has left the wire; null while that is not known.
    pub fn gone(&self) -> Option<Nanos> {
        let left = self.left.map(|_| self.until());
        [left, self.unseen].into_iter().flatten().min()
    }

    /// Whether it is on the wire at a moment.
    pub fn is_on_wire(&self, at: Nanos) -> bool {
        self.entered <= at && self.gone().is_none_or(|gone| at < gone)
    }

    /// Whether it carries what has been on the wire before.
    pub fn is_again(&self) -> bool {
        matches!(&self.head, Head::Tcp(tcp) if tcp.again)
    }

    /// The burst of ours that it is a part of.
    pub fn burst(&self) -> Option<CallId> {
        self.head.numbered().map(|numbered| numbered.call)
    }

    /// Where it stops, when it is stopped at a moment.
    fn stands(&self, at: Nanos) -> f32 {
        let own = at.saturating_sub(self.entered) as f64 / self.expects.max(1) as f64;
        if self.expects == 0 || own < 0.05 {
            (MIDDLE - APART * f32::from(self.behind)).max(QUEUED)
        } else {
            (own as f32).min(FURTHEST)
        }
    }

    /// Moments and places between which it moves evenly, in order. Asked for thousands of packets in each
    /// frame: nothing is collected.
    fn knots(&self, mut tell: impl FnMut((Nanos, f32))) {
        let (mut moment, mut place) = (self.entered, 0.0);
        tell((moment, place));
        for (began, ended) in &self.holds {
            let stands = self.stands(*began).max(place);
            moment = (*began).max(moment + SHORTEST);
            place = stands;
            tell((moment, place));
            let Some(ended) = ended else { break };
            moment = (*ended).max(moment);
            tell((moment, place));
        }
        if let Some((left, fate)) = self.left {
            let to = match fate {
                PacketFate::Delivered => 1.0,
                PacketFate::Lost(Lost::DeviceFull) => FURTHEST,
                PacketFate::Lost(_) if self.holds.is_empty() => self.stands(left).max(place),
                PacketFate::Lost(_) => place,
            };
            tell((left.max(moment + SHORTEST), to));
        }
    }

    /// The last moment at which it is drawn on its way.
    fn until(&self) -> Nanos {
        let mut last = Nanos::MAX;
        if self.left.is_some() {
            self.knots(|(moment, _)| last = moment);
        }
        last
    }

    /// The last moment at which the picture shows anything of it.
    fn shown_until(&self) -> Nanos {
        let lies = matches!(self.left, Some((_, PacketFate::Lost(_))));
        let until = self.until().saturating_add(if lies { LINGER } else { 0 });
        until.min(self.unseen.unwrap_or(Nanos::MAX))
    }

    /// The spans in which it moves, in order.
    fn legs(&self, mut tell: impl FnMut(Leg)) {
        let burst = self.burst();
        let mut last = (self.entered, 0.0);
        self.knots(|knot| {
            if knot.1 > last.1 {
                tell(Leg { began: last.0, ended: knot.0, burst });
            }
            last = knot;
        });
        let open = self.left.is_none()
            && self.holds.last().is_none_or(|(_, ended)| ended.is_some())
            && self.expects > 0;
        if open {
            let rest = self.expects as f64 * f64::from(1.0 - last.1);
            tell(Leg { began: last.0, ended: last.0.saturating_add(rest as Nanos), burst });
        }
    }

    /// The span in which it moves at a moment.
    fn leg(&self, at: Nanos) -> Option<Leg> {
        let mut found = None;
        self.legs(|leg| {
            if leg.began <= at && at < leg.ended {
                found = found.or(Some(leg));
            }
        });
        found
    }

    /// Whether a hold of it ends after a moment.
    fn is_let_go_after(&self, at: Nanos) -> bool {
        let late = SHORTEST * self.holds.len() as Nanos;
        self.holds.iter().any(|(_, ended)| ended.is_some_and(|ended| ended + late >= at))
    }

    /// When it next begins to move, after a moment.
    fn goes_on(&self, at: Nanos) -> Option<Nanos> {
        let mut next = None;
        self.legs(|leg| next = next.or((leg.began > at).then_some(leg.began)));
        next
    }

    /// So many stand one behind the other; more stand where the last of them does.
    const BEHIND: usize = 3;

    fn hold(&mut self, at: Nanos, behind: usize) {
        if self.holds.last().is_none_or(|(_, ended)| ended.is_some()) {
            if self.holds.is_empty() {
                self.behind = behind.min(Self::BEHIND) as u8;
            }
            self.holds.push((at, None));
        }
    }

    fn release(&mut self, at: Nanos) {
        if let Some((_, ended @ None)) = self.holds.last_mut() {
            *ended = Some(at);
        }
    }
}

/// The parts of a fragmented datagram, by their offsets; copies left out.
pub(super) fn parts<'a>(packets: &'a Packets, packet: &Packet) -> Vec<&'a Packet> {
    let Head::Fragment(own) = &packet.head else { return Vec::new() };
    let offset = |packet: &Packet| match &packet.head {
        Head::Fragment(part) if part.ident == own.ident => Some(part.offset),
        _ => None,
    };
    let mut parts: Vec<(u32, &Packet)> = packets
        .around(packet.copy_of.unwrap_or(packet.id), PARTS)
        .filter(|other| other.flow == packet.flow && other.copy_of.is_none())
        .filter_map(|other| Some((offset(other)?, other)))
        .collect();
    crate::order::by_key(&mut parts, |(offset, other)| (*offset, other.id));
    parts.into_iter().map(|(_, part)| part).collect()
}
