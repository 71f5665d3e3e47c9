//! The wire is held: packets wait in the forwarder, each a button; released out of turn, read out of turn.

use super::{HELD, logged};
use crate::desk::{Desk, Look};

#[tokio::test(flavor = "multi_thread")]
async fn released_out_of_turn_and_read_out_of_turn() {
    let Some(desk) = Desk::open_wire_bench(Look::ENGLISH).await else { return };
    let tab = &desk.tab;
    let (client, conn) = desk.connected().await;
    let (sender, receiver) = desk.speaking().await;
    desk.hold_wire().await;
    tab.wait_for("/^held \\d/.test(document.getElementById('held-for').textContent)", "how long")
        .await;
    desk.select(sender).await;
    for text in ["one", "two", "three"] {
        desk.say(sender, "sendto", text).await;
    }
    let mut held = desk.held(3).await;
    desk.select(client).await;
    desk.say(client, "send", "hello").await;
    // The kernel's timer runs on: it sends the segment again, and that is held too.
    tab.wait_for(&format!("{HELD}.length > 4"), "the segment, and again").await;
    let segment = format!("{HELD}.find(packet => packet > {})", held[2]);
    held.extend(tab.evaluate(&segment).await.as_u64());
    desk.select(sender).await;

    // By keyboard: Tab from the stage comes to every one.
    tab.evaluate("document.getElementById('stage').focus()").await;
    let mut reached = Vec::new();
    for _ in 0..60 {
        tab.press("Tab").await;
        let at = tab.evaluate("+(document.activeElement.dataset.packet ?? 0)").await;
        reached.extend(at.as_u64().filter(|at| held.contains(at)));
        if reached.len() == held.len() {
            break;
        }
    }
    reached.sort_unstable();
    assert_eq!(reached, held, "every held packet is reached by Tab");

    // The third datagram first.
    tab.evaluate(&format!("document.querySelector('.spot[data-packet=\"{}\"]').focus()", held[2]))
        .await;
    tab.press("Enter").await;
    desk.wait_for_packet(held[2]).await;
    assert!(tab.text("#packet-title").await.contains("UDP 5 B from left"));
    desk.wait_for_state("^held \\d+\\.\\d s$").await;
    desk.act("release").await;
    desk.wait_for_state("^delivered \\d+\\.\\d s ago$").await;
    desk.open_packet(held[0]).await;
    desk.act("release").await;
    desk.wait_for_state("^delivered").await;
    tab.click("#packet [data-do=dismiss]").await;

    desk.wait_for_rows("rows[3][7] === '8'", "two of them in the buffer").await;
    desk.select(receiver).await;
    for text in ["three", "one"] {
        desk.offer(receiver, "recvfrom").await;
        desk.wait_beside(receiver, &format!("b\"{text}\"")).await;
    }
    let waits = format!("[{}, {}].every(packet => {HELD}.includes(packet))", held[1], held[3]);
    tab.wait_for(&waits, "the others to wait still").await;
    desk.let_go().await;
    desk.offer(receiver, "recvfrom").await;
    desk.wait_beside(receiver, "b\"two\"").await;
    desk.select(conn).await;
    desk.offer(conn, "recv").await;
    desk.wait_beside(conn, "b\"hello\"").await;
    desk.open_log().await;
    for said in ["The wire is held; kernel timers run on.", "The wire runs again."] {
        tab.wait_for(&logged(&[said]), said).await;
    }
    desk.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_packet_clicked_too_late_says_so() {
    let Some(desk) = Desk::open_wire_bench(Look::ENGLISH).await else { return };
    let tab = &desk.tab;
    let (sender, receiver) = desk.speaking().await;
    desk.say(sender, "sendto", "hello").await;
    desk.wait_for_rows("rows[0][7] === '5'", "the datagram to have arrived").await;
    // Back in the picture's time it is still on the wire.
    let spot = ".spot[aria-label*='UDP 5 B']";
    // The buttons follow the picture some frames later.
    let seen = format!(
        "new Promise(found => {{ let frames = 0; const look = () => {{
            if (document.querySelector({spot:?})) return found(true);
            if (++frames > 20) return found(false);
            requestAnimationFrame(look); }}; look(); }})"
    );
    for _ in 0..60 {
        if tab.evaluate(&seen).await == true {
            break;
        }
        tab.click("[data-do=back]").await;
    }
    tab.click(spot).await;
    desk.wait_for_state("^delivered \\d+\\.\\d s ago$").await;
    let nothing = "document.getElementById('packet-acts').hidden";
    tab.wait_for(nothing, "nothing to do to it any more").await;
    tab.press("Escape").await;
    desk.select(receiver).await;
    desk.offer(receiver, "recvfrom").await;
    desk.wait_beside(receiver, "b\"hello\"").await;
    desk.end().await;
}
