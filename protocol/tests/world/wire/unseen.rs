//! What the receiving kernel does before it tells a socket, and when a look at one came too early.

use super::{THERE, UDP, datagram};
use crate::datagram::walk;
use crate::script::{Script, address, sent, two};
use protocol::command::Command;
use protocol::data::Data;
use protocol::event::Counter;
use protocol::packet::Mark;
use protocol::{End, Field, PacketId, SocketId, What};

const SENDER: SocketId = SocketId(1);
const RECEIVER: SocketId = SocketId(2);

/// So many datagrams, now on the wire.
fn posted(many: usize) -> (Script, Vec<PacketId>) {
    let mut script = two();
    script.wired(UDP, "10.77.0.2:53");
    let packets = (0..many).map(|_| {
        let data = Data::Text("hi".into());
        let ask = Command::SendTo { socket: SENDER, address: address("10.77.0.2:53"), data };
        script.done(&ask, &sent(2));
        script.enter(THERE, datagram(None))
    });
    let packets = packets.collect();
    (script, packets)
}

fn count(script: &mut Script, name: &str, value: u64) {
    let set = vec![Counter { name: name.into(), value }];
    script.tell(What::Counted { net: End::Right, set });
}

#[test]
fn a_look_from_before_the_last_delivery_is_no_quiet_moment() {
    let (mut script, packets) = posted(1);
    walk(&mut script, 0, 0);
    script.deliver(THERE, packets[0]);
    let ledger = script.datagrams(RECEIVER);
    assert_eq!((ledger.on_wire, ledger.quiet), (0, false), "{ledger:?}");
    assert!(!script.world.is_settled(RECEIVER));
    walk(&mut script, 1, 0);
    let ledger = script.datagrams(RECEIVER);
    assert_eq!((ledger.unexplained, ledger.quiet), (Some(0), true), "{ledger:?}");
    assert!(script.world.is_settled(RECEIVER));
    assert!(script.world.arrived(RECEIVER).is_some_and(|at| at < script.world.at));
    assert_eq!(script.world.arrived(SENDER), None);
    script.sample(RECEIVER, vec![Field::Steady(false)]);
    assert!(!script.world.is_settled(RECEIVER));
}

#[test]
fn a_short_damaged_datagram_is_explained_by_its_ends_counters() {
    let (mut script, packets) = posted(2);
    script.mark(packets[0], Mark::Damaged { offset: 30 });
    script.deliver(THERE, packets[0]);
    script.deliver(THERE, packets[1]);
    walk(&mut script, 1, 0);
    assert_eq!(script.datagrams(RECEIVER).unexplained, None, "nobody has said so");
    count(&mut script, "Udp.InCsumErrors", 1);
    let ledger = script.datagrams(RECEIVER);
    assert_eq!((ledger.unexplained, ledger.damaged, ledger.not_reassembled), (Some(0), 1, 0));
    walk(&mut script, 0, 0);
    assert_eq!(script.datagrams(RECEIVER).unexplained, Some(2), "but not two");
}

#[test]
fn what_the_kernel_gave_up_putting_together_is_explained_by_its_counters() {
    let (mut script, packets) = posted(3);
    for packet in packets {
        script.deliver(THERE, packet);
    }
    walk(&mut script, 1, 0);
    assert_eq!(script.datagrams(RECEIVER).unexplained, Some(2));
    count(&mut script, "Ip.ReasmFails", 5);
    count(&mut script, "Ip.ReasmTimeout", 4);
    assert_eq!(script.datagrams(RECEIVER).unexplained, Some(2), "what timed out never came");
    count(&mut script, "Ip6ReasmFails", 1);
    let ledger = script.datagrams(RECEIVER);
    assert_eq!((ledger.unexplained, ledger.not_reassembled), (Some(0), 2));
}
