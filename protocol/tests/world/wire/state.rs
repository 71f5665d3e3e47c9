//! What is asked of the wire: impairments, freeze, traps; counters; and what a reset leaves.

use super::{TCP, THERE, segment};
use crate::script::{CLIENT, Script};
use protocol::command::{Family, Kind, Net, Side};
use protocol::event::{Counter, Program};
use protocol::message::RungName;
use protocol::number::Wide;
use protocol::wire::{Deed, Impairment, Match};
use protocol::world::Trap;
use protocol::{End, PacketId, SocketId, TrapId, What, World};

fn wired() -> Script {
    let mut script = Script::default();
    script.wired(TCP, "10.77.0.2:80");
    script
}

#[test]
fn without_a_wire_nothing_happens_on_it() {
    let mut script = Script::default();
    script.flow(THERE, End::Left, TCP, "10.77.0.1:4000", "10.77.0.2:80");
    script.deliver(THERE, PacketId(1));
    script.tell(What::Frozen { by: None, on: true });
    assert_eq!(script.world.wire, None);
}

#[test]
fn made_down_and_made_anew() {
    let mut script = wired();
    assert_eq!((script.wire().rung, script.wire().seed), (RungName::Tun, 7));
    script.enter(THERE, segment(5));
    script.tell(What::WireDown { why: "The helper has ended.".into() });
    assert_eq!(script.wire().down.as_deref(), Some("The helper has ended."));
    assert_eq!(script.sums(THERE).on_wire(), 1, "what was there is there");
    script.tell(What::WireUp { rung: RungName::Veth, seed: 8 });
    let wire = script.wire();
    assert_eq!((wire.rung, wire.seed, &wire.down), (RungName::Veth, 8, &None));
    assert!(wire.flows.is_empty() && wire.packets.is_empty());
}

#[test]
fn each_direction_has_its_impairment() {
    let mut script = wired();
    let set = Impairment { delay: 5, ..Impairment::default() };
    let impaired =
        |from, set: &Impairment, seed| What::Impaired { by: None, from, set: set.clone(), seed };
    script.tell(impaired(End::Right, &set, None));
    assert_eq!(
        (script.wire().impaired.clone(), script.wire().seed),
        ([Impairment::default(), set.clone()], 7)
    );
    script.tell(impaired(End::Left, &set, Some(9)));
    script.tell(impaired(End::Right, &Impairment::default(), None));
    assert_eq!(
        (script.wire().impaired.clone(), script.wire().seed),
        ([set, Impairment::default()], 9)
    );
}

#[test]
fn frozen_since_the_first_freeze() {
    let mut script = wired();
    script.tell(What::Frozen { by: None, on: true });
    let since = script.world.at;
    script.tell(What::Frozen { by: None, on: true });
    assert_eq!(script.wire().frozen, Some(since));
    script.tell(What::Frozen { by: None, on: false });
    assert_eq!(script.wire().frozen, None);
}

#[test]
fn a_trap_counts_down() {
    let mut script = wired();
    let (one, two) = (TrapId(1), TrapId(2));
    let matching = Match { port: Some(80), ..Match::default() };
    for (trap, count) in [(one, 2), (two, 1)] {
        let matching = matching.clone();
        script.tell(What::TrapArmed { by: None, trap, matching, act: Deed::Hold, count });
    }
    let armed = Trap { matching, act: Deed::Hold, left: 2, caught: None };
    assert_eq!(script.wire().traps[&one], armed);
    let packet = script.enter(THERE, segment(5));
    script.tell(What::TrapSprung { trap: one, packet, left: 1 });
    assert_eq!(script.wire().traps[&one], Trap { left: 1, caught: Some(packet), ..armed });
    script.tell(What::TrapSprung { trap: one, packet, left: 0 });
    assert!(!script.wire().traps.contains_key(&one));
    script.tell(What::TrapDisarmed { by: None, trap: two });
    script.tell(What::TrapSprung { trap: two, packet, left: 1 });
    assert!(script.wire().traps.is_empty(), "no such trap any more");
}

#[test]
fn counters_are_told_as_changes() {
    let mut script = wired();
    let counted = |net, all: &[(&str, u64)]| What::Counted {
        net,
        set: all
            .iter()
            .map(|(name, value)| Counter { name: (*name).into(), value: *value })
            .collect(),
    };
    script.tell(counted(End::Left, &[("Tcp.RetransSegs", 1), ("Udp.NoPorts", 2)]));
    script.tell(counted(End::Left, &[("Tcp.RetransSegs", 3)]));
    script.tell(counted(End::Right, &[("Ip.ReasmFails", 4)]));
    let [left, right] = &script.wire().counters;
    assert_eq!((left["Tcp.RetransSegs"], left["Udp.NoPorts"]), (3, 2));
    assert_eq!((right.len(), right["Ip.ReasmFails"]), (1, 4));
    script.tell(What::DeviceDropped { from: End::Right, packets: 5 });
    script.tell(What::DeviceDropped { from: End::Right, packets: 6 });
    assert_eq!(script.wire().device_dropped, [0, 6], "in all");
}

pub(super) fn appear(script: &mut Script, socket: SocketId, net: End, kind: Kind) {
    let program = Program { pid: Some(9), name: "curl".into() };
    let family = Family::Ipv4;
    script.tell(What::Appeared { socket, cookie: Wide(5), net, family, kind, program });
}

#[test]
fn another_programs_socket() {
    let mut script = wired();
    appear(&mut script, SocketId(9), End::Right, Kind::Stream);
    let socket = script.at(SocketId(9));
    assert_eq!((socket.net, socket.side, socket.cookie), (Net::Right, Side::Right, Wide(5)));
    assert_eq!(socket.name.as_deref(), Some("curl"));
    assert_eq!(socket.program.as_ref().and_then(|program| program.pid), Some(9));
    script.tell(What::Gone { socket: SocketId(9) });
    assert!(script.world.sockets.is_empty());
}

#[test]
fn a_reset_leaves_the_wire_and_what_is_not_ours() {
    let mut script = Script::connected();
    script.wired(TCP, "10.77.0.2:80");
    let packet = script.enter(THERE, segment(5));
    appear(&mut script, SocketId(9), End::Left, Kind::Stream);
    let outside = script.at(SocketId(9)).clone();
    let wire = script.world.wire.clone();
    script.tell(What::Reset { by: None });
    let (seq, at) = (script.world.seq, script.world.at);
    let sockets = [(SocketId(9), outside)].into();
    assert_eq!(script.world, World { seq, at, wire, sockets, touched: true, ..World::default() });
    script.deliver(THERE, packet);
    assert_eq!(script.sums(THERE).delivered, 1);
    assert!(!script.world.sockets.contains_key(&CLIENT));
}
