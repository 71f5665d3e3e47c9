//! The real relay, pressed hard: it answers everything, stays alive, and works again afterwards.

mod support;

use protocol::command::{Family, Half, Kind, Lesson, Net, Reading};
use protocol::message::ToPage;
use protocol::{Answer, Command, CommandId, Done, ErrorKind, SocketId, What};
use relay::session::Form;
use support::relay::Relay;
use support::viewer::Viewer;
use tokio::net::TcpStream;

fn socket(kind: Kind) -> Command {
    Command::Socket { net: Net::Host, family: Family::Ipv4, kind, side: None, name: None }
}

/// The next reply, whatever is told before it.
async fn reply(viewer: &mut Viewer) -> (CommandId, Answer) {
    loop {
        if let ToPage::Reply(reply) = viewer.next().await {
            return (reply.id.expect("of a command"), reply.result);
        }
    }
}

/// The socket made, none where the answer is that there are too many.
fn made(answer: &Answer) -> Option<SocketId> {
    match answer {
        Answer::Ok(Done::Made(made)) => Some(made.socket),
        Answer::Error(failure)
            if failure.kind == ErrorKind::Limit || failure.short() == "EMFILE" =>
        {
            None
        }
        other => panic!("{other:?}"),
    }
}

/// Asks for far more sockets than there can be, a hundred at a time; those that were made.
async fn too_many(viewer: &mut Viewer) -> Vec<SocketId> {
    let mut sockets = Vec::new();
    for round in 0..100 {
        for id in round * 100..(round + 1) * 100 {
            viewer.ask(id, socket(Kind::Stream)).await;
        }
        for _ in 0..100 {
            sockets.extend(made(&reply(viewer).await.1));
        }
    }
    sockets
}

#[tokio::test]
async fn few_descriptors_mean_few_sockets_and_a_relay_that_lives() {
    let relay = Relay::after("ulimit -n 64");
    let (mut viewer, welcome) = Viewer::of(relay.url(), Form::Json).await;
    let most = welcome.limits.sockets as usize;
    assert!((8..64).contains(&most), "{most}");
    for _ in 0..2 {
        let sockets = too_many(&mut viewer).await;
        assert_eq!(sockets.len(), most, "what welcome says, the lab holds");
        // Strangers take descriptors too, and must not keep the second viewer out.
        for (id, socket) in sockets.iter().enumerate() {
            viewer
                .ask(
                    id as u32,
                    Command::Bind { socket: *socket, address: "127.0.0.1:0".parse().unwrap() },
                )
                .await;
            viewer.ask(id as u32, Command::Listen { socket: *socket, backlog: 1 }).await;
        }
        for _ in 0..2 * sockets.len() {
            assert!(matches!(reply(&mut viewer).await.1, Answer::Ok(_)));
        }
        let mut strangers = Vec::new();
        for _ in 0..100 {
            let address = relay.origin().strip_prefix("http://").unwrap();
            strangers.push(TcpStream::connect(address).await.unwrap());
        }
        let (mut second, _) = Viewer::of(relay.url(), Form::Postcard).await;
        second.ask(1, socket(Kind::Datagram)).await;
        assert_eq!(made(&reply(&mut second).await.1), None);
        for (id, socket) in sockets.iter().enumerate() {
            viewer.ask(id as u32, Command::Close { socket: *socket }).await;
            assert!(matches!(reply(&mut viewer).await.1, Answer::Ok(_)));
        }
    }
    viewer.ask(0, socket(Kind::Datagram)).await;
    assert!(made(&reply(&mut viewer).await.1).is_some());
}

/// The events told until `last`'s reply.
async fn told(viewer: &mut Viewer, last: u32) -> Vec<What> {
    let mut told = Vec::new();
    loop {
        match viewer.next().await {
            ToPage::Event(event) => told.push(event.what),
            ToPage::Reply(reply) if reply.id == Some(CommandId(last)) => return told,
            _ => {}
        }
    }
}

fn lesson(lesson: Lesson) -> Command {
    Command::Experiment(lesson)
}

fn start() -> Command {
    lesson(Lesson::Start { name: "first".into() })
}

#[tokio::test]
async fn what_follows_a_reset_outlives_it() {
    let relay = Relay::after("true");
    let (mut viewer, _) = Viewer::of(relay.url(), Form::Json).await;
    for order in [Command::Reset, start()] {
        viewer.ask(1, socket(Kind::Stream)).await;
        viewer.ask(2, order).await;
        viewer.ask(3, socket(Kind::Datagram)).await;
        let told = told(&mut viewer, 3).await;
        let place = |wanted: &dyn Fn(&What) -> bool| told.iter().rposition(wanted);
        let reset = place(&|what| matches!(what, What::Reset { .. })).expect("a reset");
        let made = place(&|what| {
            matches!(what, What::CallEnded { result: Answer::Ok(Done::Made(_)), .. })
        });
        assert!(made.expect("a socket") > reset, "{told:#?}");
    }
}

#[tokio::test]
async fn an_experiment_ends_before_the_next_begins() {
    let relay = Relay::after("true");
    let (mut viewer, _) = Viewer::of(relay.url(), Form::Json).await;
    for id in 0..400 {
        let order = match id % 8 {
            0 | 3 | 4 => start(),
            5 => lesson(Lesson::Stop),
            7 => Command::Reset,
            _ => lesson(Lesson::Next),
        };
        viewer.ask(id, order).await;
        if id % 3 == 0 {
            tokio::task::yield_now().await;
        }
    }
    viewer.ask(400, lesson(Lesson::Stop)).await;
    let mut on = false;
    for what in told(&mut viewer, 400).await {
        match what {
            What::ExperimentBegan { .. } => {
                assert!(!std::mem::replace(&mut on, true), "began twice");
            }
            What::ExperimentEnded { .. } => {
                assert!(std::mem::replace(&mut on, false), "ended twice");
            }
            What::ExperimentSaid { .. } | What::ExperimentChecked { .. } => assert!(on, "{what:?}"),
            _ => {}
        }
    }
    assert!(!on);
}

#[tokio::test]
async fn a_reader_never_runs_idle() {
    let relay = Relay::after("true");
    let (mut viewer, _) = Viewer::of(relay.url(), Form::Json).await;
    viewer.ask(1, socket(Kind::Stream)).await;
    let stream = made(&reply(&mut viewer).await.1).expect("a stream");
    let set = Some(Reading { max: 0, every: 0 });
    viewer.ask(2, Command::Reader { socket: stream, set }).await;
    let (_, Answer::Error(failure)) = reply(&mut viewer).await else { panic!("taken") };
    assert_eq!(failure.kind, ErrorKind::BadRequest);
    viewer.ask(3, socket(Kind::Datagram)).await;
    let datagram = made(&reply(&mut viewer).await.1).expect("a datagram socket");
    let set = Some(Reading { max: 9, every: 0 });
    for ask in [
        Command::Connect { socket: datagram, address: "127.0.0.1:9".parse().unwrap() },
        Command::Shutdown { socket: datagram, how: Half::Read },
        Command::Reader { socket: datagram, set },
    ] {
        viewer.ask(4, ask).await;
    }
    // It removes itself when it finds that nothing can come.
    loop {
        if let ToPage::Event(event) = viewer.next().await
            && matches!(event.what, What::CallBegan { ask: Command::Reader { set: None, .. }, .. })
        {
            return;
        }
    }
}
