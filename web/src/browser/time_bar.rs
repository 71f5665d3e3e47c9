//! Owns the bar of the picture's time.

use super::dom::{self, Slot, keep, pixels, show};
use crate::clock::{Clock, Speed};
use crate::text::{Language, graph, page, picture};
use crate::timeline::{Timeline, Trouble};
use js_sys::Number;
use protocol::SocketId;
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
    span: Slot,
    slowed: Slot,
    landed: Slot,
    steps_of: Slot,
    jumps_to: Slot,
    whose: HtmlElement,
    seeks: Vec<HtmlElement>,
}

/// What it is brought up to date with.
pub(super) struct Known<'a> {
    pub(super) language: Language,
    pub(super) clock: &'a Clock,
    pub(super) timeline: &'a Timeline,
    pub(super) live: bool,
    /// Steps are this socket's events only.
    pub(super) own: Option<SocketId>,
    pub(super) sought: Trouble,
    /// What a step or jump has come to: where, whether it is bad, the sentence.
    pub(super) landed: Option<(f32, bool, String)>,
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
            span: Slot::of("span")?,
            slowed: Slot::of("slowed")?,
            landed: Slot::of("landed")?,
            steps_of: Slot::of("steps-of")?,
            jumps_to: Slot::of("jumps-to")?,
            whose: dom::by_id("whose")?,
            seeks: dom::all(&dom::by_id("seeks")?, "button"),
        })
    }

    /// The scrubber's element.
    pub(super) fn scrubber(&self) -> &HtmlElement {
        &self.scrubber
    }

    /// Writes the shown moment and how it goes.
    pub(super) fn refresh(&mut self, known: &Known) {
        let Known { language, clock, live, .. } = *known;
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
        let earliest = known.timeline.earliest().min(moment.at);
        keep(&self.scrubber, "aria-valuemin", &(earliest / 1_000_000).to_string());
        let told = known.landed.as_ref().map(|(.., told)| [&text, ", ", told].concat());
        keep(&self.scrubber, "aria-valuetext", told.as_ref().unwrap_or(&text));
        self.refresh_line(known);
        self.refresh_steps(known);
        let value = match clock.speed() {
            Speed::Auto => "auto".to_owned(),
            Speed::Fixed(rate) => written(rate),
        };
        if self.speed.value() != value {
            self.speed.set_value(&value);
        }
    }

    /// The span shown, what is slowed down, and what was come to.
    fn refresh_line(&mut self, known: &Known) {
        let Known { language, clock, .. } = *known;
        let line = clock.line(known.timeline);
        self.span.set(&graph::zoomed(language, line.length(), line.whole));
        if self.span.node().has_attribute("disabled") == line.zoomed {
            let _ = self.span.node().toggle_attribute_with_force("disabled", !line.zoomed);
        }
        let slowed = clock.slowed().map(|(was, takes)| graph::slowed(language, was, takes));
        self.slowed.set(&slowed.unwrap_or_default());
        show(self.landed.node(), known.landed.is_some());
        if let Some((x, bad, told)) = &known.landed {
            self.landed.set(told);
            pixels(self.landed.node(), "left", *x);
            keep(self.landed.node(), "class", if *bad { "bad" } else { "" });
        }
    }

    /// Whose events steps go through, and what jumps look for.
    fn refresh_steps(&mut self, known: &Known) {
        let language = known.language;
        let own = known.own.map(|own| picture::remembered_name(language, known.timeline, own));
        self.steps_of.set(own.as_deref().unwrap_or(page::word(language, "all_events")));
        self.jumps_to.set(graph::sought(language, known.sought));
        keep(&self.whose, "aria-pressed", if own.is_some() { "true" } else { "false" });
        for (button, sought) in self.seeks.iter().zip(Trouble::ALL) {
            keep(button, "aria-pressed", if sought == known.sought { "true" } else { "false" });
        }
    }
}

/// A number as the shell's options write it.
fn written(rate: f64) -> String {
    Number::from(rate).to_string_with_radix(10).map(String::from).unwrap_or_default()
}
