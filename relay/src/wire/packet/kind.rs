//! Owns whether a packet is what a [`Match`] waits for. Never counts: `nth` is the asker's.

use super::{ICMP, ICMPV6, TCP, UDP};
use protocol::packet::{End, Flags, Head};
use protocol::wire::{Match, PacketKind};

/// Whether every condition but `nth` holds. Ports are the datagram's own, 0 where there are none.
pub fn fits(matching: &Match, from: End, src_port: u16, dst_port: u16, head: &Head) -> bool {
    matching.from.is_none_or(|end| end == from)
        && matching.kind.is_none_or(|kind| is(kind, head))
        && matching.port.is_none_or(|port| [src_port, dst_port].contains(&port))
        && matching.at_least.is_none_or(|bytes| head.payload() >= bytes)
        && matching.again.is_none_or(|again| matches!(head, Head::Tcp(tcp) if tcp.again == again))
}

/// Whether a packet is of this kind. A fragment is of its datagram's protocol.
fn is(kind: PacketKind, head: &Head) -> bool {
    let inside = match head {
        Head::Fragment(fragment) => Some(fragment.protocol),
        _ => None,
    };
    let flags = match head {
        Head::Tcp(tcp) => Some(tcp.flags),
        _ => None,
    };
    let is_tcp = flags.is_some() || inside == Some(TCP);
    let is_udp = matches!(head, Head::Udp(_)) || inside == Some(UDP);
    let flagged = |flag| flags.is_some_and(|flags| flags.has(flag));
    match kind {
        PacketKind::Data => (is_tcp || is_udp) && head.payload() > 0,
        PacketKind::Ack => {
            let others = [Flags::SYN, Flags::FIN, Flags::RST];
            flagged(Flags::ACK) && head.payload() == 0 && !others.into_iter().any(flagged)
        }
        PacketKind::Syn => flagged(Flags::SYN) && !flagged(Flags::ACK),
        PacketKind::SynAck => flagged(Flags::SYN | Flags::ACK),
        PacketKind::Fin => flagged(Flags::FIN),
        PacketKind::Rst => flagged(Flags::RST),
        PacketKind::Tcp => is_tcp,
        PacketKind::Udp => is_udp,
        PacketKind::Icmp => matches!(head, Head::Icmp(_)) || matches!(inside, Some(ICMP | ICMPV6)),
        PacketKind::Fragment => inside.is_some(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use PacketKind::{Ack, Data, Fin, Fragment, Icmp, Rst, Syn, SynAck, Tcp, Udp};
    use protocol::packet::{FragmentHead, IcmpHead, OtherHead, TcpHead, UdpHead};

    const ALL: [PacketKind; 10] = [Data, Ack, Syn, SynAck, Fin, Rst, Tcp, Udp, Icmp, Fragment];

    fn tcp(flags: Flags, payload: u32) -> Head {
        Head::Tcp(TcpHead { flags, payload, ..TcpHead::default() })
    }

    fn fragment(protocol: u8) -> Head {
        Head::Fragment(FragmentHead { protocol, payload: 8, ..FragmentHead::default() })
    }

    #[test]
    fn every_packet_is_of_its_kinds_and_no_other() {
        let unparsed = Head::Unparsed { why: "It is cut off.".into() };
        for (head, kinds) in [
            (tcp(Flags::SYN, 0), &[Syn, Tcp][..]),
            (tcp(Flags::SYN | Flags::ACK, 0), &[SynAck, Tcp]),
            (tcp(Flags::ACK, 0), &[Ack, Tcp]),
            (tcp(Flags::ACK | Flags::PSH, 5), &[Data, Tcp]),
            (tcp(Flags::ACK | Flags::FIN, 0), &[Fin, Tcp]),
            (tcp(Flags::ACK | Flags::FIN, 5), &[Data, Fin, Tcp]),
            (tcp(Flags::ACK | Flags::RST, 0), &[Rst, Tcp]),
            (tcp(Flags::RST, 0), &[Rst, Tcp]),
            (Head::Udp(UdpHead { payload: 5, ..UdpHead::default() }), &[Data, Udp]),
            (Head::Udp(UdpHead::default()), &[Udp]),
            (Head::Icmp(IcmpHead::default()), &[Icmp]),
            (fragment(UDP), &[Data, Udp, Fragment]),
            (fragment(TCP), &[Data, Tcp, Fragment]),
            (fragment(ICMP), &[Icmp, Fragment]),
            (fragment(ICMPV6), &[Icmp, Fragment]),
            (fragment(253), &[Fragment]),
            (Head::Other(OtherHead::default()), &[]),
            (unparsed, &[]),
        ] {
            let fit = ALL.into_iter().filter(|kind| {
                let matching = Match { kind: Some(*kind), ..Match::default() };
                fits(&matching, End::Left, 0, 0, &head)
            });
            assert_eq!(fit.collect::<Vec<_>>(), kinds, "{head:?}");
            assert!(fits(&Match::default(), End::Left, 0, 0, &head));
        }
    }

    #[test]
    fn every_condition_must_hold() {
        let again = Head::Tcp(TcpHead { payload: 100, again: true, ..TcpHead::default() });
        let is = |matching: Match| fits(&matching, End::Left, 40_000, 80, &again);
        let any = Match::default;
        assert!(is(Match { from: Some(End::Left), ..any() }));
        assert!(!is(Match { from: Some(End::Right), ..any() }));
        assert!(is(Match { port: Some(80), ..any() }) && is(Match { port: Some(40_000), ..any() }));
        assert!(!is(Match { port: Some(81), ..any() }));
        assert!(is(Match { at_least: Some(100), ..any() }));
        assert!(!is(Match { at_least: Some(101), ..any() }));
        assert!(is(Match { again: Some(true), nth: Some(9), ..any() }));
        assert!(!is(Match { again: Some(false), ..any() }));
        assert!(!is(Match { port: Some(80), again: Some(false), ..any() }));
        let udp = Head::Udp(UdpHead::default());
        for again in [true, false] {
            let matching = Match { again: Some(again), ..any() };
            assert!(!fits(&matching, End::Left, 1, 2, &udp), "only TCP is sent again");
        }
    }
}
