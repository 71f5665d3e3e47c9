//! What the players do with losses, bursts of loss, reordering and a stream's waiting.

use super::*;
use crate::script::{Script, address};
use crate::timeline::Timeline;
use protocol::command::Side;
use protocol::data::{Data, Hex, Payload};
use protocol::film::{EVERY, ROWS, SAMPLES, WIDTH, frame};
use protocol::{Field, TcpState, reply};

const MS: Nanos = 1_000_000;

/// A film whose frame n is handed over at n · 20 ms.
struct Set {
    script: Script,
    from: SocketId,
    to: SocketId,
    kind: Kind,
}

/// What happens at a moment, in milliseconds.
#[derive(Clone)]
enum Doing {
    Send(u32),
    Get(Vec<u8>),
}

impl Set {
    fn new(kind: Kind) -> Self {
        let mut script = Script::default();
        let to = script.socket(kind, Side::Right, None);
        let from = script.socket(kind, Side::Left, None);
        let ends = [(to, 5005, 5004), (from, 5004, 5005)];
        for (socket, local, peer) in ends {
            let peer = (kind == Kind::Stream).then(|| address(peer));
            let mut set = vec![Field::Local(Some(address(local))), Field::Peer(peer)];
            if kind == Kind::Stream {
                set.push(Field::State(TcpState::Established));
            }
            script.sample(socket, set);
        }
        Self { script, from, to, kind }
    }

    fn asked(&mut self, frames: u32) {
        let to = (self.kind == Kind::Datagram).then(|| address(5005));
        let app = Application::Film { to, frames, every: EVERY };
        let set = Some(Serving { app, side_by_side: false });
        self.script.call(Command::Serve { socket: self.from, set }, 0, Done::nothing());
    }

    fn send(&mut self, number: u32) {
        let (socket, data) = (self.from, Data::Hex(Hex(frame(number))));
        let ask = match self.kind {
            Kind::Stream => Command::Send { socket, data, all: true },
            Kind::Datagram => Command::SendTo { socket, address: address(5005), data },
        };
        let done = reply::Sent { bytes: BYTES as u32, parts: 1 };
        self.script.call(ask, 0, Done::Sent(done));
    }

    fn get(&mut self, bytes: Vec<u8>) {
        let (socket, max, peek) = (self.to, BYTES as u32, false);
        let (ask, from) = match self.kind {
            Kind::Stream => (Command::Recv { socket, max, peek }, None),
            Kind::Datagram => (Command::RecvFrom { socket, max, peek }, Some(address(5004))),
        };
        let done = Received {
            bytes: bytes.len() as u32,
            data: Payload::new(bytes),
            truncated: false,
            eof: false,
            from,
            numbered: None,
            peek,
        };
        self.script.call(ask, 0, Done::Received(done));
    }

    /// Plays what is to be done, in the order of its moments.
    fn play(mut self, mut all: Vec<(u64, Doing)>) -> (Timeline, SocketId, Nanos) {
        all.sort_by_key(|(at, _)| *at);
        let began = self.script.now();
        for (at, doing) in all {
            let now = (self.script.now() - began) / 1_000;
            self.script.wait(at * 1_000 - now);
            match doing {
                Doing::Send(number) => self.send(number),
                Doing::Get(bytes) => self.get(bytes),
            }
        }
        (self.script.timeline(), self.to, began)
    }
}

/// So many frames, each sent in time and read `way(n)` ms later; null is never.
fn film(frames: u32, way: impl Fn(u32) -> Option<u64>) -> Vec<(u64, Doing)> {
    let mut all = Vec::new();
    for number in 0..frames {
        let sent = u64::from(number) * 20;
        all.push((sent, Doing::Send(number)));
        all.extend(way(number).map(|way| (sent + way, Doing::Get(frame(number)))));
    }
    all
}

fn playing(timeline: &Timeline, to: SocketId, at: Nanos) -> Playing {
    timeline.films().showing(to, at).expect("a film").play(at)
}

#[test]
fn a_datagram_that_is_lost_is_a_gap_and_nobody_waits() {
    let lost = |n: u32| (!matches!(n, 3 | 7..10)).then_some(60);
    let (timeline, to, began) = Set::new(Kind::Datagram).play(film(24, lost));
    let end = began + 700 * MS;
    let all = playing(&timeline, to, end);
    let tally = all.tally;
    assert_eq!((tally.sent, tally.arrived, tally.played), (24, 20, 20));
    assert_eq!((tally.missing, tally.late, tally.stalls, tally.delay), (4, 0, 0, AHEAD));
    assert!(tally.over);
    assert_eq!(all.plays[4], Some(began + 80 * MS + AHEAD), "right on time behind a gap");
    // While it is still to come, nothing is missing.
    let before = playing(&timeline, to, began + 200 * MS);
    assert_eq!((before.tally.missing, before.tally.arrived), (0, 6));
    assert_eq!(before.turn, Some(2));
    assert_eq!((before.ticks[2], before.ticks[3]), (Tick::Played, Tick::Coming));
}

#[test]
fn a_gap_is_hatched_and_silent_and_the_rest_is_what_came() {
    let (timeline, to, began) =
        Set::new(Kind::Datagram).play(film(24, |n| (n != 15).then_some(60)));
    let end = began + 700 * MS;
    let film = timeline.films().showing(to, end).expect("a film");
    let all = film.play(end);
    let bands = film.bands(&all);
    let bytes: Vec<Vec<u8>> = (12..24).map(frame).collect();
    let wanted: Vec<Band> = (12..24)
        .map(|n| match n {
            15 => Band::Gap,
            n => Band::Rows(&bytes[n - 12][8..8 + WIDTH * ROWS]),
        })
        .collect();
    assert_eq!(bands, wanted);
    let track = film.track(&all);
    let sound = |n: u32| frame(n)[8 + WIDTH * ROWS..].to_vec();
    assert_eq!(track[15 * SAMPLES..16 * SAMPLES], [128; SAMPLES], "a click");
    assert_eq!(track[16 * SAMPLES..17 * SAMPLES], sound(16));
    let pixels = picture(&bands);
    let at = |x: usize, y: usize| pixels.rgba[(y * pixels.width + x) * 4..][..4].to_vec();
    assert_eq!((pixels.width, pixels.height), (256, 192));
    let light = bytes[0][8 + 5];
    assert_eq!(at(5 * 8 + 4, 4), vec![light, light, light, 255]);
    let gap: Vec<Vec<u8>> = (0..16).map(|x| at(x, 3 * 16 + 4)).collect();
    assert!(gap.contains(&vec![0; 4]) && gap.contains(&vec![217, 83, 79, 255]), "hatched");
}

#[test]
fn a_datagram_that_overtakes_is_in_time_and_one_that_dawdles_is_late() {
    let way = |n| {
        Some(if n == 5 {
            120
        } else if n == 9 {
            400
        } else {
            60
        })
    };
    let (timeline, to, began) = Set::new(Kind::Datagram).play(film(20, way));
    let tally = playing(&timeline, to, began + 1_000 * MS).tally;
    assert_eq!((tally.arrived, tally.played, tally.late, tally.missing), (20, 19, 1, 0));
    // Until it comes, it counts as missing: nobody can know.
    let tally = playing(&timeline, to, began + 500 * MS).tally;
    assert_eq!((tally.late, tally.missing), (0, 1));
}

#[test]
fn a_stream_waits_for_the_one_that_is_lost_and_goes_on_late() {
    // Frame 10 comes again after 400 ms; what was sent behind it stands in the queue until then.
    let way = |n: u32| Some(if (10..27).contains(&n) { 400 - u64::from(n - 10) * 20 } else { 60 });
    let (timeline, to, began) = Set::new(Kind::Stream).play(film(40, way));
    let before = playing(&timeline, to, began + 500 * MS);
    assert!(before.tally.waits);
    assert_eq!((before.turn, before.tally.stalls), (Some(9), 1));
    assert_eq!(before.tally.stalled, 150 * MS, "since frame 10 was due");
    assert_eq!((before.ticks[10], before.ticks[11]), (Tick::Waited, Tick::Coming));
    let all = playing(&timeline, to, began + 2_000 * MS);
    let tally = all.tally;
    assert_eq!((tally.arrived, tally.played, tally.missing, tally.late), (40, 40, 0, 0));
    assert_eq!((tally.stalls, tally.stalled, tally.delay), (1, 250 * MS, 400 * MS));
    assert!(tally.over && !tally.waits);
    let film = timeline.films().showing(to, began + 2_000 * MS).expect("a film");
    let track = film.track(&all);
    assert_eq!(track.len(), 40 * SAMPLES + 8 * 250, "a quarter of a second of silence in it");
    assert!(track[10 * SAMPLES..10 * SAMPLES + 8 * 250].iter().all(|one| *one == 128));
}

#[test]
fn a_streams_bytes_are_cut_where_frames_are() {
    let mut bytes = b"hello".to_vec();
    (0..3).for_each(|n| bytes.extend(frame(n)));
    let mut all: Vec<_> = (0..3).map(|n| (u64::from(n) * 20, Doing::Send(n))).collect();
    all.extend(bytes.chunks(100).zip(0..).map(|(part, n)| (70 + n, Doing::Get(part.to_vec()))));
    let (timeline, to, began) = Set::new(Kind::Stream).play(all);
    let tally = playing(&timeline, to, began + 400 * MS).tally;
    assert_eq!((tally.arrived, tally.played, tally.stalls), (3, 3, 0));
}

#[test]
fn a_second_film_is_one_of_its_own() {
    for kind in [Kind::Datagram, Kind::Stream] {
        let mut set = Set::new(kind);
        set.asked(10);
        let lost = |n: u32| (kind == Kind::Stream || n != 4).then_some(60);
        let mut all = film(10, lost);
        all.extend(film(10, |_| Some(60)).into_iter().map(|(at, doing)| (at + 1_000, doing)));
        let (timeline, to, began) = set.play(all);
        let first = playing(&timeline, to, began + 900 * MS).tally;
        let second = playing(&timeline, to, began + 2_000 * MS).tally;
        let missing = u32::from(kind == Kind::Datagram);
        assert_eq!((first.arrived, first.missing), (10 - missing, missing), "{kind:?}");
        assert_eq!((second.arrived, second.missing, second.over), (10, 0, true), "{kind:?}");
        let sender = timeline.films().showing(to, began).map(|film| film.sender);
        let again = sender.and_then(|sender| timeline.films().again(sender));
        assert!(matches!(again, Some(Command::Serve { set: Some(_), .. })), "{kind:?}");
    }
}

#[test]
fn a_film_that_is_asked_for_has_all_its_frames_from_the_beginning() {
    let mut set = Set::new(Kind::Stream);
    set.asked(50);
    let (timeline, to, began) = set.play(film(5, |_| Some(60)));
    let all = playing(&timeline, to, began + 160 * MS);
    assert_eq!((all.ticks.len(), all.tally.sent, all.tally.over), (50, 5, false));
    let wide = strip(Kind::Stream, &all.ticks, 100);
    assert_eq!((wide.width, wide.height), (600, 11));
    let narrow = strip(Kind::Stream, &[Tick::Played; 6_000], 50);
    assert_eq!((narrow.width, narrow.height), (300, 88));
}

#[test]
fn much_is_bounded() {
    let mut set = Set::new(Kind::Stream);
    for n in 0..7_000 {
        set.send(n % 3_000);
        set.get(frame(n % 3_000));
    }
    let timeline = set.script.timeline();
    let reel = timeline.films().reels.get(&set.to).expect("a reel");
    assert_eq!(reel.got.len(), FRAMES);
    assert!(timeline.films().showing(set.to, Nanos::MAX).is_some());
}
