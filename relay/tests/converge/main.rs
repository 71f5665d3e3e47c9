//! Every viewer converges: whatever lags, cuts, stalls and kills there were, its world at seq N is the
//! relay's at seq N. Thousands of seeded runs, without a socket and without real time: `history` tells
//! what happens, `house` is the relay that is killed and started again, `viewer` folds what it is told
//! exactly as the page does.
//!
//! `PATCHBAY_SEED=17 cargo test -p relay --test converge` runs that seed alone, a hundred times: tokio's
//! own choices (`select!`) are not seeded.

#[path = "../support/mod.rs"]
mod support;

#[path = "../../../protocol/tests/world/script.rs"]
#[allow(dead_code, reason = "the fold's own tests use the rest")]
mod script;
#[path = "../../../protocol/tests/world/wire/hand.rs"]
#[allow(dead_code, reason = "the fold's own tests use the rest")]
mod wire;

mod dice;
mod history;
mod house;
mod viewer;

use dice::Dice;
use futures_util::future::join_all;
use house::House;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;
use viewer::{Seen, Viewer};

/// Seeded runs.
const RUNS: u64 = 3_200;
/// How often one seed runs when it is asked for.
const AGAIN: u64 = 100;
/// Of time that does not pass: by then everybody has all.
const HANGS: Duration = Duration::from_hours(1);

/// One run; what its viewers went through.
fn run(seed: u64) -> Seen {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .start_paused(true)
        .build()
        .expect("a runtime");
    runtime.block_on(async {
        let mut dice = Dice::new(seed);
        let house = House::new(&mut dice);
        let viewers = 1 + dice.below(3);
        let viewers: Vec<_> = (0..viewers).map(|_| Viewer::new(&house, dice.fork())).collect();
        let all = join_all(viewers.into_iter().map(Viewer::run));
        let ((), told) =
            tokio::time::timeout(HANGS, async { tokio::join!(house.live(dice.fork()), all) })
                .await
                .expect("nobody waits for ever");
        let mut seen = told.into_iter().fold(Seen::default(), Seen::and);
        seen.kills += house.kills();
        seen
    })
}

/// The same; says which seed it was where it fails.
fn named(seed: u64) -> Seen {
    catch_unwind(AssertUnwindSafe(|| run(seed))).unwrap_or_else(|panic| {
        eprintln!("It was seed {seed}: PATCHBAY_SEED={seed} runs it again.");
        resume_unwind(panic)
    })
}

#[test]
fn every_viewer_converges() {
    if let Some(seed) = std::env::var_os("PATCHBAY_SEED") {
        let seed = seed.to_str().and_then(|seed| seed.parse().ok()).expect("a number");
        for _ in 0..AGAIN {
            named(seed);
        }
        return;
    }
    let (next, total) = (AtomicU64::new(0), Mutex::new(Seen::default()));
    std::thread::scope(|scope| {
        for _ in 0..std::thread::available_parallelism().map_or(1, usize::from) {
            scope.spawn(|| {
                let mut own = Seen::default();
                loop {
                    let seed = next.fetch_add(1, Ordering::Relaxed);
                    if seed >= RUNS {
                        break;
                    }
                    own = own.and(named(seed));
                }
                let mut total = total.lock().expect("nobody panics with it");
                *total = std::mem::take(&mut *total).and(own);
            });
        }
    });
    let seen = total.into_inner().expect("nobody panics with it");
    // Each of these happens, and not once: else the runs would prove nothing of it.
    for (what, often) in seen.all() {
        assert!(often >= RUNS / 20, "{what} only {often} times: {seen:?}");
    }
    println!("{RUNS} runs: {seen:?}");
}
