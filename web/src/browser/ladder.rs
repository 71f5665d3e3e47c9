//! Owns the reading of the ladder: its wheel, its drag, its buttons, what is pointed at, and the saved
//! picture. Which rows there are, the scene knows.

use super::app::App;
use super::asking::Place;
use super::dom::{self, Slot, by_id, document, show};
use super::listener::Listener;
use super::with;
use crate::intent::Gesture;
use crate::scene::{self, Ladder, Reading, Rung, Subject};
use crate::text::{page, picture};
use crate::{layers, svg};
use protocol::packet::Head;
use protocol::table::Set;
use protocol::{Command, PacketId};
use wasm_bindgen::prelude::*;
use web_sys::{
    Blob, BlobPropertyBag, Event, HtmlAnchorElement, HtmlElement, PointerEvent, Url, WheelEvent,
};

/// What a row is high, for the wheel and the drag.
const ROW: f32 = 22.0;
/// Packets remembered whose bytes are not to be had.
const REFUSED: usize = 1_024;
/// The name under which the picture is saved.
const FILE: &str = "patchbay-ladder.svg";

/// Where somebody reads.
pub(super) struct Reader {
    pub(super) reading: Reading,
    /// What is drawn, without its shapes; null while something else is.
    drawn: Option<Ladder>,
    /// What the wheel or the drag has moved, less whole rows.
    rest: f32,
    /// The pointer's height since the last row, and whether it has moved at all.
    drag: Option<(f32, bool)>,
    /// The packet whose bytes are asked for.
    asked: Option<PacketId>,
    refused: Set<PacketId>,
    tools: HtmlElement,
    sheet: HtmlElement,
    follow: HtmlElement,
    each: HtmlElement,
    numbers: Slot,
}

impl Reader {
    /// Finds the shell's parts.
    pub(super) fn new() -> Result<Self, JsValue> {
        let tools: HtmlElement = by_id("ladder-tools")?;
        let sheet = dom::first(&by_id("lower")?, ".sheet").ok_or("sheet")?;
        Ok(Self {
            reading: Reading::default(),
            drawn: None,
            rest: 0.0,
            drag: None,
            asked: None,
            refused: Set::new(),
            tools,
            sheet,
            follow: by_id("ladder-follow")?,
            each: by_id("ladder-each")?,
            numbers: Slot::of("ladder-numbers")?,
        })
    }

    /// Another epoch.
    pub(super) fn restart(&mut self) {
        self.reading.until = None;
        self.asked = None;
        self.refused = Set::new();
    }

    /// What is drawn now.
    pub(super) fn put(&mut self, drawn: Option<Ladder>) {
        self.drawn = drawn;
    }

    /// Whether the ladder is what is drawn.
    pub(super) fn is_shown(&self) -> bool {
        self.drawn.is_some()
    }

    fn at(&self, point: [f32; 2]) -> Option<&Rung> {
        self.drawn.as_ref()?.at(point)
    }
}

impl App {
    /// Does what a gesture on the ladder means.
    pub(super) fn read_ladder(&mut self, gesture: Gesture) {
        let at = self.clock.moment().at;
        let reader = &mut self.reader;
        match gesture {
            Gesture::Climb(screens, by) => {
                let screen = reader.drawn.as_ref().map_or(1, |drawn| drawn.screen.max(1));
                let rows = if screens { i64::try_from(screen).unwrap_or(1) } else { 1 };
                reader.reading.climb(&self.timeline, at, i64::from(by) * rows);
            }
            Gesture::Top => reader.reading.to_first(&self.timeline, at),
            Gesture::Follow => reader.reading.until = None,
            Gesture::Each => reader.reading.each ^= true,
            Gesture::Absolute => reader.reading.absolute ^= true,
            _ => self.save_ladder(),
        }
    }

    /// So many pixels down: whole rows of them at once. Says whether there is something to read.
    fn climb_by(&mut self, pixels: f32) -> bool {
        if !self.reader.is_shown() {
            return false;
        }
        let rest = self.reader.rest + pixels / self.room.zoom;
        let rows = (rest / ROW).trunc();
        self.reader.rest = rest - rows * ROW;
        if rows.abs() >= 1.0 {
            let at = self.clock.moment().at;
            self.reader.reading.climb(&self.timeline, at, rows as i64);
            self.dirty = true;
        }
        true
    }

    /// The buttons; and what absolute numbers need.
    pub(super) fn ladder_tools(&mut self) {
        let language = self.language;
        let reader = &mut self.reader;
        let reading = reader.reading;
        let drawn = reader.drawn.as_ref();
        let high = drawn.is_some_and(|drawn| drawn.has_head && !drawn.rungs.is_empty());
        show(&reader.tools, high);
        show(&reader.follow, reading.until.is_some());
        let pressed = |on| if on { "true" } else { "false" };
        dom::keep(&reader.each, "aria-pressed", pressed(reading.each));
        dom::keep(reader.numbers.node(), "aria-pressed", pressed(reading.absolute));
        let key = if reading.absolute { "numbers_absolute" } else { "numbers_relative" };
        reader.numbers.set(page::word(language, key));
        self.learn_bases();
    }

    /// Absolute numbers stand in the packets' bytes only: one packet of each connection is opened.
    fn learn_bases(&mut self) {
        if let Some((packet, bytes)) = self.asking.numbers.take() {
            self.reader.asked = None;
            let base = self.timeline.packet(packet).and_then(|own| match &own.head {
                Head::Tcp(tcp) => layers::base(&bytes, tcp),
                _ => None,
            });
            match base {
                Some(base) => self.timeline.learn_base(packet, base),
                None => {
                    self.reader.refused.add(packet);
                }
            }
            while self.reader.refused.len() > REFUSED {
                self.reader.refused.pop_first();
            }
        }
        let reader = &self.reader;
        if !reader.reading.absolute || reader.asked.is_some() {
            return;
        }
        let Some(drawn) = &reader.drawn else { return };
        let unknown = drawn.rungs.iter().filter_map(|rung| match rung.about {
            Some(Subject::Packet(packet)) => self.timeline.packet(packet),
            _ => None,
        });
        let mut unknown = unknown.filter(|packet| {
            matches!(&packet.head, Head::Tcp(_)) && !reader.refused.contains(&packet.id)
        });
        let lacks = |packet: &&crate::timeline::Packet| {
            let base = self.timeline.base(packet);
            let acks = matches!(&packet.head, Head::Tcp(tcp) if tcp.ack > 0);
            base.is_none_or(|base| acks && base.other.is_none())
        };
        let Some(packet) = unknown.find(lacks).map(|packet| packet.id) else { return };
        self.reader.asked = Some(packet);
        self.ask(Place::Numbers, &Command::PacketBytes { packet }, None);
    }

    /// What the pointer is at says all of itself.
    fn point_at(&mut self, point: [f32; 2]) {
        let point = point.map(|place| place / self.room.zoom);
        let rung = self.reader.at(point);
        let told = rung.map(|rung| rung.told.as_str()).unwrap_or_default();
        dom::keep(&self.reader.sheet, "title", told);
        let points = rung.is_some_and(|rung| rung.about.is_some());
        dom::keep(&self.reader.sheet, "class", if points { "sheet points" } else { "sheet" });
    }

    /// What was clicked is opened.
    fn open_rung(&mut self, point: [f32; 2]) {
        let point = point.map(|place| place / self.room.zoom);
        let about = self.reader.at(point).and_then(|rung| rung.about);
        match about {
            Some(Subject::Packet(packet)) => self.gesture(Gesture::Packet(packet)),
            Some(Subject::Socket(socket))
                if self.timeline.newest().sockets.contains_key(&socket) =>
            {
                self.gesture(Gesture::Select(socket));
            }
            _ => {}
        }
    }

    /// All of the ladder as a file.
    fn save_ladder(&mut self) {
        let zoom = self.room.zoom;
        let view = self.view(self.room.width / zoom, 0.0);
        let whole = scene::whole_ladder(&self.timeline, self.clock.moment(), &view);
        let title = picture::ladder_title(self.language);
        let text = svg::document(title, whole.size[0], &[(&whole.shapes, whole.size[1])]);
        let _ = save(&text, FILE, "image/svg+xml");
    }
}

/// Gives the viewer a file.
pub(super) fn save(text: &str, file: &str, kind: &str) -> Result<(), JsValue> {
    let of = BlobPropertyBag::new();
    of.set_type(kind);
    let parts = js_sys::Array::of1(&text.into());
    let blob = Blob::new_with_str_sequence_and_options(&parts, &of)?;
    let url = Url::create_object_url_with_blob(&blob)?;
    let link: HtmlAnchorElement = document().create_element("a")?.dyn_into()?;
    link.set_href(&url);
    link.set_download(file);
    link.click();
    Url::revoke_object_url(&url)
}

/// The listeners of the ladder's own.
pub(super) fn listen() -> Result<Vec<Listener>, JsValue> {
    let canvas: HtmlElement = by_id("ladder-canvas")?;
    let lower: HtmlElement = by_id("lower")?;
    Ok(vec![
        Listener::new(&lower, "wheel", |event| wheeled(event.unchecked_ref())),
        Listener::new(&canvas, "pointerdown", |event| moved(&event, Hand::Down)),
        Listener::new(&canvas, "pointermove", |event| moved(&event, Hand::Moves)),
        Listener::new(&canvas, "pointerup", |event| moved(&event, Hand::Up)),
        Listener::new(&canvas, "pointercancel", |event| moved(&event, Hand::Gone)),
    ])
}

fn wheeled(event: &WheelEvent) {
    // With Control it is the browser's own zoom.
    if event.ctrl_key() {
        return;
    }
    let unit = if event.delta_mode() == WheelEvent::DOM_DELTA_PIXEL { 1.0 } else { ROW };
    let mut read = false;
    with(|app| read = app.climb_by(event.delta_y() as f32 * unit));
    if read {
        event.prevent_default();
    }
}

/// What a pointer does.
#[derive(Clone, Copy)]
enum Hand {
    Down,
    Moves,
    Up,
    Gone,
}

fn moved(event: &Event, hand: Hand) {
    let event: &PointerEvent = event.unchecked_ref();
    let point = [event.offset_x() as f32, event.offset_y() as f32];
    // A finger on a phone scrolls the page.
    let finger = event.pointer_type() == "touch";
    with(|app| match hand {
        Hand::Down => app.reader.drag = Some((point[1], false)),
        Hand::Moves => match app.reader.drag {
            Some((from, moved)) if event.buttons() & 1 == 1 && !finger => {
                let by = from - point[1];
                if moved || by.abs() > 4.0 {
                    app.reader.drag = Some((point[1], true));
                    app.climb_by(by);
                }
            }
            _ => app.point_at(point),
        },
        Hand::Up => {
            let drag = app.reader.drag.take();
            if drag.is_some_and(|(_, moved)| !moved) {
                app.open_rung(point);
            }
        }
        Hand::Gone => app.reader.drag = None,
    });
}
