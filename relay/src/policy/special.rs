//! Owns what is known of addresses by their form alone: which name no single host, and which carry an
//! IPv4 address within an IPv6 one.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// Why no socket of the host may ever name an address, whatever is allowed; none where it may.
pub(super) fn never(ip: IpAddr) -> Option<&'static str> {
    match ip {
        IpAddr::V4(v4) if v4.is_multicast() => Some("it is a multicast address"),
        IpAddr::V4(v4) if v4.is_broadcast() => Some("it is the broadcast address"),
        IpAddr::V4(v4) if v4.octets()[0] == 0 => Some("0.0.0.0/8 is no host"),
        IpAddr::V6(v6) if v6.is_multicast() => Some("it is a multicast address"),
        IpAddr::V6(v6) if v6.is_unspecified() => Some("[::] is no host"),
        // The same address is on every link: it takes an interface, and the protocol has none.
        IpAddr::V6(v6) if v6.is_unicast_link_local() => Some("it is a link-local address"),
        _ => None,
    }
}

/// The IPv4 addresses that a packet to an IPv6 address may end up at: IPv4-compatible (RFC 4291,
/// 2.5.5.1), IPv4-translated (RFC 2765), NAT64 (RFC 6052, RFC 8215), 6to4 (RFC 3056), Teredo's server
/// and client (RFC 4380) and ISATAP (RFC 5214). Mapped ones are IPv4 by then.
pub(super) fn embedded(ip: IpAddr) -> Vec<Ipv4Addr> {
    let IpAddr::V6(v6) = ip else { return Vec::new() };
    let (octets, segments) = (v6.octets(), v6.segments());
    let at = |places: [usize; 4]| Ipv4Addr::from(places.map(|place| octets[place]));
    let last = at([12, 13, 14, 15]);
    let mut found = Vec::new();
    match segments {
        [0, 0, 0, 0, 0, 0, _, _] if v6 != Ipv6Addr::LOCALHOST => found.push(last),
        [0, 0, 0, 0, 0xffff, 0, _, _] | [0x64, 0xff9b, 0, 0, 0, 0, _, _] => found.push(last),
        [0x64, 0xff9b, 1, ..] => found = local_nat64(at),
        [0x2002, ..] => found.push(at([2, 3, 4, 5])),
        [0x2001, 0, ..] => {
            found.extend([at([4, 5, 6, 7]), Ipv4Addr::from_bits(!last.to_bits())]);
        }
        _ => {}
    }
    if let [_, _, _, _, 0 | 0x200, 0x5efe, _, _] = segments {
        found.push(last);
    }
    found
}

/// All that the local NAT64 prefix may hold, for its length is its network's choice (RFC 6052, 2.2): 48,
/// 56, 64 or 96 bits. What begins with 0 is the other lengths' padding.
fn local_nat64(at: impl Fn([usize; 4]) -> Ipv4Addr) -> Vec<Ipv4Addr> {
    let all = [[6, 7, 9, 10], [7, 9, 10, 11], [9, 10, 11, 12], [12, 13, 14, 15]].map(at);
    let mut some: Vec<_> = all.into_iter().filter(|v4| v4.octets()[0] != 0).collect();
    if some.is_empty() {
        some.push(Ipv4Addr::UNSPECIFIED);
    }
    some
}
