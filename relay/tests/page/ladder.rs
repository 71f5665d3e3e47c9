//! The ladder in the page: it can be read row by row while more comes, its numbers be told both ways, and
//! all of it be saved as one picture.

use crate::desk::{Desk, Look, visible};
use crate::support::scratch::Scratch;
use crate::wire::drawn;

/// Which row of how many is the lowest, as its head says; null while it follows.
const ROW: &str = "[...witness.drawn].flatMap(([canvas, texts]) => \
    canvas.id === 'ladder-canvas' ? texts.map(own => own.text) : []) \
    .map(text => text.match(/^row ([\\d,]+) of ([\\d,]+)$/)) \
    .filter(Boolean).map(found => found.slice(1).map(n => +n.replace(',', '')))[0] ?? null";
/// The sequence numbers that are drawn.
const NUMBERS: &str = "[...witness.drawn].flatMap(([canvas, texts]) => \
    canvas.id === 'ladder-canvas' ? texts.map(own => own.text) : []) \
    .flatMap(text => [...text.matchAll(/seq (\\d+)( |$)/g)].map(found => +found[1]))";
/// The saved picture is kept as it is made.
const KEEP: &str = "(() => { const own = URL.createObjectURL; \
    URL.createObjectURL = blob => { blob.text().then(text => window.saved = text); return own(blob); }; })()";
const PAGE: &str = "document.querySelector('#lower').dispatchEvent(new WheelEvent('wheel', \
    { deltaY: DELTA, bubbles: true, cancelable: true }))";

/// A wire on which three texts were sent, and the client.
async fn told() -> Option<(Desk, u64)> {
    let desk = Desk::open_wire_bench(Look::ENGLISH).await?;
    let (client, _) = desk.connected().await;
    desk.select(client).await;
    for (text, rest) in [("one", "'3'"), ("two", "'6'"), ("a <b> & \"c\"", "'17'")] {
        desk.say(client, "send", text).await;
        desk.wait_for_rows(&format!("rows[2][7] === {rest}"), "its bytes at the other end").await;
    }
    desk.tab.wait_for(&drawn("ladder-canvas", "11 B"), "the last of them").await;
    Some((desk, client))
}

#[tokio::test(flavor = "multi_thread")]
async fn the_ladder_is_read_by_wheel_and_keys_and_its_numbers_told_both_ways() {
    let Some((desk, client)) = told().await else { return };
    let tab = &desk.tab;
    assert_eq!(tab.evaluate(ROW).await, serde_json::Value::Null, "it follows");
    assert_eq!(tab.evaluate(&visible("#ladder-follow")).await, false);
    tab.evaluate(&PAGE.replace("DELTA", "-100")).await;
    tab.wait_for(&format!("({ROW})?.[0] < ({ROW})?.[1]"), "a row above the last").await;
    let by_wheel = tab.evaluate(ROW).await;
    tab.evaluate("document.getElementById('lower').focus()").await;
    tab.press("PageUp").await;
    tab.wait_for(&format!("({ROW})?.[0] < {}", by_wheel[0]), "a screenful above").await;
    let by_key = tab.evaluate(ROW).await;
    // More comes, and what is read stays.
    desk.say(client, "send", "more").await;
    tab.wait_for(&format!("({ROW})?.[1] > {}", by_key[1]), "more rows").await;
    assert_eq!(tab.evaluate(&format!("({ROW})[0]")).await, by_key[0]);
    tab.click("#ladder-follow").await;
    tab.wait_for(&format!("({ROW}) === null"), "it to follow again").await;
    tab.wait_for(&drawn("ladder-canvas", "4 B more"), "the last row").await;
    // Counted from the SYN, then as they stand in the packets.
    let small = format!("({NUMBERS}).length > 2 && ({NUMBERS}).every(seq => seq < 100)");
    tab.wait_for(&small, "numbers from the SYN").await;
    desk.key("q").await;
    let large = format!("({NUMBERS}).length > 2 && ({NUMBERS}).every(seq => seq > 100)");
    tab.wait_for(&large, "the packets' own numbers").await;
    tab.click("#ladder-numbers").await;
    tab.wait_for(&small, "numbers from the SYN again").await;
    desk.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_whole_ladder_is_saved_as_a_picture_of_its_own() {
    let Some((desk, _)) = told().await else { return };
    let tab = &desk.tab;
    tab.evaluate(KEEP).await;
    tab.click("#ladder-save").await;
    tab.wait_for("window.saved", "the picture").await;
    let saved = tab.evaluate("window.saved").await;
    let folder = Scratch::new();
    let file = folder.path().join("saved.svg");
    std::fs::write(&file, saved.as_str().expect("a text")).expect("a file");
    // By itself: no style of the page's, no script, nothing from elsewhere.
    let picture =
        desk.browser.open(&format!("file://{}", file.display()), 1440, 900, false, "en").await;
    let root = "document.documentElement";
    picture.wait_for("document.readyState === 'complete'", "the picture alone").await;
    assert_eq!(picture.evaluate(&format!("{root}.localName")).await, "svg");
    let strange = "script, image, use, a, parsererror";
    assert_eq!(picture.evaluate(&format!("{root}.querySelectorAll({strange:?}).length")).await, 0);
    picture.screenshot("ladder-saved").await;
    let tab = &picture;
    // SYN, SYN-ACK, ACK, and three segments with their ACKs.
    let texts = format!("[...{root}.querySelectorAll('text')].map(text => text.textContent)");
    let lines =
        tab.evaluate(&format!("{texts}.filter(text => / seq \\d/.test(text)).length")).await;
    assert_eq!(lines, 9);
    for said in [
        "time runs down, from ",
        "SYN  seq 0",
        "3 B one",
        "connect((",
        "send(b\"a <b> & \\\\\"c\\\\\"\")",
    ] {
        let found = tab
            .evaluate(&format!(
                "{texts}.some(text => text.includes({:?}))",
                said.replace("\\\\", "\\")
            ))
            .await;
        assert_eq!(found, true, "{said}: {}", tab.evaluate(&texts).await);
    }
    desk.end().await;
}
