//! Owns the pictures of the page: how much room each has, and when it is drawn.

use super::app::{App, Below};
use super::dom::{self, show};
use super::surface::Surface;
use super::theme::Theme;
use crate::code::Dialect;
use crate::scene::{self, View};
use crate::text::{graph, log};
use protocol::CallId;
use std::mem::take;
use wasm_bindgen::prelude::*;

/// Sizes of the page, in CSS pixels.
#[derive(Clone, Copy, Default, PartialEq)]
pub(super) struct Room {
    pub(super) width: f32,
    pub(super) main: f32,
    caption: f32,
    gate: f32,
    below: f32,
    /// The line of time: its left end and its width.
    line: f32,
    pub(super) scrubber: f32,
    pub(super) vertical: bool,
    /// Page pixels in one of the scene's.
    pub(super) zoom: f32,
}

/// The canvases.
pub(super) struct Surfaces {
    stage: Surface,
    ledger: Surface,
    scrubber: Surface,
    below: Surface,
}

impl Surfaces {
    /// The shell's.
    pub(super) fn new() -> Result<Self, JsValue> {
        Ok(Self {
            stage: Surface::of("stage-canvas")?,
            ledger: Surface::of("ledger-canvas")?,
            scrubber: Surface::of("scrubber-canvas")?,
            below: Surface::of("ladder-canvas")?,
        })
    }
}

/// Narrower than this the wire runs down.
const DESK: f32 = 720.0;
/// The height of the hosts' bar (style.css).
const HOSTS: f32 = 50.0;
/// The height of the time's bar (style.css).
const TIME: f32 = 44.0;
/// What the ladder may fill on a phone.
const BELOW: f32 = 300.0;

impl App {
    /// Light became dark, or colours, contrast or motion are wished otherwise.
    pub(super) fn rethemed(&mut self) {
        self.theme = Theme::read();
        self.dirty = true;
        let all = &mut self.surfaces;
        for surface in [&mut all.stage, &mut all.ledger, &mut all.scrubber, &mut all.below] {
            surface.spoil();
        }
    }

    /// How the line of time is looked at.
    pub(super) fn line_view(&self) -> View {
        self.view(self.room.scrubber / self.room.zoom, 40.0 / self.room.zoom)
    }

    /// What a step or a jump has come to: where on the line, whether it is bad, and the sentence.
    pub(super) fn landed(&self) -> Option<(f32, bool, String)> {
        let landing = self.clock.landed()?;
        let line = self.clock.line(&self.timeline);
        let x = scene::scrubber_place(&line, &self.line_view(), landing.at)? * self.room.zoom;
        let (language, seen) = (self.language, &self.seen);
        let event = self.timeline.event_at(landing.at, landing.kind, landing.socket);
        let line = event.map(|event| log::event(language, self.timeline.world(), seen, event));
        match line {
            Some(line) => Some((x, line.bad, line.text)),
            None => landing.kind.map(|_| (x, true, graph::summed(language, landing.count))),
        }
    }

    /// Reads the layout, before anything is written.
    pub(super) fn measure(&mut self) {
        let shell = &self.shell;
        let main = &shell.main;
        let width = main.client_width() as f32;
        self.room = Room {
            width,
            main: main.client_height() as f32,
            caption: shell.caption.offset_height() as f32 + self.wire_bar.banner_height(),
            gate: self.callgate.height() + self.film.height(),
            // On a phone the page itself scrolls: what is below has a height of its own.
            below: if width < DESK { BELOW } else { shell.lower.client_height() as f32 },
            line: (self.time_bar.scrubber().get_bounding_client_rect().left()
                - main.get_bounding_client_rect().left()) as f32,
            scrubber: self.time_bar.scrubber().client_width() as f32,
            vertical: width < DESK,
            zoom: 1.0,
        };
        self.enlarge(width < DESK);
        let shell = &self.shell;
        let lower = &shell.lower;
        self.follow = lower.scroll_height() - lower.scroll_top() - lower.client_height() < 40;
    }

    pub(super) fn lesson_runs(&self) -> bool {
        self.timeline.world().lesson.as_ref().is_some_and(|lesson| lesson.ended.is_none())
    }

    pub(super) fn view(&self, width: f32, height: f32) -> View {
        View {
            width,
            height,
            language: self.language,
            selected: self.selected,
            calm: self.theme.calm,
            lesson: self.lesson_runs(),
            looks: self.looks_on(),
            dialect: Dialect::Python,
            ladder: self.reader.reading,
        }
    }

    /// The burst that the selection is about, the newest first.
    fn burst(&self) -> Option<CallId> {
        let world = self.timeline.world();
        let selected = self.selected?;
        let about = |burst: &protocol::world::Burst| {
            burst.socket == selected || burst.receiver == Some(selected)
        };
        world.bursts.iter().rev().find(|(_, burst)| about(burst)).map(|(call, _)| *call)
    }

    /// Stage, ledger, scrubber and what is below, each drawn only when it is another picture.
    pub(super) fn pictures(&mut self) {
        let Room { width, main, caption, gate, vertical, zoom, .. } = self.room;
        if width < 1.0 {
            return;
        }
        let moment = self.clock.moment();
        let mut ledger = scene::ledger(&self.timeline, &self.view(width, 44.0));
        if self.lecture {
            ledger.height = 0.0;
        }
        let [least, wanted] = if main < 700.0 { [104.0, 140.0] } else { [120.0, 200.0] };
        let hosts = if self.lesson_runs() { 0.0 } else { HOSTS };
        let all = main - caption - (hosts + TIME) * zoom - gate - ledger.height;
        // Quiet lanes are bundled for the ladder's sake; what cannot be may take some of its room.
        let room = (all - least).max(180.0);
        let wish = (all - if self.lesson_runs() { least } else { wanted }).max(180.0);
        let view = self.view(width / zoom, wish / zoom);
        let mut stage = scene::stage(&self.timeline, moment, &view);
        let shapes = take(&mut stage.shapes);
        let size = [view.width, stage.height];
        stage.enlarge(zoom);
        let theme = &self.theme;
        let all = &mut self.surfaces;
        let seen = if vertical { stage.height } else { stage.height.min(room) };
        dom::pixels(&self.shell.stage, "height", seen);
        all.stage.draw(shapes, size, zoom, theme);
        if stage.lanes != self.stage.lanes || (stage.height - self.stage.height).abs() > 0.5 {
            self.dirty = true;
        }
        let walls = [stage.walls[0], width - stage.walls[1]];
        if !vertical && walls[0] > 0.0 {
            dom::pixels(&self.shell.main, "--wall-left", walls[0]);
            dom::pixels(&self.shell.main, "--wall-right", walls[1]);
        }
        self.spots.refresh(self.language, &stage.packets, &self.seen);
        self.stage = stage;
        show(&self.shell.ledger, ledger.height > 0.0);
        dom::keep(&self.shell.ledger, "aria-label", &ledger.words);
        all.ledger.draw(ledger.shapes, [width, ledger.height], 1.0, theme);
        let view = self.line_view();
        let shown = self.clock.line(&self.timeline);
        let line = scene::scrubber(&self.timeline, moment, &shown, &view);
        let size = [view.width, line.height.max(view.height)];
        self.surfaces.scrubber.draw(line.shapes, size, zoom, &self.theme);
        self.bring_into_view(seen);
        self.picture_below();
    }

    /// A lane that has just become the tall one is scrolled to, where the stage is too low for all.
    fn bring_into_view(&mut self, seen: f32) {
        let tall = self.stage.lanes.iter().find(|lane| lane.tall);
        let at = tall.map(|lane| [lane.area[1], lane.area[3], seen]);
        if at == self.tall_at {
            return;
        }
        self.tall_at = at;
        if let Some([top, height, _]) = at {
            // Its head first, where not all of it fits.
            let to = (top + height - seen).max(0.0).min(top);
            self.shell.stage.set_scroll_top(to.ceil() as i32);
        }
    }

    fn picture_below(&mut self) {
        let zoom = self.room.zoom;
        let view = self.view(self.room.width / zoom, self.room.below / zoom);
        let burst = self.burst();
        let (graphs, code) = (self.below == Below::Graphs, self.below == Below::Code);
        let sheet =
            burst.filter(|_| !matches!(self.below, Below::Ladder | Below::Graphs | Below::Code));
        let has_code = code || self.timeline.world().lesson.is_some();
        let shell = &self.shell;
        // On the desk the header's button leads to the graphs and back.
        let headless = self.room.vertical || self.lecture;
        show(&shell.switch, burst.is_some() || headless || has_code);
        show(&shell.to_code, has_code);
        show(&shell.to_sheet, burst.is_some());
        show(&shell.to_graphs, headless);
        for (node, on) in [
            (&shell.to_sheet, sheet.is_some()),
            (&shell.to_ladder, !graphs && !code && sheet.is_none()),
            (&shell.to_code, code),
            (&shell.to_graphs, graphs),
            (&shell.graphs_toggle, graphs),
        ] {
            dom::keep(node, "aria-pressed", if on { "true" } else { "false" });
        }
        if graphs {
            self.reader.put(None);
            return self.graphs(&view);
        }
        self.graph.hide();
        if code {
            self.reader.put(None);
            let size = [view.width, view.height];
            self.surfaces.below.draw(Vec::new(), size, zoom, &self.theme);
            return self.shell.ladder_words.set("");
        }
        let strip = if let Some(burst) = sheet {
            self.reader.put(None);
            scene::sheet(&self.timeline, burst, &view)
        } else {
            let mut ladder = scene::ladder(&self.timeline, self.clock.moment(), &view);
            let (shapes, words) = (take(&mut ladder.shapes), take(&mut ladder.words));
            let height = ladder.height;
            self.reader.put(Some(ladder));
            scene::Strip { shapes, height, words }
        };
        let grown = strip.height * zoom;
        let size = [view.width, strip.height];
        self.surfaces.below.draw(strip.shapes, size, zoom, &self.theme);
        self.shell.ladder_words.set(&strip.words);
        if self.follow && sheet.is_none() && grown > self.room.below && self.room.below > 0.0 {
            let top = (grown - self.room.below).ceil() as i32;
            if self.shell.lower.scroll_top() < top {
                self.shell.lower.set_scroll_top(top);
            }
        }
    }

    /// What the kernel said through time, under the line of time.
    fn graphs(&mut self, view: &View) {
        let zoom = self.room.zoom;
        let shown = self.clock.line(&self.timeline);
        let place = [self.room.line / zoom, self.room.scrubber / zoom];
        let mut graphs = scene::graphs(&self.timeline, self.clock.moment(), &shown, place, view);
        let strip = std::mem::take(&mut graphs.strip);
        let size = [view.width, strip.height];
        self.surfaces.below.draw(strip.shapes, size, zoom, &self.theme);
        self.shell.ladder_words.set(&strip.words);
        self.graph.refresh(&graphs);
    }
}
