//! Owns the writing of shapes: short verbs, so that a picture's file reads as its description.

use super::measure;
use crate::shape::{Anchor, Font, Ink, Mark, Shape, Stroke};

/// Shapes being drawn.
#[derive(Default)]
pub(super) struct Pen {
    pub(super) shapes: Vec<Shape>,
}

/// A text's look and place, built by steps.
#[derive(Clone, Copy)]
pub(super) struct Look {
    pub(super) font: Font,
    pub(super) ink: Ink,
    pub(super) anchor: Anchor,
    pub(super) halo: Option<Ink>,
}

/// Plain text of a size.
pub(super) const fn plain(size: f32) -> Look {
    Look {
        font: Font { size, weight: 400, mono: false },
        ink: Ink::Text,
        anchor: Anchor::Start,
        halo: None,
    }
}

/// Code of a size.
pub(super) const fn mono(size: f32) -> Look {
    Look { font: Font { size, weight: 400, mono: true }, ..plain(size) }
}

impl Look {
    pub(super) const fn bold(mut self) -> Self {
        self.font.weight = 600;
        self
    }
    pub(super) const fn ink(mut self, ink: Ink) -> Self {
        self.ink = ink;
        self
    }
    pub(super) const fn dim(self) -> Self {
        self.ink(Ink::Dim)
    }
    pub(super) const fn end(mut self) -> Self {
        self.anchor = Anchor::End;
        self
    }
    pub(super) const fn middle(mut self) -> Self {
        self.anchor = Anchor::Middle;
        self
    }
    pub(super) const fn halo(mut self, ink: Ink) -> Self {
        self.halo = Some(ink);
        self
    }
    pub(super) fn width(self, text: &str) -> f32 {
        measure::width(text, self.legible(text).font)
    }
    /// Chinese needs 14 px where letters do with 13.
    fn legible(mut self, text: &str) -> Self {
        if self.font.size < 14.0 && text.chars().any(measure::is_wide) {
            self.font.size = 14.0;
        }
        self
    }
}

/// A solid line.
pub(super) const fn line(ink: Ink, width: f32) -> Stroke {
    Stroke { ink, width, dash: None, round: false }
}

/// A broken line.
pub(super) const fn dashed(ink: Ink, width: f32, on: f32, off: f32) -> Stroke {
    Stroke { ink, width, dash: Some((on, off)), round: false }
}

impl Pen {
    pub(super) fn rect(&mut self, at: [f32; 4], radius: f32, fill: Ink) {
        self.shapes.push(Shape::Rect { at, radius, fill: Some(fill), stroke: None });
    }

    pub(super) fn frame(&mut self, at: [f32; 4], radius: f32, fill: Ink, stroke: Stroke) {
        self.shapes.push(Shape::Rect { at, radius, fill: Some(fill), stroke: Some(stroke) });
    }

    pub(super) fn frame_only(&mut self, at: [f32; 4], stroke: Stroke) {
        self.shapes.push(Shape::Rect { at, radius: 0.0, fill: None, stroke: Some(stroke) });
    }

    pub(super) fn line(&mut self, from: [f32; 2], to: [f32; 2], stroke: Stroke) {
        self.path(vec![from, to], stroke);
    }

    pub(super) fn path(&mut self, points: Vec<[f32; 2]>, stroke: Stroke) {
        self.shapes.push(Shape::Path { points, closed: false, fill: None, stroke: Some(stroke) });
    }

    pub(super) fn area(&mut self, points: Vec<[f32; 2]>, fill: Ink, stroke: Option<Stroke>) {
        self.shapes.push(Shape::Path { points, closed: true, fill: Some(fill), stroke });
    }

    pub(super) fn cross(&mut self, at: [f32; 2], half: f32, stroke: Stroke) {
        let [x, y] = at;
        self.line([x - half, y - half], [x + half, y + half], stroke);
        self.line([x - half, y + half], [x + half, y - half], stroke);
    }

    pub(super) fn marks(&mut self, at: Vec<[f32; 2]>, size: f32, mark: Mark, ink: Ink) {
        if !at.is_empty() {
            self.shapes.push(Shape::Marks { at, size, mark, ink });
        }
    }

    pub(super) fn dial(&mut self, at: [f32; 2], radius: f32, part: f32) {
        self.shapes.push(Shape::Dial {
            at,
            radius,
            part: crate::order::within(part, 0.0, 1.0),
            ink: Ink::Dial,
        });
    }

    /// A text, no wider than `most`; where it ends (where it begins, for one anchored at its end).
    pub(super) fn text(&mut self, at: [f32; 2], text: &str, look: Look, most: f32) -> f32 {
        let look = look.legible(text);
        let wide = look.width(text).min(most);
        let ends = match look.anchor {
            Anchor::Start => at[0] + wide,
            Anchor::Middle => at[0] + wide / 2.0,
            Anchor::End => at[0] - wide,
        };
        // Where not even two letters and an ellipsis fit, an empty place is better than a stump.
        if text.is_empty() || (most < look.width(text) && most < look.font.size * 2.2) {
            return at[0];
        }
        self.shapes.push(Shape::Text {
            at,
            text: text.to_owned(),
            font: look.font,
            ink: look.ink,
            anchor: look.anchor,
            halo: look.halo,
            most: Some(most),
        });
        ends
    }

    /// Texts one after the other on a line, from the left, none past `right`; where the last ends.
    pub(super) fn run(
        &mut self,
        at: [f32; 2],
        gap: f32,
        right: f32,
        parts: &[(&str, Look)],
    ) -> f32 {
        let mut x = at[0];
        for (text, look) in parts.iter().filter(|(text, _)| !text.is_empty()) {
            let from = if x > at[0] { x + gap } else { x };
            if right - from < 1.0 {
                break;
            }
            let ends = self.text([from, at[1]], text, *look, right - from);
            if ends > from {
                x = ends;
            }
        }
        x
    }

    pub(super) fn clip(&mut self, area: [f32; 4]) {
        self.shapes.push(Shape::Clip(area));
    }

    pub(super) fn pop(&mut self) {
        self.shapes.push(Shape::Pop);
    }

    /// Slanted lines over an area: something that is kept, not moved.
    pub(super) fn hatch(&mut self, at: [f32; 4], ink: Ink) {
        let [x, y, w, h] = at;
        self.clip(at);
        let mut from = x - h;
        while from < x + w {
            self.line([from, y + h], [from + h, y], line(ink, 1.4));
            from += 7.0;
        }
        self.pop();
    }
}
