//! A lab of its own for each test, and short words for asking it.

use protocol::command::{Family, Kind, Net, Side, SocketOption};
use protocol::data::{Data, Hex};
use protocol::limit::Limits;
use protocol::reply::Received;
use protocol::world::Ledger;
use protocol::{Address, CallId, Command, Done, Failure, SocketId, TcpState, World};
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
    pub fn start(&self, command: Command) -> Asked {
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

    /// A stream or datagram socket bound to a port of the kernel's choice on that family's loopback.
    pub async fn bound(&self, family: Family, kind: Kind) -> (SocketId, Address) {
        let socket = self.socket(family, kind).await;
        let address = self.bind(socket, loopback(family)).await;
        (socket, address)
    }

    pub async fn listener(&self, backlog: i32) -> (SocketId, Address) {
        self.listener_of(Family::Ipv4, backlog).await
    }

    pub async fn listener_of(&self, family: Family, backlog: i32) -> (SocketId, Address) {
        let (socket, address) = self.bound(family, Kind::Stream).await;
        self.ask(Command::Listen { socket, backlog }).await.expect("listening");
        (socket, address)
    }

    pub async fn connect(&self, address: &Address) -> SocketId {
        let family = match address.inet() {
            Some(inet) if inet.is_ipv6() => Family::Ipv6,
            _ => Family::Ipv4,
        };
        let socket = self.socket(family, Kind::Stream).await;
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

    /// The same over that family's loopback, and the listener closed.
    pub async fn pair_of(&self, family: Family) -> (SocketId, SocketId) {
        let (listener, address) = self.listener_of(family, 5).await;
        let client = self.connect(&address).await;
        let server = self.accept(listener).await;
        self.close(listener).await;
        (client, server)
    }

    /// A pair whose buffers are as small as the kernel allows, so that little fills them.
    pub async fn narrow_pair(&self, family: Family) -> (SocketId, SocketId) {
        let (listener, address) = self.bound(family, Kind::Stream).await;
        self.option(listener, SocketOption::ReceiveBuffer(1)).await;
        self.ask(Command::Listen { socket: listener, backlog: 5 }).await.expect("listening");
        let client = self.socket(family, Kind::Stream).await;
        self.option(client, SocketOption::SendBuffer(1)).await;
        self.ask(Command::Connect { socket: client, address }).await.expect("connected");
        let server = self.accept(listener).await;
        self.close(listener).await;
        (client, server)
    }

    pub async fn option(&self, socket: SocketId, set: SocketOption) -> i64 {
        match self.ask(Command::Option { socket, set }).await {
            Ok(Done::Value(value)) => value.value,
            other => panic!("{set:?}: {other:?}"),
        }
    }

    pub async fn nonblocking(&self, socket: SocketId, on: bool) {
        self.ask(Command::Nonblocking { socket, on }).await.expect("set");
    }

    pub async fn timeout(&self, socket: SocketId, after: Option<Duration>) {
        let after = after.map(|after| after.as_nanos() as u64);
        self.ask(Command::Timeout { socket, after }).await.expect("set");
    }

    pub async fn send(&self, socket: SocketId, text: &str) -> Result<Done, Failure> {
        self.ask(Command::Send { socket, data: Data::Text(text.into()), all: false }).await
    }

    pub async fn send_bytes(&self, socket: SocketId, bytes: &[u8]) -> Result<Done, Failure> {
        let data = Data::Hex(Hex(bytes.to_vec()));
        self.ask(Command::Send { socket, data, all: false }).await
    }

    pub async fn send_to(
        &self,
        socket: SocketId,
        to: &Address,
        text: &str,
    ) -> Result<Done, Failure> {
        let (address, data) = (to.clone(), Data::Text(text.into()));
        self.ask(Command::SendTo { socket, address, data }).await
    }

    pub async fn recv(&self, socket: SocketId, max: u32) -> Result<Done, Failure> {
        self.ask(Command::Recv { socket, max, peek: false }).await
    }

    pub async fn peek(&self, socket: SocketId, max: u32) -> Result<Done, Failure> {
        self.ask(Command::Recv { socket, max, peek: true }).await
    }

    pub async fn recv_from(&self, socket: SocketId, max: u32) -> Result<Done, Failure> {
        self.ask(Command::RecvFrom { socket, max, peek: false }).await
    }

    pub async fn close(&self, socket: SocketId) {
        self.ask(Command::Close { socket }).await.expect("closed");
    }

    /// Starts a call and waits until the journal tells that it sleeps.
    pub async fn start_blocked(&self, command: Command) -> (CallId, Asked) {
        let before = self.look(|world| world.calls.keys().last().copied());
        let asked = self.start(command.clone());
        let call = self
            .until("it sleeps", |world| {
                let mut calls = world.calls.values().rev();
                calls
                    .find(|call| {
                        Some(call.id) > before
                            && call.blocked.is_some()
                            && call.ask == command.clipped().0
                    })
                    .map(|call| call.id)
            })
            .await;
        (call, asked)
    }

    /// Waits until the socket's kernel state is this one.
    pub async fn state(&self, socket: SocketId, state: TcpState) {
        let what = format!("socket {socket} is {}", state.name());
        self.until(&what, |world| {
            (world.sockets.get(&socket)?.kernel.state == Some(state)).then_some(())
        })
        .await;
    }

    /// Waits until the kernel has forgotten the closed socket.
    pub async fn gone(&self, socket: SocketId) {
        self.until("it is gone", |world| (!world.sockets.contains_key(&socket)).then_some(()))
            .await;
    }

    /// The balance from a sender at a quiet moment.
    pub async fn balance(&self, sender: SocketId) -> Ledger {
        self.until("a quiet moment", |world| {
            let ledger = world.ledger(sender)?;
            let quiet = match &ledger {
                Ledger::Stream(stream) => stream.quiet,
                Ledger::Datagram(datagram) => datagram.quiet,
            };
            quiet.then_some(ledger)
        })
        .await
    }
}

/// A call whose end is waited for elsewhere.
pub type Asked = tokio::task::JoinHandle<Result<Done, Failure>>;

/// How a started call ended.
pub async fn end_of(asked: Asked) -> Result<Done, Failure> {
    tokio::time::timeout(DEADLINE, asked).await.expect("it ends in time").expect("no panic")
}

/// Both families, for what must hold in each.
pub const FAMILIES: [Family; 2] = [Family::Ipv4, Family::Ipv6];

/// Loopback with a port of the kernel's choice.
pub fn loopback(family: Family) -> &'static str {
    match family {
        Family::Ipv4 => "127.0.0.1:0",
        Family::Ipv6 => "[::1]:0",
        Family::Unix => "unix:name",
    }
}

/// Bytes that tell their own place, so that none can be lost, doubled or swapped unseen.
pub fn pattern(from: usize, len: usize) -> Vec<u8> {
    (from..from + len).map(|place| (place % 251) as u8 ^ (place / 251 % 256) as u8).collect()
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
    let failure = failure(result);
    assert!(failure.message.ends_with('.') && failure.message.len() > 15, "{failure:?}");
    failure.short().to_owned()
}

/// Why it failed.
pub fn failure(result: Result<Done, Failure>) -> Failure {
    match result {
        Err(failure) => failure,
        other => panic!("not refused: {other:?}"),
    }
}
