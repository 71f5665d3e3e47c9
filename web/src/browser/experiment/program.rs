//! Owns the panel of what was done, as a program: read, copied, saved.

use super::super::app::App;
use super::super::clipboard::Copier;
use super::super::dom::{self, Slot};
use super::super::ladder::save;
use crate::lesson::program::written;
use crate::text::{Language, page};
use protocol::program::Dialect;
use wasm_bindgen::prelude::*;
use web_sys::{HtmlDialogElement, HtmlTextAreaElement};

/// The panel.
pub(super) struct Panel {
    dialog: HtmlDialogElement,
    text: HtmlTextAreaElement,
    says: Slot,
    copier: Copier,
}

impl Panel {
    pub(super) fn new() -> Result<Self, JsValue> {
        Ok(Self {
            dialog: dom::by_id("program")?,
            text: dom::by_id("program-text")?,
            says: Slot::of("program-says")?,
            copier: Copier::new(App::program_copied),
        })
    }

    /// To the clipboard, where the browser lets it; else the text is selected.
    pub(super) fn copy(&self) {
        self.text.select();
        self.copier.copy(&self.text.value());
    }

    pub(super) fn save(&self, dialect: Dialect) {
        let _ = save(&self.text.value(), dialect.file(), "text/plain");
    }

    fn answer(&mut self, language: Language, copied: bool) {
        self.says.set(page::word(language, if copied { "copied" } else { "copy_by_hand" }));
        let _ = self.text.focus();
    }
}

impl App {
    /// Opens or closes the panel.
    pub(super) fn toggle_program(&mut self) {
        if self.experiments.program.dialog.open() {
            return self.experiments.program.dialog.close();
        }
        super::close_dialogs();
        let _ = self.experiments.program.dialog.show_modal();
        self.write_program();
    }

    /// Writes it in the chosen language, up to the shown moment.
    pub(super) fn write_program(&mut self) {
        let at = self.clock.moment().at;
        let own = &mut self.experiments;
        if !own.program.dialog.open() {
            return;
        }
        own.program.text.set_value(&written(&self.timeline, own.dialect, at));
        own.program.says.set("");
    }

    fn program_copied(&mut self, copied: bool) {
        self.experiments.program.answer(self.language, copied);
    }
}
