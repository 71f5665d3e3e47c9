//! Owns the caption of a lesson, the one dark button, and the doors to begin with.

use super::dom::{self, Slot, keep, pixels, show};
use super::phrase;
use crate::scene::{STRIP, Stage};
use crate::text::Language;
use crate::text::page;
use protocol::World;
use protocol::event::Words;
use protocol::world::Lesson;
use wasm_bindgen::prelude::*;
use web_sys::HtmlElement;

/// Caption, button, doors.
pub(super) struct Caption {
    root: HtmlElement,
    say: Slot,
    note: Slot,
    broken: Slot,
    next: HtmlElement,
    next_text: Slot,
    doors: HtmlElement,
    below: HtmlElement,
    lead: Slot,
    /// The step that the button has been pressed for.
    pressed: Option<(String, u32)>,
    /// The step that the button stands for, while it stands.
    offered: Option<(String, u32)>,
    stage: HtmlElement,
    thumb: HtmlElement,
    /// Somebody has made calls since the lesson ended.
    touched: bool,
    /// The next button takes the focus, wherever that is.
    claims: bool,
}

/// What a refresh needs to know.
pub(super) struct Known<'a> {
    pub(super) shown: &'a World,
    pub(super) newest: &'a World,
    pub(super) stage: &'a Stage,
    pub(super) width: f32,
    /// Page pixels in one of the scene's.
    pub(super) zoom: f32,
    pub(super) language: Language,
    pub(super) phone: bool,
    /// Whether this session may act, and somebody is there.
    pub(super) open: bool,
    /// Whether a card of its own tells of the end, with ways on.
    pub(super) card: bool,
}

/// From the dark button to the window's edge at least.
const EDGE: f32 = 20.0;

fn pick(language: Language, words: &Words) -> &str {
    language.pick(&words.en, &words.zh)
}

impl Caption {
    /// The shell's.
    pub(super) fn new() -> Result<Self, JsValue> {
        let next: HtmlElement = dom::by_id("next")?;
        let stage = next.parent_element().ok_or("next has no parent")?.dyn_into()?;
        Ok(Self {
            root: dom::by_id("caption")?,
            say: Slot::of("say")?,
            note: Slot::of("note")?,
            broken: Slot::of("broken")?,
            next,
            next_text: Slot::of("next-text")?,
            doors: dom::by_id("doors")?,
            below: dom::by_id("lower")?,
            lead: Slot::of("doors-lead")?,
            pressed: None,
            offered: None,
            stage,
            thumb: dom::by_id("thumb")?,
            touched: false,
            claims: false,
        })
    }

    /// The button is pressed: true once for each step.
    pub(super) fn press(&mut self) -> bool {
        let fresh = self.offered.is_some() && self.pressed != self.offered;
        self.pressed.clone_from(&self.offered);
        show(&self.next, false);
        fresh
    }

    /// A lesson was asked for: its first button takes the focus, wherever that is.
    pub(super) fn claim(&mut self) {
        self.claims = true;
    }

    /// The bench was touched: what a lesson said last, and its doors, make room.
    pub(super) fn touched(&mut self, touched: bool) {
        self.touched = touched;
    }

    /// The step whose button stands and is not pressed.
    pub(super) fn waits(&self) -> Option<u32> {
        let (_, step) = self.offered.as_ref().filter(|_| self.pressed != self.offered)?;
        Some(*step)
    }

    /// Whether what appears now takes the focus: it was asked for, or nothing has it.
    pub(super) fn is_idle(&mut self) -> bool {
        let active = dom::document().active_element();
        let idle = active
            .as_ref()
            .is_none_or(|a| matches!(a.tag_name().as_str(), "BODY") || a.id() == "next");
        idle || std::mem::take(&mut self.claims)
    }

    /// Whether it was.
    pub(super) fn is_touched(&self) -> bool {
        self.touched
    }

    /// The last press came to nothing; it may be pressed again.
    pub(super) fn release(&mut self) {
        self.pressed = None;
    }

    /// Brings it in line with the shown world; the button acts on the newest.
    pub(super) fn refresh(&mut self, known: &Known) {
        let language = known.language;
        let lesson = known.shown.lesson.as_ref();
        let lesson = lesson.filter(|lesson| lesson.ended.is_none() || !self.touched);
        keep(&self.root, "class", if lesson.is_some() { "" } else { "idle" });
        let (say, note) = match lesson {
            Some(lesson) if lesson.said.step > 0 => {
                (pick(language, &lesson.said.say), pick(language, &lesson.said.note))
            }
            Some(lesson) => (pick(language, &lesson.title), pick(language, &lesson.question)),
            None => (page::word(language, "bench"), ""),
        };
        for (slot, text) in [(&mut self.say, say), (&mut self.note, note)] {
            match language {
                Language::English => slot.set(text),
                Language::Chinese => slot.write(text, phrase::write),
            }
        }
        let broken = lesson
            .and_then(|lesson| lesson.broken.last())
            .map(|(step, expected, found)| page::broken(language, *step, expected, found));
        self.broken.set(broken.as_deref().unwrap_or_default());
        show(self.broken.node(), broken.is_some());
        self.button(known, lesson);
        self.doors(known);
    }

    fn button(&mut self, known: &Known, lesson: Option<&Lesson>) {
        let newest = known.newest.lesson.as_ref();
        let told = lesson.zip(newest).filter(|(shown, newest)| {
            known.open && shown.said == newest.said && newest.ended.is_none()
        });
        let words = told.and_then(|(_, newest)| newest.said.button.as_ref());
        let step = told.map(|(_, newest)| (newest.name.clone(), newest.said.step));
        let (Some(words), Some(step)) = (words, step) else {
            self.offered = None;
            return show(&self.next, false);
        };
        self.next_text.set(pick(known.language, words));
        let appears = self.offered.as_ref() != Some(&step);
        self.offered = Some(step);
        let fresh = self.pressed != self.offered;
        show(&self.next, fresh);
        self.put(known, lesson.and_then(|lesson| lesson.said.at));
        if fresh && appears && self.is_idle() {
            let _ = self.next.focus();
        }
    }

    /// On the strip below the lanes, at the wall of the socket that the step speaks of.
    fn put(&self, known: &Known, at: Option<protocol::SocketId>) {
        let parent = if known.phone { &self.thumb } else { &self.stage };
        if self.next.parent_element().as_ref() != Some(parent) {
            let _ = parent.append_child(&self.next);
        }
        if known.phone {
            return;
        }
        let mut ends = known.stage.lanes.iter().flat_map(|lane| &lane.ends);
        let end = at.and_then(|at| ends.find(|end| end.socket == at));
        let middle = end.map_or(known.width / 2.0, |end| end.outlet[0]);
        let half = self.next.offset_width() as f32 / 2.0 + EDGE;
        let left = crate::order::within(middle, half, (known.width - half).max(half));
        pixels(&self.next, "left", left);
        let strip = STRIP * known.zoom + self.next.offset_height() as f32;
        pixels(&self.next, "top", known.stage.height - strip / 2.0);
    }

    fn doors(&mut self, known: &Known) {
        let language = known.language;
        let lesson = known.newest.lesson.as_ref();
        let begins =
            lesson.is_some_and(|l| l.ended.is_none() && l.said.step <= 1 && l.name == "first");
        // Not before the picture has come to the end, too.
        let ended = |world: &World| world.lesson.as_ref().is_some_and(|l| l.ended.is_some());
        let over = ended(known.newest) && ended(known.shown) && !self.touched;
        let idle = lesson.is_none() && known.newest.sockets.is_empty();
        show(&self.doors, known.open && (begins || (over && !known.card) || idle));
        let lead = if begins {
            "or_begin"
        } else if over {
            "and_now"
        } else {
            "begin"
        };
        self.lead.set(page::word(language, lead));
        keep(&self.doors, "class", if over { "over" } else { "" });
        let parent = if over { &self.root } else { &self.below };
        if self.doors.parent_element().as_ref() != Some(parent) {
            let _ = parent.append_child(&self.doors);
        }
        for (id, shown) in [
            ("door-first", !begins),
            ("door-flood", lesson.is_none_or(|l| l.name != "flood" || l.ended.is_some())),
            (
                "door-voice",
                known.newest.wire.is_some()
                    && lesson.is_none_or(|l| l.name != "voice" || l.ended.is_some()),
            ),
            ("door-free", lesson.is_some()),
        ] {
            if let Ok(door) = dom::by_id::<HtmlElement>(id) {
                show(&door, shown);
            }
        }
    }
}
