//! The wall clock is set back, and forward, while the relay runs. libfaketime sets it for this one
//! process; the monotonic clock goes on, as it does when a clock is set (clock_settime(2)).

use crate::seat::{Seat, text};
use crate::support::need;
use crate::support::relay::Relay;
use crate::support::scratch::Scratch;
use protocol::command::{Kind, Net, Record};
use protocol::recording::{Ending, open};
use protocol::{Address, Answer, Command, Done, ErrorKind, SocketId, What};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command as Program;

/// Where Debian's package has it, by architecture.
fn library() -> Option<PathBuf> {
    let folders = fs::read_dir("/usr/lib").ok()?.filter_map(|entry| Some(entry.ok()?.path()));
    folders.map(|folder| folder.join("faketime/libfaketime.so.1")).find(|file| file.is_file())
}

/// The wall clock that the relay sees. It stands still until it is set.
struct Clock(PathBuf);

impl Clock {
    fn set(&self, time: &str) {
        // Read at every look at the clock: never half-written.
        let draft = self.0.with_extension("draft");
        fs::write(&draft, time).expect("written");
        fs::rename(&draft, &self.0).expect("in place");
    }
}

/// A relay by whose wall clock it is 12:00:00 on the first of March 2020, and that clock.
fn relay() -> Option<(Relay, Clock)> {
    let Some(library) = library() else {
        need::skip("tools", "libfaketime is not installed");
        return None;
    };
    let state = Scratch::new();
    let clock = Clock(state.path().join("clock"));
    clock.set("2020-03-01 12:00:00");
    let mut command = Program::new(env!("CARGO_BIN_EXE_relay"));
    command.args(["--rung", "loopback"]).env("PATCHBAY_ALLOW_STUB", "1").env("TZ", "UTC");
    command.env("LD_PRELOAD", library).env("FAKETIME_TIMESTAMP_FILE", &clock.0);
    command.env("FAKETIME_DONT_FAKE_MONOTONIC", "1").env("FAKETIME_NO_CACHE", "1");
    Some((Relay::by(&mut command, state), clock))
}

/// 2020-03-01 12:00:00 UTC.
const NOON: u64 = 1_583_064_000;
const HOUR: u64 = 3_600;

/// Records what comes, until it is ended; the file's name.
async fn begin_recording(seat: &mut Seat) -> String {
    seat.done(Command::Record(Record::Start { snaplen: 0 })).await;
    let name = seat.told.iter().rev().find_map(|event| match &event.what {
        What::RecordingBegan { file, .. } => Some(file.clone()),
        _ => None,
    });
    name.expect("it is told")
}

/// A datagram from the receiver to itself.
async fn arrives(seat: &mut Seat, (socket, address): (SocketId, &Address), sent: &str) {
    seat.done(Command::SendTo { socket, address: address.clone(), data: text(sent) }).await;
    let ask = Command::RecvFrom { socket, max: 100, peek: false };
    let Done::Received(got) = seat.done(ask).await else { panic!("nothing received") };
    assert_eq!(got.data.bytes(), sent.as_bytes());
}

fn is_whole(state: &Path, name: &str) {
    let bytes = fs::read(state.join("recordings").join(name)).expect("a file");
    let (header, mut reading) = open(&bytes).expect("it opens");
    assert_eq!(header.began_unix_ns.0 / 1_000_000_000, NOON, "the epoch's anchor stays: {name}");
    reading.by_ref().for_each(drop);
    assert_eq!(reading.ending(), Ending::Whole, "{name}");
}

#[tokio::test]
async fn the_clock_is_set_while_everything_is_under_way() {
    const SPAN: u64 = 1_500_000_000;
    let Some((relay, clock)) = relay() else { return };
    let mut seat = Seat::at(relay.url()).await;
    assert_eq!(seat.welcome.began_unix_ns.0 / 1_000_000_000, NOON, "the clock is ours");
    let (receiver, address) = seat.bound(Net::Host, Kind::Datagram).await;
    let (sleeper, _) = seat.bound(Net::Host, Kind::Datagram).await;
    seat.done(Command::Timeout { socket: sleeper, after: Some(SPAN) }).await;
    let asleep = seat.begin(Command::RecvFrom { socket: sleeper, max: 100, peek: false }).await;

    // Back by an hour, forward by a year, and back to the very second of the first recording.
    let mut names = Vec::new();
    let times = [
        ("2020-03-01 12:00:00", NOON),
        ("2020-03-01 11:00:00", NOON - HOUR),
        ("2021-03-01 12:00:00", NOON + 365 * 24 * HOUR),
        ("2020-03-01 12:00:00", NOON),
    ];
    let mut before = None;
    for (time, second) in times {
        // A recording goes on over the step, and ends behind it.
        clock.set(time);
        if before.is_some() {
            seat.done(Command::Record(Record::Stop)).await;
        }
        for number in 0..3 {
            let name = begin_recording(&mut seat).await;
            assert!(name.starts_with(&format!("{second}-")), "{name} at {second}");
            arrives(&mut seat, (receiver, &address), &format!("{time} {number}")).await;
            if number < 2 {
                seat.done(Command::Record(Record::Stop)).await;
            }
            names.push(name);
        }
        before = Some(second);
    }
    seat.done(Command::Record(Record::Stop)).await;
    for name in &names {
        is_whole(relay.state(), name);
    }
    let all = names.len();
    names.sort();
    names.dedup();
    assert_eq!(names.len(), all, "no two have one name: {names:?}");

    // The sleeper has slept as long as it was to. The seat has looked whether `at` ever decreases.
    let Answer::Error(failure) = seat.answer(asleep).await else { panic!("nobody sent anything") };
    assert_eq!(failure.kind, ErrorKind::TimedOut);
    let slept = slept(&seat);
    assert!((SPAN..SPAN + 10_000_000_000).contains(&slept), "{slept} ns for {SPAN}");
    // Whoever comes now is welcome, and told of the same moment.
    let late = Seat::at(relay.url()).await;
    assert_eq!(late.welcome.epoch, seat.welcome.epoch);
    assert_eq!(late.welcome.began_unix_ns, seat.welcome.began_unix_ns);
    let last = seat.told.last().expect("something was told").at;
    assert!((last..last + 60_000_000_000).contains(&late.welcome.now), "{}", late.welcome.now);
}

/// From the call that timed out began until it ended, by the journal.
fn slept(seat: &Seat) -> u64 {
    let (call, ended) = seat
        .told
        .iter()
        .find_map(|event| match &event.what {
            What::CallEnded { call, result: Answer::Error(failure) }
                if failure.kind == ErrorKind::TimedOut =>
            {
                Some((*call, event.at))
            }
            _ => None,
        })
        .expect("its end is told");
    let began = seat
        .told
        .iter()
        .find(|event| matches!(&event.what, What::CallBegan { call: it, .. } if *it == call));
    ended - began.expect("its beginning is told").at
}
