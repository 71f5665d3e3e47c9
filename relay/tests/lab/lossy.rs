//! The lossy receiver: the kernel itself drops, by a filter, and counts what it dropped.

use crate::support::lab::{Bench, FAMILIES, error};
use protocol::Command;
use protocol::command::{Kind, Reading, SocketOption};
use protocol::world::Ledger;

#[tokio::test]
async fn the_kernel_drops_a_share_and_the_ledger_says_so() {
    let bench = Bench::new();
    for family in FAMILIES {
        let (receiver, to) = bench.bound(family, Kind::Datagram).await;
        let (sender, _) = bench.bound(family, Kind::Datagram).await;
        assert_eq!(bench.option(receiver, SocketOption::Lossy(200_000)).await, 200_000);
        let set = Some(Reading { max: 2_048, every: 0 });
        bench.ask(Command::Reader { socket: receiver, set }).await.expect("set");
        let burst =
            Command::Burst { socket: sender, address: Some(to.clone()), count: 10_000, bytes: 12 };
        bench.ask(burst).await.expect("sent");
        let Ledger::Datagram(ledger) = bench.balance(sender).await else { panic!("a stream") };
        assert_eq!((ledger.sent, ledger.unexplained), (10_000, Some(0)), "{ledger:?}");
        // The mean of 2,000 with 40 for the standard deviation: 8 of them are never met by chance. A full
        // buffer may have dropped more.
        assert!(ledger.dropped >= 2_000 - 320, "{ledger:?}");
        if ledger.dropped > 2_000 + 320 {
            eprintln!("a full buffer dropped too: {ledger:?}");
        }
        bench.option(receiver, SocketOption::Lossy(0)).await;
        bench.send_to(sender, &to, "x").await.expect("sent");
        bench.until("it is read", |w| (w.sockets[&receiver].last_read == b"x").then_some(())).await;
        bench.close(sender).await;
        bench.close(receiver).await;
    }
}

#[tokio::test]
async fn all_can_be_dropped_and_more_than_all_cannot() {
    let bench = Bench::new();
    let (receiver, to) = bench.bound(protocol::command::Family::Ipv4, Kind::Datagram).await;
    let (sender, _) = bench.bound(protocol::command::Family::Ipv4, Kind::Datagram).await;
    let too_much = Command::Option { socket: receiver, set: SocketOption::Lossy(1_000_001) };
    assert_eq!(error(bench.ask(too_much).await), "bad_request");
    bench.option(receiver, SocketOption::Lossy(1_000_000)).await;
    bench
        .ask(Command::Burst { socket: sender, address: Some(to), count: 100, bytes: 12 })
        .await
        .expect("sent");
    let Ledger::Datagram(ledger) = bench.balance(sender).await else { panic!("a stream") };
    assert_eq!((ledger.dropped, ledger.waiting, ledger.unexplained), (100, 0, Some(0)));
}
