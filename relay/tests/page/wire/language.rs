//! Another language while the wire is in use: no word of it stays behind.

use super::{CHIPS, WEATHER};
use crate::desk::{Desk, Look};
use serde_json::json;

/// What reads as English on the page: two words or more, outside of code; and on the pictures.
const ENGLISH: &str = r"(() => {
    const english = /[A-Za-z]{3,}[,:;]? [a-z]{2,}/, found = [];
    const say = text => { if (english.test(text)) found.push(text.trim()); };
    const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    for (let text = walk.nextNode(); text; text = walk.nextNode()) {
        const node = text.parentElement;
        if (node.closest('[hidden], code, script, style, noscript, .counters th')) continue;
        say(text.data);
    }
    for (const node of document.querySelectorAll('[aria-label], [title], [placeholder]'))
        for (const name of ['aria-label', 'title', 'placeholder'])
            if (!node.closest('[hidden]')) say(node.getAttribute(name) ?? '');
    for (const [, texts] of witness.drawn) for (const own of texts) say(own.text);
    return [...new Set(found)];
})()";

#[tokio::test(flavor = "multi_thread")]
async fn no_english_stays_on_the_wire() {
    let Some(desk) = Desk::open_wire_bench(Look::ENGLISH).await else { return };
    let tab = &desk.tab;
    let (client, _) = desk.connected().await;
    let (sender, _) = desk.speaking().await;
    desk.key("t").await;
    desk.select(client).await;
    desk.say(client, "send", "hello").await;
    let again = "rows[1][6] === '0' && rows[2][7] === '5'";
    desk.wait_for_rows(again, "the second sending, and its receipt").await;
    tab.click("#weather summary").await;
    tab.click("#presets [data-place='4']").await;
    desk.hold_wire().await;
    desk.select(sender).await;
    for _ in 0..3 {
        desk.say(sender, "sendto", "hello").await;
    }
    let held = desk.held(3).await;
    desk.key("t").await;
    desk.open_packet(held[0]).await;
    desk.act("damage").await;
    desk.open_log().await;
    tab.wait_for("document.querySelectorAll('#log-lines li').length > 40", "a long log").await;
    assert_ne!(tab.evaluate(ENGLISH).await, json!([]), "the eye reads English");
    tab.evaluate("document.getElementById('language').click()").await;
    tab.wait_for(&format!("{CHIPS}.join() === '左边下一个数据：丢掉'"), "the trap in Chinese")
        .await;
    tab.wait_for(&format!("{WEATHER} === '内核定时器照常走'"), "what the bar says").await;
    tab.wait_for(
        "/^已扣住 \\d+\\.\\d 秒$/.test(document.getElementById('held-for').textContent)",
        "how long",
    )
    .await;
    desk.wait_for_state("^已扣住").await;
    assert!(tab.text("#packet-title").await.contains("左边发出的 UDP 5 B"));
    // The pictures are drawn anew, the panels ten times a second.
    tab.wait_for(&format!("{ENGLISH}.length === 0"), "no English").await;
    desk.let_go().await;
    tab.wait_for(&format!("{WEATHER}.startsWith('→ 35 ± 15 ms')"), "the weather").await;
    assert_eq!(tab.evaluate(ENGLISH).await, json!([]));
    desk.end().await;
}
