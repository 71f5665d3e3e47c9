//! Owns the palette and the help: two dialogs made from the one list of actions.

use super::app::App;
use super::dom::{self, add, keep, make, say, set, show};
use super::with;
use crate::intent::{ACTIONS, Gesture, key_name};
use crate::palette::{Entry, entries, find};
use crate::text::Language;
use crate::text::page;
use wasm_bindgen::prelude::*;
use web_sys::{Element, HtmlDialogElement, HtmlElement, HtmlInputElement, KeyboardEvent};

/// The palette's parts and what stands in it.
pub(super) struct Palette {
    dialog: HtmlDialogElement,
    field: HtmlInputElement,
    list: HtmlElement,
    none: HtmlElement,
    rows: Vec<Entry>,
    /// What was found, as places among the rows.
    found: Vec<usize>,
    /// The chosen place among those.
    at: usize,
}

/// How far Page keys go.
const PAGE: usize = 8;

impl Palette {
    /// The shell's.
    pub(super) fn new() -> Result<Self, JsValue> {
        Ok(Self {
            dialog: dom::by_id("palette")?,
            field: dom::by_id("palette-field")?,
            list: dom::by_id("palette-list")?,
            none: dom::by_id("palette-none")?,
            rows: Vec::new(),
            found: Vec::new(),
            at: 0,
        })
    }

    /// Whether it is open.
    fn is_open(&self) -> bool {
        self.dialog.open()
    }

    fn open(&mut self, rows: Vec<Entry>, language: Language) {
        self.rows = rows;
        self.field.set_value("");
        let _ = self.dialog.show_modal();
        self.search(language);
    }

    /// Writes what fits; the best is chosen.
    fn search(&mut self, language: Language) {
        self.found = find(&self.field.value(), &self.rows);
        dom::empty(&self.list);
        for (place, row) in self.found.iter().enumerate() {
            let Some(entry) = self.rows.get(*row) else { continue };
            let [english, chinese] = &entry.says;
            let item = make("li", "");
            set(&item, "role", "option");
            set(&item, "id", &option(place));
            set(&item, "data-place", &place.to_string());
            add(&item, &[&say("span", "", language.pick(english, chinese))]);
            if !entry.key.is_empty() {
                add(&item, &[&say("kbd", "", &entry.key)]);
            }
            add(&self.list, &[&item]);
        }
        show(&self.none, self.found.is_empty());
        self.choose(0);
    }

    fn choose(&mut self, at: usize) {
        self.at = at.min(self.found.len().saturating_sub(1));
        for old in dom::all(&self.list, "[aria-selected=true]") {
            set(&old, "aria-selected", "false");
        }
        let id = option(self.at);
        if let Ok(item) = dom::by_id::<HtmlElement>(&id) {
            set(&item, "aria-selected", "true");
            let (top, height) = (item.offset_top(), item.offset_height());
            let (seen, from) = (self.list.client_height(), self.list.scroll_top());
            self.list.set_scroll_top(from.min(top).max(top + height - seen));
            keep(&self.field, "aria-activedescendant", &id);
        } else {
            let _ = self.field.remove_attribute("aria-activedescendant");
        }
    }

    /// Closes it, which gives the focus back; what was chosen.
    fn take(&mut self, at: usize) -> Option<Gesture> {
        self.dialog.close();
        self.found.get(at).and_then(|row| self.rows.get(*row)).map(|entry| entry.does)
    }
}

fn option(place: usize) -> String {
    format!("palette-{place}")
}

/// Another text stands in the field.
pub(super) fn written(target: Option<&Element>) {
    if target.is_some_and(|own| own.id() == "palette-field") {
        with(|app| app.palette.search(app.language));
    }
}

/// A row was clicked, or the ground beside a dialog, which closes it. Whether it was this.
pub(super) fn clicked(target: &Element) -> bool {
    if let Some(dialog) = target.dyn_ref::<HtmlDialogElement>() {
        dialog.close();
        return true;
    }
    let Ok(Some(row)) = target.closest("#palette [role=option]") else { return false };
    let place = row.get_attribute("data-place").and_then(|place| place.parse().ok());
    with(|app| app.take(place.unwrap_or(usize::MAX)));
    true
}

/// A key in a dialog.
pub(super) fn pressed(event: &KeyboardEvent, key: &str, ctrl: bool) {
    with(|app| {
        let palette = &mut app.palette;
        if !palette.is_open() {
            if ctrl && key.eq_ignore_ascii_case("k") {
                super::experiment::close_dialogs();
                app.open_palette();
                event.prevent_default();
            }
            return;
        }
        let (at, last) = (palette.at, palette.found.len().saturating_sub(1));
        let to = match key {
            "k" | "K" if ctrl => {
                palette.dialog.close();
                return event.prevent_default();
            }
            "ArrowDown" if at == last => 0,
            "ArrowDown" => at + 1,
            "ArrowUp" if at == 0 => last,
            "ArrowUp" => at - 1,
            "PageDown" => at + PAGE,
            "PageUp" => at.saturating_sub(PAGE),
            "Enter" => {
                app.take(at);
                return event.prevent_default();
            }
            _ => return,
        };
        palette.choose(to);
        event.prevent_default();
    });
}

impl App {
    /// Opens the palette with what can be done now.
    pub(super) fn open_palette(&mut self) {
        let rows = entries(&self.now());
        self.palette.open(rows, self.language);
    }

    fn take(&mut self, at: usize) {
        if let Some(gesture) = self.palette.take(at) {
            self.gesture(gesture);
        }
    }

    /// Opens or closes the help: the keys that do something now.
    pub(super) fn toggle_help(&mut self) {
        let Ok(help) = dom::by_id::<HtmlDialogElement>("help") else { return };
        if help.open() {
            return help.close();
        }
        let Ok(list) = dom::by_id::<HtmlElement>("help-keys") else { return };
        dom::empty(&list);
        let now = self.now();
        for action in ACTIONS.iter().filter(|own| !own.keys.is_empty() && now.works(own.does)) {
            let keys = make("dt", "");
            for key in action.keys {
                add(&keys, &[&say("kbd", "", &key_name(key))]);
            }
            add(&list, &[&keys, &say("dd", "", page::word(self.language, action.words))]);
        }
        let _ = help.show_modal();
    }
}
