//! Datagrams outside bursts: who receives, what is counted, outside senders.

use crate::script::{Script, address, local, received, sent, two};
use protocol::command::{Command, Kind, Net};
use protocol::data::Data;
use protocol::reply::Done;
use protocol::sample::Queue;
use protocol::world::{Ledger, Moved};
use protocol::{Field, SocketId};

const SENDER: SocketId = SocketId(1);
const RECEIVER: SocketId = SocketId(2);

fn send_to(script: &mut Script, to: &str) {
    let data = Data::Text("hi".into());
    let ask = Command::SendTo { socket: SENDER, address: address(to), data };
    script.done(&ask, &sent(2));
}

pub(crate) fn read(script: &mut Script, from: &str) {
    let mut got = received(b"hi");
    got.from = Some(address(from));
    let ask = Command::RecvFrom { socket: RECEIVER, max: 100, peek: false };
    script.done(&ask, &Done::Received(got));
}

pub(crate) fn walk(script: &mut Script, datagrams: u32, drops: u32) {
    let queue = Queue { datagrams, bytes: u64::from(datagrams) * 2, runs: Vec::new() };
    script.sample(
        RECEIVER,
        vec![Field::Drops(drops), Field::Queue(Some(queue)), Field::Steady(true)],
    );
}

#[test]
fn sent_waiting_read_and_dropped_add_up() {
    let mut script = two();
    for _ in 0..4 {
        send_to(&mut script, "10.77.0.2:53");
    }
    assert_eq!(script.at(SENDER).sent, Moved { bytes: 8, count: 4 });
    assert_eq!(script.at(RECEIVER).aimed, 4);
    assert_eq!(script.datagrams(RECEIVER).unexplained, None, "the queue was not walked");
    read(&mut script, "10.77.0.1:4000");
    walk(&mut script, 2, 1);
    let ledger = script.datagrams(RECEIVER);
    assert_eq!((ledger.sent, ledger.read, ledger.waiting, ledger.dropped), (4, 1, 2, 1));
    assert_eq!((ledger.unexplained, ledger.quiet), (Some(0), true));
    assert_eq!(script.world.ledger(SENDER), Some(Ledger::Datagram(ledger)));
    send_to(&mut script, "10.77.0.2:53");
    walk(&mut script, 2, 1);
    assert_eq!(script.datagrams(RECEIVER).unexplained, Some(1));
}

#[test]
fn a_connected_socket_sends_to_its_peer() {
    let mut script = two();
    let ask = Command::Connect { socket: SENDER, address: address("10.77.0.2:53") };
    script.done(&ask, &local("10.77.0.1:4000"));
    let ask = Command::Send { socket: SENDER, data: Data::Text(String::new()), all: false };
    script.done(&ask, &sent(0));
    assert_eq!(
        script.at(SENDER).sent,
        Moved { bytes: 0, count: 1 },
        "an empty datagram is one too"
    );
    assert_eq!(script.at(RECEIVER).aimed, 1);
    assert_eq!(script.world.far_end(SENDER), Some(RECEIVER));
    assert_eq!(script.world.aim_of(SENDER), Some(RECEIVER));
}

#[test]
fn nobody_there() {
    let mut script = two();
    send_to(&mut script, "10.77.0.2:99");
    assert_eq!(script.at(RECEIVER).aimed, 0);
    assert!(script.world.ledger(SENDER).is_none());
    script.close(RECEIVER);
    send_to(&mut script, "10.77.0.2:53");
    assert_eq!(script.at(RECEIVER).aimed, 0, "closed");
}

#[test]
fn an_empty_datagram_is_read() {
    let mut script = two();
    send_to(&mut script, "10.77.0.2:53");
    let mut got = received(b"");
    (got.eof, got.from) = (false, Some(address("10.77.0.1:4000")));
    let ask = Command::RecvFrom { socket: RECEIVER, max: 100, peek: true };
    got.peek = true;
    script.done(&ask, &Done::Received(got.clone()));
    assert_eq!(script.at(RECEIVER).read.count, 0, "a peek");
    got.peek = false;
    script.done(&ask, &Done::Received(got));
    assert_eq!(script.at(RECEIVER).read, Moved { bytes: 0, count: 1 });
    walk(&mut script, 0, 0);
    assert_eq!(script.datagrams(RECEIVER).unexplained, Some(0));
}

#[test]
fn an_outside_sender_makes_it_not_knowable() {
    let mut script = two();
    send_to(&mut script, "10.77.0.2:53");
    read(&mut script, "10.77.0.1:9999");
    walk(&mut script, 1, 0);
    assert_eq!(script.at(RECEIVER).from_outside, 1);
    let ledger = script.datagrams(RECEIVER);
    assert_eq!((ledger.sent, ledger.read, ledger.unexplained), (1, 0, None));
}

#[test]
fn an_outside_datagram_that_waits_is_no_alarm() {
    let mut script = two();
    walk(&mut script, 1, 0);
    assert_eq!(script.datagrams(RECEIVER).unexplained, None, "whose it is, nobody knows yet");
    walk(&mut script, 0, 3);
    assert_eq!(
        script.datagrams(RECEIVER).unexplained,
        None,
        "whose were dropped, nobody ever knows"
    );
}

#[test]
fn a_datagram_whose_aim_was_not_told_is_no_alarm() {
    let mut script = two();
    let twin = script.socket(Net::Right, Kind::Datagram);
    script.bind(twin, "10.77.0.2:53");
    send_to(&mut script, "10.77.0.2:53");
    assert_eq!(
        script.world.receiver_of(&address("10.77.0.2:53"), SENDER),
        None,
        "SO_REUSEPORT: one of two"
    );
    read(&mut script, "10.77.0.1:4000");
    walk(&mut script, 0, 0);
    assert_eq!(script.datagrams(RECEIVER).unexplained, None);
}

#[test]
fn a_stream_on_the_same_port_vouches_for_nobody() {
    let mut script = two();
    let stream = script.socket(Net::Left, Kind::Stream);
    script.bind(stream, "10.77.0.1:9999");
    read(&mut script, "10.77.0.1:9999");
    assert_eq!(script.at(RECEIVER).from_outside, 1);
}

#[test]
fn a_wildcard_sender_is_ours() {
    let mut script = Script::default();
    script.socket(Net::Left, Kind::Datagram);
    script.socket(Net::Right, Kind::Datagram);
    script.bind(SENDER, "0.0.0.0:4000");
    script.bind(RECEIVER, "0.0.0.0:53");
    send_to(&mut script, "10.77.0.2:53");
    read(&mut script, "10.77.0.1:4000");
    walk(&mut script, 0, 0);
    assert_eq!(script.datagrams(RECEIVER).unexplained, Some(0));
}

#[test]
fn a_sender_in_the_kernel_is_no_quiet_moment() {
    let mut script = two();
    walk(&mut script, 0, 0);
    assert!(script.datagrams(RECEIVER).quiet);
    let ask = Command::SendTo {
        socket: SENDER,
        address: address("10.77.0.2:53"),
        data: Data::Text("hi".into()),
    };
    let call = script.begin(&ask);
    assert!(!script.datagrams(RECEIVER).quiet);
    script.end(call, &sent(2));
    walk(&mut script, 1, 0);
    assert_eq!(
        (script.datagrams(RECEIVER).quiet, script.datagrams(RECEIVER).unexplained),
        (true, Some(0))
    );
}

#[test]
fn what_was_just_sent_to_is_not_quiet() {
    let mut script = two();
    walk(&mut script, 0, 0);
    assert!(script.datagrams(RECEIVER).quiet);
    send_to(&mut script, "10.77.0.2:53");
    assert!(!script.datagrams(RECEIVER).quiet, "it may be under way");
}

#[test]
fn a_connected_receiver_hears_its_peer_only() {
    let mut script = two();
    let ask = Command::Connect { socket: RECEIVER, address: address("10.77.0.1:4001") };
    script.done(&ask, &local("10.77.0.2:53"));
    send_to(&mut script, "10.77.0.2:53");
    assert_eq!(script.at(RECEIVER).aimed, 0, "no port for it there");
    let ask = Command::Connect { socket: RECEIVER, address: address("10.77.0.1:4000") };
    script.done(&ask, &local("10.77.0.2:53"));
    send_to(&mut script, "10.77.0.2:53");
    assert_eq!(script.at(RECEIVER).aimed, 1);
}
