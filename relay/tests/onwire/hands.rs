//! What hands may do to single packets: by traps armed beforehand, and by id.

use crate::support::lab::{Bench, error, failure, ok_bytes};
use crate::support::onwire::{MS, of};
use crate::support::story::Seen;
use protocol::command::Family;
use protocol::packet::{Lost, Mark, PacketFate};
use protocol::wire::{Deed, Handling, Match, PacketKind};
use protocol::{Address, Command, Done, End, ErrorKind, PacketId, SocketId, What};

/// A datagram that a trap holds.
async fn held(bench: &Bench, left: SocketId, there: &Address, text: &str) -> PacketId {
    let before = bench.packets().len();
    bench.trap(of(End::Left, PacketKind::Udp), Deed::Hold, 1).await;
    bench.send_to(left, there, text).await.expect("sent");
    bench
        .until_packets("it is held", |packets| {
            let one = packets.get(before)?;
            one.is_marked(Mark::Held).then_some(one.id)
        })
        .await
}

fn one(packets: &[Seen], id: PacketId) -> &Seen {
    packets.iter().find(|packet| packet.id == id).expect("it entered")
}

#[tokio::test]
async fn held_by_a_trap_until_it_is_released() {
    let Some(bench) = Bench::on_wire() else { return };
    let [(left, _), (right, there)] = bench.posts(Family::Ipv4).await;
    let packet = held(&bench, left, &there, "wait").await;
    bench.look(|world| {
        let wire = world.wire.as_ref().expect("a wire");
        assert!(wire.packets[&packet].held.is_some() && wire.traps.is_empty());
        let ledger = world.datagram_ledger(right).expect("ours");
        assert_eq!((ledger.on_wire, ledger.unexplained, ledger.quiet), (1, Some(0), false));
    });
    assert!(bench.is_silent(right).await);
    bench.handle(Handling::Release { packet }).await.expect("released");
    assert_eq!(bench.read_text(right).await, "wait");
    let packets = bench.packets();
    let story = one(&packets, packet);
    assert!(story.delivered() && story.is_marked(Mark::Released));
    assert_eq!(bench.settled(right, 1).await.unexplained, Some(0));
}

#[tokio::test]
async fn killed_copied_and_damaged_by_id() {
    let Some(bench) = Bench::on_wire() else { return };
    let [(left, _), (right, there)] = bench.posts(Family::Ipv4).await;
    let killed = held(&bench, left, &there, "killed").await;
    bench.handle(Handling::Kill { packet: killed }).await.expect("killed");
    let copied = held(&bench, left, &there, "copied").await;
    let Ok(Done::Copied(copy)) = bench.handle(Handling::Copy { packet: copied }).await else {
        panic!("not copied")
    };
    assert_eq!(bench.read_text(right).await, "copied", "the copy goes, the packet stays");
    assert!(bench.look(|world| world.wire.as_ref().unwrap().packets.contains_key(&copied)));
    bench.handle(Handling::Release { packet: copied }).await.expect("released");
    assert_eq!(bench.read_text(right).await, "copied");
    let damaged = held(&bench, left, &there, "damaged").await;
    let offset = Some(28);
    bench.handle(Handling::Damage { packet: damaged, offset }).await.expect("damaged");
    bench.handle(Handling::Release { packet: damaged }).await.expect("released");
    assert_eq!(bench.counted(End::Right, "Udp.InCsumErrors", 1).await, 1);
    let ledger = bench.settled(right, 3).await;
    assert_eq!((ledger.lost, ledger.copied, ledger.damaged), (1, 1, 1));
    assert_eq!((ledger.read, ledger.unexplained), (2, Some(0)), "{ledger:?}");
    let packets = bench.packets();
    assert_eq!(one(&packets, killed).fate(), Some(PacketFate::Lost(Lost::Killed)));
    assert_eq!(one(&packets, copy.copy).copy_of, Some(copied));
    assert!(one(&packets, damaged).is_marked(Mark::Damaged { offset: 28 }));
    assert!(packets.iter().all(|packet| packet.left.len() == 1), "each has its one fate");
}

#[tokio::test]
async fn stopped_and_let_go_while_it_moves() {
    let Some(bench) = Bench::on_wire() else { return };
    let [(left, _), (right, there)] = bench.posts(Family::Ipv4).await;
    bench.slow(10_000 * MS).await;
    bench.send_to(left, &there, "slow").await.expect("sent");
    let packet = bench.until_packets("it is under way", |packets| Some(packets.first()?.id)).await;
    bench.handle(Handling::Hold { packet }).await.expect("held");
    bench.handle(Handling::Hold { packet }).await.expect("held already");
    bench.handle(Handling::Release { packet }).await.expect("released");
    assert_eq!(bench.read_text(right).await, "slow");
    let packets = bench.packets();
    let story = one(&packets, packet);
    let held = story.marks.iter().filter(|(_, mark)| *mark == Mark::Held).count();
    assert_eq!(held, 1, "it was stopped once");
    assert!(story.left[0].0 < story.entered + 10_000 * MS, "at once");
}

#[tokio::test]
async fn too_late_is_said() {
    let Some(bench) = Bench::on_wire() else { return };
    let [(left, _), (right, there)] = bench.posts(Family::Ipv4).await;
    bench.send_to(left, &there, "gone").await.expect("sent");
    bench.read_text(right).await;
    let packet = bench.packets()[0].id;
    for handling in [
        Handling::Hold { packet },
        Handling::Release { packet },
        Handling::Kill { packet },
        Handling::Copy { packet },
        Handling::Damage { packet, offset: None },
    ] {
        let answer = failure(bench.handle(handling).await);
        assert_eq!(answer.kind, ErrorKind::UnknownId);
        assert_eq!(answer.message, "Packet 1 is no longer on the wire.");
    }
    for packet in [PacketId(0), PacketId(2), PacketId(u64::MAX)] {
        for handling in [Handling::Kill { packet }, Handling::Copy { packet }] {
            let answer = failure(bench.handle(handling).await);
            assert_eq!(answer.kind, ErrorKind::UnknownId);
            assert_eq!(answer.message, format!("There has been no packet {packet}."));
        }
        assert_eq!(error(bench.ask(Command::PacketBytes { packet }).await), "unknown_id");
    }
    assert_eq!(bench.packets().len(), 1, "nothing came of it");
}

#[tokio::test]
async fn the_bytes_are_the_packets_own() {
    let Some(bench) = Bench::on_wire() else { return };
    for family in crate::support::lab::FAMILIES {
        let [(left, here), (_, there)] = bench.posts(family).await;
        let before = bench.packets().len();
        bench.send_to(left, &there, "你好, wire").await.expect("sent");
        let story = bench.until_packets("it passes", |packets| packets.get(before).cloned()).await;
        let answer = bench.ask(Command::PacketBytes { packet: story.id }).await;
        let Ok(Done::Whole(whole)) = answer else { panic!("{answer:?}") };
        let bytes = whole.data.bytes();
        assert_eq!(bytes.len(), story.bytes as usize);
        let parsed = etherparse::SlicedPacket::from_ip(bytes).expect("an IP packet");
        let Some(etherparse::TransportSlice::Udp(udp)) = parsed.transport else { panic!("no UDP") };
        let ports = (Some(udp.source_port()), Some(udp.destination_port()));
        assert_eq!(ports, (here.port(), there.port()));
        assert_eq!(udp.payload(), "你好, wire".as_bytes());
    }
}

#[tokio::test]
async fn a_trap_counts_waits_and_can_be_disarmed() {
    let Some(bench) = Bench::on_wire() else { return };
    let [(left, _), (right, there)] = bench.posts(Family::Ipv4).await;
    let third = Match { nth: Some(3), ..of(End::Left, PacketKind::Udp) };
    let trap = bench.trap(third.clone(), Deed::Lose, 2).await;
    let other = Match { port: Some(1), ..Match::default() };
    bench.trap(other, Deed::Hold, 1).await;
    for text in ["1", "2", "3", "4", "5"] {
        bench.send_to(left, &there, text).await.expect("sent");
    }
    for text in ["1", "2", "5"] {
        assert_eq!(bench.read_text(right).await, text, "the third and the one behind it are lost");
    }
    let sprung: Vec<_> = bench
        .events()
        .into_iter()
        .filter_map(|event| match event.what {
            What::TrapSprung { trap, packet, left } => Some((trap, packet, left)),
            _ => None,
        })
        .collect();
    assert_eq!(sprung, [(trap, PacketId(3), 1), (trap, PacketId(4), 0)]);
    assert_eq!(bench.look(|world| world.wire.as_ref().unwrap().traps.len()), 1);
    bench.trap(third.clone(), Deed::Lose, 1).await;
    let disarm = |matching, act| Command::Trap { on: false, matching, act, count: 1 };
    bench.ask(disarm(third.clone(), Deed::Hold)).await.expect("nothing so");
    assert_eq!(bench.look(|world| world.wire.as_ref().unwrap().traps.len()), 2);
    bench.ask(disarm(third, Deed::Lose)).await.expect("disarmed");
    assert_eq!(bench.look(|world| world.wire.as_ref().unwrap().traps.len()), 1);
    bench.ask(disarm(Match::default(), Deed::Lose)).await.expect("all are disarmed");
    assert!(bench.look(|world| world.wire.as_ref().unwrap().traps.is_empty()));
    for text in ["6", "7", "8"] {
        assert_eq!(ok_bytes(bench.send_to(left, &there, text).await), 1);
        assert_eq!(bench.read_text(right).await, text);
    }
    assert_eq!(bench.settled(right, 8).await.unexplained, Some(0));
}
