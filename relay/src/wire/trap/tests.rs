//! Which packets spring which traps.

use super::*;
use protocol::packet::{Flags, TcpHead, UdpHead};
use protocol::wire::PacketKind;

fn tcp(payload: u32) -> Head {
    Head::Tcp(TcpHead { flags: Flags::ACK, payload, ..TcpHead::default() })
}

fn data() -> Match {
    Match { kind: Some(PacketKind::Data), ..Match::default() }
}

/// Springs with a packet from left, port 1 to port 2.
fn spring(traps: &mut Traps, head: &Head) -> Option<(u32, u32)> {
    let sprung = traps.spring(End::Left, 1, 2, head);
    sprung.map(|(id, _, left)| (id.0, left))
}

#[test]
fn a_trap_acts_on_the_next_that_fits_and_is_gone() {
    let mut traps = Traps::default();
    assert_eq!(traps.arm(data(), Deed::Lose, 1), Ok(TrapId(1)));
    assert_eq!(spring(&mut traps, &tcp(0)), None);
    assert_eq!(traps.spring(End::Right, 2, 1, &tcp(5)), Some((TrapId(1), Deed::Lose, 0)));
    assert!(traps.is_empty());
    assert_eq!(spring(&mut traps, &tcp(5)), None);
    assert_eq!(traps.arm(data(), Deed::Hold, 1), Ok(TrapId(2)), "an id is never given twice");
}

#[test]
fn it_acts_from_the_nth_on_so_often() {
    let mut traps = Traps::default();
    let matching = Match { nth: Some(3), ..data() };
    traps.arm(matching, Deed::Copy, 2).expect("armed");
    let sprung = [5, 0, 5, 5, 5, 5].map(|payload| spring(&mut traps, &tcp(payload)));
    assert_eq!(sprung, [None, None, None, Some((1, 1)), Some((1, 0)), None]);
}

#[test]
fn the_first_armed_acts_and_all_count() {
    let mut traps = Traps::default();
    traps.arm(data(), Deed::Lose, 2).expect("armed");
    traps.arm(Match { nth: Some(2), ..data() }, Deed::Hold, 1).expect("armed");
    traps.arm(Match { port: Some(9), ..data() }, Deed::Hold, 1).expect("armed");
    let sprung = [(); 4].map(|()| spring(&mut traps, &tcp(5)));
    assert_eq!(sprung, [Some((1, 1)), Some((1, 0)), Some((2, 0)), None]);
    assert_eq!(traps.clear(), [TrapId(3)]);
}

#[test]
fn the_same_match_and_deed_are_disarmed_or_all() {
    let mut traps = Traps::default();
    let udp = Match { kind: Some(PacketKind::Udp), ..Match::default() };
    for (matching, act) in
        [(&data(), Deed::Lose), (&data(), Deed::Hold), (&udp, Deed::Lose), (&data(), Deed::Lose)]
    {
        traps.arm(matching.clone(), act, 1).expect("armed");
    }
    assert_eq!(traps.disarm(&data(), Deed::Lose), [TrapId(1), TrapId(4)]);
    assert_eq!(traps.disarm(&data(), Deed::Lose), []);
    let head = Head::Udp(UdpHead { payload: 1, ..UdpHead::default() });
    assert_eq!(spring(&mut traps, &head), Some((2, 0)));
    assert_eq!(traps.disarm(&Match::default(), Deed::Copy), [TrapId(3)]);
    assert!(traps.is_empty());
}

#[test]
fn what_cannot_be_is_refused() {
    let mut traps = Traps::default();
    let never = Match { nth: Some(0), ..data() };
    for (matching, count) in [(never, 1), (data(), 0)] {
        let failure = traps.arm(matching, Deed::Lose, count).expect_err("refused");
        assert_eq!(failure.kind, ErrorKind::BadRequest);
    }
    for _ in 0..TRAPS {
        traps.arm(data(), Deed::Lose, u32::MAX).expect("armed");
    }
    assert_eq!(traps.arm(data(), Deed::Lose, 1).expect_err("full").kind, ErrorKind::Limit);
    assert_eq!(traps.clear().len(), TRAPS);
    assert_eq!(traps.arm(data(), Deed::Lose, 1), Ok(TrapId(TRAPS as u32 + 1)));
}
