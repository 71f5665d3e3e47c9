//! Owns the card of a finished experiment: what the tutorial claims, what the kernel did, and the way on.

use super::super::app::App;
use super::super::dom::{self, Slot, keep, show};
use crate::lesson::path::next;
use crate::lesson::was_left;
use crate::text::{Language, page};
use protocol::experiment::Verdict;
use protocol::world::Lesson;
use wasm_bindgen::prelude::*;
use web_sys::{Element, HtmlElement};

/// The card.
pub(super) struct Card {
    root: HtmlElement,
    claim: HtmlElement,
    who: Slot,
    original: Slot,
    translated: Slot,
    is: HtmlElement,
    shape: Element,
    word: Slot,
    here: Slot,
    kept: Slot,
    onward: HtmlElement,
    onward_text: Slot,
}

/// Those whose end has doors of its own.
const DOORS: [&str; 2] = ["first", "flood"];

/// A seal's path in a box of 26: one shape a verdict, so that no colour is needed.
fn seal(verdict: Option<Verdict>) -> (&'static str, &'static str) {
    match verdict {
        // A circle with a tick.
        Some(Verdict::True) => {
            ("true", "M13 2a11 11 0 1 0 0 22a11 11 0 1 0 0-22zM7.5 13.5l4 4 7.5-8.5")
        }
        // A triangle with a stroke.
        Some(Verdict::Loose) => ("loose", "M13 3L24.5 23.5H1.5zM13 10.5v6M13 20v.1"),
        // A square with a cross.
        Some(Verdict::Wrong) => ("wrong", "M3 3h20v20H3zM8.5 8.5l9 9M17.5 8.5l-9 9"),
        // A diamond with a wave.
        Some(Verdict::Fair) => {
            ("fair", "M13 1.5L24.5 13 13 24.5 1.5 13zM8 14c1.7-3 3.3-3 5-1s3.300 2 5-1")
        }
        None => ("", "M5 13h16M15 7l6 6-6 6"),
    }
}

impl Card {
    pub(super) fn new() -> Result<Self, JsValue> {
        Ok(Self {
            root: dom::by_id("verdict")?,
            claim: dom::by_id("claim")?,
            who: Slot::of("claim-who")?,
            original: Slot::of("claim-original")?,
            translated: Slot::of("claim-translated")?,
            is: dom::by_id("verdict-is")?,
            shape: dom::by_id("verdict-shape")?,
            word: Slot::of("verdict-word")?,
            here: Slot::of("verdict-here")?,
            kept: Slot::of("verdict-kept")?,
            onward: dom::by_id("onward")?,
            onward_text: Slot::of("onward-text")?,
        })
    }

    pub(super) fn show(&self, shown: bool) {
        show(&self.root, shown);
    }

    fn refresh(&mut self, language: Language, lesson: &Lesson, next: Option<&str>) {
        show(&self.claim, lesson.claim.is_some());
        if let Some(claim) = &lesson.claim {
            let [who, original, translated] = page::claim(language, claim);
            self.who.set(&who);
            self.original.set(&original);
            show(self.translated.node(), !translated.is_empty());
            self.translated.set(&translated);
        }
        let is = lesson.verdict.as_ref().map(|(is, _)| *is);
        let (class, path) = seal(is);
        keep(&self.is, "class", class);
        keep(&self.shape, "d", path);
        self.word.set(page::word(language, is.map_or("card_over", page::verdict_key)));
        let here = lesson.verdict.as_ref().map(|(_, here)| language.pick(&here.en, &here.zh));
        self.here.set(here.map(String::as_str).unwrap_or_default());
        self.kept.set(&page::promises(language, lesson.held, lesson.broken.len()));
        keep(self.kept.node(), "class", if lesson.broken.is_empty() { "dim" } else { "bad" });
        show(&self.onward, next.is_some());
        if let Some(next) = next {
            self.onward_text.set(&page::next_experiment(language, next));
        }
    }
}

impl App {
    /// Whether the card is there.
    pub(super) fn refresh_verdict(&mut self) -> bool {
        let language = self.language;
        let lesson = self.timeline.world().lesson.as_ref().filter(|own| {
            let judged = own.verdict.is_some() || !DOORS.contains(&own.name.as_str());
            own.ended.is_some() && judged && !was_left(own) && !self.lesson.is_touched()
        });
        let Some(lesson) = lesson.cloned() else { return false };
        let next = next(self.heads(), self.wire_is_here(), &lesson.name);
        let next = next.map(|next| {
            let title = &next.head.title;
            language.pick(&title.en, &title.zh).clone()
        });
        let fresh = !self.experiments.stands;
        self.experiments.verdict.refresh(language, &lesson, next.as_deref());
        if fresh && self.lesson.is_idle() {
            self.experiments.verdict.show(true);
            show(&self.experiments.card, true);
            let _ = self.experiments.verdict.onward.focus();
        }
        true
    }
}
