//! A lab of its own for each test, and short words for asking it.

use protocol::command::{Family, Kind, Net, Side};
use protocol::data::Data;
use protocol::limit::Limits;
use protocol::reply::Received;
use protocol::{Address, Command, Done, Failure, SocketId, World};
use relay::journal::Journal;
use relay::lab::Lab;
use relay::policy::Policy;
use std::sync::Arc;
use std::time::Duration;

/// How long a condition may take to come true.
pub const DEADLINE: Duration = Duration::from_secs(20);

pub struct Bench {
    pub lab: Lab,
}

impl Bench {
    pub fn new() -> Self {
        let journal = Journal::new("test".into());
        let limits = Limits::default();
        Self { lab: Lab::start(journal, Arc::new(Policy::default()), limits).expect("a lab") }
    }

    pub async fn ask(&self, command: Command) -> Result<Done, Failure> {
        tokio::time::timeout(DEADLINE, self.lab.ask(None, command))
            .await
            .expect("an answer in time")
            .1
    }

    /// Asks without waiting for the end.
    pub fn start(&self, command: Command) -> tokio::task::JoinHandle<Result<Done, Failure>> {
        let asked = self.lab.ask(None, command);
        tokio::spawn(async move { asked.await.1 })
    }

    pub fn look<T>(&self, look: impl FnOnce(&World) -> T) -> T {
        self.lab.journal().look(look)
    }

    /// Waits until the world says so.
    pub async fn until<T>(&self, what: &str, mut look: impl FnMut(&World) -> Option<T>) -> T {
        let mut news = self.lab.journal().watch();
        let waiting = async {
            loop {
                if let Some(found) = self.look(&mut look) {
                    return found;
                }
                news.changed().await.expect("a journal");
            }
        };
        match tokio::time::timeout(DEADLINE, waiting).await {
            Ok(found) => found,
            Err(late) => panic!(
                "{late}: {what}; the sockets: {:?}",
                self.look(|world| world.sockets.clone())
            ),
        }
    }

    pub async fn socket(&self, family: Family, kind: Kind) -> SocketId {
        let ask =
            Command::Socket { net: Net::Host, family, kind, side: Some(Side::Left), name: None };
        match self.ask(ask).await {
            Ok(Done::Made(made)) => made.socket,
            other => panic!("no socket: {other:?}"),
        }
    }

    pub async fn bind(&self, socket: SocketId, address: &str) -> Address {
        match self
            .ask(Command::Bind { socket, address: address.parse().expect("an address") })
            .await
        {
            Ok(Done::Local(local)) => local.local,
            other => panic!("not bound: {other:?}"),
        }
    }

    pub async fn listener(&self, backlog: i32) -> (SocketId, Address) {
        let socket = self.socket(Family::Ipv4, Kind::Stream).await;
        let address = self.bind(socket, "127.0.0.1:0").await;
        self.ask(Command::Listen { socket, backlog }).await.expect("listening");
        (socket, address)
    }

    pub async fn connect(&self, address: &Address) -> SocketId {
        let socket = self.socket(Family::Ipv4, Kind::Stream).await;
        self.ask(Command::Connect { socket, address: address.clone() }).await.expect("connected");
        socket
    }

    pub async fn accept(&self, listener: SocketId) -> SocketId {
        match self.ask(Command::Accept { socket: listener }).await {
            Ok(Done::Accepted(accepted)) => accepted.socket,
            other => panic!("not accepted: {other:?}"),
        }
    }

    /// A client, its accepted connection, and the listener's address.
    pub async fn pair(&self) -> (SocketId, SocketId, Address) {
        let (listener, address) = self.listener(5).await;
        let client = self.connect(&address).await;
        let server = self.accept(listener).await;
        (client, server, address)
    }

    pub async fn send(&self, socket: SocketId, text: &str) -> Result<Done, Failure> {
        self.ask(Command::Send { socket, data: Data::Text(text.into()), all: false }).await
    }

    pub async fn recv(&self, socket: SocketId, max: u32) -> Result<Done, Failure> {
        self.ask(Command::Recv { socket, max, peek: false }).await
    }

    pub async fn close(&self, socket: SocketId) {
        self.ask(Command::Close { socket }).await.expect("closed");
    }
}

/// The bytes that a send took.
pub fn ok_bytes(result: Result<Done, Failure>) -> u32 {
    match result {
        Ok(Done::Sent(sent)) => sent.bytes,
        other => panic!("not sent: {other:?}"),
    }
}

/// What a receive gave.
pub fn received(result: Result<Done, Failure>) -> Received {
    match result {
        Ok(Done::Received(received)) => received,
        other => panic!("not received: {other:?}"),
    }
}

/// The errno's name, or the kind of failure.
pub fn error(result: Result<Done, Failure>) -> String {
    match result {
        Err(failure) => failure.short().to_owned(),
        other => panic!("not refused: {other:?}"),
    }
}
