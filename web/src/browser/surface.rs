//! Owns one canvas: its size in device pixels, and the last picture on it. Draws only what is new.

use super::dom::{by_id, pixels, window};
use super::painter::Painter;
use super::theme::Theme;
use crate::shape::Shape;
use wasm_bindgen::prelude::*;
use web_sys::{CanvasRenderingContext2d, HtmlCanvasElement};

/// A canvas.
pub(super) struct Surface {
    canvas: HtmlCanvasElement,
    context: CanvasRenderingContext2d,
    shapes: Vec<Shape>,
    /// Across, down, device pixels in one, zoom.
    size: (f32, f32, f64, f32),
    stale: bool,
}

impl Surface {
    /// The shell's canvas of that id.
    pub(super) fn of(id: &str) -> Result<Self, JsValue> {
        let canvas: HtmlCanvasElement = by_id(id)?;
        let context = canvas
            .get_context("2d")?
            .ok_or_else(|| JsValue::from_str("no 2d canvas"))?
            .dyn_into()?;
        Ok(Self { canvas, context, shapes: Vec::new(), size: (0.0, 0.0, 0.0, 1.0), stale: true })
    }

    /// What is on it does not count any more (another theme).
    pub(super) fn spoil(&mut self) {
        self.stale = true;
    }

    /// Draws the picture if it is another than the last: `width` × `height` of the scene's pixels, each
    /// `zoom` of the page's.
    pub(super) fn draw(&mut self, shapes: Vec<Shape>, size: [f32; 2], zoom: f32, theme: &Theme) {
        let [width, height] = size.map(|side| side * zoom);
        let ratio = window().device_pixel_ratio();
        let size = (width.max(1.0), height.max(1.0), ratio, zoom);
        if size == self.size && !self.stale && shapes == self.shapes {
            return;
        }
        if size != self.size {
            self.canvas.set_width((f64::from(size.0) * ratio).round() as u32);
            self.canvas.set_height((f64::from(size.1) * ratio).round() as u32);
            pixels(&self.canvas, "width", size.0);
            pixels(&self.canvas, "height", size.1);
            self.size = size;
        }
        self.shapes = shapes;
        self.stale = false;
        let context = &self.context;
        let _ = context.set_transform(1.0, 0.0, 0.0, 1.0, 0.0, 0.0);
        context.clear_rect(
            0.0,
            0.0,
            f64::from(self.canvas.width()),
            f64::from(self.canvas.height()),
        );
        context.save();
        let scale = ratio * f64::from(zoom);
        let _ = context.scale(scale, scale);
        Painter::new(context, theme).paint(&self.shapes);
        context.restore();
    }
}
