//! The accept queue: who is admitted, who knocks again, and a connect that does not wait.

use crate::support::lab::{Bench, FAMILIES, end_of, error, ok_bytes, received};
use protocol::command::Kind;
use protocol::sample::TimerKind;
use protocol::{Address, Command, Done, SocketId, TcpState};
use std::time::Duration;

/// A listener of backlog 1 whose queue is full, and its two clients.
async fn full(bench: &Bench, family: protocol::command::Family) -> (SocketId, Address) {
    let (listener, address) = bench.listener_of(family, 1).await;
    for _ in 0..2 {
        bench.connect(&address).await;
    }
    bench
        .until("two wait", |world| {
            let kernel = &world.sockets[&listener].kernel;
            ((kernel.accept_queue, kernel.backlog) == (Some(2), Some(1))).then_some(())
        })
        .await;
    (listener, address)
}

#[tokio::test]
async fn a_backlog_of_one_admits_two_and_the_others_knock_again() {
    let bench = Bench::new();
    for family in FAMILIES {
        let (listener, address) = full(&bench, family).await;
        let mut knocking = Vec::new();
        for _ in 0..3 {
            let socket = bench.socket(family, Kind::Stream).await;
            let connect = Command::Connect { socket, address: address.clone() };
            let (_, asked) = bench.start_blocked(connect).await;
            bench.state(socket, TcpState::SynSent).await;
            knocking.push((socket, asked));
        }
        for (socket, _) in &knocking {
            bench
                .until("a retransmission timer runs", |world| {
                    let (timer, _) = world.sockets[socket].kernel.timer?;
                    (timer.kind == TimerKind::Retransmit).then_some(())
                })
                .await;
        }
        bench
            .until("the listener dropped them", |world| {
                (world.sockets[&listener].kernel.drops? >= 3).then_some(())
            })
            .await;
        bench.close(listener).await;
        // Their kernel knocks until somebody says no.
        for (_, asked) in knocking {
            assert_eq!(error(end_of(asked).await), "ECONNREFUSED");
        }
    }
}

#[tokio::test]
async fn a_place_that_falls_free_is_taken_by_who_still_knocks() {
    let bench = Bench::new();
    let (listener, address) = full(&bench, protocol::command::Family::Ipv4).await;
    let socket = bench.socket(protocol::command::Family::Ipv4, Kind::Stream).await;
    let (_, asked) = bench.start_blocked(Command::Connect { socket, address }).await;
    for _ in 0..2 {
        bench.accept(listener).await;
    }
    end_of(asked).await.expect("connected, a second later");
    let server = bench.accept(listener).await;
    assert_eq!(bench.look(|world| world.far_end(server)), Some(socket));
    bench
        .until("it was sent again", |world| {
            (world.sockets[&socket].kernel.retransmissions? >= 1).then_some(())
        })
        .await;
}

#[tokio::test]
async fn a_connect_that_does_not_block_goes_on_by_itself() {
    let bench = Bench::new();
    for family in FAMILIES {
        let (listener, address) = full(&bench, family).await;
        let socket = bench.socket(family, Kind::Stream).await;
        let connect = || bench.ask(Command::Connect { socket, address: address.clone() });
        bench.nonblocking(socket, true).await;
        assert_eq!(error(connect().await), "EINPROGRESS");
        assert_eq!(error(connect().await), "EALREADY");
        for _ in 0..2 {
            bench.accept(listener).await;
        }
        bench.state(socket, TcpState::Established).await;
        let server = bench.accept(listener).await;
        // connect(2): the first call after the handshake tells of it, the next of its being done.
        assert!(matches!(connect().await, Ok(Done::Local(_))));
        assert_eq!(error(connect().await), "EISCONN");
        assert_eq!(ok_bytes(bench.send(socket, "in").await), 2);
        assert_eq!(received(bench.recv(server, 10).await).data.bytes(), b"in");
        let protocol::world::Ledger::Stream(ledger) = bench.balance(socket).await else {
            panic!("none")
        };
        assert_eq!(ledger.unexplained, Some(0), "{ledger:?}");
    }
}

#[tokio::test]
async fn a_knocking_connect_can_be_given_up() {
    let bench = Bench::new();
    let (_, address) = full(&bench, protocol::command::Family::Ipv4).await;
    let socket = bench.socket(protocol::command::Family::Ipv4, Kind::Stream).await;
    bench.timeout(socket, Some(Duration::from_millis(50))).await;
    let connect = Command::Connect { socket, address: address.clone() };
    assert_eq!(error(bench.ask(connect).await), "timed_out");
    bench.state(socket, TcpState::SynSent).await;

    let socket = bench.socket(protocol::command::Family::Ipv4, Kind::Stream).await;
    let connect = Command::Connect { socket, address };
    let (_, asked) = bench.start_blocked(connect).await;
    let how = protocol::command::Half::Both;
    bench.ask(Command::Shutdown { socket, how }).await.expect("shut");
    assert_eq!(error(end_of(asked).await), "ECONNRESET");
    bench.state(socket, TcpState::Close).await;
}
