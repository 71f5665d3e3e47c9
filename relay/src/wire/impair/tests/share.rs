//! Owns the tests of shares and distributions. Bounds, not approximations: Chernoff's for shares of
//! independent trials (Hoeffding 1963, theorem 1), Massart's for distributions (1990).

use super::*;

/// What a right engine may fail by.
const LEVEL: f64 = 1e-9;
const TRIALS: u64 = 200_000;

/// Whether so many of so many independent trials are believable for that share: Chernoff's bound of
/// both tails, 2 exp(−n D(k/n ‖ p)), is at least [`LEVEL`].
fn is_share(hits: u64, trials: u64, share: Ppm) -> bool {
    let (found, asked) = (hits as f64 / trials as f64, f64::from(share) / f64::from(ALWAYS));
    let part = |a: f64, b: f64| if a == 0.0 { 0.0 } else { a * (a / b).ln() };
    let divergence = part(found, asked) + part(1.0 - found, 1.0 - asked);
    2.0 * (-(trials as f64) * divergence).exp() >= LEVEL
}

/// How many of [`TRIALS`] packets are so.
fn count(set: Impairment, is: impl Fn(&Verdict) -> bool) -> u64 {
    let mut line = line(set);
    (0..TRIALS).filter(|now| is(&pass(&mut line, *now))).count() as u64
}

#[test]
fn the_bound_itself_tells_right_from_wrong() {
    assert!(is_share(40_000, 200_000, 200_000));
    assert!(!is_share(41_500, 200_000, 200_000), "0.75 % more");
    assert!(!is_share(1, 200_000, 0) && !is_share(199_999, 200_000, ALWAYS));
    assert!(is_share(0, 200_000, 0) && is_share(200_000, 200_000, ALWAYS));
}

#[test]
fn as_many_are_lost_copied_corrupted_and_reordered_as_was_asked_for() {
    for share in [0, 50, 10_000, 200_000, 500_000, 999_950, ALWAYS] {
        let loss = Impairment { loss: Some(Loss::Random(share)), ..clean() };
        let lost = count(loss, |verdict| matches!(verdict.lost, Some((Lost::Random, _))));
        assert!(is_share(lost, TRIALS, share), "lost {lost} of {TRIALS} at {share} ppm");
        let copied = count(Impairment { duplicate: share, ..clean() }, |one| one.copy.is_some());
        assert!(is_share(copied, TRIALS, share), "copied {copied} at {share} ppm");
        let damaged = count(Impairment { corrupt: share, ..clean() }, |one| one.damage.is_some());
        assert!(is_share(damaged, TRIALS, share), "damaged {damaged} at {share} ppm");
        let mut line = line(Impairment { delay: MS, reorder: share, ..clean() });
        let early = (0..TRIALS).filter(|now| pass(&mut line, *now).at == *now).count() as u64;
        assert!(is_share(early, TRIALS, share), "reordered {early} at {share} ppm");
    }
}

#[test]
fn loss_and_duplication_meet_as_in_netem() {
    // Lost: not duplicated and lost. Copied: duplicated, not lost, and the copy not lost.
    let set = Impairment { loss: Some(Loss::Random(200_000)), duplicate: 500_000, ..clean() };
    let lost = count(set.clone(), |verdict| verdict.lost.is_some());
    assert!(is_share(lost, TRIALS, 100_000), "{lost}");
    let copied = count(set, |verdict| verdict.copy.is_some());
    assert!(is_share(copied, TRIALS, 320_000), "{copied}");
}

/// Packets that met the good and the bad state, and how many of each changed it, until the bad one was
/// met so often. Whether one changes is an independent trial, so a fixed number of them is binomial.
fn chain(p: Ppm, r: Ppm, until: u64) -> ([u64; 2], [u64; 2]) {
    let loss = Some(Loss::GilbertElliott { p, r, bad: ALWAYS, good: 0 });
    let mut line = line(Impairment { loss, ..clean() });
    let (mut met, mut changed, mut before) = ([0; 2], [0; 2], None);
    while met[1] < until {
        let bad = pass(&mut line, 0).lost.is_some();
        if let Some(before) = before {
            met[usize::from(before)] += 1;
            changed[usize::from(before)] += u64::from(before != bad);
        }
        before = Some(bad);
    }
    (met, changed)
}

#[test]
fn bursts_have_the_asked_length_and_share() {
    for (p, r) in [(20_000, 300_000), (100_000, 100_000), (1_000, 900_000)] {
        let (met, changed) = chain(p, r, 20_000);
        assert!(is_share(changed[1], met[1], r), "{changed:?} of {met:?}");
        // Not a fixed number of trials, but the chance of it is no greater than a fixed one's by much.
        assert!(is_share(changed[0], met[0], p), "{changed:?} of {met:?}");
        let length = met[1] as f64 / changed[1] as f64;
        let asked = 1e6 / f64::from(r);
        assert!((length / asked - 1.0).abs() < 0.1, "bursts of {length}, not {asked}");
        let share = met[1] as f64 / (met[0] + met[1]) as f64;
        let asked = f64::from(p) / f64::from(p + r);
        assert!((share / asked - 1.0).abs() < 0.1, "{share} lost, not {asked}");
    }
}

#[test]
fn each_state_loses_its_own_share() {
    // 1/4 bad. A chain's mean has (1 + l) / (1 − l) times an independent one's variance, l = 1 − p − r
    // being its second eigenvalue; 6.11 deviations are 1e-9 (central limit theorem).
    let (p, r, bad, good) = (100_000, 300_000, 700_000, 50_000);
    let loss = Some(Loss::GilbertElliott { p, r, bad, good });
    let lost = count(Impairment { loss, ..clean() }, |verdict| verdict.lost.is_some());
    let asked = 0.25 * 0.7 + 0.75 * 0.05;
    let of_chain = 0.25 * 0.75 * (0.7_f64 - 0.05).powi(2) * (1.6 / 0.4);
    let of_packet = 0.25 * 0.7 * 0.3 + 0.75 * 0.05 * 0.95;
    let deviation = ((of_chain + of_packet) / TRIALS as f64).sqrt();
    let found = lost as f64 / TRIALS as f64;
    assert!((found - asked).abs() < 6.11 * deviation, "{found}, not {asked} ± {deviation}");
}

#[test]
fn jitter_is_even_around_the_delay() {
    let mut line = line(Impairment { delay: 50 * MS, jitter: 30 * MS, ..clean() });
    let mut late: Vec<Nanos> = (0..TRIALS).map(|now| pass(&mut line, now).at - now).collect();
    assert!(late.windows(2).any(|two| two[0] > two[1] + 1), "none overtook");
    late.sort_unstable();
    assert!(late[0] >= 20 * MS && late[late.len() - 1] < 80 * MS);
    let total = late.len() as f64;
    let apart = |(place, late): (usize, &Nanos)| {
        let even = (late - 20 * MS) as f64 / (60 * MS) as f64;
        (even - place as f64 / total).abs().max((even - (place + 1) as f64 / total).abs())
    };
    let farthest = late.iter().enumerate().map(apart).fold(0.0, f64::max);
    assert!(2.0 * (-2.0 * total * farthest * farthest).exp() >= LEVEL, "{farthest}");
}

#[test]
fn damage_falls_anywhere() {
    let mut line = line(Impairment { corrupt: ALWAYS, ..clean() });
    let mut bits = [0_u64; 32];
    for now in 0..TRIALS {
        let pick = pass(&mut line, now).damage.expect("damage");
        for (bit, ones) in bits.iter_mut().enumerate() {
            *ones += u64::from(pick >> bit & 1);
        }
    }
    assert!(bits.iter().all(|ones| is_share(*ones, TRIALS, ALWAYS / 2)), "{bits:?}");
}
