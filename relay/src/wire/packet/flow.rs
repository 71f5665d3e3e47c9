//! Owns what is known of one TCP connection from its segments: where each direction's sequence numbers
//! begin, how its windows are scaled, how far it has sent. Never bytes.

use etherparse::{TcpOptionElement, TcpSlice};
use protocol::packet::{End, Flags};

/// Greatest shift of a window (RFC 7323, 2.3).
const SCALE_MAX: u8 = 14;

/// A segment's own words.
pub(super) struct Segment {
    pub(super) flags: Flags,
    seq: u32,
    ack: u32,
    window: u16,
    /// Payload bytes.
    pub(super) payload: u32,
    /// The window scale of a SYN.
    scale: Option<u8>,
}

impl Segment {
    pub(super) fn new(tcp: &TcpSlice) -> Self {
        // Byte 13 of the header holds the flags, FIN lowest (RFC 9293, 3.1).
        let flags = Flags(tcp.header_slice().get(13).copied().unwrap_or(0));
        let scale = |option| match option {
            Ok(TcpOptionElement::WindowScale(shift)) => Some(shift),
            _ => None,
        };
        Self {
            flags,
            seq: tcp.sequence_number(),
            ack: tcp.acknowledgment_number(),
            window: tcp.window_size(),
            payload: tcp.payload().len() as u32,
            scale: flags.has(Flags::SYN).then(|| tcp.options_iterator().find_map(scale)).flatten(),
        }
    }

    /// What it takes of the sequence space: data, SYN and FIN. A reset's takes none.
    fn carries(&self) -> u32 {
        if self.flags.has(Flags::RST) {
            return 0;
        }
        let one = |flag| u32::from(self.flags.has(flag));
        self.payload + one(Flags::SYN) + one(Flags::FIN)
    }
}

/// What a segment says within its connection.
pub(super) struct Seen {
    /// Relative to its sender's SYN.
    pub(super) seq: u32,
    /// Relative to the other's SYN; 0 without ACK.
    pub(super) ack: u32,
    /// In bytes.
    pub(super) window: u32,
    /// Whether all that it carries was sent before.
    pub(super) again: bool,
}

/// One direction.
#[derive(Clone, Copy, Default)]
struct Half {
    /// The number of its SYN; where that was not seen, the one before the first seen.
    base: Option<u32>,
    /// Whether its SYN was seen.
    synced: bool,
    /// The window scale that its SYN offered.
    scale: Option<u8>,
    /// One past the highest number sent.
    high: Option<u32>,
}

/// One connection.
#[derive(Default)]
pub(super) struct Flow {
    halves: [Half; 2],
}

impl Flow {
    /// Takes the next segment.
    pub(super) fn read(&mut self, from: End, segment: &Segment) -> Seen {
        let has = |flag| segment.flags.has(flag);
        let (own, other) = (from.index(), from.opposite().index());
        if has(Flags::SYN) {
            self.synchronise(own, segment);
        }
        // The first byte is number 1 though no SYN was seen, as in Wireshark. A reset may carry any
        // number, and teaches none.
        if !has(Flags::RST) {
            self.halves[own].base.get_or_insert(segment.seq.wrapping_sub(1));
            if has(Flags::ACK) {
                self.halves[other].base.get_or_insert(segment.ack.wrapping_sub(1));
            }
        }
        let seen = Seen {
            seq: self.relative(from, segment.seq),
            ack: if has(Flags::ACK) { self.relative(from.opposite(), segment.ack) } else { 0 },
            window: self.window(own, segment),
            again: self.again(own, segment),
        };
        self.sent(own, segment);
        seen
    }

    /// A sequence number of that end's, counted from its SYN, mod 2^32.
    pub(super) fn relative(&self, whose: End, number: u32) -> u32 {
        let base = self.halves[whose.index()].base;
        number.wrapping_sub(base.unwrap_or(number.wrapping_sub(1)))
    }

    /// A SYN begins its direction, and without ACK the connection anew; the same again changes nothing.
    fn synchronise(&mut self, own: usize, segment: &Segment) {
        let half = self.halves[own];
        if half.synced && half.base == Some(segment.seq) {
            return;
        }
        // Both ends may begin at once (RFC 9293, 3.5): the second SYN is no new connection.
        if !segment.flags.has(Flags::ACK) && half.base.is_some() {
            *self = Self::default();
        }
        self.halves[own] = Half {
            base: Some(segment.seq),
            synced: true,
            scale: segment.scale.map(|shift| shift.min(SCALE_MAX)),
            high: None,
        };
    }

    /// The window in bytes. Scaled only if both SYNs offered it, and never in a SYN (RFC 7323, 2.2).
    fn window(&self, own: usize, segment: &Segment) -> u32 {
        let shift = match self.halves[own].scale {
            Some(shift)
                if self.halves.iter().all(|half| half.scale.is_some())
                    && !segment.flags.has(Flags::SYN) =>
            {
                shift
            }
            _ => 0,
        };
        u32::from(segment.window) << shift
    }

    /// Whether all of its sequence space was sent before. A probe (keepalive or zero window: nothing,
    /// one below what is next) counts as again, any other pure acknowledgement never.
    fn again(&self, own: usize, segment: &Segment) -> bool {
        let Some(high) = self.halves[own].high else { return false };
        match segment.carries() {
            0 => {
                !segment.flags.has(Flags::RST)
                    && segment.flags.has(Flags::ACK)
                    && segment.seq == high.wrapping_sub(1)
            }
            carries => !after(segment.seq.wrapping_add(carries), high),
        }
    }

    fn sent(&mut self, own: usize, segment: &Segment) {
        if segment.flags.has(Flags::RST) {
            return;
        }
        let high = &mut self.halves[own].high;
        let end = segment.seq.wrapping_add(segment.carries());
        // What a pure acknowledgement skips was never seen here, and is no repetition when it comes.
        if high.is_none_or(|high| segment.carries() > 0 && after(end, high)) {
            *high = Some(end);
        }
    }
}

/// Whether a sequence number comes after another (RFC 9293, 3.4).
fn after(a: u32, b: u32) -> bool {
    a.wrapping_sub(b).cast_signed() > 0
}

#[cfg(test)]
mod tests;
