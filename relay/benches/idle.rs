//! What waiting costs: `cargo bench --profile dev -p relay --bench idle` connects 499 pairs of sockets,
//! leaves them alone and prints the share of a core that the lab takes. Figures, not assertions.

#![allow(missing_docs, clippy::print_stdout, reason = "a command that prints")]

#[path = "../tests/support/mod.rs"]
mod support;

use std::time::{Duration, Instant};
use support::lab::Bench;

const PAIRS: usize = 499;
const SPAN: Duration = Duration::from_secs(5);

/// Processor time that this process has used (clock_gettime(2), CLOCK_PROCESS_CPUTIME_ID).
fn used() -> Duration {
    let now = rustix::time::clock_gettime(rustix::time::ClockId::ProcessCPUTime);
    Duration::new(now.tv_sec as u64, now.tv_nsec as u32)
}

async fn share(bench: &Bench, name: &str) {
    // What has just moved is looked at more often for a second.
    tokio::time::sleep(2 * SPAN / 5).await;
    let (began, before, seq) = (Instant::now(), used(), bench.lab.journal().seq());
    tokio::time::sleep(SPAN).await; // a span is what is measured
    let part = used().saturating_sub(before).as_secs_f64() / began.elapsed().as_secs_f64();
    let events = bench.lab.journal().seq() - seq;
    println!("{name}: {:.1} % of a core, {events} events in {SPAN:?}", part * 100.0);
}

#[tokio::main]
async fn main() {
    let bench = Bench::new();
    share(&bench, "no socket").await;
    let (listener, address) = bench.listener(128).await;
    for _ in 0..PAIRS {
        bench.connect(&address).await;
        bench.accept(listener).await;
    }
    share(&bench, &format!("{} connected, idle sockets", 2 * PAIRS + 1)).await;
}
