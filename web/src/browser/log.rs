//! Owns the log: every event in words, up to the shown moment, and a polite summary now and then.

use super::dom::{self, Slot, add, make, say, set, show};
use crate::seen::Seen;
use crate::text::Language;
use crate::text::log::{self, Line};
use crate::text::page;
use protocol::{CallId, Event, Nanos, What, World};
use std::collections::VecDeque;
use wasm_bindgen::prelude::*;
use web_sys::HtmlElement;

/// Lines remembered.
const KEPT: usize = 1_000;
/// Lines written at once.
const WRITTEN: usize = 300;
/// Seconds between two polite summaries.
const POLITE: f64 = 4.0;

struct Entry {
    english: Line,
    chinese: Line,
}

/// The log.
pub(super) struct Log {
    root: HtmlElement,
    toggle: HtmlElement,
    list: HtmlElement,
    scroll: HtmlElement,
    count: Slot,
    record: HtmlElement,
    record_word: Slot,
    recorded: Slot,
    polite: Slot,
    entries: VecDeque<Entry>,
    /// How many came in all; the last entry's number.
    came: usize,
    /// The last entry that is written.
    written: usize,
    /// The burst and its first number, while the last entry tells of nothing else.
    run: Option<(CallId, u32)>,
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
            record: dom::by_id("record")?,
            record_word: Slot::of("record-word")?,
            recorded: Slot::of("record-says")?,
            polite: Slot::of("polite")?,
            entries: VecDeque::new(),
            came: 0,
            written: 0,
            run: None,
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

    /// How many events came in all.
    pub(super) fn came(&self) -> usize {
        self.came
    }

    /// Adds an event that `world` has seen.
    pub(super) fn push(&mut self, world: &World, seen: &Seen, event: &Event) {
        let line = |language| log::event(language, world, seen, event);
        let mut entry =
            Entry { english: line(Language::English), chinese: line(Language::Chinese) };
        if let What::DatagramSent { call, number } = event.what {
            if let Some((own, first)) = self.run
                && own == call
                && let Some(last) = self.entries.back_mut()
            {
                entry.english.text = page::datagrams_sent(Language::English, call, first, number);
                entry.chinese.text = page::datagrams_sent(Language::Chinese, call, first, number);
                *last = entry;
                return;
            }
            self.run = Some((call, number));
        } else {
            self.run = None;
        }
        self.entries.push_back(entry);
        self.came += 1;
        if self.entries.len() > KEPT {
            self.entries.pop_front();
        }
    }

    /// Forgets everything (another epoch).
    pub(super) fn forget(&mut self) {
        self.entries.clear();
        self.run = None;
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
    pub(super) fn refresh(&mut self, language: Language, at: Nanos, seconds: f64) {
        let oldest = self.came - self.entries.len();
        let upto = oldest + self.entries.partition_point(|entry| entry.english.at <= at);
        self.summarise(language, upto, seconds);
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
            let line = language.pick(&entry.english, &entry.chinese);
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

    /// Says whether the journal is being written to a file, or why not.
    pub(super) fn recording(&mut self, language: Language, newest: &World, wrong: Option<&str>) {
        let own = newest.recording.as_ref();
        let runs = own.is_some_and(|own| own.ended.is_none());
        dom::keep(&self.record, "aria-pressed", if runs { "true" } else { "false" });
        self.record_word.set(page::word(language, if runs { "stop_record" } else { "record" }));
        self.recorded.set(wrong.unwrap_or(own.map_or("", |own| &own.file)));
    }

    fn summarise(&mut self, language: Language, upto: usize, seconds: f64) {
        let (told, when) = self.told;
        if upto <= told || seconds - when < POLITE {
            return;
        }
        let oldest = self.came - self.entries.len();
        let new = self.entries.range(told.max(oldest) - oldest..upto - oldest);
        let lines = new.map(|entry| language.pick(&entry.english, &entry.chinese));
        let calls: Vec<&Line> = lines.filter(|line| line.telling).collect();
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
