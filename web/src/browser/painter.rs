//! Owns shapes → Canvas 2D. Knows the theme, never the world.

use super::theme::Theme;
use crate::shape::{Anchor, Font, Ink, Mark, Shape, Stroke};
use std::f64::consts::{FRAC_PI_2, TAU};
use wasm_bindgen::JsValue;
use web_sys::CanvasRenderingContext2d as Context;

/// Paints one picture.
pub(super) struct Painter<'a> {
    context: &'a Context,
    theme: &'a Theme,
    font: Option<Font>,
}

fn x(value: f32) -> f64 {
    f64::from(value)
}

impl<'a> Painter<'a> {
    /// A painter on a cleared canvas.
    pub(super) fn new(context: &'a Context, theme: &'a Theme) -> Self {
        Self { context, theme, font: None }
    }

    /// Paints, back to front.
    pub(super) fn paint(&mut self, shapes: &[Shape]) {
        for shape in shapes {
            self.shape(shape);
        }
    }

    fn shape(&mut self, shape: &Shape) {
        let context = self.context;
        match shape {
            Shape::Rect { at, radius, fill, stroke } => self.rect(*at, *radius, *fill, *stroke),
            Shape::Marks { at, size, mark, ink } => self.marks(at, *size, *mark, *ink),
            Shape::Path { points, closed, fill, stroke } => {
                context.begin_path();
                for (place, point) in points.iter().enumerate() {
                    if place == 0 {
                        context.move_to(x(point[0]), x(point[1]));
                    } else {
                        context.line_to(x(point[0]), x(point[1]));
                    }
                }
                if *closed {
                    context.close_path();
                }
                self.finish(*fill, *stroke);
            }
            Shape::Sag { from, to, depth, stroke } => {
                let middle =
                    [f32::midpoint(from[0], to[0]), f32::midpoint(from[1], to[1]) + depth * 2.0];
                context.begin_path();
                context.move_to(x(from[0]), x(from[1]));
                context.quadratic_curve_to(x(middle[0]), x(middle[1]), x(to[0]), x(to[1]));
                self.finish(None, Some(*stroke));
            }
            Shape::Dial { at, radius, part, ink } => self.dial(*at, *radius, *part, *ink),
            Shape::Text { at, text, font, ink, anchor, halo, most } => {
                self.text(*at, text, *font, *anchor, *most, *ink, *halo);
            }
            Shape::Clip([left, top, width, height]) => {
                context.save();
                context.begin_path();
                context.rect(x(*left), x(*top), x(*width), x(*height));
                context.clip();
            }
            Shape::Turn { about, by } => {
                context.save();
                let _ = context.translate(x(about[0]), x(about[1]));
                let _ = context.rotate(x(*by));
                let _ = context.translate(x(-about[0]), x(-about[1]));
            }
            Shape::Pop => {
                context.restore();
                self.font = None;
            }
        }
    }

    fn rect(&self, at: [f32; 4], radius: f32, fill: Option<Ink>, stroke: Option<Stroke>) {
        let [left, top, width, height] = at.map(x);
        if radius <= 0.0 && stroke.is_none() {
            if let Some(fill) = fill {
                self.context.set_fill_style_str(self.theme.ink(fill));
                self.context.fill_rect(left, top, width, height);
            }
            return;
        }
        self.context.begin_path();
        let radius = x(radius).min(width.abs() / 2.0).min(height.abs() / 2.0);
        if radius > 0.0 {
            let _ = self.context.round_rect_with_f64(left, top, width, height, radius);
        } else {
            self.context.rect(left, top, width, height);
        }
        self.finish(fill, stroke);
    }

    fn finish(&self, fill: Option<Ink>, stroke: Option<Stroke>) {
        if let Some(fill) = fill {
            self.context.set_fill_style_str(self.theme.ink(fill));
            self.context.fill();
        }
        if let Some(stroke) = stroke {
            self.stroke_style(stroke);
            self.context.stroke();
        }
    }

    fn stroke_style(&self, stroke: Stroke) {
        let context = self.context;
        context.set_stroke_style_str(self.theme.ink(stroke.ink));
        context.set_line_width(x(stroke.width));
        context.set_line_cap(if stroke.round { "round" } else { "butt" });
        context.set_line_join(if stroke.round { "round" } else { "miter" });
        let dash = js_sys::Array::new();
        if let Some((on, off)) = stroke.dash {
            dash.push(&JsValue::from_f64(x(on)));
            dash.push(&JsValue::from_f64(x(off)));
        }
        let _ = context.set_line_dash(&dash);
    }

    fn marks(&self, at: &[[f32; 2]], size: f32, mark: Mark, ink: Ink) {
        let context = self.context;
        let size = x(size);
        let half = size / 2.0;
        let line = Stroke {
            ink,
            width: crate::order::within(size as f32 / 6.0, 1.0, 2.0),
            dash: None,
            round: false,
        };
        match mark {
            Mark::Full => {
                context.set_fill_style_str(self.theme.ink(ink));
                for [left, top] in at {
                    context.fill_rect(x(*left) - half, x(*top) - half, size, size);
                }
            }
            Mark::Hollow => {
                self.stroke_style(line);
                let inset = half - x(line.width) / 2.0;
                for [left, top] in at {
                    context.stroke_rect(
                        x(*left) - inset,
                        x(*top) - inset,
                        inset * 2.0,
                        inset * 2.0,
                    );
                }
            }
            Mark::Cross => {
                self.stroke_style(Stroke { width: line.width * 1.3, ..line });
                context.begin_path();
                for [left, top] in at {
                    let (cx, cy) = (x(*left), x(*top));
                    context.move_to(cx - half, cy - half);
                    context.line_to(cx + half, cy + half);
                    context.move_to(cx + half, cy - half);
                    context.line_to(cx - half, cy + half);
                }
                context.stroke();
            }
        }
    }

    fn dial(&self, at: [f32; 2], radius: f32, part: f32, ink: Ink) {
        let context = self.context;
        let (cx, cy) = (x(at[0]), x(at[1]));
        context.begin_path();
        let _ = context.arc(cx, cy, x(radius), 0.0, TAU);
        let edge = Stroke { ink, width: 1.3, dash: None, round: false };
        self.finish(Some(Ink::Plate), Some(edge));
        if part > 0.0 {
            context.begin_path();
            context.move_to(cx, cy);
            let end = TAU * x(part.min(1.0)) - FRAC_PI_2;
            let _ = context.arc(cx, cy, x(radius), -FRAC_PI_2, end);
            context.close_path();
            self.finish(Some(ink), None);
        }
    }

    #[expect(clippy::too_many_arguments, reason = "the fields of one shape")]
    fn text(
        &mut self,
        at: [f32; 2],
        text: &str,
        font: Font,
        anchor: Anchor,
        most: Option<f32>,
        ink: Ink,
        halo: Option<Ink>,
    ) {
        let context = self.context;
        if self.font != Some(font) {
            context.set_font(&self.theme.font(font));
            self.font = Some(font);
        }
        context.set_text_align(match anchor {
            Anchor::Start => "left",
            Anchor::Middle => "center",
            Anchor::End => "right",
        });
        let cut;
        let text = match most.filter(|most| self.width(text) > x(*most)) {
            Some(most) => {
                cut = self.cut(text, x(most));
                cut.as_str()
            }
            None => text,
        };
        let (left, base) = (x(at[0]), x(at[1]));
        if let Some(halo) = halo {
            self.stroke_style(Stroke { ink: halo, width: 5.0, dash: None, round: true });
            let _ = context.stroke_text(text, left, base);
        }
        context.set_fill_style_str(self.theme.ink(ink));
        let _ = context.fill_text(text, left, base);
    }

    fn width(&self, text: &str) -> f64 {
        self.context.measure_text(text).map_or(0.0, |metrics| metrics.width())
    }

    /// As many characters as fit, with an ellipsis.
    fn cut(&self, text: &str, most: f64) -> String {
        let chars: Vec<char> = text.chars().collect();
        let of = |count: usize| chars[..count].iter().collect::<String>() + "…";
        let (mut low, mut high) = (0, chars.len());
        while low < high {
            let middle = (low + high).div_ceil(2);
            if self.width(&of(middle)) <= most {
                low = middle;
            } else {
                high = middle - 1;
            }
        }
        of(low)
    }
}
