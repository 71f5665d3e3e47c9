//! Owns the panel of the link for those who look on: shown, copied, made anew, ended. The token stands in
//! one input while the panel is open, and is written nowhere else.

use super::app::{App, Sure};
use super::asking::{Outcome, Place};
use super::clipboard::Copier;
use super::dom::{self, Slot, keep, show, window};
use crate::intent::Gesture;
use crate::text::{Language, log, page};
use protocol::command::Invite;
use protocol::{Answer, Done};
use wasm_bindgen::prelude::*;
use web_sys::{HtmlButtonElement, HtmlDialogElement, HtmlElement, HtmlInputElement};

/// The panel.
pub(super) struct Panel {
    dialog: HtmlDialogElement,
    link: HtmlInputElement,
    copy: HtmlButtonElement,
    renew: HtmlElement,
    end: HtmlButtonElement,
    end_word: HtmlElement,
    told: Slot,
    says: Slot,
    here: HtmlElement,
    sure: Sure,
    copier: Copier,
}

impl Panel {
    /// The shell's, closed.
    pub(super) fn new() -> Result<Self, JsValue> {
        let end: HtmlButtonElement = dom::by_id("invite-end")?;
        Ok(Self {
            dialog: dom::by_id("invite")?,
            link: dom::by_id("invite-link")?,
            copy: dom::by_id("invite-copy")?,
            renew: dom::by_id("invite-renew")?,
            end_word: dom::first(&end, ".word").ok_or("invite-end")?,
            end,
            told: Slot::of("invite-told")?,
            says: Slot::of("invite-says")?,
            here: dom::by_id("invite-here")?,
            sure: Sure::default(),
            copier: Copier::new(App::invite_copied),
        })
    }

    /// Brings it in line with what the relay answered last.
    fn refresh(&mut self, language: Language, outcome: Option<&Outcome>, seconds: f64) {
        if !self.dialog.open() {
            return self.put("");
        }
        match outcome {
            Some(Outcome::Ended(_, Answer::Ok(Done::Invited(own)))) => {
                let origin = window().location().origin().unwrap_or_default();
                self.put(&page::link(&origin, &own.viewers_token));
                self.told.set(&page::viewers(language, own.viewers));
            }
            Some(Outcome::Ended(_, Answer::Ok(_))) => {
                self.put("");
                self.told.set(page::word(language, "invite_none"));
            }
            Some(Outcome::Ended(_, Answer::Error(failure))) => {
                self.put("");
                self.told.set(&log::failure(language, failure));
            }
            Some(Outcome::Nobody | Outcome::Unknown) => {
                self.put("");
                self.told.set(page::word(language, "lost"));
            }
            _ => {}
        }
        let none = self.link.value().is_empty();
        let focused = dom::document().active_element();
        self.copy.set_disabled(none);
        self.end.set_disabled(none);
        if none && focused.as_ref() == Some(&self.end) {
            let _ = self.renew.focus();
        }
        let key = if seconds < self.sure.until { "invite_really" } else { "invite_end" };
        if self.end_word.get_attribute("data-word").as_deref() != Some(key) {
            keep(&self.end_word, "data-word", key);
            self.end_word.set_text_content(Some(page::word(language, key)));
        }
    }

    fn put(&mut self, link: &str) {
        if self.link.value() != link {
            self.link.set_value(link);
            self.says.set("");
        }
    }
}

impl App {
    /// Does what a gesture on the link means.
    pub(super) fn invite_gesture(&mut self, gesture: Gesture) {
        let panel = &mut self.invite;
        match gesture {
            Gesture::CopyInvite => {
                panel.link.select();
                return panel.copier.copy(&panel.link.value());
            }
            Gesture::Invite(Invite::End) if !panel.sure.ask(self.seconds) => return,
            Gesture::Invite(Invite::Show) if panel.dialog.open() => return panel.dialog.close(),
            Gesture::Invite(Invite::Show) => {
                super::experiment::close_dialogs();
                panel.told.set("");
                panel.sure.done();
                let host = window().location().hostname().unwrap_or_default();
                show(&panel.here, page::is_loopback(&host));
                let _ = panel.dialog.show_modal();
            }
            _ => panel.sure.done(),
        }
        self.give(Place::Invite, gesture);
    }

    /// Brings the panel in line.
    pub(super) fn refresh_invite(&mut self) {
        let outcome = self.asking.outcome(Place::Invite);
        self.invite.refresh(self.language, outcome, self.seconds);
    }

    fn invite_copied(&mut self, copied: bool) {
        let key = if copied { "copied" } else { "copy_by_hand" };
        self.invite.says.set(page::word(self.language, key));
        let _ = self.invite.link.focus();
        self.invite.link.select();
    }
}
