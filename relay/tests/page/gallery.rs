//! The page in its states, each in light and dark, in both languages, on three windows: nothing offends
//! the eye, and a picture of each is left in the target folder's `screenshots`.

use crate::desk::{Desk, Look, visible};
use crate::eye::offences;
use std::env;

const DESK: (u32, u32) = (1440, 900);
const LECTURE: (u32, u32) = (1280, 720);
const PHONE: (u32, u32) = (390, 844);

/// Goes through the looks of one state; collects what offends. `PATCHBAY_GALLERY=all` takes every look
/// and its picture; else the smaller windows and the pictures are light in English, dark in Chinese.
pub(crate) async fn look(desk: &Desk, state: &str, offending: &mut Vec<String>) {
    let every = env::var("PATCHBAY_GALLERY").is_ok_and(|all| all == "all");
    let tab = &desk.tab;
    for (lang, other) in [("en", "中文"), ("zh", "English")] {
        let spoken = format!("document.getElementById('language').textContent === {other:?}");
        if tab.evaluate(&spoken).await == false {
            // By script: the panel that is open may cover the button.
            tab.evaluate("document.getElementById('language').click()").await;
            tab.wait_for(&spoken, lang).await;
        }
        for size in [DESK, LECTURE, PHONE] {
            tab.resize(size.0, size.1).await;
            for dark in [false, true] {
                let usual = dark == (lang == "zh");
                if !every && size != DESK && !usual {
                    continue;
                }
                tab.darken(dark).await;
                settle(desk).await;
                let name =
                    format!("{state}-{lang}-{}-{}", size.0, if dark { "dark" } else { "light" });
                for offence in offences(tab).await {
                    offending.push(format!("{name}: {offence}"));
                }
                if every || usual {
                    tab.screenshot(&name).await;
                }
            }
        }
    }
    tab.resize(DESK.0, DESK.1).await;
    settle(desk).await;
}

/// Waits for the page to have drawn what it stands at: a few frames, and panels ten times a second.
pub(crate) async fn settle(desk: &Desk) {
    desk.tab
        .evaluate(
            "new Promise(done => { const from = performance.now(); \
             const frame = now => now - from > 150 ? done(true) : requestAnimationFrame(frame); requestAnimationFrame(frame); })",
        )
        .await;
}

async fn end(desk: Desk, offending: Vec<String>) {
    desk.end().await;
    assert!(offending.is_empty(), "{} offences:\n{}", offending.len(), offending.join("\n"));
}

async fn first_run(desk: Desk, name: &str) {
    let mut offending = Vec::new();
    for step in 1..=7 {
        desk.tab.wait_for(&visible("#next"), "the step's button").await;
        look(&desk, &format!("{name}-{step}"), &mut offending).await;
        desk.tab.click("#next").await;
        desk.tab.wait_for(&format!("!({})", visible("#next")), "the step to begin").await;
    }
    desk.tab.wait_for(&visible("#door-free"), "the doors").await;
    look(&desk, &format!("{name}-8"), &mut offending).await;
    end(desk, offending).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_first_run() {
    let Some(desk) = Desk::open_wire(Look::ENGLISH).await else { return };
    first_run(desk, "first").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_first_run_without_a_wire() {
    let Some(desk) = Desk::open_loopback(Look::ENGLISH).await else { return };
    first_run(desk, "first-host").await;
}

/// Five connections, one more in the accept queue, datagrams, an error.
pub(crate) async fn crowd(desk: &Desk) -> u64 {
    let server = desk.make_server("right", "stream").await;
    let to = desk.address(server).await;
    let net = if to.starts_with("127.") { "host" } else { "left" };
    for nth in 0..6 {
        let made = desk
            .ask(&format!("{{ socket: {{ net: '{net}', family: 'ipv4', kind: 'stream', side: 'left', name: null }} }}"))
            .await;
        let client = made["ok"]["socket"].as_u64().expect("a socket");
        desk.ask(&format!("{{ connect: {{ socket: {client}, address: '{to}' }} }}")).await;
        desk.ask(&format!(
            "{{ send: {{ socket: {client}, data: {{ text: 'hello 你好' }}, all: false }} }}"
        ))
        .await;
        // The menu's own accept takes the first; the sixth stays in the queue.
        if (1..5).contains(&nth) {
            desk.ask(&format!("{{ accept: {{ socket: {server} }} }}")).await;
        }
    }
    desk.wait_for_rows("rows.length === 12", "all of them in the picture").await;
    server
}

#[tokio::test(flavor = "multi_thread")]
async fn a_full_bench() {
    let Some(desk) = Desk::open_bench(Look::ENGLISH).await else { return };
    let mut offending = Vec::new();
    look(&desk, "bench-empty", &mut offending).await;
    let server = crowd(&desk).await;
    let receiver = desk.make_server("right", "datagram").await;
    let to = desk.address(receiver).await;
    let sender = desk.make("left", "datagram").await;
    desk.ask(&format!(
        "{{ send_to: {{ socket: {sender}, address: '{to}', data: {{ text: 'hi' }} }} }}"
    ))
    .await;
    let wrong = desk.make("left", "stream").await;
    desk.inspect(wrong).await;
    desk.try_call("connect", &[(0, "127.0.0.1:1")], "ECONNREFUSED").await;
    look(&desk, "inspector-left", &mut offending).await;
    desk.tab.press("Escape").await;
    desk.wait_beside(wrong, "ECONNREFUSED").await;
    look(&desk, "bench-error", &mut offending).await;
    desk.select(server).await;
    look(&desk, "bench-server", &mut offending).await;
    desk.inspect(receiver).await;
    look(&desk, "inspector-right", &mut offending).await;
    desk.tab.press("Escape").await;
    desk.tab.evaluate("document.getElementById('log-toggle').click()").await;
    look(&desk, "log", &mut offending).await;
    end(desk, offending).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_flood() {
    let Some(desk) = Desk::open_bench(Look::ENGLISH).await else { return };
    let mut offending = Vec::new();
    desk.tab.click("#door-flood").await;
    desk.tab.wait_for(&visible("#next"), "the flood's button").await;
    look(&desk, "flood-1", &mut offending).await;
    desk.tab.click("#next").await;
    desk.tab.wait_for(&visible("#door-first"), "the flood's end").await;
    look(&desk, "flood-2", &mut offending).await;
    end(desk, offending).await;
}
