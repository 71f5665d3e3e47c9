//! Owns what gestures do to the page's state. What a gesture is, `intent` knows.

use super::app::{App, Below};
use super::asking::{Outcome, Parting, Place};
use super::dom;
use super::hand::open_menu;
use crate::clock::Speed;
use crate::intent::{Gesture, Here, Make, Now, Plan, Problem, Verb, asks};
use crate::text::{Language, page};
use protocol::command::{Kind, Side};
use protocol::{Command, SocketId};

impl App {
    /// Does what a button or key means.
    pub(super) fn gesture(&mut self, gesture: Gesture) {
        self.dirty = true;
        if self.looks_on() && gesture.acts() {
            return self.tell_why();
        }
        match gesture {
            Gesture::Pause => {
                let paused = self.clock.paused();
                self.clock.pause(!paused);
            }
            Gesture::Back | Gesture::Forward => {
                self.step(gesture == Gesture::Forward, self.stepping.own);
            }
            Gesture::Stride(forward) => self.step(forward, !self.stepping.own),
            Gesture::Whose => self.stepping.own = !self.stepping.own,
            Gesture::Jump(forward) => {
                self.clock.jump(forward, self.stepping.sought, &mut self.timeline);
            }
            Gesture::Seek(sought) => {
                self.stepping.sought = sought;
                self.clock.jump(true, sought, &mut self.timeline);
            }
            Gesture::Zoom(nearer) => self.zoom(nearer),
            Gesture::Unzoom => self.unzoom(),
            Gesture::Graphs => {
                let shown = self.below == Below::Graphs;
                self.below = if shown { Below::Auto } else { Below::Graphs };
            }
            Gesture::Begin => self.clock.show(0, &mut self.timeline),
            Gesture::Live => self.clock.catch_up(&mut self.timeline),
            Gesture::Speed(value) => self.set_speed(value),
            Gesture::Log => self.log.toggle(),
            Gesture::Lecture => self.set_lecture(!self.lecture),
            Gesture::Sound => {
                self.speaker.toggle();
                self.speaker.wake();
            }
            Gesture::Page(forward) => self.turn_page(forward),
            Gesture::Help => self.toggle_help(),
            Gesture::Dismiss => self.dismiss(),
            Gesture::Palette => self.open_palette(),
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
            Gesture::Path
            | Gesture::Experiment(_)
            | Gesture::Onward
            | Gesture::Again
            | Gesture::Stop
            | Gesture::Auto
            | Gesture::Bet(_)
            | Gesture::Away
            | Gesture::Program
            | Gesture::Dialect(_)
            | Gesture::CopyProgram
            | Gesture::SaveProgram => self.learn(gesture),
            Gesture::Code => {
                let shown = self.below == Below::Code;
                self.below = if shown { Below::Auto } else { Below::Code };
            }
            Gesture::Leave => self.leave(),
            Gesture::Inspect(socket) => self.inspect(socket, None),
            Gesture::Open => {
                if let Some(socket) = self.selected {
                    self.inspect(socket, None);
                }
            }
            Gesture::Select(socket) => self.select(socket),
            Gesture::Ladder => self.below = Below::Ladder,
            Gesture::Sheet => self.below = Below::Sheet,
            Gesture::Climb(..)
            | Gesture::Top
            | Gesture::Follow
            | Gesture::Each
            | Gesture::Absolute
            | Gesture::SaveLadder => self.read_ladder(gesture),
            Gesture::Receive => self.receive(),
            Gesture::Write => self.write(),
            Gesture::Call(verb) => self.call_by_name(verb),
            Gesture::Make(Make { side, .. }) => self.give(Place::Host(side), gesture),
            Gesture::Record => self.give(Place::Record, gesture),
            Gesture::Gate | Gesture::Step | Gesture::StepAll => {
                if self.now().works(gesture) {
                    self.give(Place::Gate, gesture);
                }
            }
            Gesture::Invite(_) | Gesture::CopyInvite => self.invite_gesture(gesture),
            Gesture::Menu(menu) => open_menu(menu),
            Gesture::Hold | Gesture::Trap | Gesture::Disarm(_) => self.touch(gesture),
            Gesture::Preset(_) => {
                self.touch(gesture);
                self.menus.close();
            }
            Gesture::Packet(packet) => self.open_packet(packet),
            Gesture::Handle(_) => self.give(Place::Packet, gesture),
            Gesture::Wire => self.toggle_wire(),
            Gesture::Restart => self.give(Place::Wire, gesture),
            Gesture::Film | Gesture::Hear(_) | Gesture::FilmAgain | Gesture::FilmLoss(_) => {
                self.film_gesture(gesture);
            }
        }
    }

    /// To the next or previous event: the chosen socket's only, or any.
    fn step(&mut self, forward: bool, own: bool) {
        let socket = self.selected.filter(|_| own);
        self.clock.step(forward, socket, &mut self.timeline);
    }

    /// Gives what a gesture asks for.
    pub(super) fn give(&mut self, place: Place, gesture: Gesture) {
        for command in asks(gesture, self.timeline.newest(), self.selected) {
            self.ask(place, &command, None);
        }
    }

    /// What decides which gestures do something now.
    pub(super) fn now(&self) -> Now<'_> {
        Now {
            world: self.timeline.newest(),
            selected: self.selected,
            acts: self.may_act(),
            heard: self.replay.is_none() && self.link.welcome.is_some(),
            experiments: self.heads(),
        }
    }

    /// Gives a command; the picture comes to now.
    pub(super) fn ask(&mut self, place: Place, command: &Command, plan: Option<Plan>) {
        // Neither looking at bytes nor asking others to look is an act.
        let acts = !matches!(place, Place::Bytes | Place::Numbers | Place::Invite);
        if acts {
            self.lesson.touched(place != Place::Bench);
        }
        let id = self.asking.begin(place, command, plan);
        if let Some(answer) = self.replayed(command).or_else(|| self.looked_on(command)) {
            self.asking.answer(id, answer);
            self.dirty = true;
            return;
        }
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
        if verb == Verb::Close {
            let name = |language| page::name(language, self.timeline.newest(), socket);
            let name = [name(Language::English), name(Language::Chinese)];
            self.asking.parting = Some(Parting { socket, side: known.side, name });
        }
        let here = Here { net: known.net, family: known.family };
        match verb.command(socket, here, values) {
            Ok(command) => self.ask(place, &command, None),
            Err(wrong) => {
                self.asking.put(place, Outcome::Wrong(wrong));
                self.dirty = true;
            }
        }
    }

    /// A server, call by call, at a port or a name.
    pub(super) fn make_server(
        &mut self,
        side: Side,
        kind: Kind,
        here: Here,
        at: &str,
    ) -> Result<(), Problem> {
        let (plan, first) = Plan::server(here, side, kind, at)?;
        self.ask(Place::Host(side), &first, Some(plan));
        Ok(())
    }

    /// Chooses how fast the picture runs.
    pub(super) fn set_speed(&mut self, value: &str) {
        let speed = js_sys::Number::parse_float(value);
        self.clock.set_speed(if speed.is_nan() { Speed::Auto } else { Speed::Fixed(speed) });
        self.dirty = true;
    }

    /// Opens a socket's panel, at a form of it where one is meant.
    fn inspect(&mut self, socket: SocketId, at: Option<Verb>) {
        self.select(socket);
        if self.panel.is_open() {
            self.panel.close();
        }
        self.inspector.open(socket, at);
    }

    /// A call of the chosen socket: made at once where nothing more is to be said, else its form.
    fn call_by_name(&mut self, verb: Verb) {
        let Some(socket) = self.selected else { return };
        if verb.inputs().is_empty() {
            self.call(socket, verb, &[]);
        } else {
            self.inspect(socket, Some(verb));
        }
    }

    fn select(&mut self, socket: SocketId) {
        self.selected = Some(socket);
        self.automatic = None;
        // The graphs go on, of the other socket; and the code.
        if !matches!(self.below, Below::Graphs | Below::Code) {
            self.below = Below::Auto;
        }
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
        self.give(Place::Bench, Gesture::Leave);
    }

    /// Begins a lesson; the relay empties the lab first.
    pub(super) fn start_lesson(&mut self, name: &'static str) {
        self.selected = None;
        self.lesson.claim();
        self.give(Place::Bench, Gesture::Lesson(name));
    }

    /// Presses the lesson's button, or passes its bet.
    pub(super) fn next_step(&mut self) {
        if self.pass() || self.lesson.press() {
            self.give(Place::Bench, Gesture::Next);
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
