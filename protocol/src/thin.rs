//! Owns thinning: many packets told in sums, for a viewer that cannot keep up. Never changes what the
//! world comes to.
//!
//! A packet is told event by event or in sums, and so for life: what is told in sums never comes into
//! `wire.packets`, and what is there leaves it. Told are fragments and our numbered datagrams (their
//! fates are written down one by one), and what was held or caught by a trap while this viewer was
//! behind.

use crate::message::{Thin, ToPage};
use crate::packet::{Head, Lost, Mark, PacketFate};
use crate::table::{Set, Table};
use crate::{Event, FlowId, PacketId, What};

/// From how many events that could be summed it is worth a sum: fewer can be looked at.
pub const AT_LEAST: usize = 16;

/// One viewer's thinning, from its welcome on: which packets on the wire it was told of in sums only.
#[derive(Clone, Debug, Default)]
pub struct Thinner {
    summed: Table<PacketId, Summed>,
}

#[derive(Clone, Copy, Debug)]
struct Summed {
    flow: FlowId,
    bytes: u32,
    datagram: bool,
    damaged: bool,
}

/// A run of events that are told in one sum.
#[derive(Default)]
struct Run<'a> {
    events: Vec<&'a Event>,
    sums: Table<(FlowId, Option<PacketFate>), Thin>,
    /// Delivered in this run; a write that fails in a later one is told.
    handed: Vec<(PacketId, FlowId)>,
}

impl Run<'_> {
    fn sum(&mut self, flow: FlowId, fate: Option<PacketFate>) -> &mut Thin {
        let empty = Thin { flow, fate, ..Thin::default() };
        self.sums.or_insert((flow, fate), empty)
    }

    /// Whether its delivery was told in this run.
    fn takes_back(&mut self, packet: PacketId, flow: FlowId) -> bool {
        let place = self.handed.iter().rposition(|handed| *handed == (packet, flow));
        place.map(|place| self.handed.swap_remove(place)).is_some()
    }

    fn close(&mut self, told: &mut Vec<ToPage>) {
        let Self { events, sums, .. } = std::mem::take(self);
        if let (Some(first), Some(last)) = (events.first(), events.last()) {
            let flows = sums.into_values().collect();
            told.push(ToPage::Thinned { from: first.seq, to: last.seq, at: last.at, flows });
        }
    }
}

impl Thinner {
    /// What to send for the next events: sums where at least `at_least` of them can be summed, else
    /// nearly all of them as they are; `usize::MAX` is for a viewer that keeps up. Every event passes
    /// through here, in order.
    pub fn thin(&mut self, events: &[Event], at_least: usize) -> Vec<ToPage> {
        let named: Set<PacketId> =
            events.iter().filter_map(|e| Some((pointed_at(&e.what)?, ()))).collect();
        let sums = at_least < usize::MAX
            && events.iter().filter(|e| self.could_sum(&named, &e.what)).count() >= at_least;
        let (mut told, mut run) = (Vec::new(), Run::default());
        for event in events {
            if self.sum(&mut run, event, |packet| sums && !named.contains(&packet)) {
                run.events.push(event);
            } else {
                run.close(&mut told);
                told.push(ToPage::Event(event.clone()));
            }
        }
        run.close(&mut told);
        told
    }

    fn could_sum(&self, named: &Set<PacketId>, what: &What) -> bool {
        match what {
            What::PacketEntered { packet, head, .. } => plain(head) && !named.contains(packet),
            What::PacketMarked { packet, .. } | What::PacketLeft { packet, .. } => {
                self.summed.contains_key(packet)
            }
            _ => false,
        }
    }

    /// Whether it was added to the run; else it is told.
    fn sum(&mut self, run: &mut Run, event: &Event, may: impl Fn(PacketId) -> bool) -> bool {
        match &event.what {
            What::PacketEntered { packet, flow, bytes, head, .. } => {
                self.summed.remove(packet);
                let new = Summed {
                    flow: *flow,
                    bytes: *bytes,
                    datagram: matches!(head, Head::Udp(_)),
                    damaged: false,
                };
                let fits = plain(head) && may(*packet);
                if fits {
                    self.enters(run, *packet, new);
                }
                fits
            }
            What::PacketMarked { packet, mark } => self.marked(run, *packet, *mark),
            What::PacketLeft { packet, flow, fate } => {
                let known = self.summed.remove(packet).is_some();
                let fits = match fate {
                    PacketFate::Lost(Lost::DeviceFull) => run.takes_back(*packet, *flow),
                    _ => known && may(*packet),
                };
                if fits {
                    let sum = run.sum(*flow, Some(*fate));
                    (sum.packets, sum.last) = (sum.packets + 1, event.at);
                    if *fate == PacketFate::Delivered {
                        run.handed.push((*packet, *flow));
                    }
                }
                fits
            }
            What::WireUp { .. } => {
                self.summed.clear();
                false
            }
            _ => false,
        }
    }

    fn enters(&mut self, run: &mut Run, packet: PacketId, new: Summed) {
        let sum = run.sum(new.flow, None);
        sum.packets += 1;
        sum.bytes += u64::from(new.bytes);
        self.summed.insert(packet, new);
    }

    /// The viewer does not know a summed packet: it would not understand the mark.
    fn marked(&mut self, run: &mut Run, packet: PacketId, mark: Mark) -> bool {
        let Some(summed) = self.summed.get_mut(&packet) else { return false };
        match mark {
            Mark::Damaged { .. } => {
                let again = std::mem::replace(&mut summed.damaged, true);
                run.sum(summed.flow, None).damaged += u64::from(summed.datagram && !again);
            }
            Mark::Copied { copy } => {
                let twin = *summed;
                self.enters(run, copy, twin);
                let sum = run.sum(twin.flow, None);
                sum.copied += u64::from(twin.datagram);
                sum.damaged += u64::from(twin.datagram && twin.damaged);
            }
            Mark::Held | Mark::Released | Mark::Delayed { .. } => {}
        }
        true
    }
}

/// Whether its fate is only counted.
fn plain(head: &Head) -> bool {
    !matches!(head, Head::Fragment(_)) && head.numbered().is_none()
}

/// The packet that somebody points at.
fn pointed_at(what: &What) -> Option<PacketId> {
    match what {
        What::TrapSprung { packet, .. }
        | What::PacketMarked { packet, mark: Mark::Held | Mark::Released } => Some(*packet),
        _ => None,
    }
}
