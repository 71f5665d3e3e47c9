//! Owns what a visitor does on the page while all goes on: chooses sockets, opens and shuts panels, goes
//! back in time and to the present again.

use crate::support::tab::Tab;
use std::time::Duration;
use tokio::time::{Instant, sleep};

/// Keys, each pair of which leaves the page as it was.
const KEYS: [&str; 10] = ["j", "j", "y", "y", "k", "k", "?", "Escape", "w", "Escape"];
/// From one gesture to the next.
const PAUSE: Duration = Duration::from_millis(700);

/// Clicks the `nth` element of these, if there is one: what is shown changes all the time.
async fn click(tab: &Tab, selector: &str, nth: u32) {
    let script = format!(
        "(all => all.length && all[{nth} % all.length].click())([...document.querySelectorAll({selector:?})].filter(one => one.checkVisibility()))"
    );
    tab.evaluate(&script).await;
}

/// Takes the line of time at a part of its width.
async fn scrub(tab: &Tab, part: f64) {
    for kind in ["down", "up"] {
        let script = format!(
            "(line => {{ const at = line.getBoundingClientRect(); line.dispatchEvent(new PointerEvent('pointer{kind}', {{ clientX: at.left + at.width * {part}, clientY: at.top + 9, pointerId: 1, buttons: 1, bubbles: true, cancelable: true }})); }})(document.getElementById('scrubber'))"
        );
        tab.evaluate(&script).await;
    }
}

/// One round of everything, then the present until `end`, with nothing open.
pub(crate) async fn visit(tab: &Tab, nth: u32, end: Instant) {
    click(tab, ".pick", nth).await;
    sleep(PAUSE).await;
    click(tab, "[data-do=ladder]", 0).await;
    sleep(PAUSE).await;
    click(tab, "[data-do=sheet]", 0).await;
    for key in KEYS {
        tab.press(key).await;
        sleep(PAUSE).await;
    }
    for part in [0.2, 0.6, 0.9] {
        scrub(tab, part).await;
        sleep(PAUSE).await;
        tab.press("ArrowLeft").await;
        tab.press("ArrowRight").await;
    }
    for key in ["+", "0", "End", "Escape"] {
        tab.press(key).await;
        sleep(PAUSE).await;
    }
    // The rest of the visit's span: what is left on the page is measured at its end.
    tokio::time::sleep_until(end).await;
}
