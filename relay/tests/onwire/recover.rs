//! What TCP does about lost segments: at once when others behind them arrive, by timers when none do.

use crate::support::lab::{Bench, ok_bytes, pattern};
use crate::support::onwire::{MS, of};
use crate::support::story::Seen;
use protocol::command::Family;
use protocol::packet::{Flags, Lost, PacketFate};
use protocol::sample::TimerKind;
use protocol::wire::{Deed, Match, PacketKind};
use protocol::{End, Field};

#[tokio::test]
async fn the_third_of_ten_is_sent_again_at_once() {
    let Some(bench) = Bench::on_wire() else { return };
    // From the beginning: a sender that thinks the round trip short probes the tail too soon.
    bench.slow(20 * MS).await;
    let (client, server) = bench.across(Family::Ipv4).await;
    let third = Match { nth: Some(3), ..of(End::Left, PacketKind::Data) };
    bench.trap(third, Deed::Lose, 1).await;
    let sent = pattern(0, 14_480);
    assert_eq!(ok_bytes(bench.send_bytes(client, &sent).await), 14_480);
    assert!(bench.read_all(server, 14_480).await == sent);
    bench.even(client).await;
    let packets = bench.packets();
    let data: Vec<_> = packets.iter().filter(|packet| packet.is_data(End::Left)).collect();
    assert!(data.len() >= 11, "ten, and one again: {data:#?}");
    let lost = data[2];
    assert_eq!(lost.fate(), Some(PacketFate::Lost(Lost::Killed)));
    let lost_head = lost.tcp().expect("a segment");
    let again: Vec<_> = data.iter().filter(|one| one.tcp().is_some_and(|tcp| tcp.again)).collect();
    let [again] = again[..] else { panic!("one is sent again: {again:#?}") };
    let head = again.tcp().expect("a segment");
    assert_eq!((head.seq, head.payload), (lost_head.seq, lost_head.payload));
    let acks: Vec<_> = packets
        .iter()
        .filter(|packet| packet.from == End::Right && packet.is(Flags::ACK))
        .filter_map(|packet| Some((packet, packet.tcp()?)))
        .collect();
    let hole = lost_head.seq + lost_head.payload;
    let selective: Vec<_> = acks
        .iter()
        .filter(|(_, tcp)| tcp.ack == lost_head.seq && tcp.sack.iter().any(|block| block.0 == hole))
        .collect();
    assert!(!selective.is_empty(), "what came behind the hole is acknowledged: {acks:#?}");
    assert!(again.entered >= selective[0].0.left[0].0, "no sooner than the sender could know");
    assert!(again.entered - lost.entered < 150 * MS, "and before any timer");
    bench.counted(End::Left, "TcpExt.TCPFastRetrans", 1).await;
    bench.counted(End::Left, "Tcp.RetransSegs", 1).await;
    let timeouts = bench.look(|world| {
        let wire = world.wire.as_ref().expect("a wire");
        wire.counters[0].get("TcpExt.TCPTimeouts").copied()
    });
    assert_eq!(timeouts, None, "no timer had to run out");
}

#[tokio::test]
async fn a_lost_tail_is_probed_and_then_sent_again_ever_more_slowly() {
    let Some(bench) = Bench::on_wire() else { return };
    let (client, server) = bench.across(Family::Ipv4).await;
    bench.lose(End::Left, PacketKind::Data, 4).await;
    assert_eq!(ok_bytes(bench.send(client, "tail").await), 4);
    assert_eq!(bench.read_all(server, 4).await, b"tail");
    bench.even(client).await;
    let packets = bench.packets();
    let data: Vec<&Seen> = packets.iter().filter(|packet| packet.is_data(End::Left)).collect();
    assert_eq!(data.len(), 5, "{data:#?}");
    let fates: Vec<_> = data.iter().map(|packet| packet.delivered()).collect();
    assert_eq!(fates, [false, false, false, false, true]);
    let again: Vec<_> = data.iter().map(|one| one.tcp().is_some_and(|tcp| tcp.again)).collect();
    assert_eq!(again, [false, true, true, true, true]);
    let since: Vec<f64> =
        data.iter().map(|one| (one.entered - data[0].entered) as f64 / 1e6).collect();
    // The tail-loss probe (207 ms), the first timeout (415), and then each twice as far from the
    // beginning (843, 1675). A busy machine sees them later, never sooner.
    let least = [10.0, 300.0, 650.0, 1_350.0];
    assert!(since[1..].iter().zip(least).all(|(at, least)| *at > least), "{since:?}");
    assert!((1.4..2.9).contains(&(since[4] / since[3])), "{since:?}");
    bench.counted(End::Left, "TcpExt.TCPLossProbes", 1).await;
    bench.counted(End::Left, "TcpExt.TCPTimeouts", 2).await;
    let fired = bench.samples(client).into_iter().filter_map(|(_, field)| match field {
        Field::Timer(Some(timer)) if timer.kind == TimerKind::Retransmit => Some(timer.fired),
        _ => None,
    });
    let fired: Vec<_> = fired.collect();
    assert!(fired.iter().any(|times| *times >= 2), "its timer was seen: {fired:?}");
}
