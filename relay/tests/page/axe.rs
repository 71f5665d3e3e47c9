//! axe-core finds nothing on the page: in its main states, light and dark, in both languages, on a desk and
//! on a phone, with what can be open open, and in the lecture view.

use crate::desk::{Desk, Look, visible};
use crate::gallery::{crowd, settle};
use serde_json::Value;

const AXE: &str = include_str!("../axe/axe.min.js");
pub(crate) const RUN: &str = "axe.run(document, { resultTypes: ['violations'] }).then(found => found.violations.map(own => \
    `${own.id} (${own.help}): ${own.nodes.map(node => node.target.join(' ') + ' ' + (node.any[0]?.message ?? '')).join(', ')}`))";

/// Window, dark, language of a look.
pub(crate) type Seen = ((u32, u32), bool, &'static str);

const DESK: (u32, u32) = (1280, 720);
const PHONE: (u32, u32) = (390, 844);
pub(crate) const LOOKS: [Seen; 4] =
    [(DESK, false, "en"), (DESK, true, "zh-CN"), (PHONE, true, "en"), (PHONE, false, "zh-CN")];

/// What axe says of a state in these looks.
pub(crate) async fn look(desk: &Desk, state: &str, looks: &[Seen], found: &mut Vec<String>) {
    for (size, dark, lang) in looks {
        let spoken = format!("document.documentElement.lang === {lang:?}");
        if desk.tab.evaluate(&spoken).await == false {
            // By script: the panel that is open may cover the button.
            desk.tab.evaluate("document.getElementById('language').click()").await;
            desk.tab.wait_for(&spoken, lang).await;
        }
        desk.tab.resize(size.0, size.1).await;
        desk.tab.darken(*dark).await;
        settle(desk).await;
        let Value::Array(said) = desk.tab.evaluate(RUN).await else { panic!("axe says nothing") };
        found.extend(said.iter().map(|own| format!("{state} {} {lang}: {own}", size.0)));
    }
    desk.tab.resize(DESK.0, DESK.1).await;
    settle(desk).await;
}

pub(crate) async fn open(desk: &Desk) {
    desk.tab.evaluate(&format!("{AXE}; Boolean(window.axe)")).await;
}

async fn press(desk: &Desk, key: &str) {
    desk.tab.evaluate("document.activeElement?.blur()").await;
    desk.tab.press(key).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn axe_finds_nothing() {
    let Some(desk) = Desk::open(Look::ENGLISH).await else { return };
    open(&desk).await;
    let mut found = Vec::new();
    desk.tab.wait_for(&visible("#next"), "the first step").await;
    look(&desk, "first", &LOOKS, &mut found).await;
    press(&desk, "l").await;
    look(&desk, "lecture", &LOOKS[..2], &mut found).await;
    press(&desk, "Escape").await;
    desk.tab.evaluate("document.getElementById('reset').click()").await;
    desk.wait_for_rows("rows.length === 0", "an empty bench").await;
    look(&desk, "empty", &LOOKS, &mut found).await;
    let server = crowd(&desk).await;
    desk.select(server).await;
    look(&desk, "bench", &LOOKS, &mut found).await;
    desk.inspect(server).await;
    look(&desk, "inspector", &LOOKS, &mut found).await;
    press(&desk, "Escape").await;
    for (what, key, shown) in [
        ("log", "j", "#log"),
        ("wire", "w", "#packet"),
        ("help", "?", "#help[open]"),
        ("palette", "/", "#palette[open]"),
    ] {
        press(&desk, key).await;
        desk.tab.wait_for(&visible(shown), what).await;
        look(&desk, what, &LOOKS[1..3], &mut found).await;
        press(&desk, "Escape").await;
    }
    for menu in ["#host-right .menu", "#weather", "#trap"] {
        desk.tab.evaluate(&format!("document.querySelector('{menu}').open = true")).await;
        look(&desk, menu, &LOOKS[..2], &mut found).await;
        desk.tab.evaluate(&format!("document.querySelector('{menu}').open = false")).await;
    }
    desk.end().await;
    assert!(found.is_empty(), "{} violations:\n{}", found.len(), found.join("\n"));
}
