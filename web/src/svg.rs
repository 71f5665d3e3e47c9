//! Owns shapes → SVG: pictures of pictures, for tests to write and people to look at.

use crate::scene::measure;
use crate::shape::{Anchor, Ink, Mark, Shape, Stroke};
use std::fmt::Write as _;

fn colour(ink: Ink) -> &'static str {
    match ink {
        Ink::Ground => "#f4f2ec",
        Ink::Panel => "#fffdf8",
        Ink::Selected => "#faf6ec",
        Ink::Text => "#1f2328",
        Ink::Dim => "#555b63",
        Ink::Line => "#d8d3c7",
        Ink::Edge => "#8f8a7d",
        Ink::Plate | Ink::OnAccent => "#ffffff",
        Ink::Tcp => "#0a5c9e",
        Ink::TcpPale => "#cfe2f2",
        Ink::Udp => "#8a4f00",
        Ink::Parcel => "#e3bd80",
        Ink::ParcelPale => "#f2ddb8",
        Ink::ParcelText => "#3f2500",
        Ink::Lost => "#b3261e",
        Ink::LostPale => "#fbe9e7",
        Ink::Good => "#17663f",
        Ink::GoodPale => "#eaf4ee",
        Ink::Asleep => "#d6a72c",
        Ink::Idle => "#b8b2a2",
        Ink::Dial => "#4d5b69",
    }
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

fn stroked(stroke: Option<Stroke>) -> String {
    let Some(stroke) = stroke else { return String::new() };
    let dash = stroke
        .dash
        .map(|(on, off)| format!(" stroke-dasharray=\"{on} {off}\""))
        .unwrap_or_default();
    let round =
        if stroke.round { " stroke-linecap=\"round\" stroke-linejoin=\"round\"" } else { "" };
    format!(" stroke=\"{}\" stroke-width=\"{}\"{dash}{round}", colour(stroke.ink), stroke.width)
}

fn filled(fill: Option<Ink>) -> &'static str {
    fill.map_or("none", colour)
}

/// One SVG document of several pictures below each other.
pub(crate) fn document(width: f32, pictures: &[(&[Shape], f32)]) -> String {
    let height: f32 = pictures.iter().map(|(_, height)| height).sum();
    let mut out = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width}\" height=\"{height}\" viewBox=\"0 0 {width} {height}\">"
    );
    let mut top = 0.0;
    let mut clips = 0;
    for (shapes, height) in pictures {
        let _ = write!(out, "<g transform=\"translate(0 {top})\">");
        shapes.iter().for_each(|shape| one(&mut out, shape, &mut clips));
        out.push_str("</g>");
        top += height;
    }
    out + "</svg>"
}

fn one(out: &mut String, shape: &Shape, clips: &mut usize) {
    let _ = match shape {
        Shape::Rect { at: [x, y, w, h], radius, fill, stroke } => write!(
            out,
            "<rect x=\"{x}\" y=\"{y}\" width=\"{w}\" height=\"{h}\" rx=\"{radius}\" fill=\"{}\"{}/>",
            filled(*fill),
            stroked(*stroke)
        ),
        Shape::Marks { at, size, mark, ink } => {
            for [x, y] in at {
                let half = size / 2.0;
                let _ = match mark {
                    Mark::Full => write!(
                        out,
                        "<rect x=\"{}\" y=\"{}\" width=\"{size}\" height=\"{size}\" fill=\"{}\"/>",
                        x - half,
                        y - half,
                        colour(*ink)
                    ),
                    Mark::Hollow => write!(
                        out,
                        "<rect x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\" fill=\"none\" stroke=\"{}\" stroke-width=\"1.2\"/>",
                        x - half + 0.5,
                        y - half + 0.5,
                        size - 1.0,
                        size - 1.0,
                        colour(*ink)
                    ),
                    Mark::Cross => write!(
                        out,
                        "<path d=\"M{} {}L{} {}M{} {}L{} {}\" stroke=\"{}\" stroke-width=\"1.8\"/>",
                        x - half,
                        y - half,
                        x + half,
                        y + half,
                        x - half,
                        y + half,
                        x + half,
                        y - half,
                        colour(*ink)
                    ),
                };
            }
            Ok(())
        }
        Shape::Path { points, closed, fill, stroke } => {
            let points: Vec<String> = points.iter().map(|[x, y]| format!("{x},{y}")).collect();
            let tag = if *closed { "polygon" } else { "polyline" };
            write!(
                out,
                "<{tag} points=\"{}\" fill=\"{}\"{}/>",
                points.join(" "),
                filled(*fill),
                stroked(*stroke)
            )
        }
        Shape::Sag { from, to, depth, stroke } => {
            let (x, y) =
                (f32::midpoint(from[0], to[0]), f32::midpoint(from[1], to[1]) + depth * 2.0);
            write!(
                out,
                "<path d=\"M{} {}Q{x} {y} {} {}\" fill=\"none\"{}/>",
                from[0],
                from[1],
                to[0],
                to[1],
                stroked(Some(*stroke))
            )
        }
        Shape::Dial { at: [x, y], radius, part, ink } => {
            let angle = std::f32::consts::TAU * part.min(0.9999);
            let (ex, ey) = (x + radius * angle.sin(), y - radius * angle.cos());
            let large = i32::from(*part > 0.5);
            write!(
                out,
                "<circle cx=\"{x}\" cy=\"{y}\" r=\"{radius}\" fill=\"#fff\" stroke=\"{0}\" stroke-width=\"1.3\"/><path d=\"M{x} {y}V{1}A{radius} {radius} 0 {large} 1 {ex} {ey}Z\" fill=\"{0}\"/>",
                colour(*ink),
                y - radius
            )
        }
        Shape::Text { at: [x, y], text, font, ink, anchor, halo, most } => {
            let text = most.map_or_else(|| text.clone(), |most| measure::cut(text, *font, most));
            let anchor = match anchor {
                Anchor::Start => "start",
                Anchor::Middle => "middle",
                Anchor::End => "end",
            };
            let family = if font.mono {
                "DejaVu Sans Mono, Noto Sans Mono CJK SC"
            } else {
                "DejaVu Sans, Noto Sans CJK SC"
            };
            let halo = halo
                .map(|halo| {
                    format!(
                        " stroke=\"{}\" stroke-width=\"4\" paint-order=\"stroke\"",
                        colour(halo)
                    )
                })
                .unwrap_or_default();
            write!(
                out,
                "<text x=\"{x}\" y=\"{y}\" font-size=\"{}\" font-weight=\"{}\" font-family=\"{family}\" text-anchor=\"{anchor}\" fill=\"{}\"{halo}>{}</text>",
                font.size,
                font.weight,
                colour(*ink),
                escape(&text)
            )
        }
        Shape::Clip([x, y, w, h]) => {
            *clips += 1;
            write!(
                out,
                "<clipPath id=\"c{clips}\"><rect x=\"{x}\" y=\"{y}\" width=\"{w}\" height=\"{h}\"/></clipPath><g clip-path=\"url(#c{clips})\">"
            )
        }
        Shape::Turn { about: [x, y], by } => {
            write!(out, "<g transform=\"rotate({} {x} {y})\">", by.to_degrees())
        }
        Shape::Pop => write!(out, "</g>"),
    };
}
