//! What stays inside a net: its own loopback, and its own address.

use crate::support::lab::{Bench, FAMILIES, loopback};
use crate::support::onwire::address_of;
use protocol::End;
use protocol::command::{Kind, Net};
use protocol::{Command, What};

#[tokio::test]
async fn it_passes_no_packet_of_the_wire_and_pairs_as_it_should() {
    let Some(bench) = Bench::on_wire() else { return };
    for end in End::BOTH {
        for family in FAMILIES {
            for at in [loopback(family).to_owned(), address_of(end, family).to_string()] {
                let net: Net = end.into();
                let listener = bench.make(net, family, Kind::Stream).await;
                let address = bench.bind(listener, &at).await;
                let listen = Command::Listen { socket: listener, backlog: 2 };
                bench.ask(listen).await.expect("listening");
                let client = bench.connect_from(end, &address).await;
                let server = bench.accept(listener).await;
                bench.send(client, "inside").await.expect("sent");
                assert_eq!(bench.read_all(server, 6).await, b"inside");
                bench.even(client).await;
                bench.look(|world| {
                    assert_eq!(world.far_end(client), Some(server));
                    assert!(!world.across(client, server));
                });
                let one = bench.make(net, family, Kind::Datagram).await;
                let other = bench.make(net, family, Kind::Datagram).await;
                bench.bind(one, &at).await;
                let there = bench.bind(other, &at).await;
                bench.send_to(one, &there, "self").await.expect("sent");
                assert_eq!(bench.read_text(other).await, "self");
                let ledger = bench.settled(other, 1).await;
                assert_eq!((ledger.read, ledger.unexplained), (1, Some(0)));
                assert_eq!(bench.look(|world| world.aim_of(one)), Some(other));
            }
        }
    }
    assert_eq!(bench.packets().len(), 0);
    let crossed = |what: &What| matches!(what, What::Crossed { .. });
    assert!(bench.events().iter().any(|event| crossed(&event.what)), "it is inferred instead");
}

#[tokio::test]
async fn the_same_loopback_address_in_both_ends_is_two_places() {
    let Some(bench) = Bench::on_wire() else { return };
    let left = bench.make(Net::Left, FAMILIES[0], Kind::Datagram).await;
    let address = bench.bind(left, loopback(FAMILIES[0])).await;
    let right = bench.make(Net::Right, FAMILIES[0], Kind::Datagram).await;
    bench.bind(right, &address.to_string()).await;
    let sender = bench.make(Net::Right, FAMILIES[0], Kind::Datagram).await;
    bench.send_to(sender, &address, "here").await.expect("sent");
    assert_eq!(bench.read_text(right).await, "here");
    assert!(bench.is_silent(left).await);
    assert_eq!(bench.settled(right, 1).await.unexplained, Some(0));
    assert_eq!(bench.settled(left, 0).await.unexplained, Some(0));
    assert_eq!(bench.packets().len(), 0);
}
