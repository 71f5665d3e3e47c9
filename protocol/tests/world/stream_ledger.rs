//! The balance of a stream, with the numbers that a kernel gives: `[acked, OUTQ, received, FIONREAD]`.

use crate::script::{ACCEPTED, CLIENT, LISTENER, Script, pour, recv, sent};
use protocol::Field;
use protocol::TcpState::{Close, CloseWait, Established, FinWait1, FinWait2, LastAck, TimeWait};
use protocol::world::StreamLedger;

/// Asserts a quiet balance: sent, kept, waiting, read, discarded; unexplained 0.
fn balanced(ledger: StreamLedger, [sent, kept, waiting, read, discarded]: [u64; 5]) {
    let unexplained = Some(0);
    let quiet = true;
    assert_eq!(ledger, StreamLedger { sent, kept, waiting, read, discarded, unexplained, quiet });
}

#[test]
fn an_untouched_connection() {
    let mut script = Script::connected();
    assert_eq!(script.stream(CLIENT).unexplained, None, "not asked yet");
    script.count(CLIENT, Established, [1, 0, 0, 0]);
    script.count(ACCEPTED, Established, [0, 0, 0, 0]);
    balanced(script.stream(CLIENT), [0, 0, 0, 0, 0]);
    balanced(script.stream(ACCEPTED), [0, 0, 0, 0, 0]);
    assert!(script.world.ledger(LISTENER).is_none());
}

#[test]
fn before_the_delayed_ack_both_queues_hold_the_same_five() {
    let mut script = Script::connected();
    script.send(CLIENT, "hello");
    script.count(CLIENT, Established, [1, 5, 0, 0]);
    script.count(ACCEPTED, Established, [0, 0, 5, 5]);
    balanced(script.stream(CLIENT), [5, 0, 5, 0, 0]);
    script.recv(ACCEPTED, b"hello");
    script.count(CLIENT, Established, [6, 0, 0, 0]);
    script.count(ACCEPTED, Established, [0, 0, 5, 0]);
    balanced(script.stream(CLIENT), [5, 0, 0, 5, 0]);
}

#[test]
fn on_the_way() {
    let mut script = Script::connected();
    script.send(CLIENT, "hello");
    script.count(CLIENT, Established, [1, 5, 0, 0]);
    script.count(ACCEPTED, Established, [0, 0, 0, 0]);
    balanced(script.stream(CLIENT), [5, 5, 0, 0, 0]);
}

#[test]
fn the_passive_side_has_no_syn_to_count() {
    let mut script = Script::connected();
    script.send(ACCEPTED, "hello");
    script.recv(CLIENT, b"he");
    script.count(ACCEPTED, Established, [5, 0, 0, 0]);
    script.count(CLIENT, Established, [1, 0, 5, 3]);
    balanced(script.stream(ACCEPTED), [5, 0, 3, 2, 0]);
}

#[test]
fn fin_waiting_acknowledged_and_received() {
    let mut script = Script::connected();
    script.send(CLIENT, "hello");
    // Shut down: FIN behind the bytes, nothing acknowledged, nothing arrived.
    script.count(CLIENT, FinWait1, [1, 6, 0, 0]);
    script.count(ACCEPTED, Established, [0, 0, 0, 0]);
    balanced(script.stream(CLIENT), [5, 5, 0, 0, 0]);
    // Bytes acknowledged, FIN not.
    script.count(CLIENT, FinWait1, [6, 1, 0, 0]);
    script.count(ACCEPTED, Established, [0, 0, 5, 5]);
    balanced(script.stream(CLIENT), [5, 0, 5, 0, 0]);
    // FIN arrived, not acknowledged.
    script.count(ACCEPTED, CloseWait, [0, 0, 6, 5]);
    balanced(script.stream(CLIENT), [5, 0, 5, 0, 0]);
    // FIN acknowledged.
    script.count(CLIENT, FinWait2, [7, 0, 0, 0]);
    balanced(script.stream(CLIENT), [5, 0, 5, 0, 0]);
    // The other way the connection is still open.
    script.send(ACCEPTED, "hey");
    script.count(ACCEPTED, CloseWait, [0, 3, 6, 5]);
    script.count(CLIENT, FinWait2, [7, 0, 3, 3]);
    balanced(script.stream(ACCEPTED), [3, 0, 3, 0, 0]);
    // It ends too; its FIN has not come yet.
    script.count(ACCEPTED, LastAck, [3, 1, 6, 5]);
    balanced(script.stream(ACCEPTED), [3, 0, 3, 0, 0]);
    balanced(script.stream(CLIENT), [5, 0, 5, 0, 0]);
    script.count(CLIENT, TimeWait, [7, 0, 4, 3]);
    balanced(script.stream(ACCEPTED), [3, 0, 3, 0, 0]);
}

#[test]
fn the_part_that_a_sleeping_send_has_given_counts() {
    let mut script = Script::connected();
    let call = script.begin(&pour(CLIENT, 65_536));
    script.block(call, 6_144);
    script.count(CLIENT, Established, [2_049, 4_096, 0, 0]);
    script.count(ACCEPTED, Established, [0, 0, 2_048, 2_048]);
    balanced(script.stream(CLIENT), [6_144, 4_096, 2_048, 0, 0]);
    script.block(call, 8_192);
    assert_eq!(script.stream(CLIENT).unexplained, Some(2_048), "the kernel was asked before");
}

#[test]
fn a_moment_is_quiet_only_when_both_ends_are() {
    let mut script = Script::connected();
    script.count(CLIENT, Established, [1, 0, 0, 0]);
    assert!(!script.stream(CLIENT).quiet, "the receiver was not asked");
    script.count(ACCEPTED, Established, [0, 0, 0, 0]);
    assert!(script.stream(CLIENT).quiet);
    let call = script.begin(&recv(ACCEPTED));
    assert!(!script.stream(CLIENT).quiet, "a call began");
    script.sample(ACCEPTED, vec![Field::Steady(true)]);
    assert!(!script.stream(CLIENT).quiet, "in the kernel");
    script.block(call, 0);
    script.sample(ACCEPTED, vec![Field::Steady(true)]);
    assert!(script.stream(CLIENT).quiet, "asleep");
    script.interrupted(call);
    assert!(!script.stream(CLIENT).quiet, "ended");
}

#[test]
fn every_kind_of_hole_shows() {
    let quiet = |client: [u64; 4], accepted: [u64; 4]| {
        let mut script = Script::connected();
        script.send(CLIENT, "hello");
        script.recv(ACCEPTED, b"he");
        script.count(CLIENT, Established, client);
        script.count(ACCEPTED, Established, accepted);
        script.stream(CLIENT).unexplained
    };
    assert_eq!(quiet([6, 0, 0, 0], [0, 0, 5, 3]), Some(0));
    assert_eq!(quiet([5, 0, 0, 0], [0, 0, 4, 2]), Some(1), "a byte missing at the sender");
    assert_eq!(quiet([6, 1, 0, 0], [0, 0, 5, 3]), Some(1), "a byte too many there");
    assert_eq!(quiet([6, 0, 0, 0], [0, 0, 5, 2]), Some(1), "a byte missing at the receiver");
    assert_eq!(quiet([6, 0, 0, 0], [0, 0, 4, 2]), Some(1), "acknowledged, not received");
    assert_eq!(quiet([4, 1, 0, 0], [0, 0, 5, 3]), Some(2), "received, not sent");
}

#[test]
fn what_close_throws_away_is_discarded() {
    let mut script = Script::connected();
    script.send(CLIENT, "hello");
    script.recv(ACCEPTED, b"he");
    script.count(CLIENT, Established, [6, 0, 0, 0]);
    script.count(ACCEPTED, Established, [0, 0, 5, 3]);
    script.close(ACCEPTED);
    let ledger = script.stream(CLIENT);
    assert_eq!((ledger.waiting, ledger.discarded, ledger.unexplained), (0, 3, Some(0)));
}

#[test]
fn after_reset_what_waits_can_still_be_read() {
    let mut script = Script::connected();
    script.send(CLIENT, "hello");
    script.count(CLIENT, Established, [1, 5, 0, 0]);
    script.count(ACCEPTED, Close, [0, 0, 3, 3]);
    balanced(script.stream(CLIENT), [5, 0, 3, 0, 2]);
    script.recv(ACCEPTED, b"hel");
    script.count(ACCEPTED, Close, [0, 0, 3, 0]);
    balanced(script.stream(CLIENT), [5, 0, 0, 3, 2]);
}

#[test]
fn after_an_orderly_end_too() {
    // Both have shut down; the kernel holds CLOSE at both open sockets.
    let mut script = Script::connected();
    script.send(CLIENT, "hello");
    script.count(CLIENT, Close, [7, 0, 1, 0]);
    script.count(ACCEPTED, Close, [1, 0, 6, 5]);
    balanced(script.stream(CLIENT), [5, 0, 5, 0, 0]);
    script.recv(ACCEPTED, b"hello");
    script.count(ACCEPTED, Close, [1, 0, 6, 0]);
    balanced(script.stream(CLIENT), [5, 0, 0, 5, 0]);
}

#[test]
fn a_closed_sender_leaves_its_bytes_on_the_way() {
    let mut script = Script::connected();
    script.send(CLIENT, "hello");
    script.count(ACCEPTED, Established, [0, 0, 0, 0]);
    script.close(CLIENT);
    assert_eq!(script.stream(CLIENT).unexplained, None, "the kernel keeps it to itself");
    script.count(ACCEPTED, CloseWait, [0, 0, 6, 5]);
    assert_eq!(script.stream(CLIENT).unexplained, Some(0));
    script.recv(ACCEPTED, b"hello");
    script.count(ACCEPTED, CloseWait, [0, 0, 6, 0]);
    let ledger = script.stream(CLIENT);
    assert_eq!((ledger.read, ledger.waiting, ledger.unexplained), (5, 0, Some(0)));
}

#[test]
fn what_was_not_asked_is_not_known() {
    let mut script = Script::connected();
    script.done(&pour(CLIENT, 5), &sent(5));
    let ledger = script.stream(CLIENT);
    assert_eq!((ledger.discarded, ledger.unexplained, ledger.quiet), (0, None, false));
    script.count(CLIENT, Established, [1, 5, 0, 0]);
    assert_eq!(script.stream(CLIENT).unexplained, None);
    script.sample(ACCEPTED, vec![Field::State(Established), Field::Received(5)]);
    let ledger = script.stream(CLIENT);
    assert_eq!((ledger.discarded, ledger.unexplained), (0, None), "FIONREAD is missing");
    script.sample(ACCEPTED, vec![Field::ReceiveQueue(5)]);
    assert_eq!(script.stream(CLIENT).unexplained, Some(0));
}
