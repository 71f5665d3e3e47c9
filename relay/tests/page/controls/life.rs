//! The life of a byte: turned on, sent, acknowledged long before it is read, and said in one sentence.

use crate::desk::{Desk, Look};
use crate::support::need;

const STATIONS: &str = "[...document.querySelectorAll('.life li')].map(own => [own.className, own.querySelector('b').textContent, own.querySelector('span').textContent])";

async fn life(look: Look) {
    let Some(desk) = Desk::open_wire_bench(look).await else { return };
    let tab = &desk.tab;
    let server = desk.make_server("right", "stream").await;
    let to = desk.address(server).await;
    let client = desk.make("left", "stream").await;
    desk.inspect(client).await;
    desk.try_call("connect", &[(0, &to)], "connect(").await;
    assert_eq!(tab.evaluate(&format!("{STATIONS}.length")).await, 0);
    desk.call("SO_TIMESTAMPING", &[]).await;
    let says =
        "document.querySelector('#inspector form[data-verb=SO_TIMESTAMPING] .outcome').textContent";
    tab.wait_for(&format!("{says} && !{says}.endsWith('…')"), "what came of it").await;
    let outcome = tab.evaluate(says).await.to_string();
    if outcome.contains("unsupported") {
        return need::skip("timestamps", &outcome);
    }
    desk.try_call("send", &[(0, "hello")], look.pick("taken by the kernel", "内核已收下")).await;
    let signed = look.pick("acknowledged", "已确认");
    let passed = |name: &str| {
        format!(
            "{STATIONS}.some(([is, when, own]) => is === 'passed' && /\\d/.test(when) && own === {name:?})"
        )
    };
    tab.wait_for(&passed(signed), "the signature").await;
    let read = look.pick("read by the program", "被程序读走");
    assert_eq!(tab.evaluate(&passed(read)).await, false);
    let unread = look.pick("not read: the kernel signs", "未被读走");
    let sentence =
        |text: &str| format!("document.querySelector('.life + p').textContent.includes({text:?})");
    tab.wait_for(&sentence(unread), "that nobody has looked").await;
    // What another clock stamped says how far off it may be.
    tab.wait_for(&format!("{STATIONS}.some(([, when]) => when.includes('±'))"), "how far off")
        .await;
    desk.inspect(client + 1).await;
    desk.try_call("recv", &[], "b\"hello\"").await;
    desk.inspect(client).await;
    tab.wait_for(&passed(read), "the reading").await;
    tab.wait_for(
        &sentence(
            look.pick("the kernel signed, the program had not looked", "内核签收时，程序还没看"),
        ),
        "what it teaches",
    )
    .await;
    desk.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn signed_before_it_is_read_in_english() {
    life(Look::ENGLISH).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn signed_before_it_is_read_in_chinese() {
    life(Look::CHINESE).await;
}
