//! The call gate between viewers of one lab: who asks, who steps, who leaves.
#![cfg(target_os = "linux")]

mod support;

use protocol::command::{Family, Kind, Lesson, Net};
use protocol::limit::Limits;
use protocol::message::ToPage;
use protocol::{Answer, Command, Done, ErrorKind, SocketId, What};
use relay::director::Director;
use relay::lab::Lab;
use relay::policy::Policy;
use relay::server;
use relay::session::{self, Form};
use std::sync::Arc;
use support::viewer::{Relay, Viewer, journal};

async fn start(session: session::Config) -> (Relay, Lab) {
    let lab = Lab::start(journal(), Arc::new(Policy::default()), Limits::default()).expect("a lab");
    let director = Director::new(lab.clone());
    (Relay::with(director, session, server::Config::default()).await, lab)
}

fn make() -> Command {
    let (net, family, kind) = (Net::Host, Family::Ipv4, Kind::Stream);
    Command::Socket { net, family, kind, side: None, name: None }
}

/// Waits for an event.
async fn sees<T>(viewer: &mut Viewer, mut find: impl FnMut(&What) -> Option<T>) -> T {
    loop {
        if let ToPage::Event(event) = viewer.next().await
            && let Some(found) = find(&event.what)
        {
            return found;
        }
    }
}

async fn reply(viewer: &mut Viewer, id: u32) -> Answer {
    loop {
        if let ToPage::Reply(reply) = viewer.next().await
            && reply.id.is_some_and(|told| told.0 == id)
        {
            return reply.result;
        }
    }
}

#[tokio::test]
async fn one_asks_another_lets_it_through_and_the_asker_has_the_answer() {
    let (relay, lab) = start(session::Config::default()).await;
    let (mut one, welcome) = relay.viewer(Form::Json).await;
    let (mut two, _) = relay.viewer(Form::Postcard).await;
    two.ask(1, Command::Pause { on: true }).await;
    sees(&mut one, |what| matches!(what, What::Gate { on: true, .. }).then_some(())).await;
    one.ask(7, make()).await;
    let by = sees(&mut two, |what| match what {
        What::CallWaiting { by, .. } => Some(*by),
        _ => None,
    });
    assert_eq!(by.await, Some(welcome.session));
    // A third who comes now finds it in the snapshot.
    let (third, welcome) = relay.viewer(Form::Json).await;
    let world = welcome.snapshot.expect("a world");
    assert!(world.gate && world.waiting.len() == 1, "{world:?}");
    drop(third);
    two.ask(2, Command::Step).await;
    assert!(matches!(reply(&mut one, 7).await, Answer::Ok(Done::Made(_))));
    assert!(lab.journal().look(|world| world.gate && world.waiting.is_empty()));
    relay.stop().await;
}

#[tokio::test]
async fn who_leaves_takes_its_calls_along() {
    let (relay, lab) = start(session::Config::default()).await;
    let (mut one, _) = relay.viewer(Form::Json).await;
    let (mut two, _) = relay.viewer(Form::Json).await;
    one.ask(1, Command::Pause { on: true }).await;
    two.ask(1, make()).await;
    sees(&mut one, |what| matches!(what, What::CallWaiting { .. }).then_some(())).await;
    drop(two);
    sees(&mut one, |what| matches!(what, What::CallWithdrawn { .. }).then_some(())).await;
    one.ask(2, Command::Step).await;
    match reply(&mut one, 2).await {
        Answer::Error(failure) => assert_eq!(failure.kind, ErrorKind::BadRequest),
        Answer::Ok(done) => panic!("{done:?}"),
    }
    assert!(lab.journal().look(|world| world.gate && world.sockets.is_empty()));
    relay.stop().await;
}

#[tokio::test]
async fn a_session_full_of_waiting_calls_can_still_open_the_gate() {
    let config = session::Config { outstanding: 2, ..session::Config::default() };
    let (relay, lab) = start(config).await;
    let (mut one, _) = relay.viewer(Form::Json).await;
    one.ask(1, make()).await;
    let Answer::Ok(Done::Made(made)) = reply(&mut one, 1).await else { panic!("no socket") };
    one.ask(2, Command::Pause { on: true }).await;
    one.ask(3, make()).await;
    one.ask(4, make()).await;
    // Its places are taken: a close would wait at the gate, and the session for it.
    one.ask(5, Command::Close { socket: made.socket }).await;
    match reply(&mut one, 5).await {
        Answer::Error(failure) => assert_eq!(failure.kind, ErrorKind::Limit),
        Answer::Ok(done) => panic!("{done:?}"),
    }
    one.ask(6, Command::Step).await;
    one.ask(7, Command::Pause { on: false }).await;
    assert!(matches!(reply(&mut one, 7).await, Answer::Ok(_)));
    let made = |world: &protocol::World| world.sockets.keys().copied().collect::<Vec<_>>();
    assert_eq!(lab.journal().look(made), [SocketId(1), SocketId(2), SocketId(3)]);
    relay.stop().await;
}

#[tokio::test]
async fn an_experiment_that_is_left_leaves_nothing_at_the_gate() {
    let (relay, lab) = start(session::Config::default()).await;
    let (mut one, _) = relay.viewer(Form::Json).await;
    let name = "first-host".to_owned();
    one.ask(1, Command::Experiment(Lesson::Start { name })).await;
    // It has said something: its first calls are made, and it waits for its learner.
    sees(&mut one, |what| match what {
        What::ExperimentSaid { button, .. } => button.as_ref().map(drop),
        _ => None,
    })
    .await;
    one.ask(2, Command::Pause { on: true }).await;
    one.ask(3, Command::Experiment(Lesson::Next)).await;
    sees(&mut one, |what| matches!(what, What::CallWaiting { by: None, .. }).then_some(())).await;
    one.ask(4, Command::Experiment(Lesson::Stop)).await;
    sees(&mut one, |what| matches!(what, What::CallWithdrawn { .. }).then_some(())).await;
    assert!(lab.journal().look(|world| world.gate && world.waiting.is_empty()));
    relay.stop().await;
}

#[tokio::test]
async fn an_experiment_keeps_its_promises_however_long_its_calls_wait() {
    let (relay, lab) = start(session::Config::default()).await;
    let (mut one, _) = relay.viewer(Form::Json).await;
    let name = "first-host".to_owned();
    one.ask(1, Command::Experiment(Lesson::Start { name })).await;
    let mut id = 1;
    let mut ask = |command| {
        id += 1;
        (id, command)
    };
    let mut shut = false;
    let passed = loop {
        let ToPage::Event(event) = one.next().await else { continue };
        let next = match event.what {
            What::ExperimentEnded { passed } => break passed,
            What::CallWaiting { .. } => ask(Command::Step),
            What::ExperimentSaid { button: Some(_), .. } => {
                if !std::mem::replace(&mut shut, true) {
                    let (id, command) = ask(Command::Pause { on: true });
                    one.ask(id, command).await;
                }
                ask(Command::Experiment(Lesson::Next))
            }
            _ => continue,
        };
        one.ask(next.0, next.1).await;
    };
    assert!(passed && shut, "{:?}", lab.journal().look(|world| world.lesson.clone()));
    relay.stop().await;
}
