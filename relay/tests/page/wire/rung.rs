//! What the page says and does where there is no wire, or no longer a whole one.

use super::logged;
use crate::desk::{Desk, Look, visible};
use rustix::process::{Pid, Signal, kill_process};
use std::fs;

#[tokio::test(flavor = "multi_thread")]
async fn without_a_wire_the_page_says_so_and_works() {
    let Some(desk) = Desk::open_loopback_bench(Look::ENGLISH).await else { return };
    let tab = &desk.tab;
    assert_eq!(tab.evaluate("document.getElementById('rung').className").await, "off");
    assert!(tab.text("#rung").await.contains("loopback"), "{}", tab.text("#rung").await);
    for button in ["hold", "trap-now"] {
        assert_eq!(
            tab.evaluate(&format!("document.getElementById({button:?}).disabled")).await,
            true
        );
    }
    let why = tab.evaluate("document.getElementById('wire-tools').title").await;
    assert!(why.as_str().is_some_and(|why| why.contains("loopback only")), "{why}");
    for menu in ["weather", "trap"] {
        tab.click(&format!("#{menu} summary")).await;
        let says = format!("document.querySelector('#{menu} .why').textContent === {why}");
        tab.wait_for(&says, "the reason in the menu").await;
        assert_eq!(tab.evaluate(&visible(&format!("#{menu} form .strong"))).await, false);
        tab.press("Escape").await;
    }
    // The keys of the wire do nothing.
    for key in ["t", "h"] {
        desk.key(key).await;
    }
    // No choice of a network; all else as ever.
    tab.click("#host-left summary").await;
    assert_eq!(tab.evaluate(&visible("#host-left .where")).await, false);
    tab.press("Escape").await;
    let receiver = desk.make_server("right", "datagram").await;
    let address = desk.address(receiver).await;
    assert!(address.starts_with("127.0.0.1:"), "{address}");
    let sender = desk.make("left", "datagram").await;
    desk.say(sender, "sendto", "hello").await;
    desk.wait_for_rows("rows[0][7] === '5'", "the datagram to have arrived").await;
    desk.select(receiver).await;
    desk.offer(receiver, "recvfrom").await;
    desk.wait_beside(receiver, "b\"hello\"").await;
    assert_eq!(tab.evaluate("document.querySelectorAll('.spot').length").await, 0);
    desk.end().await;
}

/// The relay's helper: its child that is the same program.
fn helper(relay: u32) -> Pid {
    let own = fs::read_link(format!("/proc/{relay}/exe")).expect("the relay runs");
    let children = fs::read_dir("/proc").expect("/proc").flatten().filter_map(|entry| {
        let pid: i32 = entry.file_name().to_str()?.parse().ok()?;
        let stat = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
        let parent: u32 = stat.rsplit_once(") ")?.1.split(' ').nth(1)?.parse().ok()?;
        let same = fs::read_link(format!("/proc/{pid}/exe")).ok()? == own;
        (parent == relay && same).then_some(pid)
    });
    let all: Vec<i32> = children.collect();
    assert_eq!(all.len(), 1, "one helper: {all:?}");
    Pid::from_raw(all[0]).expect("a pid")
}

#[tokio::test(flavor = "multi_thread")]
async fn a_killed_helper_is_told_and_made_anew() {
    let Some(desk) = Desk::open_wire_bench(Look::ENGLISH).await else { return };
    let tab = &desk.tab;
    let (client, conn) = desk.connected().await;
    kill_process(helper(desk.relay.id()), Signal::KILL).expect("killed");
    tab.wait_for(&visible("#banner"), "the banner").await;
    let why = "The helper that keeps the wire's namespaces has ended. What is connected goes on; new sockets need a new wire.";
    assert_eq!(tab.text("#banner-why").await, why);
    tab.click("#language").await;
    let spoken =
        "/^看管线路.*辅助进程已经结束/.test(document.getElementById('banner-why').textContent)";
    tab.wait_for(spoken, "the same in Chinese").await;
    tab.click("#language").await;
    // What is on the wire lives on.
    desk.select(client).await;
    desk.say(client, "send", "hello").await;
    desk.wait_for_rows("rows[2][7] === '5'", "the old connection").await;
    desk.select(conn).await;
    desk.offer(conn, "recv").await;
    desk.wait_beside(conn, "b\"hello\"").await;
    tab.click("#restart").await;
    tab.wait_for(&format!("!({})", visible("#banner")), "the wire to be made anew").await;
    tab.click("#reset").await;
    tab.click("#reset").await;
    desk.wait_for_rows("rows.length === 0", "an empty bench").await;
    let (client, _) = desk.connected().await;
    desk.say(client, "send", "again").await;
    desk.wait_for_rows("rows[2][7] === '5'", "the new connection").await;
    desk.open_log().await;
    tab.wait_for(&logged(&["The wire is up"]), "the new wire").await;
    desk.end().await;
}
