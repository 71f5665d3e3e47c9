//! Datagrams: whole, cut, empty, too long, connected.

use crate::support::lab::{Bench, FAMILIES, error, failure, ok_bytes, received};
use protocol::command::{Family, Kind};
use protocol::data::Data;
use protocol::world::Ledger;
use protocol::{Command, SocketId};

async fn connect(bench: &Bench, socket: SocketId, address: &protocol::Address) {
    let connect = Command::Connect { socket, address: address.clone() };
    bench.ask(connect).await.expect("connected");
}

fn fill(socket: SocketId, address: &protocol::Address, bytes: u32) -> Command {
    Command::SendTo { socket, address: address.clone(), data: Data::Fill { bytes } }
}

#[tokio::test]
async fn each_is_read_whole_with_its_sender() {
    let bench = Bench::new();
    for family in FAMILIES {
        let (receiver, to) = bench.bound(family, Kind::Datagram).await;
        let (sender, from) = bench.bound(family, Kind::Datagram).await;
        for text in ["one", "", "three"] {
            assert_eq!(ok_bytes(bench.send_to(sender, &to, text).await) as usize, text.len());
        }
        bench
            .until("three wait", |world| {
                let queue = world.sockets[&receiver].kernel.queue.as_ref()?;
                (queue.datagrams == 3 && queue.bytes == 8).then_some(())
            })
            .await;
        let peek = Command::RecvFrom { socket: receiver, max: 100, peek: true };
        assert_eq!(received(bench.ask(peek).await).data.bytes(), b"one");
        for text in ["one", "", "three"] {
            let got = received(bench.recv_from(receiver, 100).await);
            assert_eq!(got.data.bytes(), text.as_bytes());
            assert_eq!((got.from, got.truncated, got.eof), (Some(from.clone()), false, false));
        }
        let Ledger::Datagram(ledger) = bench.balance(sender).await else { panic!("a stream") };
        assert_eq!((ledger.sent, ledger.read, ledger.unexplained), (3, 3, Some(0)));
    }
}

#[tokio::test]
async fn the_rest_of_a_longer_one_is_gone_and_that_is_told() {
    let bench = Bench::new();
    for family in FAMILIES {
        let (receiver, to) = bench.bound(family, Kind::Datagram).await;
        let sender = bench.socket(family, Kind::Datagram).await;
        bench.send_to(sender, &to, "0123456789").await.expect("sent");
        bench.send_to(sender, &to, "next").await.expect("sent");
        let got = received(bench.recv_from(receiver, 4).await);
        assert_eq!((got.data.bytes(), got.bytes, got.truncated), (&b"0123"[..], 4, true));
        let got = received(bench.recv_from(receiver, 4).await);
        assert_eq!((got.data.bytes(), got.truncated), (&b"next"[..], false));
        bench.send_to(sender, &to, "all of it").await.expect("sent");
        let got = received(bench.recv_from(receiver, 0).await);
        assert_eq!((got.bytes, got.truncated), (0, true));
        let Ledger::Datagram(ledger) = bench.balance(sender).await else { panic!("a stream") };
        assert_eq!((ledger.sent, ledger.read, ledger.unexplained), (3, 3, Some(0)));
    }
}

#[tokio::test]
async fn one_byte_too_long_is_refused() {
    let bench = Bench::new();
    for (family, most) in [(Family::Ipv4, 65_507), (Family::Ipv6, 65_527)] {
        let (receiver, to) = bench.bound(family, Kind::Datagram).await;
        let sender = bench.socket(family, Kind::Datagram).await;
        assert_eq!(ok_bytes(bench.ask(fill(sender, &to, most)).await), most);
        let refused = failure(bench.ask(fill(sender, &to, most + 1)).await);
        assert_eq!(refused.short(), "EMSGSIZE");
        assert_eq!(
            refused.message,
            "A datagram holds at most 65,507 bytes over IPv4 and 65,527 over IPv6."
        );
        let burst =
            |bytes| Command::Burst { socket: sender, address: Some(to.clone()), count: 2, bytes };
        assert_eq!(error(bench.ask(burst(most + 1)).await), "EMSGSIZE");
        assert_eq!(received(bench.recv_from(receiver, 65_536).await).bytes, most);
    }
}

#[tokio::test]
async fn a_connected_one_needs_no_address_and_hears_its_peer_only() {
    let bench = Bench::new();
    for family in FAMILIES {
        let (left, left_at) = bench.bound(family, Kind::Datagram).await;
        let (right, right_at) = bench.bound(family, Kind::Datagram).await;
        let stranger = bench.socket(family, Kind::Datagram).await;
        connect(&bench, left, &right_at).await;
        connect(&bench, right, &left_at).await;
        bench.send(left, "ping").await.expect("sent");
        bench.send_to(stranger, &right_at, "hello?").await.expect("taken");
        bench.send(left, "ping again").await.expect("sent");
        for text in ["ping", "ping again"] {
            assert_eq!(received(bench.recv(right, 100).await).data.bytes(), text.as_bytes());
        }
        let Ledger::Datagram(ledger) = bench.balance(left).await else { panic!("a stream") };
        assert_eq!((ledger.sent, ledger.read, ledger.unexplained), (2, 2, Some(0)));
        let alone = bench.socket(family, Kind::Datagram).await;
        assert_eq!(error(bench.send(alone, "whereto?").await), "EDESTADDRREQ");
    }
}

#[tokio::test]
async fn whose_a_datagram_was_is_not_knowable_once_the_sender_is_gone() {
    let bench = Bench::new();
    let (receiver, to) = bench.bound(Family::Ipv4, Kind::Datagram).await;
    let sender = bench.socket(Family::Ipv4, Kind::Datagram).await;
    bench.send_to(sender, &to, "from the grave").await.expect("sent");
    bench.close(sender).await;
    assert_eq!(received(bench.recv_from(receiver, 100).await).bytes, 14);
    let ledger = bench
        .until("a quiet moment", |world| {
            world.datagram_ledger(receiver).filter(|ledger| ledger.quiet)
        })
        .await;
    // Whose it was is told by the sender's address alone, and that is no longer known.
    assert!(ledger.sent == 1 && ledger.unexplained.is_none(), "{ledger:?}");
}

#[tokio::test]
async fn streams_have_no_datagrams() {
    let bench = Bench::new();
    let (client, _, address) = bench.pair().await;
    assert_eq!(error(bench.send_to(client, &address, "x").await), "unsupported");
    let burst = Command::Burst { socket: client, address: None, count: 1, bytes: 20 };
    assert_eq!(error(bench.ask(burst).await), "unsupported");
}
