//! The help tells of the keys that do something now, and of no other.

use crate::desk::{Desk, Look, visible};

const KEYS: &str = "[...document.querySelectorAll('#help-keys kbd')].map(key => key.textContent)";

async fn keys(desk: &Desk, shown: &[&str], missing: &[&str]) {
    let tab = &desk.tab;
    tab.evaluate("document.activeElement.blur()").await;
    tab.press("?").await;
    tab.wait_for("document.getElementById('help').open", "the help").await;
    for key in shown {
        assert_eq!(tab.evaluate(&format!("{KEYS}.includes({key:?})")).await, true, "{key}");
    }
    for key in missing {
        assert_eq!(tab.evaluate(&format!("{KEYS}.includes({key:?})")).await, false, "{key}");
    }
    let empty = "[...document.querySelectorAll('#help-keys dd')].some(own => !own.textContent)";
    assert_eq!(tab.evaluate(empty).await, false);
    tab.press("Escape").await;
    tab.wait_for("!document.getElementById('help').open", "the help closed").await;
}

async fn told(look: Look) {
    let Some(desk) = Desk::open_wire(look).await else { return };
    desk.tab.wait_for(&visible("#next"), "the first run").await;
    keys(&desk, &["Enter", "Space", "Ctrl+K"], &["T", "H", "R", "N", "G"]).await;
    desk.tab.click("#reset").await;
    desk.wait_for_rows("rows.length === 0", "an empty bench").await;
    keys(&desk, &["T", "H", "N", "Space"], &["R", "S", "Enter", "G"]).await;
    desk.make_server("right", "datagram").await;
    keys(&desk, &["R", "S", "C"], &["Enter"]).await;
    desk.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn keys_that_work_now_in_english() {
    told(Look::ENGLISH).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn keys_that_work_now_in_chinese() {
    told(Look::CHINESE).await;
}
