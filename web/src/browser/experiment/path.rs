//! Owns the list of all experiments, a dialog.

use super::super::app::App;
use super::super::dom::{self, Slot, add, make, say, set};
use crate::lesson::path::{Entry, GROUPS, Needs, path};
use crate::text::{Language, page};
use wasm_bindgen::prelude::*;
use web_sys::{HtmlDialogElement, HtmlElement};

/// The dialog.
pub(super) struct List {
    dialog: HtmlDialogElement,
    groups: HtmlElement,
    count: Slot,
    /// What is written is still so.
    fresh: bool,
}

/// The key of a group's heading.
fn heading(group: &str) -> &'static str {
    match group {
        "what" => "group_what",
        "streams" => "group_streams",
        "datagrams" => "group_datagrams",
        "conversation" => "group_conversation",
        "buffers" => "group_buffers",
        "wrong" => "group_wrong",
        "checked" => "group_checked",
        _ => "group_other",
    }
}

impl List {
    pub(super) fn new() -> Result<Self, JsValue> {
        Ok(Self {
            dialog: dom::by_id("path")?,
            groups: dom::by_id("path-groups")?,
            count: Slot::of("path-count")?,
            fresh: false,
        })
    }

    pub(super) fn forget(&mut self) {
        self.fresh = false;
    }

    fn write(
        &mut self,
        language: Language,
        all: &[Entry],
        played: &dyn Fn(&str) -> bool,
        at: &str,
        may: bool,
    ) {
        dom::empty(&self.groups);
        let mut list: Option<(&str, HtmlElement)> = None;
        for entry in all {
            let group = entry.head.group.as_str();
            let group = if GROUPS.contains(&group) { group } else { "" };
            if list.as_ref().is_none_or(|(own, _)| *own != group) {
                let items = make("ol", "path-group");
                add(&self.groups, &[&say("h3", "", page::word(language, heading(group))), &items]);
                list = Some((group, items));
            }
            let item = make("li", "");
            let own = button(language, entry, played(&entry.head.name), entry.head.name == at);
            if !may {
                set(&own, "disabled", "");
            }
            add(&item, &[&own]);
            if let Some((_, items)) = &list {
                add(items, &[&item]);
            }
        }
        let done = all.iter().filter(|entry| played(&entry.head.name)).count();
        let told =
            [page::word(language, "played"), " ", &done.to_string(), " / ", &all.len().to_string()];
        self.count.set(&told.concat());
        self.fresh = true;
    }
}

fn button(language: Language, entry: &Entry, played: bool, current: bool) -> HtmlElement {
    let head = entry.head;
    let button = make("button", "lesson");
    set(&button, "type", "button");
    set(&button, "data-do", "experiment");
    set(&button, "data-place", &entry.place.to_string());
    set(&button, "data-experiment", &head.name);
    if current {
        set(&button, "aria-current", "true");
    }
    let number = say("span", "number", &entry.number.to_string());
    let title = say("b", "", language.pick(&head.title.en, &head.title.zh));
    let tags = make("span", "tags");
    let word = |key| page::word(language, key);
    if head.own {
        add(&tags, &[&say("span", "needs", word("own_experiment"))]);
    }
    match entry.needs {
        Needs::Sockets => {}
        Needs::Wire => add(&tags, &[&say("span", "needs", word("needs_wire"))]),
        Needs::StandIn | Needs::Missing => {
            add(&tags, &[&say("span", "needs missing", word("needs_wire"))]);
        }
    }
    if played {
        add(&tags, &[&say("span", "played", &["✓ ", word("played")].concat())]);
    }
    let asks = say("span", "asks", language.pick(&head.question.en, &head.question.zh));
    add(&button, &[&number, &title, &tags, &asks]);
    match entry.needs {
        Needs::StandIn => add(&button, &[&say("span", "why", word("stood_in"))]),
        Needs::Missing => {
            add(&button, &[&say("span", "why", word("wire_missing"))]);
            set(&button, "disabled", "");
        }
        Needs::Sockets | Needs::Wire => {}
    }
    button
}

impl App {
    /// Opens or closes the list.
    pub(super) fn toggle_path(&mut self) {
        if self.experiments.path.dialog.open() {
            return self.experiments.path.dialog.close();
        }
        super::close_dialogs();
        self.experiments.path.fresh = false;
        self.write_path();
        let list = &self.experiments.path;
        let _ = list.dialog.show_modal();
        let next = ".lesson[aria-current], .lesson:not(:has(.played), :disabled)";
        if let Some(next) = dom::first(&list.groups, next) {
            let _ = next.focus();
        }
    }

    /// Writes it anew where it is open and not so any more.
    pub(super) fn refresh_path(&mut self) {
        if self.experiments.path.dialog.open() && !self.experiments.path.fresh {
            self.write_path();
        }
    }

    fn write_path(&mut self) {
        let language = self.language;
        let heads = self.link.welcome.as_ref().map_or(&[][..], |welcome| &welcome.experiments);
        let newest = self.timeline.newest();
        let all = path(heads, newest.wire.is_some());
        let may = self.may_act();
        let at = newest.lesson.as_ref().map(|own| own.name.as_str()).unwrap_or_default();
        let own = &mut self.experiments;
        let played = &own.played;
        own.path.write(language, &all, &|name| played.has(name), at, may);
    }
}
