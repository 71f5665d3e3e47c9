//! Owns the page's state and puts the parts together. Each frame reads like a table of contents.

use super::asking::{Asking, Outcome, Place};
use super::bench::{self, Bench};
use super::dom::{self, Slot, show, window};
use super::frame::Frame;
use super::inspector::Inspector;
use super::lesson::{self, Caption};
use super::listener::Listener;
use super::log::Log;
use super::mirror::Mirror;
use super::socket::{Link, State};
use super::surface::Surface;
use super::theme::Theme;
use super::time_bar::TimeBar;
use super::{call_form, input, language};
use crate::clock::Clock;
use crate::code::Dialect;
use crate::scene::{self, Stage, View};
use crate::text::Language;
use crate::text::{log, page};
use crate::timeline::Timeline;
use protocol::command::{Family, Kind, Side};
use protocol::message::{Role, ToPage, Welcome};
use protocol::{Answer, CallId, Done, SocketId, codec};
use wasm_bindgen::prelude::*;
use web_sys::{Element, HtmlElement};

/// What stands below the time bar.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Below {
    /// What fits the selection.
    Auto,
    /// The ladder.
    Ladder,
    /// The receipts sheet.
    Sheet,
}

/// "Empty bench" asks once; the question stands for a few seconds.
#[derive(Default)]
pub(super) struct Sure {
    until: f64,
}

impl Sure {
    /// Whether it was asked already; asks else.
    pub(super) fn ask(&mut self, seconds: f64) -> bool {
        let asked = seconds < self.until;
        self.until = if asked { 0.0 } else { seconds + 4.0 };
        asked
    }

    /// No question any more.
    pub(super) fn done(&mut self) {
        self.until = 0.0;
    }
}

/// Sizes of the page, in CSS pixels.
#[derive(Clone, Copy, Default, PartialEq)]
struct Room {
    width: f32,
    main: f32,
    caption: f32,
    below: f32,
    scrubber: f32,
    vertical: bool,
}

/// The page.
pub(super) struct App {
    pub(super) root: Element,
    pub(super) link: Link,
    pub(super) timeline: Timeline,
    pub(super) clock: Clock,
    pub(super) asking: Asking,
    pub(super) language: Language,
    pub(super) language_button: HtmlElement,
    pub(super) selected: Option<SocketId>,
    pub(super) below: Below,
    pub(super) sure: Sure,
    pub(super) bench: Bench,
    pub(super) inspector: Inspector,
    pub(super) lesson: Caption,
    pub(super) log: Log,
    /// Seconds since the page began.
    pub(super) seconds: f64,
    /// Something was done: the panels do not wait.
    pub(super) dirty: bool,
    mirror: Mirror,
    time_bar: TimeBar,
    theme: Theme,
    surfaces: Surfaces,
    shell: Shell,
    stage: Stage,
    room: Room,
    panels_at: f64,
    calm: bool,
    follow: bool,
    frame: Frame,
    _listeners: Vec<Listener>,
}

struct Surfaces {
    stage: Surface,
    ledger: Surface,
    scrubber: Surface,
    below: Surface,
}

/// The shell's elements that only the app writes.
struct Shell {
    app: HtmlElement,
    main: HtmlElement,
    gate: HtmlElement,
    gate_title: Slot,
    gate_text: Slot,
    rung: Slot,
    link: Slot,
    wire: Slot,
    reset: HtmlElement,
    caption: HtmlElement,
    hosts: HtmlElement,
    stage: HtmlElement,
    ledger: HtmlElement,
    lower: HtmlElement,
    thumb: HtmlElement,
    switch: HtmlElement,
    to_ladder: HtmlElement,
    to_sheet: HtmlElement,
    ladder_words: Slot,
    made: [(Side, Slot); 2],
}

const DESK: f32 = 720.0;

impl App {
    /// Finds the shell's parts.
    pub(super) fn new() -> Result<Self, JsValue> {
        let calm = window().match_media("(prefers-reduced-motion: reduce)")?;
        Ok(Self {
            root: dom::by_id("app")?,
            link: Link::new(),
            timeline: Timeline::default(),
            clock: Clock::default(),
            asking: Asking::default(),
            language: language::preferred(),
            language_button: dom::by_id("language")?,
            selected: None,
            below: Below::Auto,
            sure: Sure::default(),
            bench: Bench::new()?,
            inspector: Inspector::new()?,
            lesson: Caption::new()?,
            log: Log::new()?,
            seconds: 0.0,
            dirty: true,
            mirror: Mirror::new()?,
            time_bar: TimeBar::new()?,
            theme: Theme::read(),
            surfaces: Surfaces {
                stage: Surface::of("stage-canvas")?,
                ledger: Surface::of("ledger-canvas")?,
                scrubber: Surface::of("scrubber-canvas")?,
                below: Surface::of("ladder-canvas")?,
            },
            shell: Shell::new()?,
            stage: Stage::default(),
            room: Room::default(),
            panels_at: 0.0,
            calm: calm.is_some_and(|list| list.matches()),
            follow: true,
            frame: Frame::new(),
            _listeners: input::listen()?,
        })
    }

    /// Shows itself and begins to run.
    pub(super) fn begin(&mut self) {
        if let Ok(boot) = dom::by_id::<HtmlElement>("boot") {
            boot.set_text_content(Some("Patchbay is running."));
            show(&boot, false);
        }
        show(&self.shell.app, true);
        self.words();
        self.frame.next();
    }

    /// One frame.
    pub(super) fn frame(&mut self, ms: f64) {
        let passed = (ms / 1000.0 - self.seconds).clamp(0.0, 0.25);
        self.seconds = ms / 1000.0;
        self.link.poll();
        self.clock.tick(passed, self.link.now(), &mut self.timeline);
        let due = self.dirty || self.seconds - self.panels_at >= 0.1;
        if due {
            self.measure();
            self.choose();
        }
        self.pictures();
        if due {
            self.dirty = false;
            self.panels_at = self.seconds;
            self.panels();
        }
        self.frame.next();
    }

    /// The connection stands.
    pub(super) fn hello(&mut self) {
        self.link.hello(self.timeline.newest().seq);
    }

    /// The connection has ended.
    pub(super) fn lost(&mut self) {
        self.link.lost();
        self.asking.lost();
        self.lesson.release();
        self.dirty = true;
    }

    /// A frame of the WebSocket.
    pub(super) fn heard(&mut self, bytes: &[u8]) {
        let Ok(messages) = codec::decode(bytes) else { return self.lost() };
        for message in messages {
            match message {
                ToPage::Welcome(welcome) => self.welcomed(*welcome),
                ToPage::Refused { message, .. } => self.link.refused(message),
                ToPage::Event(event) => {
                    let newest = self.timeline.newest().seq;
                    if newest != 0 && event.seq != newest + 1 {
                        continue;
                    }
                    self.link.seen(event.at);
                    self.timeline.push(event.clone());
                    self.log.push(self.timeline.newest(), &event);
                }
                ToPage::Reply(reply) => {
                    if let Some(id) = reply.id {
                        self.answered(id, reply.result);
                    }
                }
                // A new welcome with a snapshot follows; what comes before it is skipped above.
                ToPage::Gap { .. } => {}
            }
        }
    }

    fn welcomed(&mut self, mut welcome: Welcome) {
        let epoch = self.link.welcome.as_ref().map(|known| known.epoch.clone());
        if epoch.as_ref() != Some(&welcome.epoch) {
            self.asking.forget();
            self.log.forget();
            self.selected = None;
        }
        let snapshot = welcome.snapshot.take();
        let owner = welcome.role == Role::Owner;
        let epoch = welcome.epoch.clone();
        self.link.welcomed(welcome);
        self.dirty = true;
        if let Some(snapshot) = snapshot {
            let untouched = snapshot.sockets.is_empty()
                && snapshot.calls.is_empty()
                && snapshot.lesson.is_none();
            self.timeline.restart(snapshot);
            self.clock.catch_up(&mut self.timeline);
            if untouched && owner && left().as_ref() != Some(&epoch) {
                self.start_lesson("first");
            }
        }
    }

    fn answered(&mut self, id: protocol::CommandId, answer: Answer) {
        if let Answer::Ok(Done::Made(made)) = &answer {
            self.selected = Some(made.socket);
        }
        if let Answer::Error(_) = &answer {
            self.lesson.release();
        }
        if let Some((place, command, plan)) = self.asking.answer(id, answer) {
            self.ask(place, &command, Some(plan));
        }
        self.dirty = true;
    }

    /// A new socket was asked for in a host's menu.
    pub(super) fn make_asked(
        &mut self,
        side: Side,
        kind: Kind,
        family: Family,
        port: Option<&str>,
    ) {
        let parsed = port.map(|port| port.trim().parse::<u16>());
        let menu =
            format!("form[data-side=\"{}\"]", if side == Side::Left { "left" } else { "right" });
        let form = dom::first(&self.root, &menu);
        let note = form.as_ref().and_then(|form| dom::first(form, ".outcome"));
        if let Some(Err(_)) = parsed {
            if let Some(note) = note {
                let problem = crate::intent::Problem::Port(port.unwrap_or_default().to_owned());
                note.set_class_name("outcome bad");
                note.set_text_content(Some(&page::problem(self.language, &problem)));
            }
            return;
        }
        if let Some(note) = note {
            note.set_text_content(None);
        }
        if let Some(menu) = form.and_then(|form| form.parent_element()) {
            let _ = menu.remove_attribute("open");
            if let Some(summary) = dom::first(&menu, "summary") {
                let _ = summary.focus();
            }
        }
        self.make(side, kind, family, parsed.and_then(Result::ok));
    }

    /// The kind chosen in a host's menu changed: a datagram server neither listens nor accepts.
    pub(super) fn make_changed(&mut self, form: &Element) {
        let datagram = dom::first(form, "[value=datagram]")
            .and_then(|radio| radio.dyn_into::<web_sys::HtmlInputElement>().ok())
            .is_some_and(|radio| radio.checked());
        if let Some(label) = dom::first(form, "button[value=server] code") {
            let key = if datagram { "receiver_calls" } else { "server_calls" };
            dom::set(&label, "data-word", key);
            label.set_text_content(Some(page::word(self.language, key)));
        }
    }

    /// The window has another size.
    pub(super) fn resized(&mut self) {
        self.dirty = true;
    }

    /// Light became dark.
    pub(super) fn rethemed(&mut self) {
        self.theme = Theme::read();
        let all = &mut self.surfaces;
        for surface in [&mut all.stage, &mut all.ledger, &mut all.scrubber, &mut all.below] {
            surface.spoil();
        }
    }

    /// A place on the scrubber was chosen.
    pub(super) fn scrub(&mut self, x: f32) {
        let view = self.view(self.room.scrubber, 40.0);
        let at = scene::scrubbed(&self.timeline, self.clock.moment(), &view, x);
        self.clock.show(at, &mut self.timeline);
        self.dirty = true;
    }

    /// Whether a lesson waits for its button.
    pub(super) fn in_lesson(&self) -> bool {
        let lesson = self.timeline.newest().lesson.as_ref();
        lesson.is_some_and(|lesson| lesson.ended.is_none() && lesson.said.button.is_some())
    }

    /// The learner wants the bench: this epoch's first run does not begin by itself again.
    pub(super) fn remember_left(&self) {
        if let (Some(welcome), Ok(Some(storage))) = (&self.link.welcome, window().session_storage())
        {
            let _ = storage.set_item(LEFT, &welcome.epoch);
        }
    }

    /// Reads the layout, before anything is written.
    fn measure(&mut self) {
        let shell = &self.shell;
        let main = &shell.main;
        let width = main.client_width() as f32;
        self.room = Room {
            width,
            main: main.client_height() as f32,
            caption: shell.caption.offset_height() as f32,
            below: shell.lower.client_height() as f32,
            scrubber: self.time_bar.scrubber().client_width() as f32,
            vertical: width < DESK,
        };
        let lower = &shell.lower;
        self.follow = lower.scroll_height() - lower.scroll_top() - lower.client_height() < 40;
    }

    /// Something is selected whenever there is something; a selected socket that is gone is not.
    fn choose(&mut self) {
        let newest = self.timeline.newest();
        if self.selected.is_none_or(|id| !newest.sockets.contains_key(&id)) {
            let at = newest.lesson.as_ref().and_then(|lesson| lesson.said.at);
            self.selected = at
                .filter(|id| newest.sockets.contains_key(id))
                .or_else(|| newest.sockets.keys().next().copied());
        }
    }

    fn lesson_runs(&self) -> bool {
        self.timeline.world().lesson.as_ref().is_some_and(|lesson| lesson.ended.is_none())
    }

    fn view(&self, width: f32, height: f32) -> View {
        View {
            width,
            height,
            language: self.language,
            selected: self.selected,
            calm: self.calm,
            lesson: self.lesson_runs(),
            dialect: Dialect::Python,
        }
    }

    /// The burst that the selection is about, the newest first.
    fn burst(&self) -> Option<CallId> {
        let world = self.timeline.world();
        let selected = self.selected?;
        let about = |burst: &protocol::world::Burst| {
            burst.socket == selected || burst.receiver == Some(selected)
        };
        world.bursts.iter().rev().find(|(_, burst)| about(burst)).map(|(call, _)| *call)
    }

    /// Stage, ledger, scrubber and what is below, each drawn only when it is another picture.
    fn pictures(&mut self) {
        let Room { width, main, caption, scrubber, vertical, .. } = self.room;
        if width < 1.0 {
            return;
        }
        let moment = self.clock.moment();
        let ledger = scene::ledger(&self.timeline, &self.view(width, 44.0));
        let least = if vertical { 200.0 } else { 170.0 };
        let room = (main - caption - 82.0 - ledger.height - least).max(180.0);
        let stage = scene::stage(&self.timeline, moment, &self.view(width, room));
        let theme = &self.theme;
        let all = &mut self.surfaces;
        let seen = if vertical { stage.height } else { stage.height.min(room) };
        dom::pixels(&self.shell.stage, "height", seen);
        all.stage.draw(stage.shapes.clone(), width, stage.height, theme);
        if stage.lanes != self.stage.lanes || (stage.height - self.stage.height).abs() > 0.5 {
            self.dirty = true;
        }
        let walls = [stage.walls[0], width - stage.walls[1]];
        if !vertical && walls[0] > 0.0 {
            dom::pixels(&self.shell.main, "--wall-left", walls[0]);
            dom::pixels(&self.shell.main, "--wall-right", walls[1]);
        }
        self.stage = stage;
        show(&self.shell.ledger, ledger.height > 0.0);
        dom::keep(&self.shell.ledger, "aria-label", &ledger.words);
        all.ledger.draw(ledger.shapes, width, ledger.height, theme);
        let line = scene::scrubber(&self.timeline, moment, &self.view(scrubber, 40.0));
        self.surfaces.scrubber.draw(line.shapes, scrubber, line.height.max(40.0), &self.theme);
        self.picture_below();
    }

    fn picture_below(&mut self) {
        let view = self.view(self.room.width, self.room.below);
        let burst = self.burst();
        let sheet = burst.filter(|_| self.below != Below::Ladder);
        show(&self.shell.switch, burst.is_some());
        for (node, on) in
            [(&self.shell.to_sheet, sheet.is_some()), (&self.shell.to_ladder, sheet.is_none())]
        {
            dom::keep(node, "aria-pressed", if on { "true" } else { "false" });
        }
        let strip = match sheet {
            Some(burst) => scene::sheet(&self.timeline, burst, &view),
            None => scene::ladder(&self.timeline, self.clock.moment(), &view),
        };
        let grown = strip.height;
        self.surfaces.below.draw(strip.shapes, view.width, strip.height, &self.theme);
        self.shell.ladder_words.set(&strip.words);
        if self.follow && sheet.is_none() && grown > self.room.below && self.room.below > 0.0 {
            let top = (grown - self.room.below).ceil() as i32;
            if self.shell.lower.scroll_top() < top {
                self.shell.lower.set_scroll_top(top);
            }
        }
    }

    /// All that is DOM, ten times a second at most.
    fn panels(&mut self) {
        self.gate();
        self.header();
        let open = self.may_act();
        let language = self.language;
        let phone = self.room.vertical;
        let runs = self.lesson_runs();
        self.bench.refresh(&bench::Known {
            lanes: &self.stage.lanes,
            newest: self.timeline.newest(),
            asking: &self.asking,
            language,
            selected: self.selected,
            phone,
            open: open && !runs,
        });
        self.lesson.refresh(&lesson::Known {
            shown: self.timeline.world(),
            newest: self.timeline.newest(),
            stage: &self.stage,
            width: self.room.width,
            language,
            phone,
            open,
        });
        show(&self.shell.thumb, phone && self.shell.thumb.child_element_count() > 0);
        let moment = self.clock.moment();
        let shown = (self.timeline.world(), moment.at);
        self.inspector.refresh(language, shown, self.timeline.newest(), &self.asking);
        self.time_bar.refresh(language, &self.clock);
        self.mirror.refresh(language, self.timeline.world());
        self.log.refresh(language, moment.at, self.seconds);
    }

    fn may_act(&self) -> bool {
        let role = self.link.welcome.as_ref().map(|welcome| welcome.role);
        role == Some(Role::Owner)
    }

    /// Without a token, or refused, there is one thing to read.
    fn gate(&mut self) {
        let language = self.language;
        let (title, text) = match &self.link.state {
            State::NoToken => ("no_token", page::word(language, "no_token_text").to_owned()),
            State::Refused(why) => ("refused", why.clone()),
            _ => ("", String::new()),
        };
        let shut = !title.is_empty();
        show(&self.shell.gate, shut);
        show(&self.shell.main, !shut);
        if shut {
            self.shell.gate_title.set(page::word(language, title));
            self.shell.gate_text.set(&text);
        }
    }

    fn header(&mut self) {
        let language = self.language;
        let word = |key| page::word(language, key);
        let shell = &mut self.shell;
        let viewer = !self.link.welcome.as_ref().is_none_or(|own| own.role == Role::Owner);
        shell.link.set(match self.link.state {
            State::Connecting => word("connecting"),
            State::Lost => word("lost"),
            State::Live if viewer => word("viewer"),
            _ => "",
        });
        if let Some(welcome) = &self.link.welcome {
            shell.rung.set(&page::rung(language, &welcome.rung));
            shell.wire.set(page::wire(language, &welcome.rung));
        }
        if let Some(Outcome::Ended(_, Answer::Error(failure))) = self.asking.outcome(Place::Bench) {
            shell.wire.set(&log::failure(language, failure));
        }
        let asks = self.seconds < self.sure.until;
        if let Some(label) = dom::first(&shell.reset, ".word") {
            let key = if asks { "really_empty" } else { "empty_bench" };
            if label.get_attribute("data-word").as_deref() != Some(key) {
                dom::set(&label, "data-word", key);
                label.set_text_content(Some(word(key)));
            }
        }
        let newest = self.timeline.newest();
        for (side, slot) in &mut shell.made {
            let outcome = self.asking.outcome(Place::Host(*side)).filter(|outcome| {
                !matches!(outcome, Outcome::Ended(_, Answer::Ok(_)) | Outcome::Waiting(_))
            });
            let (class, text) = outcome
                .map(|outcome| call_form::words(language, newest, outcome))
                .unwrap_or_default();
            slot.set(&text);
            dom::keep(slot.node(), "class", if class.is_empty() { "outcome" } else { class });
        }
        let runs = newest.lesson.as_ref().is_some_and(|lesson| lesson.ended.is_none());
        let open = self.link.welcome.is_some() && !viewer && !runs;
        for menu in dom::all(&shell.hosts, "details") {
            show(&menu, open);
        }
    }
}

const LEFT: &str = "patchbay.left";

fn left() -> Option<String> {
    window().session_storage().ok().flatten()?.get_item(LEFT).ok().flatten()
}

impl Shell {
    fn new() -> Result<Self, JsValue> {
        Ok(Self {
            app: dom::by_id("app")?,
            main: dom::first(&dom::by_id::<Element>("app")?, "main").ok_or("main")?,
            gate: dom::by_id("gate")?,
            gate_title: Slot::of("gate-title")?,
            gate_text: Slot::of("gate-text")?,
            rung: Slot::of("rung")?,
            link: Slot::of("link")?,
            wire: Slot::of("wire")?,
            reset: dom::by_id("reset")?,
            caption: dom::by_id("caption")?,
            hosts: dom::by_id("hosts")?,
            stage: dom::by_id("stage")?,
            ledger: dom::by_id("ledger")?,
            lower: dom::by_id("lower")?,
            thumb: dom::by_id("thumb")?,
            switch: dom::by_id("below-switch")?,
            to_ladder: dom::by_id("to-ladder")?,
            to_sheet: dom::by_id("to-sheet")?,
            ladder_words: Slot::of("ladder-words")?,
            made: [(Side::Left, Slot::of("made-left")?), (Side::Right, Slot::of("made-right")?)],
        })
    }
}
