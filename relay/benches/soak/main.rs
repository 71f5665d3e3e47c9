//! Whether anything grows: `cargo bench --profile dev -p relay --bench soak -- [MINUTES]` (30) opens the page
//! of a real relay in a headless Chromium, on the wire where this machine has one, and keeps both busy:
//! connections, bursts, echoes, weather, traps, experiments, recordings, and a visitor's hands. Every 30 s
//! it collects the page's garbage and measures; at the end it prints a table, and ends with 1 where
//! something still grew over the last two thirds (`trend`).
//!
//! A live page remembers its last 200,000 events, the relay 64 MiB of them: until both are full, wasm's
//! memory and the relay's grow by design. Bursts fill them with light events first, and the first third,
//! which is not judged, replaces those: at about 1,500 events a second that takes 10 minutes, so fewer
//! than 30 minutes show figures but their verdict is not fair.

#![allow(missing_docs, clippy::print_stdout, reason = "a command that prints")]

mod hand;
#[path = "../../tests/support/mod.rs"]
mod support;
mod traffic;
mod trend;
mod visitor;

use hand::Hand;
use protocol::command::{Family, Kind, Net};
use protocol::{Command, Done};
use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::AtomicU64;
use std::time::Duration;
use support::browser::Browser;
use support::relay::Relay;
use support::tab::Tab;
use tokio::time::{Instant, sleep_until};
use trend::{Measure, Sample};

/// Runs before the page's own scripts: finds the wasm memory, and knows when the relay falls silent.
const GAUGE: &str = include_str!("../page/gauge.js");
const SIZE: (u32, u32) = (1_440, 900);
/// Events that fill the page's memory of them, and a few.
const FILL: u64 = 230_000;
/// From one measurement to the next.
const EVERY: Duration = Duration::from_secs(30);
/// How long the page may take to be at the journal's end.
const PATIENCE: Duration = Duration::from_mins(1);

/// Sends bursts into nowhere until the page's memory of events is full.
async fn fill(relay: &Relay) {
    let mut hand = Hand::of(relay).await;
    let socket = Command::Socket {
        net: Net::Host,
        family: Family::Ipv4,
        kind: Kind::Datagram,
        side: None,
        name: None,
    };
    let Ok(Done::Made(from)) = hand.ask(socket.clone()).await else { panic!("a socket") };
    let Ok(Done::Made(to)) = hand.ask(socket).await else { panic!("a socket") };
    let bind = Command::Bind { socket: to.socket, address: "127.0.0.1:0".parse().expect("one") };
    let Ok(Done::Local(bound)) = hand.ask(bind).await else { panic!("an address") };
    while hand.seq < FILL {
        let (socket, address) = (from.socket, Some(bound.local.clone()));
        let burst = Command::Burst { socket, address, count: 20_000, bytes: 32 };
        hand.ask(burst).await.expect("a burst");
    }
    hand.ask(Command::Reset).await.expect("an empty lab");
}

/// Waits until all that the relay had to tell has come.
async fn abreast(tab: &Tab) {
    let deadline = Instant::now() + PATIENCE;
    while tab.evaluate("gauge.rests(700)").await != true {
        assert!(Instant::now() < deadline, "the page does not come to rest");
        sleep_until(Instant::now() + Duration::from_millis(100)).await;
    }
}

/// What of it can be measured, now.
async fn sample(tab: &Tab, relay: &Relay, began: Instant, seq: u64) -> Sample {
    // What the gauge itself has gathered is no leak.
    tab.evaluate("gauge.clear()").await;
    let page = tab.counts().await;
    let status = std::fs::read_to_string(format!("/proc/{}/status", relay.id())).expect("it runs");
    let resident = status
        .lines()
        .find_map(|line| line.strip_prefix("VmRSS:")?.trim().strip_suffix(" kB")?.parse().ok());
    let resident: f64 = resident.expect("proc(5): VmRSS in kB");
    let descriptors = std::fs::read_dir(format!("/proc/{}/fd", relay.id())).expect("it runs");
    let wasm = tab.evaluate("gauge.memory.buffer.byteLength").await.as_f64().expect("a number");
    Sample {
        at: began.elapsed().as_secs_f64(),
        seq,
        values: [
            (Measure::ScriptHeap, page.heap),
            (Measure::Wasm, wasm),
            (Measure::Nodes, page.nodes),
            (Measure::Listeners, page.listeners),
            (Measure::Resident, resident * 1_024.0),
            (Measure::Descriptors, descriptors.count() as f64),
        ],
    }
}

async fn soak(browser: &Browser, minutes: f64) -> bool {
    let relay = Arc::new(Relay::start());
    let mut tab = browser.open_with(GAUGE, relay.url(), SIZE, false, "en").await;
    tab.wait_for("gauge.world", "the page").await;
    fill(&relay).await;
    abreast(&tab).await;
    println!("filled with {FILL} events; from here on {minutes} min");
    let seq = Arc::new(AtomicU64::new(0));
    let work = traffic::start(&relay, &seq).await;
    let began = Instant::now();
    let (mut samples, mut nth) = (Vec::new(), 0_u32);
    println!("{}", Sample::head());
    while began.elapsed().as_secs_f64() < minutes * 60.0 {
        nth += 1;
        let next = began + EVERY * nth;
        visitor::visit(&tab, nth, next).await;
        let now = seq.load(std::sync::atomic::Ordering::Relaxed);
        let sample = sample(&tab, &relay, began, now).await;
        println!("{sample}");
        samples.push(sample);
        // A task that ended has panicked, and said why.
        assert!(work.iter().all(|task| !task.is_finished()), "a part of the traffic has ended");
    }
    work.iter().for_each(tokio::task::JoinHandle::abort);
    let problems = tab.problems().await;
    for problem in &problems {
        println!("the page said: {problem}");
    }
    trend::judge(&samples) && problems.is_empty()
}

#[tokio::main]
async fn main() -> ExitCode {
    let told = std::env::args().skip(1).find(|word| word != "--bench");
    let minutes = told.map_or(Ok(30.0), |word| word.parse());
    let Ok(minutes) = minutes else {
        println!("soak takes a number of minutes");
        return ExitCode::from(2);
    };
    let Some(browser) = Browser::start().await else { return ExitCode::FAILURE };
    ExitCode::from(u8::from(!soak(&browser, minutes).await))
}
