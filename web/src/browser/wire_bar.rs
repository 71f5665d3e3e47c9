//! Owns the bar of the wire between the hosts: what the weather is, what waits for packets, and whether
//! the wire is held. Its menus are `weather` and `trap`.

use super::dom::{self, Slot, add, keep, make, say, set, show};
use crate::text::Language;
use crate::text::{page, wire as words};
use protocol::message::Rung;
use protocol::wire::Impairment;
use protocol::world::Wire;
use protocol::{Nanos, TrapId};
use wasm_bindgen::prelude::*;
use web_sys::{Element, HtmlElement};

/// Traps shown on the bar; all of them are in the trap's menu.
const SHOWN: usize = 1;

/// The bar.
pub(super) struct WireBar {
    root: HtmlElement,
    tools: HtmlElement,
    thumb: HtmlElement,
    text: Slot,
    clean: HtmlElement,
    addresses: [Slot; 2],
    chips: Chips,
    all: Chips,
    hold: HtmlElement,
    hold_word: Slot,
    held_for: Slot,
    trap: HtmlElement,
    menus: [HtmlElement; 2],
    banner: HtmlElement,
    banner_why: Slot,
    restart: HtmlElement,
    toggle: HtmlElement,
}

/// What a refresh needs to know.
pub(super) struct Known<'a> {
    pub(super) language: Language,
    pub(super) wire: Option<&'a Wire>,
    pub(super) rung: Option<&'a Rung>,
    /// The relay's moment now.
    pub(super) now: Nanos,
    /// What the last asking of the wire came to, where that is bad.
    pub(super) wrong: Option<String>,
    /// Whether this session may act now.
    pub(super) open: bool,
    pub(super) phone: bool,
    pub(super) panel: bool,
}

impl WireBar {
    /// The shell's.
    pub(super) fn new() -> Result<Self, JsValue> {
        Ok(Self {
            root: dom::by_id("bar")?,
            tools: dom::by_id("wire-tools")?,
            thumb: dom::by_id("thumb")?,
            text: Slot::of("wire")?,
            clean: dom::by_id("clean")?,
            addresses: [Slot::of("at-left")?, Slot::of("at-right")?],
            chips: Chips::new(dom::by_id("chips")?, SHOWN),
            all: Chips::new(dom::by_id("all-traps")?, usize::MAX),
            hold: dom::by_id("hold")?,
            hold_word: Slot::of("hold-word")?,
            held_for: Slot::of("held-for")?,
            trap: dom::by_id("trap-now")?,
            menus: [dom::by_id("weather")?, dom::by_id("trap")?],
            banner: dom::by_id("banner")?,
            banner_why: Slot::of("banner-why")?,
            restart: dom::by_id("restart")?,
            toggle: dom::by_id("wire-toggle")?,
        })
    }

    /// How much of the window's height the banner takes.
    pub(super) fn banner_height(&self) -> f32 {
        self.banner.offset_height() as f32
    }

    /// Writes everything anew next time (another language).
    pub(super) fn forget(&mut self) {
        self.chips.forget();
        self.all.forget();
    }

    /// Brings it in line with the newest world: here commands act.
    pub(super) fn refresh(&mut self, known: &Known) {
        let language = known.language;
        let word = |key| page::word(language, key);
        let parent = if known.phone { &self.thumb } else { &self.root };
        if self.tools.parent_element().as_ref() != Some(parent) {
            let _ = parent.insert_before(
                &self.tools,
                if known.phone { parent.first_child() } else { None }.as_ref(),
            );
        }
        let frozen = known.wire.and_then(|wire| wire.frozen);
        let text = match (known.wire, known.rung) {
            _ if known.wrong.is_some() => known.wrong.clone().unwrap_or_default(),
            (Some(_), _) if frozen.is_some() => word("timers_run").to_owned(),
            (Some(wire), _) => words::weather(language, &wire.impaired),
            (None, Some(rung)) => page::wire(language, rung).to_owned(),
            (None, None) => String::new(),
        };
        self.text.set(&text);
        keep(self.text.node(), "title", &text);
        keep(self.text.node(), "class", if known.wrong.is_some() { "bad" } else { "" });
        let foul = |wire: &Wire| wire.impaired.iter().any(|set| *set != Impairment::default());
        let foul = known.open && known.wire.is_some_and(foul);
        let focused = dom::document().active_element().as_ref() == Some(&self.clean);
        show(&self.clean, foul);
        if focused && !foul {
            let _ = dom::first(&self.menus[0], "summary").map(|summary| summary.focus());
        }
        let up = known.wire.is_some_and(|wire| wire.down.is_none());
        for (slot, ip) in self.addresses.iter_mut().zip(protocol::wire::IPV4) {
            slot.set(&if up { ip.to_string() } else { "127.0.0.1".to_owned() });
        }
        let usable = known.open && known.wire.is_some();
        let why = known.rung.and_then(|rung| words::missing(language, rung));
        let why = why.filter(|_| known.wire.is_none()).unwrap_or_default();
        keep(&self.tools, "title", &why);
        for button in [&self.hold, &self.trap] {
            if button.has_attribute("disabled") == usable {
                let _ = button.toggle_attribute_with_force("disabled", !usable);
            }
        }
        for menu in &self.menus {
            // Without a wire the menu says why there is nothing to set.
            let Some(reason) = dom::first(menu, ".why") else { continue };
            show(&reason, known.wire.is_none());
            if reason.text_content().as_deref() != Some(&why) {
                reason.set_text_content(Some(&why));
            }
            keep(menu, "class", if usable { "menu" } else { "menu off" });
        }
        show(&self.tools, known.open || !known.phone);
        keep(&self.hold, "aria-pressed", if frozen.is_some() { "true" } else { "false" });
        self.hold_word.set(word(if frozen.is_some() { "let_go" } else { "hold_wire" }));
        // The longer of the four words keeps the room.
        keep(self.hold_word.node(), "data-other", page::word(Language::English, "hold_wire"));
        let held = frozen.map(|since| words::held(language, known.now.saturating_sub(since)));
        self.held_for.set(&held.unwrap_or_default());
        let traps: Vec<(TrapId, String)> = known
            .wire
            .iter()
            .flat_map(|wire| &wire.traps)
            .map(|(id, trap)| (*id, words::trap(language, &trap.matching, trap.act, trap.left)))
            .collect();
        self.chips.refresh(language, &traps);
        self.all.refresh(language, &traps);
        show(&self.banner, known.wire.is_some() && !up);
        let why = known.wire.and_then(|wire| wire.down.as_deref());
        self.banner_why.set(words::down(language, why.unwrap_or_default()));
        show(&self.restart, known.open);
        keep(&self.toggle, "aria-expanded", if known.panel { "true" } else { "false" });
    }
}

/// The armed traps, each a button that disarms it.
struct Chips {
    root: HtmlElement,
    most: usize,
    shown: Option<Vec<(TrapId, String)>>,
}

impl Chips {
    fn new(root: HtmlElement, most: usize) -> Self {
        Self { root, most, shown: None }
    }

    fn forget(&mut self) {
        self.shown = None;
    }

    fn refresh(&mut self, language: Language, traps: &[(TrapId, String)]) {
        if self.shown.as_deref() == Some(traps) {
            return;
        }
        let active = dom::document().active_element();
        let within = |active: &Element| self.root.contains(Some(active));
        let held = active.as_ref().is_some_and(within);
        dom::empty(&self.root);
        for (id, text) in traps.iter().take(self.most) {
            let chip = make("button", "chip");
            set(&chip, "type", "button");
            set(&chip, "data-do", "disarm");
            set(&chip, "data-trap", &id.to_string());
            set(&chip, "title", text);
            let name = format!("{}: {text}", page::word(language, "disarm"));
            set(&chip, "aria-label", &name);
            let cross = say("span", "", "✕");
            add(&chip, &[&say("span", "what", text), &cross]);
            add(&self.root, &[&chip]);
        }
        if traps.len() > self.most {
            let more = say("span", "dim", &format!("+{}", traps.len() - self.most));
            set(&more, "title", page::word(language, "more_traps"));
            add(&self.root, &[&more]);
        }
        // A chip that is gone gives the focus back to the gesture that arms.
        if held {
            let next = dom::first(&self.root, "button").or_else(|| dom::by_id("trap-now").ok());
            if let Some(next) = next {
                let _ = next.focus();
            }
        }
        self.shown = Some(traps.to_vec());
    }
}
