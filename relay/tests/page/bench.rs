//! The free bench: a server and a client made by clicking, and a word from one to the other.

use crate::desk::{Desk, Look, beside};

async fn hello(look: Look, desk: Option<Desk>) {
    let Some(desk) = desk else { return };
    let tab = &desk.tab;
    let server = desk.make_server("right", "stream").await;
    desk.wait_for_rows(
        "rows.length === 1 && rows[0][3] === 'LISTEN' && rows[0][8] === 'accept()'",
        "accept asleep",
    )
    .await;
    let client = desk.make("left", "stream").await;
    let to = format!(
        "document.querySelector({:?}).value",
        format!("{} [data-input='0']", beside(client, "connect"))
    );
    tab.wait_for(&to, "the server's address in the client's form").await;
    assert_eq!(tab.evaluate(&to).await, desk.address(server).await.as_str());
    desk.offer(client, "connect").await;
    desk.wait_beside(client, "connect(").await;
    desk.wait_for_rows(
        "rows.filter(row => row[3] === 'ESTABLISHED').length === 2",
        "both ends plugged in",
    )
    .await;
    let conn = server.max(client) + 1;

    // Type, Enter. The kernel of the right has it; nobody has read it.
    tab.fill(&format!("{} [data-input='0']", beside(client, "send")), "hello").await;
    tab.press("Enter").await;
    desk.wait_beside(client, look.pick("taken by the kernel", "内核已收下")).await;
    desk.wait_for_rows("rows.length === 3 && rows[2][7] === '5'", "five bytes waiting").await;
    desk.inspect(conn).await;
    let facts =
        "[...document.querySelectorAll('#inspector .facts dd')].map(fact => fact.textContent)";
    tab.wait_for(
        &format!("{facts}[7] === '5 B' && {facts}[24] === '0 B, ×0'"),
        "FIONREAD 5, none read",
    )
    .await;
    let peeked = "[...document.querySelectorAll('#inspector .bytes')].at(-1).textContent === '68 65 6c 6c 6f'";
    tab.wait_for(peeked, "the bytes that wait").await;
    tab.press("Escape").await;

    desk.offer(conn, "recv").await;
    desk.wait_beside(conn, "b\"hello\"").await;
    desk.wait_for_rows("rows[2][7] === '0'", "an empty buffer").await;
    desk.offer(client, "close").await;
    desk.wait_for_rows("rows[2][3] === 'CLOSE_WAIT'", "the other end to know").await;
    desk.select(conn).await;
    desk.offer(conn, "close").await;
    desk.wait_for_rows(
        "rows.every(row => !['ESTABLISHED', 'CLOSE_WAIT'].includes(row[3]))",
        "both closed",
    )
    .await;
    desk.end().await;
}

const DARK: Look = Look { dark: true, size: (1280, 720), ..Look::CHINESE };

#[tokio::test(flavor = "multi_thread")]
async fn hello_in_english() {
    hello(Look::ENGLISH, Desk::open_wire_bench(Look::ENGLISH).await).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn hello_in_chinese() {
    hello(DARK, Desk::open_wire_bench(DARK).await).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn hello_without_a_wire_in_english() {
    hello(Look::ENGLISH, Desk::open_loopback_bench(Look::ENGLISH).await).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn hello_without_a_wire_in_chinese() {
    hello(DARK, Desk::open_loopback_bench(DARK).await).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_port_that_is_none_is_said_in_the_menu() {
    let Some(desk) = Desk::open_bench(Look::ENGLISH).await else { return };
    desk.tab.click("#host-right summary").await;
    desk.tab.fill("form[data-side=right] input[name=port]", "70000").await;
    desk.tab.click("form[data-side=right] button[value=server]").await;
    let note = "document.querySelector('form[data-side=right] .outcome').textContent.includes('70000 is no port')";
    desk.tab.wait_for(note, "why it is none").await;
    desk.wait_for_rows("rows.length === 0", "no socket").await;
    desk.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_keys_of_the_chosen_socket() {
    let Some(desk) = Desk::open_bench(Look::ENGLISH).await else { return };
    let receiver = desk.make_server("right", "datagram").await;
    let to = desk.address(receiver).await;
    let sender = desk.make("left", "datagram").await;
    let field = format!("{} [data-input='1']", beside(sender, "sendto"));
    desk.tab
        .wait_for(
            &format!("document.querySelector({field:?}).value === {to:?}"),
            "the guessed receiver",
        )
        .await;
    // S writes, Enter sends, R reads, L tells.
    desk.select(sender).await;
    desk.tab.press("s").await;
    desk.tab.wait_for("document.activeElement.dataset.input === '0'", "the field's focus").await;
    desk.tab.press("Enter").await;
    desk.wait_beside(sender, "taken by the kernel").await;
    desk.wait_for_rows("rows[0][7] !== '0'", "a datagram waiting").await;
    desk.select(receiver).await;
    desk.tab.press("r").await;
    desk.wait_beside(receiver, "hello").await;
    desk.tab.press("j").await;
    desk.tab
        .wait_for(
            "document.getElementById('log-lines').textContent.includes('recvfrom')",
            "the log",
        )
        .await;
    desk.tab.press("Escape").await;
    desk.tab.wait_for("document.getElementById('log').hidden", "the log closed").await;
    desk.end().await;
}
