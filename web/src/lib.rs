//! Patchbay's page: the journal, shown at a moment.

/// Runs once the browser has loaded the page.
#[cfg(target_arch = "wasm32")]
mod browser {
    use wasm_bindgen::prelude::*;

    #[wasm_bindgen(start)]
    fn start() {
        let boot =
            web_sys::window().and_then(|w| w.document()).and_then(|d| d.get_element_by_id("boot"));
        if let Some(boot) = boot {
            boot.set_text_content(Some("Patchbay is running."));
        }
    }
}
