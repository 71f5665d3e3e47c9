//! Owns ICMP and ICMPv6 messages (RFC 792, RFC 4443): type, code, and the packet they speak of.

use super::{ICMP, ports};
use etherparse::{IpNumber, LaxIpSlice};
use protocol::packet::{About, Head, IcmpHead};
use std::net::SocketAddr;

/// Bytes before the packet that a message speaks of.
const HEADER: usize = 8;

/// The message, of ICMP or ICMPv6.
pub(super) fn read(protocol: u8, bytes: &[u8]) -> Result<Head, &'static str> {
    let [kind, code, ..] = *bytes else { return Err("Its ICMP header is cut off.") };
    let about = bytes.get(HEADER..).filter(|_| quotes(protocol, kind)).and_then(about);
    Ok(Head::Icmp(IcmpHead { kind, code, about }))
}

/// Whether messages of this type carry the packet that they speak of.
fn quotes(protocol: u8, kind: u8) -> bool {
    match protocol {
        // Unreachable, source quench, redirect, time exceeded, parameter problem.
        ICMP => matches!(kind, 3 | 4 | 5 | 11 | 12),
        // All of ICMPv6's errors (RFC 4443, 2.1).
        _ => kind < 128,
    }
}

/// Whose packet this is the beginning of; it is cut off as a rule.
fn about(quoted: &[u8]) -> Option<About> {
    let (ip, _) = LaxIpSlice::from_slice(quoted).ok()?;
    let inside = ip.payload();
    let later = match &ip {
        LaxIpSlice::Ipv4(v4) => v4.header().fragments_offset().value() > 0,
        // Of a fragmented IPv6 datagram only a later part has no header; the kernel quotes the first.
        LaxIpSlice::Ipv6(_) => false,
    };
    let known = inside.ip_number != IpNumber::IPV6_FRAGMENTATION_HEADER && !later;
    let (src, dst) = if known { ports(inside.ip_number.0, inside.payload) } else { (0, 0) };
    Some(About {
        src: SocketAddr::new(ip.source_addr(), src).into(),
        dst: SocketAddr::new(ip.destination_addr(), dst).into(),
    })
}
