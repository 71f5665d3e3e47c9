//! The wire's other impairments: delay, rate, queue, the n-th, the cable.

use crate::support::lab::{Bench, end_of, ok_bytes};
use crate::support::onwire::{MS, TOGETHER, of};
use crate::support::story::Seen;
use protocol::command::Family;
use protocol::data::Data;
use protocol::packet::{Lost, PacketFate};
use protocol::wire::{Impairment, Match, PacketKind, presets};
use protocol::{Command, End};

const LOST_CABLE: Option<PacketFate> = Some(PacketFate::Lost(Lost::Cable));

#[tokio::test]
async fn delay_is_added_to_every_packet() {
    let Some(bench) = Bench::on_wire() else { return };
    let [(left, here), (right, there)] = bench.posts(Family::Ipv4).await;
    bench.slow(5 * MS).await;
    for _ in 0..21 {
        bench.send_to(left, &there, "ping").await.expect("sent");
        bench.read_text(right).await;
        bench.send_to(right, &here, "pong").await.expect("sent");
        bench.read_text(left).await;
    }
    let packets = bench.packets();
    assert!(packets.iter().all(|packet| packet.left[0].0 + TOGETHER >= packet.entered + 5 * MS));
    let mut trips: Vec<_> =
        packets.chunks_exact(2).map(|pair| pair[1].left[0].0 - pair[0].entered).collect();
    trips.sort_unstable();
    let half = trips[trips.len() / 2];
    assert!((10 * MS - TOGETHER..60 * MS).contains(&half), "{trips:?}");
}

#[tokio::test]
async fn a_slow_link_sends_one_after_another() {
    let Some(bench) = Bench::on_wire() else { return };
    let [(left, _), (right, there)] = bench.posts(Family::Ipv4).await;
    let rate = Some(1_000_000);
    bench.impair(Some(End::Left), Impairment { rate, ..Impairment::default() }, None).await;
    let ask = Command::Burst { socket: left, address: Some(there), count: 20, bytes: 1_000 };
    bench.ask(ask).await.expect("sent");
    assert_eq!(bench.settled(right, 20).await.unexplained, Some(0));
    let packets = bench.packets();
    let one = 1_028 * 8 * 1_000;
    for (place, packet) in (1_u64..).zip(&packets) {
        let took = packet.left[0].0 - packets[0].entered;
        assert!(packet.delivered() && took + TOGETHER >= place * one, "{place}: {took}");
    }
}

#[tokio::test]
async fn a_full_queue_loses_what_comes() {
    let Some(bench) = Bench::on_wire() else { return };
    let [(left, _), (right, there)] = bench.posts(Family::Ipv4).await;
    let set = Impairment { rate: Some(200_000), queue: Some(5), ..Impairment::default() };
    bench.impair(Some(End::Left), set, None).await;
    let ask = Command::Burst { socket: left, address: Some(there), count: 40, bytes: 1_000 };
    bench.ask(ask).await.expect("sent");
    let ledger = bench.settled(right, 40).await;
    assert_eq!(ledger.unexplained, Some(0), "{ledger:?}");
    assert!(ledger.lost > 0 && ledger.waiting >= 5, "{ledger:?}");
    let full = Some(PacketFate::Lost(Lost::QueueFull));
    let packets = bench.packets();
    assert!(packets[..5].iter().all(Seen::delivered));
    assert!(packets.iter().all(|packet| packet.delivered() || packet.fate() == full));
}

#[tokio::test]
async fn the_nth_that_fits_is_lost_once() {
    let Some(bench) = Bench::on_wire() else { return };
    let [(left, _), (right, there)] = bench.posts(Family::Ipv4).await;
    let nth = Match { nth: Some(3), ..of(End::Left, PacketKind::Udp) };
    bench.impair(None, Impairment { nth: Some(nth), ..Impairment::default() }, None).await;
    for text in ["1", "2", "3", "4", "5", "6"] {
        bench.send_to(left, &there, text).await.expect("sent");
    }
    for text in ["1", "2", "4", "5", "6"] {
        assert_eq!(bench.read_text(right).await, text);
    }
    let fates: Vec<_> = bench.packets().iter().map(Seen::delivered).collect();
    assert_eq!(fates, [true, true, false, true, true, true]);
    assert_eq!(bench.packets()[2].fate(), Some(PacketFate::Lost(Lost::Nth)));
    assert_eq!(bench.settled(right, 6).await.unexplained, Some(0));
}

#[tokio::test]
async fn a_pulled_cable_loses_all_and_tcp_outlives_it() {
    let Some(bench) = Bench::on_wire() else { return };
    let (client, server) = bench.across(Family::Ipv4).await;
    let [(left, _), (right, there)] = bench.posts(Family::Ipv4).await;
    bench.even(client).await;
    let before = bench.packets().len();
    bench.impair(None, Impairment { pulled: true, ..Impairment::default() }, None).await;
    bench.send_to(left, &there, "lost").await.expect("sent");
    assert_eq!(ok_bytes(bench.send(client, "patient").await), 7);
    bench
        .until_packets("all that is sent is lost", |packets| {
            let fates: Vec<_> = packets[before..].iter().map(Seen::fate).collect();
            let again = packets.iter().any(|one| one.tcp().is_some_and(|tcp| tcp.again));
            (again && fates.iter().all(|fate| *fate == LOST_CABLE)).then_some(())
        })
        .await;
    let reading = bench.start(Command::Recv { socket: server, max: 9, peek: false });
    bench.impair(None, Impairment::default(), None).await;
    let read = crate::support::lab::received(end_of(reading).await);
    assert_eq!(read.data.bytes(), b"patient");
    bench.even(client).await;
    let ledger = bench.settled(right, 1).await;
    assert_eq!((ledger.lost, ledger.unexplained), (1, Some(0)));
}

#[tokio::test]
async fn a_reset_brings_back_the_clean_wire() {
    let Some(bench) = Bench::on_wire() else { return };
    for preset in presets() {
        for (end, set) in End::BOTH.into_iter().zip(preset.set) {
            let set = Impairment { mtu: Some(1_280), ..set };
            bench.impair(Some(end), set, None).await;
        }
        bench.ask(Command::Reset).await.expect("reset");
        let clean = [Impairment::default(), Impairment::default()];
        assert_eq!(bench.look(|world| world.wire.as_ref().unwrap().impaired.clone()), clean);
        let before = bench.packets().len();
        let [(left, _), (right, there)] = bench.posts(Family::Ipv4).await;
        let data = Data::Fill { bytes: 1_472 };
        let ask = Command::SendTo { socket: left, address: there, data };
        assert_eq!(ok_bytes(bench.ask(ask).await), 1_472);
        assert_eq!(bench.settled(right, 1).await.waiting, 1);
        let packets = bench.packets().split_off(before);
        assert_eq!(packets.iter().map(|one| one.bytes).collect::<Vec<_>>(), [1_500]);
        bench.ask(Command::Reset).await.expect("reset");
    }
}
