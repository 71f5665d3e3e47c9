//! Unix sockets on the host, streams and datagrams, against the real kernel.

use crate::support::lab::{Bench, end_of, error, failure, ok_bytes, received};
use crate::support::unix::named;
use protocol::command::{Application, Family, Half, Kind, Net, Reading, Serving, SocketOption};
use protocol::data::Data;
use protocol::event::Crossing;
use protocol::world::{Fate, Ledger};
use protocol::{Address, Command, Done, SocketId, Source, TcpState, What};

fn make(net: Net, kind: Kind) -> Command {
    Command::Socket { net, family: Family::Unix, kind, side: None, name: None }
}

fn quiet(ledger: &Ledger) -> bool {
    match ledger {
        Ledger::Stream(stream) => stream.quiet && stream.unexplained == Some(0),
        Ledger::Datagram(datagrams) => datagrams.quiet && datagrams.unexplained == Some(0),
    }
}

#[tokio::test]
async fn a_stream_from_socket_to_close() {
    let bench = Bench::with_names();
    let listener = bench.unix_listener("shop", 5).await;
    bench.state(listener, TcpState::Listen).await;
    let client = bench.unix_connect("shop").await;
    bench
        .until("one waits to be accepted", |world| {
            let kernel = &world.sockets[&listener].kernel;
            (kernel.accept_queue == Some(1) && kernel.backlog == Some(5)).then_some(())
        })
        .await;
    assert_eq!(bench.look(|world| world.queued_at(client)), Some(listener));
    let Ok(Done::Accepted(accepted)) = bench.ask(Command::Accept { socket: listener }).await else {
        panic!("not accepted")
    };
    assert_eq!((accepted.local, accepted.peer), (named("shop"), named("")));
    let server = accepted.socket;
    bench
        .until("they are a pair", |world| {
            (world.far_end(client) == Some(server) && world.far_end(server) == Some(client))
                .then_some(())
        })
        .await;
    bench.look(|world| {
        let (one, two) = (&world.sockets[&client], &world.sockets[&server]);
        assert_eq!(one.side.opposite(), two.side);
        assert_eq!(one.kernel.peer, Some(named("shop")));
        assert_eq!(one.kernel.local, None);
        assert_eq!(two.kernel.local, Some(named("shop")));
    });

    assert_eq!(ok_bytes(bench.send(client, "hello").await), 5);
    bench
        .until("5 wait", |world| {
            let kernel = &world.sockets[&server].kernel;
            (kernel.receive_queue == Some(5) && kernel.peeked == b"hello").then_some(())
        })
        .await;
    assert_eq!(received(bench.recv(server, 3).await).data.bytes(), b"hel");
    let Ledger::Stream(ledger) = bench.balance(client).await else { panic!("a stream") };
    assert_eq!((ledger.sent, ledger.kept, ledger.waiting, ledger.read), (5, 0, 2, 3));
    assert_eq!(ledger.unexplained, Some(0));

    bench.ask(Command::Shutdown { socket: client, how: Half::Write }).await.expect("shut");
    assert_eq!(received(bench.recv(server, 9).await).data.bytes(), b"lo");
    assert!(received(bench.recv(server, 9).await).eof);
    bench.close(client).await;
    bench.gone(client).await;
    assert_eq!(error(bench.send(server, "x").await), "EPIPE");
}

#[tokio::test]
async fn a_close_over_unread_bytes_is_a_reset_for_the_peer() {
    let bench = Bench::with_names();
    let (client, server) = bench.unix_pair().await;
    bench.send(client, "never read").await.expect("sent");
    bench.close(server).await;
    let refused = failure(bench.recv(client, 9).await);
    assert_eq!(refused.short(), "ECONNRESET");
    assert!(refused.message.contains("not read"), "{refused:?}");
}

#[tokio::test]
async fn what_crosses_is_inferred_and_there_is_no_handshake() {
    let bench = Bench::with_names();
    let (client, server) = bench.unix_pair().await;
    bench.send(client, "hello").await.expect("sent");
    bench.until("it crossed", |world| (world.sockets[&client].sent.bytes == 5).then_some(())).await;
    let crossings: Vec<_> = bench
        .events()
        .into_iter()
        .filter_map(|event| match event.what {
            What::Crossed { from, to, what, .. } => Some((event.source, from, to, what)),
            _ => None,
        })
        .collect();
    assert_eq!(crossings, [(Source::Inferred, client, server, Crossing::Data { bytes: 5 })]);
}

#[tokio::test]
async fn a_full_stream_blocks_its_sender_until_the_reader_has_read() {
    let bench = Bench::with_names();
    let (client, server) = bench.unix_pair().await;
    bench.option(client, SocketOption::SendBuffer(4_096)).await;
    let data = Data::Fill { bytes: 100_000 };
    let send = Command::Send { socket: client, data, all: true };
    let (call, sends) = bench.start_blocked(send).await;
    let taken = bench.look(|world| world.calls[&call].bytes);
    let Ledger::Stream(ledger) = bench.balance(client).await else { panic!("a stream") };
    assert_eq!((ledger.sent, ledger.waiting), (u64::from(taken), u64::from(taken)));
    assert!(quiet(&Ledger::Stream(ledger)), "{ledger:?}");
    let set = Some(Reading { max: 65_536, every: 0 });
    bench.ask(Command::Reader { socket: server, set }).await.expect("a reader");
    assert_eq!(ok_bytes(end_of(sends).await), 100_000);
    bench
        .until("all is read", |world| (world.sockets[&server].read.bytes == 100_000).then_some(()))
        .await;
}

#[tokio::test]
async fn a_full_accept_queue_keeps_connect_asleep() {
    let bench = Bench::with_names();
    let listener = bench.unix_listener("narrow", 1).await;
    for _ in 0..2 {
        bench.unix_connect("narrow").await;
    }
    let third = bench.unix(Kind::Stream).await;
    let connect = Command::Connect { socket: third, address: named("narrow") };
    bench.nonblocking(third, true).await;
    let refused = failure(bench.ask(connect.clone()).await);
    assert_eq!(refused.short(), "EAGAIN");
    assert!(refused.message.contains("accept queue"), "{refused:?}");
    bench.nonblocking(third, false).await;
    let (_, connects) = bench.start_blocked(connect).await;
    bench.accept(listener).await;
    assert!(matches!(end_of(connects).await, Ok(Done::Local(_))));
}

#[tokio::test]
async fn a_full_datagram_receiver_blocks_the_sender_and_drops_nothing() {
    let bench = Bench::with_names();
    let receiver = bench.unix_bound(Kind::Datagram, "box").await;
    let sender = bench.unix_bound(Kind::Datagram, "me").await;
    let burst =
        Command::Burst { socket: sender, address: Some(named("box")), count: 1_000, bytes: 12 };
    let (call, bursts) = bench.start_blocked(burst).await;
    let waiting = bench
        .until("the queue is walked", |world| {
            let queue = world.sockets[&receiver].kernel.queue.clone()?;
            let told = world.bursts[&call].sheet.tally();
            (queue.datagrams > 0 && told.waiting == queue.datagrams).then_some(queue.datagrams)
        })
        .await;
    let Ledger::Datagram(ledger) = bench.balance(sender).await else { panic!("datagrams") };
    assert_eq!((ledger.sent, ledger.waiting), (waiting.into(), waiting.into()));
    assert!(quiet(&Ledger::Datagram(ledger)), "{ledger:?}");
    assert_eq!((ledger.dropped, ledger.lost), (0, 0));

    // Another, that does not block, is told so.
    let other = bench.unix(Kind::Datagram).await;
    bench.nonblocking(other, true).await;
    let refused = failure(bench.send_to(other, &named("box"), "x").await);
    assert_eq!(refused.short(), "EAGAIN");
    assert!(refused.message.contains("Nothing is dropped"), "{refused:?}");

    let set = Some(Reading { max: 100, every: 0 });
    bench.ask(Command::Reader { socket: receiver, set }).await.expect("a reader");
    match end_of(bursts).await {
        Ok(Done::Burst(burst)) => assert_eq!((burst.sent, burst.refused), (1_000, 0)),
        other => panic!("{other:?}"),
    }
    bench
        .until("all are read", |world| {
            let tally = world.bursts[&call].sheet.tally();
            (tally.read == 1_000 && tally.dropped == 0).then_some(())
        })
        .await;
    assert_eq!(bench.look(|world| world.bursts[&call].sheet.get(1)), Fate::Read);
}

#[tokio::test]
async fn datagrams_tell_who_sent_them_if_that_has_a_name() {
    let bench = Bench::with_names();
    let receiver = bench.unix_bound(Kind::Datagram, "box").await;
    let (named_one, nameless) =
        (bench.unix_bound(Kind::Datagram, "me").await, bench.unix(Kind::Datagram).await);
    for sender in [named_one, nameless] {
        assert_eq!(ok_bytes(bench.send_to(sender, &named("box"), "hi").await), 2);
    }
    assert_eq!(received(bench.recv_from(receiver, 9).await).from, Some(named("me")));
    assert_eq!(received(bench.recv_from(receiver, 1).await).from, Some(named("")));
    assert!(bench.look(|world| world.sockets[&receiver].from_outside == 0));
    // An empty one is one; a connected sender needs no address.
    let address = named("box");
    bench.ask(Command::Connect { socket: nameless, address }).await.expect("connected");
    assert_eq!(ok_bytes(bench.send(nameless, "").await), 0);
    let empty = received(bench.recv_from(receiver, 9).await);
    assert_eq!((empty.bytes, empty.eof, empty.from), (0, false, Some(named(""))));
    let ledger = bench.balance(nameless).await;
    assert!(quiet(&ledger), "{ledger:?}");
}

#[tokio::test]
async fn a_name_outlives_its_socket_until_a_reset() {
    let bench = Bench::with_names();
    let first = bench.unix_bound(Kind::Datagram, "stays").await;
    bench.close(first).await;
    let second = bench.unix(Kind::Datagram).await;
    let bind = |socket: SocketId| Command::Bind { socket, address: named("stays") };
    let refused = failure(bench.ask(bind(second)).await);
    assert_eq!(refused.short(), "EADDRINUSE");
    assert!(refused.message.contains("unlink"), "{refused:?}");
    let refused = failure(bench.send_to(second, &named("stays"), "x").await);
    assert_eq!(refused.short(), "ECONNREFUSED");
    assert!(refused.message.contains("closed"), "{refused:?}");
    bench.ask(Command::Reset).await.expect("reset");
    let third = bench.unix(Kind::Datagram).await;
    assert!(matches!(bench.ask(bind(third)).await, Ok(Done::Local(_))));
}

#[tokio::test]
async fn errors_say_what_they_mean_on_a_unix_socket() {
    let bench = Bench::with_names();
    bench.unix_bound(Kind::Datagram, "box").await;
    let stream = bench.unix(Kind::Stream).await;
    let address = |name: &str| Command::Connect { socket: stream, address: named(name) };
    assert_eq!(error(bench.ask(address("nobody")).await), "ENOENT");
    assert_eq!(error(bench.ask(address("box")).await), "EPROTOTYPE");
    assert_eq!(error(bench.recv(stream, 1).await), "EINVAL");
    assert_eq!(error(bench.send(stream, "x").await), "ENOTCONN");
    let listen = Command::Listen { socket: stream, backlog: 1 };
    assert_eq!(error(bench.ask(listen).await), "EINVAL");
    let own = bench.unix_bound(Kind::Stream, "own").await;
    assert_eq!(
        error(bench.ask(Command::Connect { socket: stream, address: named("own") }).await),
        "ECONNREFUSED"
    );
    let big = Data::Fill { bytes: 1_000_000 };
    let sender = bench.unix(Kind::Datagram).await;
    let send = Command::SendTo { socket: sender, address: named("box"), data: big };
    assert_eq!(error(bench.ask(send).await), "EMSGSIZE");
    let set = SocketOption::NoDelay(true);
    assert_eq!(error(bench.ask(Command::Option { socket: own, set }).await), "EOPNOTSUPP");
    let set = SocketOption::Lossy(1);
    assert_eq!(error(bench.ask(Command::Option { socket: sender, set }).await), "unsupported");
}

#[tokio::test]
async fn only_plain_names_in_the_own_folder_and_never_on_the_wire() {
    let bench = Bench::with_names();
    let socket = bench.unix(Kind::Datagram).await;
    for name in ["../x", "/tmp/x", "@x", ".x", "", "a/b"] {
        let address = named(name);
        let asked = [
            Command::Bind { socket, address: address.clone() },
            Command::Connect { socket, address: address.clone() },
            Command::SendTo { socket, address, data: Data::Text("x".into()) },
        ];
        for ask in asked {
            assert_eq!(error(bench.ask(ask).await), "denied", "{name:?}");
        }
    }
    let address: Address = "127.0.0.1:9".parse().expect("an address");
    assert_eq!(error(bench.ask(Command::Bind { socket, address }).await), "bad_request");
    let inet = bench.socket(Family::Ipv4, Kind::Datagram).await;
    let bind = Command::Bind { socket: inet, address: named("x") };
    assert_eq!(error(bench.ask(bind).await), "unsupported");
    for net in [Net::Left, Net::Right] {
        let refused = failure(bench.ask(make(net, Kind::Stream)).await);
        assert_eq!(refused.short(), "unsupported");
        assert!(refused.message.contains("net host"), "{refused:?}");
    }
    assert_eq!(error(Bench::new().ask(make(Net::Host, Kind::Stream)).await), "unsupported");
}

#[tokio::test]
async fn servers_echo_on_both_kinds() {
    let bench = Bench::with_names();
    let listener = bench.unix_listener("echo", 5).await;
    let echo = || Some(Serving { app: Application::Echo { max: 100 }, side_by_side: true });
    bench.ask(Command::Serve { socket: listener, set: echo() }).await.expect("a server");
    let client = bench.unix_connect("echo").await;
    bench.send(client, "hello").await.expect("sent");
    assert_eq!(received(bench.recv(client, 9).await).data.bytes(), b"hello");

    let server = bench.unix_bound(Kind::Datagram, "udp").await;
    bench.ask(Command::Serve { socket: server, set: echo() }).await.expect("a server");
    let asker = bench.unix_bound(Kind::Datagram, "asker").await;
    bench.send_to(asker, &named("udp"), "hi").await.expect("sent");
    let came = received(bench.recv_from(asker, 9).await);
    assert_eq!((came.data.bytes(), came.from), (&b"hi"[..], Some(named("udp"))));
    // A half that is shut ends a datagram's reader, as it does with UDP.
    bench.ask(Command::Shutdown { socket: server, how: Half::Read }).await.expect("shut");
    bench
        .until("its program has ended", |world| {
            let idle = world.calls_of(server).all(|call| call.ended.is_some());
            idle.then_some(())
        })
        .await;
}
