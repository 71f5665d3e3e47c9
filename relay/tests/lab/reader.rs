//! The automatic reader: drains, stops at the end, is removed while it sleeps, and takes nothing after.

use crate::support::lab::{Bench, FAMILIES, end_of, error, ok_bytes, received};
use protocol::command::{Family, Kind, Reading};
use protocol::data::Data;
use protocol::world::Ledger;
use protocol::{Command, Done, SocketId};

const READING: Reading = Reading { max: 4_096, every: 0 };

async fn reader(bench: &Bench, socket: SocketId, set: Option<Reading>) {
    bench.ask(Command::Reader { socket, set }).await.expect("set");
}

/// Waits until the socket has read so many bytes.
async fn read(bench: &Bench, socket: SocketId, bytes: u64) {
    bench
        .until("it is read", |world| (world.sockets[&socket].read.bytes == bytes).then_some(()))
        .await;
}

fn asleep(bench: &Bench, socket: SocketId) -> bool {
    bench.look(|world| {
        world.calls_of(socket).any(|call| call.ended.is_none() && call.blocked.is_some())
    })
}

#[tokio::test]
async fn it_drains_a_stream_and_stops_at_its_end() {
    let bench = Bench::new();
    for family in FAMILIES {
        let (client, server) = bench.narrow_pair(family).await;
        reader(&bench, server, Some(READING)).await;
        assert_eq!(bench.look(|world| world.sockets[&server].reader), Some(READING));
        let all = Command::Send { socket: client, data: Data::Fill { bytes: 300_000 }, all: true };
        match bench.ask(all).await {
            Ok(Done::Sent(sent)) => assert!(sent.bytes == 300_000 && sent.parts > 1, "{sent:?}"),
            other => panic!("{other:?}"),
        }
        read(&bench, server, 300_000).await;
        let Ledger::Stream(ledger) = bench.balance(client).await else { panic!("no stream") };
        assert_eq!((ledger.read, ledger.unexplained), (300_000, Some(0)));
        bench.close(client).await;
        bench
            .until("it has stopped", |world| {
                let socket = &world.sockets[&server];
                (socket.eof && socket.reader.is_none()).then_some(())
            })
            .await;
        assert!(!asleep(&bench, server));
        assert_eq!(ok_bytes(bench.send(server, "to nobody").await), 9);
    }
}

#[tokio::test]
async fn it_reads_datagrams_empty_ones_too() {
    let bench = Bench::new();
    for family in FAMILIES {
        let (receiver, to) = bench.bound(family, Kind::Datagram).await;
        let sender = bench.socket(family, Kind::Datagram).await;
        reader(&bench, receiver, Some(READING)).await;
        for text in ["one", "", "two"] {
            bench.send_to(sender, &to, text).await.expect("sent");
        }
        bench
            .until("three are read", |world| {
                (world.sockets[&receiver].read.count == 3).then_some(())
            })
            .await;
        assert!(bench.look(|world| world.sockets[&receiver].reader.is_some()));
    }
}

#[tokio::test]
async fn removed_while_it_sleeps_it_takes_nothing() {
    let bench = Bench::new();
    let (client, server) = bench.pair_of(Family::Ipv4).await;
    reader(&bench, server, Some(READING)).await;
    bench
        .until("it sleeps", |world| {
            world.calls_of(server).any(|call| call.blocked.is_some()).then_some(())
        })
        .await;
    reader(&bench, server, None).await;
    bench.send(client, "for a hand").await.expect("sent");
    assert_eq!(received(bench.recv(server, 100).await).data.bytes(), b"for a hand");
    assert_eq!(bench.look(|world| world.sockets[&server].reader), None);
}

#[tokio::test]
async fn removed_while_it_waits_behind_a_hand_it_takes_nothing() {
    let bench = Bench::new();
    let (client, server) = bench.pair_of(Family::Ipv4).await;
    let ask = Command::Recv { socket: server, max: 3, peek: false };
    let (_, by_hand) = bench.start_blocked(ask).await;
    reader(&bench, server, Some(READING)).await;
    // Its receive stands in the lane behind the one by hand by the time that these are answered.
    for _ in 0..10 {
        bench.timeout(server, None).await;
    }
    reader(&bench, server, None).await;
    bench.send(client, "onetwo").await.expect("sent");
    assert_eq!(received(end_of(by_hand).await).data.bytes(), b"one");
    bench.nonblocking(server, true).await;
    assert_eq!(received(bench.recv(server, 100).await).data.bytes(), b"two");
    assert_eq!(error(bench.recv(server, 100).await), "EAGAIN");
}

#[tokio::test]
async fn set_anew_it_reads_on_in_the_new_way() {
    let bench = Bench::new();
    let (client, server) = bench.pair_of(Family::Ipv6).await;
    reader(&bench, server, Some(READING)).await;
    let small = Reading { max: 2, every: 1_000 };
    reader(&bench, server, Some(small)).await;
    bench.send(client, "abcdef").await.expect("sent");
    read(&bench, server, 6).await;
    assert_eq!(bench.look(|world| world.sockets[&server].read.count), 3);
    assert_eq!(bench.look(|world| world.sockets[&server].reader), Some(small));
}

#[tokio::test]
async fn closed_or_interrupted_it_ends() {
    let bench = Bench::new();
    let (client, server) = bench.pair_of(Family::Ipv4).await;
    reader(&bench, client, Some(READING)).await;
    bench
        .until("it sleeps", |world| {
            world.calls_of(client).any(|call| call.blocked.is_some()).then_some(())
        })
        .await;
    bench.ask(Command::Interrupt { socket: client, call: None }).await.expect("asked");
    bench
        .until("it has ended", |world| world.sockets[&client].reader.is_none().then_some(()))
        .await;
    reader(&bench, server, Some(READING)).await;
    bench.close(server).await;
    assert!(!asleep(&bench, server));
}
