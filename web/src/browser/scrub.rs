//! Owns the hand on the line of time: a click shows a moment, Shift and drag draw a span, the wheel and
//! two fingers zoom, a double click shows the usual span again.

use super::app::App;
use super::dom::by_id;
use super::listener::Listener;
use super::with;
use crate::scene;
use crate::timeline::Trouble;
use protocol::Nanos;
use wasm_bindgen::prelude::*;
use web_sys::{Event, HtmlElement, MouseEvent, PointerEvent, WheelEvent};

/// The fingers that are on the line: which, and where.
#[derive(Default)]
pub(super) struct Fingers(Vec<(i32, f32)>);

/// Where steps and jumps go.
#[derive(Clone, Copy, Default)]
pub(super) struct Stepping {
    /// Steps are the chosen socket's events only.
    pub(super) own: bool,
    /// What jumps look for.
    pub(super) sought: Trouble,
}

/// The listeners of the line.
pub(super) fn listen() -> Result<Vec<Listener>, JsValue> {
    let line: HtmlElement = by_id("scrubber")?;
    let pointer = |name, work: fn(&mut App, &PointerEvent, f32)| {
        Listener::new(&line, name, move |event| {
            let x = place(&event);
            with(|app| work(app, event.unchecked_ref(), x));
        })
    };
    Ok(vec![
        pointer("pointerdown", |app, event, x| {
            if let Some(line) = event.current_target() {
                let line: HtmlElement = line.unchecked_into();
                let _ = line.set_pointer_capture(event.pointer_id());
            }
            app.finger_down(event.pointer_id(), x, event.shift_key());
        }),
        pointer("pointermove", |app, event, x| {
            if event.buttons() & 1 == 1 {
                app.finger_moved(event.pointer_id(), x);
            }
        }),
        pointer("pointerup", |app, event, _| app.finger_up(event.pointer_id())),
        pointer("pointercancel", |app, event, _| app.finger_up(event.pointer_id())),
        Listener::new(&line, "dblclick", |_| with(App::unzoom)),
        Listener::new(&line, "wheel", |event| {
            event.prevent_default();
            let x = place(&event);
            let wheel: &WheelEvent = event.unchecked_ref();
            // Lines and pages are as many pixels as browsers make of them.
            let unit = [1.0, 16.0, 400.0][(wheel.delta_mode() as usize).min(2)];
            let (across, down) = (wheel.delta_x() * unit, wheel.delta_y() * unit);
            let pans = wheel.shift_key() || across.abs() > down.abs();
            let by = if across.abs() > down.abs() { across } else { down };
            with(|app| if pans { app.pan(by) } else { app.wheel(x, by) });
        }),
    ])
}

/// Where on its element an event is.
fn place(event: &Event) -> f32 {
    let Some(line) = event.current_target() else { return 0.0 };
    let line: HtmlElement = line.unchecked_into();
    let mouse: &MouseEvent = event.unchecked_ref();
    (f64::from(mouse.client_x()) - line.get_bounding_client_rect().left()) as f32
}

impl App {
    fn moment_at(&self, x: f32) -> Nanos {
        let zoom = self.room.zoom;
        scene::scrubbed(&self.clock.line(&self.timeline), &self.line_view(), x / zoom)
    }

    fn finger_down(&mut self, id: i32, x: f32, draws: bool) {
        self.fingers.0.retain(|(own, _)| *own != id);
        self.fingers.0.push((id, x));
        let at = self.moment_at(x);
        if draws {
            self.clock.lens().draw(at, at);
        } else if self.fingers.0.len() == 1 {
            self.clock.show(at, &mut self.timeline);
        }
        self.dirty = true;
    }

    fn finger_moved(&mut self, id: i32, x: f32) {
        let at = self.moment_at(x);
        if let [(a, was_a), (b, was_b), ..] = self.fingers.0[..] {
            let (x_a, x_b) = if a == id { (x, was_b) } else { (was_a, x) };
            if a == id || b == id {
                let middle = self.moment_at(f32::midpoint(x_a, x_b));
                let apart = |one: f32, other: f32| f64::from((one - other).abs().max(8.0));
                self.zoom_about(middle, apart(was_a, was_b) / apart(x_a, x_b));
            }
        } else if self.clock.line(&self.timeline).hand.is_some() {
            self.clock.lens().draw(at, at);
        } else {
            self.clock.show(at, &mut self.timeline);
        }
        self.fingers.0.iter_mut().filter(|(own, _)| *own == id).for_each(|own| own.1 = x);
        self.dirty = true;
    }

    fn finger_up(&mut self, id: i32) {
        self.fingers.0.retain(|(own, _)| *own != id);
        self.clock.lens().take();
        self.dirty = true;
    }

    fn wheel(&mut self, x: f32, by: f64) {
        let by = crate::order::within(by, -400.0, 400.0);
        let about = self.moment_at(x);
        self.zoom_about(about, (by * 0.002).exp());
    }

    fn pan(&mut self, by: f64) {
        let (moment, earliest) = (self.clock.moment(), self.timeline.earliest());
        let part = by / f64::from(self.room.scrubber.max(1.0));
        self.clock.lens().pan(part, moment, earliest);
        self.dirty = true;
    }

    fn zoom_about(&mut self, about: Nanos, factor: f64) {
        let (moment, earliest) = (self.clock.moment(), self.timeline.earliest());
        self.clock.lens().zoom(about, factor, moment, earliest);
        self.dirty = true;
    }

    /// Nearer or further, about the shown moment where it is in sight.
    pub(super) fn zoom(&mut self, nearer: bool) {
        let line = self.clock.line(&self.timeline);
        let at = self.clock.moment().at;
        let middle = line.from + line.length() / 2;
        let about = if (line.from..=line.to).contains(&at) { at } else { middle };
        let step = crate::clock::ZOOM;
        self.zoom_about(about, if nearer { step } else { step.recip() });
    }

    /// The usual span again.
    pub(super) fn unzoom(&mut self) {
        self.clock.lens().reset();
        self.dirty = true;
    }
}
