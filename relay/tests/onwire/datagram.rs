//! Datagrams to closed ports, and damaged ones.

use crate::support::lab::{Bench, FAMILIES, end_of, error, ok_bytes};
use crate::support::onwire::{MS, address_of, of};
use crate::support::story::Seen;
use protocol::command::{Family, Kind};
use protocol::packet::{Head, Lost, PacketFate};
use protocol::wire::{Deed, PacketKind};
use protocol::{Address, Command, End, SocketId};
use std::net::SocketAddr;

/// A datagram socket in left, connected to a port in right at which nobody is.
async fn towards_nobody(bench: &Bench, family: Family) -> (SocketId, Address, Address) {
    let (left, here) = bench.bound_in(End::Left, family, Kind::Datagram).await;
    let there = SocketAddr::new(address_of(End::Right, family).ip(), 9);
    let there = Address::Inet(there);
    bench.ask(Command::Connect { socket: left, address: there.clone() }).await.expect("aimed");
    (left, here, there)
}

fn icmp(packet: &Seen) -> bool {
    matches!(packet.head, Head::Icmp(_))
}

#[tokio::test]
async fn nobody_there_is_told_by_icmp() {
    let Some(bench) = Bench::on_wire() else { return };
    for family in FAMILIES {
        let (left, here, there) = towards_nobody(&bench, family).await;
        let waiting = bench.start(Command::Recv { socket: left, max: 9, peek: false });
        assert_eq!(ok_bytes(bench.send(left, "anybody?").await), 8);
        assert_eq!(error(end_of(waiting).await), "ECONNREFUSED");
        let packets = bench.packets();
        let told = packets.iter().rfind(|packet| icmp(packet)).expect("an ICMP message");
        let Head::Icmp(head) = &told.head else { unreachable!() };
        let unreachable = if family == Family::Ipv4 { (3, 3) } else { (1, 4) };
        assert_eq!((head.kind, head.code), unreachable);
        let about = head.about.as_ref().expect("what it speaks of");
        assert_eq!((&about.src, &about.dst), (&here, &there), "our datagram");
        assert!(told.from == End::Right && told.delivered());
        let name = if family == Family::Ipv4 { "Udp.NoPorts" } else { "Udp6NoPorts" };
        assert_eq!(bench.counted(End::Right, name, 1).await, 1);
    }
}

#[tokio::test]
async fn without_the_icmp_nothing_is_learnt() {
    let Some(bench) = Bench::on_wire() else { return };
    let (left, ..) = towards_nobody(&bench, Family::Ipv4).await;
    bench.lose(End::Right, PacketKind::Icmp, 2).await;
    for sent in 1..=2 {
        assert_eq!(ok_bytes(bench.send(left, "anybody?").await), 8, "the second tells nothing");
        bench
            .until_packets("the message is lost", |packets| {
                let lost = Some(PacketFate::Lost(Lost::Killed));
                (packets
                    .iter()
                    .filter(|packet| icmp(packet))
                    .filter(|one| one.fate() == lost)
                    .count()
                    == sent)
                    .then_some(())
            })
            .await;
    }
    assert!(bench.is_silent(left).await);
}

#[tokio::test]
async fn a_flipped_bit_is_the_end_of_a_datagram() {
    let Some(bench) = Bench::on_wire() else { return };
    for (round, family) in (1..).zip(FAMILIES) {
        let [(left, _), (right, there)] = bench.posts(family).await;
        bench.trap(of(End::Left, PacketKind::Udp), Deed::Damage { offset: None }, 2).await;
        // The checksum of a short one is looked at on arrival, a long one's when it is read.
        for broken in ["short".to_owned(), "long".repeat(100)] {
            bench.send_to(left, &there, &broken).await.expect("sent");
        }
        assert_eq!(ok_bytes(bench.send_to(left, &there, "whole").await), 5);
        assert_eq!(bench.read_text(right).await, "whole");
        // A long one over IPv6 the kernel counts among those of IPv4 (udp.c, `first_packet_length`).
        bench
            .until("both are counted", |world| {
                let counters = &world.wire.as_ref()?.counters[1];
                let count = |name| counters.get(name).copied().unwrap_or(0);
                let both = count("Udp.InCsumErrors") + count("Udp6InCsumErrors");
                (both == 2 * round).then_some(())
            })
            .await;
        let ledger = bench.settled(right, 3).await;
        assert_eq!((ledger.damaged, ledger.dropped, ledger.read), (2, 1, 1), "{ledger:?}");
        assert_eq!(ledger.unexplained, Some(0), "{ledger:?}");
        assert!(bench.packets().iter().all(Seen::delivered), "the wire lost none");
    }
}

#[tokio::test]
async fn a_lost_one_is_lost_and_the_ledger_knows_it() {
    let Some(bench) = Bench::on_wire() else { return };
    let [(left, _), (right, there)] = bench.posts(Family::Ipv4).await;
    bench.lose(End::Left, PacketKind::Udp, 1).await;
    bench.slow(5 * MS).await;
    for text in ["one", "two", "three"] {
        bench.send_to(left, &there, text).await.expect("sent");
    }
    assert_eq!(bench.read_text(right).await, "two");
    let ledger = bench.settled(right, 3).await;
    assert_eq!((ledger.lost, ledger.read, ledger.waiting), (1, 1, 1));
    assert_eq!(ledger.unexplained, Some(0));
}
