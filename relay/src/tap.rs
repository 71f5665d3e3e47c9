//! Owns the way of packets' bytes from the wire to a recording: bounded, and silent while nobody records.
//! Never waits: what a slow disk does not fetch in time is counted and left out.

use protocol::PacketId;
use protocol::recording::{PACKETS, PACKETS_BYTES, Stored};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// Bytes that wait for the recorder at most.
const WAITING: usize = 32 * 1024 * 1024;
/// What a packet costs besides its bytes.
const EACH: usize = size_of::<Stored>();
/// In a file a packet costs at most 16 bytes besides its own: all that waits fits one block.
const _: () = assert!(EACH >= 20 && WAITING <= PACKETS_BYTES && WAITING / EACH <= PACKETS);

/// A handle; all clones are one.
#[derive(Clone, Debug, Default)]
pub struct Tap {
    shared: Arc<Shared>,
}

#[derive(Debug, Default)]
struct Shared {
    snaplen: AtomicU32,
    taken: Mutex<Taken>,
}

/// What came since it was last fetched.
#[derive(Debug, Default)]
pub struct Taken {
    /// The packets, in the order in which they entered.
    pub packets: Vec<Stored>,
    /// Packets for which there was no room, since the tap was opened.
    pub unkept: u64,
    bytes: usize,
}

impl Tap {
    /// From now on the first `snaplen` bytes of each packet are taken; 0 closes the tap.
    pub fn open(&self, snaplen: u32) {
        self.shared.snaplen.store(snaplen, Ordering::Relaxed);
        *self.taken() = Taken::default();
    }

    /// Bytes to take of each packet; 0 while nobody records.
    pub fn snaplen(&self) -> usize {
        self.shared.snaplen.load(Ordering::Relaxed) as usize
    }

    /// A packet entered.
    pub fn put(&self, packet: PacketId, whole: &[u8]) {
        let bytes = &whole[..whole.len().min(self.snaplen())];
        let mut taken = self.taken();
        if taken.bytes + EACH + bytes.len() > WAITING {
            taken.unkept += 1;
            return;
        }
        taken.bytes += EACH + bytes.len();
        let length = whole.len() as u32;
        taken.packets.push(Stored { packet, length, bytes: bytes.to_vec() });
    }

    /// Fetches what came.
    pub fn fetch(&self) -> Taken {
        let mut taken = self.taken();
        let unkept = taken.unkept;
        std::mem::replace(&mut taken, Taken { unkept, ..Taken::default() })
    }

    fn taken(&self) -> MutexGuard<'_, Taken> {
        self.shared.taken.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_closed_tap_takes_no_bytes_and_an_open_one_no_more_than_it_may() {
        let tap = Tap::default();
        assert_eq!(tap.snaplen(), 0);
        tap.open(4);
        tap.put(PacketId(1), b"abcdef");
        tap.put(PacketId(2), b"ab");
        let taken = tap.fetch();
        let seen: Vec<_> =
            taken.packets.iter().map(|p| (p.packet.0, p.length, &*p.bytes)).collect();
        assert_eq!(seen, [(1, 6, &b"abcd"[..]), (2, 2, b"ab")]);
        assert!(tap.fetch().packets.is_empty());
    }

    #[test]
    fn what_nobody_fetches_is_bounded_and_counted() {
        let tap = Tap::default();
        tap.open(60_000);
        let packet = vec![7; 60_000];
        (0..1_000).for_each(|n| tap.put(PacketId(n), &packet));
        let taken = tap.fetch();
        let bytes: usize = taken.packets.iter().map(|packet| packet.bytes.len()).sum();
        assert!(bytes <= WAITING && taken.unkept > 0);
        assert_eq!(taken.packets.len() as u64 + taken.unkept, 1_000);
    }
}
