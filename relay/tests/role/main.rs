//! Who may do what: an owner everything, viewers look and bet; and the link by which they come.
#![cfg(target_os = "linux")]

mod command;
mod exposed;
mod link;
#[path = "../support/mod.rs"]
mod support;

use command::{ALL, S, every_command, place, socket};
use protocol::command::{Invite, Lesson};
use protocol::message::{Role, ToPage};
use protocol::{Answer, Command, CommandId, Done, ErrorKind, Event, Failure, What};
use relay::director::Director;
use relay::experiment::Library;
use relay::server;
use relay::session::{Config, Form, Guests};
use std::fs;
use support::lab::Bench;
use support::scratch::Scratch;
use support::viewer::{PATIENCE, Relay, Viewer, token};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::time::timeout;

const FORMS: [Form; 2] = [Form::Json, Form::Postcard];

/// A bet on a queue that stays empty.
const MINE: &str = r#"title = { en = "a", zh = "b" }
question = { en = "a", zh = "b" }
group = "what"

[[act]]
role = "reader"
call = { socket = { net = "host", family = "ipv4", kind = "datagram" } }
[[act]]
role = "reader"
call = { bind = { address = "127.0.0.1:0" } }
[[act]]
bet = { ask = { en = "?", zh = "?" }, of = { role = "reader", path = "kernel.receive_queue" }, choices = [
  { say = { en = "0", zh = "0" }, is = 0 },
  { say = { en = "7", zh = "7" }, is = 7 },
] }
[[act]]
see = { role = "reader", path = "kernel.receive_queue", is = 0 }
mark = true
"#;

/// A lab with everything that a running relay has around it.
struct House {
    bench: Bench,
    relay: Relay,
    viewers_token: String,
    _scratch: Scratch,
}

impl House {
    async fn open() -> Self {
        let bench = Bench::new();
        let scratch = Scratch::new();
        fs::write(scratch.path().join("mine.toml"), MINE).expect("written");
        let library = Library::with(scratch.path()).expect("a library");
        let guests = Guests::from(token());
        let director =
            Director::new(bench.lab.clone()).with_library(library).inviting(guests.clone());
        let Ok(Done::Invited(told)) = guests.invite(Invite::Show) else { panic!("no link") };
        let config = server::Config::default();
        let relay = Relay::among(director, guests, Config::default(), config).await;
        Self { bench, relay, viewers_token: told.viewers_token, _scratch: scratch }
    }

    async fn viewer(&self, form: Form) -> Viewer {
        let mut viewer = self.relay.stranger(form).await;
        assert_eq!(viewer.greet_with(&self.viewers_token, None).await.role, Role::Viewer);
        viewer
    }

    async fn owner(&self) -> Viewer {
        let (owner, welcome) = self.relay.viewer(Form::Json).await;
        assert_eq!(welcome.role, Role::Owner);
        owner
    }
}

/// The answer to a command, past the events before it.
pub(crate) async fn answer(viewer: &mut Viewer, id: u32, ask: Command) -> Result<Done, Failure> {
    viewer.ask(id, ask).await;
    loop {
        match viewer.next().await {
            ToPage::Reply(reply) if reply.id == Some(CommandId(id)) => {
                return match reply.result {
                    Answer::Ok(done) => Ok(done),
                    Answer::Error(failure) => Err(failure),
                };
            }
            ToPage::Event(_) | ToPage::Thinned { .. } => {}
            other => panic!("{other:?}"),
        }
    }
}

/// The link that an owner is told.
pub(crate) async fn invited(owner: &mut Viewer, id: u32, invite: Invite) -> (String, u32) {
    match answer(owner, id, Command::Invite(invite)).await.expect("an owner may") {
        Done::Invited(told) => (told.viewers_token, told.viewers),
        other => panic!("{other:?}"),
    }
}

/// Waits for the one message that ends a session, and for its end.
pub(crate) async fn sent_away(viewer: &mut Viewer) -> (ErrorKind, String) {
    loop {
        match viewer.next().await {
            ToPage::Refused { kind, message } => {
                assert_eq!(viewer.end().await, Some(1008));
                return (kind, message);
            }
            ToPage::Event(_) | ToPage::Thinned { .. } => {}
            other => panic!("{other:?}"),
        }
    }
}

/// The status of `GET /recording/x` with that token.
pub(crate) async fn recording(mut stream: TcpStream, token: &str) -> String {
    let host = stream.peer_addr().expect("connected");
    let said = format!(
        "GET /recording/x HTTP/1.1\r\nHost: {host}\r\nAuthorization: Bearer {token}\r\n\
         Connection: close\r\n\r\n"
    );
    stream.write_all(said.as_bytes()).await.expect("said");
    let mut heard = String::new();
    timeout(PATIENCE, stream.read_to_string(&mut heard)).await.expect("in time").expect("heard");
    heard.split(' ').nth(1).expect("a status").to_owned()
}

#[tokio::test]
async fn viewers_are_denied_every_command() {
    let commands = every_command();
    let mut places: Vec<usize> = commands.iter().map(place).collect();
    places.sort_unstable();
    assert_eq!(places, (0..ALL).collect::<Vec<_>>(), "each is tried");
    let house = House::open().await;
    let mut owner = house.owner().await;
    let before = house.bench.look(|world| world.seq);
    let told = invited(&mut owner, 9, Invite::Show).await;
    assert_eq!(told, (house.viewers_token.clone(), 0));
    assert_eq!(house.bench.look(|world| world.seq), before, "the journal is not told");
    // There is something that commands could act on.
    assert!(
        matches!(answer(&mut owner, 1, socket()).await, Ok(Done::Made(made)) if made.socket == S)
    );
    for form in FORMS {
        let mut viewer = house.viewer(form).await;
        let before = house.bench.look(|world| world.seq);
        for (id, command) in (1..).zip(every_command()) {
            let no = answer(&mut viewer, id, command.clone()).await.expect_err("not theirs");
            assert_eq!(no.kind, ErrorKind::Denied, "{form:?} {command:?}");
            assert_eq!(no.message, "You look on here; all that you may ask for is a bet.");
        }
        house.bench.look(|world| {
            assert_eq!(world.seq, before, "nothing happened");
            assert!(world.sockets.len() == 1 && !world.gate);
        });
    }
    let none = format!("127.0.0.1:{}", house.relay.address.port());
    let connect = async || TcpStream::connect(&none).await.expect("connected");
    assert_eq!(recording(connect().await, &house.viewers_token).await, "401");
    assert_eq!(recording(connect().await, token().reveal()).await, "404", "an owner may ask");
}

#[tokio::test]
async fn viewers_bet_and_the_experiment_does_not_go_on_by_it() {
    let house = House::open().await;
    let mut owner = house.owner().await;
    let start = Command::Experiment(Lesson::Start { name: "mine".into() });
    answer(&mut owner, 1, start).await.expect("it begins");
    let open = |world: &protocol::World| world.lesson.as_ref()?.bet.as_ref().map(|_| ());
    house.bench.until("a bet", open).await;
    let bet = |choice| Command::Experiment(Lesson::Bet { choice });
    for (form, choice) in FORMS.into_iter().zip([1, 0]) {
        let mut viewer = house.viewer(form).await;
        assert_eq!(answer(&mut viewer, 1, bet(choice)).await, Ok(Done::nothing()));
    }
    house.bench.look(|world| {
        let lesson = world.lesson.as_ref().expect("it is played");
        let bet = lesson.bet.as_ref().expect("it is open");
        assert_eq!((bet.counts.as_slice(), &bet.marked), ([1, 1].as_slice(), &None));
        assert!(lesson.ended.is_none(), "it waits for an owner");
    });
    answer(&mut owner, 2, bet(0)).await.expect("an owner may");
    let ended = |world: &protocol::World| world.lesson.as_ref()?.ended;
    assert!(house.bench.until("its end", ended).await);
}

#[tokio::test]
async fn viewers_see_what_owners_see() {
    let house = House::open().await;
    let mut owner = house.owner().await;
    let mut viewers = [house.viewer(Form::Json).await, house.viewer(Form::Postcard).await];
    owner.ask(1, socket()).await;
    owner.ask(2, Command::Close { socket: S }).await;
    let owners = until_gone(&mut owner).await;
    assert!(owners.len() >= 3, "{owners:?}");
    for viewer in &mut viewers {
        assert_eq!(until_gone(viewer).await, owners);
    }
}

/// The events until a socket is gone.
async fn until_gone(viewer: &mut Viewer) -> Vec<Event> {
    let mut seen = Vec::new();
    loop {
        if let ToPage::Event(event) = viewer.next().await {
            let gone = matches!(event.what, What::Gone { .. });
            seen.push(event);
            if gone {
                return seen;
            }
        }
    }
}
