//! Single packets: their marks, and their leaving.

use super::{BACK, TCP, THERE, segment};
use crate::script::Script;
use protocol::packet::{Lost, Mark};
use protocol::{End, PacketId};

fn wired() -> Script {
    let mut script = Script::default();
    script.wired(TCP, "10.77.0.2:80");
    script
}

#[test]
fn a_packet_is_there_until_it_leaves() {
    let mut script = wired();
    let a = script.enter(THERE, segment(5));
    let b = script.enter(BACK, segment(0));
    let packet = script.packet(a);
    assert_eq!((packet.flow, packet.from, packet.bytes), (THERE, End::Left, 100));
    assert_eq!((packet.entered, &packet.head), (a.0 * 10, &segment(5)));
    assert_eq!((packet.held, packet.copy_of, packet.damaged), (None, None, false));
    assert_eq!(script.packet(b).from, End::Right);
    script.deliver(THERE, a);
    script.lose(BACK, b, Lost::Killed);
    assert!(script.wire().packets.is_empty());
}

#[test]
fn held_and_released() {
    let mut script = wired();
    let packet = script.enter(THERE, segment(5));
    script.mark(packet, Mark::Held);
    assert_eq!(script.packet(packet).held, Some(script.world.at));
    script.mark(packet, Mark::Released);
    assert_eq!(script.packet(packet).held, None);
    script.mark(packet, Mark::Delayed { by: 5 });
    assert_eq!(script.sums(THERE).on_wire(), 1);
}

#[test]
fn a_copy_is_a_packet_of_its_own() {
    let mut script = wired();
    let packet = script.enter(THERE, segment(5));
    script.mark(packet, Mark::Held);
    script.mark(packet, Mark::Damaged { offset: 50 });
    let copy = script.copy(packet);
    let twin = script.packet(copy);
    assert_eq!((twin.copy_of, twin.held, twin.damaged), (Some(packet), None, true));
    assert_eq!((twin.entered, &twin.head), (script.world.at, &segment(5)));
    assert_eq!((script.sums(THERE).packets, script.sums(THERE).bytes), (2, 200));
    script.deliver(THERE, copy);
    assert_eq!(script.sums(THERE).on_wire(), 1);
    assert!(script.packet(packet).held.is_some(), "the first is held as before");
}

#[test]
fn a_mark_on_what_is_gone_changes_nothing() {
    let mut script = wired();
    let packet = script.enter(THERE, segment(5));
    script.deliver(THERE, packet);
    let before = script.world.clone();
    for mark in [Mark::Held, Mark::Damaged { offset: 1 }, Mark::Copied { copy: PacketId(99) }] {
        script.mark(packet, mark);
    }
    assert_eq!(script.world.wire, before.wire);
}
