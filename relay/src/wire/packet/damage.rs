//! Owns the damage that a packet takes: one flipped bit, where the receiver's checksum will find it.
//! Never the IP header's, unless asked.

use super::ip::Ip;
use super::{ICMP, ICMPV6, TCP, UDP, UDP_HEADER};
use std::ops::Range;

/// Flips one bit: of the byte at `offset` (the last, if it is shorter), or of a byte of the transport
/// payload; where there is none, of the transport header behind its ports. `pick` chooses the byte and
/// the bit. Tells the byte's offset from the packet's first; None where there is nothing to flip.
///
/// A TCP or UDP checksum (RFC 1071) is wrong after it, since no single bit leaves the sum as it was;
/// a UDP checksum never becomes 0, which would mean that there is none (RFC 768). Damage is past finding
/// only in a datagram without checksum, and where a byte was asked for that none covers.
pub fn flip(bytes: &mut [u8], offset: Option<u32>, pick: u32) -> Option<u32> {
    let last = bytes.len().checked_sub(1)?;
    let at = if let Some(offset) = offset {
        (offset as usize).min(last)
    } else {
        let range = target(bytes);
        range.start + (pick as usize / 8).checked_rem(range.len())?
    };
    let mut bit = 1_u8 << (pick % 8);
    let byte = bytes.get(at).copied()?;
    if offset.is_none() && byte == bit && udp_sum(bytes).is_some_and(|sum| unsums(bytes, sum, at)) {
        bit = bit.rotate_left(1);
    }
    *bytes.get_mut(at)? = byte ^ bit;
    Some(at as u32)
}

/// The bytes to choose from.
fn target(bytes: &[u8]) -> Range<usize> {
    let Ok(ip) = Ip::read(bytes) else { return 0..bytes.len() };
    let begins = ip.begins;
    let mut ends = begins + ip.payload.len();
    if ip.piece.is_some_and(|piece| piece.offset > 0) {
        return begins..ends;
    }
    // Behind the ports: a UDP header has its length too, which no checksum needs to find.
    let (fields, header) = match ip.protocol {
        TCP => (4, usize::from(ip.payload.get(12).copied().unwrap_or(0) >> 4) * 4),
        UDP => (6, UDP_HEADER),
        ICMP | ICMPV6 => (4, 8),
        _ => (0, 0),
    };
    if let (UDP, [_, _, _, _, high, low, ..]) = (ip.protocol, ip.payload) {
        // Bytes behind the datagram are no part of it.
        let length = usize::from(u16::from_be_bytes([*high, *low]));
        ends = ends.min(begins + length.max(UDP_HEADER));
    }
    let payload = begins + header..ends;
    let head = begins + fields..ends.min(begins + header);
    [payload, head].into_iter().find(|range| !range.is_empty()).unwrap_or(begins..ends)
}

/// Where the checksum of a whole UDP datagram stands.
fn udp_sum(bytes: &[u8]) -> Option<Range<usize>> {
    let ip = Ip::read(bytes).ok()?;
    let sum = ip.begins + 6..ip.begins + 8;
    (ip.protocol == UDP && ip.piece.is_none_or(|piece| piece.offset == 0)).then_some(sum)
}

/// Whether the byte is one of the checksum's and the other one is 0.
fn unsums(bytes: &[u8], sum: Range<usize>, at: usize) -> bool {
    sum.contains(&at) && sum.filter(|byte| *byte != at).all(|byte| bytes.get(byte) == Some(&0))
}

#[cfg(test)]
mod tests;
