//! Owns two stories on the wire: the bench as it is drawn in the design, and one of everything.

use super::Script;
use super::wire::{again, datagram, fragment, on, segment, unreachable};
use protocol::command::Kind;
use protocol::data::{Data, Payload};
use protocol::packet::{Flags, Lost, Mark};
use protocol::reply::{self, Accepted, Local, Numbered};
use protocol::sample::TimerKind;
use protocol::{Command, Done, End, Field, Nanos, SocketId, Source, TcpState, What};

const SYN: Flags = Flags::SYN;
const ACK: Flags = Flags::ACK;
const PORT: u16 = 43_210;

/// Who plays.
pub(crate) struct Cast {
    pub(crate) client: SocketId,
    pub(crate) conn: SocketId,
}

/// A connection across the wire, accepted; both kernels quiet.
pub(crate) fn connected(delay: u64, loss: u32) -> (Script, Cast) {
    let mut script = Script::default();
    script.wait(4_000);
    script.wire(delay, loss);
    script.wait(1_000);
    let server = script.at_end(Kind::Stream, End::Right, None, Some(8001));
    script.listen(server, 5);
    let accept = script.begin(Command::Accept { socket: server });
    script.wait(4);
    script.block(accept, 0);
    let client = script.at_end(Kind::Stream, End::Left, Some("client"), None);
    script.wait(300_000);
    let (own, far) = (on(End::Left, PORT), on(End::Right, 8001));
    let flight = delay.max(1) * 1_000;
    let call = script.begin(Command::Connect { socket: client, address: far.clone() });
    script.wait(20);
    let syn = script.enter(End::Left, (PORT, 8001), segment(SYN, 0, 0, ""));
    script.wait(6);
    script.block(call, 0);
    let asks = vec![Field::State(TcpState::SynSent), Field::Local(Some(own.clone()))];
    script.sample(client, asks);
    script.wait(flight);
    script.deliver(syn);
    script.wait(12);
    script.pass(End::Right, (8001, PORT), segment(SYN | ACK, 0, 1, ""), flight);
    script.wait(9);
    script.end(call, Done::Local(Local { local: own.clone() }));
    script.established(client, (own.clone(), far.clone()), true);
    script.pass(End::Left, (PORT, 8001), segment(ACK, 1, 1, ""), flight);
    script.sockets += 1;
    let conn = SocketId(script.sockets);
    let cookie = protocol::number::Wide(9);
    let given = Accepted { socket: conn, peer: own.clone(), local: far.clone(), cookie };
    script.end(accept, Done::Accepted(given));
    script.established(conn, (far, own), false);
    (script, Cast { client, conn })
}

impl Script {
    /// send(): the call only, and what the kernel keeps then.
    pub(crate) fn says(&mut self, from: SocketId, text: &str, kept: u64) {
        let bytes = text.len() as u32;
        let ask = Command::Send { socket: from, data: Data::Text(text.into()), all: false };
        self.call(ask, 31, Done::Sent(reply::Sent { bytes, parts: 1 }));
        self.sample(from, vec![Field::SendQueue(kept), Field::Steady(true)]);
    }

    fn hears(&mut self, socket: SocketId, text: &str, all: u64) {
        let set = vec![
            Field::ReceiveQueue(text.len() as u64),
            Field::Peeked(Payload::new(text.as_bytes().to_vec())),
            Field::Received(all),
            Field::Steady(true),
        ];
        self.sample(socket, set);
    }

    /// "hello" crosses, is acknowledged and read.
    pub(crate) fn hello(&mut self, cast: &Cast, delay: u64) {
        let flight = delay.max(1) * 1_000;
        self.wait(900_000);
        self.says(cast.client, "hello", 5);
        self.pass(End::Left, (PORT, 8001), segment(ACK | Flags::PSH, 1, 1, "hello"), flight);
        self.hears(cast.conn, "hello", 5);
        self.wait(20);
        self.pass(End::Right, (8001, PORT), segment(ACK, 1, 6, ""), flight);
        let set = vec![Field::SendQueue(0), Field::Acked(6), Field::Steady(true)];
        self.sample(cast.client, set);
        self.wait(400_000);
        self.recv(cast.conn, "hello");
    }

    /// 你好 is lost to a trap; the kernel's timer runs.
    pub(crate) fn trapped(&mut self, cast: &Cast) {
        self.wait(300_000);
        self.says(cast.client, "你好", 6);
        let head = segment(ACK | Flags::PSH, 6, 1, "你好");
        let lost = self.enter(End::Left, (PORT, 8001), head);
        self.trap(lost);
        self.timer(cast.client, TimerKind::Retransmit, 1_600);
    }

    /// The kernel sends it again; so far it is on its way.
    pub(crate) fn sent_again(&mut self) -> protocol::PacketId {
        let head = segment(ACK | Flags::PSH, 6, 1, "你好");
        self.enter(End::Left, (PORT, 8001), again(head))
    }
}

/// The design's bench: 你好 lost to a trap, OK on its way back, datagrams at 5 %.
pub(crate) fn bench() -> (Script, Cast, Nanos) {
    let (mut script, cast) = connected(400, 50_000);
    let speaker = script.at_end(Kind::Datagram, End::Right, Some("speaker"), Some(5005));
    let voice = script.at_end(Kind::Datagram, End::Left, Some("voice"), Some(5004));
    script.hello(&cast, 400);
    let address = on(End::Right, 5005);
    script.wait(200_000);
    script.call(
        Command::SendTo { socket: voice, address, data: Data::Text("1".into()) },
        9,
        Done::Sent(reply::Sent { bytes: 1, parts: 1 }),
    );
    script.trapped(&cast);
    script.wait(150_000);
    let mut flying = Vec::new();
    for number in 1..=9u32 {
        script.wait(110_000);
        while let Some((packet, due)) =
            flying.first().copied().filter(|(_, due)| *due <= script.now())
        {
            let _: u64 = due;
            script.deliver(packet);
            flying.remove(0);
        }
        let text = format!("#{number}");
        let packet = script.enter(End::Left, (5004, 5005), datagram(&text, None));
        match number {
            3 | 7 => script.lose(packet, Lost::Random),
            _ => flying.push((packet, script.now() + 400_000_000)),
        }
        if number == 8 {
            let recv = script.begin(Command::Recv { socket: cast.conn, max: 1024, peek: false });
            script.wait(5);
            script.block(recv, 0);
        }
        if number == 9 {
            script.says(cast.conn, "OK", 2);
            script.enter(End::Right, (8001, PORT), segment(ACK | Flags::PSH, 1, 6, "OK"));
        }
    }
    let _ = speaker;
    let now = script.wait(230_000);
    (script, cast, now)
}

/// One of everything: a retransmission, a held packet, a copy, damage, parts, ICMP, RST. Told to the
/// moment at which most of it is on the wire.
pub(crate) fn everything() -> (Script, Cast, Nanos) {
    let (mut script, cast) = connected(400, 0);
    let speaker = script.at_end(Kind::Datagram, End::Right, Some("speaker"), Some(5005));
    let voice = script.at_end(Kind::Datagram, End::Left, Some("voice"), Some(5004));
    let _ = speaker;
    script.hello(&cast, 400);
    script.trapped(&cast);
    let address = on(End::Right, 5005);
    script.wait(300_000);
    let ask = Command::Burst { socket: voice, address: Some(address), count: 3, bytes: 3_160 };
    let call = script.begin(ask);
    for number in 1..=3 {
        script.wait(30);
        script.tell(Source::Relay, What::DatagramSent { call, number });
    }
    script.end(call, Done::Burst(reply::Burst { sent: 3, refused: 0, errno: None }));
    let numbered = |number| Some(Numbered { call, number });
    script.wait(400_000);
    let held = script.enter(End::Left, (PORT, 8001), segment(ACK | Flags::PSH, 12, 1, "abc"));
    script.mark(held, Mark::Held);
    script.wait(600_000);
    let _ = script.sent_again();
    for nth in 0..3 {
        script.wait(40_000);
        let part = script.enter(End::Left, (5004, 5005), fragment(7, nth, nth < 2, numbered(1)));
        if nth == 1 {
            script.lose(part, Lost::Random);
        }
    }
    script.wait(50_000);
    let head = unreachable(on(End::Left, 5004), on(End::Right, 5005));
    script.enter(End::Right, (0, 0), head);
    let twice = script.enter(End::Right, (8001, PORT), segment(ACK | Flags::PSH, 1, 6, "OK"));
    script.wait(90_000);
    script.copy(twice);
    let bad = script.enter(End::Left, (5004, 5005), datagram("what?", None));
    script.mark(bad, Mark::Damaged { offset: 30 });
    let now = script.wait(60_000);
    (script, cast, now)
}

/// Everything is held for a while, then goes on; the connection ends with RST.
pub(crate) fn frozen() -> (Script, Cast, Nanos) {
    let (mut script, cast) = connected(400, 0);
    script.wait(500_000);
    script.says(cast.client, "hello", 5);
    let first = script.enter(End::Left, (PORT, 8001), segment(ACK | Flags::PSH, 1, 1, "hello"));
    script.wait(120_000);
    script.tell(Source::Relay, What::Frozen { by: None, on: true });
    script.wait(700_000);
    let reset = script.enter(End::Right, (8001, PORT), segment(Flags::RST | ACK, 1, 1, ""));
    let now = script.wait(1_400_000);
    script.wait(100_000);
    script.tell(Source::Relay, What::Frozen { by: None, on: false });
    script.wait(280_000);
    script.deliver(first);
    script.wait(120_000);
    script.deliver(reset);
    (script, cast, now)
}

/// A thousand datagrams over a wire that loses some, to a buffer that holds few; and when half of them
/// are under way.
pub(crate) fn flood(count: u32, delay: u64) -> (Script, SocketId, Nanos) {
    let mut script = Script::default();
    script.wire(delay, 50_000);
    let speaker = script.at_end(Kind::Datagram, End::Right, Some("speaker"), Some(5005));
    let voice = script.at_end(Kind::Datagram, End::Left, Some("voice"), Some(5004));
    script.wait(700_000);
    let address = on(End::Right, 5005);
    let ask = Command::Burst { socket: voice, address: Some(address), count, bytes: 200 };
    let call = script.begin(ask);
    let (mut flying, mut middle, mut arrived) = (std::collections::VecDeque::new(), 0, 0);
    let text = "x".repeat(200);
    for number in 1..=count {
        script.wait(400);
        while flying.front().is_some_and(|(_, due)| *due <= script.now()) {
            flying.pop_front().into_iter().for_each(|(packet, _)| script.deliver(packet));
            arrived += 1;
        }
        script.tell(Source::Relay, What::DatagramSent { call, number });
        let head = datagram(&text, Some(Numbered { call, number }));
        let packet = script.enter(End::Left, (5004, 5005), head);
        if number * 7 % 20 == 3 {
            script.lose(packet, Lost::Random);
        } else {
            flying.push_back((packet, script.now() + delay * 1_000_000));
        }
        if number == count / 2 {
            middle = script.now();
        }
    }
    script.end(call, Done::Burst(reply::Burst { sent: count, refused: 0, errno: None }));
    for (packet, due) in flying {
        script.wait(due.saturating_sub(script.now()) / 1_000);
        script.deliver(packet);
        arrived += 1;
    }
    let kept = arrived.min(40);
    script.sample(
        speaker,
        vec![
            Field::Drops(arrived - kept),
            Field::Queue(Some(protocol::sample::Queue {
                datagrams: kept,
                bytes: u64::from(kept) * 200,
                runs: vec![protocol::sample::Run { call, first: count - kept + 1, count: kept }],
            })),
            Field::Steady(true),
        ],
    );
    (script, voice, middle)
}
