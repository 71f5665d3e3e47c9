//! Strange text, and another language in mid-run: shown as text, kept, and nothing else.

use crate::desk::{Desk, Look, beside, visible};

/// Markup, both quotes, an emoji of several parts, right-to-left, a combining mark, a NUL-like sign.
const ODD: [&str; 5] = [
    "<script>alert(1)</script>",
    "\"><img src=x onerror=alert(1)>",
    "👩‍👩‍👧 e\u{301}",
    "\u{202e}abc",
    "你好\u{0}\u{7f}",
];

#[tokio::test(flavor = "multi_thread")]
async fn odd_payload_is_shown_as_text() {
    let Some(desk) = Desk::open_bench(Look::ENGLISH).await else { return };
    let tab = &desk.tab;
    let receiver = desk.make_server("right", "datagram").await;
    let sender = desk.make("left", "datagram").await;
    let field = format!("{} [data-input='1']", beside(sender, "sendto"));
    tab.wait_for(&format!("document.querySelector({field:?}).value"), "the receiver").await;
    tab.evaluate("document.getElementById('log-toggle').click()").await;
    for odd in ODD {
        let text = serde_json::to_string(odd).expect("JSON");
        let input = format!("{} [data-input='0']", beside(sender, "sendto"));
        desk.select(sender).await;
        tab.fill(&input, odd).await;
        let written = tab.evaluate(&format!("document.querySelector({input:?}).value")).await;
        tab.press("Enter").await;
        desk.wait_for_rows("rows[0][7] !== '0'", "a datagram waiting").await;
        desk.inspect(receiver).await;
        desk.call("recvfrom", &[]).await;
        let shown =
            format!("document.querySelectorAll('#inspector .bytes')[0].textContent === {written}");
        tab.wait_for(&shown, &text).await;
        desk.wait_for_rows("rows[0][7] === '0'", "an empty buffer").await;
        tab.click("#inspector [data-do=dismiss]").await;
    }
    assert_eq!(
        tab.evaluate(
            "document.querySelectorAll('main img, aside img, main script, aside script').length"
        )
        .await,
        0
    );
    desk.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn odd_names_are_shown_as_text() {
    let Some(desk) = Desk::open_bench(Look::ENGLISH).await else { return };
    for odd in ["<script>alert(1)</script>", "👩‍👩‍👧 你好", "\u{202e}abc"] {
        let name = serde_json::to_string(odd).expect("JSON");
        desk.ask(&format!("{{ socket: {{ net: 'host', family: 'ipv4', kind: 'stream', side: 'left', name: {name} }} }}")).await;
        desk.wait_for_rows(&format!("rows.some(row => row[0] === {name})"), odd).await;
    }
    desk.tab.screenshot("odd-names").await;
    desk.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn another_language_in_mid_run() {
    let Some(desk) = Desk::open(Look::ENGLISH).await else { return };
    let tab = &desk.tab;
    tab.wait_for(&visible("#next"), "the first run").await;
    tab.click("#next").await;
    tab.wait_for(
        "document.getElementById('next-text').textContent === 'Send hello'",
        "the second step",
    )
    .await;
    tab.click("#language").await;
    tab.wait_for(
        "document.getElementById('next-text').textContent === '发送 hello'",
        "the same in Chinese",
    )
    .await;
    assert_eq!(tab.evaluate("document.documentElement.lang").await, "zh-CN");
    assert_eq!(tab.text("#say").await, "两端都插好了。");
    let english = "[...document.querySelectorAll('[data-word], [data-name]')].filter(node => node.checkVisibility() && /^[A-Z]?[a-z]+ [a-z ]+$/.test(node.dataset.name ? node.ariaLabel : node.textContent)).map(node => node.outerHTML)";
    assert_eq!(tab.evaluate(english).await, serde_json::json!([]));
    tab.reload().await;
    tab.wait_for(
        "document.getElementById('next-text')?.textContent === '发送 hello'",
        "the choice kept",
    )
    .await;
    tab.wait_for(&visible("#next"), "its button").await;
    tab.click("#language").await;
    tab.wait_for(
        "document.getElementById('next-text').textContent === 'Send hello'",
        "English again",
    )
    .await;
    desk.end().await;
}
