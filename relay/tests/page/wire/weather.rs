//! The weather by its menu: by one click, by hand, out of range; what it does to packets.

use super::{WEATHER, drawn, logged};
use crate::desk::{Desk, Look, visible};

/// Pixels of the stage, off the walls, that are as red as what is lost.
const RED: &str = "(() => { const canvas = document.getElementById('stage-canvas'); \
    const { width, height } = canvas; const third = Math.round(width / 3); \
    const { data } = canvas.getContext('2d').getImageData(third, 0, third, height); \
    let red = 0; for (let at = 0; at < data.length; at += 4) \
        red += data[at] > 150 && data[at + 1] < 90 && data[at + 2] < 90; \
    return red; })()";

async fn says(desk: &Desk, weather: &str) {
    desk.tab.wait_for(&format!("{WEATHER} === {weather:?}"), weather).await;
}

async fn open(desk: &Desk) {
    desk.tab.click("#weather summary").await;
    desk.tab.wait_for(&visible("#weather form"), "the menu").await;
}

/// Sends the form; it closes when the weather is set.
async fn set(desk: &Desk) {
    desk.tab.click("#weather form .strong").await;
    desk.tab.wait_for(&format!("!({})", visible("#weather form")), "the menu to close").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn by_one_click_and_one_click_back() {
    let Some(desk) = Desk::open_wire_bench(Look::ENGLISH).await else { return };
    let tab = &desk.tab;
    says(&desk, "clean wire").await;
    assert_eq!(tab.evaluate(&visible("#clean")).await, false);
    open(&desk).await;
    assert_eq!(tab.text("#presets [data-place='4']").await, "4G");
    tab.click("#presets [data-place='4']").await;
    says(&desk, "→ 35 ± 15 ms, 10 Mbit/s · ← 35 ± 15 ms, 30 Mbit/s").await;
    tab.wait_for(&format!("!({})", visible("#weather form")), "the menu to close").await;
    open(&desk).await;
    let pressed = "[...document.querySelectorAll('#presets [aria-pressed=true]')].map(preset => preset.textContent).join() === '4G'";
    tab.wait_for(pressed, "the preset that is on").await;
    tab.press("Escape").await;
    // One click.
    tab.click("#clean").await;
    says(&desk, "clean wire").await;
    tab.wait_for(&format!("!({})", visible("#clean")), "nothing to clean").await;
    desk.end().await;
}

async fn out_of_range(look: Look) {
    let Some(desk) = Desk::open_wire_bench(look).await else { return };
    let tab = &desk.tab;
    let clean = look.pick("clean wire", "无损线路");
    open(&desk).await;
    for (name, value, english, chinese) in [
        ("delay", "60001", "60 s", "延迟最多 60 秒"),
        ("delay", "soon", "decimals", "小数"),
        ("mtu", "1279", "1280 to 65520 bytes", "1,280"),
        ("queue", "100001", "100000 packets", "100,000"),
        ("duplicate", "101", "0 to 100 %", "0 到 100 %"),
    ] {
        let input = format!("#weather [name={name}]");
        tab.fill(&input, value).await;
        tab.click("#weather form .strong").await;
        let sentence = look.pick(english, chinese);
        let says = format!(
            "document.querySelector('#weather form > .outcome').textContent.includes({sentence:?})"
        );
        tab.wait_for(&says, sentence).await;
        assert_eq!(tab.evaluate(&visible("#weather form")).await, true);
        tab.fill(&input, "").await;
    }
    // What was not set is forgotten with the menu.
    tab.fill("#weather [name=delay]", "60001").await;
    tab.press("Escape").await;
    says(&desk, clean).await;
    tab.wait_for("document.querySelector('#weather [name=delay]').value === ''", "the truth").await;
    desk.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn out_of_range_is_said_in_english() {
    out_of_range(Look::ENGLISH).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn out_of_range_is_said_in_chinese() {
    out_of_range(Look::CHINESE).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn all_lost_and_then_pulled() {
    let Some(desk) = Desk::open_wire_bench(Look::ENGLISH).await else { return };
    let tab = &desk.tab;
    let (sender, receiver) = desk.speaking().await;
    open(&desk).await;
    desk.choose("#weather [name=model]", "random").await;
    tab.fill("#weather [name=loss]", "100").await;
    set(&desk).await;
    says(&desk, "loses 100 %").await;
    desk.say(sender, "sendto", "hello").await;
    tab.wait_for(&drawn("ladder-canvas", "lost: random"), "the loss").await;
    tab.click("#clean").await;
    says(&desk, "clean wire").await;
    desk.say(sender, "sendto", "again").await;
    desk.wait_for_rows("rows[0][7] === '5'", "what is sent on a clean wire").await;

    // The stage again without what was lost on it.
    desk.select(receiver).await;
    desk.offer(receiver, "recvfrom").await;
    desk.wait_beside(receiver, "b\"again\"").await;
    tab.wait_for(&format!("{RED} === 0"), "a whole cable").await;
    open(&desk).await;
    tab.click("#weather [name=pulled]").await;
    set(&desk).await;
    says(&desk, "cable pulled").await;
    tab.wait_for(&format!("{RED} > 20"), "the cable's two ends").await;
    desk.select(sender).await;
    desk.say(sender, "sendto", "nothing").await;
    tab.wait_for(&drawn("ladder-canvas", "cable pulled"), "the loss").await;
    tab.click("#clean").await;
    says(&desk, "clean wire").await;
    desk.open_log().await;
    for parts in [
        &["UDP 5 B left → right, lost: random"][..],
        &["UDP 7 B left → right, lost: ", "cable"],
        &["Weather from left: loses 100 %"],
    ] {
        tab.wait_for(&logged(parts), parts[0]).await;
    }
    desk.end().await;
}
