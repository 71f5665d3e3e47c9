//! The bytes in a short send queue.

use crate::script::{CLIENT, Script, pour, send, sent};
use protocol::command::Command;
use protocol::data::{Data, Hex};
use protocol::{Field, TcpState};

fn queue(script: &mut Script, state: TcpState, bytes: u64) {
    script.sample(CLIENT, vec![Field::State(state), Field::SendQueue(bytes)]);
}

fn open(script: &mut Script, bytes: u64) {
    queue(script, TcpState::Established, bytes);
}

#[test]
fn the_last_bytes_that_sends_took() {
    let mut script = Script::connected();
    assert_eq!(script.at(CLIENT).kept(), None, "not asked yet");
    script.send(CLIENT, "hello");
    script.send(CLIENT, "你");
    for (bytes, kept) in [(8, "hello你"), (3, "你"), (0, "")] {
        open(&mut script, bytes);
        assert_eq!(script.at(CLIENT).kept(), Some(kept.as_bytes()));
    }
    open(&mut script, 9);
    assert_eq!(script.at(CLIENT).kept(), None, "more than was ever sent");
}

#[test]
fn fin_is_no_byte_of_anyone() {
    let mut script = Script::connected();
    script.send(CLIENT, "hello");
    for state in [TcpState::FinWait1, TcpState::Closing, TcpState::LastAck] {
        queue(&mut script, state, 4);
        assert_eq!(script.at(CLIENT).kept(), Some(&b"llo"[..]), "{}", state.name());
    }
    queue(&mut script, TcpState::FinWait2, 0);
    assert_eq!(script.at(CLIENT).kept(), Some(&b""[..]));
}

#[test]
fn a_longer_queue_than_is_remembered() {
    let mut script = Script::connected();
    script.done(&pour(CLIENT, 100), &sent(100));
    open(&mut script, 32);
    assert_eq!(script.at(CLIENT).kept().unwrap(), &Data::Fill { bytes: 100 }.to_bytes()[68..]);
    open(&mut script, 33);
    assert_eq!(script.at(CLIENT).kept(), None);
}

#[test]
fn only_what_was_taken() {
    let mut script = Script::connected();
    let call = script.begin(&pour(CLIENT, 60));
    script.block(call, 30);
    open(&mut script, 4);
    assert_eq!(script.at(CLIENT).kept(), Some(&b"abcd"[..]));
    script.block(call, 31);
    assert_eq!(script.at(CLIENT).kept(), Some(&b"bcde"[..]));
    script.interrupted(call);
    script.send(CLIENT, "!");
    assert_eq!(script.at(CLIENT).kept(), Some(&b"cde!"[..]));
}

#[test]
fn nothing_is_made_up_past_a_cut() {
    let bytes: Vec<u8> = (0..=255).chain(0..=43).collect();
    let long = Command::Send { socket: CLIENT, data: Data::Hex(Hex(bytes.clone())), all: true };
    let mut script = Script::connected();
    let call = script.begin(&long);
    assert_eq!(script.world.calls[&call].cut, Some(300));
    script.block(call, 256);
    open(&mut script, 32);
    assert_eq!(script.at(CLIENT).kept(), Some(&bytes[224..256]), "all in the event");
    script.end(call, &sent(300));
    assert_eq!(script.at(CLIENT).kept(), None, "the last 44 are in no event");
    script.send(CLIENT, "hello");
    open(&mut script, 5);
    assert_eq!(script.at(CLIENT).kept(), Some(&b"hello"[..]), "known again");
    open(&mut script, 6);
    assert_eq!(script.at(CLIENT).kept(), None, "one byte of the cut");
    script.send(CLIENT, &"y".repeat(40));
    open(&mut script, 32);
    assert_eq!(script.at(CLIENT).kept(), Some(&[b'y'; 32][..]));
}

#[test]
fn a_failed_send_leaves_nothing() {
    let mut script = Script::connected();
    let call = script.begin(&send(CLIENT, "hello"));
    script.interrupted(call);
    open(&mut script, 0);
    assert_eq!(script.at(CLIENT).kept(), Some(&b""[..]));
}
