//! Owns the menu of recordings: what is being written, and the last file.

use super::dom::{self, Slot, show};
use crate::text::{Language, page};
use protocol::World;
use wasm_bindgen::prelude::*;
use web_sys::HtmlElement;

/// The menu's parts.
pub(super) struct Tape {
    word: HtmlElement,
    state: Slot,
    save: HtmlElement,
    menu: HtmlElement,
}

impl Tape {
    /// Finds them.
    pub(super) fn new() -> Result<Self, JsValue> {
        let record: HtmlElement = dom::by_id("record")?;
        let word = dom::first(&record, "span").ok_or("record")?;
        Ok(Self {
            word,
            state: Slot::of("tape-state")?,
            save: dom::by_id("save")?,
            menu: dom::by_id("tape")?,
        })
    }

    /// Writes what changed.
    pub(super) fn refresh(&mut self, language: Language, newest: &World, wrong: Option<&str>) {
        let own = newest.recording.as_ref();
        let runs = own.is_some_and(|own| own.ended.is_none());
        let key = if runs { "record_stop" } else { "record" };
        dom::keep(&self.word, "data-word", key);
        let word = page::word(language, key);
        if self.word.text_content().as_deref() != Some(word) {
            self.word.set_text_content(Some(word));
        }
        dom::keep(&self.menu, "class", if runs { "menu runs" } else { "menu" });
        let told = own.map(|own| page::recorded(language, own)).unwrap_or_default();
        self.state.set(wrong.unwrap_or(&told));
        let file = own.filter(|own| own.ended.is_some() && !own.file.contains('/'));
        show(&self.save, file.is_some());
        if let Some(file) = file {
            dom::keep(&self.save, "data-file", &file.file);
        }
    }
}
