//! Owns how our own datagrams are numbered: the first 12 bytes of a burst's payload.

use protocol::CallId;
use protocol::reply::Numbered;

/// Bytes of the mark; shorter datagrams go unnumbered.
pub const BYTES: usize = 12;
const MAGIC: [u8; 4] = *b"\xB5pb1";

/// Payload of `size` bytes that carries its number, where it fits.
pub fn mark(numbered: Numbered, size: usize) -> Vec<u8> {
    let mut payload: Vec<u8> = (b'a'..=b'z').cycle().take(size).collect();
    renumber(&mut payload, numbered);
    payload
}

/// Writes another number over the first.
pub fn renumber(payload: &mut [u8], numbered: Numbered) {
    if let Some(head) = payload.first_chunk_mut::<BYTES>() {
        head[..4].copy_from_slice(&MAGIC);
        head[4..8].copy_from_slice(&numbered.call.0.to_be_bytes());
        head[8..].copy_from_slice(&numbered.number.to_be_bytes());
    }
}

/// The number that a payload carries.
pub fn read(payload: &[u8]) -> Option<Numbered> {
    let head = payload.first_chunk::<BYTES>()?;
    let [.., c0, c1, c2, c3, n0, n1, n2, n3] = *head;
    (head[..4] == MAGIC).then_some(Numbered {
        call: CallId(u32::from_be_bytes([c0, c1, c2, c3])),
        number: u32::from_be_bytes([n0, n1, n2, n3]),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_survives_and_short_or_foreign_payload_has_none() {
        let numbered = Numbered { call: CallId(7), number: 900 };
        assert_eq!(read(&mark(numbered, 500)), Some(numbered));
        assert_eq!(read(&mark(numbered, BYTES)), Some(numbered));
        assert_eq!(read(&mark(numbered, BYTES - 1)), None);
        assert_eq!(read(b"hello, hello, hello"), None);
    }
}
