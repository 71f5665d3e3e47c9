//! Owns the buttons over the packets of the picture: each opens its packet. Where they are, the scene says.

use super::dom::{self, add, keep, make, place, set};
use crate::scene::Spot;
use crate::seen::Seen;
use crate::text::Language;
use crate::text::{page, wire as words};
use protocol::command::Side;
use protocol::table::Table;
use protocol::{End, PacketId};
use wasm_bindgen::prelude::*;
use web_sys::HtmlElement;

/// Buttons laid at once; beyond, packets are a crowd and not for clicking.
const MOST: usize = 64;

/// The buttons.
pub(super) struct Spots {
    root: HtmlElement,
    buttons: Table<PacketId, HtmlElement>,
}

impl Spots {
    /// Over the shell's stage.
    pub(super) fn new() -> Result<Self, JsValue> {
        Ok(Self { root: dom::by_id("spots")?, buttons: Table::new() })
    }

    /// Brings them in line with the picture, every frame: they move with it.
    pub(super) fn refresh(&mut self, language: Language, spots: &[Spot], seen: &Seen) {
        for spot in spots.iter().take(MOST) {
            let root = &self.root;
            let button = self.buttons.or_insert_with(spot.packet, || {
                let button = make("button", "spot");
                set(&button, "type", "button");
                set(&button, "data-do", "packet");
                set(&button, "data-packet", &spot.packet.to_string());
                add(root, &[&button]);
                button
            });
            place(button, spot.area);
            keep(button, "aria-label", &name(language, spot, seen));
            keep(button, "data-held", if spot.held { "true" } else { "false" });
        }
        let mut orphaned = false;
        let active = dom::document().active_element();
        self.buttons.retain(|packet, button| {
            let stays = spots.iter().take(MOST).any(|spot| spot.packet == *packet);
            if !stays {
                orphaned |= active.as_ref() == Some(button);
                button.remove();
            }
            stays
        });
        // Who had chosen a packet that has gone chooses the next one, or stands on the stage.
        if orphaned {
            let next = self.buttons.values().next().cloned();
            if let Some(next) = next.or_else(|| dom::by_id("stage").ok()) {
                let _ = next.focus();
            }
        }
    }
}

/// `packet 88, 6 B from left, held`.
fn name(language: Language, spot: &Spot, seen: &Seen) -> String {
    let from = if spot.from == Side::Left { End::Left } else { End::Right };
    let mut name = match seen.get(spot.packet) {
        Some(packet) => words::packet(language, spot.packet, packet.from, &packet.head),
        None => format!(
            "{} {}, {}",
            page::word(language, "packet_word"),
            spot.packet,
            words::end(language, from)
        ),
    };
    if spot.held || spot.left {
        name.push_str(language.pick(", ", "，"));
        name.push_str(if spot.held {
            language.pick("held", "已扣住")
        } else {
            language.pick("past", "已过去")
        });
    }
    name
}
