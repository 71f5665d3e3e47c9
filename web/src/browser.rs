//! The page in the browser. Owns its start.

use wasm_bindgen::prelude::*;

/// Runs once the browser has loaded the page.
#[wasm_bindgen(start)]
fn start() {
    let boot =
        web_sys::window().and_then(|w| w.document()).and_then(|d| d.get_element_by_id("boot"));
    if let Some(boot) = boot {
        boot.set_text_content(Some("Patchbay is running."));
    }
}
