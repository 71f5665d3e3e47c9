//! Owns the way of a text to the clipboard, where the browser lets it: elsewhere, as on a page that came
//! by plain HTTP from another machine, there is none. Never keeps the text.

use super::app::App;
use super::{dom, with};
use js_sys::{Promise, Reflect};
use wasm_bindgen::prelude::*;

/// Copies, and tells the page what came of it.
pub(super) struct Copier {
    copied: Closure<dyn FnMut(JsValue)>,
    refused: Closure<dyn FnMut(JsValue)>,
}

impl Copier {
    /// `answer` hears whether the clipboard took the text.
    pub(super) fn new(answer: fn(&mut App, bool)) -> Self {
        let told = |copied| Closure::new(move |_| with(|app| answer(app, copied)));
        Self { copied: told(true), refused: told(false) }
    }

    /// Copies. The answer comes later, never from within.
    pub(super) fn copy(&self, text: &str) {
        let navigator = dom::window().navigator();
        let there = Reflect::get(&navigator, &"clipboard".into());
        let asked = if there.is_ok_and(|own| own.is_object()) {
            navigator.clipboard().write_text(text)
        } else {
            Promise::reject(&JsValue::UNDEFINED)
        };
        let _ = asked.then2(&self.copied, &self.refused);
    }
}
