//! Owns the table that says what the picture shows, for those who do not see it.

use super::dom::{self, add, make, say, set};
use crate::code::{self, Dialect};
use crate::text::Language;
use crate::text::page;
use protocol::World;
use protocol::command::Kind;
use protocol::world::Progress;
use wasm_bindgen::prelude::*;
use web_sys::HtmlElement;

/// The table's body.
pub(super) struct Mirror {
    root: HtmlElement,
    shown: Vec<Vec<String>>,
}

impl Mirror {
    /// The shell's.
    pub(super) fn new() -> Result<Self, JsValue> {
        Ok(Self { root: dom::by_id("mirror")?, shown: Vec::new() })
    }

    /// Writes the shown world, where it is another.
    pub(super) fn refresh(&mut self, language: Language, world: &World) {
        let rows: Vec<Vec<String>> = world
            .sockets
            .values()
            .map(|socket| {
                let kernel = &socket.kernel;
                let address = |own: &Option<protocol::Address>| {
                    own.as_ref().map_or_else(|| "–".to_owned(), ToString::to_string)
                };
                let bytes = |n: Option<u64>| n.map_or_else(|| "–".to_owned(), page::count);
                let asleep = world
                    .calls_of(socket.id)
                    .find(|call| call.progress() == Progress::Blocked)
                    .map_or_else(
                        || "–".to_owned(),
                        |call| code::call(Dialect::Python, world, &call.ask),
                    );
                vec![
                    page::name(language, world, socket.id),
                    page::side(language, socket.side).to_owned(),
                    page::kind(language, socket.kind).to_owned(),
                    kernel.state.map_or("–", protocol::TcpState::name).to_owned(),
                    address(&kernel.local),
                    address(&kernel.peer),
                    bytes(kernel.send_queue),
                    match (socket.kind, &kernel.queue) {
                        (Kind::Stream, _) => bytes(kernel.receive_queue),
                        // FIONREAD would give the first datagram's size.
                        (Kind::Datagram, queue) => bytes(queue.as_ref().map(|queue| queue.bytes)),
                    },
                    asleep,
                ]
            })
            .collect();
        if rows == self.shown {
            return;
        }
        dom::empty(&self.root);
        for row in &rows {
            let line = make("tr", "");
            for (place, cell) in row.iter().enumerate() {
                let node = say(if place == 0 { "th" } else { "td" }, "", cell);
                if place == 0 {
                    set(&node, "scope", "row");
                }
                add(&line, &[&node]);
            }
            add(&self.root, &[&line]);
        }
        self.shown = rows;
    }
}
