//! Owns the Internet checksum (RFC 1071).

/// The checksum of some bytes; 0 when a right one is among them.
pub(super) fn of(bytes: &[u8]) -> u16 {
    !fold(add(bytes))
}

/// The sum of the pseudo-header that TCP, UDP and ICMPv6 put before themselves, not yet folded.
pub(super) fn pseudo(addresses: &[u8], protocol: u8, length: usize) -> u64 {
    add(addresses) + u64::from(protocol) + length as u64
}

/// Whether a segment holds together with its pseudo-header.
pub(super) fn holds(pseudo: u64, segment: &[u8]) -> bool {
    fold(pseudo + add(segment)) == 0xffff
}

fn add(bytes: &[u8]) -> u64 {
    let pair = |pair: &[u8]| u64::from(pair[0]) << 8 | u64::from(pair.get(1).copied().unwrap_or(0));
    bytes.chunks(2).map(pair).sum()
}

fn fold(mut sum: u64) -> u16 {
    while sum > 0xffff {
        sum = (sum & 0xffff) + (sum >> 16);
    }
    sum as u16
}
