//! Unix sockets on the page: made in the host's menu, named in the address field, and told of.

use crate::desk::{Desk, Look, beside, says};

async fn menu(desk: &Desk, side: &str, kind: &str) {
    desk.tab.click(&format!("#host-{side} summary")).await;
    desk.tab.click(&format!("form[data-side={side}] input[value={kind}]")).await;
    desk.tab.click(&format!("form[data-side={side}] input[value=unix]")).await;
}

async fn talk(look: Look) {
    let Some(desk) = Desk::open_bench(look).await else { return };
    let tab = &desk.tab;
    menu(&desk, "right", "stream").await;
    // A name where others have a port, and no wire to choose.
    let word = "document.querySelector('form[data-side=right] [name=port]').previousElementSibling.textContent";
    assert_eq!(tab.evaluate(word).await, look.pick("name", "名字"));
    tab.fill("form[data-side=right] [name=port]", "chat").await;
    let server = desk.press_and_know("form[data-side=right] button[value=server]").await;
    desk.wait_for_rows("rows[0][3] === 'LISTEN' && rows[0][4] === 'unix:chat'", "a named listener")
        .await;
    menu(&desk, "left", "stream").await;
    let client = desk.press_and_know("form[data-side=left] button[value=plain]").await;
    let to = format!(
        "document.querySelector({:?})?.value === 'unix:chat'",
        format!("{} [data-input='0']", beside(client, "connect"))
    );
    tab.wait_for(&to, "its name in the client's form").await;
    desk.offer(client, "connect").await;
    desk.wait_for_rows("rows.filter(row => row[3] === 'ESTABLISHED').length === 2", "both ends")
        .await;
    desk.inspect(client).await;
    desk.try_call("send", &[(0, "hello")], look.pick("taken by the kernel", "内核已收下")).await;
    let far = "document.querySelectorAll('#inspector .facts dd')[29].textContent";
    tab.wait_for(&format!("/^\\d+$/.test({far})"), "our socket at the other end").await;
    let conn = client.max(server) + 1;
    // They stand in one lane: both ends' calls are offered.
    tab.press("Escape").await;
    desk.select(client).await;
    desk.offer(conn, "recv").await;
    desk.wait_beside(conn, "b\"hello\"").await;
    // A second of that name; a name that is a path.
    menu(&desk, "right", "stream").await;
    let second = desk.press_and_know("form[data-side=right] button[value=plain]").await;
    desk.inspect(second).await;
    desk.call("bind", &[(0, "chat")]).await;
    desk.wait_outcome("bind", "EADDRINUSE").await;
    desk.call("bind", &[(0, "unix:../chat")]).await;
    let bad = "document.querySelector('#inspector form[data-verb=bind] .outcome').className === 'outcome bad'";
    tab.wait_for(bad, "no path").await;
    tab.wait_for(&says("inspector-title", look.pick("right", "右边")), "where it stands").await;
    desk.end().await;
}

async fn datagrams(look: Look) {
    let Some(desk) = Desk::open_bench(look).await else { return };
    menu(&desk, "right", "datagram").await;
    desk.tab.fill("form[data-side=right] [name=port]", "post").await;
    let receiver = desk.press_and_know("form[data-side=right] button[value=server]").await;
    desk.wait_for_rows("rows[0][4] === 'unix:post'", "a name").await;
    menu(&desk, "left", "datagram").await;
    let sender = desk.press_and_know("form[data-side=left] button[value=plain]").await;
    desk.inspect(sender).await;
    desk.try_call(
        "sendto",
        &[(0, "你好"), (1, "post")],
        look.pick("taken by the kernel", "内核已收下"),
    )
    .await;
    desk.wait_for_rows("rows[0][7] === '6'", "six bytes waiting").await;
    desk.inspect(receiver).await;
    desk.try_call("recvfrom", &[], "你好").await;
    desk.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stream_has_a_name_in_english() {
    talk(Look::ENGLISH).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stream_has_a_name_in_chinese() {
    talk(Look::CHINESE).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn datagrams_go_to_a_name_in_english() {
    datagrams(Look::ENGLISH).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn datagrams_go_to_a_name_in_chinese() {
    datagrams(Look::CHINESE).await;
}
