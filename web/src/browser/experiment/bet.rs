//! Owns the card of a bet: its question, its choices as buttons, what the room bets, what was found.

use super::super::app::App;
use super::super::dom::{self, Slot, add, keep, make, say, set, show};
use crate::lesson::bet::{Key, share};
use crate::text::{Language, page};
use protocol::world::Bet;
use wasm_bindgen::prelude::*;
use web_sys::{HtmlButtonElement, HtmlElement};

/// One choice.
struct Choice {
    button: HtmlButtonElement,
    tag: Slot,
    room: HtmlElement,
    bar: HtmlElement,
    count: Slot,
}

/// The card.
pub(super) struct Card {
    root: HtmlElement,
    ask: Slot,
    list: HtmlElement,
    choices: Vec<Choice>,
    says: Slot,
    room: Slot,
    tally: Slot,
    pass: HtmlElement,
    /// The bet whose choices are written.
    written: Option<Key>,
}

/// How the page stands to a bet.
struct Stand {
    mine: Option<u32>,
    /// A choice may still be taken.
    open: bool,
    waits: bool,
    /// There is room to tell of keys.
    keys: bool,
}

impl Card {
    pub(super) fn new() -> Result<Self, JsValue> {
        Ok(Self {
            root: dom::by_id("bet")?,
            ask: Slot::of("bet-ask")?,
            list: dom::by_id("bet-choices")?,
            choices: Vec::new(),
            says: Slot::of("bet-says")?,
            room: Slot::of("bet-room")?,
            tally: Slot::of("bet-tally")?,
            pass: dom::by_id("bet-pass")?,
            written: None,
        })
    }

    pub(super) fn forget(&mut self) {
        self.written = None;
    }

    fn write(&mut self, language: Language, bet: &Bet) {
        self.ask.set(language.pick(&bet.ask.en, &bet.ask.zh));
        dom::empty(&self.list);
        self.choices.clear();
        for (place, words) in bet.choices.iter().enumerate() {
            let number = (place + 1).to_string();
            let (item, button) = (make("li", ""), make("button", "choice"));
            set(&button, "type", "button");
            set(&button, "data-do", &["bet-", &number].concat());
            let says = say("span", "says", language.pick(&words.en, &words.zh));
            let (tag, room) = (make("span", "tag"), make("span", "room"));
            let (bar, count) = (make("span", "bar"), make("span", "count"));
            set(&bar, "aria-hidden", "true");
            add(&room, &[&bar, &count]);
            add(&button, &[&say("kbd", "", &number), &says, &tag, &room]);
            add(&item, &[&button]);
            add(&self.list, &[&item]);
            let button: HtmlButtonElement = button.unchecked_into();
            let (tag, count) = (Slot::new(tag), Slot::new(count));
            self.choices.push(Choice { button, tag, room, bar, count });
        }
    }

    fn refresh(&mut self, language: Language, bet: &Bet, stand: &Stand) {
        for (place, choice) in self.choices.iter_mut().enumerate() {
            let place = place as u32;
            let mine = stand.mine == Some(place);
            let fits = bet.marked == Some(Some(place));
            let class = match bet.marked {
                Some(_) if fits => "choice fits",
                Some(_) if mine => "choice fails",
                _ => "choice",
            };
            keep(&choice.button, "class", class);
            keep(&choice.button, "aria-pressed", if mine { "true" } else { "false" });
            choice.button.set_disabled(!stand.open);
            choice.tag.set(&tag(language, mine, fits, bet.marked.is_some()));
            show(&choice.room, !bet.counts.is_empty());
            let count = bet.counts.get(place as usize).copied().unwrap_or(0);
            choice.count.set(&count.to_string());
            let share = [&share(count, &bet.counts).to_string(), "%"].concat();
            let style = choice.bar.style();
            if style.get_property_value("--share").as_deref() != Ok(&share) {
                let _ = style.set_property("--share", &share);
            }
        }
        let (key, class) = verdict(bet, stand.mine);
        let mut told = match key {
            "" if stand.open => page::bet_open(language, bet.choices.len(), stand.keys),
            "" => String::new(),
            key => page::word(language, key).to_owned(),
        };
        if bet.marked.is_some() {
            // What was found is a value, the same in both languages.
            told.push_str(language.pick(" Found: ", "结果："));
            told.push_str(&bet.found);
        }
        self.says.set(&told);
        keep(self.says.node(), "class", class);
        keep(&self.root, "class", if bet.marked.is_some() { "marked" } else { "" });
        self.room.set(&page::bets(language, &bet.counts));
        show(&self.pass, stand.waits);
    }
}

/// What a choice's tag says: mine, the answer, both.
fn tag(language: Language, mine: bool, fits: bool, marked: bool) -> String {
    let word = |key| page::word(language, key);
    match (mine, fits) {
        (true, true) => ["✓ ", word("is_answer"), " · ", word("bet_mine")].concat(),
        (false, true) => ["✓ ", word("is_answer")].concat(),
        (true, false) if marked => ["✕ ", word("bet_mine")].concat(),
        (true, false) => ["● ", word("bet_mine")].concat(),
        (false, false) => String::new(),
    }
}

/// What is said under the choices, as a key, and how.
fn verdict(bet: &Bet, mine: Option<u32>) -> (&'static str, &'static str) {
    match (bet.marked, mine) {
        (None, None) => ("", ""),
        (None, Some(_)) => ("bet_placed", ""),
        (Some(None), _) => ("bet_none", "wrong"),
        (Some(Some(_)), None) => ("bet_decided", ""),
        (Some(Some(fits)), Some(mine)) if fits == mine => ("bet_right", "right"),
        (Some(Some(_)), Some(_)) => ("bet_wrong", "wrong"),
    }
}

impl App {
    /// Whether the card is there.
    pub(super) fn refresh_bet(&mut self) -> bool {
        let language = self.language;
        let open = self.open_bet();
        let shown = self.bet_of(self.timeline.world()).map(|(key, lesson)| (key, lesson.clone()));
        let shown = shown.filter(|(key, lesson)| self.experiments.bets.shows(key, lesson));
        let heard = self.replay.is_none();
        let own = &mut self.experiments;
        let card = &mut own.bet;
        show(&card.root, shown.is_some());
        let Some((key, lesson)) = shown else { return false };
        let Some(bet) = &lesson.bet else { return false };
        let stand = Stand {
            mine: own.bets.choice(&key),
            open: heard && open.as_ref().is_some_and(|(open, _)| *open == key),
            waits: open.is_some_and(|(open, waits)| waits && open == key),
            keys: !self.room.vertical,
        };
        if card.written.as_ref() != Some(&key) {
            card.write(language, bet);
            card.written = Some(key);
        }
        card.refresh(language, bet, &stand);
        let (right, of) = own.bets.tally();
        card.tally.set(&page::tally(language, right, of));
        true
    }
}
