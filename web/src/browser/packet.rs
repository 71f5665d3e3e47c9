//! Owns the panel of the wire: one packet opened as its layers and what can be done to it, conversations
//! side by side, and the kernels' counters.

use super::asking::{Asking, Outcome, Place};
use super::dom::{self, Slot, add, keep, make, say, set, show};
use crate::conversation::{self, Conversation};
use crate::layers::{self, Kind, Layer};
use crate::seen::{Packet, Seen};
use crate::text::Language;
use crate::text::page::{self, Row, count};
use crate::text::{layer as terms, log, wire as words};
use protocol::world::Wire;
use protocol::{Answer, Nanos, PacketId, SocketId, World};
use wasm_bindgen::prelude::*;
use web_sys::{Element, HtmlElement};

/// Bytes written out; the layers know of all.
const WRITTEN: usize = 1_024;
/// Bytes in a line.
const LINE: usize = 8;
/// Conversations side by side.
const COMPARED: usize = 4;

/// The panel.
pub(super) struct Panel {
    root: HtmlElement,
    title: Slot,
    one: HtmlElement,
    to_layers: HtmlElement,
    state: Slot,
    acts: HtmlElement,
    says: Slot,
    overhead: Slot,
    note: Slot,
    sizes: HtmlElement,
    layers: HtmlElement,
    bytes: HtmlElement,
    none: HtmlElement,
    conversations: HtmlElement,
    telling: HtmlElement,
    others: HtmlElement,
    open: bool,
    packet: Option<PacketId>,
    /// The packet whose bytes are written, and whether its bytes or an error.
    built: Option<PacketId>,
    compared: Vec<Conversation>,
    counted: Option<(Vec<Row>, Vec<Row>)>,
    opener: Option<HtmlElement>,
}

/// What a refresh needs to know.
pub(super) struct Known<'a> {
    pub(super) language: Language,
    pub(super) newest: &'a World,
    pub(super) seen: &'a Seen,
    pub(super) asking: &'a Asking,
    pub(super) selected: Option<SocketId>,
    /// The relay's moment now.
    pub(super) now: Nanos,
    /// Whether this session may act now.
    pub(super) open: bool,
}

impl Panel {
    /// The shell's, closed.
    pub(super) fn new() -> Result<Self, JsValue> {
        Ok(Self {
            root: dom::by_id("packet")?,
            title: Slot::of("packet-title")?,
            one: dom::by_id("packet-one")?,
            to_layers: dom::by_id("to-layers")?,
            state: Slot::of("packet-state")?,
            acts: dom::by_id("packet-acts")?,
            says: Slot::of("packet-says")?,
            overhead: Slot::of("packet-overhead")?,
            note: Slot::of("packet-note")?,
            sizes: dom::by_id("packet-sizes")?,
            layers: dom::by_id("packet-layers")?,
            bytes: dom::by_id("packet-bytes")?,
            none: dom::by_id("no-conversation")?,
            conversations: dom::by_id("conversations")?,
            telling: dom::by_id("counters-telling")?,
            others: dom::by_id("counters-others")?,
            open: false,
            packet: None,
            built: None,
            compared: Vec::new(),
            counted: None,
            opener: None,
        })
    }

    /// Whether it is open.
    pub(super) fn is_open(&self) -> bool {
        self.open
    }

    /// Opens it, on a packet or without, and goes there.
    pub(super) fn open(&mut self, packet: Option<PacketId>) {
        let active = dom::document().active_element();
        let inside = active.as_ref().is_some_and(|active| self.root.contains(Some(active)));
        if !inside {
            self.opener = active.and_then(|active| active.dyn_into().ok());
        }
        self.open = true;
        self.packet = packet;
        self.forget();
        show(&self.root, true);
        let _ = self.title.node().focus();
    }

    /// Closes it, and goes back to where it was opened.
    pub(super) fn close(&mut self) {
        self.open = false;
        self.packet = None;
        show(&self.root, false);
        if let Some(opener) = self.opener.take() {
            let back = if opener.is_connected() { Some(opener) } else { dom::by_id("stage").ok() };
            if let Some(back) = back {
                let _ = back.focus();
            }
        }
    }

    /// Writes everything anew next time (another packet, another language).
    pub(super) fn forget(&mut self) {
        self.built = None;
        self.compared.clear();
        self.counted = None;
        for part in [&self.sizes, &self.layers, &self.bytes, &self.conversations] {
            dom::empty(part);
        }
        self.overhead.set("");
        self.note.set("");
    }

    /// Brings it in line with the newest world: here commands act.
    pub(super) fn refresh(&mut self, known: &Known) {
        if !self.open {
            return;
        }
        show(&self.one, self.packet.is_some());
        show(&self.to_layers, self.packet.is_some());
        match self.packet {
            Some(id) => self.one(known, id),
            None => self.title.set(page::word(known.language, "on_the_wire")),
        }
        self.compare(known);
        if let Some(wire) = &known.newest.wire {
            self.count(known.language, wire);
        }
    }

    fn one(&mut self, known: &Known, id: PacketId) {
        let language = known.language;
        let packet = known.seen.get(id);
        let name = packet.map_or_else(
            || format!("{} {id}", page::word(language, "packet_word")),
            |packet| words::packet(language, id, packet.from, &packet.head),
        );
        self.title.set(&name);
        let live = known.newest.wire.as_ref().and_then(|wire| wire.packets.get(&id));
        let since = |at: Nanos| known.now.saturating_sub(at);
        let state = match (live, packet) {
            (Some(live), _) => words::on_wire(language, since(live.entered), live.held.map(since)),
            (None, Some(Packet { left: Some((at, fate)), trap, .. })) => {
                words::fate(language, *fate, since(*at), trap.is_some())
            }
            _ => words::forgotten(language).to_owned(),
        };
        self.state.set(&state);
        let lost = live.is_none() && packet.is_some_and(is_lost);
        keep(self.state.node(), "class", if lost { "bad" } else { "" });
        self.acts(live.filter(|_| known.open).map(|live| live.held.is_some()), id);
        let wrong = match known.asking.outcome(Place::Packet) {
            Some(Outcome::Ended(_, Answer::Error(failure))) => log::failure(language, failure),
            Some(Outcome::Nobody) => page::word(language, "lost").to_owned(),
            _ => String::new(),
        };
        self.says.set(&wrong);
        keep(self.says.node(), "class", if wrong.is_empty() { "outcome" } else { "outcome bad" });
        self.bytes(known, id, packet);
    }

    /// What can be done, while it can: nothing to a packet that has gone.
    fn acts(&self, held: Option<bool>, id: PacketId) {
        let active = dom::document().active_element();
        let mut orphaned =
            held.is_none() && active.as_ref().is_some_and(|a| self.acts.contains(Some(a)));
        show(&self.acts, held.is_some());
        for button in dom::all(&self.acts, "button") {
            keep(&button, "data-packet", &id.to_string());
            let needs = match button.get_attribute("data-do").as_deref() {
                Some("hold") => Some(false),
                Some("release") => Some(true),
                _ => None,
            };
            let shown = needs.is_none_or(|needs| held == Some(needs));
            orphaned |= !shown && active.as_ref() == Some(&button);
            show(&button, shown);
        }
        if orphaned {
            let _ = self.title.node().focus();
        }
    }

    fn bytes(&mut self, known: &Known, id: PacketId, packet: Option<&Packet>) {
        let language = known.language;
        let damaged = packet.is_some_and(|packet| packet.damaged);
        if self.built == Some(id) {
            self.note.set(if damaged { page::word(language, "as_entered") } else { "" });
            return;
        }
        match (&known.asking.whole, known.asking.outcome(Place::Bytes)) {
            (Some((own, bytes)), _) if *own == id => {
                let layers = layers::open(bytes, packet.map(|packet| &packet.head));
                self.overhead.set(&words::overhead(language, &layers));
                self.sizes(language, &layers);
                for layer in &layers {
                    add(&self.layers, &[&opened(language, layer)]);
                }
                dump(&self.bytes, bytes);
                let _ = self.bytes.remove_attribute("data-lit");
                self.built = Some(id);
            }
            (_, Some(Outcome::Ended(_, Answer::Error(failure)))) => {
                self.note.set(&log::failure(language, failure));
            }
            _ => self.note.set(page::word(language, "fetching")),
        }
    }

    fn sizes(&self, language: Language, layers: &[Layer]) {
        for layer in layers {
            let size = layer.span.len();
            let text = format!("{} · {} B", terms::layer(language, layer.kind), count(size as u64));
            let part = say("span", class(layer.kind), &text);
            let _ = part.style().set_property("flex-grow", &size.to_string());
            range(&part, &layer.span);
            add(&self.sizes, &[&part]);
        }
    }

    fn compare(&mut self, known: &Known) {
        let language = known.language;
        let all = conversation::latest(known.newest, known.selected, COMPARED);
        show(&self.none, all.is_empty());
        show(&self.conversations, !all.is_empty());
        if all == self.compared && self.conversations.child_element_count() > 0 {
            return;
        }
        dom::empty(&self.conversations);
        let word = |key| page::word(language, key);
        let head = make("tr", "");
        add(&head, &[&make("td", "")]);
        for own in &all {
            let kind = if own.protocol == 6 { "kind_stream" } else { "kind_datagram" };
            let cell = say("th", if own.protocol == 6 { "tcp" } else { "udp" }, word(kind));
            set(&cell, "scope", "col");
            let port = |address: &protocol::Address| address.port().unwrap_or(0);
            let ports = format!(":{} → :{}", port(&own.src), port(&own.dst));
            add(&cell, &[&say("span", "mono dim", &ports)]);
            add(&head, &[&cell]);
        }
        add(&self.conversations, &[&head]);
        let ways = |own: &Conversation, pick: fn(&conversation::Direction) -> Option<u64>| {
            let [there, back] = &own.ways;
            let text = |n: Option<u64>| n.map_or_else(|| "–".to_owned(), count);
            format!("→ {}\n← {}", text(pick(there)), text(pick(back)))
        };
        type Cell<'a> = Box<dyn Fn(&Conversation) -> String + 'a>;
        let rows: [(&'static str, Cell); 5] = [
            ("c_payload", Box::new(|own| ways(own, |way| way.payload))),
            ("c_packets", Box::new(|own| ways(own, |way| Some(way.packets)))),
            ("c_bytes", Box::new(|own| ways(own, |way| Some(way.bytes)))),
            ("c_lost", Box::new(|own| ways(own, |way| Some(way.lost)))),
            (
                "c_overhead",
                Box::new(|own| {
                    own.overhead().map_or_else(|| "–".to_owned(), |share| format!("{share} %"))
                }),
            ),
        ];
        for (key, cell) in rows {
            let line = make("tr", "");
            let name = say("th", "", word(key));
            set(&name, "scope", "row");
            add(&line, &[&name]);
            for own in &all {
                add(&line, &[&say("td", "", &cell(own))]);
            }
            add(&self.conversations, &[&line]);
        }
        self.compared = all;
    }

    fn count(&mut self, language: Language, wire: &Wire) {
        let (mut telling, others) = page::counters(language, wire);
        telling.push(Row {
            name: "device".to_owned(),
            gloss: page::word(language, "device_dropped"),
            values: wire.device_dropped,
        });
        let now = (telling, others);
        if self.counted.as_ref() == Some(&now) {
            return;
        }
        for (body, rows) in [(&self.telling, &now.0), (&self.others, &now.1)] {
            dom::empty(body);
            for row in rows {
                let line = make("tr", if row.values == [0, 0] { "zero" } else { "" });
                let name = make("th", "");
                set(&name, "scope", "row");
                add(&name, &[&say("code", "", &row.name), &say("span", "dim", row.gloss)]);
                add(&line, &[&name]);
                for value in row.values {
                    add(&line, &[&say("td", "", &count(value))]);
                }
                add(body, &[&line]);
            }
        }
        self.counted = Some(now);
    }
}

fn is_lost(packet: &Packet) -> bool {
    matches!(packet.left, Some((_, protocol::packet::PacketFate::Lost(_))))
}

fn class(kind: Kind) -> &'static str {
    match kind {
        Kind::Ipv4 | Kind::Ipv6 | Kind::Extension(_) => "ip",
        Kind::Tcp => "tcp",
        Kind::Udp => "udp",
        Kind::Icmp | Kind::Icmpv6 => "icmp",
        Kind::Quoted | Kind::Data => "data",
    }
}

fn range(element: &Element, span: &std::ops::Range<usize>) {
    set(element, "data-from", &span.start.to_string());
    set(element, "data-to", &span.end.to_string());
}

/// A layer as a box: its size, and its fields, which the arrow keys walk through.
fn opened(language: Language, layer: &Layer) -> HtmlElement {
    let root = make("section", "layer");
    let _ = root.class_list().add_1(class(layer.kind));
    let title = make("h4", "");
    let size = format!("{} B", count(layer.span.len() as u64));
    add(
        &title,
        &[&say("span", "", terms::layer(language, layer.kind)), &say("span", "mono", &size)],
    );
    range(&title, &layer.span);
    add(&root, &[&title]);
    let list = make("ul", "fields");
    for (place, field) in layer.fields.iter().enumerate() {
        let item = make("li", "");
        range(&item, &field.span);
        set(&item, "tabindex", if place == 0 { "0" } else { "-1" });
        add(
            &item,
            &[
                &say("span", "dim", terms::term(language, field.term)),
                &say("span", "mono", &terms::value(language, field.term, &field.value)),
            ],
        );
        add(&list, &[&item]);
    }
    add(&root, &[&list]);
    root
}

/// The bytes in lines of eight: where, as hex, as letters.
fn dump(root: &HtmlElement, bytes: &[u8]) {
    for (nth, line) in bytes.chunks(LINE).take(WRITTEN / LINE).enumerate() {
        let row = make("div", "");
        add(&row, &[&say("span", "dim", &format!("{:04x} ", nth * LINE))]);
        for as_hex in [true, false] {
            let part = make("span", if as_hex { "hex" } else { "letters" });
            for (place, byte) in line.iter().enumerate() {
                let text =
                    if as_hex { page::hex(&[*byte]) } else { terms::letter(*byte).to_string() };
                let cell = say("span", "", &text);
                set(&cell, "data-at", &(nth * LINE + place).to_string());
                add(&part, &[&cell]);
            }
            add(&row, &[&part]);
        }
        add(root, &[&row]);
    }
    if bytes.len() > WRITTEN {
        add(root, &[&say("p", "dim", &format!("… + {} B", count((bytes.len() - WRITTEN) as u64)))]);
    }
}

/// Lights the bytes of the field that is pointed at or focused, and only those.
pub(super) fn light(target: Option<&Element>) {
    let Ok(bytes) = dom::by_id::<HtmlElement>("packet-bytes") else { return };
    let field = target.and_then(|target| target.closest("#packet-one [data-from]").ok().flatten());
    let number = |name: &str| field.as_ref()?.get_attribute(name)?.parse::<usize>().ok();
    let span = number("data-from").unwrap_or(0)..number("data-to").unwrap_or(0);
    let key = format!("{}-{}", span.start, span.end);
    if bytes.get_attribute("data-lit").unwrap_or_default() == key {
        return;
    }
    set(&bytes, "data-lit", &key);
    let mut first = None;
    for cell in dom::all(&bytes, "[data-at]") {
        let at = cell.get_attribute("data-at").and_then(|at| at.parse().ok());
        let lit = at.is_some_and(|at| span.contains(&at));
        let _ = cell.class_list().toggle_with_force("lit", lit);
        if lit && first.is_none() {
            first = Some(cell);
        }
    }
    // The panel stands still; only the bytes move, and only where they must.
    if let Some(row) = first.and_then(|cell| cell.closest("div").ok().flatten()) {
        let row: HtmlElement = row.unchecked_into();
        let (top, room) = (row.offset_top() - bytes.offset_top(), bytes.client_height());
        if top < bytes.scroll_top() || top + row.offset_height() > bytes.scroll_top() + room {
            bytes.set_scroll_top(top - 8);
        }
    }
}

/// The field before or after one in its layer: arrow keys walk through them.
pub(super) fn walk(target: &Element, down: bool) -> bool {
    let Ok(Some(item)) = target.closest(".fields > li") else { return false };
    let next = if down { item.next_element_sibling() } else { item.previous_element_sibling() };
    let Some(next) = next.and_then(|next| next.dyn_into::<HtmlElement>().ok()) else {
        return true;
    };
    set(&item, "tabindex", "-1");
    set(&next, "tabindex", "0");
    let _ = next.focus();
    true
}
