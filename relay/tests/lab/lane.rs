//! Two lanes a socket: what is asked in order happens in order, and the lanes do not wait for each other.

use crate::support::lab::{Bench, end_of, error, failure, ok_bytes, received};
use protocol::command::{Family, Kind};
use protocol::{Command, SocketId};

fn recv(socket: SocketId, max: u32) -> Command {
    Command::Recv { socket, max, peek: false }
}

#[tokio::test]
async fn queued_receives_get_the_data_in_order() {
    let bench = Bench::new();
    let (client, server) = bench.pair_of(Family::Ipv6).await;
    let asked: Vec<_> = [3, 4, 5].map(|max| bench.start(recv(server, max))).into();
    // The other lane is free: the sleeping receive does not hold it up.
    assert_eq!(ok_bytes(bench.send(server, "other way").await), 9);
    bench.send(client, "abcdefghijkl").await.expect("sent");
    let mut got = Vec::new();
    for asked in asked {
        got.push(received(end_of(asked).await).data.bytes().to_vec());
    }
    assert_eq!(got, [&b"abc"[..], b"defg", b"hijkl"]);
}

#[tokio::test]
async fn a_send_waits_for_the_connect_before_it() {
    let bench = Bench::new();
    let (listener, address) = bench.listener(1).await;
    for _ in 0..2 {
        bench.connect(&address).await;
    }
    let socket = bench.socket(Family::Ipv4, Kind::Stream).await;
    let (connect, connects) = bench.start_blocked(Command::Connect { socket, address }).await;
    let sends = bench.start(Command::Send {
        socket,
        data: protocol::data::Data::Text("after".into()),
        all: false,
    });
    for _ in 0..2 {
        bench.accept(listener).await;
    }
    end_of(connects).await.expect("connected");
    assert_eq!(ok_bytes(end_of(sends).await), 5);
    let server = bench.accept(listener).await;
    assert_eq!(received(bench.recv(server, 10).await).data.bytes(), b"after");
    let order: Vec<_> = bench.look(|world| {
        world
            .calls_of(socket)
            .skip_while(|call| call.id != connect)
            .map(|call| (call.began, call.ended))
            .collect()
    });
    assert!(order[0].1.expect("ended") <= order[1].0, "{order:?}");
}

#[tokio::test]
async fn a_lane_holds_256_calls_behind_the_sleeping_one() {
    let bench = Bench::new();
    let (client, server) = bench.pair_of(Family::Ipv4).await;
    let (_, first) = bench.start_blocked(recv(server, 1)).await;
    let behind: Vec<_> = (0..256).map(|_| bench.start(recv(server, 1))).collect();
    let refused = failure(bench.ask(recv(server, 1)).await);
    assert_eq!(refused.short(), "limit");
    bench.send(client, &"x".repeat(257)).await.expect("sent");
    for asked in std::iter::once(first).chain(behind) {
        assert_eq!(received(end_of(asked).await).data.bytes(), b"x");
    }
}

#[tokio::test]
async fn what_is_asked_after_a_close_finds_it_done() {
    let bench = Bench::new();
    for sleeping in [false, true] {
        let (socket, address) = bench.bound(Family::Ipv4, Kind::Datagram).await;
        let asleep =
            if sleeping { Some(bench.start_blocked(recv(socket, 1)).await.1) } else { None };
        let second = bench.socket(Family::Ipv4, Kind::Datagram).await;
        // Both are in the lab's queue before it takes the first.
        let closes = bench.start(Command::Close { socket });
        let binds = bench.start(Command::Bind { socket: second, address });
        end_of(closes).await.expect("closed");
        end_of(binds).await.expect("the address is free");
        if let Some(asleep) = asleep {
            assert_eq!(error(end_of(asleep).await), "interrupted");
        }
    }
}
