//! Owns the table that says what the graphs show at the shown moment, for those who do not see them.

use super::dom::{self, Slot, add, make, say, set, show};
use crate::scene::{GraphReading as Reading, Graphs};
use wasm_bindgen::prelude::*;
use web_sys::HtmlElement;

/// The table.
pub(super) struct GraphTable {
    table: HtmlElement,
    rows: HtmlElement,
    ends: [Slot; 2],
    shown: Vec<Reading>,
}

impl GraphTable {
    /// The shell's.
    pub(super) fn new() -> Result<Self, JsValue> {
        Ok(Self {
            table: dom::by_id("graph-table")?,
            rows: dom::by_id("graph-rows")?,
            ends: [Slot::of("graph-left")?, Slot::of("graph-right")?],
            shown: Vec::new(),
        })
    }

    /// Nothing is drawn.
    pub(super) fn hide(&mut self) {
        show(&self.table, false);
    }

    /// Writes the values, where they are others.
    pub(super) fn refresh(&mut self, graphs: &Graphs) {
        show(&self.table, !graphs.readings.is_empty());
        for (slot, end) in self.ends.iter_mut().zip(&graphs.ends) {
            slot.set(end);
        }
        if self.shown == graphs.readings {
            return;
        }
        dom::empty(&self.rows);
        for reading in &graphs.readings {
            let line = make("tr", "");
            let name = say("th", "", &reading.name);
            set(&name, "scope", "row");
            let [left, right] = &reading.values;
            let cells = [say("td", "", &reading.source), say("td", "", left), say("td", "", right)];
            add(&line, &[&name, &cells[0], &cells[1], &cells[2]]);
            add(&self.rows, &[&line]);
        }
        self.shown.clone_from(&graphs.readings);
    }
}
