//! Owns the player's bar: what is played, how far it is, and its hands.

use super::super::app::App;
use super::super::dom::{self, Slot, keep, show};
use crate::text::page;
use wasm_bindgen::prelude::*;
use web_sys::HtmlElement;

/// The bar.
pub(super) struct Bar {
    root: HtmlElement,
    title: Slot,
    question: Slot,
    progress: Slot,
    auto: HtmlElement,
    stop: HtmlElement,
}

impl Bar {
    pub(super) fn new() -> Result<Self, JsValue> {
        Ok(Self {
            root: dom::by_id("player")?,
            title: Slot::of("player-title")?,
            question: Slot::of("player-question")?,
            progress: Slot::of("progress")?,
            auto: dom::by_id("auto")?,
            stop: dom::by_id("stop")?,
        })
    }
}

impl App {
    pub(super) fn refresh_player(&mut self) {
        let language = self.language;
        let lesson = self.timeline.world().lesson.as_ref();
        let lesson = lesson.filter(|own| own.ended.is_none() || !self.lesson.is_touched());
        let own = &mut self.experiments;
        let bar = &mut own.player;
        show(&bar.root, lesson.is_some());
        let Some(lesson) = lesson else { return };
        bar.title.set(language.pick(&lesson.title.en, &lesson.title.zh));
        let question = language.pick(&lesson.question.en, &lesson.question.zh);
        bar.question.set(question);
        keep(bar.question.node(), "title", question);
        let step = lesson.said.step.min(lesson.steps);
        bar.progress.set(&page::step_of(language, step, lesson.steps));
        keep(&bar.auto, "aria-pressed", if own.auto.is_on() { "true" } else { "false" });
        show(&bar.auto, lesson.ended.is_none());
        show(&bar.stop, lesson.ended.is_none());
    }
}
