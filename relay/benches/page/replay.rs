//! A recording of a million events: how soon it is open, and how soon any moment of it is shown.

use super::{FLOOD, GAUGE, Hand, SIZE};
use crate::support::browser::Browser;
use crate::support::relay::Relay;
use crate::support::scratch::Scratch;
use crate::support::tab::Tab;
use protocol::Command;
use protocol::command::Net;
use std::path::Path;
use std::process;

/// Events that the recording holds at least.
const EVENTS: u64 = 1_000_000;
/// Places on the scrubber that are chosen, in thousandths of its width.
const PLACES: [u32; 9] = [20, 950, 500, 120, 730, 310, 880, 60, 640];

/// Records bursts over the wire until there are enough events; how many there are.
async fn record(file: &Path) -> u64 {
    let mut command = process::Command::new(env!("CARGO_BIN_EXE_relay"));
    command.arg("--record").arg(file);
    let mut relay = Relay::by(&mut command, Scratch::new());
    let mut hand = Hand::of(&relay).await;
    let (to, address) = hand.datagram(Net::Right, "10.77.0.2:0").await;
    let (from, _) = hand.datagram(Net::Left, "10.77.0.1:0").await;
    let mut events = 0;
    while events < EVENTS {
        // A datagram over the wire is about six of them.
        let lacks = (EVENTS - events).div_ceil(6) as u32;
        hand.burst(from, &address, lacks.clamp(100, FLOOD)).await;
        events = hand.ask(Command::Nonblocking { socket: to, on: false }).await.1;
    }
    process::Command::new("kill").arg(relay.id().to_string()).status().expect("kill runs");
    relay.wait();
    events
}

async fn opened(browser: &Browser, relay: &Relay) -> (Tab, f64) {
    let tab = browser.open_with(GAUGE, relay.url(), SIZE, false, "en").await;
    let whole = "document.getElementById('app').className === 'replay' && gauge.whole()";
    tab.wait_for(whole, "the recording's end").await;
    let took = super::number(&tab, "gauge.whole()").await;
    (tab, took)
}

pub(super) async fn cost(browser: &Browser) {
    let scratch = Scratch::new();
    let file = scratch.path().join("million.patchbay");
    let events = record(&file).await;
    let bytes = std::fs::metadata(&file).map_or(0, |told| told.len());
    println!("a recording of {events} events, {bytes} bytes");
    let mut command = process::Command::new(env!("CARGO_BIN_EXE_relay"));
    let relay = Relay::by(command.arg("replay").arg(&file), Scratch::new());
    let mut times = Vec::new();
    for _ in 0..3 {
        times.push(opened(browser, &relay).await.1);
    }
    times.sort_by(f64::total_cmp);
    println!("  navigation to all of it shown: {:.0} ms (the middle one of {times:.0?})", times[1]);
    let (tab, _) = opened(browser, &relay).await;
    super::room(&tab).await;
    let mut sought = Vec::new();
    for place in PLACES {
        let took = super::number(&tab, &format!("gauge.seek({place} / 1000)")).await;
        sought.push(took);
    }
    sought.sort_by(f64::total_cmp);
    println!(
        "  a place on the scrubber to its picture: {:.0} ms, at worst {:.0} ms",
        sought[PLACES.len() / 2],
        sought[PLACES.len() - 1]
    );
}
