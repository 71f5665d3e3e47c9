//! Owns the life of a byte in the inspector: a ruler of its stations, and the sentence below.

use super::dom::{self, Slot, add, keep, make, say};
use crate::text::Language;
use crate::text::page;
use protocol::world::Socket;
use web_sys::HtmlElement;

/// The ruler and its sentence.
pub(super) struct LifeLine {
    ruler: HtmlElement,
    says: Slot,
    shown: Option<page::Life>,
}

impl LifeLine {
    /// At the end of `body`, empty.
    pub(super) fn new(body: &HtmlElement, language: Language) -> Self {
        let ruler = make("ol", "life");
        dom::set(&ruler, "aria-label", page::word(language, "life"));
        let says = make("p", "dim");
        add(body, &[&ruler, &says]);
        Self { ruler, says: Slot::new(says), shown: None }
    }

    /// Shows what the socket sent last.
    pub(super) fn refresh(&mut self, language: Language, socket: &Socket) {
        let life = page::life(language, socket);
        let hint = if socket.timestamps { "life_on" } else { "life_off" };
        match &life {
            Some(life) => self.says.set(&life.says),
            None => self.says.set(page::word(language, hint)),
        }
        if self.shown == life {
            return;
        }
        dom::empty(&self.ruler);
        for station in life.iter().flat_map(|life| &life.stations) {
            let item = make("li", if station.passed { "passed" } else { "" });
            add(&item, &[&say("b", "mono", &station.when), &say("span", "", station.name)]);
            add(&self.ruler, &[&item]);
        }
        keep(&self.ruler, "data-count", if life.is_some() { "some" } else { "none" });
        self.shown = life;
    }
}
