//! Owns the room that packets are read into, and so the bytes of the last ones, as they entered, for
//! whoever wants to look. Bounded in bytes; a packet that passes is never copied.

use protocol::PacketId;
use std::collections::VecDeque;
use std::ops::Range;

/// Bytes kept, nearly.
const BYTES: usize = 16 * 1024 * 1024;
/// The longest packet: an IP packet's length has 16 bits.
const LONGEST: usize = 65_536;

/// The last packets' bytes, one behind the other, in a room that is used again and again.
pub struct Kept {
    room: Vec<u8>,
    /// Where the next packet begins, counted from the first byte of the first round.
    next: u64,
    /// Each packet and where it begins, counted likewise.
    places: VecDeque<(PacketId, u64, usize)>,
}

impl Default for Kept {
    fn default() -> Self {
        // The kernel gives the memory when it is first written.
        Self { room: vec![0; BYTES], next: 0, places: VecDeque::new() }
    }
}

impl Kept {
    /// Room to read the next packet into.
    pub fn room(&mut self) -> &mut [u8] {
        let begin = self.index(self.next);
        if begin + LONGEST > BYTES {
            self.next += (BYTES - begin) as u64;
        }
        let begin = self.index(self.next);
        &mut self.room[begin..begin + LONGEST]
    }

    /// What was read into the room is this packet, so long. Where it lies: for the next thousand
    /// kilobytes at least, then it is written over.
    pub fn keep(&mut self, id: PacketId, length: usize) -> Range<usize> {
        let begin = self.index(self.next);
        self.places.push_back((id, self.next, length));
        self.next += length as u64;
        while self.places.front().is_some_and(|(_, old, _)| old + (BYTES as u64) < self.next) {
            self.places.pop_front();
        }
        begin..begin + length
    }

    /// The same of bytes that lie elsewhere.
    pub fn keep_copy(&mut self, id: PacketId, packet: &[u8]) {
        self.room()[..packet.len()].copy_from_slice(packet);
        self.keep(id, packet.len());
    }

    /// What lies there.
    pub fn at(&self, place: Range<usize>) -> &[u8] {
        &self.room[place]
    }

    /// A packet's bytes, while they are kept.
    pub fn get(&self, id: PacketId) -> Option<Vec<u8>> {
        let place = self.places.binary_search_by_key(&id, |(own, _, _)| *own).ok()?;
        let (_, begin, length) = self.places[place];
        let begin = self.index(begin);
        Some(self.room[begin..begin + length].to_vec())
    }

    fn index(&self, place: u64) -> usize {
        (place % self.room.len() as u64) as usize
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_are_kept_whole_and_the_oldest_go() {
        let mut kept = Kept::default();
        let packet = |n: u64| vec![n as u8; 1 + (n as usize * 7_919) % 65_535];
        for n in 1..=2_000_u64 {
            kept.keep_copy(PacketId(n), &packet(n));
            let oldest = kept.places[0].0;
            for id in [oldest.0, n.saturating_sub(100).max(oldest.0), n] {
                assert_eq!(kept.get(PacketId(id)), Some(packet(id)), "{id} of {n}");
            }
        }
        assert_eq!((kept.get(PacketId(1)), kept.get(PacketId(2_001))), (None, None));
        let bytes: usize = kept.places.iter().map(|(_, _, length)| length).sum();
        assert!((BYTES - 2 * LONGEST..=BYTES).contains(&bytes), "{bytes}");
    }
}
