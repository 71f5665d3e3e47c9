//! Writes event scripts: each helper tells what a relay would tell.

use protocol::command::{Command, Family, Kind, Net};
use protocol::data::{Data, Payload};
use protocol::number::Wide;
use protocol::reply::{Accepted, Answer, Done, Failure, Local, Made, Received, Sent};
use protocol::world::{DatagramLedger, Ledger, Socket, StreamLedger};
use protocol::{
    Address, CallId, ErrorKind, Event, Field, SessionId, SocketId, Source, TcpState, What, World,
};

pub(crate) const CLIENT: SocketId = SocketId(1);
pub(crate) const LISTENER: SocketId = SocketId(2);
pub(crate) const ACCEPTED: SocketId = SocketId(3);

pub(crate) fn address(text: &str) -> Address {
    text.parse().unwrap()
}

pub(crate) fn sent(bytes: u32) -> Done {
    Done::Sent(Sent { bytes, parts: 1 })
}

pub(crate) fn local(text: &str) -> Done {
    Done::Local(Local { local: address(text) })
}

/// What a plain recv gives.
pub(crate) fn received(bytes: &[u8]) -> Received {
    Received {
        data: Payload::new(bytes),
        bytes: bytes.len() as u32,
        truncated: false,
        eof: bytes.is_empty(),
        from: None,
        numbered: None,
        peek: false,
    }
}

pub(crate) fn send(socket: SocketId, text: &str) -> Command {
    Command::Send { socket, data: Data::Text(text.into()), all: false }
}

/// `send all` of a fill.
pub(crate) fn pour(socket: SocketId, bytes: u32) -> Command {
    Command::Send { socket, data: Data::Fill { bytes }, all: true }
}

pub(crate) fn recv(socket: SocketId) -> Command {
    Command::Recv { socket, max: 1024, peek: false }
}

/// Two datagram sockets with names: the first on the left, the second on the right.
pub(crate) fn two() -> Script {
    let mut script = Script::default();
    let sender = script.socket(Net::Left, Kind::Datagram);
    let receiver = script.socket(Net::Right, Kind::Datagram);
    script.bind(sender, "10.77.0.1:4000");
    script.bind(receiver, "10.77.0.2:53");
    script
}

/// A journal as it is written, and the world that it comes to.
#[derive(Default)]
pub(crate) struct Script {
    pub(crate) world: World,
    pub(crate) events: Vec<Event>,
    calls: u32,
    sockets: u32,
}

impl Script {
    pub(crate) fn tell(&mut self, what: What) {
        let seq = self.world.seq + 1;
        let event = Event { seq, at: seq * 10, source: Source::Relay, what };
        self.world.apply(&event);
        self.events.push(event);
    }

    /// A call begins, its payload cut as the relay cuts it.
    pub(crate) fn begin(&mut self, ask: &Command) -> CallId {
        self.calls += 1;
        let call = CallId(self.calls);
        let (ask, cut) = ask.clipped();
        self.tell(What::CallBegan { call, by: Some(SessionId(1)), ask, cut });
        call
    }

    pub(crate) fn block(&mut self, call: CallId, bytes: u32) {
        self.tell(What::CallBlocked { call, bytes });
    }

    pub(crate) fn end(&mut self, call: CallId, done: &Done) {
        self.tell(What::CallEnded { call, result: Answer::Ok(done.clipped()) });
    }

    pub(crate) fn fail(&mut self, call: CallId, failure: Failure) {
        self.tell(What::CallEnded { call, result: Answer::Error(failure) });
    }

    /// A call begins and succeeds.
    pub(crate) fn done(&mut self, ask: &Command, done: &Done) -> CallId {
        let call = self.begin(ask);
        self.end(call, done);
        call
    }

    pub(crate) fn interrupted(&mut self, call: CallId) {
        self.fail(call, Failure::new(ErrorKind::Interrupted, "Interrupted."));
    }

    pub(crate) fn send(&mut self, socket: SocketId, text: &str) {
        self.done(&send(socket, text), &sent(text.len() as u32));
    }

    pub(crate) fn recv(&mut self, socket: SocketId, bytes: &[u8]) {
        self.done(&recv(socket), &Done::Received(received(bytes)));
    }

    pub(crate) fn close(&mut self, socket: SocketId) {
        self.done(&Command::Close { socket }, &Done::nothing());
    }

    pub(crate) fn sample(&mut self, socket: SocketId, set: Vec<Field>) {
        self.tell(What::Sample { socket, set });
    }

    /// What the kernel counts of a stream, told whole, and steady.
    pub(crate) fn count(
        &mut self,
        socket: SocketId,
        state: TcpState,
        [acked, send_queue, received, receive_queue]: [u64; 4],
    ) {
        let set = vec![
            Field::State(state),
            Field::Acked(acked),
            Field::SendQueue(send_queue),
            Field::Received(received),
            Field::ReceiveQueue(receive_queue),
            Field::Steady(true),
        ];
        self.sample(socket, set);
    }

    /// A new socket; ids count from 1.
    pub(crate) fn socket(&mut self, net: Net, kind: Kind) -> SocketId {
        self.sockets += 1;
        let socket = SocketId(self.sockets);
        let ask = Command::Socket { net, family: Family::Ipv4, kind, side: None, name: None };
        let made = Made { socket, cookie: Wide(u64::from(self.sockets) + 100) };
        self.done(&ask, &Done::Made(made));
        socket
    }

    pub(crate) fn bind(&mut self, socket: SocketId, to: &str) {
        self.done(&Command::Bind { socket, address: address(to) }, &local(to));
    }

    pub(crate) fn accepted(&mut self, peer: &str, own: &str) -> Accepted {
        self.sockets += 1;
        Accepted {
            socket: SocketId(self.sockets),
            peer: address(peer),
            local: address(own),
            cookie: Wide(u64::from(self.sockets) + 100),
        }
    }

    /// CLIENT on the left, LISTENER on the right.
    pub(crate) fn listening() -> Self {
        let mut script = Self::default();
        assert_eq!(script.socket(Net::Left, Kind::Stream), CLIENT);
        assert_eq!(script.socket(Net::Right, Kind::Stream), LISTENER);
        script.bind(LISTENER, "10.77.0.2:80");
        script.done(&Command::Listen { socket: LISTENER, backlog: 5 }, &Done::nothing());
        script.sample(LISTENER, vec![Field::State(TcpState::Listen)]);
        script
    }

    pub(crate) fn connect(&mut self) {
        let ask = Command::Connect { socket: CLIENT, address: address("10.77.0.2:80") };
        self.done(&ask, &local("10.77.0.1:4000"));
    }

    pub(crate) fn accept(&mut self) {
        let accepted = self.accepted("10.77.0.1:4000", "10.77.0.2:80");
        assert_eq!(accepted.socket, ACCEPTED);
        self.done(&Command::Accept { socket: LISTENER }, &Done::Accepted(accepted));
    }

    /// CLIENT connected to ACCEPTED, not yet sampled.
    pub(crate) fn connected() -> Self {
        let mut script = Self::listening();
        script.connect();
        script.accept();
        script
    }

    pub(crate) fn at(&self, socket: SocketId) -> &Socket {
        &self.world.sockets[&socket]
    }

    pub(crate) fn stream(&self, sender: SocketId) -> StreamLedger {
        match self.world.ledger(sender) {
            Some(Ledger::Stream(ledger)) => ledger,
            other => panic!("{sender} has {other:?}"),
        }
    }

    pub(crate) fn datagrams(&self, receiver: SocketId) -> DatagramLedger {
        self.world.datagram_ledger(receiver).expect("a receiver")
    }
}
