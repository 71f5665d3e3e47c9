//! Owns what hands do to the wire: weather, traps, holding, and single packets.

use super::app::App;
use super::asking::{Outcome, Place};
use super::{dom, packet, wire_bar};
use crate::intent::Gesture;
use crate::text::log;
use protocol::{Answer, PacketId};
use web_sys::HtmlElement;

impl App {
    /// Does something to the wire, where that can be done now.
    pub(super) fn touch(&mut self, gesture: Gesture) {
        if self.now().works(gesture) {
            self.give(Place::Wire, gesture);
        }
    }

    /// The weather's or the trap's form was sent.
    pub(super) fn wire_asked(&mut self, form: &str) {
        let language = self.language;
        let asked = match form {
            "weather" => self.menus.weather(language),
            _ => self.menus.trap(language),
        };
        if let Some(command) = asked {
            self.ask(Place::Wire, &command, None);
            self.menus.close();
        }
    }

    /// Another direction or model was chosen in the weather's form.
    pub(super) fn weather_changed(&mut self, name: &str) {
        if let Some(wire) = self.timeline.newest().wire.as_ref().filter(|_| name == "from") {
            self.menus.fill(wire);
        }
        if name == "model" {
            self.menus.chosen();
        }
        self.dirty = true;
    }

    /// Opens a packet: its bytes are fetched once.
    pub(super) fn open_packet(&mut self, packet: PacketId) {
        self.inspector.shut();
        self.panel.open(Some(packet));
        if self.asking.whole.as_ref().is_none_or(|(own, _)| *own != packet) {
            self.give(Place::Bytes, Gesture::Packet(packet));
        }
    }

    /// Opens or closes the panel of the wire.
    pub(super) fn toggle_wire(&mut self) {
        if self.panel.is_open() {
            self.panel.close();
        } else {
            self.inspector.shut();
            self.panel.open(None);
        }
    }

    /// What went wrong with the last asking at a place, if it did.
    pub(super) fn wrong(&self, place: Place) -> Option<String> {
        match self.asking.outcome(place) {
            Some(Outcome::Ended(_, Answer::Error(failure))) => {
                Some(log::failure(self.language, failure))
            }
            _ => None,
        }
    }

    /// The bar, its menus, and the panel.
    pub(super) fn wire_panels(&mut self, open: bool) {
        let newest = self.timeline.newest();
        let runs = newest.lesson.as_ref().is_some_and(|lesson| lesson.ended.is_none());
        let now = self.link.now();
        let wrong = self.wrong(Place::Wire).or_else(|| self.wrong(Place::Bench));
        self.wire_bar.refresh(&wire_bar::Known {
            language: self.language,
            wire: newest.wire.as_ref(),
            rung: self.link.welcome.as_ref().map(|welcome| &welcome.rung),
            now,
            wrong,
            open: open && !runs,
            phone: self.room.vertical,
            panel: self.panel.is_open(),
        });
        self.menus.refresh(self.language, newest, self.selected);
        self.panel.refresh(&packet::Known {
            language: self.language,
            newest,
            seen: &self.seen,
            asking: &self.asking,
            selected: self.selected,
            now,
            open,
        });
    }
}

/// Opens one of the wire's menus, and goes there.
pub(super) fn open_menu(id: &'static str) {
    let Ok(menu) = dom::by_id::<HtmlElement>(id) else { return };
    dom::set(&menu, "open", "");
    // The first input that can be written or chosen in.
    if let Some(first) = dom::first(&menu, "input, select") {
        let _ = first.focus();
    }
}
