//! Owns the bar of the picture's time.

use super::dom::{self, Slot, keep};
use crate::clock::{Clock, Speed};
use crate::text::Language;
use crate::text::page;
use js_sys::Number;
use wasm_bindgen::prelude::*;
use web_sys::{HtmlElement, HtmlSelectElement};

/// The bar's texts.
pub(super) struct TimeBar {
    pause: HtmlElement,
    sign: Slot,
    word: Slot,
    moment: Slot,
    pace: Slot,
    speed: HtmlSelectElement,
    scrubber: HtmlElement,
}

impl TimeBar {
    /// The shell's.
    pub(super) fn new() -> Result<Self, JsValue> {
        Ok(Self {
            pause: dom::by_id("pause")?,
            sign: Slot::of("pause-sign")?,
            word: Slot::of("pause-word")?,
            moment: Slot::of("moment")?,
            pace: Slot::of("pace")?,
            speed: dom::by_id("speed")?,
            scrubber: dom::by_id("scrubber")?,
        })
    }

    /// The scrubber's element.
    pub(super) fn scrubber(&self) -> &HtmlElement {
        &self.scrubber
    }

    /// Writes the shown moment and how it goes.
    pub(super) fn refresh(&mut self, language: Language, clock: &Clock, live: bool) {
        let paused = clock.paused();
        keep(&self.pause, "aria-pressed", if paused { "true" } else { "false" });
        self.sign.set(if paused { "▶" } else { "‖" });
        self.word.set(page::word(language, if paused { "resume" } else { "pause" }));
        // The longest of the four words keeps the room.
        keep(self.word.node(), "data-other", page::word(Language::English, "pause"));
        let moment = clock.moment();
        let text = page::moment(moment.at);
        self.moment.set(&text);
        match clock.skipped() {
            _ if !live => self.pace.set(page::word(language, "clock_stands")),
            Some(span) => self.pace.set(&page::skipped(language, span)),
            None => self.pace.set(&page::pace(language, clock.rate(), clock.behind(), paused)),
        }
        let far = clock.behind() > 50_000_000 || clock.skipped().is_some();
        keep(self.pace.node(), "class", if far { "quiet far" } else { "quiet" });
        keep(&self.scrubber, "aria-valuemax", &(moment.now / 1_000_000).to_string());
        keep(&self.scrubber, "aria-valuenow", &(moment.at / 1_000_000).to_string());
        keep(&self.scrubber, "aria-valuetext", &text);
        let value = match clock.speed() {
            Speed::Auto => "auto".to_owned(),
            Speed::Fixed(rate) => written(rate),
        };
        if self.speed.value() != value {
            self.speed.set_value(&value);
        }
    }
}

/// A number as the shell's options write it.
fn written(rate: f64) -> String {
    Number::from(rate).to_string_with_radix(10).map(String::from).unwrap_or_default()
}
