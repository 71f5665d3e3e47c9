//! Owns random journals: any mixture of deeds, told as a relay would.

pub(crate) mod wire;

use super::{Script, address, received};
use proptest::prelude::*;
use protocol::command::{Kind, Side};
use protocol::data::Data;
use protocol::event::Crossing;
use protocol::reply::{self, Numbered};
use protocol::sample::{Queue, Run, TimerKind};
use protocol::{CallId, Command, Done, Field, SocketId, Source, TcpState, What};

/// Something that happens.
#[derive(Clone, Debug)]
pub(crate) enum Deed {
    Server,
    Client,
    /// The nth socket connects to some server.
    Connect(usize),
    /// The nth server accepts.
    Accept(usize),
    Send(usize, String),
    Recv(usize),
    Sleep(usize),
    Fail(usize),
    Timer(usize),
    Finish(usize, TcpState),
    Gone(usize),
    Datagrams,
    SendTo(usize, usize),
    Flood(u32),
    Wait(u64),
}

pub(crate) fn deeds(most: usize) -> impl Strategy<Value = Vec<Deed>> {
    let state = prop_oneof![
        Just(TcpState::FinWait2),
        Just(TcpState::CloseWait),
        Just(TcpState::TimeWait),
        Just(TcpState::SynSent),
        Just(TcpState::Close),
    ];
    let text = prop_oneof!["[a-z]{0,40}", "你好|héllo wörld|\\PC{0,6}", "[\\x00-\\x1f]{1,8}"];
    let deed = prop_oneof![
        2 => Just(Deed::Server),
        3 => Just(Deed::Client),
        4 => (0usize..9).prop_map(Deed::Connect),
        3 => (0usize..9).prop_map(Deed::Accept),
        4 => (0usize..12, text).prop_map(|(n, text)| Deed::Send(n, text)),
        2 => (0usize..12).prop_map(Deed::Recv),
        2 => (0usize..12).prop_map(Deed::Sleep),
        2 => (0usize..12).prop_map(Deed::Fail),
        1 => (0usize..12).prop_map(Deed::Timer),
        1 => (0usize..12, state).prop_map(|(n, state)| Deed::Finish(n, state)),
        1 => (0usize..12).prop_map(Deed::Gone),
        2 => Just(Deed::Datagrams),
        2 => (0usize..9, 0usize..9).prop_map(|(a, b)| Deed::SendTo(a, b)),
        1 => (1u32..300).prop_map(Deed::Flood),
        3 => (0u64..3_000_000).prop_map(Deed::Wait),
    ];
    proptest::collection::vec(deed, 1..most)
}

#[derive(Default)]
struct Player {
    script: Script,
    servers: Vec<(SocketId, u16)>,
    streams: Vec<(SocketId, Option<SocketId>)>,
    waiting: Vec<(SocketId, SocketId, u16, u16)>,
    datagrams: Vec<(SocketId, u16)>,
    port: u16,
}

pub(crate) fn play(deeds: &[Deed]) -> Script {
    let mut player = Player { port: 1, ..Player::default() };
    player.script.wait(50);
    for deed in deeds {
        player.play(deed);
        player.script.wait(20);
    }
    player.script
}

impl Player {
    fn stream(&self, n: usize) -> Option<(SocketId, Option<SocketId>)> {
        let many = self.streams.len();
        (many > 0).then(|| self.streams[n % many])
    }

    fn play(&mut self, deed: &Deed) {
        match deed {
            Deed::Server => {
                self.port += 1;
                let side = if self.port.is_multiple_of(3) { Side::Left } else { Side::Right };
                let server = self.script.socket(Kind::Stream, side, None);
                self.script.bind(server, 8_000 + self.port);
                self.script.listen(server, i32::from(self.port % 7));
                self.servers.push((server, 8_000 + self.port));
            }
            Deed::Client => {
                let client = self.script.socket(Kind::Stream, Side::Left, None);
                self.streams.push((client, None));
            }
            Deed::Connect(n) => self.connect(*n),
            Deed::Accept(n) => self.accept(*n),
            Deed::Send(n, text) => {
                if let Some((from, Some(to))) = self.stream(*n) {
                    self.script.send(from, to, text);
                    self.script.wait(5);
                    self.script.acknowledged(from, to, text.len() as u64);
                }
            }
            Deed::Recv(n) => {
                if let Some((socket, _)) = self.stream(*n) {
                    self.script.recv(socket, "hello there");
                }
            }
            Deed::Sleep(n) => {
                if let Some((socket, _)) = self.stream(*n) {
                    let call = self.script.begin(Command::Recv { socket, max: 65_536, peek: true });
                    self.script.wait(3);
                    self.script.block(call, 0);
                }
            }
            Deed::Fail(n) => {
                if let Some((socket, _)) = self.stream(*n) {
                    let ask = Command::Bind { socket, address: address(8_001) };
                    let call = self.script.begin(ask);
                    self.script.wait(4);
                    self.script.fail(
                        call,
                        "EADDRINUSE",
                        "another socket listens on this port already",
                    );
                }
            }
            Deed::Timer(n) => {
                if let Some((socket, _)) = self.stream(*n) {
                    self.script.timer(socket, TimerKind::Retransmit, 204);
                }
            }
            Deed::Finish(n, state) => {
                if let Some((socket, _)) = self.stream(*n) {
                    self.script.sample(socket, vec![Field::State(*state)]);
                }
            }
            Deed::Gone(n) => {
                if let Some((socket, _)) = self.stream(*n) {
                    self.script.call(Command::Close { socket }, 5, Done::nothing());
                    self.script.tell(Source::Kernel, What::Gone { socket });
                    self.streams.retain(|(own, _)| *own != socket);
                    self.waiting.retain(|(_, client, ..)| *client != socket);
                    for (_, far) in &mut self.streams {
                        *far = far.filter(|far| *far != socket);
                    }
                }
            }
            Deed::Datagrams => {
                self.port += 1;
                let side = if self.port.is_multiple_of(2) { Side::Left } else { Side::Right };
                let socket = self.script.socket(Kind::Datagram, side, None);
                self.script.bind(socket, 5_000 + self.port);
                self.datagrams.push((socket, 5_000 + self.port));
            }
            Deed::SendTo(a, b) => self.send_to(*a, *b),
            Deed::Flood(count) => self.flood(*count),
            Deed::Wait(micros) => {
                self.script.wait(*micros);
            }
        }
    }

    fn connect(&mut self, n: usize) {
        let Some((server, port)) = self.servers.get(n % self.servers.len().max(1)).copied() else {
            return;
        };
        let new = self.streams.iter().find(|(own, far)| {
            far.is_none() && !self.waiting.iter().any(|(_, client, ..)| client == own)
        });
        let Some((client, _)) = new.copied() else { return };
        self.port += 1;
        let local = 40_000 + self.port;
        self.script.connect(client, server, port, local);
        self.waiting.push((server, client, port, local));
        let queued = self.waiting.iter().filter(|(own, ..)| *own == server).count();
        self.script.sample(server, vec![Field::AcceptQueue(queued as u32)]);
    }

    fn accept(&mut self, n: usize) {
        let Some((server, _)) = self.servers.get(n % self.servers.len().max(1)).copied() else {
            return;
        };
        let call = self.script.begin(Command::Accept { socket: server });
        let place = self.waiting.iter().position(|(own, ..)| *own == server);
        let Some(place) = place else {
            self.script.block(call, 0);
            return;
        };
        let (_, client, port, local) = self.waiting.remove(place);
        let conn = self.script.accepted(call, port, local);
        for (own, far) in &mut self.streams {
            if *own == client {
                *far = Some(conn);
            }
        }
        self.streams.push((conn, Some(client)));
    }

    fn send_to(&mut self, a: usize, b: usize) {
        let many = self.datagrams.len();
        if many < 2 || a % many == b % many {
            return;
        }
        let ((from, _), (to, port)) = (self.datagrams[a % many], self.datagrams[b % many]);
        let began = self.script.now();
        let data = Data::Text("datagram".into());
        let ask = Command::SendTo { socket: from, address: address(port), data };
        self.script.call(ask, 9, Done::Sent(reply::Sent { bytes: 8, parts: 1 }));
        self.script.cross(from, to, Crossing::Datagram { bytes: 8 }, (began, began + 12_000));
    }

    fn flood(&mut self, count: u32) {
        while self.datagrams.len() < 2 {
            self.play(&Deed::Datagrams);
        }
        let ((from, _), (to, port)) = (self.datagrams[0], self.datagrams[1]);
        let ask = Command::Burst { socket: from, address: Some(address(port)), count, bytes: 64 };
        let began = self.script.now();
        let call: CallId = self.script.begin(ask);
        for number in 1..=count {
            self.script.wait(2);
            self.script.tell(Source::Relay, What::DatagramSent { call, number });
        }
        self.script.end(call, Done::Burst(reply::Burst { sent: count, refused: 0, errno: None }));
        let what = Crossing::Datagrams { call, first: 1, count };
        self.script.cross(from, to, what, (began, self.script.now()));
        let read = count / 3;
        for number in 1..=read {
            let ask = Command::RecvFrom { socket: to, max: 100, peek: false };
            let done = received("x", Some(Numbered { call, number }));
            self.script.call(ask, 1, Done::Received(done));
        }
        let left = (count - read).min(9);
        self.script.sample(
            to,
            vec![
                Field::Drops(count - read - left),
                Field::Queue(Some(Queue {
                    datagrams: left,
                    bytes: u64::from(left) * 64,
                    runs: vec![Run { call, first: read + 1, count: left }],
                })),
                Field::Steady(true),
            ],
        );
    }
}
