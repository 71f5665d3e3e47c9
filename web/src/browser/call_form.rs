//! Owns the form of one call, short (beside a socket) or full (in the inspector): inputs, their values,
//! and the line that says what came of it.

use super::asking::Outcome;
use super::dom::{add, all, first, keep, make, say, set, show};
use crate::code::{self, Dialect};
use crate::intent::{Input, Offer, Verb, Wrong};
use crate::text::Language;
use crate::text::{log, page};
use protocol::{SocketId, World};
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlElement, HtmlInputElement, HtmlSelectElement};

/// Builds forms in one language.
pub(super) struct Builder {
    /// The language.
    pub(super) language: Language,
    /// Whose calls.
    pub(super) socket: SocketId,
    /// Which list of addresses its address inputs suggest.
    pub(super) list: &'static str,
}

impl Builder {
    fn word(&self, key: &'static str) -> &'static str {
        page::word(self.language, key)
    }

    fn form(&self, verb: Verb) -> HtmlElement {
        let form = make("form", "");
        set(&form, "data-verb", verb.name());
        set(&form, "data-socket", &self.socket.to_string());
        set(&form, "novalidate", "");
        form
    }

    /// A short form, beside the socket: the offered inputs and a button.
    pub(super) fn short(&self, offer: &Offer) -> HtmlElement {
        let form = self.form(offer.verb);
        for input in offer.shown {
            let given = offer.first.iter().find(|(own, _)| own == input);
            let value = given.map_or_else(|| offer.verb.usual(*input), |(_, text)| text.clone());
            let node = match offer.verb.inputs().get(*input) {
                Some(Input::Number { .. }) if offer.verb == Verb::Burst => self.counts(*input),
                Some(kind) => self.input(*input, *kind, &value),
                None => continue,
            };
            add(&form, &[&node]);
        }
        let strong = matches!(offer.verb, Verb::Send | Verb::SendTo | Verb::Connect);
        let button = make("button", if strong { "button strong" } else { "button" });
        let label = match offer.verb {
            Verb::Send => self.word("send"),
            Verb::Recv => "recv(1024)",
            Verb::Accept => "accept()",
            Verb::Listen => "listen(5)",
            verb => verb.name(),
        };
        let word = say("span", "word", label);
        if offer.verb == Verb::Send {
            let other = self.language.pick("发送", "Send");
            set(&word, "data-other", other);
            add(&button, &[&word, &say("kbd", "", "Enter")]);
        } else {
            add(&button, &[&word]);
        }
        add(&form, &[&button]);
        form
    }

    /// The full form: every input, what it came to, and why it is out of use if it is.
    pub(super) fn full(&self, verb: Verb) -> HtmlElement {
        let form = self.form(verb);
        form.set_class_name("call");
        let row = make("div", "row");
        for (place, input) in verb.inputs().iter().enumerate() {
            let node = self.input(place, *input, &verb.usual(place));
            if !verb.when(place).is_empty() {
                set(&node, "data-when", verb.when(place));
            }
            add(&row, &[&node]);
        }
        let label = match verb {
            Verb::Serve => "start",
            Verb::Stop => "stop",
            _ if verb == Verb::Reader || verb.is_option() => "set_it",
            _ => "call_it",
        };
        let button = say("button", "button", self.word(label));
        set(&button, "aria-label", &format!("{}: {}", verb.name(), self.word(label)));
        let why = make("p", "why dim");
        why.set_hidden(true);
        add(&form, &[&self.name(verb), &row, &button, &why, &quiet_output()]);
        fit(&form);
        form
    }

    fn name(&self, verb: Verb) -> HtmlElement {
        let name = say("span", "name", verb.name());
        set(&name, "title", page::gloss(self.language, verb));
        name
    }

    fn input(&self, place: usize, input: Input, value: &str) -> HtmlElement {
        let key = place.to_string();
        match input {
            Input::Address { .. } => {
                let field = self.field("field address", value, "address");
                set(&field, "list", self.list);
                set(&field, "data-input", &key);
                set(&field, "data-address", "");
                field
            }
            Input::Text { usual } => {
                let name = if usual.is_empty() { "text_to_send" } else { "answer_text" };
                let field = self.field("field", value, name);
                set(&field, "data-input", &key);
                field
            }
            Input::Number { unit, .. } => self.number(&key, value, unit, "numeric"),
            Input::Percent => self.number(&key, value, "unit_lost_here", "decimal"),
            Input::Flag { label: word, .. } => {
                let label = make("label", "");
                let field = make("input", "");
                set(&field, "type", "checkbox");
                set(&field, "data-input", &key);
                if value == "on" {
                    set(&field, "checked", "");
                }
                add(&label, &[&field, &say("span", "", self.word(word))]);
                label
            }
            Input::Choice(choices) => {
                let select = make("select", "button");
                set(&select, "data-input", &key);
                set(&select, "aria-label", self.word("type"));
                for choice in choices {
                    let option = say("option", "", self.word(choice));
                    set(&option, "value", choice);
                    add(&select, &[&option]);
                }
                select
            }
        }
    }

    fn number(&self, key: &str, value: &str, unit: &'static str, mode: &str) -> HtmlElement {
        let label = make("label", "");
        let field = self.field("field", value, unit);
        set(&field, "inputmode", mode);
        set(&field, "data-input", key);
        add(&label, &[&field, &say("span", "dim", self.word(unit))]);
        label
    }

    fn field(&self, class: &str, value: &str, name: &'static str) -> HtmlElement {
        let field = make("input", class);
        set(&field, "value", value);
        set(&field, "aria-label", self.word(name));
        if class != "field" || name == "text_to_send" {
            set(&field, "placeholder", self.word(name));
        }
        for (attribute, value) in [
            ("type", "text"),
            ("autocomplete", "off"),
            ("autocapitalize", "off"),
            ("spellcheck", "false"),
        ] {
            set(&field, attribute, value);
        }
        field
    }

    /// How many datagrams: one of four.
    fn counts(&self, place: usize) -> HtmlElement {
        let group = make("span", "segments");
        set(&group, "role", "radiogroup");
        set(&group, "aria-label", self.word("how_many"));
        for count in [1_u64, 10, 100, 1_000] {
            let label = make("label", "");
            let radio = make("input", "");
            set(&radio, "type", "radio");
            set(&radio, "name", &format!("count-{}", self.socket));
            set(&radio, "value", &count.to_string());
            set(&radio, "data-input", &place.to_string());
            if count == 10 {
                set(&radio, "checked", "");
            }
            add(&label, &[&radio, &say("span", "", &page::count(count))]);
            add(&group, &[&label]);
        }
        group
    }
}

/// Where an outcome is read; aloud it is said by `voice`, once.
pub(super) fn quiet_output() -> HtmlElement {
    let output = make("output", "outcome");
    set(&output, "aria-live", "off");
    output
}

/// Shows the inputs that count for what the form's first says.
pub(super) fn fit(form: &Element) {
    let chosen = value(form, 0).unwrap_or_default();
    for node in all(form, "[data-when]") {
        let when = node.get_attribute("data-when").unwrap_or_default();
        show(&node, when.split(' ').any(|own| own == chosen));
    }
}

/// The value of one input of a form, if it is shown.
pub(super) fn value(form: &Element, input: usize) -> Option<String> {
    let nodes = all(form, &format!("[data-input=\"{input}\"]"));
    if let Some(select) = nodes.first()?.dyn_ref::<HtmlSelectElement>() {
        return Some(select.value());
    }
    let inputs = nodes.iter().filter_map(|node| node.dyn_ref::<HtmlInputElement>());
    for input in inputs {
        match input.type_().as_str() {
            "checkbox" => return Some(if input.checked() { "on" } else { "" }.to_owned()),
            "radio" if !input.checked() => {}
            _ => return Some(input.value()),
        }
    }
    None
}

/// All values of a form. An address that it does not show is the one written beside it.
pub(super) fn values(form: &Element, verb: Verb) -> Vec<String> {
    let beside = || {
        let group = form.closest(".calls").ok().flatten()?;
        let field = first(&group, "[data-address]")?;
        Some(field.dyn_ref::<HtmlInputElement>()?.value())
    };
    verb.inputs()
        .iter()
        .enumerate()
        .map(|(place, input)| {
            value(form, place)
                .or_else(|| if matches!(input, Input::Address { .. }) { beside() } else { None })
                .unwrap_or_else(|| verb.usual(place))
        })
        .collect()
}

/// Points at the input that makes no sense, if one does.
pub(super) fn point_at(form: &Element, wrong: Option<&Wrong>) {
    for node in all(form, "[data-input]") {
        let own = node.get_attribute("data-input").and_then(|own| own.parse().ok());
        if wrong.is_some_and(|wrong| own == Some(wrong.input)) {
            keep(&node, "aria-invalid", "true");
        } else if node.has_attribute("aria-invalid") {
            let _ = node.remove_attribute("aria-invalid");
        }
    }
}

/// An outcome as a class and a line.
pub(super) fn words(
    language: Language,
    world: &World,
    outcome: &Outcome,
) -> (&'static str, String) {
    match outcome {
        Outcome::Waiting(command) if page::waits(world, command) => {
            let code = code::call(Dialect::Python, world, command);
            ("outcome gated", [&code, " · ", page::word(language, "waits_to_run")].concat())
        }
        Outcome::Waiting(command) => {
            ("outcome asleep", format!("{} …", code::call(Dialect::Python, world, command)))
        }
        Outcome::Wrong(wrong) => ("outcome bad", page::problem(language, &wrong.problem)),
        Outcome::Nobody => ("outcome bad", page::word(language, "lost").to_owned()),
        Outcome::Unknown => ("outcome bad", page::word(language, "how_unknown").to_owned()),
        Outcome::Ended(command, answer) => {
            let (bad, text) = log::outcome(language, world, command, answer);
            let call = code::call(Dialect::Python, world, command);
            if bad {
                // Only the call's name, so that the sentence has room.
                let name = call.split('(').next().unwrap_or_default();
                return ("outcome bad", format!("{name} → {text}"));
            }
            ("outcome good", format!("{call} {text}"))
        }
    }
}
