//! What the recorder writes, and when it refuses or stops.

use crate::support::lab::Bench;
use crate::{Desk, Told};
use protocol::command::{Family, Kind};
use protocol::recording::{Block, EVENTS_BYTES, Ending};
use protocol::{Answer, Done, ErrorKind, What};
use relay::journal::Read;
use std::fs::{self, File};

#[tokio::test]
async fn the_file_is_the_journal() {
    let bench = Bench::new();
    let (client, server) = bench.pair_of(Family::Ipv4).await;
    let desk = Desk::of(&bench);
    desk.start(256);
    bench.send(client, "hello").await.expect("sent");
    bench.recv(server, 5).await.expect("read");
    let told = desk.stop().await;

    assert_eq!((told.header.after, told.ending), (0, Ending::Whole));
    let events = told.events();
    let Read::Events(journal) = bench.lab.journal().read(0, events.len()) else { panic!("lost") };
    assert_eq!(events, journal, "from the first event on, those before the recording too");
    let world = told.world();
    assert_eq!(world.sockets[&server].read.bytes, 5);
    let Some(Block::Closed(closed)) = told.blocks.last() else { panic!("not closed") };
    assert_eq!((closed.seq, closed.unkept, &closed.why), (world.seq, 0, &None));
}

#[tokio::test]
async fn the_world_knows_where_it_is_written() {
    let bench = Bench::new();
    let desk = Desk::of(&bench);
    desk.start(64);
    let now = bench.until("a recording", |world| world.recording.clone()).await;
    assert_eq!((now.file.as_str(), now.snaplen, now.ended), ("it", 64, None));
    let again = File::create_new(desk.scratch.path().join("other")).unwrap();
    let busy = desk.recorder.start(again, "other", 64).expect_err("one at a time");
    assert_eq!(busy.kind, ErrorKind::Busy);
    assert!(fs::metadata(desk.path()).unwrap().len() > 0, "its header is there from the beginning");
    desk.stop().await;
    let then =
        bench.until("its end", |world| world.recording.clone().filter(|r| r.ended.is_some())).await;
    assert_eq!(then.bytes, fs::metadata(desk.path()).unwrap().len());
    let none = desk.recorder.stop().expect_err("nothing to end");
    assert_eq!(none.kind, ErrorKind::BadRequest);
    bench.ask(protocol::Command::Reset).await.unwrap();
    assert!(bench.look(|world| world.recording.is_some()), "a reset is no end of a recording");
}

#[tokio::test]
async fn a_journal_that_has_forgotten_its_beginning_is_recorded_from_a_snapshot_on() {
    let bench = Bench::new();
    let journal = relay::journal::Journal::bounded("e".into(), 100_000);
    let tell = |ids: std::ops::Range<u32>| {
        let gone = |n| (protocol::Source::Relay, What::Gone { socket: protocol::SocketId(n) });
        journal.append_all(ids.map(gone))
    };
    tell(0..10_000);
    let desk = Desk::of(&bench);
    let desk = Desk {
        recorder: relay::recorder::Recorder::new(
            journal.clone(),
            bench.lab.tap().clone(),
            Told::rung(),
        ),
        ..desk
    };
    desk.start(0);
    tell(0..10);
    let told = desk.stop().await;
    assert_eq!(told.header.after, 10_000);
    assert!(matches!(told.blocks[0], Block::Snapshot(_)));
    assert_eq!(told.events().first().unwrap().seq, 10_001);
    assert_eq!(told.world().seq, journal.seq() - 1, "all but the word of its own end");
}

#[tokio::test]
async fn what_comes_too_fast_is_named_as_missing() {
    let bench = Bench::new();
    // A ring that holds a few hundred events, and thousands at once.
    let journal = relay::journal::Journal::bounded("e".into(), 100_000);
    let desk = Desk::of(&bench);
    let recorder =
        relay::recorder::Recorder::new(journal.clone(), bench.lab.tap().clone(), Told::rung());
    let desk = Desk { recorder, ..desk };
    desk.start(0);
    let many = (0..50_000)
        .map(|n| (protocol::Source::Relay, What::Gone { socket: protocol::SocketId(n) }));
    journal.append_all(many);
    let told = desk.stop().await;
    let missing = told.blocks.iter().find_map(|block| match block {
        Block::Missing { from, to } => Some((*from, *to)),
        _ => None,
    });
    let (from, to) = missing.expect("a hole");
    assert!(from >= 1 && to >= 50_000, "{from}–{to}");
    assert_eq!(told.ending, Ending::Whole);
    assert_eq!(told.world().seq, journal.seq() - 1);
}

#[tokio::test]
async fn events_that_are_too_long_for_one_block_are_read_from_several() {
    let bench = Bench::new();
    let journal = relay::journal::Journal::new("e".into());
    let long = "a".repeat(EVENTS_BYTES / 8);
    let many = (0..40).map(|_| (protocol::Source::Relay, What::WireDown { why: long.clone() }));
    journal.append_all(many);
    let recorder =
        relay::recorder::Recorder::new(journal.clone(), bench.lab.tap().clone(), Told::rung());
    let desk = Desk { recorder, ..Desk::of(&bench) };
    desk.start(0);
    let told = desk.stop().await;
    assert_eq!(told.ending, Ending::Whole);
    let events = told.events();
    let Read::Events(all) = journal.read(0, events.len()) else { panic!("lost") };
    assert!(events == all && all.len() >= 40);
}

#[tokio::test]
async fn a_file_that_is_full_ends_the_recording_and_nothing_else() {
    let bench = Bench::new();
    let desk = Desk::of(&bench);
    let desk = Desk { recorder: desk.recorder.clone().bounded(4_000), ..desk };
    desk.start(0);
    let (socket, to) = bench.bound(Family::Ipv4, Kind::Datagram).await;
    let recorded = |world: &protocol::World| world.recording.clone().filter(|r| r.ended.is_some());
    let ended = loop {
        bench.send_to(socket, &to, "again and again").await.expect("the lab goes on");
        if let Some(ended) = bench.look(recorded) {
            break ended;
        }
    };
    assert_eq!(ended.why.as_deref(), Some("The file has reached its bound of 4000 bytes."));
    let told = Told::read(&fs::read(desk.path()).unwrap());
    assert!(!told.events().is_empty() && fs::metadata(desk.path()).unwrap().len() <= 4_000);
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn a_disk_without_room_is_an_answer() {
    let bench = Bench::new();
    let desk = Desk::of(&bench);
    let full = File::options().write(true).open("/dev/full").expect("Linux has it");
    let no = desk.recorder.start(full, "/dev/full", 0).expect_err("no room");
    assert_eq!((no.errno.as_deref(), no.kind), (Some("ENOSPC"), ErrorKind::Errno));
    assert!(no.message.starts_with("/dev/full cannot be written"), "{}", no.message);
    let no = relay::recorder::check(65_536).expect_err("no packet is so long");
    assert_eq!(no.kind, ErrorKind::BadRequest);
}

/// Written by the first version that could: whoever changes what is in a file gives it the next format
/// number, and goes on reading this one.
#[test]
fn the_first_files_ever_written_are_still_read() {
    let told = Told::read(include_bytes!("format1.patchbay"));
    assert_eq!((told.header.after, told.ending), (0, Ending::Whole));
    let events = told.events();
    assert!(events.iter().zip(1..).all(|(event, seq)| event.seq == seq));
    let world = told.world();
    let sent = world.calls.values().find_map(|call| match &call.result {
        Some(Answer::Ok(Done::Sent(sent))) => Some(sent.bytes),
        _ => None,
    });
    assert_eq!(sent, Some(5));
    let flows = &world.wire.as_ref().expect("a wire").flows;
    assert!(flows.values().all(|flow| flow.packets == flow.delivered) && flows.len() == 2);
    let kept: usize = told
        .blocks
        .iter()
        .map(|block| match block {
            Block::Packets(packets) => packets.len(),
            _ => 0,
        })
        .sum();
    assert_eq!(kept as u64, flows.values().map(|flow| flow.packets).sum::<u64>());
}

/// Format 2 knows what an experiment asks, bets and concludes; recorded from its middle on.
#[test]
fn a_file_of_format_two_holds_a_bet_and_a_verdict() {
    let bytes = include_bytes!("format2.patchbay");
    assert_eq!(bytes[protocol::recording::MAGIC.len()], 2);
    let told = Told::read(bytes);
    assert_eq!(told.ending, Ending::Whole);
    let Some(Block::Snapshot(then)) = told.blocks.first() else { panic!("no snapshot") };
    let lesson = then.lesson.as_ref().expect("an experiment");
    let bet = lesson.bet.as_ref().expect("a bet");
    assert_eq!((bet.marked, bet.found.as_str(), bet.choices.len()), (Some(Some(1)), "8", 3));
    assert_eq!((lesson.name.as_str(), lesson.lines.len()), ("one-send-one-recv", 11));
    assert!(lesson.claim.is_some() && lesson.verdict.is_none());
    let lesson = told.world().lesson.expect("an experiment");
    let verdict = lesson.verdict.map(|(is, _)| is);
    assert_eq!((verdict, lesson.ended), (Some(protocol::experiment::Verdict::True), Some(true)));
}
