//! The call gate: shut by its key, each call run by hand, and never mistaken for the other two pauses.

use crate::desk::{Desk, Look, says, visible};

async fn gate(look: Look) {
    let Some(desk) = Desk::open_bench(look).await else { return };
    let tab = &desk.tab;
    let receiver = desk.make_server("right", "datagram").await;
    let to = desk.address(receiver).await;
    let sender = desk.make("left", "datagram").await;
    let shut = "document.getElementById('callgate-switch').ariaPressed === 'true'";
    tab.evaluate("document.activeElement.blur()").await;
    tab.press("n").await;
    tab.wait_for(shut, "a shut gate").await;
    tab.wait_for(
        &says(
            "callgate-says",
            look.pick("No call begins until you run it.", "你放行之前，任何调用都不会开始。"),
        ),
        "that it is shut",
    )
    .await;
    // The other two pauses are something else.
    for other in ["pause", "hold"] {
        let pressed = format!("document.getElementById({other:?}).ariaPressed");
        assert_eq!(tab.evaluate(&pressed).await, "false", "{other}");
    }
    let signs = "new Set(['#pause-sign', '#callgate-switch svg', '#hold-word'].map(own => document.querySelector(own).outerHTML)).size";
    assert_eq!(tab.evaluate(signs).await, 3);

    // Each call waits under its host; only the next can be run.
    desk.inspect(sender).await;
    desk.try_call(
        "sendto",
        &[(0, "one"), (1, &to)],
        look.pick("waits until you run it", "等你放行"),
    )
    .await;
    desk.inspect(receiver).await;
    desk.call("recvfrom", &[]).await;
    tab.press("Escape").await;
    tab.wait_for(&says("waits-left-code", "sendto(b\"one\""), "the first call").await;
    tab.wait_for(&says("waits-right-code", "recvfrom(1024)"), "the second").await;
    tab.wait_for(&says("callgate-says", look.pick("2 calls wait", "2 个调用在等待")), "two").await;
    assert_eq!(
        tab.evaluate("getComputedStyle(document.getElementById('waits-left')).borderTopStyle")
            .await,
        "dashed"
    );
    assert_eq!(
        tab.evaluate("document.getElementById('callgate-run').parentElement.id").await,
        "waits-left"
    );
    desk.wait_for_rows("rows.every(row => row[7] === '0')", "nothing sent yet").await;
    tab.evaluate("document.getElementById('callgate-run').focus()").await;
    tab.press("Enter").await;
    tab.wait_for(&says("callgate-says", look.pick("1 call waits", "1 个调用在等待")), "one left")
        .await;
    tab.wait_for(
        "document.getElementById('callgate-run').parentElement.id === 'waits-right'",
        "its turn",
    )
    .await;
    desk.wait_for_rows("rows[0][7] === '3'", "it was sent").await;
    tab.wait_for("document.activeElement.id === 'callgate-run'", "the focus kept").await;
    tab.press("Enter").await;
    desk.wait_beside(receiver, "b\"one\"").await;
    tab.wait_for("document.activeElement.id === 'callgate-switch'", "the focus at the switch")
        .await;

    // Several at once, by one button; what was asked at an open gate waits for nobody.
    desk.inspect(sender).await;
    for text in ["two", "three"] {
        desk.call("sendto", &[(0, text), (1, &to)]).await;
    }
    tab.press("Escape").await;
    tab.wait_for(&visible("#callgate-all"), "the button for all").await;
    tab.click("#callgate-all").await;
    desk.wait_for_rows("rows[0][7] === '8'", "both sent").await;
    tab.evaluate("document.activeElement.blur()").await;
    tab.press("n").await;
    tab.wait_for(&format!("!({shut})"), "an open gate").await;
    tab.wait_for("document.getElementById('waits-left').hidden", "nothing waits").await;
    desk.inspect(sender).await;
    desk.try_call(
        "sendto",
        &[(0, "four"), (1, &to)],
        look.pick("taken by the kernel", "内核已收下"),
    )
    .await;
    tab.press("Escape").await;
    // On a phone the waiting call is at the thumb.
    tab.resize(390, 844).await;
    tab.evaluate("document.activeElement.blur()").await;
    tab.press("n").await;
    tab.wait_for("document.querySelector('#thumb #callgate.shut')", "the gate at the thumb").await;
    desk.offer(sender, "sendto").await;
    tab.wait_for(&visible("#thumb #callgate-run"), "the waiting call there").await;
    tab.click("#callgate-run").await;
    desk.wait_beside(sender, look.pick("taken by the kernel", "内核已收下")).await;
    tab.evaluate("document.activeElement.blur()").await;
    tab.press("n").await;
    tab.wait_for("document.querySelector('main > #callgate')", "the gate in its place").await;
    desk.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn each_call_is_run_by_hand_in_english() {
    gate(Look::ENGLISH).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn each_call_is_run_by_hand_in_chinese() {
    gate(Look::CHINESE).await;
}
