//! Owns what hands do to the wire: weather, traps, holding, and single packets.

use super::app::App;
use super::asking::{Outcome, Place};
use super::{packet, wire_bar};
use crate::intent::trap;
use crate::text::log;
use protocol::message::Role;
use protocol::wire::{Handling, WireOrder, presets};
use protocol::{Answer, Command, End, PacketId, TrapId};

impl App {
    /// Whether somebody here may act on the wire now; a running lesson has it to itself.
    fn may_touch(&self) -> bool {
        let lesson = self.timeline.newest().lesson.as_ref();
        if lesson.is_some_and(|lesson| lesson.ended.is_none()) {
            return false;
        }
        let role = self.link.welcome.as_ref().map(|welcome| welcome.role);
        role == Some(Role::Owner) && self.timeline.newest().wire.is_some()
    }

    /// Holds the wire, or lets it go.
    pub(super) fn hold_wire(&mut self) {
        if !self.may_touch() {
            return;
        }
        let wire = self.timeline.newest().wire.as_ref();
        let on = wire.is_some_and(|wire| wire.frozen.is_none());
        self.ask(Place::Wire, &Command::Freeze { on }, None);
    }

    /// Arms the usual trap at once, for the side of the selected socket.
    pub(super) fn arm(&mut self) {
        if self.may_touch() {
            let from = trap::side(self.timeline.newest(), self.selected);
            self.ask(Place::Wire, &trap::usual(from), None);
        }
    }

    /// Disarms a trap.
    pub(super) fn disarm(&mut self, id: TrapId) {
        let wire = self.timeline.newest().wire.as_ref();
        let Some(trap) = wire.and_then(|wire| wire.traps.get(&id)) else { return };
        let (matching, act, count) = (trap.matching.clone(), trap.act, trap.left);
        self.ask(Place::Wire, &Command::Trap { on: false, matching, act, count }, None);
    }

    /// Sets a weather by its place among the presets.
    pub(super) fn preset(&mut self, place: usize) {
        let Some(preset) = presets().into_iter().nth(place) else { return };
        let [left, right] = preset.set;
        if left == right {
            self.ask(Place::Wire, &Command::Impair { from: None, set: left, seed: None }, None);
        } else {
            for (from, set) in [(End::Left, left), (End::Right, right)] {
                let from = Some(from);
                self.ask(Place::Wire, &Command::Impair { from, set, seed: None }, None);
            }
        }
        self.menus.close();
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
            self.ask(Place::Bytes, &Command::PacketBytes { packet }, None);
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

    /// Does something to one packet.
    pub(super) fn handle(&mut self, handling: Handling) {
        self.ask(Place::Packet, &Command::Packet(handling), None);
    }

    /// Makes the wire anew.
    pub(super) fn restart_wire(&mut self) {
        self.ask(Place::Wire, &Command::Wire(WireOrder::Restart), None);
    }

    /// The bar, its menus, and the panel.
    pub(super) fn wire_panels(&mut self, open: bool) {
        let newest = self.timeline.newest();
        let runs = newest.lesson.as_ref().is_some_and(|lesson| lesson.ended.is_none());
        let now = self.link.now();
        let wrong = [Place::Wire, Place::Bench].into_iter().find_map(|place| {
            match self.asking.outcome(place) {
                Some(Outcome::Ended(_, Answer::Error(failure))) => {
                    Some(log::failure(self.language, failure))
                }
                _ => None,
            }
        });
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
