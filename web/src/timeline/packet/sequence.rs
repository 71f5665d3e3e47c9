//! Owns sequence numbers (RFC 9293, 3.4): which bytes a segment carries, whether it carries what another
//! did, and the two directions' first numbers, for those who want to count from 0.

use protocol::packet::{Flags, TcpHead};
use protocol::table::Table;
use protocol::{Address, FlowId};
use std::net::SocketAddr;

/// Whether the SYNs of a segment's connection came before it: the relay counts from them, and where it
/// saw none, from the first segment that it saw.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Origin {
    /// Its own direction's: what its `seq` counts from.
    pub own: bool,
    /// The other direction's: what its `ack` counts from.
    pub other: bool,
    /// Which connection of its flow it belongs to: how many SYNs came of it, those sent again left out.
    pub turn: u32,
}

/// Whether a sequence number is after another: less than half the circle ahead.
pub(super) fn after(seq: u32, other: u32) -> bool {
    (1..1 << 31).contains(&seq.wrapping_sub(other))
}

/// The numbers that a segment takes: its payload's, and one each for SYN and FIN; null where it takes
/// none.
fn taken(tcp: &TcpHead) -> Option<(u32, u32)> {
    let flags = [Flags::SYN, Flags::FIN].into_iter().filter(|flag| tcp.flags.has(*flag)).count();
    let long = tcp.payload.wrapping_add(flags as u32);
    (long > 0).then(|| (tcp.seq, tcp.seq.wrapping_add(long)))
}

/// Whether a segment carries, at least in part, what an earlier one of its direction carried.
pub(super) fn repeats(new: &TcpHead, old: &TcpHead) -> bool {
    let (Some((from, to)), Some((first, end))) = (taken(new), taken(old)) else { return false };
    after(end, from) && after(to, first)
}

type Way = (SocketAddr, SocketAddr);

/// The numbers in the packets of a connection, from which the relay counts: `seq`'s and `ack`'s.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Base {
    /// What is added to `seq`.
    pub own: u32,
    /// What is added to `ack`; null while no packet with one was opened.
    pub other: Option<u32>,
}

/// What is known of the directions: those whose SYN was seen, and how far each has come.
#[derive(Default)]
pub(super) struct Ways {
    synced: Table<Way, u32>,
    high: Table<FlowId, u32>,
}

impl Ways {
    /// What a segment counts from.
    pub(super) fn origin(&mut self, src: &Address, dst: &Address, tcp: &TcpHead) -> Origin {
        let (Some(src), Some(dst)) = (src.inet(), dst.inet()) else { return Origin::default() };
        let (there, back) = ((src, dst), (dst, src));
        if tcp.flags.has(Flags::SYN) {
            let turn = self.synced.or_default(there);
            *turn += u32::from(!tcp.again);
        }
        while self.synced.len() > protocol::world::KEPT_FLOWS {
            self.synced.pop_first();
        }
        let own = self.synced.get(&there).copied();
        let other = self.synced.contains_key(&back);
        Origin { own: own.is_some(), other, turn: own.unwrap_or_default() }
    }

    /// Whether a segment of a flow may carry what came before it.
    pub(super) fn goes_back(&mut self, flow: FlowId, tcp: &TcpHead) -> bool {
        let Some((from, to)) = taken(tcp) else { return false };
        let high = self.high.get(&flow).copied();
        if high.is_none_or(|high| after(to, high)) {
            self.high.insert(flow, to);
        }
        while self.high.len() > protocol::world::KEPT_FLOWS {
            self.high.pop_first();
        }
        tcp.again || high.is_some_and(|high| after(high, from))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::script::wire::on;
    use protocol::End;

    const SYN: Flags = Flags::SYN;
    const ACK: Flags = Flags::ACK;

    fn head(flags: Flags, seq: u32, payload: u32) -> TcpHead {
        TcpHead { flags, seq, payload, ..TcpHead::default() }
    }

    #[test]
    fn a_segment_repeats_what_it_overlaps() {
        let old = head(ACK, 1_000, 500);
        for (seq, payload, same) in [
            (1_000, 500, true),
            (1_000, 1, true),
            (1_499, 1_000, true),
            (1_500, 10, false),
            (900, 100, false),
            (900, 101, true),
            (1_200, 0, false),
        ] {
            assert_eq!(repeats(&head(ACK, seq, payload), &old), same, "{seq} + {payload}");
        }
        assert!(!repeats(&old, &head(ACK, 1_000, 0)), "a bare ACK carries nothing");
    }

    #[test]
    fn a_syn_and_a_fin_are_one_number_each() {
        assert!(repeats(&head(SYN, 7, 0), &head(SYN, 7, 0)));
        assert!(!repeats(&head(ACK, 8, 5), &head(SYN, 7, 0)));
        let last = head(Flags::FIN | ACK, 100, 5);
        assert!(repeats(&head(Flags::FIN | ACK, 105, 0), &last), "only its FIN again");
        assert!(!repeats(&head(ACK, 106, 1), &last));
    }

    #[test]
    fn numbers_go_round() {
        assert!(repeats(&head(ACK, 2, 10), &head(ACK, u32::MAX - 5, 20)));
        assert!(!repeats(&head(ACK, 20, 10), &head(ACK, u32::MAX - 5, 10)));
    }

    #[test]
    fn a_direction_counts_from_its_syn_once_that_was_seen() {
        let (left, right) = (on(End::Left, 4_000), on(End::Right, 80));
        let mut ways = Ways::default();
        assert_eq!(ways.origin(&left, &right, &head(ACK, 5, 1)), Origin::default());
        let syn = ways.origin(&left, &right, &head(SYN, 0, 0));
        assert_eq!(syn, Origin { own: true, other: false, turn: 1 });
        let answer = ways.origin(&right, &left, &head(SYN | ACK, 0, 0));
        assert_eq!(answer, Origin { own: true, other: true, turn: 1 });
        let data = ways.origin(&left, &right, &head(ACK, 1, 5));
        assert_eq!(data, Origin { own: true, other: true, turn: 1 });
    }

    #[test]
    fn only_what_begins_before_the_highest_number_is_looked_up() {
        let mut ways = Ways::default();
        let flow = FlowId(1);
        let steps = [
            (1, 10, false),
            (11, 10, false),
            (6, 10, true),
            (21, 5, false),
            (25, 9, true),
            (34, 0, false),
        ];
        for (seq, payload, back) in steps {
            assert_eq!(ways.goes_back(flow, &head(ACK, seq, payload)), back, "{seq} + {payload}");
        }
        assert!(!ways.goes_back(FlowId(2), &head(ACK, 1, 10)), "another flow");
    }
}
