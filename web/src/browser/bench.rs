//! Owns what the page lays over the stage: a real button for each socket, and the calls offered beside
//! the chosen ones. Where they stand, the scene says.

use super::asking::{Asking, Outcome};
use super::bundle::Bundle;
use super::call_form::{self, Builder};
use super::dom::{self, Slot, add, keep, make, place, say, set};
use crate::intent::{self, Offer, Verb};
use crate::scene::{End, Lane};
use crate::text::Language;
use crate::text::page;
use protocol::command::{Kind, Side};
use protocol::table::Table;
use protocol::{SocketId, World};
use wasm_bindgen::prelude::*;
use web_sys::{HtmlElement, HtmlInputElement};

/// The calls offered beside one socket.
struct Group {
    root: HtmlElement,
    offers: Vec<Offer>,
    tall: bool,
    phone: bool,
    outcome: Slot,
}

/// What is laid over one end of a lane.
struct Overlay {
    pick: HtmlElement,
    group: Option<Group>,
}

/// All that is laid over the stage.
pub(super) struct Bench {
    root: HtmlElement,
    thumb: HtmlElement,
    ends: Table<SocketId, Overlay>,
    bundles: Vec<Bundle>,
    lists: [(Kind, HtmlElement, String); 2],
}

/// What a refresh needs to know.
pub(super) struct Known<'a> {
    pub(super) lanes: &'a [Lane],
    /// The world that commands act on.
    pub(super) newest: &'a World,
    pub(super) asking: &'a Asking,
    pub(super) language: Language,
    pub(super) selected: Option<SocketId>,
    /// The wire runs down; controls are at the thumb.
    pub(super) phone: bool,
    /// Whether calls may be offered at all.
    pub(super) open: bool,
    /// Whether this session only looks on: it is offered to look inside.
    pub(super) looks: bool,
}

impl Bench {
    /// Over the shell's stage.
    pub(super) fn new() -> Result<Self, JsValue> {
        Ok(Self {
            root: dom::by_id("lanes")?,
            thumb: dom::by_id("thumb")?,
            ends: Table::new(),
            bundles: Vec::new(),
            lists: [
                (Kind::Stream, dom::by_id("to-stream")?, String::new()),
                (Kind::Datagram, dom::by_id("to-datagram")?, String::new()),
            ],
        })
    }

    /// Builds everything anew next time (another language).
    pub(super) fn forget(&mut self) {
        std::mem::take(&mut self.bundles).iter().for_each(Bundle::remove);
        for overlay in std::mem::take(&mut self.ends).into_values() {
            overlay.pick.remove();
            if let Some(group) = overlay.group {
                group.root.remove();
            }
        }
    }

    /// Brings the overlays in line with the lanes and the world.
    pub(super) fn refresh(&mut self, known: &Known) {
        self.suggest(known.newest);
        let mut seen = Vec::new();
        let mut bundles = 0;
        for lane in known.lanes {
            let mut open: Option<(Side, usize)> = None;
            for end in &lane.ends {
                seen.push(end.socket);
                let own = |other: &&End| other.side == end.side && alike(&other.area, &end.area);
                let count = lane.ends.iter().filter(own).count();
                if count > 1 && open.is_none_or(|(side, _)| side != end.side) {
                    open = Some((end.side, bundles));
                    self.bundle(bundles, end, count, known.language);
                    bundles += 1;
                }
                self.pick(end, known, open.filter(|_| count > 1).map(|(_, nth)| nth));
                // A small lane has room for one button at most.
                let room = lane.tall || end.controls[2] >= 40.0;
                let near = room && (!known.phone || known.selected == Some(end.socket));
                self.group(end, known, near && (known.open || known.looks), lane.tall);
            }
        }
        self.ends.retain(|socket, overlay| {
            let stays = seen.contains(socket);
            if !stays {
                overlay.pick.remove();
                if let Some(group) = &overlay.group {
                    group.root.remove();
                }
            }
            stays
        });
        for bundle in self.bundles.drain(bundles.min(self.bundles.len())..) {
            bundle.remove();
        }
    }

    /// The `nth` bundle's button, over its end of the lane.
    fn bundle(&mut self, nth: usize, end: &End, count: usize, language: Language) {
        if self.bundles.len() == nth {
            let close = page::word(language, "close_list");
            self.bundles.push(Bundle::new(&self.root, nth, close));
        }
        self.bundles[nth].put(end.area, &page::bundle(language, end.side, count));
    }

    fn pick(&mut self, end: &End, known: &Known, bundle: Option<usize>) {
        let root = &self.root;
        let overlay = self.ends.or_insert_with(end.socket, || {
            let pick = make("button", "pick");
            set(&pick, "type", "button");
            set(&pick, "data-do", "select");
            set(&pick, "data-socket", &end.socket.to_string());
            add(root, &[&pick]);
            Overlay { pick, group: None }
        });
        let name = page::summary(known.language, known.newest, end.socket);
        let bundle = bundle.and_then(|nth| self.bundles.get(nth));
        Bundle::take(bundle, root, &overlay.pick, &name);
        if bundle.is_none() {
            place(&overlay.pick, end.area);
        }
        keep(&overlay.pick, "aria-label", &name);
        let pressed = if known.selected == Some(end.socket) { "true" } else { "false" };
        keep(&overlay.pick, "aria-pressed", pressed);
    }

    fn group(&mut self, end: &End, known: &Known, near: bool, tall: bool) {
        let Some(overlay) = self.ends.get_mut(&end.socket) else { return };
        if !near {
            if let Some(group) = overlay.group.take() {
                group.root.remove();
            }
            return;
        }
        let mut offers = intent::offers(known.newest, end.socket);
        if known.looks {
            offers.clear();
        } else if known.phone {
            offers = intent::few(offers);
        } else if !tall {
            offers.truncate(1);
        }
        let stale = overlay.group.as_ref().is_none_or(|group| {
            group.offers != offers || group.tall != tall || group.phone != known.phone
        });
        if stale {
            let old = overlay.group.take();
            let group = build(end.socket, offers, known, tall);
            let parent = if known.phone { &self.thumb } else { &self.root };
            add(parent, &[&group.root]);
            if let Some(old) = old {
                hand_over(&old, &group);
                old.root.remove();
            }
            overlay.group = Some(group);
        }
        let Some(group) = &mut overlay.group else { return };
        if !known.phone {
            place(&group.root, end.controls);
        }
        group.say(end.socket, known);
    }

    /// The addresses that forms suggest: ours that listen or are bound.
    fn suggest(&mut self, newest: &World) {
        for (kind, list, shown) in &mut self.lists {
            let aims = intent::aims(newest, *kind);
            let text: String =
                aims.iter().flat_map(|(_, to)| [to.to_string(), " ".into()]).collect();
            if *shown != text {
                dom::empty(list);
                for (_, to) in &aims {
                    let option = make("option", "");
                    set(&option, "value", &to.to_string());
                    add(list, &[&option]);
                }
                *shown = text;
            }
        }
    }
}

/// Whether two places are one spot for the mouse.
fn alike(a: &[f32], b: &[f32]) -> bool {
    a.iter().zip(b).all(|(a, b)| (a - b).abs() < 0.5)
}

fn build(socket: SocketId, offers: Vec<Offer>, known: &Known, tall: bool) -> Group {
    let datagram = known.newest.sockets.get(&socket).map(|s| s.kind) == Some(Kind::Datagram);
    let builder = Builder {
        language: known.language,
        socket,
        list: if datagram { "to-datagram" } else { "to-stream" },
    };
    let root = make("div", "calls");
    set(&root, "role", "group");
    let name = page::name(known.language, known.newest, socket);
    set(&root, "aria-label", &name);
    for offer in &offers {
        add(&root, &[&builder.short(offer)]);
    }
    let outcome = call_form::quiet_output();
    if !tall && !known.phone {
        root.set_class_name("calls mini");
        return Group { root, offers, tall, phone: known.phone, outcome: Slot::new(outcome) };
    }
    let all = all_calls(socket, known, &name);
    // Beside the field to send from there is room; the buttons need their row for themselves.
    let beside = !known.phone && offers.first().is_some_and(|offer| offer.verb == Verb::Send);
    let second = root.children().item(1).filter(|_| beside);
    let _ = root.insert_before(&all, second.as_deref());
    add(&root, &[&outcome]);
    Group { root, offers, tall, phone: known.phone, outcome: Slot::new(outcome) }
}

/// The button that opens a socket's panel.
fn all_calls(socket: SocketId, known: &Known, name: &str) -> HtmlElement {
    let (short, long) =
        if known.looks { ("look_inside", "look_inside") } else { ("all_short", "all_calls") };
    let all = say("button", "button all", page::word(known.language, short));
    set(&all, "type", "button");
    set(&all, "data-do", "inspect");
    set(&all, "data-socket", &socket.to_string());
    let long = page::word(known.language, long);
    set(&all, "aria-label", &[long, ": ", name].concat());
    set(&all, "title", long);
    add(&all, &[&say("span", "", "▾")]);
    all
}

/// What somebody has written, and where the cursor is, survives a change of the offers.
fn hand_over(old: &Group, new: &Group) {
    let active = dom::document().active_element();
    for offer in &new.offers {
        let selector = format!("form[data-verb=\"{}\"]", offer.verb.name());
        let (Some(from), Some(to)) =
            (dom::first(&old.root, &selector), dom::first(&new.root, &selector))
        else {
            continue;
        };
        for chosen in dom::all(&from, "input[type=radio]:checked") {
            let value = chosen.dyn_ref::<HtmlInputElement>().map(HtmlInputElement::value);
            let same =
                value.and_then(|value| dom::first(&to, &format!("input[value=\"{value}\"]")));
            if let Some(same) = same.as_ref().and_then(|same| same.dyn_ref::<HtmlInputElement>()) {
                same.set_checked(true);
            }
        }
        let before = old.offers.iter().find(|own| own.verb == offer.verb);
        for input in offer.shown {
            let key = format!("[data-input=\"{input}\"]");
            let (Some(a), Some(b)) = (dom::first(&from, &key), dom::first(&to, &key)) else {
                continue;
            };
            let (Some(a), Some(b)) =
                (a.dyn_ref::<HtmlInputElement>(), b.dyn_ref::<HtmlInputElement>())
            else {
                continue;
            };
            let untouched = before.is_some_and(|before| {
                before.first.iter().any(|(own, text)| own == input && *text == a.value())
            });
            if a.type_() == "text" && !untouched {
                b.set_value(&a.value());
            }
            if active.as_ref() == Some(a) {
                let _ = b.focus();
            }
        }
        let focused =
            active.as_ref().filter(|a| from.contains(Some(a)) && a.tag_name() == "BUTTON");
        if focused.is_some()
            && let Some(button) = dom::first(&to, "button")
        {
            let _ = button.focus();
        }
    }
}

impl Group {
    fn say(&mut self, socket: SocketId, known: &Known) {
        let latest = known.asking.latest(socket);
        for form in dom::all(&self.root, "form") {
            let wrong = match latest {
                Some((verb, Outcome::Wrong(wrong)))
                    if form.get_attribute("data-verb").as_deref() == Some(verb.name()) =>
                {
                    Some(wrong)
                }
                _ => None,
            };
            call_form::point_at(&form, wrong);
        }
        let (class, text) = latest
            .map(|(_, outcome)| call_form::words(known.language, known.newest, outcome))
            .unwrap_or_default();
        self.outcome.set(&text);
        keep(self.outcome.node(), "class", if class.is_empty() { "outcome" } else { class });
        keep(self.outcome.node(), "title", &text);
    }
}
