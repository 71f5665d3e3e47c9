//! Bytes through a stream: sums, partial sends, peeks, the end.

use crate::script::{ACCEPTED, CLIENT, Script, pour, received, recv, sent};
use protocol::reply::{Done, ErrorKind, Failure};
use protocol::world::Moved;

#[test]
fn sends_and_receives_are_summed() {
    let mut script = Script::connected();
    script.send(CLIENT, "hello");
    script.send(CLIENT, "你好");
    script.recv(ACCEPTED, "hello你".as_bytes());
    assert_eq!(script.at(CLIENT).sent, Moved { bytes: 11, count: 2 });
    assert_eq!(script.at(ACCEPTED).read, Moved { bytes: 8, count: 1 });
    assert_eq!(script.at(ACCEPTED).last_read, "hello你".as_bytes());
    assert_eq!(script.at(ACCEPTED).sent, Moved::default());
}

#[test]
fn the_kernel_may_take_less_than_was_offered() {
    let mut script = Script::connected();
    let call = script.begin(&crate::script::send(CLIENT, "hello"));
    script.end(call, &sent(3));
    assert_eq!(script.at(CLIENT).sent, Moved { bytes: 3, count: 1 });
    assert_eq!(script.at(CLIENT).tail, b"hel");
}

#[test]
fn what_a_sleeping_send_took_counts_at_once_and_only_once() {
    let mut script = Script::connected();
    let call = script.begin(&pour(CLIENT, 65_536));
    for (taken, sum) in [(6_144, 6_144), (8_192, 8_192), (8_192, 8_192), (10_240, 10_240)] {
        script.block(call, taken);
        assert_eq!(script.at(CLIENT).sent, Moved { bytes: sum, count: 0 });
    }
    script.end(call, &sent(65_536));
    assert_eq!(script.at(CLIENT).sent, Moved { bytes: 65_536, count: 1 });
}

#[test]
fn what_was_taken_before_an_error_stays_counted() {
    for failure in [
        Failure::errno("ECONNRESET", "Reset."),
        Failure::new(ErrorKind::TimedOut, "Too long."),
        Failure::new(ErrorKind::Interrupted, "Interrupted."),
    ] {
        let mut script = Script::connected();
        let call = script.begin(&pour(CLIENT, 65_536));
        script.block(call, 6_144);
        script.fail(call, failure);
        assert_eq!(script.at(CLIENT).sent.bytes, 6_144);
    }
    let mut script = Script::connected();
    let call = script.begin(&pour(CLIENT, 100));
    script.fail(call, Failure::errno("EPIPE", "Nobody reads."));
    assert_eq!(script.at(CLIENT).sent, Moved::default());
}

#[test]
fn a_peek_moves_nothing() {
    let mut script = Script::connected();
    let mut peek = received(b"hi");
    peek.peek = true;
    script.done(&recv(ACCEPTED), &Done::Received(peek.clone()));
    assert_eq!(script.at(ACCEPTED).read, Moved::default());
    assert_eq!(script.at(ACCEPTED).last_read, b"hi");
    (peek.eof, peek.bytes) = (true, 0);
    script.done(&recv(ACCEPTED), &Done::Received(peek));
    assert!(!script.at(ACCEPTED).eof);
}

#[test]
fn the_end_is_read_once_and_is_no_message() {
    let mut script = Script::connected();
    script.recv(ACCEPTED, b"bye");
    assert!(!script.at(ACCEPTED).eof);
    script.recv(ACCEPTED, b"");
    assert!(script.at(ACCEPTED).eof);
    assert_eq!(script.at(ACCEPTED).read, Moved { bytes: 3, count: 1 });
}

#[test]
fn a_long_read_is_counted_whole_though_its_event_is_cut() {
    let mut script = Script::connected();
    script.recv(ACCEPTED, &[7; 1000]);
    assert_eq!(script.at(ACCEPTED).read.bytes, 1000);
    assert_eq!(script.at(ACCEPTED).last_read, [7; 256]);
}
