//! The wire by keyboard alone: every control is reached, menus close, the focus comes back.

use super::{CHIPS, WEATHER};
use crate::desk::{Desk, Look, visible};

/// What has the focus, in a word.
const FOCUS: &str = "(own => own.id || own.dataset.do && `${own.parentElement.id} ${own.dataset.do}` || `${own.parentElement?.id} ${own.tagName}`)(document.activeElement)";

async fn press_until(desk: &Desk, key: &str, there: &str) {
    for _ in 0..60 {
        if desk.tab.evaluate(FOCUS).await == there {
            return;
        }
        desk.tab.press(key).await;
    }
    panic!("{key} never comes to {there:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn every_control_of_the_bar_is_reached() {
    let Some(desk) = Desk::open_wire_bench(Look::ENGLISH).await else { return };
    let tab = &desk.tab;
    desk.key("t").await;
    tab.wait_for(&format!("{CHIPS}.length === 1"), "a trap").await;
    tab.click("#weather summary").await;
    tab.click("#presets [data-place='2']").await;
    tab.wait_for(&visible("#clean"), "a way back").await;
    tab.evaluate("document.querySelector('#host-left summary').focus()").await;
    for there in ["clean", "chips disarm", "weather SUMMARY", "trap-now", "trap SUMMARY", "hold"] {
        tab.press("Tab").await;
        assert_eq!(tab.evaluate(FOCUS).await, there);
    }
    // A menu opens by Enter, its controls follow by Tab, Escape closes it and gives the focus back.
    for (menu, first, last) in
        [("weather", "presets preset", "anew"), ("trap", "all-traps disarm", "count")]
    {
        tab.evaluate(&format!("document.querySelector('#{menu} summary').focus()")).await;
        tab.press("Enter").await;
        tab.wait_for(&visible(&format!("#{menu} form")), menu).await;
        tab.press("Tab").await;
        assert_eq!(tab.evaluate(FOCUS).await, first);
        let named = format!("document.activeElement.name === {last:?}");
        for _ in 0..60 {
            if tab.evaluate(&named).await == true {
                break;
            }
            tab.press("Tab").await;
        }
        assert_eq!(tab.evaluate(&named).await, true, "{last} is reached");
        tab.press("Escape").await;
        tab.wait_for(&format!("!({})", visible(&format!("#{menu} form"))), "it to close").await;
        assert_eq!(tab.evaluate(FOCUS).await, format!("{menu} SUMMARY"));
    }
    // Set by Enter in a field: the focus is back at the menu, too.
    tab.evaluate("document.querySelector('#weather summary').focus()").await;
    tab.press("Enter").await;
    tab.evaluate("document.querySelector('#weather [name=delay]').select()").await;
    tab.fill("#weather [name=delay]", "7").await;
    tab.press("Enter").await;
    tab.wait_for(&format!("{WEATHER}.startsWith('7 ms each way')"), "the weather").await;
    assert_eq!(tab.evaluate(FOCUS).await, "weather SUMMARY");
    // The trap is disarmed by Enter; the focus is where one is armed.
    press_until(&desk, "Tab", "trap-now").await;
    tab.evaluate("document.querySelector('#chips .chip').focus()").await;
    tab.press("Enter").await;
    tab.wait_for(&format!("{CHIPS}.length === 0"), "no trap").await;
    assert_eq!(tab.evaluate(FOCUS).await, "trap-now");
    desk.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_packet_is_handled_without_a_mouse() {
    let Some(desk) = Desk::open_wire_bench(Look::ENGLISH).await else { return };
    let tab = &desk.tab;
    let (sender, receiver) = desk.speaking().await;
    desk.hold_wire().await;
    desk.say(sender, "sendto", "hello").await;
    let held = desk.held(1).await;
    tab.evaluate("document.getElementById('stage').focus()").await;
    let there = format!("document.activeElement.dataset.packet === '{}'", held[0]);
    for _ in 0..60 {
        tab.press("Tab").await;
        if tab.evaluate(&there).await == true {
            break;
        }
    }
    tab.press("Enter").await;
    desk.wait_for_packet(held[0]).await;
    assert_eq!(tab.evaluate(FOCUS).await, "packet-title");
    tab.press("Escape").await;
    tab.wait_for(&there, "the focus back on the packet").await;
    tab.press(" ").await;
    desk.wait_for_packet(held[0]).await;
    press_until(&desk, "Tab", "packet-acts release").await;
    tab.press("Enter").await;
    desk.wait_for_state("^delivered").await;
    // Its buttons are gone: the focus is not lost.
    tab.wait_for("document.activeElement.id === 'packet-title'", "the focus kept").await;
    tab.press("Escape").await;
    tab.wait_for("document.getElementById('packet').hidden", "the panel closed").await;
    assert_ne!(tab.evaluate("document.activeElement.tagName").await, "BODY");
    desk.wait_for_rows("rows[0][7] === '5'", "the datagram").await;
    desk.key("h").await;
    desk.select(receiver).await;
    desk.offer(receiver, "recvfrom").await;
    desk.wait_beside(receiver, "b\"hello\"").await;
    desk.end().await;
}
