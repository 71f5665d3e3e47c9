//! Owns the menus in which new sockets are made.

use super::app::App;
use super::asking::Place;
use super::dom;
use crate::intent::{Gesture, Here, Make};
use crate::text::page;
use protocol::command::{Family, Kind, Net, Side};
use wasm_bindgen::prelude::*;
use web_sys::{Element, HtmlElement, HtmlInputElement};

impl App {
    /// Whether sockets can be made on the wire.
    fn wire_stands(&self) -> bool {
        self.timeline.newest().wire.as_ref().is_some_and(|wire| wire.down.is_none())
    }

    /// A new socket was asked for in a host's menu; `at`: a whole server, on that port or name.
    pub(super) fn make_asked(
        &mut self,
        side: Side,
        kind: Kind,
        family: Family,
        host: bool,
        at: Option<&str>,
    ) {
        let net = match side {
            _ if host || family == Family::Unix || !self.wire_stands() => Net::Host,
            Side::Left => Net::Left,
            Side::Right => Net::Right,
        };
        let menu = if side == Side::Left { "[data-side=left]" } else { "[data-side=right]" };
        let form = dom::first(&self.root, menu);
        let note = form.as_ref().and_then(|form| dom::first(form, ".outcome"));
        let made = if let Some(at) = at {
            self.make_server(side, kind, Here { net, family }, at)
        } else {
            let make = Make { side, net, family, kind };
            self.give(Place::Host(side), Gesture::Make(make));
            Ok(())
        };
        if let Some(note) = note {
            note.set_class_name("outcome bad");
            let problem = made.as_ref().err().map(|problem| page::problem(self.language, problem));
            note.set_text_content(problem.as_deref());
        }
        let menu = form.filter(|_| made.is_ok()).and_then(|form| form.parent_element());
        if let Some(menu) = menu {
            let _ = menu.remove_attribute("open");
            if let Some(summary) = dom::first(&menu, "summary") {
                let _ = summary.focus();
            }
        }
    }

    /// Another kind or family was chosen in a host's menu: a datagram server neither listens nor
    /// accepts, and a Unix socket has a name where others have a port.
    pub(super) fn make_changed(&mut self, form: &Element, family: bool) {
        let chosen = |selector| {
            let radio = dom::first(form, selector);
            let radio = radio.and_then(|own| own.dyn_into::<HtmlInputElement>().ok());
            radio.is_some_and(|own| own.checked())
        };
        let (datagram, unix) = (chosen("[value=datagram]"), chosen("[value=unix]"));
        self.reword(
            dom::first(form, "button[value=server] code"),
            if datagram { "receiver_calls" } else { "server_calls" },
        );
        self.reword(
            dom::first(form, "[name=port]")
                .and_then(|own| own.previous_element_sibling()?.dyn_into().ok()),
            if unix { "name" } else { "port" },
        );
        let field = dom::first(form, "[name=port]");
        if let Some(field) = field.and_then(|own| own.dyn_into::<HtmlInputElement>().ok())
            && family
        {
            field.set_value(if unix { "server" } else { "8001" });
        }
        if let Some(place) = dom::first(form, ".where") {
            // The wire has no room for them.
            let _ = place.toggle_attribute_with_force("disabled", unix);
        }
    }

    fn reword(&self, node: Option<HtmlElement>, key: &'static str) {
        if let Some(node) = node {
            dom::set(&node, "data-word", key);
            node.set_text_content(Some(page::word(self.language, key)));
        }
    }
}
