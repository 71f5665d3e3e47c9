//! Calls: under way, asleep, ended, remembered for a while.

use crate::script::{ACCEPTED, CLIENT, LISTENER, Script, pour, recv, send, sent};
use protocol::command::{Command, Kind, Net};
use protocol::reply::{Done, Failure};
use protocol::world::{KEPT_BURSTS, KEPT_CALLS, Progress};
use protocol::{CallId, What};

#[test]
fn a_call_runs_sleeps_and_ends() {
    let mut script = Script::connected();
    let call = script.begin(&pour(CLIENT, 100));
    assert_eq!(script.world.calls[&call].progress(), Progress::Running);
    script.block(call, 40);
    let asleep = script.world.at;
    script.block(call, 60);
    assert_eq!(script.world.calls[&call].progress(), Progress::Blocked);
    assert_eq!(script.world.calls[&call].blocked, Some(asleep), "since the first EAGAIN");
    assert_eq!(script.world.calls[&call].bytes, 60);
    script.end(call, &sent(100));
    assert_eq!(script.world.calls[&call].progress(), Progress::Done);
    assert_eq!(script.world.calls[&call].ended, Some(script.world.at));
    let call = script.begin(&recv(CLIENT));
    script.fail(call, Failure::errno("ECONNRESET", "Reset."));
    assert_eq!(script.world.calls[&call].progress(), Progress::Failed);
}

#[test]
fn the_last_ended_calls_are_kept_and_all_that_sleep() {
    let mut script = Script::listening();
    let asleep = script.begin(&Command::Accept { socket: LISTENER });
    script.block(asleep, 0);
    for _ in 0..KEPT_CALLS + 50 {
        script.done(&send(CLIENT, "x"), &sent(1));
    }
    let ended = script.world.calls.values().filter(|call| call.ended.is_some()).count();
    assert_eq!((ended, script.world.calls.len()), (KEPT_CALLS, KEPT_CALLS + 1));
    assert!(script.world.calls.contains_key(&asleep));
    assert_eq!(script.at(CLIENT).sent.bytes, KEPT_CALLS as u64 + 50, "sums outlive calls");
    let newest = script.world.calls.keys().next_back().unwrap().0;
    assert!(script.world.calls.contains_key(&CallId(newest - KEPT_CALLS as u32 + 1)));
}

#[test]
fn the_last_bursts_are_kept() {
    let mut script = Script::default();
    let sender = script.socket(Net::Left, Kind::Datagram);
    let mut last = CallId(0);
    for _ in 0..KEPT_BURSTS + 3 {
        let ask = Command::Burst { socket: sender, address: None, count: 2, bytes: 12 };
        last = script.begin(&ask);
        script.interrupted(last);
    }
    assert_eq!(script.world.bursts.len(), KEPT_BURSTS);
    assert!(script.world.bursts.contains_key(&last));
    // A receipt of a forgotten burst harms nothing.
    script.tell(What::DatagramSent { call: CallId(2), number: 1 });
}

#[test]
fn calls_of_a_socket_in_order() {
    let mut script = Script::connected();
    script.send(CLIENT, "a");
    script.recv(ACCEPTED, b"a");
    script.send(CLIENT, "b");
    let calls: Vec<_> = script.world.calls_of(CLIENT).map(|call| call.id).collect();
    assert!(calls.is_sorted());
    let asks: Vec<_> = script.world.calls_of(CLIENT).skip(1).map(|call| &call.ask).collect();
    assert_eq!(asks, [&send(CLIENT, "a"), &send(CLIENT, "b")]);
}

#[test]
fn what_nobody_began_changes_nothing_else() {
    let mut script = Script::connected();
    let before = script.world.clone();
    script.end(CallId(999), &sent(5));
    script.block(CallId(999), 5);
    script.sample(protocol::SocketId(99), vec![protocol::Field::SendQueue(1)]);
    script.tell(What::Gone { socket: protocol::SocketId(99) });
    script.tell(What::DatagramSent { call: CallId(999), number: 1 });
    assert_eq!(script.world.sockets, before.sockets);
    assert_eq!(script.world.calls, before.calls);
}

#[test]
fn any_call_unsettles_its_socket() {
    let mut script = Script::connected();
    let steady = |script: &mut Script| {
        script.sample(CLIENT, vec![protocol::Field::Steady(true)]);
        assert!(script.at(CLIENT).kernel.steady);
    };
    steady(&mut script);
    let call = script.begin(&recv(CLIENT));
    assert!(!script.at(CLIENT).kernel.steady, "begun");
    steady(&mut script);
    script.end(call, &Done::Received(crate::script::received(b"a")));
    assert!(!script.at(CLIENT).kernel.steady, "ended");
    steady(&mut script);
    script.sample(CLIENT, vec![protocol::Field::SendQueue(1)]);
    assert!(!script.at(CLIENT).kernel.steady, "something changed");
}
