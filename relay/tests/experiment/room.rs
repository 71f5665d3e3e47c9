//! An experiment in a room: who may bet, who may do more, and beginning again.

use crate::support::lab::Bench;
use crate::support::scratch::Scratch;
use crate::{HEAD, PAIR};
use protocol::command::Lesson;
use protocol::message::Role;
use protocol::{Command, Done, ErrorKind, Failure, SessionId, What, World};
use relay::director::Director;
use relay::experiment::Library;
use relay::journal::Read;
use relay::session::Asker as _;
use std::fs;

const OWNER: SessionId = SessionId(1);
const VIEWERS: [SessionId; 2] = [SessionId(2), SessionId(3)];

const BET: &str = r#"[[act]]
bet = { ask = { en = "?", zh = "?" }, of = { role = "reader", path = "kernel.receive_queue" }, choices = [
  { say = { en = "5", zh = "5" }, is = 5 },
  { say = { en = "7", zh = "7" }, is = 7 },
] }
[[act]]
say = { en = "a", zh = "b" }
button = { en = "c", zh = "d" }
[[act]]
see = { role = "reader", path = "kernel.receive_queue", is = 5 }
mark = true
"#;

struct Room {
    bench: Bench,
    director: Director,
    _scratch: Scratch,
}

impl Room {
    fn of(bench: Bench, text: &str) -> Self {
        let scratch = Scratch::new();
        fs::write(scratch.path().join("mine.toml"), text).expect("written");
        let library = Library::with(scratch.path()).expect("a library");
        let director = Director::new(bench.lab.clone()).with_library(library);
        director.entered(OWNER, Role::Owner);
        for viewer in VIEWERS {
            director.entered(viewer, Role::Viewer);
        }
        Self { bench, director, _scratch: scratch }
    }

    async fn ask(&self, by: SessionId, command: Command) -> Result<Done, Failure> {
        self.director.ask(by, command).await.1
    }

    async fn lesson(&self, by: SessionId, lesson: Lesson) -> Result<Done, Failure> {
        self.ask(by, Command::Experiment(lesson)).await
    }

    async fn bet(&self, by: SessionId, choice: u32) -> Result<Done, Failure> {
        self.lesson(by, Lesson::Bet { choice }).await
    }

    async fn start(&self) {
        let name = "mine".into();
        self.lesson(OWNER, Lesson::Start { name }).await.expect("it begins");
    }

    /// Waits until the experiment is so far.
    async fn until(&self, what: &str, far: impl Fn(&protocol::world::Lesson) -> bool) {
        let so_far = |world: &World| world.lesson.as_ref().is_some_and(&far).then_some(());
        self.bench.until(what, so_far).await;
    }

    fn counts(&self) -> Vec<u32> {
        let bet = |world: &World| world.lesson.as_ref()?.bet.clone();
        self.bench.look(bet).map(|bet| bet.counts).unwrap_or_default()
    }
}

#[tokio::test]
async fn viewers_and_owners_may_bet_until_it_is_marked() {
    let room = Room::of(Bench::new(), &[HEAD, PAIR, BET].concat());
    let [one, two] = VIEWERS;
    assert!(room.bet(one, 0).await.is_err(), "none is open");
    room.start().await;
    room.until("a bet", |lesson| lesson.bet.is_some()).await;
    room.bet(one, 1).await.expect("a viewer may");
    room.bet(two, 1).await.expect("so may another");
    assert_eq!(room.counts(), [0, 2]);
    room.bet(one, 0).await.expect("and change it");
    assert_eq!(room.counts(), [1, 1]);
    assert_eq!(room.bet(one, 2).await.expect_err("no such choice").kind, ErrorKind::BadRequest);
    room.bench.look(|world| {
        let said = world.lesson.as_ref().map(|lesson| lesson.said.step);
        assert_eq!(said, Some(0), "nobody waits for viewers, and they hurry nobody");
    });
    room.bet(OWNER, 0).await.expect("an owner may");
    room.until("the next sentence", |lesson| lesson.said.button.is_some()).await;
    room.bet(OWNER, 1).await.expect("and change it, which presses no button");
    assert_eq!(room.counts(), [1, 2]);
    room.lesson(OWNER, Lesson::Next).await.expect("the button waits still");
    room.until("its end", |lesson| lesson.ended == Some(true)).await;
    assert!(room.bet(one, 0).await.is_err(), "it is marked");
    let marked = room.bench.look(|world| world.lesson.clone().unwrap().bet.unwrap().marked);
    assert_eq!((marked, room.counts()), (Some(Some(0)), vec![1, 2]));
}

#[tokio::test]
async fn a_bet_can_be_passed() {
    let room = Room::of(Bench::new(), &[HEAD, PAIR, BET].concat());
    room.start().await;
    room.until("a bet", |lesson| lesson.bet.is_some()).await;
    room.lesson(OWNER, Lesson::Next).await.expect("it waits for that too");
    room.until("the next sentence", |lesson| lesson.said.button.is_some()).await;
    room.lesson(OWNER, Lesson::Next).await.expect("the button");
    room.until("its end", |lesson| lesson.ended == Some(true)).await;
    assert_eq!(room.counts(), [0; 0]);
}

#[tokio::test]
async fn a_viewer_may_do_nothing_else() {
    let room = Room::of(Bench::new(), &[HEAD, PAIR, BET].concat());
    let viewer = VIEWERS[0];
    let start = Lesson::Start { name: "mine".into() };
    for lesson in [start, Lesson::Next, Lesson::Stop, Lesson::Again] {
        let no = room.lesson(viewer, lesson).await.expect_err("it may not");
        assert_eq!(no.kind, ErrorKind::Denied);
    }
    for command in [Command::Reset, Command::Step, Command::Pause { on: true }] {
        assert_eq!(room.ask(viewer, command).await.expect_err("nor that").kind, ErrorKind::Denied);
    }
    assert_eq!(room.bench.look(|world| world.seq), 0, "nothing happened");
}

#[tokio::test]
async fn again_begins_the_same_from_its_beginning() {
    let room = Room::of(Bench::new(), &[HEAD, PAIR].concat());
    assert!(room.lesson(OWNER, Lesson::Again).await.is_err(), "none has been played");
    room.start().await;
    room.until("its end", |lesson| lesson.ended.is_some()).await;
    let first = room.bench.look(|world| world.seq);
    room.ask(OWNER, Command::Reset).await.expect("emptied");
    room.lesson(OWNER, Lesson::Again).await.expect("it begins again");
    room.until("its end", |lesson| lesson.ended == Some(true)).await;
    assert!(
        room.bench.look(|world| world.seq) > first && room.bench.look(|w| w.sockets.len()) == 2
    );
}

#[tokio::test]
async fn again_begins_with_the_same_seed() {
    let Some(bench) = Bench::on_wire() else { return };
    let head = format!("needs = \"wire\"\nseed = 7\n{HEAD}");
    let room = Room::of(bench, &[&head, PAIR].concat());
    room.start().await;
    room.until("its end", |lesson| lesson.ended == Some(true)).await;
    let middle = room.bench.look(|world| world.seq);
    room.lesson(OWNER, Lesson::Again).await.expect("it begins again");
    let again = |world: &World| {
        let ended = world.lesson.as_ref().is_some_and(|lesson| lesson.ended == Some(true));
        (ended && world.seq > middle + 5).then_some(())
    };
    room.bench.until("its end again", again).await;
    let Read::Events(events) = room.bench.lab.journal().read(0, 10_000) else { panic!("lost") };
    let seeds: Vec<Option<u32>> = events
        .iter()
        .filter_map(|event| match &event.what {
            What::Impaired { seed, .. } => Some(*seed),
            _ => None,
        })
        .collect();
    assert_eq!(seeds, [Some(7); 4], "both ends, twice");
}
