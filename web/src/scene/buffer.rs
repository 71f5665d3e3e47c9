//! Owns a buffer's picture: up to 32 bytes as cells with the bytes in them, beyond as a tank with
//! payload and charge apart. What the kernel has not said is a dash.

use super::pen::{Pen, dashed, line, mono, plain};
use crate::shape::Ink;
use crate::text::{Language, picture};
use protocol::limit::PEEK;
use protocol::world::Socket;

/// Narrowest cell into which a letter of the code face fits at 13 px.
const NARROWEST: f32 = 8.0;
/// Narrowest cell for two hex digits.
const NARROWEST_HEX: f32 = 17.0;

/// Which of a socket's two buffers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Which {
    /// Bytes kept until acknowledged.
    Send,
    /// Bytes that wait to be read.
    Receive,
}

/// What is known of a buffer.
pub(super) struct Buffer<'a> {
    /// Payload bytes; null where the kernel has not said.
    pub(super) payload: Option<u64>,
    /// The bytes themselves, where known.
    pub(super) bytes: Option<&'a [u8]>,
    /// Memory charged.
    pub(super) charged: Option<u32>,
    /// Its limit.
    pub(super) limit: Option<u32>,
    /// Waiting datagrams.
    pub(super) datagrams: Option<u32>,
}

/// A buffer of a socket.
pub(super) fn of(socket: &Socket, which: Which) -> Buffer<'_> {
    let kernel = &socket.kernel;
    match which {
        Which::Send => Buffer {
            payload: kernel.send_queue,
            bytes: socket.kept(),
            charged: kernel.send_charged,
            limit: kernel.send_limit,
            datagrams: None,
        },
        Which::Receive => {
            let stream = socket.kind == protocol::command::Kind::Stream;
            let queue = kernel.queue.as_ref();
            let payload =
                if stream { kernel.receive_queue } else { queue.map(|queue| queue.bytes) };
            let known = stream && payload == Some(kernel.peeked.len() as u64);
            Buffer {
                payload,
                bytes: known.then_some(kernel.peeked.as_slice()),
                charged: kernel.receive_charged,
                limit: kernel.receive_limit,
                datagrams: queue.map(|queue| queue.datagrams),
            }
        }
    }
}

/// One character, and how many cells it spans.
struct Piece {
    text: String,
    cells: usize,
    hex: bool,
}

/// Bytes as characters where they are UTF-8, else as hex.
fn pieces(bytes: &[u8]) -> Vec<Piece> {
    let mut pieces = Vec::new();
    let mut rest = bytes;
    while let Some(first) = rest.first() {
        let most = rest.len().min(4);
        let character = (1..=most)
            .find_map(|n| std::str::from_utf8(&rest[..n]).ok()?.chars().next().map(|c| (c, n)));
        match character {
            Some((c, n)) if !c.is_control() => {
                pieces.push(Piece { text: c.to_string(), cells: n, hex: false });
                rest = &rest[n..];
            }
            _ => {
                pieces.push(Piece { text: format!("{first:02x}"), cells: 1, hex: true });
                rest = &rest[1..];
            }
        }
    }
    pieces
}

impl Buffer<'_> {
    /// Draws it from `x` to `right`, `h` high.
    pub(super) fn draw(&self, pen: &mut Pen, area: [f32; 4], letter: f32, language: Language) {
        let [x, y, wide, h] = area;
        if let Some(bytes) =
            self.bytes.filter(|bytes| bytes.len() <= PEEK && self.datagrams.is_none())
        {
            let pieces = pieces(bytes);
            let hex = pieces.iter().any(|piece| piece.hex);
            let (cells, cell) = cell_size(bytes.len(), wide, letter);
            if cell >= if hex { NARROWEST_HEX } else { NARROWEST } {
                draw_cells(pen, [x, y, cell, h], cells, bytes.len(), &pieces, letter);
                return;
            }
        }
        if self.payload.is_none() && self.charged.is_none() && self.limit.is_none() {
            Self::unknown(pen, area, letter);
        } else {
            self.tank(pen, area, language);
        }
    }

    /// Nothing has been told: outlines only.
    fn unknown(pen: &mut Pen, [x, y, wide, h]: [f32; 4], letter: f32) {
        let (cells, cell) = cell_size(0, wide, letter);
        pen.frame_only([x, y, cell * cells as f32, h], dashed(Ink::Edge, 1.0, 3.0, 3.0));
        for nth in 1..cells {
            let x = x + nth as f32 * cell;
            pen.line([x, y], [x, y + h], dashed(Ink::Edge, 1.0, 3.0, 3.0));
        }
    }

    /// Payload as a filled tank; the charge against the limit beside it.
    fn tank(&self, pen: &mut Pen, area: [f32; 4], language: Language) {
        let [x, y, wide, h] = area;
        let tank = (wide * 0.42).min(130.0);
        pen.frame([x, y, tank, h], 3.0, Ink::Plate, line(Ink::Edge, 1.0));
        let part = match (self.charged, self.limit) {
            (Some(charged), Some(limit)) if limit > 0 => {
                Some((charged as f32 / limit as f32).min(1.0))
            }
            _ => None,
        };
        if let Some(part) = part {
            let fill = if self.datagrams.is_some() { Ink::Parcel } else { Ink::TcpPale };
            pen.rect([x + 1.0, y + 1.0, (tank - 2.0) * part, h - 2.0], 2.0, fill);
        }
        let amount = match (self.datagrams, self.payload) {
            (Some(n), _) => picture::datagrams(language, n),
            (None, Some(n)) => format!("{} B", picture::number(n)),
            (None, None) => picture::unknown(language).to_owned(),
        };
        pen.text([x + 6.0, y + h * 0.5 + 4.7], &amount, mono(13.0), tank - 10.0);
        if self.charged.is_none() && self.limit.is_none() {
            return;
        }
        let charge = picture::charge(language, self.charged, self.limit);
        pen.text(
            [x + tank + 8.0, y + h * 0.5 + 4.7],
            &charge,
            plain(13.0).dim(),
            wide - tank - 8.0,
        );
    }
}

/// How many cells, and how wide each.
fn cell_size(bytes: usize, wide: f32, letter: f32) -> (usize, f32) {
    let full = letter * 1.5;
    let cells = bytes.max(8);
    let fits = (wide / full).floor() as usize;
    if cells <= fits { (cells, full) } else { (cells, wide / cells as f32) }
}

fn draw_cells(
    pen: &mut Pen,
    [x, y, w, h]: [f32; 4],
    cells: usize,
    filled: usize,
    pieces: &[Piece],
    letter: f32,
) {
    for cell in 0..cells {
        let fill = if cell < filled { Ink::TcpPale } else { Ink::Ground };
        pen.frame([x + cell as f32 * w, y, w, h], 0.0, fill, line(Ink::Edge, 1.0));
    }
    let mut cell = 0;
    for piece in pieces {
        let left = x + cell as f32 * w;
        let span = w * piece.cells as f32;
        if piece.cells > 1 {
            let at = [left + 1.5, y + 1.5, span - 3.0, h - 3.0];
            pen.frame(at, 0.0, Ink::TcpPale, line(Ink::Tcp, 1.4));
            for tick in 1..piece.cells {
                let x = left + w * tick as f32;
                pen.line([x, y + h - 6.0], [x, y + h - 2.0], line(Ink::Tcp, 1.0));
            }
        }
        let size = if piece.hex || span < letter { 13.0 } else { letter };
        let at = [left + span / 2.0, y + h / 2.0 + size * 0.35];
        pen.text(at, &piece.text, mono(size).middle(), span.max(size));
        cell += piece.cells;
    }
}
