//! Owns what of the page is text and controls, and the order in which it is brought up to date.

use super::app::App;
use super::asking::Place;
use super::dom::{self, Slot, show};
use super::socket::State;
use super::{bench, callgate, lesson, time_bar, voice};
use crate::text::page;
use protocol::command::Side;
use protocol::message::Role;
use wasm_bindgen::prelude::*;
use web_sys::{Element, HtmlElement};

/// The shell's elements that only the app writes.
pub(super) struct Shell {
    pub(super) app: HtmlElement,
    pub(super) main: HtmlElement,
    gate: HtmlElement,
    gate_title: Slot,
    gate_text: Slot,
    rung: Slot,
    link: Slot,
    reset: HtmlElement,
    pub(super) caption: HtmlElement,
    hosts: HtmlElement,
    pub(super) stage: HtmlElement,
    pub(super) ledger: HtmlElement,
    pub(super) lower: HtmlElement,
    pub(super) thumb: HtmlElement,
    pub(super) to_ladder: HtmlElement,
    pub(super) to_sheet: HtmlElement,
    pub(super) to_code: HtmlElement,
    pub(super) to_graphs: HtmlElement,
    pub(super) graphs_toggle: HtmlElement,
    pub(super) switch: HtmlElement,
    pub(super) ladder_words: Slot,
    pub(super) said: Slot,
    made: [(Side, Slot); 2],
}

impl Shell {
    /// Finds them.
    pub(super) fn new() -> Result<Self, JsValue> {
        Ok(Self {
            app: dom::by_id("app")?,
            main: dom::first(&dom::by_id::<Element>("app")?, "main").ok_or("main")?,
            gate: dom::by_id("gate")?,
            gate_title: Slot::of("gate-title")?,
            gate_text: Slot::of("gate-text")?,
            rung: Slot::of("rung")?,
            link: Slot::of("link")?,
            reset: dom::by_id("reset")?,
            caption: dom::by_id("caption")?,
            hosts: dom::by_id("hosts")?,
            stage: dom::by_id("stage")?,
            ledger: dom::by_id("ledger")?,
            lower: dom::by_id("lower")?,
            thumb: dom::by_id("thumb")?,
            to_ladder: dom::by_id("to-ladder")?,
            to_sheet: dom::by_id("to-sheet")?,
            to_code: dom::by_id("to-code")?,
            to_graphs: dom::by_id("to-graphs")?,
            graphs_toggle: dom::by_id("graphs-toggle")?,
            switch: dom::by_id("below-switch")?,
            ladder_words: Slot::of("ladder-words")?,
            said: Slot::of("said")?,
            made: [(Side::Left, Slot::of("made-left")?), (Side::Right, Slot::of("made-right")?)],
        })
    }
}

impl App {
    /// All that is DOM, ten times a second at most.
    pub(super) fn panels(&mut self) {
        self.gate();
        self.header();
        self.refresh_invite();
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
            looks: self.looks_on() && !runs,
        });
        self.experiments_panels();
        self.lesson.refresh(&lesson::Known {
            shown: self.timeline.world(),
            newest: self.timeline.newest(),
            stage: &self.stage,
            width: self.room.width,
            zoom: self.room.zoom,
            language,
            phone,
            open,
            card: self.experiments.stands(),
        });
        let busy = dom::first(&self.shell.thumb, ":scope > :not([hidden])").is_some();
        show(&self.shell.thumb, phone && busy);
        self.speak_up();
        self.wire_panels(open);
        let wrong = self.wrong(Place::Gate);
        self.callgate.refresh(&callgate::Known {
            language,
            newest: self.timeline.newest(),
            open: open && !runs,
            phone,
            wrong,
        });
        let moment = self.clock.moment();
        let shown = (self.timeline.world(), moment.at);
        self.inspector.refresh(language, shown, self.timeline.newest(), &self.asking);
        let stands = !matches!(self.link.state, State::Live | State::Replay);
        self.time_bar.refresh(&time_bar::Known {
            language,
            clock: &self.clock,
            timeline: &self.timeline,
            live: !stands,
            own: self.selected.filter(|_| self.stepping.own),
            sought: self.stepping.sought,
            landed: self.landed(),
        });
        self.speaker.refresh();
        let wrong = self.wrong(Place::Record);
        self.tape.refresh(language, self.timeline.newest(), wrong.as_deref());
        self.ladder_tools();
        self.mirror.refresh(language, self.timeline.world());
        let known = (self.timeline.newest(), &self.seen);
        self.log.refresh(language, known, moment.at, self.seconds);
    }

    pub(super) fn may_act(&self) -> bool {
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
        let class = match &self.link.state {
            State::Replay => "replay",
            _ if shut => "shut",
            _ if self.looks_on() => "viewer",
            _ => "",
        };
        dom::keep(&self.shell.app, "class", class);
        show(&self.shell.main, !shut);
        if shut {
            self.shell.gate_title.set(page::word(language, title));
            self.shell.gate_text.set(&text);
        }
    }

    fn header(&mut self) {
        let language = self.language;
        let word = |key| page::word(language, key);
        let (lesson, viewer) = (self.lesson_runs(), self.looks_on());
        let shell = &mut self.shell;
        let told = self.seconds < self.told_until;
        shell.link.set(match self.link.state {
            State::Connecting => word("connecting"),
            State::Lost => word("lost"),
            State::Live if viewer && told => word("viewer_denied"),
            State::Live if viewer => word("viewer"),
            _ => "",
        });
        dom::keep(shell.link.node(), "class", if viewer && told { "told" } else { "" });
        if let Some(told) = self.recording_told() {
            self.shell.link.set(&told);
        }
        let shell = &mut self.shell;
        if let Some(welcome) = &self.link.welcome {
            shell.rung.set(&page::rung(language, &welcome.rung));
            let off = crate::text::wire::missing(language, &welcome.rung).is_some();
            dom::keep(shell.rung.node(), "class", if off { "off" } else { "" });
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
            let (class, text) = voice::at_host(language, newest, &self.asking, *side);
            slot.set(&text);
            dom::keep(slot.node(), "class", class);
            dom::keep(slot.node(), "title", &text);
        }
        let runs = newest.lesson.as_ref().is_some_and(|lesson| lesson.ended.is_none());
        show(&shell.hosts, !lesson);
        let open = self.link.welcome.is_some() && !viewer && !runs;
        let wire = newest.wire.as_ref().is_some_and(|wire| wire.down.is_none());
        for host in dom::all(&shell.hosts, ".host") {
            if let Some(menu) = dom::first(&host, "details") {
                show(&menu, open);
            }
            if let Some(choice) = dom::first(&host, ".where") {
                show(&choice, wire);
            }
        }
    }
}
