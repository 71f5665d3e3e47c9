//! The life of a byte: which stamp tells of which send, and which receive took it.

use crate::script::{ACCEPTED, CLIENT, Script, recv, send, sent};
use protocol::What;
use protocol::command::{Command, SocketOption};
use protocol::event::Stage;
use protocol::reply::{Done, Failure, Value};
use protocol::world::Life;

fn stamped(script: &mut Script, stage: Stage, byte: u64, at: u64) {
    script.tell(What::Stamped { socket: CLIENT, stage, byte, at, plus_minus: 3 });
}

fn stamped_script() -> Script {
    let mut script = Script::connected();
    let on = Command::Option { socket: CLIENT, set: SocketOption::Timestamps(true) };
    script.done(&on, &Done::Value(Value { value: 1 }));
    script
}

fn lives(script: &Script) -> Vec<Life> {
    script.world.sockets[&CLIENT].lives.clone()
}

#[test]
fn a_stamp_tells_of_all_bytes_before_it_and_the_first_is_kept() {
    let mut script = stamped_script();
    script.send(CLIENT, "abc");
    script.send(CLIENT, "de");
    // Both were put into one segment, which is stamped once; and again when it is sent again.
    stamped(&mut script, Stage::Sent, 5, 700);
    stamped(&mut script, Stage::Sent, 5, 900);
    stamped(&mut script, Stage::Acknowledged, 3, 950);
    let [one, two] = lives(&script)[..] else { panic!("two lives") };
    assert_eq!((one.first, one.last, two.first, two.last), (1, 3, 4, 5));
    for life in [one, two] {
        let sent = life.sent.expect("stamped");
        assert_eq!((sent.byte, sent.at), (5, 700));
    }
    assert_eq!((one.acknowledged.map(|stamp| stamp.at), two.acknowledged), (Some(950), None));
    stamped(&mut script, Stage::Acknowledged, 5, 990);
    let [one, two] = lives(&script)[..] else { panic!("two lives") };
    assert_eq!(one.acknowledged.map(|stamp| stamp.at), Some(950));
    assert_eq!(two.acknowledged.map(|stamp| stamp.at), Some(990));
}

#[test]
fn the_receive_that_took_the_last_byte_is_told_and_no_other() {
    let mut script = stamped_script();
    script.send(CLIENT, "abc");
    script.send(CLIENT, "de");
    script.recv(ACCEPTED, b"ab");
    assert!(lives(&script).iter().all(|life| life.read.is_none()), "c is still there");
    let peek = Command::Recv { socket: ACCEPTED, max: 9, peek: true };
    let mut peeked = crate::script::received(b"cde");
    peeked.peek = true;
    script.done(&peek, &Done::Received(peeked));
    assert!(lives(&script).iter().all(|life| life.read.is_none()), "a peek takes nothing");
    let call = script.begin(&recv(ACCEPTED));
    script.end(call, &Done::Received(crate::script::received(b"cd")));
    let [one, two] = lives(&script)[..] else { panic!("two lives") };
    let read = one.read.expect("read");
    assert!(read.call == call && read.began < read.ended);
    assert_eq!(two.read, None);
    script.recv(ACCEPTED, b"e");
    assert!(lives(&script)[1].read.is_some_and(|read| read.call > call));
}

#[test]
fn a_send_that_took_nothing_has_no_life_and_one_that_blocks_grows() {
    let mut script = stamped_script();
    let call = script.begin(&send(CLIENT, "abc"));
    assert_eq!(lives(&script).len(), 1);
    script.fail(call, Failure::errno("EAGAIN", "Full."));
    assert!(lives(&script).is_empty());
    let call = script.begin(&crate::script::pour(CLIENT, 10));
    script.block(call, 4);
    assert_eq!((lives(&script)[0].last, lives(&script)[0].returned), (4, None));
    script.end(call, &sent(10));
    assert_eq!(lives(&script)[0].last, 10);
    assert!(lives(&script)[0].returned.is_some());
}

#[test]
fn the_last_sixteen_are_kept() {
    let mut script = stamped_script();
    for _ in 0..20 {
        script.send(CLIENT, "x");
    }
    let lives = lives(&script);
    assert_eq!((lives.len(), lives[0].first, lives[15].last), (16, 5, 20));
}
