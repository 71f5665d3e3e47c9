//! What is allowed, said once more in other words: by digits of the addresses' written form.

use super::spelling::Case;
use crate::policy::Range;
use protocol::command::Net;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

/// A network and its ports, none where all are meant.
#[derive(Clone, Debug)]
pub(super) struct Rule {
    pub(super) ip: IpAddr,
    pub(super) prefix: usize,
    pub(super) ports: Option<(u16, u16)>,
}

impl Rule {
    /// As `--allow` reads it; none of what it refuses.
    pub(super) fn range(&self) -> Option<Range> {
        let ones = binary(self.ip)[..self.prefix].to_owned();
        let network = match self.ip {
            IpAddr::V4(_) => {
                let bits = u32::from_str_radix(&format!("{ones:0<32}"), 2).expect("bits");
                format!("{}/{}", Ipv4Addr::from(bits), self.prefix)
            }
            IpAddr::V6(_) => {
                let bits = u128::from_str_radix(&format!("{ones:0<128}"), 2).expect("bits");
                format!("[{}/{}]", Ipv6Addr::from(bits), self.prefix)
            }
        };
        let ports = self.ports.map(|(first, last)| format!(":{first}-{last}")).unwrap_or_default();
        (network + &ports).parse().ok()
    }

    fn holds(&self, ip: IpAddr, port: u16) -> bool {
        let (own, other) = (binary(self.ip), binary(ip));
        own.len() == other.len()
            && own[..self.prefix] == other[..self.prefix]
            && self.ports.is_none_or(|(first, last)| first <= port && port <= last)
    }
}

fn binary(ip: IpAddr) -> String {
    match ip {
        IpAddr::V4(v4) => format!("{:032b}", u32::from(v4)),
        IpAddr::V6(v6) => format!("{:0128b}", u128::from(v6)),
    }
}

/// The IPv4 addresses within an IPv6 one, by its 32 hex digits.
fn carried(v6: Ipv6Addr) -> Vec<Ipv4Addr> {
    let digits = format!("{:032x}", u128::from(v6));
    let v4 = |hex: String| Ipv4Addr::from(u32::from_str_radix(&hex, 16).expect("hex"));
    let at = |place: usize| v4(digits[place..place + 8].to_owned());
    let begins = |with: &str| digits.starts_with(with);
    let mut found = Vec::new();
    if begins(&"0".repeat(24))
        || begins("0000000000000000ffff0000")
        || begins("0064ff9b0000000000000000")
        || ["00005efe", "02005efe"].contains(&&digits[16..24])
    {
        found.push(at(24));
    }
    if begins("2002") {
        found.push(at(4));
    }
    if begins("20010000") {
        found.extend([at(8), v4(format!("{:08x}", !u32::from(at(24))))]);
    }
    if begins("0064ff9b0001") {
        let all = [
            v4(digits[12..16].to_owned() + &digits[18..22]),
            v4(digits[14..16].to_owned() + &digits[18..24]),
            at(18),
            at(24),
        ];
        let some: Vec<_> = all.into_iter().filter(|v4| v4.octets()[0] > 0).collect();
        found.extend(if some.is_empty() { vec![all[0]] } else { some });
    }
    found
}

fn plain(ip: IpAddr) -> IpAddr {
    match ip {
        IpAddr::V6(v6)
            if format!("{:032x}", u128::from(v6)).starts_with("00000000000000000000ffff") =>
        {
            IpAddr::V4(Ipv4Addr::from(u128::from(v6) as u32))
        }
        other => other,
    }
}

fn for_nobody_or_many(ip: IpAddr) -> bool {
    match ip {
        IpAddr::V4(v4) => {
            let first = v4.octets()[0];
            first == 0 || (224..240).contains(&first) || v4.octets() == [255; 4]
        }
        IpAddr::V6(v6) => {
            let digits = format!("{:032x}", u128::from(v6));
            let first = u8::from_str_radix(&digits[..2], 16).expect("hex");
            let link_local = first == 0xfe && "89ab".contains(&digits[2..3]);
            first == 0xff || link_local || u128::from(v6) == 0
        }
    }
}

fn allowed(case: &Case, ip: IpAddr, port: u16) -> bool {
    let inner = match ip {
        IpAddr::V6(v6) => carried(v6),
        IpAddr::V4(_) => Vec::new(),
    };
    let mut all = inner.into_iter().map(IpAddr::V4).chain([ip]);
    all.all(|ip| !for_nobody_or_many(ip) && case.allow.iter().any(|rule| rule.holds(ip, port)))
}

fn is_loopback(ip: IpAddr) -> bool {
    match ip {
        IpAddr::V4(v4) => v4.octets()[0] == 127,
        IpAddr::V6(v6) => u128::from(v6) == 1,
    }
}

fn on_wire(ip: IpAddr) -> bool {
    let wire = match ip {
        IpAddr::V4(v4) => v4.to_string().starts_with("10.77.0."),
        IpAddr::V6(v6) => format!("{:032x}", u128::from(v6)).starts_with("fd77000000000000"),
    };
    wire || is_loopback(ip) || ip == IpAddr::V4([0; 4].into()) || ip == IpAddr::V6([0; 16].into())
}

/// Whether a socket of that net may be bound there.
pub(super) fn may_bind(case: &Case, net: Net, to: SocketAddr) -> bool {
    let ip = plain(to.ip());
    if net != Net::Host {
        return on_wire(ip);
    }
    is_loopback(ip) || allowed(case, ip, to.port())
}

/// Whether a socket of that net may reach it.
pub(super) fn may_reach(case: &Case, net: Net, to: SocketAddr) -> bool {
    let ip = plain(to.ip());
    let mut forms = vec![ip];
    if let IpAddr::V6(v6) = ip {
        forms.extend(carried(v6).into_iter().map(IpAddr::V4));
    }
    let relays = case.own.iter().any(|own| {
        let everywhere = own.ip().to_string() == "::" || own.ip().to_string() == "0.0.0.0";
        own.port() == to.port() && (everywhere || forms.contains(&plain(own.ip())))
    });
    may_bind(case, net, to) && (net != Net::Host || !relays)
}
