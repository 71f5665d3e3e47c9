//! Owns the menus in which new sockets are made.

use super::app::App;
use super::dom;
use crate::intent::Here;
use crate::text::page;
use protocol::command::{Family, Kind, Net, Side};
use wasm_bindgen::prelude::*;
use web_sys::Element;

impl App {
    /// Whether sockets can be made on the wire.
    fn wire_stands(&self) -> bool {
        self.timeline.newest().wire.as_ref().is_some_and(|wire| wire.down.is_none())
    }

    /// A new socket was asked for in a host's menu.
    pub(super) fn make_asked(
        &mut self,
        side: Side,
        kind: Kind,
        family: Family,
        host: bool,
        port: Option<&str>,
    ) {
        let net = match side {
            _ if host || !self.wire_stands() => Net::Host,
            Side::Left => Net::Left,
            Side::Right => Net::Right,
        };
        let parsed = port.map(|port| port.trim().parse::<u16>());
        let menu =
            format!("form[data-side=\"{}\"]", if side == Side::Left { "left" } else { "right" });
        let form = dom::first(&self.root, &menu);
        let note = form.as_ref().and_then(|form| dom::first(form, ".outcome"));
        if let Some(Err(_)) = parsed {
            if let Some(note) = note {
                let problem = crate::intent::Problem::Port(port.unwrap_or_default().to_owned());
                note.set_class_name("outcome bad");
                note.set_text_content(Some(&page::problem(self.language, &problem)));
            }
            return;
        }
        if let Some(note) = note {
            note.set_text_content(None);
        }
        if let Some(menu) = form.and_then(|form| form.parent_element()) {
            let _ = menu.remove_attribute("open");
            if let Some(summary) = dom::first(&menu, "summary") {
                let _ = summary.focus();
            }
        }
        self.make(side, kind, Here { net, family }, parsed.and_then(Result::ok));
    }

    /// The kind chosen in a host's menu changed: a datagram server neither listens nor accepts.
    pub(super) fn make_changed(&mut self, form: &Element) {
        let datagram = dom::first(form, "[value=datagram]")
            .and_then(|radio| radio.dyn_into::<web_sys::HtmlInputElement>().ok())
            .is_some_and(|radio| radio.checked());
        if let Some(label) = dom::first(form, "button[value=server] code") {
            let key = if datagram { "receiver_calls" } else { "server_calls" };
            dom::set(&label, "data-word", key);
            label.set_text_content(Some(page::word(self.language, key)));
        }
    }
}
