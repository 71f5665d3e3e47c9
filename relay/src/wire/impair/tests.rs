//! Rules one by one, and shares by bounds that hold for every size: a right engine fails them with a
//! probability below 1e-9, and as the seeds are fixed, never twice differently.

use super::*;
use proptest::prelude::*;
use protocol::wire::{ALWAYS, Ppm};

mod share;

const MS: Nanos = 1_000_000;

fn clean() -> Impairment {
    Impairment::default()
}

fn line(impairment: Impairment) -> Line {
    let mut line = Line::new(7);
    assert_eq!(impairment.check(), Ok(()));
    line.set(impairment);
    line
}

/// A packet of 1,000 bytes that fits no nth loss, before an empty queue.
fn pass(line: &mut Line, now: Nanos) -> Verdict {
    line.verdict(now, 1_000, |_| false, 0)
}

#[test]
fn a_clean_wire_passes_everything_at_once() {
    let mut line = Line::new(1);
    for now in [0, 5, Nanos::MAX] {
        assert_eq!(pass(&mut line, now), Verdict { lost: None, at: now, damage: None, copy: None });
    }
}

#[test]
fn a_pulled_cable_loses_everything_at_once() {
    let mut line = line(Impairment { pulled: true, delay: MS, duplicate: ALWAYS, ..clean() });
    assert_eq!(pass(&mut line, 9), Verdict::lost(Lost::Cable, 9));
}

#[test]
fn a_loss_acts_at_half_the_delay() {
    let mut line = line(Impairment { delay: 10 * MS, loss: Some(Loss::Random(ALWAYS)), ..clean() });
    assert_eq!(pass(&mut line, 100), Verdict::lost(Lost::Random, 100 + 5 * MS));
    let burst = Loss::GilbertElliott { p: 0, r: 0, bad: 0, good: ALWAYS };
    line.set(Impairment { delay: 10 * MS, loss: Some(burst), ..clean() });
    assert_eq!(pass(&mut line, 100), Verdict::lost(Lost::Burst, 100 + 5 * MS));
}

#[test]
fn a_burst_begins_behind_the_packet_that_changed_the_state() {
    let loss = Loss::GilbertElliott { p: ALWAYS, r: ALWAYS, bad: ALWAYS, good: 0 };
    let mut line = line(Impairment { loss: Some(loss), ..clean() });
    let mut lost = || pass(&mut line, 0).lost.is_some();
    assert_eq!([lost(), lost(), lost(), lost()], [false, true, false, true]);
    line.set(Impairment { loss: Some(loss), ..clean() });
    assert!(pass(&mut line, 0).lost.is_none(), "good anew");
}

#[test]
fn the_nth_that_fits_is_lost_once() {
    let nth = Some(Match { nth: Some(2), ..Match::default() });
    let set = Impairment { delay: 10 * MS, nth, duplicate: ALWAYS, ..clean() };
    let mut line = line(set.clone());
    let lost = |line: &mut Line, fits: bool| {
        let verdict = line.verdict(0, 100, |_| fits, 0);
        assert_eq!(verdict.copy.is_some(), verdict.lost.is_none());
        verdict.lost
    };
    let fates = [true, false, true, true, true].map(|fits| lost(&mut line, fits));
    assert_eq!(fates, [None, None, Some((Lost::Nth, 5 * MS)), None, None]);
    line.set(set);
    assert_eq!([true, true].map(|fits| lost(&mut line, fits).is_some()), [false, true]);
    line.set(Impairment { nth: Some(Match::default()), ..clean() });
    assert_eq!([true, true].map(|_| line.verdict(0, 9, |_| true, 0).lost.is_some()), [true, false]);
}

#[test]
fn a_full_queue_loses_the_packet_and_its_copy_at_once() {
    let mut line = line(Impairment { delay: MS, queue: Some(3), duplicate: ALWAYS, ..clean() });
    assert!(line.verdict(0, 100, |_| false, 2).copy.is_some());
    assert_eq!(line.verdict(5, 100, |_| false, 3), Verdict::lost(Lost::QueueFull, 5));
    line.set(clean());
    assert_eq!(line.verdict(0, 100, |_| false, QUEUE as usize - 1).lost, None);
    assert!(line.verdict(0, 100, |_| false, QUEUE as usize).lost.is_some());
}

#[test]
fn lost_and_duplicated_is_once_and_a_copy_has_a_fate_of_its_own() {
    let loss = Some(Loss::Random(ALWAYS));
    let mut line = line(Impairment { loss, duplicate: ALWAYS, ..clean() });
    assert_eq!(pass(&mut line, 5), Verdict { lost: None, at: 5, damage: None, copy: None });
    line.set(Impairment { duplicate: ALWAYS, corrupt: ALWAYS, delay: MS, ..clean() });
    let verdict = pass(&mut line, 5);
    let copy = verdict.copy.expect("a copy");
    assert_eq!((verdict.at, copy.at), (5 + MS, 5 + MS));
    assert!(verdict.damage.is_some() && copy.damage.is_some() && verdict.damage != copy.damage);
}

#[test]
fn a_slow_link_sends_one_behind_the_other() {
    // 1,000 bytes at 8 Mbit/s take 1 ms.
    let set = Impairment { delay: 5 * MS, rate: Some(8_000_000), ..clean() };
    let mut line = line(set.clone());
    for number in 1..=1_000 {
        assert_eq!(pass(&mut line, 0).at, 5 * MS + number * MS);
    }
    assert_eq!(pass(&mut line, 999 * MS).at, 1_006 * MS, "waiting counts towards the delay");
    assert_eq!(pass(&mut line, 2_000 * MS).at, 2_006 * MS, "an idle link");
    line.set(Impairment { duplicate: ALWAYS, ..set.clone() });
    let verdict = pass(&mut line, 3_000 * MS);
    let times = (verdict.at, verdict.copy.map(|copy| copy.at));
    assert_eq!(times, (3_006 * MS, Some(3_007 * MS)), "the copy takes the link too");
    line.set(Impairment { delay: 0, rate: None, ..set.clone() });
    assert_eq!(pass(&mut line, 3_001 * MS).at, 3_001 * MS, "no rate, no queue");
    line.set(Impairment { delay: 0, ..set });
    assert_eq!(pass(&mut line, 3_002 * MS).at, 3_008 * MS, "behind all that wait");
    line.set(Impairment { rate: Some(1), ..clean() });
    assert_eq!(line.verdict(4_000 * MS, u32::MAX, |_| false, 0).lost, None, "no overflow");
}

#[test]
fn who_overtakes_leaves_at_once_but_only_where_there_is_a_delay() {
    let set = Impairment { delay: MS, rate: Some(8_000), reorder: ALWAYS, ..clean() };
    let mut line = line(Impairment { reorder: 0, ..set.clone() });
    assert_eq!(pass(&mut line, 0).at, 1_001 * MS);
    line.set(set.clone());
    assert_eq!(pass(&mut line, 10).at, 10, "past the slow link's queue too");
    line.set(Impairment { reorder: 0, ..set.clone() });
    assert_eq!(pass(&mut line, 20).at, 2_001 * MS, "and leaves no trace there");
    line.set(Impairment { delay: 0, ..set });
    assert_eq!(pass(&mut line, 30).at, 3_001 * MS, "no delay, no overtaking");
}

#[test]
fn the_same_seed_gives_the_same_verdicts_and_another_others() {
    let set = Impairment {
        delay: 10 * MS,
        jitter: 10 * MS,
        loss: Some(Loss::Random(100_000)),
        duplicate: 100_000,
        corrupt: 100_000,
        reorder: 100_000,
        ..clean()
    };
    let all = |line: &mut Line| -> Vec<Verdict> {
        line.set(set.clone());
        (0..1_000).map(|number| pass(line, number)).collect()
    };
    let mut line = Line::new(1);
    let first = all(&mut line);
    assert_eq!(first, all(&mut Line::new(1)));
    assert_ne!(first, all(&mut Line::new(2)));
    assert_ne!(first, all(&mut line), "they go on");
    line.reseed(1);
    // The slow link's last leaving is no random number, and no rate is set here.
    assert_eq!(first, all(&mut line));
}

/// Whatever can be asked for.
fn impairment() -> impl Strategy<Value = Impairment> {
    let share = || 0..=ALWAYS;
    let loss = prop_oneof![
        Just(None),
        share().prop_map(|share| Some(Loss::Random(share))),
        [share(), share(), share(), share()]
            .prop_map(|[p, r, bad, good]| Some(Loss::GilbertElliott { p, r, bad, good })),
    ];
    let time = (0..=60_000 * MS).prop_flat_map(|delay| (Just(delay), 0..=delay));
    let rate = proptest::option::of(1..=protocol::wire::RATE_MAX);
    (time, loss, [share(), share(), share()], rate).prop_map(
        |((delay, jitter), loss, shares, rate)| {
            let [duplicate, reorder, corrupt] = shares;
            Impairment { delay, jitter, loss, duplicate, reorder, corrupt, rate, ..clean() }
        },
    )
}

proptest! {
    #[test]
    fn no_packet_leaves_before_it_came_nor_later_than_it_must(
        set in impairment(), seed in any::<u64>(), begins in any::<u32>(),
        packets in proptest::collection::vec((0..100 * MS, 20_u32..65_536), 1..60),
    ) {
        let mut line = Line::new(seed);
        line.set(set.clone());
        let (mut now, mut last) = (Nanos::from(begins), 0);
        for (gap, bytes) in packets {
            now += gap;
            let verdict = line.verdict(now, bytes, |_| false, 0);
            let latest = now + set.delay + set.jitter;
            if let Some((_, when)) = verdict.lost {
                prop_assert_eq!(verdict.at, when);
                prop_assert!((now..=latest).contains(&when));
                prop_assert!(verdict.copy.is_none());
                continue;
            }
            let link = set.rate.map_or(0, |rate| serialisation(bytes, rate));
            for at in [Some(verdict.at), verdict.copy.map(|copy| copy.at)].into_iter().flatten() {
                let must = if set.rate.is_some() { latest.max(last) + link } else { latest };
                prop_assert!((now..=must).contains(&at));
                let jumped = set.reorder > 0 && at == now;
                prop_assert!(set.rate.is_none() || jumped || at >= last, "overtaken on a slow link");
                last = last.max(at);
            }
        }
    }
}
