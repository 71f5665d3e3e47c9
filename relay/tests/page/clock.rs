//! The picture's time: paused, stepped, scrubbed, slowed, and back at now after a command.

use crate::desk::{Desk, Look};
use serde_json::Value;

const SHOWN: &str = "+document.getElementById('scrubber').ariaValueNow";
const NOW: &str = "+document.getElementById('scrubber').ariaValueMax";
const PAUSED: &str = "document.getElementById('pause').ariaPressed === 'true'";

async fn connected() -> Option<(Desk, u64)> {
    let desk = Desk::open_bench(Look::ENGLISH).await?;
    desk.make_server("right", "stream").await;
    let client = desk.make("left", "stream").await;
    desk.offer(client, "connect").await;
    desk.wait_for_rows("rows.length === 3 && rows[2][3] === 'ESTABLISHED'", "a connection").await;
    Some((desk, client))
}

async fn shown(desk: &Desk) -> f64 {
    desk.tab.evaluate(SHOWN).await.as_f64().expect("a moment")
}

/// The words of the moment and what the table shows then.
async fn picture(desk: &Desk) -> Value {
    desk.tab.evaluate("[document.getElementById('moment').textContent, document.getElementById('mirror').textContent]").await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_pause_stops_the_picture_and_now_runs_on() {
    let Some((desk, _)) = connected().await else { return };
    let tab = &desk.tab;
    tab.click("#pause").await;
    tab.wait_for(PAUSED, "a pause").await;
    tab.wait_for(
        "document.getElementById('pace').textContent.startsWith('paused')",
        "the pause in words",
    )
    .await;
    let before = picture(&desk).await;
    let now = tab.evaluate(NOW).await;
    tab.wait_for(&format!("{NOW} > {now} + 500"), "now to run on").await;
    assert_eq!(picture(&desk).await, before);
    // Space runs it again: the focus is moved off the button, where it would press.
    tab.evaluate("document.activeElement.blur()").await;
    tab.press(" ").await;
    tab.wait_for(&format!("!({PAUSED}) && {NOW} - {SHOWN} < 1000"), "the picture to catch up")
        .await;
    desk.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn steps_go_from_event_to_event() {
    let Some((desk, _)) = connected().await else { return };
    let tab = &desk.tab;
    let start = shown(&desk).await;
    tab.click("[data-do=back]").await;
    tab.wait_for(&format!("{PAUSED} && {SHOWN} < {start}"), "an earlier moment").await;
    tab.evaluate("document.activeElement.blur()").await;
    for _ in 0..40 {
        tab.press("ArrowLeft").await;
    }
    desk.wait_for_rows("rows.length < 3", "a moment before the connection").await;
    let early = shown(&desk).await;
    tab.click("[data-do=forward]").await;
    tab.wait_for(&format!("{PAUSED} && {SHOWN} >= {early}"), "a later moment").await;

    // A command brings the picture to now.
    let before = desk.tab.evaluate(NOW).await;
    desk.make("left", "stream").await;
    tab.wait_for(&format!("!({PAUSED}) && {SHOWN} > {before}"), "the picture at now").await;
    desk.wait_for_rows("rows.length === 4 && rows[2][3] === 'ESTABLISHED'", "all sockets").await;
    desk.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_speed_is_kept_and_said() {
    let Some((desk, client)) = connected().await else { return };
    let tab = &desk.tab;
    let choose = |value: &str| {
        format!(
            "(() => {{ const speed = document.getElementById('speed'); speed.value = {value:?}; speed.dispatchEvent(new Event('change', {{ bubbles: true }})); }})()"
        )
    };
    tab.evaluate(&choose("0.001")).await;
    desk.offer(client, "send").await;
    desk.wait_beside(client, "taken by the kernel").await;
    tab.wait_for(
        "/^×1\\/1,000 · .* behind$/.test(document.getElementById('pace').textContent)",
        "the pace",
    )
    .await;
    assert_eq!(tab.evaluate("document.getElementById('speed').value").await, "0.001");
    tab.evaluate(&choose("auto")).await;
    tab.wait_for(&format!("{NOW} - {SHOWN} < 1000"), "the picture to catch up").await;
    desk.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_scrubber_is_a_slider() {
    let Some((desk, _)) = connected().await else { return };
    let tab = &desk.tab;
    // A click at its middle shows an earlier moment; the arrow keys step from there.
    tab.click("#scrubber").await;
    tab.wait_for(PAUSED, "the chosen moment").await;
    let at = shown(&desk).await;
    tab.wait_for(&format!("{NOW} > {at} + 300"), "now ahead of it").await;
    tab.evaluate("document.getElementById('scrubber').focus()").await;
    // Several events share a millisecond.
    for _ in 0..20 {
        tab.press("ArrowLeft").await;
    }
    tab.wait_for(&format!("{SHOWN} < {at}"), "an earlier moment").await;
    let at = shown(&desk).await;
    for _ in 0..20 {
        tab.press("ArrowRight").await;
    }
    tab.wait_for(&format!("{SHOWN} > {at}"), "a later moment").await;
    tab.click("#pace").await;
    tab.wait_for(&format!("!({PAUSED}) && {NOW} - {SHOWN} < 1000"), "now").await;
    desk.end().await;
}
