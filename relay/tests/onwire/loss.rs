//! Random loss: as much as was asked, and the same for the same seed.

use crate::support::lab::Bench;
use crate::support::onwire::MS;
use crate::support::story::Seen;
use protocol::command::Family;
use protocol::packet::{Lost, PacketFate};
use protocol::wire::{Impairment, Loss};
use protocol::{Address, Command, Done, End, SocketId};

const SENT: u32 = 2_000;
const SHARE: u32 = 200_000;

/// The numbers that the wire lost of a burst.
async fn burst(bench: &Bench, socket: SocketId, to: &Address) -> Vec<u32> {
    let before = bench.packets().len();
    let address = Some(to.clone());
    let answer = bench.ask(Command::Burst { socket, address, count: SENT, bytes: 12 }).await;
    let Ok(Done::Burst(done)) = answer else { panic!("{answer:?}") };
    assert_eq!(done.sent, SENT);
    bench
        .until("all have left", |world| {
            let wire = world.wire.as_ref()?;
            let flow = wire.flows.values().find(|flow| flow.dst == *to)?;
            (flow.packets == before as u64 + u64::from(SENT) && flow.on_wire() == 0).then_some(())
        })
        .await;
    let packets = bench.packets().split_off(before);
    assert_eq!(packets.len(), SENT as usize);
    let lost = |packet: &&Seen| packet.fate() == Some(PacketFate::Lost(Lost::Random));
    assert!(packets.iter().all(|packet| packet.left.len() == 1));
    assert!(packets.iter().all(|packet| lost(&packet) || packet.delivered()));
    let number = |packet: &Seen| packet.head.numbered().expect("ours").number;
    packets.iter().filter(lost).map(number).collect()
}

/// The probability that of `n` with a chance of `p` each at most `k` happen, exactly.
fn at_most(k: u32, n: u32, p: f64) -> f64 {
    let mut logs = vec![0.0_f64];
    for m in 1..=n {
        logs.push(logs[m as usize - 1] + f64::from(m).ln());
    }
    let log = |m: u32| logs[m as usize];
    let one = |m: u32| {
        let ways = log(n) - log(m) - log(n - m);
        (ways + f64::from(m) * p.ln() + f64::from(n - m) * (1.0 - p).ln()).exp()
    };
    (0..=k).map(one).sum()
}

fn lossy(loss: Loss) -> Impairment {
    Impairment { loss: Some(loss), delay: MS, queue: Some(50_000), ..Impairment::default() }
}

#[tokio::test]
async fn as_much_as_asked_and_the_same_for_the_same_seed() {
    let Some(bench) = Bench::seeded(77) else { return };
    let [(left, _), (right, there)] = bench.posts(Family::Ipv4).await;
    let set = lossy(Loss::Random(SHARE));
    bench.impair(Some(End::Left), set.clone(), None).await;
    let first = burst(&bench, left, &there).await;
    let many = first.len() as u32;
    // Both tails: at a fixed seed this is settled once and for all.
    let (below, above) = (at_most(many, SENT, 0.2), 1.0 - at_most(many - 1, SENT, 0.2));
    assert!(below > 0.001 && above > 0.001, "{many} of {SENT}: {below} {above}");
    let second = burst(&bench, left, &there).await;
    assert_ne!(first, second, "the random numbers go on");
    bench.impair(Some(End::Left), set.clone(), Some(77)).await;
    assert_eq!(burst(&bench, left, &there).await, first, "the same seed, the same fates");
    let ledger = bench.settled(right, 3 * u64::from(SENT)).await;
    assert_eq!(ledger.unexplained, Some(0), "{ledger:?}");
    assert_eq!(ledger.lost, 2 * u64::from(many) + second.len() as u64);
    let sheets = bench.look(|world| {
        let lost = |burst: &protocol::world::Burst| u64::from(burst.sheet.tally().lost);
        world.bursts.values().map(lost).sum::<u64>()
    });
    assert_eq!(sheets, ledger.lost, "each is named");
    let Some(other) = Bench::seeded(77) else { return };
    let [(left, _), (_, there)] = other.posts(Family::Ipv4).await;
    other.impair(Some(End::Left), set, None).await;
    assert_eq!(burst(&other, left, &there).await, first, "on another wire too");
}

#[tokio::test]
async fn in_bursts_they_fall_together() {
    let Some(bench) = Bench::on_wire() else { return };
    let [(left, _), (right, there)] = bench.posts(Family::Ipv6).await;
    let (p, r) = (20_000, 200_000);
    let loss = Loss::GilbertElliott { p, r, bad: 1_000_000, good: 0 };
    bench.impair(Some(End::Left), lossy(loss), Some(4)).await;
    let address = Some(there);
    bench
        .ask(Command::Burst { socket: left, address, count: SENT, bytes: 12 })
        .await
        .expect("sent");
    let ledger = bench.settled(right, u64::from(SENT)).await;
    assert_eq!(ledger.unexplained, Some(0));
    let fates: Vec<_> = bench.packets().iter().map(Seen::fate).collect();
    let burst = Some(PacketFate::Lost(Lost::Burst));
    let lost = fates.iter().filter(|fate| **fate == burst).count();
    let runs = fates.chunk_by(|a, b| a == b).filter(|run| run[0] == burst).count();
    assert_eq!(lost as u64, ledger.lost);
    // Bad a share p / (p + r) of the time, for 1 / r packets at a time; at a fixed seed.
    assert!((80..320).contains(&lost), "{lost}");
    assert!((2.5..9.0).contains(&(lost as f64 / runs as f64)), "{lost} in {runs}");
}
