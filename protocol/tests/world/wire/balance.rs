//! What the wire does to the balances.

use super::state::appear;
use super::{BACK, TCP, THERE, UDP, datagram, fragment, segment};
use crate::datagram::walk;
use crate::script::{ACCEPTED, CLIENT, Script, address, received, sent, two};
use protocol::command::{Command, Kind};
use protocol::data::Data;
use protocol::packet::{Lost, Mark};
use protocol::reply::{Burst, Done, Numbered};
use protocol::world::{Fate, Fated};
use protocol::{CallId, End, FlowId, PacketId, SocketId, TcpState, What};

const SENDER: SocketId = SocketId(1);
const RECEIVER: SocketId = SocketId(2);

fn wired() -> Script {
    let mut script = two();
    script.wired(UDP, "10.77.0.2:53");
    script
}

/// A single datagram, now on the wire.
fn post(script: &mut Script) -> PacketId {
    let data = Data::Text("hi".into());
    let ask = Command::SendTo { socket: SENDER, address: address("10.77.0.2:53"), data };
    script.done(&ask, &sent(2));
    script.enter(THERE, datagram(None))
}

/// A burst, now on the wire.
fn burst(script: &mut Script, count: u32) -> (CallId, Vec<PacketId>) {
    let to = Some(address("10.77.0.2:53"));
    let call = script.begin(&Command::Burst { socket: SENDER, address: to, count, bytes: 12 });
    let packets = (1..=count).map(|number| {
        let packet = script.enter(THERE, datagram(Some((call, number))));
        script.tell(What::DatagramSent { call, number });
        packet
    });
    let packets = packets.collect();
    script.end(call, &Done::Burst(Burst { sent: count, refused: 0, errno: None }));
    (call, packets)
}

fn sheet(script: &Script, call: CallId) -> String {
    script.world.bursts[&call].sheet.clone().into()
}

/// Unexplained and quiet.
fn balance(script: &Script) -> (Option<u64>, bool) {
    let ledger = script.datagrams(RECEIVER);
    (ledger.unexplained, ledger.quiet)
}

#[test]
fn on_the_wire_delivered_and_lost() {
    let mut script = wired();
    let packets: Vec<_> = (0..4).map(|_| post(&mut script)).collect();
    walk(&mut script, 0, 0);
    assert_eq!(script.datagrams(RECEIVER).on_wire, 4);
    assert_eq!(balance(&script), (Some(0), false), "on the wire");
    script.lose(THERE, packets[0], Lost::Random);
    script.lose(THERE, packets[1], Lost::Killed);
    script.deliver(THERE, packets[2]);
    walk(&mut script, 1, 0);
    assert!(!script.datagrams(RECEIVER).quiet, "one is still on the wire");
    script.deliver(THERE, packets[3]);
    walk(&mut script, 2, 0);
    let ledger = script.datagrams(RECEIVER);
    assert_eq!((ledger.sent, ledger.lost, ledger.waiting, ledger.on_wire), (4, 2, 2, 0));
    assert_eq!(balance(&script), (Some(0), true));
    assert_eq!(script.at(RECEIVER).fated, Fated { lost: 2, ..Fated::default() });
}

#[test]
fn a_loss_is_no_quiet_moment_until_the_kernel_was_asked() {
    let mut script = wired();
    let packet = post(&mut script);
    walk(&mut script, 0, 0);
    script.lose(THERE, packet, Lost::Random);
    assert!(!script.datagrams(RECEIVER).quiet);
    walk(&mut script, 0, 0);
    assert_eq!(balance(&script), (Some(0), true));
}

#[test]
fn a_failed_write_is_a_loss() {
    let mut script = wired();
    let packet = post(&mut script);
    let (call, packets) = burst(&mut script, 2);
    script.deliver(THERE, packet);
    for packet in &packets {
        script.deliver(THERE, *packet);
    }
    script.lose(THERE, packets[1], Lost::DeviceFull);
    script.lose(THERE, packet, Lost::DeviceFull);
    assert_eq!(sheet(&script, call), "sl");
    walk(&mut script, 1, 0);
    assert_eq!((script.datagrams(RECEIVER).lost, balance(&script)), (2, (Some(0), true)));
    assert_eq!((script.sums(THERE).delivered, script.sums(THERE).all_lost()), (1, 2));
}

#[test]
fn a_numbered_datagram_that_was_lost() {
    let mut script = wired();
    let (call, packets) = burst(&mut script, 5);
    script.lose(THERE, packets[1], Lost::Random);
    assert_eq!(sheet(&script, call), "slsss");
    for place in [0, 2, 3] {
        script.deliver(THERE, packets[place]);
    }
    walk(&mut script, 0, 3);
    assert_eq!(sheet(&script, call), "slsss", "one is on the wire: whose drops, is not known");
    script.lose(THERE, packets[4], Lost::QueueFull);
    walk(&mut script, 0, 3);
    assert_eq!(sheet(&script, call), "dlddl");
    assert_eq!(script.world.bursts[&call].sheet.tally().lost, 2);
    assert_eq!(script.world.bursts[&call].sheet.get(2), Fate::Lost);
    assert_eq!(balance(&script), (Some(0), true));
}

#[test]
fn a_loss_may_be_told_before_its_sender_says_so() {
    let mut script = wired();
    let to = Some(address("10.77.0.2:53"));
    let call = script.begin(&Command::Burst { socket: SENDER, address: to, count: 1, bytes: 12 });
    let packet = script.enter(THERE, datagram(Some((call, 1))));
    script.lose(THERE, packet, Lost::Cable);
    script.tell(What::DatagramSent { call, number: 1 });
    assert_eq!(sheet(&script, call), "l");
}

#[test]
fn copies_are_added() {
    let mut script = wired();
    let (call, packets) = burst(&mut script, 2);
    let copies = [script.copy(packets[0]), script.copy(packets[1])];
    for packet in [packets[0], copies[0], copies[1]] {
        script.deliver(THERE, packet);
    }
    script.lose(THERE, packets[1], Lost::Random);
    assert_eq!(sheet(&script, call), "sl");
    for number in [1, 1, 2] {
        let mut got = received(&[0; 12]);
        got.from = Some(address(super::LEFT));
        got.numbered = Some(Numbered { call, number });
        let ask = Command::RecvFrom { socket: RECEIVER, max: 100, peek: false };
        script.done(&ask, &Done::Received(got));
    }
    walk(&mut script, 0, 0);
    assert_eq!(sheet(&script, call), "rr", "a copy of the second came after all");
    let ledger = script.datagrams(RECEIVER);
    assert_eq!((ledger.sent, ledger.copied, ledger.read, ledger.lost), (2, 2, 3, 1));
    assert_eq!(balance(&script), (Some(0), true));
}

#[test]
fn a_copy_that_is_lost_loses_no_datagram() {
    let mut script = wired();
    let (call, packets) = burst(&mut script, 1);
    let copy = script.copy(packets[0]);
    script.lose(THERE, copy, Lost::Random);
    script.deliver(THERE, packets[0]);
    assert_eq!(sheet(&script, call), "s");
    walk(&mut script, 1, 0);
    assert_eq!(balance(&script), (Some(0), true));
}

#[test]
fn a_datagram_of_which_two_fragments_were_lost_is_one() {
    let mut script = wired();
    let (call, _) = burst(&mut script, 0);
    for ident in [1, 2, 3] {
        let data = Data::Fill { bytes: 4_000 };
        let ask = Command::SendTo { socket: SENDER, address: address("10.77.0.2:53"), data };
        script.done(&ask, &sent(4_000));
        let parts = [0, 1_480, 2_960]
            .map(|offset| script.enter(THERE, fragment(ident, offset, Some((call, ident)))));
        for (place, part) in parts.into_iter().enumerate() {
            if place as u32 + 1 < ident {
                script.lose(THERE, part, Lost::Random);
            } else {
                script.deliver(THERE, part);
            }
        }
    }
    walk(&mut script, 1, 0);
    let ledger = script.datagrams(RECEIVER);
    assert_eq!((ledger.sent, ledger.waiting, ledger.not_reassembled, ledger.lost), (3, 1, 2, 0));
    assert_eq!(balance(&script), (Some(0), true));
    assert_eq!(script.sums(THERE).broken, [2, 3]);
}

#[test]
fn a_fragments_failed_write_breaks_its_datagram() {
    let mut script = wired();
    post(&mut script);
    let parts = [0, 1_480].map(|offset| script.enter(THERE, fragment(7, offset, None)));
    for part in parts {
        script.deliver(THERE, part);
    }
    for part in parts {
        script.lose(THERE, part, Lost::DeviceFull);
    }
    let fated = script.at(RECEIVER).fated;
    assert_eq!((fated.broken, fated.lost), (1, 0));
}

#[test]
fn an_identification_comes_round_again() {
    let mut script = wired();
    for _ in 0..2 {
        let parts = [0, 1_480].map(|offset| script.enter(THERE, fragment(7, offset, None)));
        for part in parts {
            script.lose(THERE, part, Lost::Random);
        }
    }
    assert_eq!(script.at(RECEIVER).fated.broken, 2);
    for ident in 0..200 {
        let part = script.enter(THERE, fragment(ident, 1_480, None));
        script.lose(THERE, part, Lost::Random);
    }
    assert_eq!(script.sums(THERE).broken.len(), 64, "bounded");
}

#[test]
fn what_copied_fragments_made_nobody_tells() {
    let mut script = wired();
    post(&mut script);
    let part = script.enter(THERE, fragment(7, 0, None));
    script.copy(part);
    walk(&mut script, 0, 0);
    let ledger = script.datagrams(RECEIVER);
    assert_eq!((ledger.unexplained, ledger.copied), (None, 0));
}

#[test]
fn damaged_ones_are_dropped_in_the_socket_or_before_it() {
    let mut script = wired();
    for _ in 0..2 {
        let packet = post(&mut script);
        script.mark(packet, Mark::Damaged { offset: 29 });
        script.mark(packet, Mark::Damaged { offset: 30 });
        script.deliver(THERE, packet);
    }
    walk(&mut script, 0, 2);
    let ledger = script.datagrams(RECEIVER);
    assert_eq!((ledger.damaged, ledger.dropped), (2, 2), "once a packet");
    assert_eq!(balance(&script), (Some(0), true));
    walk(&mut script, 0, 1);
    assert_eq!(balance(&script), (None, true), "a header's damage keeps it from the socket");
    for _ in 0..2 {
        let packet = post(&mut script);
        script.deliver(THERE, packet);
    }
    walk(&mut script, 0, 1);
    assert_eq!(balance(&script), (Some(3), true), "more than were damaged");
}

#[test]
fn the_senders_device_drops_before_the_wire() {
    let mut script = wired();
    for _ in 0..3 {
        let packet = post(&mut script);
        script.deliver(THERE, packet);
    }
    walk(&mut script, 1, 0);
    let dropped = |packets| What::DeviceDropped { from: End::Left, packets };
    for (packets, device_full, unexplained) in [(0, 0, Some(2)), (2, 2, Some(0)), (3, 0, None)] {
        script.tell(dropped(packets));
        let ledger = script.datagrams(RECEIVER);
        assert_eq!((ledger.device_full, ledger.unexplained), (device_full, unexplained));
    }
    walk(&mut script, 3, 0);
    assert_eq!(script.datagrams(RECEIVER).unexplained, Some(0), "others were dropped");
}

#[test]
fn another_programs_losses_are_in_no_balance() {
    let mut script = wired();
    appear(&mut script, SocketId(9), End::Left, Kind::Datagram);
    script.sample(SocketId(9), vec![protocol::Field::Local(Some(address("10.77.0.1:9")))]);
    script.flow(FlowId(3), End::Left, UDP, "10.77.0.1:9", "10.77.0.2:53");
    let packet = script.enter(FlowId(3), datagram(None));
    script.lose(FlowId(3), packet, Lost::Random);
    assert_eq!(script.at(RECEIVER).fated, Fated::default());
    script.tell(What::Gone { socket: SENDER });
    let packet = script.enter(THERE, datagram(None));
    script.lose(THERE, packet, Lost::Random);
    assert_eq!(script.at(RECEIVER).fated.lost, 1, "it was ours, and is gone");
}

#[test]
fn a_stream_is_not_quiet_while_a_packet_of_it_is_on_the_wire() {
    for flow in [THERE, BACK] {
        let mut script = Script::connected();
        script.wired(TCP, "10.77.0.2:80");
        script.count(CLIENT, TcpState::Established, [1, 0, 0, 0]);
        script.count(ACCEPTED, TcpState::Established, [0, 0, 0, 0]);
        assert!(script.stream(CLIENT).quiet && script.stream(ACCEPTED).quiet);
        let packet = script.enter(flow, segment(0));
        assert!(!script.stream(CLIENT).quiet && !script.stream(ACCEPTED).quiet);
        let copy = script.copy(packet);
        script.deliver(flow, packet);
        assert!(!script.stream(CLIENT).quiet, "its copy");
        script.lose(flow, copy, Lost::Random);
        assert!(!script.stream(CLIENT).quiet, "what was delivered may have changed its receiver");
        script.count(CLIENT, TcpState::Established, [1, 0, 0, 0]);
        script.count(ACCEPTED, TcpState::Established, [0, 0, 0, 0]);
        assert!(script.stream(CLIENT).quiet && script.stream(ACCEPTED).quiet);
        assert_eq!(script.at(ACCEPTED).fated, Fated::default(), "no datagrams");
    }
}
