//! Owns shapes → SVG: one document that stands by itself, in a reader or in a text. Numbers are written
//! as whole hundredths; whatever a text says, the document is well-formed XML.

use crate::scene::measure;
use crate::shape::{Anchor, Ink, Mark, Shape, Stroke};
use crate::text::decimal;

/// Families in the document's own style: generic ones, which every reader has.
const STYLE: &str = "<style>text{font-family:system-ui,sans-serif;white-space:pre}\
    .m{font-family:ui-monospace,monospace}</style>";

/// The light theme's colours.
pub fn light(ink: Ink) -> &'static str {
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

/// Text as XML has it. What XML 1.0 forbids (control characters) is shown as its picture.
pub fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\u{0}'..='\u{1f}' => out.extend(char::from_u32(0x2400 + c as u32)),
            '\u{7f}'..='\u{9f}' | '\u{fffe}' | '\u{ffff}' => out.push('\u{fffd}'),
            own => out.push(own),
        }
    }
    out
}

/// One SVG document of several pictures below each other, with a title.
pub fn document(title: &str, width: f32, pictures: &[(&[Shape], f32)]) -> String {
    let height: f32 = pictures.iter().map(|(_, height)| height).sum();
    let mut out = Writer::default();
    out.text("<svg xmlns=\"http://www.w3.org/2000/svg\"");
    out.numbers(&[("width", width), ("height", height)]);
    out.text(" viewBox=\"0 0 ").number(width).text(" ").number(height).text("\"><title>");
    out.text(&escape(title)).text("</title>").text(STYLE);
    let mut top = 0.0;
    for (shapes, height) in pictures {
        out.text("<g transform=\"translate(0 ").number(top).text(")\">");
        shapes.iter().for_each(|shape| out.shape(shape));
        out.text("</g>");
        top += height;
    }
    out.text("</svg>");
    out.text
}

/// The document being written.
#[derive(Default)]
struct Writer {
    text: String,
    clips: u32,
}

impl Writer {
    fn text(&mut self, text: &str) -> &mut Self {
        self.text.push_str(text);
        self
    }

    /// A number to the hundredth.
    fn number(&mut self, value: f32) -> &mut Self {
        let all = (value * 100.0).round() as i64;
        if all < 0 {
            self.text.push('-');
        }
        self.text.push_str(&decimal::short(all.unsigned_abs(), 100, 2));
        self
    }

    /// A point, as paths and point lists have it.
    fn point(&mut self, [x, y]: [f32; 2]) -> &mut Self {
        self.number(x).text(" ").number(y)
    }

    fn attribute(&mut self, name: &str, value: &str) -> &mut Self {
        self.text(" ").text(name).text("=\"").text(value).text("\"")
    }

    fn numbers(&mut self, all: &[(&str, f32)]) -> &mut Self {
        for (name, value) in all {
            self.text(" ").text(name).text("=\"").number(*value).text("\"");
        }
        self
    }

    fn area(&mut self, [x, y, w, h]: [f32; 4]) -> &mut Self {
        self.numbers(&[("x", x), ("y", y), ("width", w), ("height", h)])
    }

    fn filled(&mut self, fill: Option<Ink>) -> &mut Self {
        self.attribute("fill", fill.map_or("none", light))
    }

    fn stroked(&mut self, stroke: Option<Stroke>) -> &mut Self {
        let Some(stroke) = stroke else { return self };
        self.attribute("stroke", light(stroke.ink)).numbers(&[("stroke-width", stroke.width)]);
        if let Some((on, off)) = stroke.dash {
            self.text(" stroke-dasharray=\"").point([on, off]).text("\"");
        }
        if stroke.round {
            self.attribute("stroke-linecap", "round").attribute("stroke-linejoin", "round");
        }
        self
    }

    fn shape(&mut self, shape: &Shape) {
        match shape {
            Shape::Rect { at, radius, fill, stroke } => {
                self.text("<rect").area(*at).numbers(&[("rx", *radius)]).filled(*fill);
                self.stroked(*stroke).text("/>");
            }
            Shape::Marks { at, size, mark, ink } => {
                for at in at {
                    self.mark(*at, *size, *mark, *ink);
                }
            }
            Shape::Path { points, closed, fill, stroke } => {
                self.text(if *closed { "<polygon" } else { "<polyline" }).text(" points=\"");
                for (nth, point) in points.iter().enumerate() {
                    self.text(if nth > 0 { " " } else { "" }).point(*point);
                }
                self.text("\"").filled(*fill).stroked(*stroke).text("/>");
            }
            Shape::Sag { from, to, depth, stroke } => {
                let middle =
                    [f32::midpoint(from[0], to[0]), f32::midpoint(from[1], to[1]) + depth * 2.0];
                self.text("<path d=\"M").point(*from).text("Q").point(middle).text(" ");
                self.point(*to).text("\"").filled(None).stroked(Some(*stroke)).text("/>");
            }
            Shape::Dial { at, radius, part, ink } => self.dial(*at, *radius, *part, *ink),
            Shape::Text { .. } => self.written(shape),
            Shape::Clip(area) => {
                self.clips += 1;
                let id = self.clips.to_string();
                self.text("<clipPath id=\"c").text(&id).text("\"><rect").area(*area);
                self.text("/></clipPath><g clip-path=\"url(#c").text(&id).text(")\">");
            }
            Shape::Turn { about, by } => {
                self.text("<g transform=\"rotate(").number(by.to_degrees()).text(" ");
                self.point(*about).text(")\">");
            }
            Shape::Pop => {
                self.text("</g>");
            }
        }
    }

    fn mark(&mut self, [x, y]: [f32; 2], size: f32, mark: Mark, ink: Ink) {
        let half = size / 2.0;
        let stroke = |width| Stroke { ink, width, dash: None, round: false };
        let (left, top, right, bottom) = (x - half, y - half, x + half, y + half);
        match mark {
            Mark::Full => {
                self.text("<rect").area([left, top, size, size]).filled(Some(ink)).text("/>");
            }
            Mark::Hollow => {
                self.text("<rect").area([left + 0.5, top + 0.5, size - 1.0, size - 1.0]);
                self.filled(None).stroked(Some(stroke(1.2))).text("/>");
            }
            Mark::Cross => {
                self.text("<path d=\"M").point([left, top]).text("L").point([right, bottom]);
                self.text("M").point([left, bottom]).text("L").point([right, top]).text("\"");
                self.stroked(Some(stroke(1.8))).text("/>");
            }
        }
    }

    fn dial(&mut self, [x, y]: [f32; 2], radius: f32, part: f32, ink: Ink) {
        let angle = std::f32::consts::TAU * part.min(0.9999);
        let end = [x + radius * angle.sin(), y - radius * angle.cos()];
        self.text("<circle").numbers(&[("cx", x), ("cy", y), ("r", radius)]);
        self.filled(Some(Ink::Plate));
        self.stroked(Some(Stroke { ink, width: 1.3, dash: None, round: false }));
        self.text("/><path d=\"M").point([x, y]).text("V").number(y - radius);
        self.text("A").point([radius, radius]).text(" 0 ");
        self.text(if part > 0.5 { "1" } else { "0" }).text(" 1 ").point(end).text("Z\"");
        self.filled(Some(ink)).text("/>");
    }

    fn written(&mut self, shape: &Shape) {
        let Shape::Text { at, text, font, ink, anchor, halo, most } = shape else { return };
        let text = most.map_or_else(|| text.clone(), |most| measure::cut(text, *font, most));
        let anchor = match anchor {
            Anchor::Start => "start",
            Anchor::Middle => "middle",
            Anchor::End => "end",
        };
        self.text("<text").numbers(&[("x", at[0]), ("y", at[1]), ("font-size", font.size)]);
        if font.mono {
            self.attribute("class", "m");
        }
        if font.weight > 500 {
            self.attribute("font-weight", "600");
        }
        self.attribute("text-anchor", anchor).filled(Some(*ink));
        if let Some(halo) = halo {
            self.stroked(Some(Stroke { ink: *halo, width: 4.0, dash: None, round: false }));
            self.attribute("paint-order", "stroke");
        }
        self.text(">").text(&escape(&text)).text("</text>");
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::shape::Font;

    fn said(text: &str) -> String {
        let font = Font { size: 13.0, weight: 400, mono: true };
        let shape = Shape::Text {
            at: [1.005, -2.5],
            text: text.to_owned(),
            font,
            ink: Ink::Text,
            anchor: Anchor::Start,
            halo: None,
            most: None,
        };
        document("<&>", 10.0, &[(&[shape], 5.0)])
    }

    #[test]
    fn whatever_a_payload_says_it_is_xml() {
        let text = said("</text><script>\"&amp;\" \u{0}\u{1b}\u{7f}\u{ffff}你好");
        let body = "&lt;/text&gt;&lt;script&gt;&quot;&amp;amp;&quot; ␀␛\u{fffd}\u{fffd}你好</text>";
        assert!(text.contains(body), "{text}");
        assert!(text.contains("<title>&lt;&amp;&gt;</title>"), "{text}");
        assert!(text.chars().all(|c| c >= ' '), "no control character");
    }

    #[test]
    fn numbers_are_short() {
        let text = said("x");
        assert!(text.contains(" y=\"-2.5\" font-size=\"13\""), "{text}");
        assert!(
            text.starts_with("<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"10\" height=\"5\"")
        );
    }
}
