//! A trap loses one segment; the kernel's timer runs down, and the kernel sends it again.

use super::{CHIPS, drawn, logged};
use crate::desk::{Desk, Look, visible};

/// Every span that stands beside the timer's words on the stage, in the order seen.
const WATCH: &str = "(() => { window.spans = []; const frame = () => { \
    for (const [canvas, texts] of witness.drawn) if (canvas.id === 'stage-canvas') { \
        const at = texts.findIndex(own => own.text.startsWith('kernel resends in')); \
        const span = at < 0 ? null : texts[at + 1]?.text; \
        if (span && spans.at(-1) !== span) spans.push(span); } \
    requestAnimationFrame(frame); }; frame(); })()";

#[tokio::test(flavor = "multi_thread")]
async fn a_trapped_segment_is_sent_again() {
    let Some(desk) = Desk::open_wire_bench(Look::ENGLISH).await else { return };
    let tab = &desk.tab;
    let (client, conn) = desk.connected().await;
    desk.select(client).await;
    desk.key("t").await;
    tab.wait_for(&format!("{CHIPS}.join() === 'next data from left: lose'"), "the trap").await;
    tab.evaluate(WATCH).await;
    desk.say(client, "send", "hello").await;
    tab.wait_for(&drawn("ladder-canvas", "lost: your trap"), "the cross and its reason").await;
    tab.wait_for(&format!("{CHIPS}.length === 0"), "the trap to be gone").await;
    tab.wait_for("spans.length > 1", "the kernel's timer to run down").await;
    desk.wait_for_rows("rows[2][7] === '5'", "five bytes in right's kernel").await;
    let spans = tab.evaluate("spans.map(parseFloat)").await;
    let spans: Vec<f64> = serde_json::from_value(spans).expect("seconds");
    assert!(spans.windows(2).all(|two| two[1] < two[0]), "a timer that only runs down: {spans:?}");
    tab.wait_for(&drawn("ladder-canvas", "again"), "the second sending").await;
    desk.open_log().await;
    tab.wait_for(&logged(&["5 B left → right, lost: your trap"]), "the loss").await;
    tab.wait_for(&logged(&["5 B sent again left → right, delivered after"]), "the second").await;
    desk.close_log().await;
    desk.select(conn).await;
    desk.offer(conn, "recv").await;
    desk.wait_beside(conn, "b\"hello\"").await;
    desk.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn traps_come_and_go_on_the_bar() {
    let Some(desk) = Desk::open_wire_bench(Look::ENGLISH).await else { return };
    let tab = &desk.tab;
    tab.click("#trap-now").await;
    tab.wait_for(&format!("{CHIPS}.join() === 'next data from left: lose'"), "the trap").await;
    // By its form: what it waits for, and what it shall do.
    tab.click("#trap summary").await;
    desk.choose("#trap [name=from]", "right").await;
    desk.choose("#trap [name=kind]", "ack").await;
    desk.choose("#trap [name=do]", "hold").await;
    tab.fill("#trap [name=count]", "0").await;
    tab.click("#trap form > .strong").await;
    let wrong = "document.querySelector('#trap .outcome').textContent && document.querySelector('#trap [name=count][aria-invalid=true]')";
    tab.wait_for(wrong, "why not no time").await;
    tab.fill("#trap [name=count]", "3").await;
    tab.click("#trap form > .strong").await;
    tab.wait_for(&format!("!({})", visible("#trap form")), "the menu to close").await;
    tab.wait_for("document.querySelector('#chips .dim')?.textContent === '+1'", "one more").await;
    tab.click("#trap summary").await;
    let all = "[...document.querySelectorAll('#all-traps .what')].map(chip => chip.textContent).join() === 'next data from left: lose,next ACK from right: hold ×3'";
    tab.wait_for(all, "both in the menu").await;
    tab.click("#all-traps .chip:last-child").await;
    tab.wait_for("document.querySelectorAll('#all-traps .chip').length === 1", "one").await;
    tab.press("Escape").await;
    // A chip is a button: it disarms.
    tab.click("#chips .chip").await;
    tab.wait_for(&format!("{CHIPS}.length === 0"), "none").await;
    tab.wait_for("document.activeElement.id === 'trap-now'", "the focus back").await;
    desk.end().await;
}
