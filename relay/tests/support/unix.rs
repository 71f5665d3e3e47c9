//! A lab with a folder for the names of Unix sockets.

use super::lab::Bench;
use protocol::command::{Family, Kind};
use protocol::limit::Limits;
use protocol::{Address, Command, SocketId};
use relay::journal::Journal;
use relay::lab::{Lab, Names};
use relay::policy::Policy;
use std::sync::Arc;

/// The address with that name.
pub fn named(name: &str) -> Address {
    Address::Unix(name.into())
}

impl Bench {
    pub fn with_names() -> Self {
        let names = Some(Arc::new(Names::temporary().expect("a folder")));
        let (journal, policy) = (Journal::new("test".into()), Arc::new(Policy::default()));
        let lab = Lab::start_in(journal, policy, Limits::default(), None, names).expect("a lab");
        Self { lab }
    }

    pub async fn unix(&self, kind: Kind) -> SocketId {
        self.socket(Family::Unix, kind).await
    }

    /// A Unix socket of that name.
    pub async fn unix_bound(&self, kind: Kind, name: &str) -> SocketId {
        let socket = self.unix(kind).await;
        self.bind(socket, &format!("unix:{name}")).await;
        socket
    }

    pub async fn unix_listener(&self, name: &str, backlog: i32) -> SocketId {
        let socket = self.unix_bound(Kind::Stream, name).await;
        self.ask(Command::Listen { socket, backlog }).await.expect("listening");
        socket
    }

    pub async fn unix_connect(&self, name: &str) -> SocketId {
        let socket = self.unix(Kind::Stream).await;
        let address = named(name);
        self.ask(Command::Connect { socket, address }).await.expect("connected");
        socket
    }

    /// A client and its accepted connection, of whom the kernel has told that they are a pair.
    pub async fn unix_pair(&self) -> (SocketId, SocketId) {
        let listener = self.unix_listener("pair", 5).await;
        let client = self.unix_connect("pair").await;
        let server = self.accept(listener).await;
        let paired = |world: &protocol::World| world.far_end(client).filter(|far| *far == server);
        self.until("they are a pair", paired).await;
        (client, server)
    }
}
