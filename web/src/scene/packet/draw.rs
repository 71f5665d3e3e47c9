//! Owns how one packet looks: a pointed parcel, a signed slip, a box; its tags, its flaw, its end.

use super::Passing;
use crate::scene::pen::{Pen, line, mono};
use crate::shape::{Font, Ink, Shape};
use crate::text::{Language, picture};
use crate::timeline::{Packet, Timeline};
use protocol::packet::{Flags, Head};

/// What kind of thing a packet is drawn as.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(in crate::scene) enum Look {
    /// A pointed parcel: bytes of a stream.
    Parcel,
    /// A signed slip: a segment without bytes, and ICMP.
    Slip,
    /// A box: a datagram, or a part of one.
    Box,
}

impl Look {
    /// What a packet is drawn as.
    pub(in crate::scene) fn of(packet: &Packet) -> Self {
        match &packet.head {
            Head::Tcp(tcp) if tcp.payload > 0 => Self::Parcel,
            Head::Udp(_) | Head::Fragment(_) => Self::Box,
            _ => Self::Slip,
        }
    }
}

/// Outline and fill of a packet on its way.
pub(in crate::scene) fn inks(packet: &Packet) -> (Ink, Ink) {
    match &packet.head {
        Head::Tcp(tcp) if tcp.flags.has(Flags::RST) => (Ink::Lost, Ink::LostPale),
        Head::Tcp(tcp) if tcp.payload > 0 => (Ink::Tcp, Ink::TcpPale),
        Head::Tcp(_) => (Ink::Tcp, Ink::Plate),
        Head::Udp(_) | Head::Fragment(_) => (Ink::Udp, Ink::Parcel),
        _ => (Ink::Dial, Ink::Plate),
    }
}

/// What a packet says of itself.
pub(in crate::scene) fn label(timeline: &Timeline, packet: &Packet, language: Language) -> String {
    let part = matches!(packet.head, Head::Fragment(_)).then(|| part(timeline, packet)).flatten();
    picture::packet(language, &packet.head, &packet.src, part)
}

/// Which part of how many, where the last of them is known.
fn part(timeline: &Timeline, packet: &Packet) -> Option<(usize, usize)> {
    let parts = timeline.parts(packet);
    let own = packet.copy_of.unwrap_or(packet.id);
    let nth = parts.iter().position(|part| part.id == own)?;
    let last = parts.last()?;
    let complete = matches!(&last.head, Head::Fragment(part) if !part.more);
    complete.then_some((nth + 1, parts.len()))
}

/// What was done to a packet, and that it comes again.
pub(in crate::scene) fn tags(passing: &Passing, language: Language) -> String {
    let packet = passing.packet;
    let mut tags: Vec<String> = [
        (packet.is_again(), picture::again(language)),
        (packet.copy_of.is_some(), picture::copy(language)),
        (packet.damaged, picture::damaged(language)),
    ]
    .into_iter()
    .filter(|(is, _)| *is)
    .map(|(_, tag)| tag.to_owned())
    .collect();
    tags.extend(passing.held.map(|span| picture::held(language, span)));
    tags.join(" · ")
}

/// A box with a pointed nose; `d` is 1 to the right, -1 to the left.
pub(in crate::scene) fn nose([x, y]: [f32; 2], w: f32, h: f32, d: f32) -> Vec<[f32; 2]> {
    let (back, front, half) = (x - d * w / 2.0, x + d * w / 2.0, h / 2.0);
    let neck = front - d * (h * 0.36);
    vec![[back, y - half], [neck, y - half], [front, y], [neck, y + half], [back, y + half]]
}

/// A packet's body about its middle.
pub(in crate::scene) fn body(
    pen: &mut Pen,
    [x, y, w, h]: [f32; 4],
    d: f32,
    packet: &Packet,
    text: &str,
    size: f32,
) {
    let (ink, fill) = inks(packet);
    let outline = line(ink, 1.8);
    if packet.copy_of.is_some() {
        // A second sheet behind it.
        ground(pen, [x - d * 4.0, y - 4.0, w, h], d, packet, (fill, line(ink, 1.0)));
    }
    ground(pen, [x, y, w, h], d, packet, (fill, outline));
    let look = Look::of(packet);
    let (shift, text_ink) = match look {
        Look::Parcel => (-d * 4.0, ink),
        Look::Slip => (d * 3.0, ink),
        Look::Box => (0.0, Ink::ParcelText),
    };
    if look == Look::Box {
        let (left, top) = (x - w / 2.0, y - h / 2.0);
        pen.line([left, top + 5.0], [left + w, top + 5.0], line(Ink::Udp, 0.8));
    }
    if look == Look::Slip {
        signature(pen, [x - d * (w / 2.0 - 4.0), y + h / 2.0 - 4.0], d, ink);
    }
    if packet.damaged {
        flaw(pen, [x, y, w, h]);
    }
    let font = Font { size, weight: if look == Look::Box { 600 } else { 400 }, mono: true };
    let words = crate::scene::pen::Look { font, ..mono(size).middle().ink(text_ink) };
    let words = if packet.damaged { words.halo(fill) } else { words };
    pen.text([x + shift, y + size * 0.36], text, words, w - 10.0);
}

fn ground(
    pen: &mut Pen,
    [x, y, w, h]: [f32; 4],
    d: f32,
    packet: &Packet,
    (fill, stroke): (Ink, crate::shape::Stroke),
) {
    match Look::of(packet) {
        Look::Box => pen.frame([x - w / 2.0, y - h / 2.0, w, h], 2.0, fill, stroke),
        Look::Parcel | Look::Slip => pen.area(nose([x, y], w, h, d), fill, Some(stroke)),
    }
}

/// A kernel's hand under a slip.
fn signature(pen: &mut Pen, [x, y]: [f32; 2], d: f32, ink: Ink) {
    let points = [0.0, -3.5, 1.0, -2.5, 0.5, -1.0, 0.0];
    let points = points.iter().enumerate().map(|(n, up)| [x + d * (n as f32 * 2.4), y + up]);
    pen.path(points.collect(), line(ink, 1.0));
}

/// A crack through a packet of which a bit was flipped.
fn flaw(pen: &mut Pen, [x, y, w, h]: [f32; 4]) {
    let right = x + w / 2.0 - h * 0.6;
    let steps = [(0.0, -0.5), (-4.0, -0.2), (2.0, 0.0), (-4.0, 0.25), (-1.0, 0.5)];
    let points = steps.iter().map(|(dx, part)| [right + dx, y + h * part]).collect();
    pen.path(points, line(Ink::Lost, 2.2));
}

/// A lost packet where it lies, struck through.
pub(in crate::scene) fn struck(
    pen: &mut Pen,
    [x, y, w, h]: [f32; 4],
    d: f32,
    packet: &Packet,
    (text, size): (&str, f32),
    turned: f32,
) {
    pen.shapes.push(Shape::Turn { about: [x, y], by: 0.13 * turned });
    ground(pen, [x, y, w, h], d, packet, (Ink::LostPale, line(Ink::Lost, 1.8)));
    let shift = if Look::of(packet) == Look::Box { 0.0 } else { -d * 4.0 };
    let words = mono(size).middle().ink(Ink::Lost);
    pen.text([x + shift, y + size * 0.36], text, words, w - 10.0);
    for up in [-1.0, 1.0] {
        let (dx, dy) = (w * 0.42, h * 0.36 * up);
        pen.line([x - dx, y - dy], [x + dx, y + dy], line(Ink::Lost, 1.4));
    }
    pen.pop();
}
