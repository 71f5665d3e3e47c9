//! Owns the experiment's program below: one line a call, and where the kernel is.

use super::super::app::App;
use super::super::dom::{self, Slot, add, keep, make, say, set, show};
use crate::lesson::code::{Mark, dialect_name, mark, text};
use crate::text::{Language, page};
use protocol::Nanos;
use protocol::command::Side;
use protocol::program::Dialect;
use protocol::world::Lesson;
use wasm_bindgen::prelude::*;
use web_sys::HtmlElement;

/// One line.
struct Line {
    item: HtmlElement,
    sign: Slot,
    note: Slot,
    mark: Option<Mark>,
}

/// The tab.
pub(super) struct Tab {
    root: HtmlElement,
    list: HtmlElement,
    hint: HtmlElement,
    lines: Vec<Line>,
    /// Whose lines are written: run, how many, language of code.
    written: Option<(Nanos, usize, Dialect)>,
}

impl Tab {
    pub(super) fn new() -> Result<Self, JsValue> {
        Ok(Self {
            root: dom::by_id("code")?,
            list: dom::by_id("code-lines")?,
            hint: dom::by_id("code-hint")?,
            lines: Vec::new(),
            written: None,
        })
    }

    pub(super) fn forget(&mut self) {
        self.written = None;
    }

    /// Writes the lines anew where they are others.
    fn write(&mut self, language: Language, lesson: &Lesson, run: Nanos, dialect: Dialect) {
        let key = (run, lesson.lines.len(), dialect);
        if self.written == Some(key) {
            return;
        }
        self.written = Some(key);
        dom::empty(&self.list);
        self.lines.clear();
        for line in &lesson.lines {
            let (item, sign) = (make("li", ""), make("span", "at"));
            set(&sign, "aria-hidden", "true");
            let role =
                if line.role.is_empty() { page::word(language, "code_wire") } else { &line.role };
            let (body, note) = (make("span", "line"), make("span", "note"));
            add(&body, &[&say("code", "", text(dialect, line)), &note]);
            add(&item, &[&sign, &say("span", "role", role), &body]);
            add(&self.list, &[&item]);
            let (sign, note) = (Slot::new(sign), Slot::new(note));
            self.lines.push(Line { item, sign, note, mark: None });
        }
    }

    /// Shows a line among those that are seen.
    fn bring(&self, item: &HtmlElement) {
        let (top, height) = (item.offset_top(), item.offset_height());
        let (seen, from) = (self.root.client_height(), self.root.scroll_top());
        let to = from.min(top - height).max(top + 2 * height - seen);
        if to != from {
            self.root.set_scroll_top(to);
        }
    }
}

/// The sign of a mark, its word, and its class.
fn told(mark: Mark) -> (&'static str, &'static str, &'static str) {
    match mark {
        Mark::Ahead => ("·", "", "ahead"),
        Mark::Here => ("▶", "code_here", "here"),
        Mark::Done => ("✓", "", "done"),
        Mark::Asleep => ("‖", "code_asleep", "asleep"),
    }
}

impl Line {
    /// Shows where it stands; whether the kernel has just come here.
    fn refresh(&mut self, language: Language, mark: Mark, right: bool) -> bool {
        let (sign, word, class) = told(mark);
        keep(&self.item, "class", &[class, if right { " right" } else { "" }].concat());
        if self.mark == Some(mark) {
            return false;
        }
        self.mark = Some(mark);
        self.sign.set(sign);
        self.note.set(if word.is_empty() { "" } else { page::word(language, word) });
        let here = matches!(mark, Mark::Here);
        if here {
            set(&self.item, "aria-current", "step");
        } else {
            let _ = self.item.remove_attribute("aria-current");
        }
        here
    }
}

impl App {
    pub(super) fn refresh_code(&mut self) {
        let language = self.language;
        let (shown, newest) = (self.timeline.world(), self.timeline.newest());
        let run = self.timeline.cleared(shown.at);
        let below = self.is_code_below();
        let own = &mut self.experiments;
        let (tab, dialect) = (&mut own.code, own.dialect);
        for button in dom::all(&self.root, ".dialects button") {
            let pressed = button.text_content().as_deref() == Some(dialect_name(dialect));
            keep(&button, "aria-pressed", if pressed { "true" } else { "false" });
        }
        show(&tab.root, below);
        if !below {
            return;
        }
        let lesson = shown.lesson.as_ref().filter(|own| !own.lines.is_empty());
        show(&tab.hint, lesson.is_none());
        show(&tab.list, lesson.is_some());
        let Some(lesson) = lesson else { return };
        tab.write(language, lesson, run, dialect);
        let asleep = own.acts.asleep(shown);
        let mut here = None;
        for (row, line) in tab.lines.iter_mut().zip(&lesson.lines) {
            let mut all = newest.sockets.values();
            let socket = all.find(|own| own.name.as_deref() == Some(&line.role));
            let right = socket.is_some_and(|own| own.side == Side::Right);
            if row.refresh(language, mark(lesson, &asleep, line), right) {
                here = Some(row.item.clone());
            }
        }
        if let Some(here) = here {
            tab.bring(&here);
        }
    }
}
