//! Owns what makes a page legible, as numbers: nothing covered, cut, small or pale.

use crate::support::tab::Tab;

const EYE: &str = include_str!("eye.js");

/// What offends on the page as it stands.
pub(crate) async fn offences(tab: &Tab) -> Vec<String> {
    let found = tab.evaluate(EYE).await;
    serde_json::from_value(found).expect("a list of lines")
}
