//! The first run on the wire, packet by packet: what is seen, said and counted on the way.

use super::{drawn, logged};
use crate::desk::{Desk, Look, says, visible};

/// Everything that the caption says, that the stage draws, and that packets are called, in order.
const RECORD: &str = "(() => { \
    window.record = { said: [], stage: [], packets: [], timer: [] }; \
    const keep = (list, text) => { if (text && !list.includes(text)) list.push(text); }; \
    const frame = () => { \
        keep(record.said, document.getElementById('say').textContent); \
        for (const spot of document.querySelectorAll('.spot')) keep(record.packets, spot.ariaLabel); \
        for (const [canvas, texts] of witness.drawn) if (canvas.id === 'stage-canvas') { \
            for (const own of texts) keep(record.stage, own.text); \
            const at = texts.findIndex(own => own.text.startsWith('kernel resends in')); \
            if (at >= 0) keep(record.timer, texts[at + 1].text); } \
        requestAnimationFrame(frame); }; frame(); })()";

async fn next(desk: &Desk, button: &str) {
    desk.tab.wait_for(&says("next-text", button), button).await;
    desk.tab.wait_for(&visible("#next"), button).await;
    desk.tab.click("#next").await;
}

async fn recorded(desk: &Desk, list: &str) -> Vec<String> {
    let all = desk.tab.evaluate(&format!("record.{list}")).await;
    serde_json::from_value(all).expect("texts")
}

/// Whether all of these come, in this order, each held by one text.
fn in_order(all: &[String], wanted: &[&str]) -> bool {
    let mut rest = all.iter();
    wanted.iter().all(|want| rest.any(|text| text.contains(want)))
}

#[tokio::test(flavor = "multi_thread")]
async fn every_packet_of_the_first_minute_is_seen() {
    let Some(desk) = Desk::open_wire(Look::ENGLISH).await else { return };
    let tab = &desk.tab;
    tab.wait_for(&visible("#next"), "the first button").await;
    for host in ["left 10.77.0.1", "right 10.77.0.2"] {
        tab.wait_for(&drawn("stage-canvas", host), host).await;
    }
    tab.evaluate(RECORD).await;
    next(&desk, "Connect").await;
    next(&desk, "Send hello").await;
    let said = recorded(&desk, "said").await;
    let story =
        ["SYN.", "SYN-ACK. Its program is still asleep", "connect() returned", "Plugged in"];
    assert!(in_order(&said, &story), "{said:?}");
    let packets = recorded(&desk, "packets").await;
    let handshake = ["SYN from left", "SYN-ACK from right", "ACK from left"];
    assert!(in_order(&packets, &handshake), "{packets:?}");
    next(&desk, "recv(1024)").await;
    next(&desk, "Lose the next packet").await;
    next(&desk, "Same with a datagram").await;
    let said = recorded(&desk, "said").await;
    let story = [
        "send() has already returned 5. Nothing has arrived.",
        "5 bytes wait",
        "Lost. Nobody has been told.",
        "the kernel sends it again.",
        "你好 arrived after all",
    ];
    assert!(in_order(&said, &story), "{said:?}");
    let timer = recorded(&desk, "timer").await;
    assert!(timer.len() > 3, "the kernel's timer runs down: {timer:?}");
    let packets = recorded(&desk, "packets").await;
    assert!(in_order(&packets, &["6 B from left", "6 B sent again from left"]), "{packets:?}");
    let stage = recorded(&desk, "stage").await;
    assert!(stage.iter().any(|text| text.ends_with(": your trap")), "{stage:?}");
    assert!(stage.iter().any(|text| text == "again"), "{stage:?}");

    tab.wait_for(&drawn("stage-canvas", "nobody sends it again"), "the silence").await;
    desk.open_log().await;
    for said in [
        "SYN left → right, delivered after",
        "SYN-ACK right → left, delivered after",
        "ACK left → right, delivered after",
        "6 B left → right, lost: your trap",
        "6 B sent again left → right, delivered after",
        "UDP 6 B left → right, lost: your trap",
    ] {
        tab.wait_for(&logged(&[said]), said).await;
    }
    desk.close_log().await;
    let timers = recorded(&desk, "timer").await.len();
    next(&desk, "Send 1,000 datagrams").await;
    assert_eq!(recorded(&desk, "timer").await.len(), timers, "no timer runs for a datagram");
    next(&desk, "Read the other").await;
    tab.wait_for(&says("say", "0 unexplained."), "the balance").await;
    // Two stacks and what was read: all 1,000.
    let end = tab.text("#say").await;
    let numbers: Vec<u32> =
        end.split(|c: char| !c.is_ascii_digit()).filter_map(|number| number.parse().ok()).collect();
    let [read, lost, dropped, unexplained] = numbers[..] else { panic!("{end}") };
    assert!(read > 0 && lost > 0 && dropped > 0, "{end}");
    assert_eq!([read + lost + dropped, unexplained], [1_000, 0], "{end}");
    for stack in
        [lost.to_string(), "lost on the wire".into(), dropped.to_string(), "buffer full".into()]
    {
        tab.wait_for(&drawn("stage-canvas", &stack), &stack).await;
    }
    desk.end().await;
}
