//! What 1,000 hostile connections cost: `cargo bench --profile dev -p relay --bench siege` starts the real
//! relay, measures it with an honest sender (50 datagrams a second) and an honest viewer, then the same
//! under siege (`-- SECONDS`, 20 unless told), then how soon it heals when descriptors had run out. Ends with
//! 1 where memory grows by more than 64 MiB, the median latency to more than twice that of idleness, or
//! healing takes more than 50 ms.
//! Linux only: it reads /proc.

#![allow(missing_docs, clippy::print_stdout, reason = "a command that prints")]

mod attack;
mod heal;
mod honest;
#[path = "../../tests/support/mod.rs"]
mod support;

use honest::Honest;
use std::io::Read as _;
use std::process::{Child, Command, ExitCode, Stdio};
use std::time::Duration;
use support::relay::Relay;
use tokio::time::{interval, sleep};

/// Bytes above idle that are allowed.
const MEMORY: u64 = 64 << 20;
/// Times the idle latency that are allowed.
const SLOWER: f64 = 2.0;
/// How long idleness is measured.
const IDLE: Duration = Duration::from_secs(5);
/// The siege's length, unless told.
const SIEGE: u64 = 20;

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    if let [attack, link, seconds] = &arguments[..]
        && attack == "attack"
    {
        attack::run(link, Duration::from_secs(seconds.parse().expect("seconds"))).await;
        return ExitCode::SUCCESS;
    }
    // Cargo adds --bench.
    let seconds = arguments.iter().find_map(|argument| argument.parse().ok()).unwrap_or(SIEGE);
    let held = siege(seconds).await;
    let healed = heal::measure().await;
    if held && healed { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// Whether both aims were met.
async fn siege(seconds: u64) -> bool {
    let relay = Relay::after("true");
    let mut honest = Honest::enter(&relay).await;
    // What is set aside once for all is no cost of a siege.
    honest.latency(sleep(Duration::from_secs(1))).await;
    let idle = honest.latency(sleep(IDLE)).await;
    let memory = resident(&relay);
    println!("idle:   {idle}, {} resident", mib(memory));
    let mut attacker = Command::new(std::env::current_exe().expect("this program"))
        .args(["attack", relay.url(), &seconds.to_string()])
        .stdout(Stdio::piped())
        .spawn()
        .expect("an attacker");
    let mut output = attacker.stdout.take().expect("piped");
    let mut most = 0;
    // One measurement, while the attacker lives.
    let (sieged, newcomers) = tokio::join!(
        honest.latency(async { most = watch(&relay, &mut attacker).await }),
        attack::come(relay.url(), Duration::from_secs(seconds)),
    );
    let mut told = String::new();
    output.read_to_string(&mut told).expect("text");
    print!("{told}{newcomers}");
    let above = most.saturating_sub(memory);
    println!("siege:  {sieged}, {} above idle at the peak", mib(above));
    let [half, late] = [0.5, 0.99].map(|part| sieged.at(part) / idle.at(part));
    println!("ratio:  p50 {half:.2} (at most {SLOWER}), p99 {late:.2}");
    above <= MEMORY && half <= SLOWER
}

/// The most that was resident while the attacker lived.
async fn watch(relay: &Relay, attacker: &mut Child) -> u64 {
    let mut clock = interval(Duration::from_millis(20));
    let mut most = 0;
    while attacker.try_wait().expect("a child").is_none() {
        clock.tick().await;
        most = most.max(resident(relay));
    }
    most
}

/// Bytes of the relay in memory (VmRSS of proc_pid_status(5)).
fn resident(relay: &Relay) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{}/status", relay.id())).expect("alive");
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).expect("VmRSS");
    let kib: u64 = line.trim().trim_end_matches(" kB").parse().expect("a number");
    kib * 1024
}

fn mib(bytes: u64) -> String {
    format!("{:.1} MiB", bytes as f64 / f64::from(1 << 20))
}
