//! Owns the strip of the call gate, between the picture's time and the calls: its switch, and under
//! each host the call that waits there first.

use super::dom::{self, Slot, keep, show};
use crate::text::Language;
use crate::text::page::{self, Gate};
use protocol::World;
use protocol::command::Side;
use wasm_bindgen::prelude::*;
use web_sys::HtmlElement;

/// The strip.
pub(super) struct CallGate {
    root: HtmlElement,
    main: HtmlElement,
    below: HtmlElement,
    thumb: HtmlElement,
    switch: HtmlElement,
    says: Slot,
    all: HtmlElement,
    run: HtmlElement,
    places: [Place; 2],
}

/// Where one host's waiting call stands.
struct Place {
    root: HtmlElement,
    who: Slot,
    code: Slot,
}

/// What a refresh needs to know.
pub(super) struct Known<'a> {
    pub(super) language: Language,
    pub(super) newest: &'a World,
    /// Whether this session may act now.
    pub(super) open: bool,
    /// The wire runs down; what is acted on is at the thumb.
    pub(super) phone: bool,
    /// What went wrong with the gate, where something did.
    pub(super) wrong: Option<String>,
}

impl CallGate {
    /// The shell's.
    pub(super) fn new() -> Result<Self, JsValue> {
        let place = |root: &str, who: &str, code: &str| {
            Ok::<Place, JsValue>(Place {
                root: dom::by_id(root)?,
                who: Slot::of(who)?,
                code: Slot::of(code)?,
            })
        };
        let below: HtmlElement = dom::by_id("lower")?;
        Ok(Self {
            root: dom::by_id("callgate")?,
            main: below.parent_element().ok_or("lower has no parent")?.dyn_into()?,
            below,
            thumb: dom::by_id("thumb")?,
            switch: dom::by_id("callgate-switch")?,
            says: Slot::of("callgate-says")?,
            all: dom::by_id("callgate-all")?,
            run: dom::by_id("callgate-run")?,
            places: [
                place("waits-left", "waits-left-who", "waits-left-code")?,
                place("waits-right", "waits-right-who", "waits-right-code")?,
            ],
        })
    }

    /// How much of the window's height it takes.
    pub(super) fn height(&self) -> f32 {
        let here = self.root.parent_element().as_ref() == Some(&self.main);
        if here { self.root.offset_height() as f32 } else { 0.0 }
    }

    /// Brings it in line with the newest world: calls wait there, whatever moment is shown.
    pub(super) fn refresh(&mut self, known: &Known) {
        let gate = page::gate(known.language, known.newest);
        let shut = known.newest.gate;
        let parent = if known.phone && shut { &self.thumb } else { &self.main };
        if self.root.parent_element().as_ref() != Some(parent) {
            let before = if known.phone && shut {
                parent.first_child()
            } else {
                Some(self.below.clone().into())
            };
            let _ = parent.insert_before(&self.root, before.as_ref());
        }
        show(&self.root, shut || known.open);
        keep(&self.root, "class", if shut { "shut" } else { "" });
        keep(&self.switch, "aria-pressed", if shut { "true" } else { "false" });
        let bad = known.wrong.as_deref();
        self.says.set(bad.unwrap_or(&gate.says));
        keep(self.says.node(), "class", if bad.is_some() { "bad" } else { "" });
        self.waits(&gate);
        let focused = dom::document().active_element();
        let lost = focused.as_ref() == Some(&self.run) || focused.as_ref() == Some(&self.all);
        show(&self.run, gate.next.is_some());
        show(&self.all, known.newest.waiting.len() > 1);
        // A button that is gone gives the focus to the next one, or to the switch.
        if lost && focused.is_some_and(|own| own.has_attribute("hidden")) {
            let next = if gate.next.is_some() { &self.run } else { &self.switch };
            let _ = next.focus();
        }
    }

    fn waits(&mut self, gate: &Gate) {
        for (place, first) in self.places.iter_mut().zip(&gate.first) {
            show(&place.root, first.is_some());
            if let Some([who, code]) = first {
                place.who.set(who);
                place.code.set(code);
            }
        }
        let next = match gate.next {
            Some(Side::Right) => 1,
            Some(Side::Left) => 0,
            None => return,
        };
        let root = &self.places[next].root;
        if self.run.parent_element().as_ref() != Some(root) {
            // The button that moves keeps the focus.
            let focused = dom::document().active_element().as_ref() == Some(&self.run);
            let _ = root.append_child(&self.run);
            if focused {
                let _ = self.run.focus();
            }
        }
        for (at, place) in self.places.iter().enumerate() {
            keep(&place.root, "class", if at == next { "waits next" } else { "waits" });
        }
    }
}
