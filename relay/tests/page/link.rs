//! The link to the relay: lost, found again, refused, shared.

use crate::desk::{Desk, Look, MIRROR, visible};
use crate::support::browser::Browser;
use crate::support::relay::Relay;
use serde_json::Value;

const LOST: &str =
    "document.getElementById('link').textContent === 'the relay is gone; trying again'";
const THERE: &str = "document.getElementById('link').textContent === ''";
const HELLOS: &str = "witness.said.filter(said => said.startsWith('{\"hello\"'))";

/// What the page wants to resume, in its last hello.
async fn resume(desk: &Desk) -> Value {
    let last = desk.tab.evaluate(&format!("{HELLOS}.at(-1)")).await;
    let hello: Value = serde_json::from_str(last.as_str().expect("a hello")).expect("JSON");
    hello["hello"]["resume"].clone()
}

/// Closes the page's WebSocket and waits until the page has come back.
async fn drop_link(desk: &Desk) -> Value {
    let hellos = desk.tab.evaluate(&format!("{HELLOS}.length")).await;
    desk.tab.evaluate("witness.sockets.at(-1).close()").await;
    desk.tab
        .wait_for(&format!("{HELLOS}.length > {hellos} && {THERE}"), "the page to come back")
        .await;
    resume(desk).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_short_break_is_resumed() {
    let Some(desk) = Desk::open_bench(Look::ENGLISH).await else { return };
    desk.make_server("right", "stream").await;
    let client = desk.make("left", "stream").await;
    desk.offer(client, "connect").await;
    desk.wait_for_rows("rows.length === 3 && rows[2][3] === 'ESTABLISHED'", "a connection").await;
    assert_eq!(resume(&desk).await, Value::Null);
    let before = desk.tab.evaluate(MIRROR).await;
    let first = drop_link(&desk).await;
    assert!(first["seq"].as_u64() > Some(0), "{first}");
    desk.wait_for_rows(
        &format!("JSON.stringify(rows) === JSON.stringify({before})"),
        "the same table",
    )
    .await;
    // The bench works on.
    desk.offer(client, "send").await;
    desk.wait_beside(client, "taken by the kernel").await;
    desk.wait_for_rows("rows[2][7] === '5'", "five bytes").await;
    let second = drop_link(&desk).await;
    assert_eq!(second["epoch"], first["epoch"]);
    assert!(second["seq"].as_u64() > first["seq"].as_u64(), "{first} {second}");
    desk.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_relay_that_dies_and_comes_back() {
    let Some(mut desk) = Desk::open_bench(Look::ENGLISH).await else { return };
    let server = desk.make_server("right", "stream").await;
    let epoch = drop_link(&desk).await["epoch"].clone();
    desk.relay.kill();
    desk.tab.wait_for(LOST, "the loss to be said").await;
    // A command now says that nobody is there.
    desk.offer(server, "interrupt").await;
    desk.wait_beside(server, "the relay is gone").await;
    let now = "+document.getElementById('scrubber').ariaValueMax";
    let stood = desk.tab.evaluate(now).await;
    desk.tab
        .wait_for(
            "document.getElementById('pace').textContent === 'the clock stands: no news'",
            "the clock",
        )
        .await;
    desk.relay.start_again();
    desk.tab.wait_for(THERE, "the page to come back").await;
    // A new epoch, an untouched lab: the first run begins.
    desk.tab.wait_for(&visible("#next"), "the first run").await;
    desk.wait_for_rows("rows.length === 2", "the new snapshot").await;
    assert!(
        desk.tab.evaluate(now).await.as_f64() < stood.as_f64() || stood.as_f64() < Some(10_000.0)
    );
    assert_ne!(drop_link(&desk).await["epoch"], epoch);
    // Chromium itself tells of each attempt that nobody answered; nothing else may go wrong.
    let problems = desk.tab.problems().await;
    assert!(problems.iter().all(|said| said.contains("ERR_CONNECTION_REFUSED")), "{problems:?}");
    desk.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_without_the_token_is_told_what_to_do() {
    let Some(browser) = Browser::start().await else { return };
    let relay = Relay::start();
    for (link, lang, title) in [
        (relay.origin().to_owned() + "/", "en", "Open the link that the relay printed."),
        (relay.origin().to_owned() + "/", "zh-CN", "请打开中继打印出来的链接。"),
        (relay.origin().to_owned() + "/#token=wrong", "en", "The relay refused this page."),
        (relay.origin().to_owned() + "/#token=%22%5C%00", "zh-CN", "中继拒绝了本页。"),
    ] {
        let mut tab = browser.open(&link, 390, 844, false, lang).await;
        tab.wait_for(&visible("#gate"), "the gate").await;
        assert_eq!(tab.text("#gate-title").await, title, "{link}");
        tab.wait_for("document.getElementById('gate-text').textContent", "why").await;
        assert_eq!(tab.evaluate(&visible("main")).await, false);
        tab.screenshot(&format!("gate-{lang}-{}", link.len())).await;
        // The right link, opened in the same tab, lets it in.
        let token = relay.url().split('#').nth(1).expect("a token");
        tab.evaluate(&format!("location.hash = {token:?}")).await;
        tab.wait_for(&visible("#next"), "the first run").await;
        assert_eq!(tab.problems().await, Vec::<String>::new(), "{link}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn two_pages_see_the_same() {
    let Some(desk) = Desk::open_bench(Look::ENGLISH).await else { return };
    let mut other = desk.browser.open(desk.relay.url(), 1280, 720, true, "en").await;
    other.wait_for(&visible("#doors"), "the other page, empty too").await;
    desk.make_server("right", "stream").await;
    let client = desk.make("left", "stream").await;
    desk.offer(client, "connect").await;
    for condition in ["rows.length === 3 && rows[2][3] === 'ESTABLISHED'"] {
        desk.wait_for_rows(condition, "a connection").await;
        other.wait_for(&format!("(rows => {condition})({MIRROR})"), "the same connection").await;
    }
    let rows = desk.tab.evaluate(MIRROR).await;
    other
        .wait_for(&format!("JSON.stringify({MIRROR}) === JSON.stringify({rows})"), "the same table")
        .await;
    // The other one acts; this one sees.
    other.click("#reset").await;
    other
        .wait_for(
            "document.querySelector('#reset .word').dataset.word === 'really_empty'",
            "the question",
        )
        .await;
    other.click("#reset").await;
    desk.wait_for_rows("rows.length === 0", "an empty bench").await;
    assert_eq!(other.problems().await, Vec::<String>::new());
    desk.end().await;
}
