//! Owns the panel of one socket: every call as a form, everything that the kernel says, and the bytes
//! that came out.

use super::asking::{Asking, Outcome, Place};
use super::call_form::{self, Builder};
use super::dom::{self, Slot, add, keep, make, say, show};
use super::life::LifeLine;
use crate::intent::{self, Verb};
use crate::text::Language;
use crate::text::page;
use protocol::command::{Kind, Side};
use protocol::{Nanos, SocketId, World};
use wasm_bindgen::prelude::*;
use web_sys::HtmlElement;

/// Bytes shown of what a receive gave.
const SHOWN: usize = 4_096;

/// The panel.
pub(super) struct Inspector {
    root: HtmlElement,
    title: Slot,
    body: HtmlElement,
    socket: Option<SocketId>,
    built: Option<Built>,
    /// The form that was meant when it was opened.
    meant: Option<Verb>,
    opener: Option<HtmlElement>,
}

/// What stands in it.
struct Built {
    socket: SocketId,
    forms: Vec<(Verb, HtmlElement, Slot, Slot)>,
    automatic: Slot,
    life: LifeLine,
    facts: Vec<Slot>,
    waiting: Slot,
    text: Slot,
    hex: Slot,
}

impl Inspector {
    /// The shell's panel, closed.
    pub(super) fn new() -> Result<Self, JsValue> {
        Ok(Self {
            root: dom::by_id("inspector")?,
            title: Slot::of("inspector-title")?,
            body: dom::by_id("inspector-body")?,
            socket: None,
            built: None,
            meant: None,
            opener: None,
        })
    }

    /// Whether it is open.
    pub(super) fn is_open(&self) -> bool {
        self.socket.is_some()
    }

    /// Opens it on a socket, and goes there: to a form of it, where one is meant.
    pub(super) fn open(&mut self, socket: SocketId, at: Option<Verb>) {
        let active = dom::document().active_element();
        let within = active.as_ref().is_some_and(|own| self.root.contains(Some(own)));
        if !within {
            self.opener = active.and_then(|element| element.dyn_into().ok());
        }
        self.socket = Some(socket);
        self.meant = at;
        show(&self.root, true);
        let _ = self.title.node().focus();
    }

    /// Closes it, and goes back to where it was opened.
    pub(super) fn close(&mut self) {
        self.socket = None;
        self.forget();
        show(&self.root, false);
        if let Some(opener) = self.opener.take() {
            let _ = opener.focus();
        }
    }

    /// Closes it to make room for another panel, which takes the focus.
    pub(super) fn shut(&mut self) {
        self.opener = None;
        self.close();
    }

    /// Builds everything anew next time (another language).
    pub(super) fn forget(&mut self) {
        self.built = None;
        dom::empty(&self.body);
    }

    /// Brings it in line: forms act on `newest`, facts are those of the shown moment.
    pub(super) fn refresh(
        &mut self,
        language: Language,
        (shown, at): (&World, Nanos),
        newest: &World,
        asking: &Asking,
    ) {
        let Some(id) = self.socket else { return };
        let Some(socket) = newest.sockets.get(&id) else {
            return self.gone(language, newest, asking, id);
        };
        if self.built.as_ref().is_none_or(|built| built.socket != id) {
            self.forget();
            let kind = if socket.kind == Kind::Datagram { "to-datagram" } else { "to-stream" };
            self.built = Some(build(&self.body, &Builder { language, socket: id, list: kind }));
            let _ = self.root.class_list().toggle_with_force("left", socket.side == Side::Right);
        }
        self.title.set(&page::summary(language, newest, id));
        let Some(built) = &mut self.built else { return };
        for (verb, form, why, says) in &mut built.forms {
            let refusal = intent::refusal(socket, *verb);
            if let Some(button) = dom::first(form, "button") {
                let out = refusal.is_some();
                if out != button.has_attribute("disabled") {
                    let _ = button.toggle_attribute_with_force("disabled", out);
                }
            }
            show(why.node(), refusal.is_some());
            why.set(refusal.map_or("", |refusal| page::refusal(language, refusal)));
            let outcome = asking.outcome(Place::Call(id, *verb));
            let wrong = match outcome {
                Some(Outcome::Wrong(wrong)) => Some(wrong),
                _ => None,
            };
            call_form::point_at(form, wrong);
            let (class, text) = outcome
                .map(|outcome| call_form::words(language, newest, outcome))
                .unwrap_or_default();
            says.set(&text);
            keep(says.node(), "class", if class.is_empty() { "outcome" } else { class });
        }
        built.life.refresh(language, socket);
        let runs = page::automatic(language, socket);
        let idle = page::word(language, "nobody_runs");
        built.automatic.set(if runs.is_empty() { idle } else { &runs });
        keep(built.automatic.node(), "class", if runs.is_empty() { "dim" } else { "runs" });
        if let Some(served) = dom::first(&self.body, "[data-verb=serve] select[data-input=\"4\"]") {
            show(&served, socket.listens());
        }
        if let Some(verb) = self.meant.take() {
            go(&built.forms, verb);
        }
        let then = shown.sockets.get(&id).unwrap_or(socket);
        for (slot, value) in built.facts.iter_mut().zip(page::facts(language, then, at)) {
            slot.set(&value);
        }
        let none = page::word(language, "nothing_yet");
        let bytes = asking.received.get(&id).unwrap_or(&socket.last_read);
        let bytes = &bytes[..bytes.len().min(SHOWN)];
        let or_none = |text: String| if text.is_empty() { none.to_owned() } else { text };
        built.text.set(&or_none(String::from_utf8_lossy(bytes).into_owned()));
        built.hex.set(&or_none(page::hex(bytes)));
        built.waiting.set(&or_none(page::hex(&then.kernel.peeked)));
    }

    /// The kernel has forgotten the socket: what came of its last calls stays to be read.
    fn gone(&mut self, language: Language, newest: &World, asking: &Asking, id: SocketId) {
        let own = self.built.as_mut().filter(|built| built.socket == id);
        let parting = asking.parting.as_ref().filter(|own| own.socket == id);
        let (Some(built), Some(parting)) = (own, parting) else { return self.close() };
        let [english, chinese] = &parting.name;
        let name = language.pick(english, chinese);
        self.title.set(&[name, ": ", page::word(language, "socket_gone")].concat());
        for (verb, form, _, says) in &mut built.forms {
            if let Some(button) = dom::first(form, "button") {
                let _ = button.toggle_attribute_with_force("disabled", true);
            }
            if let Some(outcome) = asking.outcome(Place::Call(id, *verb)) {
                let (class, text) = call_form::words(language, newest, outcome);
                says.set(&text);
                keep(says.node(), "class", class);
            }
        }
    }
}

fn build(body: &HtmlElement, builder: &Builder) -> Built {
    let word = |key| page::word(builder.language, key);
    let mut forms = Vec::new();
    let automatic = make("p", "dim");
    let mut life = None;
    let mut heading = "";
    for verb in Verb::ALL {
        if verb.part() != heading {
            heading = verb.part();
            add(body, &[&heading_of(heading, word(heading))]);
            match heading {
                "automatic" => add(body, &[&automatic]),
                "life" => life = Some(LifeLine::new(body, builder.language)),
                _ => {}
            }
        }
        let form = builder.full(verb);
        let slot = |class| dom::first(&form, class).map(Slot::new);
        if let (Some(why), Some(says)) = (slot(".why"), slot(".outcome")) {
            add(body, &[&form]);
            forms.push((verb, form, why, says));
        }
    }
    add(body, &[&heading_of("last_bytes", word("last_bytes"))]);
    let part = |key| {
        let box_ = make("div", "bytes");
        add(body, &[&say("p", "dim", word(key)), &box_]);
        Slot::new(box_)
    };
    let (text, hex, waiting) = (part("as_text"), part("as_hex"), part("what_waits"));
    add(body, &[&heading_of("kernel_says", word("kernel_says"))]);
    let list = make("dl", "facts");
    let facts = page::fact_terms(builder.language)
        .map(|(term, gloss)| {
            let name = make("dt", "");
            add(&name, &[&say("code", "", term), &say("span", "", &format!(" {gloss}"))]);
            let value = make("dd", "");
            add(&list, &[&name, &value]);
            Slot::new(value)
        })
        .collect();
    add(body, &[&list]);
    let automatic = Slot::new(automatic);
    let life = life.unwrap_or_else(|| LifeLine::new(body, builder.language));
    Built { socket: builder.socket, forms, automatic, life, facts, waiting, text, hex }
}

/// Goes to a form: to its first input, else to its button.
fn go(forms: &[(Verb, HtmlElement, Slot, Slot)], verb: Verb) {
    let Some((_, form, ..)) = forms.iter().find(|(own, ..)| *own == verb) else { return };
    form.scroll_into_view();
    if let Some(node) = dom::first(form, "[data-input], button") {
        let _ = node.focus();
    }
}

/// A heading that the panel's own shortcuts lead to.
fn heading_of(key: &str, text: &str) -> HtmlElement {
    let heading = say("h3", "", text);
    dom::set(&heading, "id", key);
    dom::set(&heading, "tabindex", "-1");
    heading
}
