//! Owns the log: every event in words, up to the shown moment, and a polite summary now and then.

use super::dom::{self, Slot, add, make, say, set, show};
use crate::seen::Seen;
use crate::text::Language;
use crate::text::log::{self, Line};
use crate::text::page;
use protocol::message::Thin;
use protocol::{Event, Nanos, What, World};
use std::collections::VecDeque;
use wasm_bindgen::prelude::*;
use web_sys::HtmlElement;

/// Lines remembered.
const KEPT: usize = 1_000;
/// Lines written at once.
const WRITTEN: usize = 300;
/// Seconds between two polite summaries.
const POLITE: f64 = 4.0;

/// What came, as far as it must be put into words at once.
enum Entry {
    /// It speaks of a world that goes on.
    Told { english: Line, chinese: Line },
    /// Of a packet, or of datagrams from `first` on: put into words when somebody looks, since there may
    /// come a hundred thousand.
    Later { event: Event, first: u32 },
    /// Packets told in sums.
    Thinned { at: Nanos, packets: u64 },
}

impl Entry {
    fn at(&self) -> Nanos {
        match self {
            Self::Told { english, .. } => english.at,
            Self::Later { event, .. } => event.at,
            Self::Thinned { at, .. } => *at,
        }
    }

    fn line(&self, language: Language, world: &World, seen: &Seen) -> Line {
        match self {
            Self::Told { english, chinese } => language.pick(english, chinese).clone(),
            Self::Later { event, first } => {
                let mut line = log::event(language, world, seen, event);
                if let What::DatagramSent { call, number } = event.what
                    && number != *first
                {
                    line.text = page::datagrams_sent(language, call, *first, number);
                }
                line
            }
            Self::Thinned { at, packets } => log::thinned(language, *at, *packets),
        }
    }
}

/// The log.
pub(super) struct Log {
    root: HtmlElement,
    toggle: HtmlElement,
    list: HtmlElement,
    scroll: HtmlElement,
    count: Slot,
    polite: Slot,
    entries: VecDeque<Entry>,
    /// How many came in all; the last entry's number.
    came: usize,
    /// The last entry that is written.
    written: usize,
    /// The last entry that was told politely, and when.
    told: (usize, f64),
    open: bool,
}

impl Log {
    /// The shell's log, closed.
    pub(super) fn new() -> Result<Self, JsValue> {
        Ok(Self {
            root: dom::by_id("log")?,
            toggle: dom::by_id("log-toggle")?,
            list: dom::by_id("log-lines")?,
            scroll: dom::by_id("log-scroll")?,
            count: Slot::of("log-count")?,
            polite: Slot::of("polite")?,
            entries: VecDeque::new(),
            came: 0,
            written: 0,
            told: (0, 0.0),
            open: false,
        })
    }

    /// Whether it is open.
    pub(super) fn is_open(&self) -> bool {
        self.open
    }

    /// Opens or closes it.
    pub(super) fn toggle(&mut self) {
        self.set(!self.open);
        if self.open {
            let _ = self.scroll.focus();
        }
    }

    /// Closes it.
    pub(super) fn close(&mut self) {
        self.set(false);
    }

    fn set(&mut self, open: bool) {
        self.open = open;
        show(&self.root, open);
        set(&self.toggle, "aria-expanded", if open { "true" } else { "false" });
        self.rewrite();
    }

    /// Adds an event that `world` has seen.
    pub(super) fn push(&mut self, world: &World, seen: &Seen, event: &Event) {
        let line = |language| log::event(language, world, seen, event);
        let entry = match event.what {
            What::DatagramSent { call, number } => {
                if let Some(Entry::Later { event: last, .. }) = self.entries.back_mut()
                    && matches!(last.what, What::DatagramSent { call: own, .. } if own == call)
                {
                    last.clone_from(event);
                    return;
                }
                Entry::Later { event: event.clone(), first: number }
            }
            _ if event.what.is_packet() => Entry::Later { event: event.clone(), first: 0 },
            _ => Entry::Told { english: line(Language::English), chinese: line(Language::Chinese) },
        };
        self.add(entry);
    }

    /// Adds packets that were told in sums up to a moment.
    pub(super) fn thinned(&mut self, at: Nanos, flows: &[Thin]) {
        let came = flows.iter().filter(|thin| thin.fate.is_none()).map(|thin| thin.packets).sum();
        match self.entries.back_mut() {
            Some(Entry::Thinned { at: last, packets }) => (*last, *packets) = (at, *packets + came),
            _ if came > 0 => self.add(Entry::Thinned { at, packets: came }),
            _ => {}
        }
    }

    fn add(&mut self, entry: Entry) {
        self.entries.push_back(entry);
        self.came += 1;
        if self.entries.len() > KEPT {
            self.entries.pop_front();
        }
    }

    /// Forgets everything (another epoch).
    pub(super) fn forget(&mut self) {
        self.entries.clear();
        self.rewrite();
    }

    /// Writes everything anew next time.
    pub(super) fn rewrite(&mut self) {
        dom::empty(&self.list);
        self.written = 0;
    }

    /// What was told politely is not told again.
    pub(super) fn hush(&mut self) {
        self.polite.set("");
    }

    /// Writes what is new up to the shown moment.
    pub(super) fn refresh(
        &mut self,
        language: Language,
        (world, seen): (&World, &Seen),
        at: Nanos,
        seconds: f64,
    ) {
        let oldest = self.came - self.entries.len();
        let upto = oldest + self.entries.partition_point(|entry| entry.at() <= at);
        self.summarise(language, (world, seen), upto, seconds);
        if !self.open {
            return;
        }
        if upto < self.written {
            self.rewrite();
        }
        let down =
            self.scroll.scroll_height() - self.scroll.scroll_top() - self.scroll.client_height()
                < 30;
        let from = self.written.max(upto.saturating_sub(WRITTEN)).max(oldest);
        for entry in self.entries.range(from - oldest..upto - oldest) {
            let line = &entry.line(language, world, seen);
            let item = make("li", if line.bad { "bad" } else { "" });
            add(
                &item,
                &[
                    &say("span", "when", &page::moment(line.at)),
                    &say("span", "who", page::word(language, line.who)),
                    &said(line),
                ],
            );
            add(&self.list, &[&item]);
        }
        while self.list.child_element_count() as usize > WRITTEN {
            if let Some(first) = self.list.first_element_child() {
                first.remove();
            }
        }
        if down && upto > self.written {
            self.scroll.set_scroll_top(self.scroll.scroll_height());
        }
        self.written = upto;
        self.count.set(&page::count(upto as u64));
    }

    fn summarise(
        &mut self,
        language: Language,
        (world, seen): (&World, &Seen),
        upto: usize,
        seconds: f64,
    ) {
        let (told, when) = self.told;
        if upto <= told || seconds - when < POLITE {
            return;
        }
        let oldest = self.came - self.entries.len();
        let new = self.entries.range(told.max(oldest) - oldest..upto - oldest);
        let packet =
            |entry: &&Entry| matches!(entry, Entry::Later { event, .. } if event.what.is_packet());
        let lines =
            new.filter(|entry| !packet(entry)).map(|entry| entry.line(language, world, seen));
        let calls: Vec<Line> = lines.filter(|line| line.telling).collect();
        // What a trap has caught comes before what merely followed.
        let sprung = calls.iter().rev().find(|line| line.packet.is_some());
        if let Some(last) = sprung.or(calls.last()) {
            self.polite.set(&page::summary_of_log(language, calls.len(), &last.text));
        }
        self.told = (upto, seconds);
    }
}

/// A line's sentence; one about a packet is the button that opens it.
fn said(line: &Line) -> HtmlElement {
    let Some(packet) = line.packet else { return say("span", "", &line.text) };
    let button = say("button", "open", &line.text);
    set(&button, "type", "button");
    set(&button, "data-do", "packet");
    set(&button, "data-packet", &packet.to_string());
    button
}
