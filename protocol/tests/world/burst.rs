//! The receipts sheet of a burst, and when a letter may be written on it.

use crate::datagram::walk;
use crate::script::{Script, address, received, two};
use protocol::command::Command;
use protocol::reply::{Burst, Done, Numbered};
use protocol::sample::{Queue, Run};
use protocol::world::{Fate, Tally};
use protocol::{CallId, Field, SocketId, What};

const SENDER: SocketId = SocketId(1);
const RECEIVER: SocketId = SocketId(2);

fn begin(script: &mut Script, count: u32) -> CallId {
    let to = Some(address("10.77.0.2:53"));
    script.begin(&Command::Burst { socket: SENDER, address: to, count, bytes: 12 })
}

fn sent(script: &mut Script, call: CallId, numbers: std::ops::RangeInclusive<u32>) {
    numbers.for_each(|number| script.tell(What::DatagramSent { call, number }));
}

fn end(script: &mut Script, call: CallId, sent: u32, refused: u32) {
    script.end(call, &Done::Burst(Burst { sent, refused, errno: None }));
}

fn burst(script: &mut Script, count: u32) -> CallId {
    let call = begin(script, count);
    sent(script, call, 1..=count);
    end(script, call, count, 0);
    call
}

fn read(script: &mut Script, call: CallId, number: u32) {
    let mut got = received(&[0; 12]);
    got.from = Some(address("10.77.0.1:4000"));
    got.numbered = Some(Numbered { call, number });
    let ask = Command::RecvFrom { socket: RECEIVER, max: 100, peek: false };
    script.done(&ask, &Done::Received(got));
}

fn found(script: &mut Script, runs: &[(CallId, u32, u32)], drops: u32) {
    let runs: Vec<_> =
        runs.iter().map(|&(call, first, count)| Run { call, first, count }).collect();
    let datagrams = runs.iter().map(|run| run.count).sum();
    let queue = Queue { datagrams, bytes: 0, runs };
    script.sample(RECEIVER, vec![Field::Drops(drops), Field::Queue(Some(queue))]);
}

fn sheet(script: &Script, call: CallId) -> String {
    script.world.bursts[&call].sheet.clone().into()
}

#[test]
fn numbers_are_sent_one_by_one() {
    let mut script = two();
    let call = begin(&mut script, 5);
    assert_eq!(sheet(&script, call), ".....");
    assert_eq!(script.world.bursts[&call].receiver, Some(RECEIVER));
    sent(&mut script, call, 1..=3);
    assert_eq!(sheet(&script, call), "sss..");
    assert_eq!((script.at(SENDER).sent.bytes, script.at(SENDER).sent.count), (36, 3));
    assert_eq!(script.at(RECEIVER).aimed, 3);
    sent(&mut script, call, 4..=5);
    end(&mut script, call, 5, 0);
    assert_eq!(sheet(&script, call), "sssss");
    script.tell(What::DatagramSent { call, number: 6 });
    script.tell(What::DatagramSent { call, number: 0 });
    assert_eq!(sheet(&script, call), "sssss", "no such numbers");
}

#[test]
fn what_sendto_refused_was_not_sent() {
    let mut script = two();
    let call = begin(&mut script, 5);
    sent(&mut script, call, 1..=2);
    sent(&mut script, call, 4..=4);
    end(&mut script, call, 3, 2);
    assert_eq!(sheet(&script, call), "ssese");
    assert_eq!(script.at(RECEIVER).aimed, 3);
}

#[test]
fn an_interrupted_burst_refused_nothing() {
    let mut script = two();
    let call = begin(&mut script, 3);
    sent(&mut script, call, 1..=1);
    script.interrupted(call);
    assert_eq!(sheet(&script, call), "s..");
}

#[test]
fn a_walk_names_those_that_wait_and_a_receipt_those_read() {
    let mut script = two();
    let call = burst(&mut script, 6);
    found(&mut script, &[(call, 1, 3), (call, 5, 1)], 0);
    assert_eq!(sheet(&script, call), "wwwsws");
    read(&mut script, call, 1);
    read(&mut script, call, 2);
    assert_eq!(sheet(&script, call), "rrwsws");
    found(&mut script, &[(call, 3, 4)], 0);
    assert_eq!(sheet(&script, call), "rrwwww");
    found(&mut script, &[(call, 6, 1)], 0);
    assert_eq!(sheet(&script, call), "rrsssw", "where three have gone is not known");
}

#[test]
fn dropped_is_said_only_when_the_kernels_count_agrees() {
    let mut script = two();
    let call = burst(&mut script, 10);
    for (drops, expected) in
        [(0, "wwwsssssss"), (6, "wwwsssssss"), (8, "wwwsssssss"), (7, "wwwddddddd")]
    {
        found(&mut script, &[(call, 1, 3)], drops);
        assert_eq!(sheet(&script, call), expected, "{drops} drops");
    }
    read(&mut script, call, 1);
    found(&mut script, &[(call, 2, 2)], 7);
    assert_eq!(sheet(&script, call), "rwwddddddd");
    let ledger = script.datagrams(RECEIVER);
    assert_eq!((ledger.sent, ledger.read, ledger.waiting, ledger.dropped), (10, 1, 2, 7));
    assert_eq!(ledger.unexplained, Some(0));
}

#[test]
fn two_bursts_share_one_count() {
    let mut script = two();
    let first = burst(&mut script, 3);
    let second = burst(&mut script, 3);
    found(&mut script, &[(first, 1, 2), (second, 1, 1)], 2);
    assert_eq!((sheet(&script, first), sheet(&script, second)), ("wws".into(), "wss".into()));
    found(&mut script, &[(first, 1, 2), (second, 1, 1)], 3);
    assert_eq!((sheet(&script, first), sheet(&script, second)), ("wwd".into(), "wdd".into()));
    let third = burst(&mut script, 2);
    found(&mut script, &[(first, 1, 2), (second, 1, 1)], 5);
    assert_eq!(sheet(&script, third), "dd");
}

#[test]
fn an_outside_sender_hides_who_was_dropped() {
    let mut script = two();
    let call = burst(&mut script, 2);
    crate::datagram::read(&mut script, "10.77.0.1:9999");
    found(&mut script, &[(call, 1, 1)], 1);
    assert_eq!(sheet(&script, call), "ws");
}

#[test]
fn close_throws_away_what_waits() {
    let mut script = two();
    let call = burst(&mut script, 4);
    found(&mut script, &[(call, 2, 2)], 0);
    read(&mut script, call, 2);
    script.close(RECEIVER);
    assert_eq!(sheet(&script, call), "srcs");
    let late = burst(&mut script, 1);
    assert_eq!(script.world.bursts[&late].receiver, None);
    walk(&mut script, 0, 0);
    assert_eq!(sheet(&script, late), "s");
}

#[test]
fn a_receipt_may_come_before_its_sender_says_so() {
    let mut script = two();
    let call = begin(&mut script, 2);
    read(&mut script, call, 1);
    found(&mut script, &[(call, 2, 1)], 0);
    sent(&mut script, call, 1..=2);
    assert_eq!(sheet(&script, call), "rw");
    assert_eq!(script.at(RECEIVER).aimed, 2);
}

#[test]
fn the_tally_counts_every_letter() {
    let mut script = two();
    let call = begin(&mut script, 6);
    sent(&mut script, call, 1..=5);
    end(&mut script, call, 5, 1);
    read(&mut script, call, 1);
    found(&mut script, &[(call, 3, 2)], 2);
    assert_eq!(sheet(&script, call), "rdwwde");
    let tally = script.world.bursts[&call].sheet.tally();
    let expected = Tally { waiting: 2, read: 1, dropped: 2, refused: 1, ..Tally::default() };
    assert_eq!(tally, expected);
    let sheet = &script.world.bursts[&call].sheet;
    assert_eq!((sheet.len(), sheet.get(1), sheet.get(6)), (6, Fate::Read, Fate::Refused));
    assert_eq!((sheet.get(0), sheet.get(7)), (Fate::Unsent, Fate::Unsent));
}

#[test]
fn a_sheet_is_never_longer_than_a_burst_may_be() {
    let mut script = two();
    let call = begin(&mut script, u32::MAX);
    assert_eq!(script.world.bursts[&call].sheet.len(), protocol::limit::BURST as usize);
    found(&mut script, &[], 0);
    script.sample(
        RECEIVER,
        vec![Field::Queue(Some(Queue {
            datagrams: 1,
            bytes: 0,
            runs: vec![Run { call, first: 99_999, count: u32::MAX }],
        }))],
    );
    assert_eq!(script.world.bursts[&call].sheet.tally().waiting, 2);
}
