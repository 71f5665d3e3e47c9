//! One packet in the hand: opened as its layers, killed, copied, damaged; the journal says so too.

use super::logged;
use crate::desk::{Desk, Look};

#[tokio::test(flavor = "multi_thread")]
async fn a_packet_is_opened_killed_copied_damaged() {
    let Some(desk) = Desk::open_wire_bench(Look::ENGLISH).await else { return };
    let tab = &desk.tab;
    let (sender, receiver) = desk.speaking().await;
    desk.hold_wire().await;
    for text in ["a", "bb", "ccc", "dddd"] {
        desk.say(sender, "sendto", text).await;
    }
    let held = desk.held(4).await;

    // Layers and bytes: 20 of IPv4, 8 of UDP, 4 of payload.
    desk.open_packet(held[3]).await;
    let sizes = "[...document.querySelectorAll('#packet-layers h4')].map(layer => layer.innerText.replaceAll('\\n', ' ')).join()";
    assert_eq!(tab.evaluate(sizes).await, "IPv4 header 20 B,UDP header 8 B,application bytes 4 B");
    let count = "document.querySelectorAll('#packet-bytes [data-at]').length";
    assert_eq!(tab.evaluate(count).await, 2 * 32);
    let payload = "[...document.querySelectorAll('#packet-bytes .hex [data-at]')].slice(28).map(cell => cell.textContent).join(' ')";
    assert_eq!(tab.evaluate(payload).await, "64 64 64 64");
    assert_eq!(tab.text("#packet-overhead").await, "4 B of payload in 32 B: 88 % is headers");
    // A field lights its bytes, and the arrow keys walk on.
    tab.evaluate("document.querySelector('.layer.udp .fields li').focus()").await;
    let lit = "[...document.querySelectorAll('#packet-bytes .hex .lit')].map(cell => +cell.dataset.at).join()";
    tab.wait_for(&format!("{lit} === '20,21'"), "the source port's bytes").await;
    tab.press("ArrowDown").await;
    tab.wait_for(&format!("{lit} === '22,23'"), "the destination port's bytes").await;

    desk.open_packet(held[0]).await;
    desk.act("kill").await;
    desk.wait_for_state("^lost \\d+\\.\\d s ago: killed by hand$").await;
    desk.open_packet(held[1]).await;
    desk.act("copy").await;
    // The copy goes at once, past the held wire.
    desk.wait_for_rows("rows[0][7] === '2'", "the copy to have arrived").await;
    assert_eq!(desk.held(3).await, held[1..]);
    desk.open_packet(held[2]).await;
    desk.act("damage").await;
    tab.wait_for(
        "document.getElementById('packet-note').textContent.includes('a bit was flipped')",
        "the damage",
    )
    .await;
    tab.click("#packet [data-do=dismiss]").await;
    desk.open_log().await;
    for said in [
        &["UDP 1 B left → right, lost: killed by hand"][..],
        &["UDP 2 B left → right, sent twice; the copy is packet "],
        &["UDP 3 B left → right, a bit of byte ", " flipped"],
    ] {
        tab.wait_for(&logged(said), said[0]).await;
    }
    desk.close_log().await;

    // Right's kernel throws the damaged one away; the copy is read as a second one.
    desk.let_go().await;
    desk.select(receiver).await;
    for text in ["bb", "bb", "dddd"] {
        desk.offer(receiver, "recvfrom").await;
        desk.wait_beside(receiver, &format!("b\"{text}\"")).await;
    }
    desk.wait_for_rows("rows[0][7] === '0'", "nothing more to read").await;
    desk.key("w").await;
    let sums = "[...document.querySelectorAll('#packet .counters tr')].some(row => row.innerText.includes('InCsumErrors') && row.lastElementChild.textContent === '1')";
    tab.wait_for(sums, "the kernel's counter of bad sums").await;
    desk.end().await;
}
