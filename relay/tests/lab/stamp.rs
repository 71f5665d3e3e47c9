//! The kernel's stamps on loopback: the life of a byte from send to receive.

use crate::support::lab::{Bench, DEADLINE, end_of, error, ok_bytes, received};
use protocol::command::{Family, Kind, SocketOption};
use protocol::data::Data;
use protocol::event::Stage;
use protocol::world::{Ledger, Life};
use protocol::{Command, SocketId, Source, What, limit};

const ON: SocketOption = SocketOption::Timestamps(true);

impl Bench {
    /// The life of a socket's n-th remembered send once it is told whole.
    async fn life(&self, socket: SocketId, place: usize, whole: fn(&Life) -> bool) -> Life {
        self.until("a whole life", |world| {
            world.sockets.get(&socket)?.lives.get(place).copied().filter(whole)
        })
        .await
    }
}

impl Bench {
    /// Both ends are stamped, and the kernel has begun to stamp what comes in: it does so from a work
    /// queue (`net_enable_timestamp`), later than the option is set.
    async fn stamped_pair(&self) -> (SocketId, SocketId) {
        let (client, server, _) = self.pair().await;
        for end in [client, server] {
            assert_eq!(self.option(end, ON).await, 1);
        }
        let begun = async {
            while self.came(server).await.is_empty() {
                self.send(client, "x").await.expect("sent");
                received(self.recv(server, 10).await);
            }
        };
        tokio::time::timeout(DEADLINE, begun).await.expect("what comes in is stamped");
        (client, server)
    }

    /// The numbers of what was stamped as it came to a socket.
    async fn came(&self, to: SocketId) -> Vec<u64> {
        // A stamp is told after the answer; what is asked next comes after it.
        let nothing = Command::Interrupt { socket: SocketId(0), call: None };
        self.ask(nothing).await.expect_err("there is no socket 0");
        let came = self.events().into_iter().filter_map(|event| match event.what {
            What::Stamped { socket, stage: Stage::Received, byte, .. } => {
                (socket == to).then_some(byte)
            }
            _ => None,
        });
        came.collect()
    }
}

/// `a` is not after `b`, as far as the kernel's clock can tell.
fn ordered(a: (u64, u64), b: (u64, u64)) {
    assert!(a.0 <= b.0 + a.1 + b.1, "{a:?} is after {b:?}");
}

#[tokio::test]
async fn an_acknowledgement_is_no_receive() {
    let bench = Bench::new();
    let (client, server) = bench.stamped_pair().await;
    let (before, place) = bench.look(|world| {
        let client = &world.sockets[&client];
        (client.sent.bytes, client.lives.len().min(15))
    });
    assert_eq!(ok_bytes(bench.send(client, "hello").await), 5);
    let told =
        |life: &Life| [life.scheduled, life.sent, life.acknowledged].iter().all(Option::is_some);
    let life = bench.life(client, place, told).await;
    assert_eq!((life.first, life.last), (before + 1, before + 5));
    assert_eq!(life.read, None, "nobody has read");

    assert_eq!(received(bench.recv(server, 100).await).bytes, 5);
    let whole = |life: &Life| life.read.is_some() && life.received.is_some();
    let life = bench.life(client, place, whole).await;
    let stamp = |stage: Option<protocol::world::Stamp>| {
        let stamp = stage.expect("stamped");
        assert_eq!(stamp.byte, before + 5);
        assert!(stamp.plus_minus < 5_000_000, "{stamp:?}");
        (stamp.at, stamp.plus_minus)
    };
    let read = life.read.expect("read");
    let stations = [
        (life.began, 0),
        stamp(life.scheduled),
        stamp(life.sent),
        stamp(life.received),
        stamp(life.acknowledged),
        (read.began, 0),
        (read.ended, 0),
    ];
    for pair in stations.windows(2) {
        ordered(pair[0], pair[1]);
    }
    assert!(life.began < life.returned.expect("it returned"));
    let kernel = |event: &protocol::Event| match event.what {
        What::Stamped { .. } => event.source == Source::Kernel,
        _ => true,
    };
    assert!(bench.events().iter().all(kernel));
}

#[tokio::test]
async fn it_is_off_unless_asked_for_and_ends_when_asked() {
    let bench = Bench::new();
    let (client, server, _) = bench.pair().await;
    let stamps = |bench: &Bench| {
        let stamped = |event: &protocol::Event| matches!(event.what, What::Stamped { .. });
        bench.events().into_iter().filter(stamped).count()
    };
    bench.send(client, "quiet").await.expect("sent");
    bench.balance(client).await;
    assert_eq!(stamps(&bench), 0);
    bench.option(client, ON).await;
    bench.send(client, "loud").await.expect("sent");
    bench.life(client, 0, |life| life.acknowledged.is_some()).await;
    let told = stamps(&bench);
    assert_eq!(told, 3, "scheduled, sent, acknowledged");
    assert_eq!(bench.option(client, SocketOption::Timestamps(false)).await, 0);
    bench.send(client, "quiet again").await.expect("sent");
    let Ledger::Stream(ledger) = bench.balance(client).await else { panic!("a stream") };
    assert_eq!(ledger.unexplained, Some(0));
    assert_eq!(received(bench.recv(server, 100).await).bytes, 20);
    assert_eq!(stamps(&bench), told);
}

#[tokio::test]
async fn a_stamped_stream_stays_steady_and_wakes_its_sleepers() {
    let bench = Bench::new();
    let (client, server, _) = bench.pair().await;
    for end in [client, server] {
        bench.option(end, ON).await;
    }
    let (_, reads) =
        bench.start_blocked(Command::Recv { socket: client, max: 9, peek: false }).await;
    bench.send(client, "ping").await.expect("sent");
    bench.life(client, 0, |life| life.acknowledged.is_some()).await;
    let Ledger::Stream(ledger) = bench.balance(client).await else { panic!("a stream") };
    assert_eq!((ledger.waiting, ledger.unexplained), (4, Some(0)));
    assert_eq!(bench.look(|world| world.sockets[&server].kernel.peeked.clone()), b"ping");
    assert_eq!(received(bench.recv(server, 9).await).data.bytes(), b"ping");
    bench.send(server, "pong").await.expect("sent");
    assert_eq!(received(end_of(reads).await).data.bytes(), b"pong");
}

#[tokio::test]
async fn it_may_be_wished_before_connecting() {
    let bench = Bench::new();
    let (listener, address) = bench.listener(5).await;
    assert_eq!(
        error(bench.ask(Command::Option { socket: listener, set: ON }).await),
        "bad_request"
    );
    let client = bench.socket(Family::Ipv4, Kind::Stream).await;
    assert_eq!(bench.option(client, ON).await, 0, "not yet");
    bench.ask(Command::Connect { socket: client, address }).await.expect("connected");
    bench.send(client, "hello").await.expect("sent");
    let life = bench.life(client, 0, |life| life.acknowledged.is_some()).await;
    assert_eq!((life.first, life.last), (1, 5));
    assert_eq!(life.acknowledged.map(|stamp| stamp.byte), Some(5));
}

#[tokio::test]
async fn datagrams_are_stamped_by_number() {
    let bench = Bench::new();
    for family in [Family::Ipv4, Family::Ipv6] {
        let (sender, _) = bench.bound(family, Kind::Datagram).await;
        let (receiver, to) = bench.bound(family, Kind::Datagram).await;
        bench.send_to(sender, &to, "unstamped").await.expect("sent");
        for socket in [sender, receiver] {
            assert_eq!(bench.option(socket, ON).await, 1);
        }
        for text in ["one", "two"] {
            bench.send_to(sender, &to, text).await.expect("sent");
        }
        let whole = |life: &Life| life.scheduled.is_some() && life.sent.is_some();
        for (place, number) in [(0, 2), (1, 3)] {
            let life = bench.life(sender, place, whole).await;
            assert_eq!((life.first, life.last), (number, number));
            assert_eq!((life.acknowledged, life.read), (None, None), "UDP tells of neither");
            ordered(
                (life.began, 0),
                (life.sent.expect("sent").at, life.sent.expect("sent").plus_minus),
            );
        }
        for text in ["unstamped", "one", "two"] {
            let came = received(bench.recv_from(receiver, 100).await);
            assert_eq!((came.data.bytes(), came.truncated), (text.as_bytes(), false));
            assert!(came.from.is_some());
        }
        // The kernel stamps what comes in a little later than it was asked to; never out of turn.
        let came = bench.came(receiver).await;
        assert!([&[1, 2, 3][..], &[2, 3], &[3], &[]].contains(&&*came), "{came:?}");
    }
}

#[tokio::test]
async fn more_than_are_told_in_a_second_are_counted() {
    let bench = Bench::new();
    let (sender, _) = bench.bound(Family::Ipv4, Kind::Datagram).await;
    let (_, to) = bench.bound(Family::Ipv4, Kind::Datagram).await;
    bench.option(sender, ON).await;
    // Each is stamped twice. A stream would not do: TCP puts many sends into one segment.
    let count = 2 * limit::STAMPS;
    let burst = Command::Burst { socket: sender, address: Some(to), count, bytes: 12 };
    bench.ask(burst).await.expect("sent");
    bench.came(sender).await;
    let (mut told, mut lost) = (0, 0);
    for event in bench.events() {
        match event.what {
            What::Stamped { .. } => told += 1,
            What::StampsLost { stamps, .. } => lost += stamps,
            _ => {}
        }
    }
    assert_eq!(told + lost, 2 * count, "none is lost unsaid");
    assert!(told >= limit::STAMPS && lost > 0, "{told} told, {lost} not");
}

#[tokio::test]
async fn unix_sockets_have_none() {
    let bench = Bench::with_names();
    let socket = bench.unix(Kind::Stream).await;
    assert_eq!(error(bench.ask(Command::Option { socket, set: ON }).await), "unsupported");
    // Nor does it begin in the middle of a send.
    let (client, _) = bench.narrow_pair(Family::Ipv4).await;
    let data = Data::Fill { bytes: 1_000_000 };
    let send = Command::Send { socket: client, data, all: true };
    let (_, sends) = bench.start_blocked(send).await;
    assert_eq!(error(bench.ask(Command::Option { socket: client, set: ON }).await), "busy");
    bench.close(client).await;
    assert_eq!(error(end_of(sends).await), "interrupted");
}
