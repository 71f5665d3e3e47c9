//! A relay that is killed while it records, and the next one on its port.

use crate::seat::{Seat, text};
use crate::support::line::DEADLINE;
use crate::support::relay::Relay;
use crate::support::scratch::Scratch;
use crate::support::viewer::Viewer;
use crate::{bare, children};
use protocol::command::{Invite, Kind, Net, Record};
use protocol::message::{Resume, RungName, ToPage};
use protocol::recording::{Ending, open};
use protocol::{Command, Done, Event, What};
use relay::session::Form;
use std::fs;
use std::path::Path;
use std::time::Instant;

/// The events of a recording, and how it ended.
fn read(file: &Path) -> (Vec<Event>, Ending) {
    let bytes = fs::read(file).expect("a file");
    let (header, mut reading) = open(&bytes).expect("it opens");
    assert_eq!(header.after, 0, "from the beginning");
    let events = reading.by_ref().filter_map(|block| match block {
        protocol::recording::Block::Events(events) => Some(events),
        _ => None,
    });
    let events = events.flatten().collect();
    (events, reading.ending())
}

/// The network namespaces besides ours that a process keeps open, by number.
fn nets(pid: u32) -> Vec<String> {
    let open = fs::read_dir(format!("/proc/{pid}/fd")).into_iter().flatten();
    let links = open.filter_map(|entry| fs::read_link(entry.ok()?.path()).ok());
    let mut nets: Vec<String> = links
        .filter_map(|link| link.to_str().filter(|link| link.starts_with("net:")).map(str::to_owned))
        .collect();
    let own = fs::read_link("/proc/self/ns/net").expect("our own");
    nets.retain(|net| own.to_str() != Some(net));
    nets
}

fn wait_until(what: &str, mut is_so: impl FnMut() -> bool) {
    let began = Instant::now();
    while !is_so() {
        assert!(began.elapsed() < DEADLINE, "waited in vain until {what}");
        std::thread::yield_now();
    }
}

/// What is known of the relay that was killed.
struct Old {
    link: String,
    id: u32,
    /// Up to where a viewer has seen it.
    saw: Resume,
}

#[tokio::test]
async fn a_killed_relay_leaves_what_it_had_recorded_and_the_next_begins_anew() {
    let mut relay = bare(&[], Scratch::new());
    let mut seat = Seat::at(relay.url()).await;
    seat.done(Command::Record(Record::Start { snaplen: 64 })).await;
    let recording = seat.world.recording.as_ref().expect("it is recorded").file.clone();
    let file = relay.state().join("recordings").join(recording);
    let Done::Invited(invited) = seat.done(Command::Invite(Invite::Show)).await else {
        panic!("no link")
    };
    let wire = seat.welcome.rung.name != RungName::Loopback;
    let across = if wire { (Net::Left, Net::Right) } else { (Net::Host, Net::Host) };
    let (_, address) = seat.bound(across.1, Kind::Datagram).await;
    let (sender, _) = seat.bound(across.0, Kind::Datagram).await;
    seat.done(Command::SendTo { socket: sender, address, data: text("the last") }).await;
    let told = seat.told.clone();
    let last = told.last().expect("something was told");
    wait_until("it is in the file", || {
        read(&file).0.last().is_some_and(|event| event.seq >= last.seq)
    });
    let helpers = children(relay.id());
    assert_eq!(helpers.len(), usize::from(wire), "{helpers:?}");
    let nets: Vec<String> = helpers.iter().flat_map(|helper| nets(*helper)).collect();
    assert!(!wire || nets.len() >= 2, "both ends at least: {nets:?}");
    let old = Old {
        link: relay.url().to_owned(),
        id: relay.id(),
        saw: Resume { epoch: seat.welcome.epoch.clone(), seq: seat.world.seq },
    };
    relay.kill();

    // What was told is what is in the file, up to the cut.
    let (events, ending) = read(&file);
    assert_eq!(ending, Ending::Unclosed);
    for event in &told {
        assert_eq!(events.get(event.seq as usize - 1), Some(event));
    }
    wait_until("its helper is gone", || {
        helpers.iter().all(|pid| {
            fs::read_to_string(format!("/proc/{pid}/status"))
                .map_or(true, |status| status.contains("State:\tZ"))
        })
    });
    wait_until("nobody keeps its namespaces", || !anybody_keeps(&nets));

    relay.start_again();
    begins_anew(&relay, &old, &invited.viewers_token).await;
    let mut seat = Seat::at(relay.url()).await;
    seat.pair(across.0, across.1).await;
    seat.done(Command::Record(Record::Start { snaplen: 0 })).await;
    seat.done(Command::Record(Record::Stop)).await;
    let closed = |event: &Event| matches!(event.what, What::RecordingEnded { why: None, .. });
    assert!(seat.told.iter().any(closed));
    assert_eq!(read(&file).1, Ending::Unclosed, "the dead one's file is left as it is");
}

/// Both links go on, to a new epoch, and nothing of the dead relay is in the way.
async fn begins_anew(relay: &Relay, old: &Old, viewers_token: &str) {
    let link = relay.url();
    assert_eq!(link, old.link, "the same link goes on");
    let (address, token) =
        link.trim_start_matches("http://").split_once("/#token=").expect("a link");
    let stream = tokio::net::TcpStream::connect(address).await.expect("it listens");
    let mut viewer = Viewer::on(stream, Form::Postcard).await;
    let welcome = viewer.greet_with(token, Some(old.saw.clone())).await;
    assert_ne!(welcome.epoch, old.saw.epoch);
    let world = welcome.snapshot.expect("a seq of another epoch means nothing");
    assert_eq!((world.seq, world.sockets.is_empty()), (welcome.seq, true));
    assert!(world.recording.is_none());
    let stream = tokio::net::TcpStream::connect(address).await.expect("it listens");
    let mut guest = Viewer::on(stream, Form::Json).await;
    let heard = guest.hello(viewers_token, None).await;
    assert!(matches!(heard, ToPage::Welcome(_)), "the viewers' link goes on: {heard:?}");

    let run = relay.state().join("run");
    for name in [format!("{}.sock", old.id), format!("{}.d", old.id)] {
        assert!(!run.join(&name).exists(), "{name} was left behind");
    }
}

fn anybody_keeps(nets: &[String]) -> bool {
    let processes = fs::read_dir("/proc").expect("processes");
    let ids = processes.filter_map(|entry| entry.ok()?.file_name().to_str()?.parse::<u32>().ok());
    ids.into_iter().any(|pid| {
        let inside = fs::read_link(format!("/proc/{pid}/ns/net"));
        let inside = inside.ok().and_then(|net| net.to_str().map(str::to_owned));
        inside.is_some_and(|net| nets.contains(&net))
            || self::nets(pid).iter().any(|net| nets.contains(net))
    })
}
