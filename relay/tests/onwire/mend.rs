//! What a stream carries, and what becomes of damaged and doubled segments: exactly the bytes sent.

use crate::support::lab::{Bench, FAMILIES, end_of, ok_bytes, pattern};
use crate::support::onwire::{MS, TOGETHER, of};
use protocol::command::Family;
use protocol::data::{Data, Hex};
use protocol::packet::{Flags, Mark, PacketFate};
use protocol::wire::{Deed, Impairment, Match, PacketKind};
use protocol::{Command, End};

#[tokio::test]
async fn data_and_its_acknowledgement() {
    let Some(bench) = Bench::on_wire() else { return };
    for family in FAMILIES {
        let (client, server) = bench.across(family).await;
        let before = bench.packets().len();
        assert_eq!(ok_bytes(bench.send(client, "hello").await), 5);
        assert_eq!(bench.read_all(server, 5).await, b"hello");
        let ledger = bench.even(client).await;
        assert_eq!((ledger.sent, ledger.read, ledger.kept), (5, 5, 0));
        let packets = bench.packets().split_off(before);
        let [data, ack] = &packets[..] else { panic!("{packets:#?}") };
        let head = data.tcp().expect("a segment");
        assert_eq!((data.from, head.flags), (End::Left, Flags::PSH | Flags::ACK));
        assert_eq!((head.seq, head.ack, head.payload, head.again), (1, 1, 5, false));
        assert_eq!(head.start.bytes(), b"hello");
        let answer = ack.tcp().expect("a segment");
        assert_eq!((ack.from, answer.flags), (End::Right, Flags::ACK));
        assert_eq!((answer.seq, answer.ack, answer.payload), (1, 6, 0));
        for packet in &packets {
            let [(left, PacketFate::Delivered)] = packet.left[..] else { panic!("{packet:?}") };
            assert!(left >= packet.entered);
        }
    }
}

#[tokio::test]
async fn a_long_stream_arrives_and_its_flow_adds_up() {
    let Some(bench) = Bench::on_wire() else { return };
    let (client, server) = bench.across(Family::Ipv6).await;
    let sent = pattern(7, 700_000);
    let data = Data::Hex(Hex(sent.clone()));
    let sending = bench.start(Command::Send { socket: client, data, all: true });
    assert!(bench.read_all(server, sent.len()).await == sent);
    assert_eq!(ok_bytes(end_of(sending).await), 700_000);
    bench.even(client).await;
    bench.look(|world| {
        let wire = world.wire.as_ref().expect("a wire");
        assert!(wire.packets.is_empty());
        let there = wire.flows.values().max_by_key(|flow| flow.bytes).expect("a flow");
        assert_eq!((there.from, there.protocol, there.on_wire()), (End::Left, 6, 0));
        assert!(there.packets == there.delivered && there.bytes > 700_000 && there.lost.is_empty());
    });
}

#[tokio::test]
async fn a_flipped_bit_is_noticed_and_the_segment_sent_again() {
    let Some(bench) = Bench::on_wire() else { return };
    let (client, server) = bench.across(Family::Ipv4).await;
    bench.trap(of(End::Left, PacketKind::Data), Deed::Damage { offset: None }, 1).await;
    assert_eq!(ok_bytes(bench.send(client, "whole").await), 5);
    assert_eq!(bench.read_all(server, 5).await, b"whole");
    bench.even(client).await;
    bench.counted(End::Right, "Tcp.InCsumErrors", 1).await;
    let packets = bench.packets();
    let mut data = packets.iter().filter(|packet| packet.is_data(End::Left));
    let first = data.next().expect("sent");
    let offset = first.marks.iter().find_map(|(_, mark)| match mark {
        Mark::Damaged { offset } => Some(*offset),
        _ => None,
    });
    assert!(offset.is_some_and(|offset| offset >= first.bytes - 5 && offset < first.bytes));
    assert!(first.delivered(), "it is the kernel that drops it");
    let second = data.next().expect("sent again");
    assert!(second.delivered() && second.tcp().is_some_and(|tcp| tcp.again));
}

#[tokio::test]
async fn out_of_order_and_twice_is_mended() {
    let Some(bench) = Bench::on_wire() else { return };
    let (client, server) = bench.across(Family::Ipv4).await;
    let later = Match { nth: Some(2), ..of(End::Left, PacketKind::Data) };
    bench.trap(later, Deed::Delay { by: 30 * MS }, 1).await;
    let twice = Match { nth: Some(5), ..of(End::Left, PacketKind::Data) };
    bench.trap(twice, Deed::Copy, 1).await;
    let sent = pattern(0, 12_000);
    assert_eq!(ok_bytes(bench.send_bytes(client, &sent).await), 12_000);
    assert!(bench.read_all(server, 12_000).await == sent);
    bench.even(client).await;
    bench.counted(End::Right, "TcpExt.TCPOFOQueue", 1).await;
    bench.counted(End::Right, "TcpExt.TCPDSACKOldSent", 1).await;
    let packets = bench.packets();
    let copy = packets.iter().find(|packet| packet.copy_of.is_some()).expect("a copy");
    assert!(copy.delivered());
    let late = packets.iter().find(|one| one.is_marked(Mark::Delayed { by: 30 * MS }));
    let late = late.expect("put off");
    assert!(late.left[0].0 + TOGETHER >= late.entered + 30 * MS, "{late:?}");
    let overtook = |one: &&crate::support::story::Seen| {
        one.is_data(End::Left) && one.id > late.id && one.left[0].0 < late.left[0].0
    };
    assert!(packets.iter().any(|one| overtook(&one)), "others overtook it");
}

#[tokio::test]
async fn through_bad_weather_exactly_the_bytes_sent() {
    let Some(bench) = Bench::on_wire() else { return };
    let (client, server) = bench.across(Family::Ipv4).await;
    let bad = Impairment {
        delay: 4 * MS,
        jitter: 3 * MS,
        duplicate: 30_000,
        reorder: 50_000,
        corrupt: 10_000,
        ..Impairment::default()
    };
    bench.impair(None, bad, Some(5)).await;
    let sent = pattern(3, 300_000);
    let data = Data::Hex(Hex(sent.clone()));
    let sending = bench.start(Command::Send { socket: client, data, all: true });
    assert!(bench.read_all(server, sent.len()).await == sent);
    assert_eq!(ok_bytes(end_of(sending).await), 300_000);
    bench.even(client).await;
}
