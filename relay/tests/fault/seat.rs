//! An owner who folds what is told, so that a test can ask the world itself.

use crate::support::viewer::{PATIENCE, Viewer};
use protocol::command::{Family, Kind, Net};
use protocol::message::{ToPage, Welcome};
use protocol::world::Ledger;
use protocol::{Address, Answer, Command, CommandId, Done, Event, SocketId, World};
use relay::session::Form;
use std::collections::BTreeMap;

pub(crate) struct Seat {
    pub(crate) viewer: Viewer,
    pub(crate) welcome: Welcome,
    pub(crate) world: World,
    /// All that was told, in order.
    pub(crate) told: Vec<Event>,
    answers: BTreeMap<CommandId, Answer>,
    next: u32,
}

impl Seat {
    pub(crate) async fn at(link: &str) -> Self {
        let (viewer, mut welcome) = Viewer::of(link, Form::Postcard).await;
        let world = welcome.snapshot.take().expect("whoever is new gets a snapshot");
        Self { viewer, welcome, world, told: Vec::new(), answers: BTreeMap::new(), next: 1 }
    }

    async fn hear(&mut self) {
        match self.viewer.next().await {
            ToPage::Event(event) => {
                let last = self.told.last().map_or(0, |last| last.at);
                assert!(event.at >= last, "time goes back: {event:?} after {last}");
                self.world.apply(&event);
                self.told.push(event);
            }
            ToPage::Reply(reply) => {
                self.answers.insert(reply.id.expect("its number"), reply.result);
            }
            ToPage::Thinned { from, to, at, flows } => {
                self.world.apply_thinned(from, to, at, &flows);
            }
            other => panic!("{other:?}"),
        }
    }

    /// Asks without waiting for the answer.
    pub(crate) async fn begin(&mut self, command: Command) -> CommandId {
        let id = self.next;
        self.next += 1;
        self.viewer.ask(id, command).await;
        CommandId(id)
    }

    pub(crate) async fn answer(&mut self, id: CommandId) -> Answer {
        loop {
            match self.answers.remove(&id) {
                Some(answer) => return answer,
                None => self.hear().await,
            }
        }
    }

    pub(crate) async fn ask(&mut self, command: Command) -> Answer {
        let id = self.begin(command).await;
        self.answer(id).await
    }

    pub(crate) async fn done(&mut self, command: Command) -> Done {
        match self.ask(command.clone()).await {
            Answer::Ok(done) => done,
            Answer::Error(failure) => panic!("{command:?}: {failure:?}"),
        }
    }

    /// The errno's name, or the kind of failure, of a call that must fail, in one sentence.
    pub(crate) async fn refused(&mut self, command: Command) -> String {
        match self.ask(command.clone()).await {
            Answer::Ok(done) => panic!("{command:?} worked: {done:?}"),
            Answer::Error(failure) => {
                let sentences = failure.message.matches(". ").count();
                assert!(failure.message.ends_with('.') && sentences < 2, "{failure:?}");
                failure.short().to_owned()
            }
        }
    }

    /// Waits until the world says so.
    pub(crate) async fn until<T>(
        &mut self,
        what: &str,
        mut look: impl FnMut(&World) -> Option<T>,
    ) -> T {
        let waiting = async {
            loop {
                match look(&self.world) {
                    Some(found) => return found,
                    None => self.hear().await,
                }
            }
        };
        match tokio::time::timeout(PATIENCE, waiting).await {
            Ok(found) => found,
            Err(late) => panic!("{late}: {what}; {:?}", self.told.last()),
        }
    }

    pub(crate) async fn socket(&mut self, net: Net, kind: Kind) -> SocketId {
        match self.done(make(net, kind)).await {
            Done::Made(made) => made.socket,
            other => panic!("no socket: {other:?}"),
        }
    }

    /// A socket bound to its net's own address, and that.
    pub(crate) async fn bound(&mut self, net: Net, kind: Kind) -> (SocketId, Address) {
        let socket = self.socket(net, kind).await;
        let ip = net.end().map_or("127.0.0.1".to_owned(), |end| end.ipv4().to_string());
        let address = format!("{ip}:0").parse().expect("an address");
        match self.done(Command::Bind { socket, address }).await {
            Done::Local(local) => (socket, local.local),
            other => panic!("not bound: {other:?}"),
        }
    }

    /// A client in one net and its connection in another.
    pub(crate) async fn pair(&mut self, from: Net, to: Net) -> (SocketId, SocketId) {
        let (listener, address) = self.bound(to, Kind::Stream).await;
        self.done(Command::Listen { socket: listener, backlog: 5 }).await;
        let client = self.socket(from, Kind::Stream).await;
        self.done(Command::Connect { socket: client, address }).await;
        match self.done(Command::Accept { socket: listener }).await {
            Done::Accepted(accepted) => (client, accepted.socket),
            other => panic!("not accepted: {other:?}"),
        }
    }

    pub(crate) async fn send(&mut self, socket: SocketId, text: &str) -> Answer {
        self.ask(Command::Send { socket, data: self::text(text), all: true }).await
    }

    /// Reads so many bytes of a stream.
    pub(crate) async fn read(&mut self, socket: SocketId, bytes: usize) -> Vec<u8> {
        let mut all = Vec::new();
        while all.len() < bytes {
            match self.done(Command::Recv { socket, max: 65_536, peek: false }).await {
                Done::Received(part) if !part.eof => all.extend_from_slice(part.data.bytes()),
                other => panic!("{other:?} after {} of {bytes}", all.len()),
            }
        }
        all
    }

    /// The balance of datagrams to a sender's receiver, at a quiet moment.
    pub(crate) async fn balance(&mut self, sender: SocketId) -> protocol::world::DatagramLedger {
        self.until("a quiet moment", |world| match world.ledger(sender)? {
            Ledger::Datagram(ledger) => ledger.quiet.then_some(ledger),
            Ledger::Stream(_) => None,
        })
        .await
    }
}

pub(crate) fn make(net: Net, kind: Kind) -> Command {
    Command::Socket { net, family: Family::Ipv4, kind, side: None, name: None }
}

/// A text as a command carries it.
pub(crate) fn text(text: &str) -> protocol::data::Data {
    protocol::data::Data::Text(text.into())
}
