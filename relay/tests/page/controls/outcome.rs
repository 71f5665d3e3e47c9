//! What came of a call stays to be read where it was made, and is said aloud once.

use crate::desk::{Desk, Look, says};

async fn stays(look: Look) {
    let Some(desk) = Desk::open_bench(look).await else { return };
    let tab = &desk.tab;
    // A datagram socket is gone as soon as it is closed.
    let socket = desk.make("left", "datagram").await;
    desk.inspect(socket).await;
    let denied = look.pick("not connected", "没有连接");
    desk.call("shutdown", &[]).await;
    desk.wait_outcome("shutdown", denied).await;
    desk.wait_said(denied).await;
    desk.call("close", &[]).await;
    desk.wait_for_rows("rows.length === 0", "it is gone").await;
    desk.wait_outcome("close", "close() → ok").await;
    desk.wait_outcome("shutdown", denied).await;
    tab.wait_for(
        &says("inspector-title", look.pick("gone from the kernel", "内核里也没有了")),
        "that it is gone",
    )
    .await;
    desk.wait_said("close() → ok").await;
    let name = look.pick("socket", "套接字");
    tab.wait_for(
        &says("made-left", &format!("{name} {socket}: close() → ok")),
        "its end at its host",
    )
    .await;
    tab.click("#inspector [data-do=dismiss]").await;
    // Another socket of that host takes its place.
    desk.make("left", "stream").await;
    tab.wait_for("document.getElementById('made-left').textContent === ''", "room for the next")
        .await;
    // Said once: what is read beside the socket is not live too.
    let live = "[...document.querySelectorAll('.calls .outcome, #inspector .outcome')].every(own => own.ariaLive === 'off')";
    assert_eq!(tab.evaluate(live).await, true);
    desk.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn outcomes_stay_in_english() {
    stays(Look::ENGLISH).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn outcomes_stay_in_chinese() {
    stays(Look::CHINESE).await;
}
