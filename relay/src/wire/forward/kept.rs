//! Owns the bytes of the last packets, as they entered, for whoever wants to look. Bounded in bytes.

use protocol::PacketId;
use std::collections::VecDeque;

/// Bytes kept.
const BYTES: usize = 16 * 1024 * 1024;

#[derive(Default)]
pub(super) struct Kept {
    bytes: VecDeque<u8>,
    /// Each packet and where it begins, counted from the first byte ever kept.
    places: VecDeque<(PacketId, u64, usize)>,
    gone: u64,
}

impl Kept {
    pub(super) fn keep(&mut self, id: PacketId, packet: &[u8]) {
        let end = self.gone + self.bytes.len() as u64;
        self.places.push_back((id, end, packet.len()));
        self.bytes.extend(packet);
        while self.bytes.len() > BYTES
            && let Some((_, _, length)) = self.places.pop_front()
        {
            self.bytes.drain(..length);
            self.gone += length as u64;
        }
    }

    pub(super) fn get(&self, id: PacketId) -> Option<Vec<u8>> {
        let place = self.places.binary_search_by_key(&id, |(own, _, _)| *own).ok()?;
        let (_, begin, length) = self.places[place];
        let begin = (begin - self.gone) as usize;
        Some(self.bytes.range(begin..begin + length).copied().collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_are_kept_and_the_oldest_go() {
        let mut kept = Kept::default();
        for n in 1..=20_000_u64 {
            kept.keep(PacketId(n), &[n as u8; 1_000]);
        }
        assert_eq!(kept.get(PacketId(1)), None);
        assert_eq!(kept.get(PacketId(20_000)), Some(vec![20_000_u64 as u8; 1_000]));
        assert!(kept.bytes.len() <= BYTES && kept.get(PacketId(20_001)).is_none());
    }
}
