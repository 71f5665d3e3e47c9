//! Owns the choice of language and the shell's own words.

use super::app::App;
use super::dom::{all, document, keep, set, window};
use crate::text::Language;
use crate::text::page;
use web_sys::Element;

const KEY: &str = "patchbay.language";

/// The language chosen before, else the browser's.
pub(super) fn preferred() -> Language {
    let stored = window()
        .local_storage()
        .ok()
        .flatten()
        .and_then(|storage| storage.get_item(KEY).ok().flatten());
    let tag = stored.or_else(|| window().navigator().language()).unwrap_or_default();
    if tag.starts_with("zh") { Language::Chinese } else { Language::English }
}

/// Writes the words of everything below `root` that names them by key.
pub(super) fn apply(root: &Element, language: Language) {
    for element in all(root, "[data-word]") {
        let key = element.get_attribute("data-word").unwrap_or_default();
        if let Some((english, chinese)) = page::both(&key) {
            element.set_text_content(Some(language.pick(english, chinese)));
            if element.class_list().contains("word") {
                set(&element, "data-other", language.pick(chinese, english));
            }
        }
    }
    for (key, attribute) in
        [("data-name", "aria-label"), ("data-hint", "title"), ("data-ghost", "placeholder")]
    {
        for element in all(root, &format!("[{key}]")) {
            let word = element.get_attribute(key).unwrap_or_default();
            if let Some((english, chinese)) = page::both(&word) {
                set(&element, attribute, language.pick(english, chinese));
            }
        }
    }
}

impl App {
    /// Speaks another language from now on.
    pub(super) fn speak(&mut self, language: Language) {
        self.language = language;
        if let Ok(Some(storage)) = window().local_storage() {
            let _ = storage.set_item(KEY, language.pick("en", "zh"));
        }
        self.words();
    }

    /// Writes all words anew.
    pub(super) fn words(&mut self) {
        let language = self.language;
        if let Some(html) = document().document_element() {
            keep(&html, "lang", language.pick("en", "zh-CN"));
        }
        apply(&self.root, language);
        let other = self.language_button.clone();
        other.set_text_content(Some(language.pick("中文", "English")));
        set(&other, "lang", language.pick("zh-CN", "en"));
        self.bench.forget();
        self.experiments.forget();
        self.inspector.forget();
        self.wire_bar.forget();
        self.panel.forget();
        self.log.rewrite();
        // What was said aloud was said in the other language.
        self.log.hush();
        self.shell.said.set("");
        self.dirty = true;
    }
}
