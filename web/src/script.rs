//! Owns scripted journals: what a relay would have told, for tests to show. Times in microseconds.

pub(crate) mod random;
pub(crate) mod story;
pub(crate) mod wire;

use crate::timeline::Timeline;
use protocol::command::{Family, Kind, Net, Side};
use protocol::data::{Data, Payload};
use protocol::event::Crossing;
use protocol::reply::{self, Accepted, Local, Made, Received};
use protocol::sample::{Timer, TimerKind};
use protocol::table::Table;
use protocol::{
    Address, Answer, CallId, Command, Done, End, Event, Failure, Field, FlowId, Nanos, PacketId,
    SocketId, Source, TcpState, What,
};

/// A journal being written.
#[derive(Default)]
pub(crate) struct Script {
    pub(crate) events: Vec<Event>,
    at: Nanos,
    calls: u32,
    sockets: u32,
    packets: u64,
    flows: Table<(End, u8, (u16, u16)), FlowId>,
    on_wire: Table<PacketId, FlowId>,
}

pub(crate) fn address(port: u16) -> Address {
    Address::Inet(([127, 0, 0, 1], port).into())
}

impl Script {
    pub(crate) fn tell(&mut self, source: Source, what: What) {
        let seq = self.events.len() as u64 + 1;
        self.events.push(Event { seq, at: self.at, source, what });
    }

    /// Microseconds go by.
    pub(crate) fn wait(&mut self, micros: u64) -> Nanos {
        self.at += micros * 1_000;
        self.at
    }

    pub(crate) fn now(&self) -> Nanos {
        self.at
    }

    #[expect(clippy::needless_pass_by_value, reason = "scripts read better without borrows")]
    pub(crate) fn begin(&mut self, ask: Command) -> CallId {
        self.calls += 1;
        let call = CallId(self.calls);
        let (ask, cut) = ask.clipped();
        self.tell(Source::Relay, What::CallBegan { call, by: None, ask, cut });
        call
    }

    pub(crate) fn block(&mut self, call: CallId, bytes: u32) {
        self.tell(Source::Relay, What::CallBlocked { call, bytes });
    }

    pub(crate) fn end(&mut self, call: CallId, done: Done) {
        self.tell(Source::Relay, What::CallEnded { call, result: Answer::Ok(done) });
    }

    pub(crate) fn fail(&mut self, call: CallId, errno: &str, message: &str) {
        let result = Answer::Error(Failure::errno(errno, message));
        self.tell(Source::Relay, What::CallEnded { call, result });
    }

    pub(crate) fn call(&mut self, ask: Command, micros: u64, done: Done) {
        let call = self.begin(ask);
        self.wait(micros);
        self.end(call, done);
    }

    pub(crate) fn sample(&mut self, socket: SocketId, set: Vec<Field>) {
        self.tell(Source::Kernel, What::Sample { socket, set });
    }

    pub(crate) fn cross(
        &mut self,
        from: SocketId,
        to: SocketId,
        what: Crossing,
        span: (Nanos, Nanos),
    ) {
        let (began, ended) = span;
        self.tell(Source::Inferred, What::Crossed { from, to, what, began, ended });
    }

    pub(crate) fn socket(&mut self, kind: Kind, side: Side, name: Option<&str>) -> SocketId {
        self.sockets += 1;
        let socket = SocketId(self.sockets);
        let ask = Command::Socket {
            net: Net::Host,
            family: Family::Ipv4,
            kind,
            side: Some(side),
            name: name.map(str::to_owned),
        };
        self.call(ask, 9, Done::Made(Made { socket, cookie: protocol::number::Wide(7) }));
        if kind == Kind::Datagram {
            self.sample(socket, vec![Field::ReceiveLimit(212_992), Field::ReceiveCharged(0)]);
        }
        socket
    }

    pub(crate) fn bind(&mut self, socket: SocketId, port: u16) {
        let local = address(port);
        let ask = Command::Bind { socket, address: local.clone() };
        self.call(ask, 6, Done::Local(Local { local: local.clone() }));
        self.sample(socket, vec![Field::Local(Some(local))]);
    }

    pub(crate) fn listen(&mut self, socket: SocketId, backlog: i32) {
        self.call(Command::Listen { socket, backlog }, 8, Done::nothing());
        self.sample(
            socket,
            vec![
                Field::State(TcpState::Listen),
                Field::AcceptQueue(0),
                Field::Backlog(backlog as u32),
            ],
        );
    }

    /// A listener on the right, bound and asleep in accept.
    pub(crate) fn server(&mut self, port: u16, backlog: i32) -> SocketId {
        let server = self.socket(Kind::Stream, Side::Right, None);
        self.wait(40);
        self.bind(server, port);
        self.wait(30);
        self.listen(server, backlog);
        server
    }

    fn opened(&mut self, socket: SocketId, local: u16, peer: u16) {
        self.established(socket, (address(local), address(peer)), local != peer && local > 20_000);
    }

    pub(crate) fn established(
        &mut self,
        socket: SocketId,
        (local, peer): (Address, Address),
        active: bool,
    ) {
        self.sample(
            socket,
            vec![
                Field::State(TcpState::Established),
                Field::Local(Some(local)),
                Field::Peer(Some(peer)),
                Field::SendQueue(0),
                Field::ReceiveQueue(0),
                Field::SendLimit(2_626_560),
                Field::ReceiveLimit(131_072),
                Field::SendCharged(0),
                Field::ReceiveCharged(0),
                Field::RoundTrip(23_000),
                Field::CongestionWindow(10),
                Field::PeerWindow(65_536),
                Field::Retransmissions(0),
                Field::Acked(u64::from(active)),
                Field::Received(0),
                Field::Steady(true),
            ],
        );
    }

    /// connect(): three inferred crossings.
    pub(crate) fn connect(&mut self, client: SocketId, server: SocketId, port: u16, local: u16) {
        let began = self.at;
        let call = self.begin(Command::Connect { socket: client, address: address(port) });
        self.sample(
            client,
            vec![
                Field::State(TcpState::SynSent),
                Field::Local(Some(address(local))),
                Field::Peer(Some(address(port))),
            ],
        );
        self.wait(49);
        self.end(call, Done::Local(Local { local: address(local) }));
        self.opened(client, local, port);
        let step = |n: u64| (began + n * 16_000, began + (n + 1) * 16_000);
        self.cross(client, server, Crossing::Syn, step(0));
        self.cross(server, client, Crossing::SynAck, step(1));
        self.cross(client, server, Crossing::Ack, step(2));
    }

    pub(crate) fn accepted(&mut self, call: CallId, port: u16, peer: u16) -> SocketId {
        self.sockets += 1;
        let socket = SocketId(self.sockets);
        self.end(
            call,
            Done::Accepted(Accepted {
                socket,
                peer: address(peer),
                local: address(port),
                cookie: protocol::number::Wide(9),
            }),
        );
        self.opened(socket, port, peer);
        socket
    }

    /// send(): bytes cross, the receiver holds them, the ACK comes back.
    pub(crate) fn send(&mut self, from: SocketId, to: SocketId, text: &str) {
        let began = self.at;
        let bytes = text.len() as u32;
        let ask = Command::Send { socket: from, data: Data::Text(text.into()), all: false };
        self.call(ask, 31, Done::Sent(reply::Sent { bytes, parts: 1 }));
        let sent = self.at;
        self.sample(from, vec![Field::SendQueue(u64::from(bytes))]);
        self.wait(10);
        self.sample(
            to,
            vec![
                Field::ReceiveQueue(u64::from(bytes)),
                Field::Peeked(Payload::new(text.as_bytes().to_vec())),
                Field::Received(u64::from(bytes)),
            ],
        );
        self.cross(from, to, Crossing::Data { bytes }, (began + 5_000, sent + 5_000));
    }

    pub(crate) fn acknowledged(&mut self, from: SocketId, to: SocketId, bytes: u64) {
        let began = self.at;
        self.wait(12);
        self.sample(from, vec![Field::SendQueue(0), Field::Acked(bytes + 1), Field::Steady(true)]);
        self.cross(to, from, Crossing::Ack, (began, self.at));
    }

    pub(crate) fn recv(&mut self, socket: SocketId, text: &str) {
        let ask = Command::Recv { socket, max: 1024, peek: false };
        self.call(ask, 12, Done::Received(received(text, None)));
        self.sample(
            socket,
            vec![Field::ReceiveQueue(0), Field::Peeked(Payload::default()), Field::Steady(true)],
        );
    }

    pub(crate) fn timer(&mut self, socket: SocketId, kind: TimerKind, millis: u64) {
        let timer = Timer { kind, remaining: millis * 1_000_000, fired: 0 };
        self.sample(socket, vec![Field::Timer(Some(timer))]);
    }

    /// The journal as a timeline, at its end.
    pub(crate) fn timeline(&self) -> Timeline {
        let mut timeline = Timeline::default();
        self.events.iter().for_each(|event| timeline.push(event.clone()));
        timeline.seek(Nanos::MAX);
        timeline
    }
}

pub(crate) fn received(text: &str, numbered: Option<reply::Numbered>) -> Received {
    Received {
        data: Payload::new(text.as_bytes().to_vec()),
        bytes: text.len() as u32,
        truncated: false,
        eof: text.is_empty(),
        from: None,
        numbered,
        peek: false,
    }
}
