//! What the page knows of experiments.

use super::auto::{Auto, Waits, readable};
use super::bet::{Bets, Key, share};
use super::code::{Acts, Mark, dialect, dialect_name, mark, text};
use super::path::{Needs, Played, next, path};
use super::{Step, was_left};
use protocol::command::Lesson as Order;
use protocol::event::Words;
use protocol::experiment::{CodeLine, ExperimentHead};
use protocol::program::Dialect;
use protocol::world::{Bet, Lesson};
use protocol::{Answer, CallId, Command, Done, Event, SocketId, Source, What, World};

fn words(text: &str) -> Words {
    Words { en: text.to_owned(), zh: text.to_owned() }
}

fn head(name: &str, group: &str, needs_wire: bool, own: bool) -> ExperimentHead {
    let (title, question) = (words(name), words("?"));
    ExperimentHead { name: name.into(), title, question, group: group.into(), needs_wire, own }
}

fn heads() -> Vec<ExperimentHead> {
    vec![
        head("late", "streams", false, false),
        head("first", "what", true, false),
        head("first-host", "what", false, false),
        head("wired", "streams", true, false),
        head("mine", "streams", false, true),
        head("after", "buffers", false, false),
        head("local-host", "buffers", false, true),
    ]
}

#[test]
fn the_path_goes_group_by_group_own_ones_last_in_theirs() {
    let heads = heads();
    let names = |wire| -> Vec<(usize, String, Needs)> {
        let all = path(&heads, wire);
        all.iter().map(|own| (own.number, own.head.name.clone(), own.needs)).collect()
    };
    let told: Vec<String> = names(true).into_iter().map(|(_, name, _)| name).collect();
    assert_eq!(told, ["first", "late", "wired", "mine", "after", "local-host"]);
    assert_eq!(names(true)[0], (1, "first".into(), Needs::Wire));
    assert_eq!(names(false)[0].2, Needs::StandIn);
    assert_eq!(names(false)[2].2, Needs::Missing);
    assert_eq!(path(&heads, true)[0].place, 1, "the button names the head, not the number");
}

#[test]
fn an_unknown_group_is_kept_at_the_end() {
    let heads = [head("odd", "strange", false, false), head("plain", "wrong", false, false)];
    let told: Vec<&str> = path(&heads, true).iter().map(|own| own.head.name.as_str()).collect();
    assert_eq!(told, ["plain", "odd"]);
}

#[test]
fn the_next_one_can_be_played_here() {
    let heads = heads();
    let after = |name, wire| next(&heads, wire, name).map(|own| own.head.name.as_str());
    assert_eq!(after("late", true), Some("wired"));
    assert_eq!(after("late", false), Some("mine"));
    assert_eq!(after("local-host", true), None);
    assert_eq!(after("unheard", true), None);
}

#[test]
fn what_was_played_survives_a_reload() {
    let mut played = Played::default();
    assert!(played.add("first") && played.add("flood") && !played.add("first"));
    let read = Played::read(&played.write());
    assert_eq!(read, played);
    assert!(read.has("flood") && !read.has("flo"));
}

#[test]
fn reading_takes_its_time_and_chinese_more_a_character() {
    let near = |seconds: f64, wanted: f64| (seconds - wanted).abs() < 1e-9;
    assert!(near(readable([]), 1.5));
    assert!(near(readable(["hello", "again"]), 1.5 + 10.0 * 0.045));
    assert!(near(readable(["你好"]), 1.5 + 6.0 * 0.045));
}

#[test]
fn the_automatic_hand_presses_each_thing_once_after_its_time() {
    let button = |step| Some(Waits::Button(Step { run: 7, step }));
    let mut auto = Auto::default();
    assert!(!auto.tick(0.0, button(1), 2.0) && !auto.tick(9.0, button(1), 2.0), "off");
    auto.toggle();
    assert!(!auto.tick(10.0, button(1), 2.0), "it has only just appeared");
    assert!(!auto.tick(11.9, button(1), 2.0));
    assert!(auto.tick(12.0, button(1), 2.0));
    assert!(!auto.tick(12.1, button(1), 2.0), "once");
    assert!(!auto.tick(12.2, None, 2.0));
    let bet = Some(Waits::Bet(Step { run: 7, step: 1 }));
    assert!(!auto.tick(13.0, bet, 2.0) && auto.tick(15.0, bet, 2.0), "a bet of the same step");
    auto.toggle();
    assert!(!auto.tick(99.0, bet, 2.0));
}

fn asked() -> Lesson {
    let bet = Bet { step: 2, ask: words("How many?"), ..Bet::default() };
    let mut lesson = Lesson { bet: Some(bet), act: Some(4), ..Lesson::default() };
    lesson.said.step = 2;
    lesson
}

fn key(lesson: &Lesson) -> Key {
    Key::of(5, lesson.bet.as_ref().expect("a bet"))
}

#[test]
fn a_bet_is_waited_at_until_somebody_goes_on() {
    let (mut bets, mut lesson) = (Bets::default(), asked());
    let key = key(&lesson);
    bets.see(&key, &lesson);
    assert!(bets.waits(&key, &lesson) && bets.shows(&key, &lesson));
    bets.pass(&key, &lesson);
    assert!(!bets.waits(&key, &lesson));
    bets.release();
    assert!(bets.waits(&key, &lesson), "it came to nothing");
    lesson.act = Some(5);
    assert!(!bets.waits(&key, &lesson), "another went on");
    lesson.ended = Some(false);
    assert!(!bets.shows(&key, &lesson), "left while it was open");
}

#[test]
fn the_tally_counts_what_was_bet_here_and_decided() {
    let mut bets = Bets::default();
    for (run, mine, fits) in
        [(1, Some(0), Some(0)), (2, Some(1), Some(0)), (3, None, Some(0)), (4, Some(0), None)]
    {
        let mut lesson = asked();
        let key = Key::of(run, lesson.bet.as_ref().expect("a bet"));
        bets.see(&key, &lesson);
        if let Some(mine) = mine {
            bets.place(&key, &lesson, mine);
        }
        assert_eq!(bets.choice(&key), mine);
        lesson.bet.as_mut().expect("a bet").marked = Some(fits);
        bets.see(&key, &lesson);
        bets.see(&key, &lesson);
    }
    assert_eq!(bets.tally(), (1, 3), "the third was not bet here");
}

#[test]
fn what_was_found_stays_for_one_more_step() {
    let (mut bets, mut lesson) = (Bets::default(), asked());
    let key = key(&lesson);
    bets.see(&key, &lesson);
    lesson.said.step = 3;
    lesson.bet.as_mut().expect("a bet").marked = Some(Some(1));
    bets.see(&key, &lesson);
    lesson.said.step = 4;
    bets.see(&key, &lesson);
    assert!(bets.shows(&key, &lesson));
    lesson.said.step = 5;
    assert!(!bets.shows(&key, &lesson));
}

#[test]
fn bars_are_as_long_as_the_counts_say() {
    assert_eq!([0, 1, 4].map(|count| share(count, &[0, 1, 4])), [0, 25, 100]);
    assert_eq!(share(0, &[0, 0]), 0);
    assert_eq!(share(u32::MAX, &[u32::MAX]), 100);
}

fn event(seq: u64, what: What) -> Event {
    Event { seq, at: seq, source: Source::Relay, what }
}

fn began(seq: u64, call: u32, ask: Command) -> Event {
    event(seq, What::CallBegan { call: CallId(call), by: None, ask, cut: None })
}

#[test]
fn the_kernel_is_at_the_last_line_and_others_sleep() {
    let (mut acts, mut world) = (Acts::default(), World::default());
    let recv = Command::Recv { socket: SocketId(1), max: 5, peek: false };
    let listen = Command::Listen { socket: SocketId(2), backlog: 1 };
    for event in [
        event(1, What::ExperimentBegan { name: "x".into(), title: words("x"), steps: 1 }),
        event(2, What::ExperimentActed { act: 3 }),
        began(3, 1, recv.clone()),
        event(4, What::CallBlocked { call: CallId(1), bytes: 0 }),
        event(5, What::ExperimentActed { act: 7 }),
        began(6, 2, listen.clone()),
        // What a program of the page's own does beside it.
        began(7, 3, recv),
        event(8, What::CallBlocked { call: CallId(3), bytes: 0 }),
    ] {
        acts.push(&event);
        world.apply(&event);
    }
    assert_eq!(acts.asleep(&world), [3]);
    let lesson = world.lesson.as_ref().expect("an experiment");
    let line = |act| CodeLine {
        act,
        role: "a".into(),
        python: "p".into(),
        rust: "r".into(),
        c: "c".into(),
    };
    let marks = [2, 3, 7, 8].map(|act| mark(lesson, &acts.asleep(&world), &line(act)));
    assert_eq!(marks, [Mark::Done, Mark::Asleep, Mark::Here, Mark::Ahead]);
    assert_eq!(text(Dialect::C, &line(1)), "c");
    let ok = Answer::Ok(Done::nothing());
    world.apply(&event(9, What::CallEnded { call: CallId(1), result: ok }));
    assert_eq!(acts.asleep(&world), [0; 0]);
}

#[test]
fn a_language_is_remembered_by_its_name() {
    for own in Dialect::ALL {
        assert_eq!(dialect(dialect_name(own)), own);
    }
    assert_eq!(dialect("COBOL"), Dialect::Python);
}

#[test]
fn left_is_not_failed() {
    let mut lesson = Lesson { ended: Some(false), ..Lesson::default() };
    assert!(was_left(&lesson));
    lesson.broken.push((1, "a".into(), "b".into()));
    assert!(!was_left(&lesson));
    // What leaves it is an order of its own.
    assert_ne!(Command::Experiment(Order::Stop), Command::Experiment(Order::Again));
}

#[test]
fn what_was_done_is_a_program_of_the_last_bench_only() {
    let (script, _) = crate::script::story::connected(10, 0);
    let timeline = script.timeline();
    let all = super::program::written(&timeline, Dialect::Python, script.now());
    assert!(all.contains("connect") && all.contains("accept"), "{all}");
    let early = super::program::written(&timeline, Dialect::Python, 0);
    assert!(!early.contains("connect"), "{early}");
}
