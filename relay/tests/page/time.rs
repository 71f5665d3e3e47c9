//! The line of time in a real browser: zoomed, drawn on, stepped through by one socket, jumped along; and
//! the graphs under it, held against the table of what the kernel said.

use crate::desk::{Desk, Look, MIRROR};
use serde_json::Value;

const SHOWN: &str = "+document.getElementById('scrubber').ariaValueNow";
const NOW: &str = "+document.getElementById('scrubber').ariaValueMax";
const PAUSED: &str = "document.getElementById('pause').ariaPressed === 'true'";
const ZOOMED: &str = "!document.getElementById('span').disabled";
const LANDED: &str =
    "(own => own.hidden ? '' : own.textContent)(document.getElementById('landed'))";
/// The graphs' table: measure, source, left, right.
const GRAPHS: &str = "[...document.querySelectorAll('#graph-rows tr')].map(row => [...row.children].map(cell => cell.textContent))";
const FRAMES: &str =
    "new Promise(frame => requestAnimationFrame(() => requestAnimationFrame(frame)))";

async fn connected(look: Look) -> Option<(Desk, u64)> {
    let desk = Desk::open_bench(look).await?;
    desk.make_server("right", "stream").await;
    let client = desk.make("left", "stream").await;
    desk.offer(client, "connect").await;
    desk.wait_for_rows("rows.length === 3 && rows[2][3] === 'ESTABLISHED'", "a connection").await;
    desk.tab.evaluate("document.activeElement.blur()").await;
    Some((desk, client))
}

/// A wheel's turn or a pointer's way over the line, as parts of its width.
fn over_line(kind: &str, part: f64, more: &str) -> String {
    format!(
        "(() => {{ const line = document.getElementById('scrubber'), at = line.getBoundingClientRect(); line.dispatchEvent(new {kind}, {{ clientX: at.left + at.width * {part}, clientY: at.top + 9, bubbles: true, cancelable: true, {more} }})); }})()"
    )
}

async fn span(desk: &Desk) -> String {
    desk.tab.evaluate(FRAMES).await;
    desk.tab.text("#span").await
}

#[tokio::test(flavor = "multi_thread")]
async fn the_line_of_time_is_zoomed_by_key_wheel_and_hand() {
    let Some((desk, _)) = connected(Look::ENGLISH).await else { return };
    let tab = &desk.tab;
    assert_eq!(tab.evaluate(ZOOMED).await, false);
    tab.press("+").await;
    tab.wait_for(ZOOMED, "a zoom by key").await;
    let near = span(&desk).await;
    assert!(near.contains(" of "), "{near}");
    tab.press("0").await;
    tab.wait_for(&format!("!({ZOOMED})"), "the usual span").await;

    // Paused, so that the span holds still.
    tab.press(" ").await;
    tab.wait_for(PAUSED, "a pause").await;
    tab.evaluate(&over_line("WheelEvent('wheel'", 0.4, "deltaY: -400")).await;
    tab.wait_for(ZOOMED, "a zoom by wheel").await;
    let once = span(&desk).await;
    tab.evaluate(&over_line("WheelEvent('wheel'", 0.4, "deltaY: -400")).await;
    tab.wait_for(
        &format!("document.getElementById('span').innerText !== {once:?}"),
        "a nearer span",
    )
    .await;

    // A span drawn with Shift is shown; a click within it stays within it.
    for (kind, part) in [("down", 0.3), ("move", 0.5), ("up", 0.5)] {
        let kind = format!("PointerEvent('pointer{kind}'");
        tab.evaluate(&over_line(&kind, part, "pointerId: 1, shiftKey: true, buttons: 1")).await;
    }
    let drawn = span(&desk).await;
    assert_ne!(drawn, once);
    for (part, kind) in [(0.1, "down"), (0.1, "up")] {
        let kind = format!("PointerEvent('pointer{kind}'");
        tab.evaluate(&over_line(&kind, part, "pointerId: 1, buttons: 1")).await;
    }
    let first = shown(&desk).await;
    tab.evaluate(&over_line("PointerEvent('pointerdown'", 0.8, "pointerId: 1, buttons: 1")).await;
    tab.wait_for(&format!("{SHOWN} >= {first}"), "a later moment").await;
    assert_eq!(span(&desk).await.split(" of ").next(), drawn.split(" of ").next());
    tab.evaluate(&over_line("PointerEvent('pointerup'", 0.8, "pointerId: 1")).await;

    tab.evaluate(&over_line("MouseEvent('dblclick'", 0.5, "")).await;
    tab.wait_for(&format!("!({ZOOMED})"), "the usual span again").await;
    desk.end().await;
}

async fn shown(desk: &Desk) -> f64 {
    desk.tab.evaluate(FRAMES).await;
    desk.tab.evaluate(SHOWN).await.as_f64().expect("a moment")
}

#[tokio::test(flavor = "multi_thread")]
async fn steps_of_the_chosen_socket_pass_over_all_others() {
    let Some((desk, client)) = connected(Look::ENGLISH).await else { return };
    let tab = &desk.tab;
    let before = desk.tab.evaluate(NOW).await.as_f64().expect("now");
    tab.wait_for(&format!("{NOW} > {before} + 300"), "some time").await;
    // Later than all that happens to the client by itself.
    let late = desk.make("left", "datagram").await;
    tab.wait_for(&format!("{SHOWN} > {before}"), "the picture there").await;
    desk.select(client).await;
    tab.evaluate("document.activeElement.blur()").await;
    let own = desk.tab.text("#steps-of").await;
    tab.press("e").await;
    tab.wait_for(
        &format!("document.getElementById('steps-of').innerText !== {own:?}"),
        "whose steps, said",
    )
    .await;
    tab.press("ArrowLeft").await;
    tab.wait_for(&format!("{PAUSED} && {LANDED} !== ''"), "a step").await;
    let at = shown(&desk).await;
    assert!(at <= before + 300.0, "{at} is an event of the other socket, made after {before}");
    // The other way round with Shift: the next of all, which is the other's.
    tab.evaluate("document.body.dispatchEvent(new KeyboardEvent('keydown', { key: 'ArrowRight', shiftKey: true, bubbles: true }))").await;
    let next = shown(&desk).await;
    tab.press("e").await;
    tab.wait_for(
        &format!("document.getElementById('steps-of').innerText === {own:?}"),
        "steps of all",
    )
    .await;
    assert!(next >= at && late != client, "{next} after {at}");
    desk.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_jump_goes_to_the_call_that_slept_and_says_so() {
    let Some((desk, client)) = connected(Look::ENGLISH).await else { return };
    let tab = &desk.tab;
    desk.offer(client, "recv").await;
    desk.wait_for_rows("rows.some(row => row[8].includes('recv'))", "a program asleep").await;
    // Something after it, so that there is a way back.
    desk.make("left", "datagram").await;
    desk.wait_for_rows("rows.length === 4", "one socket more").await;
    tab.click("#steps summary").await;
    tab.click("[data-do=seek-block]").await;
    tab.press("Escape").await;
    tab.evaluate("document.activeElement.blur()").await;
    tab.press("[").await;
    tab.wait_for(&format!("{LANDED}.includes('recv')"), "the call that slept, in words").await;
    desk.wait_for_rows("rows.length === 3 && rows.some(row => row[8].includes('recv'))", "then")
        .await;
    let at = shown(&desk).await;
    tab.press("[").await;
    let before = format!("/connect|accept/.test({LANDED}) && {SHOWN} <= {at}");
    tab.wait_for(&before, "the call that slept before it").await;
    desk.end().await;
}

/// One value of the graphs' table, as a number: by its source and its column (2 left, 3 right).
async fn graphed(desk: &Desk, source: &str, column: usize) -> Value {
    let value = format!(
        "parseInt({GRAPHS}.find(row => row[1] === {source:?})[{column}].replaceAll(',', ''))"
    );
    desk.tab.evaluate(&value).await
}

#[tokio::test(flavor = "multi_thread")]
async fn graphs_say_the_kernels_number_at_the_playhead() {
    for look in [Look::ENGLISH, Look::CHINESE] {
        let Some((desk, client)) = connected(look).await else { return };
        let tab = &desk.tab;
        tab.press("y").await;
        tab.wait_for(&format!("{GRAPHS}.some(row => row[1] === 'FIONREAD')"), "graphs").await;
        desk.offer(client, "send").await;
        // Nobody reads: the receiver's kernel keeps what came.
        desk.wait_for_rows("rows.some(row => row[7] !== '0' && row[3] === 'ESTABLISHED')", "bytes")
            .await;
        let same = format!(
            "(rows => {GRAPHS}.find(row => row[1] === 'FIONREAD').slice(2).map(cell => parseInt(cell)).sort().join() === rows.filter(row => row[3] === 'ESTABLISHED').map(row => parseInt(row[7])).sort().join())({MIRROR})"
        );
        tab.wait_for(&same, "the same numbers in graphs and table").await;
        let right = graphed(&desk, "FIONREAD", 3).await.as_i64().expect("a number");
        assert!(right > 0, "{right} bytes wait");
        // Before the send nothing waited: the graphs' numbers are those of the shown moment.
        tab.evaluate("document.activeElement.blur()").await;
        tab.press(" ").await;
        tab.wait_for(PAUSED, "a pause").await;
        for _ in 0..60 {
            tab.press("ArrowLeft").await;
            tab.evaluate(FRAMES).await;
            if tab
                .evaluate(&format!("{MIRROR}.every(row => row[7] === '0' || row[7] === '–')"))
                .await
                == true
            {
                break;
            }
        }
        tab.wait_for(&same, "the same numbers at an earlier moment").await;
        assert_eq!(graphed(&desk, "FIONREAD", 3).await, 0);
        tab.screenshot(&format!("graphs-{}", look.lang)).await;
        desk.end().await;
    }
}
