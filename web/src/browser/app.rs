//! Owns the page's state and puts the parts together. Each frame reads like a table of contents.

use super::asking::Asking;
use super::bench::Bench;
use super::callgate::CallGate;
use super::dom::{self, show, window};
use super::experiment::Experiments;
use super::film::FilmPanel;
use super::frame::Frame;
use super::graph::GraphTable;
use super::inspector::Inspector;
use super::invite;
use super::ladder::Reader;
use super::lesson::Caption;
use super::listener::Listener;
use super::log::Log;
use super::mirror::Mirror;
use super::packet;
use super::palette::Palette;
use super::panel::Shell;
use super::picture::{Room, Surfaces};
use super::scrub::{Fingers, Stepping};
use super::socket::Link;
use super::speaker::Speaker;
use super::spots::Spots;
use super::tape::Tape;
use super::theme::Theme;
use super::time_bar::TimeBar;
use super::weather::WireMenus;
use super::wire_bar::WireBar;
use super::{input, language, lecture};
use crate::clock::Clock;
use crate::replay::Replay;
use crate::scene::Stage;
use crate::seen::Seen;
use crate::text::{Language, page};
use crate::timeline::Timeline;
use protocol::message::{Role, ToPage, Welcome};
use protocol::{Answer, Done, ErrorKind, SocketId, codec};
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
    /// What the kernel said through time.
    Graphs,
    /// The experiment's program.
    Code,
}

/// What cannot be undone asks once; the question stands for a few seconds.
#[derive(Default)]
pub(super) struct Sure {
    pub(super) until: f64,
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

/// The page.
pub(super) struct App {
    pub(super) root: Element,
    pub(super) link: Link,
    /// The recording that is shown instead of a relay.
    pub(super) replay: Option<Replay>,
    pub(super) tape: Tape,
    /// Why a file could not be shown.
    pub(super) unopened: Option<String>,
    pub(super) timeline: Timeline,
    pub(super) seen: Seen,
    pub(super) clock: Clock,
    pub(super) asking: Asking,
    pub(super) language: Language,
    pub(super) language_button: HtmlElement,
    pub(super) selected: Option<SocketId>,
    /// The one that the page itself selected: it may give way to a livelier one.
    pub(super) automatic: Option<SocketId>,
    /// The step of the running lesson, and the socket that it speaks of.
    said: Option<(u32, Option<SocketId>)>,
    pub(super) below: Below,
    pub(super) reader: Reader,
    pub(super) stepping: Stepping,
    pub(super) fingers: Fingers,
    pub(super) graph: GraphTable,
    pub(super) film: FilmPanel,
    pub(super) sure: Sure,
    /// Until when it is said why who looks on cannot act.
    pub(super) told_until: f64,
    pub(super) bench: Bench,
    pub(super) inspector: Inspector,
    pub(super) wire_bar: WireBar,
    pub(super) menus: WireMenus,
    pub(super) spots: Spots,
    pub(super) panel: packet::Panel,
    pub(super) callgate: CallGate,
    pub(super) palette: Palette,
    pub(super) lesson: Caption,
    pub(super) experiments: Experiments,
    pub(super) invite: invite::Panel,
    pub(super) log: Log,
    /// Seconds since the page began.
    pub(super) seconds: f64,
    /// Something was done: the panels do not wait.
    pub(super) dirty: bool,
    pub(super) mirror: Mirror,
    pub(super) time_bar: TimeBar,
    pub(super) theme: Theme,
    pub(super) surfaces: Surfaces,
    pub(super) shell: Shell,
    pub(super) stage: Stage,
    pub(super) speaker: Speaker,
    /// Larger, and only hosts, wire and ladder.
    pub(super) lecture: bool,
    pub(super) room: Room,
    /// The tall lane's top and height, and how much of the stage is seen.
    pub(super) tall_at: Option<[f32; 3]>,
    panels_at: f64,
    pub(super) follow: bool,
    frame: Frame,
    _listeners: Vec<Listener>,
}

impl App {
    /// Finds the shell's parts.
    pub(super) fn new() -> Result<Self, JsValue> {
        Ok(Self {
            root: dom::by_id("app")?,
            link: Link::new(),
            replay: None,
            tape: Tape::new()?,
            unopened: None,
            timeline: Timeline::default(),
            seen: Seen::default(),
            clock: Clock::default(),
            asking: Asking::default(),
            language: language::preferred(),
            language_button: dom::by_id("language")?,
            selected: None,
            automatic: None,
            said: None,
            below: Below::Auto,
            reader: Reader::new()?,
            stepping: Stepping::default(),
            fingers: Fingers::default(),
            graph: GraphTable::new()?,
            film: FilmPanel::new()?,
            sure: Sure::default(),
            told_until: 0.0,
            bench: Bench::new()?,
            inspector: Inspector::new()?,
            wire_bar: WireBar::new()?,
            menus: WireMenus::new()?,
            spots: Spots::new()?,
            panel: packet::Panel::new()?,
            callgate: CallGate::new()?,
            palette: Palette::new()?,
            lesson: Caption::new()?,
            experiments: Experiments::new()?,
            invite: invite::Panel::new()?,
            log: Log::new()?,
            seconds: 0.0,
            dirty: true,
            mirror: Mirror::new()?,
            time_bar: TimeBar::new()?,
            theme: Theme::read(),
            surfaces: Surfaces::new()?,
            shell: Shell::new()?,
            stage: Stage::default(),
            speaker: Speaker::new()?,
            lecture: lecture::wanted(),
            room: Room::default(),
            tall_at: None,
            panels_at: 0.0,
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
        let passed = crate::order::within(ms / 1000.0 - self.seconds, 0.0, 0.25);
        self.seconds = ms / 1000.0;
        self.link.poll();
        if self.read_on() {
            // Nothing is shown of a recording before all of it is there, but how far it is.
            self.panels();
            return self.frame.next();
        }
        self.clock.tick(passed, self.link.now(), &mut self.timeline);
        let (moment, runs) = (self.clock.moment(), !self.clock.paused());
        self.speaker.passed(&self.timeline, moment.at, moment.view, runs);
        let due = self.dirty || self.seconds - self.panels_at >= 0.1;
        if due {
            self.measure();
            self.choose();
        }
        self.pictures();
        self.films();
        if due {
            self.dirty = false;
            self.panels_at = self.seconds;
            self.panels();
        }
        self.frame.next();
    }

    /// The connection stands.
    pub(super) fn hello(&mut self) {
        let newest = self.timeline.newest();
        // Where some packets are known from sums alone, only a snapshot tells what becomes of them.
        self.link.hello(if newest.knows_its_packets() { newest.seq } else { 0 });
    }

    /// The connection has ended.
    pub(super) fn lost(&mut self) {
        self.link.lost();
        self.asking.lost();
        self.lesson.release();
        self.experiments.release();
        self.dirty = true;
    }

    /// A frame of the WebSocket.
    pub(super) fn heard(&mut self, bytes: &[u8]) {
        let Ok(messages) = codec::decode(bytes) else { return self.lost() };
        for message in messages {
            match message {
                ToPage::Welcome(welcome) => self.welcomed(*welcome),
                ToPage::Refused { kind, message } => self.refused(kind, message),
                ToPage::Event(event) => {
                    let newest = self.timeline.newest().seq;
                    if newest != 0 && event.seq != newest + 1 {
                        continue;
                    }
                    self.link.seen(event.at);
                    self.timeline.push(event.clone());
                    self.experiments.acts.push(&event);
                    self.seen.push(&event);
                    self.log.push(self.timeline.newest(), &self.seen, &event);
                }
                ToPage::Reply(reply) => {
                    if let Some(id) = reply.id {
                        self.answered(id, reply.result);
                    }
                }
                // A new welcome with a snapshot follows; what comes before it is skipped above.
                ToPage::Thinned { from, to, at, flows } => {
                    self.timeline.push_thinned(from, to, at, &flows);
                    self.log.thinned(at, &flows);
                }
                ToPage::Gap { .. } => {}
            }
        }
    }

    /// Sent away, at once or later: there is one thing to read.
    fn refused(&mut self, kind: ErrorKind, why: String) {
        // Who was let in once as a viewer can only have lost the link.
        let ended = kind == ErrorKind::Denied && self.looks_on();
        let own = || page::word(self.language, "viewer_ended").to_owned();
        self.link.refused(if ended { own() } else { why });
        super::experiment::close_dialogs();
        self.inspector.shut();
        self.panel.close();
        self.log.close();
        self.dirty = true;
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
            let untouched = !snapshot.touched;
            self.seen.restart(&snapshot);
            self.timeline.restart(snapshot);
            self.clock.restart();
            self.reader.restart();
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
            self.experiments.release();
        }
        if let Some((place, command, plan)) = self.asking.answer(id, answer) {
            self.ask(place, &command, Some(plan));
        }
        self.dirty = true;
    }

    /// The window has another size.
    pub(super) fn resized(&mut self) {
        self.dirty = true;
    }

    /// Whether a lesson waits for its button, or at a bet.
    pub(super) fn in_lesson(&self) -> bool {
        let lesson = self.timeline.newest().lesson.as_ref();
        let bets = self.open_bet().is_some_and(|(_, waits)| waits);
        bets || lesson.is_some_and(|lesson| lesson.ended.is_none() && lesson.said.button.is_some())
    }

    /// The learner wants the bench: this epoch's first run does not begin by itself again.
    pub(super) fn remember_left(&self) {
        if let (Some(welcome), Ok(Some(storage))) = (&self.link.welcome, window().session_storage())
        {
            let _ = storage.set_item(LEFT, &welcome.epoch);
        }
    }

    /// Something is selected whenever there is something; a selected socket that is gone is not.
    fn choose(&mut self) {
        let newest = self.timeline.newest();
        let said = newest.lesson.as_ref().filter(|lesson| lesson.ended.is_none());
        let said = said.map(|lesson| (lesson.said.step, lesson.said.at));
        if said != self.said {
            self.said = said;
            self.selected = said.and_then(|(_, at)| at).or(self.selected);
        }
        let gone = self.selected.is_none_or(|id| !newest.sockets.contains_key(&id));
        let poor = || self.selected.is_some_and(|id| crate::timeline::idles(newest, id));
        if gone || (self.selected == self.automatic && self.said.is_none() && poor()) {
            let at = newest.lesson.as_ref().and_then(|lesson| lesson.said.at);
            self.selected = at
                .filter(|id| gone && newest.sockets.contains_key(id))
                .or_else(|| self.timeline.liveliest());
            self.automatic = self.selected;
        }
    }
}

const LEFT: &str = "patchbay.left";

fn left() -> Option<String> {
    window().session_storage().ok().flatten()?.get_item(LEFT).ok().flatten()
}
