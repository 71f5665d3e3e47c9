//! Owns what gestures do to the page's state. What a gesture is, `intent` knows.

use super::app::{App, Below};
use super::asking::{Outcome, Place};
use super::dom;
use crate::clock::Speed;
use crate::intent::{Gesture, Here, Plan, Verb};
use crate::text::Language;
use protocol::command::{Kind, Lesson, Side};
use protocol::{Command, SocketId};

impl App {
    /// Does what a button or key means.
    pub(super) fn gesture(&mut self, gesture: Gesture) {
        self.dirty = true;
        match gesture {
            Gesture::Pause => {
                let paused = self.clock.paused();
                self.clock.pause(!paused);
            }
            Gesture::Back => self.clock.step(false, &mut self.timeline),
            Gesture::Forward => self.clock.step(true, &mut self.timeline),
            Gesture::Live => self.clock.catch_up(&mut self.timeline),
            Gesture::Log => self.log.toggle(),
            Gesture::Lecture => self.set_lecture(!self.lecture),
            Gesture::Sound => {
                self.speaker.toggle();
                self.speaker.wake();
            }
            Gesture::Page(forward) => self.turn_page(forward),
            Gesture::Help => toggle_help(),
            Gesture::Dismiss => self.dismiss(),
            Gesture::Language => {
                let language = match self.language {
                    Language::English => Language::Chinese,
                    Language::Chinese => Language::English,
                };
                self.speak(language);
            }
            Gesture::Reset => self.reset(),
            Gesture::Lesson(name) => self.start_lesson(name),
            Gesture::Next => self.next_step(),
            Gesture::Leave => self.leave(),
            Gesture::Inspect(socket) => {
                self.select(socket);
                if self.panel.is_open() {
                    self.panel.close();
                }
                self.inspector.open(socket);
            }
            Gesture::Select(socket) => self.select(socket),
            Gesture::Ladder => self.below = Below::Ladder,
            Gesture::Sheet => self.below = Below::Sheet,
            Gesture::Receive => self.receive(),
            Gesture::Write => self.write(),
            Gesture::Hold => self.hold_wire(),
            Gesture::Trap => self.arm(),
            Gesture::Disarm(trap) => self.disarm(trap),
            Gesture::Preset(place) => self.preset(place),
            Gesture::Packet(packet) => self.open_packet(packet),
            Gesture::Handle(handling) => self.handle(handling),
            Gesture::Wire => self.toggle_wire(),
            Gesture::Restart => self.restart_wire(),
        }
    }

    /// Gives a command; the picture comes to now.
    pub(super) fn ask(&mut self, place: Place, command: &Command, plan: Option<Plan>) {
        // Looking at bytes is no act.
        let acts = place != Place::Bytes;
        if acts {
            self.lesson.touched(place != Place::Bench);
        }
        let id = self.asking.begin(place, command, plan);
        if !self.link.ask(id, command) {
            self.asking.nobody(id);
        }
        if acts {
            self.clock.catch_up(&mut self.timeline);
        }
        self.dirty = true;
    }

    /// A socket's form was sent.
    pub(super) fn call(&mut self, socket: SocketId, verb: Verb, values: &[String]) {
        let Some(known) = self.timeline.newest().sockets.get(&socket) else { return };
        let place = Place::Call(socket, verb);
        let here = Here { net: known.net, family: known.family };
        match verb.command(socket, here, values) {
            Ok(command) => self.ask(place, &command, None),
            Err(wrong) => {
                self.asking.put(place, Outcome::Wrong(wrong));
                self.dirty = true;
            }
        }
    }

    /// A new socket, alone or as a server.
    pub(super) fn make(&mut self, side: Side, kind: Kind, here: Here, port: Option<u16>) {
        let place = Place::Host(side);
        let Here { net, family } = here;
        if let Some(port) = port {
            let (plan, first) = Plan::server(here, side, kind, port);
            return self.ask(place, &first, Some(plan));
        }
        let command = Command::Socket { net, family, kind, side: Some(side), name: None };
        self.ask(place, &command, None);
    }

    /// Chooses how fast the picture runs.
    pub(super) fn set_speed(&mut self, value: &str) {
        self.clock.set_speed(value.parse().map_or(Speed::Auto, Speed::Fixed));
        self.dirty = true;
    }

    fn select(&mut self, socket: SocketId) {
        self.selected = Some(socket);
        self.automatic = None;
        self.below = Below::Auto;
    }

    fn receive(&mut self) {
        let Some(socket) = self.selected else { return };
        let datagram = self.timeline.newest().sockets.get(&socket).map(|s| s.kind);
        let verb = if datagram == Some(Kind::Datagram) { Verb::RecvFrom } else { Verb::Recv };
        self.call(socket, verb, &[]);
    }

    fn write(&self) {
        let Some(socket) = self.selected else { return };
        let field = format!(".calls form[data-socket=\"{socket}\"] input[data-input=\"0\"]");
        let field = dom::document().query_selector(&field).ok().flatten();
        if let Some(field) = field.and_then(|f| wasm_bindgen::JsCast::dyn_into(f).ok()) {
            let field: web_sys::HtmlInputElement = field;
            let _ = field.focus();
            field.select();
        }
    }

    /// "Empty bench" asks once where there is something to lose.
    fn reset(&mut self) {
        let newest = self.timeline.newest();
        let running = newest.lesson.as_ref().is_some_and(|lesson| lesson.ended.is_none());
        if !newest.sockets.is_empty() && !running && !self.sure.ask(self.seconds) {
            return;
        }
        self.leave();
    }

    fn leave(&mut self) {
        self.sure.done();
        self.remember_left();
        let newest = self.timeline.newest();
        if newest.lesson.as_ref().is_some_and(|lesson| lesson.ended.is_none()) {
            self.ask(Place::Bench, &Command::Experiment(Lesson::Stop), None);
        }
        self.ask(Place::Bench, &Command::Reset, None);
    }

    /// Begins a lesson; the relay empties the lab first.
    pub(super) fn start_lesson(&mut self, name: &str) {
        self.selected = None;
        self.lesson.claim();
        self.ask(Place::Bench, &Command::Experiment(Lesson::Start { name: name.to_owned() }), None);
    }

    /// Presses the lesson's button.
    pub(super) fn next_step(&mut self) {
        if self.lesson.press() {
            self.ask(Place::Bench, &Command::Experiment(Lesson::Next), None);
        }
    }

    /// Escape closes the topmost thing that is open.
    fn dismiss(&mut self) {
        let menus = dom::all(&self.root, "details.menu[open]");
        if let Some(menu) = menus.first() {
            let _ = menu.remove_attribute("open");
            if let Some(summary) = dom::first(menu, "summary") {
                let _ = summary.focus();
            }
        } else if self.panel.is_open() {
            self.panel.close();
        } else if self.inspector.is_open() {
            self.inspector.close();
        } else if self.log.is_open() {
            self.log.close();
        } else {
            self.set_lecture(false);
        }
    }
}

fn toggle_help() {
    let Ok(help) = dom::by_id::<web_sys::HtmlDialogElement>("help") else { return };
    if help.open() {
        help.close();
    } else {
        let _ = help.show_modal();
    }
}
