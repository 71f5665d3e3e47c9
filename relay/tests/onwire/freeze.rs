//! The wire held: nothing moves, kernel timers run on, and each packet can be let go by itself.

use crate::support::lab::{Bench, error, ok_bytes};
use crate::support::onwire::{MS, TOGETHER};
use crate::support::story::Seen;
use protocol::command::{Family, SocketOption};
use protocol::packet::{Mark, PacketFate};
use protocol::wire::{Handling, Impairment};
use protocol::{Command, Done, End, What};
use std::time::Duration;

#[tokio::test]
async fn everything_stands_still_while_the_kernel_goes_on() {
    let Some(bench) = Bench::on_wire() else { return };
    let (client, server) = bench.across(Family::Ipv4).await;
    bench.option(client, SocketOption::NoDelay(true)).await;
    bench.even(client).await;
    let before = bench.packets().len();
    bench.freeze(true).await;
    assert_eq!(ok_bytes(bench.send(client, "one").await), 3);
    assert_eq!(ok_bytes(bench.send(client, "two").await), 3);
    let held = bench
        .until_packets("the kernel sends again, and that is held too", |packets| {
            let held = &packets[before..];
            let again = held.iter().any(|one| one.tcp().is_some_and(|tcp| tcp.again));
            (again && held.iter().all(|one| one.is_marked(Mark::Held))).then(|| held.to_vec())
        })
        .await;
    assert!(held.iter().all(|one| one.is_data(End::Left) && one.left.is_empty()), "{held:#?}");
    let [one, two] = [&held[0], &held[1]];
    assert_eq!((one.tcp().unwrap().seq, two.tcp().unwrap().seq), (1, 4));
    assert!(bench.is_silent(server).await);
    assert!(bench.look(|world| world.wire.as_ref().unwrap().frozen.is_some()));
    bench.handle(Handling::Release { packet: two.id }).await.expect("out of turn");
    bench
        .until_packets("the answer to what came out of turn is held as well", |packets| {
            let answer = packets.iter().find(|one| one.id > two.id && one.from == End::Right)?;
            let sacked = answer.tcp()?.sack.first() == Some(&(4, 7));
            (sacked && answer.is_marked(Mark::Held)).then_some(())
        })
        .await;
    assert!(bench.is_silent(server).await, "the first is still missing");
    bench.freeze(false).await;
    assert_eq!(bench.read_all(server, 6).await, b"onetwo");
    bench.even(client).await;
    let packets = bench.packets();
    let story = |id| packets.iter().find(|one: &&Seen| one.id == id).expect("it entered");
    assert!(story(two.id).left[0].0 < story(one.id).left[0].0, "out of turn");
    for packet in &packets[before..] {
        assert!(packet.delivered() && packet.left.len() == 1, "{packet:?}");
        assert_eq!(packet.is_marked(Mark::Held), packet.is_marked(Mark::Released), "{packet:?}");
    }
}

#[tokio::test]
async fn what_was_under_way_goes_on_where_it_stopped() {
    let Some(bench) = Bench::on_wire() else { return };
    let [(left, _), (right, there)] = bench.posts(Family::Ipv4).await;
    bench.slow(300 * MS).await;
    for text in ["first", "second"] {
        bench.send_to(left, &there, text).await.expect("sent");
    }
    bench.until_packets("both are under way", |packets| (packets.len() == 2).then_some(())).await;
    bench.freeze(true).await;
    bench.freeze(true).await;
    // Past the moment at which they would have left.
    bench.timeout(left, Some(Duration::from_millis(350))).await;
    assert_eq!(error(bench.recv_from(left, 9).await), "timed_out");
    assert!(bench.packets().iter().all(|one| one.is_marked(Mark::Held) && one.left.is_empty()));
    bench.freeze(false).await;
    assert_eq!([bench.read_text(right).await, bench.read_text(right).await], ["first", "second"]);
    for packet in bench.packets() {
        let stood: Vec<_> = packet
            .marks
            .iter()
            .filter(|(_, mark)| matches!(mark, Mark::Held | Mark::Released))
            .map(|(at, _)| *at)
            .collect();
        let [held, released] = stood[..] else { panic!("{packet:?}") };
        let moved = (held - packet.entered) + (packet.left[0].0 - released);
        assert!(moved + TOGETHER >= 300 * MS, "its whole way: {packet:?}");
    }
    assert_eq!(bench.settled(right, 2).await.unexplained, Some(0));
}

#[tokio::test]
async fn a_copy_that_came_into_a_held_wire_leaves_behind_its_packet() {
    let Some(bench) = Bench::on_wire() else { return };
    let [(left, _), (right, there)] = bench.posts(Family::Ipv4).await;
    let twice = Impairment { delay: 20 * MS, duplicate: 1_000_000, ..Impairment::default() };
    bench.impair(Some(End::Left), twice, None).await;
    bench.freeze(true).await;
    bench.send_to(left, &there, "twice").await.expect("sent");
    bench.until_packets("both are there", |packets| (packets.len() == 2).then_some(())).await;
    bench.freeze(false).await;
    assert_eq!([bench.read_text(right).await, bench.read_text(right).await], ["twice", "twice"]);
    let left: Vec<_> = bench
        .events()
        .into_iter()
        .filter_map(|event| match event.what {
            What::PacketLeft { packet, .. } => Some(packet),
            _ => None,
        })
        .collect();
    let packets = bench.packets();
    assert_eq!(packets[1].copy_of, Some(packets[0].id));
    assert_eq!(left, [packets[0].id, packets[1].id]);
}

#[tokio::test]
async fn a_flood_into_a_held_wire_is_bounded_and_accounted_for() {
    const SENT: u32 = 100_000;
    let Some(bench) = Bench::on_wire() else { return };
    let [(left, _), (right, there)] = bench.posts(Family::Ipv4).await;
    bench.freeze(true).await;
    let sums = |world: &protocol::World| {
        let wire = world.wire.as_ref().expect("a wire");
        let flow = wire.flows.values().find(|flow| flow.protocol == 17)?;
        Some((flow.clone(), wire.device_dropped[0], wire.packets.len() as u64))
    };
    let mut sent = 0;
    // On a busy machine the device drops some; then it takes a few more to fill the wire.
    let (flow, full) = loop {
        let address = Some(there.clone());
        let ask = Command::Burst { socket: left, address, count: SENT, bytes: 1_400 };
        let answer = bench.start(ask).await.expect("no panic");
        let Ok(Done::Burst(done)) = answer else { panic!("{answer:?}") };
        assert_eq!((done.sent, done.refused), (SENT, 0));
        sent += u64::from(SENT);
        let (flow, ..) = bench
            .until("all have come", |world| {
                sums(world).filter(|(flow, dropped, _)| flow.packets + dropped == sent)
            })
            .await;
        let full = flow.lost.get(&protocol::packet::Lost::QueueFull).copied().unwrap_or(0);
        if full > 0 || sent > 1_000_000 {
            break (flow, full);
        }
    };
    let held = flow.on_wire();
    assert_eq!((flow.delivered, flow.all_lost()), (0, full));
    assert!(full > 0 && held > 50_000, "{flow:?}");
    assert!(held * (1_428 + 512) <= 128 * 1024 * 1024, "{held} are held");
    assert_eq!(bench.look(|world| sums(world).unwrap().2), held);
    bench.freeze(false).await;
    let ledger = bench.settled(right, sent).await;
    assert_eq!(ledger.unexplained, Some(0), "{ledger:?}");
    assert_eq!(ledger.lost, full);
    bench.look(|world| {
        let (flow, _, there) = sums(world).expect("it is remembered");
        assert_eq!((flow.on_wire(), flow.delivered, there), (0, held, 0));
    });
}

#[tokio::test]
async fn a_reset_lets_go_of_what_is_held() {
    let Some(bench) = Bench::on_wire() else { return };
    let [(left, _), (_, there)] = bench.posts(Family::Ipv4).await;
    bench.freeze(true).await;
    bench.slow(5 * MS).await;
    for text in ["one", "two"] {
        bench.send_to(left, &there, text).await.expect("sent");
    }
    let both = |packets: &[Seen]| {
        (packets.len() == 2 && packets.iter().all(|one| one.is_marked(Mark::Held))).then_some(())
    };
    bench.until_packets("both are held", both).await;
    bench.ask(Command::Reset).await.expect("reset");
    bench
        .until_packets("both have gone on", |packets| {
            let gone = |one: &Seen| matches!(one.fate(), Some(PacketFate::Delivered));
            packets[..2].iter().all(gone).then_some(())
        })
        .await;
    bench.look(|world| {
        let wire = world.wire.as_ref().expect("a wire");
        assert!(world.sockets.is_empty() && wire.frozen.is_none() && wire.traps.is_empty());
        assert_eq!(wire.impaired, [Impairment::default(), Impairment::default()]);
    });
}

#[tokio::test]
async fn a_reset_lets_go_of_what_a_trap_holds() {
    let Some(bench) = Bench::on_wire() else { return };
    let [(left, _), (_, there)] = bench.posts(Family::Ipv4).await;
    bench.trap(protocol::wire::Match::default(), protocol::wire::Deed::Hold, 9).await;
    bench.send_to(left, &there, "held").await.expect("sent");
    bench
        .until_packets("it is held", |packets| packets.first()?.is_marked(Mark::Held).then_some(()))
        .await;
    bench.ask(Command::Reset).await.expect("reset");
    bench.until_packets("it has gone on", |packets| packets[0].delivered().then_some(())).await;
    bench.look(|world| {
        let wire = world.wire.as_ref().expect("a wire");
        assert!(wire.packets.is_empty() && wire.traps.is_empty());
    });
}
