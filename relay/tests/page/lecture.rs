//! The lecture view, its clicker, the sounds and the lists of bundles: by hand, in a browser.

use crate::desk::{Desk, Look, visible};
use crate::eye::offences;
use crate::gallery::settle;

const LECTURE: &str = "document.querySelector('#app[data-view=lecture]')";
/// The smallest text that is seen, of the page's and of its pictures.
const SMALLEST: &str = "(() => { \
    const sizes = [...witness.drawn].filter(([canvas]) => canvas.checkVisibility()).flatMap(([, texts]) => texts.map(own => own.size)); \
    const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT); \
    for (let text = walk.nextNode(); text; text = walk.nextNode()) { const node = text.parentElement; \
      if (text.data.trim() && node.checkVisibility() && !node.closest('.unseen, .skips, select')) sizes.push(parseFloat(getComputedStyle(node).fontSize)); } \
    return Math.min(...sizes); })()";

fn caption(text: &str) -> String {
    format!("document.getElementById('say').textContent === {text:?}")
}

async fn large(desk: &Desk, when: &str) {
    desk.tab.wait_for(LECTURE, "the lecture view").await;
    desk.tab.resize(1280, 720).await;
    settle(desk).await;
    let smallest = desk.tab.evaluate(SMALLEST).await.as_f64().unwrap_or_default();
    assert!(smallest >= 14.99, "{when}: {smallest} px");
    let offending = offences(&desk.tab).await;
    assert_eq!(offending, Vec::<String>::new(), "{when}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_clicker_leads_through_a_lesson_in_large_type() {
    let Some(desk) = Desk::open_wire(Look::ENGLISH).await else { return };
    let tab = &desk.tab;
    tab.wait_for(&visible("#next"), "the first step").await;
    tab.press("l").await;
    large(&desk, "a lesson").await;
    assert_eq!(
        tab.evaluate("parseFloat(getComputedStyle(document.getElementById('say')).fontSize) >= 26")
            .await,
        true
    );
    let next = async |say: &str| {
        tab.press("PageDown").await;
        tab.wait_for(&caption(say), say).await;
    };
    next("Plugged in at both ends.").await;
    tab.wait_for(&visible("#next"), "the second step").await;
    next("5 bytes wait in right’s kernel. Nobody has read them.").await;
    tab.wait_for(&visible("#next"), "the third step").await;
    // Back through what was said, and forth to now; a clicker's blank screen does nothing.
    tab.press("PageUp").await;
    tab.wait_for(
        "document.getElementById('pause').getAttribute('aria-pressed') === 'true'",
        "a standing picture",
    )
    .await;
    tab.press("b").await;
    tab.press(".").await;
    for _ in 0..12 {
        tab.press("PageUp").await;
    }
    tab.wait_for(&caption("Two programs, one wire. Plug them in."), "the first act").await;
    for _ in 0..12 {
        tab.press("PageDown").await;
        settle(&desk).await;
        if tab.evaluate("document.getElementById('pause').getAttribute('aria-pressed')").await
            == "false"
        {
            break;
        }
    }
    tab.wait_for(&caption("5 bytes wait in right’s kernel. Nobody has read them."), "now").await;
    tab.press("Escape").await;
    tab.wait_for(&format!("!{LECTURE}"), "the desk").await;
    desk.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_link_asks_for_the_lecture_view_and_chinese_stays_large() {
    let Some(desk) = Desk::open_bench(Look::CHINESE).await else { return };
    let link = desk.relay.url().replace("/#", "/?view=lecture#");
    desk.tab.evaluate(&format!("location.href = {link:?}")).await;
    desk.tab.wait_for(LECTURE, "the lecture view").await;
    let server = desk.ask("{ socket: { net: 'host', family: 'ipv4', kind: 'stream', side: 'right', name: null } }").await;
    assert!(server["ok"]["socket"].is_u64(), "{server}");
    desk.wait_for_rows("rows.length === 1", "a socket").await;
    large(&desk, "a bench").await;
    desk.tab.press("PageUp").await;
    desk.tab
        .wait_for(
            "document.getElementById('pause').getAttribute('aria-pressed') === 'true'",
            "one event back",
        )
        .await;
    desk.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn sounds_wait_for_a_hand_and_are_remembered() {
    let Some(desk) = Desk::open_bench(Look::ENGLISH).await else { return };
    let tab = &desk.tab;
    tab.evaluate(
        "window.tones = 0; window.contexts = 0; const make = AudioContext.prototype.createOscillator; \
         AudioContext.prototype.createOscillator = function () { tones += 1; return make.call(this); };",
    )
    .await;
    let on = "document.querySelector('#sound[aria-pressed=true]')";
    let server = desk.make_server("right", "stream").await;
    let to = desk.address(server).await;
    let net = if to.starts_with("127.") { "host" } else { "left" };
    let connect = async || {
        let ask = format!(
            "{{ socket: {{ net: '{net}', family: 'ipv4', kind: 'stream', side: 'left', name: null }} }}"
        );
        let client = desk.ask(&ask).await["ok"]["socket"].as_u64().expect("a socket");
        desk.ask(&format!("{{ connect: {{ socket: {client}, address: '{to}' }} }}")).await;
        desk.wait_for_rows(
            &format!("rows.filter(row => row[3] === 'ESTABLISHED').length >= 1 && {client}"),
            "a connection",
        )
        .await;
    };
    connect().await;
    assert_eq!(tab.evaluate("tones").await, 0, "off by default");
    tab.press("m").await;
    tab.wait_for(on, "sound on").await;
    connect().await;
    tab.wait_for("tones > 0", "the sound of a plug").await;
    tab.reload().await;
    tab.wait_for(on, "the same after a reload").await;
    tab.press("m").await;
    tab.wait_for(&format!("!{on}"), "silence").await;
    desk.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bundle_opens_as_a_list() {
    let Some(desk) = Desk::open_bench(Look::ENGLISH).await else { return };
    let tab = &desk.tab;
    tab.resize(1280, 720).await;
    for _ in 0..20 {
        desk.ask(
            "{ socket: { net: 'host', family: 'ipv4', kind: 'stream', side: 'left', name: null } }",
        )
        .await;
    }
    desk.wait_for_rows("rows.length === 20", "twenty sockets").await;
    tab.click(".many").await;
    tab.wait_for(&visible(".bundle:popover-open .pick"), "the list").await;
    let last =
        tab.evaluate("[...document.querySelectorAll('.bundle .pick')].at(-1).dataset.socket").await;
    let socket = last.as_str().expect("a socket").to_owned();
    tab.click(&format!(".bundle .pick[data-socket='{socket}']")).await;
    tab.wait_for(
        &format!(
            "document.querySelector('#lanes > .pick[data-socket=\"{socket}\"][aria-pressed=true]')"
        ),
        "the chosen one",
    )
    .await;
    tab.wait_for("!document.querySelector('.bundle:popover-open')", "the list to close").await;
    desk.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_readers_own_colours_and_stillness_are_kept() {
    let Some(desk) = Desk::open_bench(Look::ENGLISH).await else { return };
    let tab = &desk.tab;
    desk.make_server("right", "stream").await;
    tab.emulate(&[("forced-colors", "active"), ("prefers-reduced-motion", "reduce")]).await;
    let canvas = "(() => { const probe = document.body.appendChild(document.createElement('i')); probe.style.color = 'CanvasText'; \
        const want = getComputedStyle(probe).color; probe.remove(); const inks = [...witness.drawn.values()].flat().map(own => own.color); \
        const hex = '#' + want.match(/\\d+/g).slice(0, 3).map(part => (+part).toString(16).padStart(2, '0')).join(''); \
        return inks.filter(ink => ink === hex || ink === want).length > 3; })()";
    tab.wait_for(canvas, "the system's own colours").await;
    assert_eq!(offences(tab).await, Vec::<String>::new());
    desk.end().await;
}
