//! Owns the hands of experiments: what the path, the player, bets, the code and the program do to the
//! page. What they know is [`crate::lesson`]'s; the sentences of a step are [`super::lesson`]'s.

mod bet;
mod code;
mod path;
mod player;
mod program;
mod verdict;

use super::app::{App, Below};
use super::asking::Place;
use super::dom::{self, window};
use crate::intent::Gesture;
use crate::lesson::auto::{Auto, Waits, readable};
use crate::lesson::bet::{Bets, Key};
use crate::lesson::code::Acts;
use crate::lesson::path::{self as order, Played};
use crate::lesson::was_left;
use protocol::command::Lesson as Order;
use protocol::experiment::ExperimentHead;
use protocol::program::Dialect;
use protocol::world::Lesson;
use protocol::{Command, World};
use wasm_bindgen::prelude::*;
use web_sys::{HtmlDialogElement, HtmlElement};

/// What the page has of experiments.
pub(super) struct Experiments {
    auto: Auto,
    bets: Bets,
    pub(super) acts: Acts,
    played: Played,
    dialect: Dialect,
    player: player::Bar,
    bet: bet::Card,
    verdict: verdict::Card,
    card: HtmlElement,
    path: path::List,
    code: code::Tab,
    program: program::Panel,
    /// The end that has been noted as played.
    noted: Option<protocol::Nanos>,
    /// A card stands over what is below.
    stands: bool,
}

impl Experiments {
    /// The shell's.
    pub(super) fn new() -> Result<Self, JsValue> {
        let dialect = stored(DIALECT).as_deref().map(crate::lesson::code::dialect);
        Ok(Self {
            auto: Auto::default(),
            bets: Bets::default(),
            acts: Acts::default(),
            played: Played::read(&stored(PLAYED).unwrap_or_default()),
            dialect: dialect.unwrap_or_default(),
            player: player::Bar::new()?,
            bet: bet::Card::new()?,
            verdict: verdict::Card::new()?,
            card: dom::by_id("card")?,
            path: path::List::new()?,
            code: code::Tab::new()?,
            program: program::Panel::new()?,
            noted: None,
            stands: false,
        })
    }

    /// What was asked of the relay came to nothing.
    pub(super) fn release(&mut self) {
        self.bets.release();
    }

    /// Everything is written anew: another language.
    pub(super) fn forget(&mut self) {
        self.bet.forget();
        self.code.forget();
        self.path.forget();
    }

    /// Whether the card of an ended experiment is there, with doors of its own.
    pub(super) fn stands(&self) -> bool {
        self.stands
    }
}

const PLAYED: &str = "patchbay.played";
const DIALECT: &str = "patchbay.code";

fn stored(key: &str) -> Option<String> {
    window().local_storage().ok().flatten()?.get_item(key).ok().flatten()
}

fn store(key: &str, value: &str) {
    if let Ok(Some(storage)) = window().local_storage() {
        let _ = storage.set_item(key, value);
    }
}

/// The dialog that is open, if any.
pub(super) fn close_dialogs() {
    if let Some(body) = dom::document().body() {
        for open in dom::all(&body, "dialog[open]") {
            if let Ok(open) = open.dyn_into::<HtmlDialogElement>() {
                open.close();
            }
        }
    }
}

impl App {
    /// The experiments that there are.
    pub(super) fn heads(&self) -> &[ExperimentHead] {
        self.link.welcome.as_ref().map_or(&[], |welcome| &welcome.experiments)
    }

    fn wire_is_here(&self) -> bool {
        self.timeline.newest().wire.is_some()
    }

    /// The bet of a world, and which it is.
    fn bet_of<'a>(&self, world: &'a World) -> Option<(Key, &'a Lesson)> {
        let lesson = world.lesson.as_ref()?;
        let bet = lesson.bet.as_ref()?;
        Some((Key::of(self.timeline.cleared(world.at), bet), lesson))
    }

    /// The bet that is shown and still open, and whether the experiment waits at it.
    pub(super) fn open_bet(&self) -> Option<(Key, bool)> {
        let (key, newest) = self.bet_of(self.timeline.newest())?;
        let (shown, _) = self.bet_of(self.timeline.world())?;
        let open = shown == key && crate::lesson::bet::is_open(newest) && newest.ended.is_none();
        open.then(|| {
            let waits = self.may_act() && self.experiments.bets.waits(&key, newest);
            (key, waits)
        })
    }

    /// Goes on past a bet that is waited at; whether there was one.
    pub(super) fn pass(&mut self) -> bool {
        let Some((key, true)) = self.open_bet() else { return false };
        if let Some(lesson) = &self.timeline.newest().lesson {
            self.experiments.bets.pass(&key, lesson);
        }
        self.lesson.claim();
        true
    }

    /// Does what a gesture about experiments means.
    pub(super) fn learn(&mut self, gesture: Gesture) {
        match gesture {
            Gesture::Dialect(dialect) => {
                self.experiments.dialect = dialect;
                store(DIALECT, crate::lesson::code::dialect_name(dialect));
                return self.write_program();
            }
            Gesture::CopyProgram => return self.experiments.program.copy(),
            Gesture::SaveProgram => {
                return self.experiments.program.save(self.experiments.dialect);
            }
            Gesture::Away => return self.lesson.touched(true),
            Gesture::Program => return self.toggle_program(),
            _ => {}
        }
        if !self.now().works(gesture) {
            return;
        }
        match gesture {
            Gesture::Path => self.toggle_path(),
            Gesture::Experiment(place) => {
                if let Some(head) = self.heads().get(place) {
                    self.start_experiment(head.name.clone());
                }
            }
            Gesture::Onward => {
                let name = self.timeline.newest().lesson.as_ref().map(|own| own.name.clone());
                let (heads, wire) = (self.heads(), self.wire_is_here());
                let next = name.and_then(|name| order::next(heads, wire, &name));
                if let Some(name) = next.map(|next| next.head.name.clone()) {
                    self.start_experiment(name);
                }
            }
            Gesture::Again => {
                self.selected = None;
                self.lesson.claim();
                self.give(Place::Bench, gesture);
            }
            Gesture::Auto => self.experiments.auto.toggle(),
            Gesture::Bet(choice) => self.place_bet(choice),
            _ => {
                self.remember_left();
                self.give(Place::Bench, gesture);
            }
        }
    }

    fn start_experiment(&mut self, name: String) {
        close_dialogs();
        self.selected = None;
        self.lesson.claim();
        self.ask(Place::Bench, &Command::Experiment(Order::Start { name }), None);
    }

    fn place_bet(&mut self, choice: usize) {
        let Some((key, _)) = self.open_bet() else { return };
        if let Some(lesson) = &self.timeline.newest().lesson {
            self.experiments.bets.place(&key, lesson, choice as u32);
        }
        self.lesson.claim();
        self.give(Place::Bench, Gesture::Bet(choice));
    }

    /// Brings all of it in line, and lets the automatic hand press.
    pub(super) fn experiments_panels(&mut self) {
        self.see_bets();
        self.note_played();
        self.refresh_player();
        let bet = self.refresh_bet();
        let verdict = !bet && self.refresh_verdict();
        let own = &mut self.experiments;
        own.verdict.show(verdict);
        own.stands = verdict;
        dom::show(&own.card, bet || verdict);
        let parent: &HtmlElement =
            if self.room.vertical { &self.shell.thumb } else { &self.shell.lower };
        if own.card.parent_element().as_ref() != Some(parent) {
            let _ = parent.append_child(&own.card);
        }
        let high = if bet || verdict { own.card.offset_height() as f32 } else { 0.0 };
        dom::pixels(&self.shell.lower, "--card", high);
        self.refresh_code();
        self.refresh_path();
        self.press_by_itself();
    }

    fn see_bets(&mut self) {
        for world in [self.timeline.newest(), self.timeline.world()] {
            // What is decided in truth is decided when the picture comes there.
            let marked = self.bet_of(world).filter(|(_, lesson)| {
                std::ptr::eq(world, self.timeline.world())
                    || lesson.bet.as_ref().is_some_and(|bet| bet.marked.is_none())
            });
            if let Some((key, lesson)) = marked {
                self.experiments.bets.see(&key, lesson);
            }
        }
    }

    /// What was played to its end is remembered by this browser.
    fn note_played(&mut self) {
        let newest = self.timeline.newest();
        let run = self.timeline.cleared(newest.at);
        let Some(lesson) = newest.lesson.as_ref().filter(|own| own.ended.is_some()) else { return };
        if self.experiments.noted == Some(run) || self.replay.is_some() {
            return;
        }
        let new = !was_left(lesson) && self.experiments.played.add(&lesson.name);
        self.experiments.noted = Some(run);
        if new {
            store(PLAYED, &self.experiments.played.write());
            self.experiments.path.forget();
        }
    }

    /// Presses the button, or passes the bet, after the time that reading it takes.
    fn press_by_itself(&mut self) {
        let language = self.language;
        let run = self.timeline.cleared(self.timeline.newest().at);
        let words = |words: &'_ protocol::event::Words| language.pick(&words.en, &words.zh).clone();
        let mut texts = Vec::new();
        let waits = match self.open_bet() {
            Some((key, true)) => {
                let lesson = self.timeline.newest().lesson.as_ref();
                if let Some(bet) = lesson.and_then(|own| own.bet.as_ref()) {
                    texts.push(words(&bet.ask));
                    texts.extend(bet.choices.iter().map(words));
                }
                Some(Waits::Bet(key.step))
            }
            _ => self.lesson.waits().map(|step| {
                if let Some(lesson) = &self.timeline.newest().lesson {
                    texts.extend([words(&lesson.said.say), words(&lesson.said.note)]);
                }
                Waits::Button(crate::lesson::Step { run, step })
            }),
        };
        let waits = waits.filter(|_| self.may_act() && !self.clock.paused());
        let reading = readable(texts.iter().map(String::as_str));
        if self.experiments.auto.tick(self.seconds, waits, reading) {
            self.next_step();
        }
    }

    /// Whether what is below is the code.
    pub(super) fn is_code_below(&self) -> bool {
        self.below == Below::Code
    }
}
