//! Owns the lecture view: larger, and only hosts, wire and ladder. How large, the window says.

use super::app::App;
use super::dom::{self, window};
use crate::lecture::{Page, page};
use crate::text::decimal;

/// The window that a bench of usual size would need; what is larger, enlarges.
const USUAL: [f64; 2] = [1109.0, 624.0];
/// Text of 13 px becomes 15.
const LEAST: f64 = 15.0 / 13.0;
const MOST: f64 = 3.0;

/// Whether the link asks for it.
pub(super) fn wanted() -> bool {
    let search = window().location().search().unwrap_or_default();
    search.trim_start_matches('?').split('&').any(|part| part == "view=lecture")
}

/// How much larger than usual everything is.
fn zoom() -> f32 {
    let size = |value: Result<wasm_bindgen::JsValue, _>| value.ok()?.as_f64();
    let width = size(window().inner_width()).unwrap_or(USUAL[0]);
    let height = size(window().inner_height()).unwrap_or(USUAL[1]);
    crate::order::within((width / USUAL[0]).min(height / USUAL[1]), LEAST, MOST) as f32
}

impl App {
    /// Into the lecture view, or out of it.
    pub(super) fn set_lecture(&mut self, on: bool) {
        self.lecture = on;
        self.dirty = true;
    }

    /// Says to the style sheet how large everything is.
    pub(super) fn enlarge(&mut self, vertical: bool) {
        self.room.zoom = if self.lecture && !vertical { zoom() } else { 1.0 };
        let style = self.shell.app.style();
        let text = decimal::short((self.room.zoom * 1_000.0).ceil() as u64, 1_000, 3);
        if style.get_property_value("--zoom").as_deref() != Ok(&text) {
            let _ = style.set_property("--zoom", &text);
        }
        dom::keep(&self.shell.app, "data-view", if self.lecture { "lecture" } else { "desk" });
    }

    /// A clicker's key.
    pub(super) fn turn_page(&mut self, forward: bool) {
        let newest = self.timeline.newest();
        let told = newest.lesson.is_some() && !self.lesson.is_touched();
        let since = self.timeline.cleared(newest.at);
        let acts = self.timeline.acts();
        let first = acts.partition_point(|act| *act < since);
        let acts = if told { &acts[first..] } else { &[] };
        match page(forward, acts, self.clock.moment().at, self.clock.paused()) {
            Page::Next => self.next_step(),
            Page::Show(at) => self.clock.show(at, &mut self.timeline),
            Page::Live => self.clock.catch_up(&mut self.timeline),
            Page::Event(forward) => self.clock.step(forward, None, &mut self.timeline),
            Page::Stay => {}
        }
    }
}
