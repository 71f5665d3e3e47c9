//! What the page costs: `cargo bench -p relay --bench page` opens the page of a real relay in a headless
//! Chromium and prints its weight, the time to its first pictures, its frames with 10,000 datagrams on the
//! wire, what an event costs it, how it stands after a burst of 100,000, and how soon a recording of a
//! million events is open and any moment of it shown. Figures, not assertions. With words after `--`
//! (`load`, `loopback`, `wire`, `replay`) only those.
//!
//! Everything on the page is real: the bench asks for sockets and bursts over a session of its own.

#![allow(missing_docs, clippy::print_stdout, reason = "a command that prints")]

mod replay;
#[path = "../../tests/support/mod.rs"]
mod support;

use protocol::command::{Family, Kind, Net};
use protocol::message::ToPage;
use protocol::wire::Impairment;
use protocol::{Address, Answer, Command, Done, End, Seq, SocketId};
use relay::session::Form;
use serde_json::Value;
use std::sync::Arc;
use std::time::Duration;
use support::browser::Browser;
use support::relay::Relay;
use support::tab::Tab;
use support::viewer::Viewer;

/// Runs before the page's own scripts.
const GAUGE: &str = include_str!("gauge.js");
const SIZE: (u32, u32) = (1_280, 720);
/// Loads of the page; the middle one counts.
const LOADS: usize = 7;
/// How long nothing comes when all has come.
const QUIET_MS: u32 = 700;
/// Datagrams on the wire at once, and their length.
const PARCELS: u32 = 10_000;
const BYTES: u32 = 32;
/// How long each is under way: longer than the picture shows it.
const DELAY: Duration = Duration::from_secs(5);
const FLOOD: u32 = 100_000;

/// A session that asks. It makes its sockets before the page opens: on an empty bench that begins a lesson.
struct Hand {
    viewer: Viewer,
    last: u32,
}

impl Hand {
    async fn of(relay: &Relay) -> Self {
        Self { viewer: Viewer::of(relay.url(), Form::Postcard).await.0, last: 0 }
    }

    /// Asks and waits for the answer: what was done, and the journal's place by then.
    async fn ask(&mut self, command: Command) -> (Done, Seq) {
        self.last += 1;
        self.viewer.ask(self.last, command.clone()).await;
        loop {
            if let ToPage::Reply(reply) = self.viewer.next().await
                && reply.id.is_some_and(|id| id.0 == self.last)
            {
                match reply.result {
                    Answer::Ok(done) => return (done, reply.seq),
                    Answer::Error(why) => panic!("{command:?}: {why:?}"),
                }
            }
        }
    }

    /// A datagram socket in a net, bound to any port of an address.
    async fn datagram(&mut self, net: Net, address: &str) -> (SocketId, Address) {
        let (family, kind) = (Family::Ipv4, Kind::Datagram);
        let ask = Command::Socket { net, family, kind, side: None, name: None };
        let Done::Made(made) = self.ask(ask).await.0 else { panic!("socket makes a socket") };
        let socket = made.socket;
        let address = address.parse().expect("an address");
        let Done::Local(bound) = self.ask(Command::Bind { socket, address }).await.0 else {
            panic!("bind tells the address")
        };
        (socket, bound.local)
    }

    /// Sends a burst; the journal's place after its last send.
    async fn burst(&mut self, socket: SocketId, to: &Address, count: u32) -> Seq {
        let address = Some(to.clone());
        self.ask(Command::Burst { socket, address, count, bytes: BYTES }).await.1
    }

    async fn delay(&mut self, delay: Duration) {
        let delay = delay.as_nanos() as u64;
        let set = Impairment { delay, queue: Some(2 * PARCELS), ..Impairment::default() };
        self.ask(Command::Impair { from: Some(End::Left), set, seed: None }).await;
    }
}

async fn open(browser: &Browser, relay: &Relay) -> Tab {
    let tab = browser.open_with(GAUGE, relay.url(), SIZE, false, "en").await;
    tab.wait_for("gauge.world", "the first picture of the world").await;
    tab
}

async fn number(tab: &Tab, what: &str) -> f64 {
    tab.evaluate(what).await.as_f64().unwrap_or(f64::NAN)
}

async fn rest(tab: &Tab) {
    tab.wait_for(&format!("gauge.rests({QUIET_MS})"), "the journal's end").await;
}

async fn weight(tab: &Tab) {
    for (name, path) in [("wasm", "/page_bg.wasm"), ("script", "/page.js")] {
        let told = tab.evaluate(&format!("gauge.weight({path:?})")).await;
        println!("{name}: {} bytes, {} gzipped", told[0], told[1]);
    }
}

/// The middle one of some loads: until the first picture, and the first of the relay's world.
async fn loads(browser: &Browser, relay: &Relay) {
    let mut times = Vec::new();
    for _ in 0..LOADS {
        let tab = open(browser, relay).await;
        times.push([number(&tab, "gauge.picture").await, number(&tab, "gauge.world").await]);
    }
    times.sort_by(|a, b| a[0].total_cmp(&b[0]));
    let [picture, world] = times[LOADS / 2];
    println!(
        "navigation to the first frame: {picture:.0} ms, to the first of the world: {world:.0} ms"
    );
}

fn pace(name: &str, told: &Value) {
    let of = |field: &str| told[field].as_f64().unwrap_or(f64::NAN);
    println!(
        "{name}: {:.1} frames/s, {:.1} ms of script a frame (worst {:.0}), longest gap {:.0} ms",
        of("rate"),
        of("script"),
        of("worst"),
        of("gap")
    );
}

/// Frames for a while.
async fn frames(tab: &Tab, name: &str) {
    tab.evaluate("gauge.clear()").await;
    // The span over which frames are counted.
    tokio::time::sleep(Duration::from_secs(2)).await;
    pace(name, &tab.evaluate("gauge.pace()").await);
}

/// What the relay's messages since the last clearing have cost.
async fn cost(tab: &Tab, name: &str, events: Seq) {
    let (heard, bytes) = (number(tab, "gauge.heard").await, number(tab, "gauge.bytes").await);
    let each = events as f64;
    println!(
        "{name}: {events} events, {:.0} events/s decoded and folded, {:.1} bytes each",
        each / heard * 1_000.0,
        bytes / each
    );
    pace("  meanwhile", &tab.evaluate("gauge.pace()").await);
}

async fn room(tab: &Tab) {
    let wasm = number(tab, "gauge.memory.buffer.byteLength").await / 1e6;
    let script = number(tab, "performance.memory.usedJSHeapSize").await / 1e6;
    let nodes = number(tab, "document.querySelectorAll('*').length").await;
    println!(
        "  afterwards: {wasm:.0} MB of wasm, {script:.0} MB of script heap, {nodes:.0} elements"
    );
}

async fn on_loopback(browser: &Browser, relay: &Relay) {
    let mut hand = Hand::of(relay).await;
    let (_, to) = hand.datagram(Net::Host, "127.0.0.1:0").await;
    let (from, _) = hand.datagram(Net::Host, "127.0.0.1:0").await;
    let tab = open(browser, relay).await;
    rest(&tab).await;
    for turn in ["first burst", "second burst", "third burst"] {
        tab.evaluate("gauge.clear()").await;
        let began = hand.ask(Command::Nonblocking { socket: from, on: false }).await.1;
        let ended = hand.burst(from, &to, FLOOD).await;
        rest(&tab).await;
        cost(&tab, &format!("{turn} of {FLOOD} on loopback"), ended - began).await;
        room(&tab).await;
    }
}

async fn on_the_wire(browser: &Browser, relay: &Relay) {
    let mut hand = Hand::of(relay).await;
    let (_, to) = hand.datagram(Net::Right, "10.77.0.2:0").await;
    let (from, _) = hand.datagram(Net::Left, "10.77.0.1:0").await;
    hand.delay(DELAY).await;
    let tab = open(browser, relay).await;
    rest(&tab).await;
    frames(&tab, "nothing on the wire").await;
    hand.burst(from, &to, PARCELS).await;
    frames(&tab, &format!("{PARCELS} datagrams on the wire")).await;
    // Their own way takes so long; nothing of them is measured meanwhile.
    tokio::time::sleep(DELAY).await;
    rest(&tab).await;

    tab.evaluate("gauge.clear()").await;
    hand.ask(Command::Freeze { on: true }).await;
    hand.burst(from, &to, PARCELS).await;
    pace(&format!("{PARCELS} coming to a held wire"), &tab.evaluate("gauge.pace()").await);
    frames(&tab, &format!("{PARCELS} held")).await;
    tab.evaluate("gauge.clear()").await;
    hand.ask(Command::Freeze { on: false }).await;
    rest(&tab).await;
    pace("all let go", &tab.evaluate("gauge.pace()").await);

    hand.delay(Duration::ZERO).await;
    tab.evaluate("gauge.clear()").await;
    let began = hand.ask(Command::Nonblocking { socket: from, on: false }).await.1;
    hand.burst(from, &to, FLOOD).await;
    rest(&tab).await;
    let ended = hand.ask(Command::Nonblocking { socket: from, on: false }).await.1;
    cost(&tab, &format!("burst of {FLOOD} over the wire"), ended - began).await;
    room(&tab).await;
}

async fn load(browser: &Browser, relay: &Relay) {
    let tab = open(browser, relay).await;
    weight(&tab).await;
    drop(tab);
    loads(browser, relay).await;
}

#[tokio::main]
async fn main() {
    let Some(browser): Option<Arc<Browser>> = Browser::start().await else { return };
    let wanted: Vec<String> = std::env::args().skip(1).filter(|word| word != "--bench").collect();
    let wants = |name: &str| wanted.is_empty() || wanted.iter().any(|word| word == name);
    // A relay each: what one page has seen is not another's.
    if wants("load") {
        load(&browser, &Relay::start()).await;
    }
    if wants("loopback") {
        on_loopback(&browser, &Relay::start()).await;
    }
    if wants("wire") {
        on_the_wire(&browser, &Relay::start()).await;
    }
    if wants("replay") {
        replay::cost(&browser).await;
    }
}
