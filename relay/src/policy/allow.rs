//! Owns `--allow`: ranges of addresses and ports beyond loopback, as they are written and as they are
//! meant.

use super::special;
use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::ops::RangeInclusive;
use std::str::FromStr;

/// One range: `192.168.1.0/24`, `192.168.1.7:80,8000-8999`, `[2001:db8::/32]:443`, `fd00::/8`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Range {
    network: IpAddr,
    /// Bits of the network, 0 to 32 or 128.
    prefix: u8,
    /// Empty where all are meant.
    ports: Vec<RangeInclusive<u16>>,
}

/// Why a text is no range.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RangeError {
    /// Neither an address nor a network.
    #[error(
        "{0:?} is no network: write 192.168.1.0/24, 192.168.1.7:80,8000-8999, fd00::/8 or [2001:db8::/32]:443."
    )]
    Form(String),
    /// The address names a host within the network.
    #[error("{given} names a host within its network; the network is {meant}.")]
    HostBits {
        /// As it was written.
        given: String,
        /// What was meant.
        meant: String,
    },
    /// Ports are written otherwise.
    #[error(
        "{0:?} are no ports: write 80, 8000-8999 or several with commas between, each from 1 to 65535."
    )]
    Ports(String),
    /// An IPv4 address in an IPv6 one's dress.
    #[error("{0} is IPv4 mapped into IPv6: write it as IPv4.")]
    Mapped(String),
    /// No address of it can be allowed.
    #[error("{given} cannot be allowed: {why}.")]
    Never {
        /// As it was written.
        given: String,
        /// The reason.
        why: &'static str,
    },
}

impl Range {
    /// Whether the range holds that address and port; port 0 only where all ports are meant.
    pub(super) fn covers(&self, ip: IpAddr, port: u16) -> bool {
        masked(ip, self.prefix) == Some(self.network)
            && (self.ports.is_empty() || self.ports.iter().any(|ports| ports.contains(&port)))
    }

    /// What it means, as a sentence.
    pub fn told(&self) -> String {
        let ports = match &*self.ports {
            [] => "on any port".to_owned(),
            ports => format!("on {} only", listed(ports)),
        };
        let who = if self.prefix == bits(self.network) { "host" } else { "network" };
        let network = Self { ports: Vec::new(), ..self.clone() };
        format!(
            "Allowed: a socket in net host may reach the {who} {network} and be bound there, {ports}."
        )
    }
}

impl fmt::Display for Range {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let network = match self.prefix {
            all if all == bits(self.network) => self.network.to_string(),
            prefix => format!("{}/{prefix}", self.network),
        };
        let written: Vec<_> = self.ports.iter().map(one).collect();
        match (self.ports.is_empty(), self.network) {
            (true, _) => f.write_str(&network),
            (false, IpAddr::V4(_)) => write!(f, "{network}:{}", written.join(",")),
            (false, IpAddr::V6(_)) => write!(f, "[{network}]:{}", written.join(",")),
        }
    }
}

fn one(ports: &RangeInclusive<u16>) -> String {
    let (first, last) = (ports.start(), ports.end());
    if first == last { first.to_string() } else { format!("{first}-{last}") }
}

fn listed(ports: &[RangeInclusive<u16>]) -> String {
    let written: Vec<_> = ports.iter().map(one).collect();
    let single = matches!(ports, [only] if only.start() == only.end());
    format!("{} {}", if single { "port" } else { "ports" }, written.join(", "))
}

fn bits(ip: IpAddr) -> u8 {
    if ip.is_ipv4() { 32 } else { 128 }
}

/// The address without its host's bits; none where the prefix is longer than the address.
fn masked(ip: IpAddr, prefix: u8) -> Option<IpAddr> {
    let host = u32::from(bits(ip).checked_sub(prefix)?);
    Some(match ip {
        IpAddr::V4(v4) => {
            let mask = u32::MAX.checked_shl(host).unwrap_or(0);
            Ipv4Addr::from_bits(v4.to_bits() & mask).into()
        }
        IpAddr::V6(v6) => {
            let mask = u128::MAX.checked_shl(host).unwrap_or(0);
            Ipv6Addr::from_bits(v6.to_bits() & mask).into()
        }
    })
}

impl FromStr for Range {
    type Err = RangeError;

    fn from_str(text: &str) -> Result<Self, RangeError> {
        let form = || RangeError::Form(text.to_owned());
        let (network, ports) = match text.strip_prefix('[') {
            Some(rest) => match rest.split_once(']').ok_or_else(form)? {
                (network, "") => (network, None),
                (network, ports) => (network, Some(ports.strip_prefix(':').ok_or_else(form)?)),
            },
            // More colons than one are IPv6's own.
            None => match text.split_once(':') {
                Some((network, ports)) if !ports.contains(':') && network.contains('.') => {
                    (network, Some(ports))
                }
                _ => (text, None),
            },
        };
        let (ip, prefix) = match network.split_once('/') {
            Some((ip, prefix)) => (ip, Some(number(prefix, 3).ok_or_else(form)?)),
            None => (network, None),
        };
        let ip: IpAddr = ip.parse().map_err(|_| form())?;
        if text.starts_with('[') && ip.is_ipv4() {
            return Err(form());
        }
        let prefix = prefix.map_or(Some(bits(ip)), |prefix| u8::try_from(prefix).ok());
        let prefix = prefix.filter(|prefix| *prefix <= bits(ip)).ok_or_else(form)?;
        let ports = ports.map_or(Ok(Vec::new()), self::ports)?;
        whole(&Self { network: ip, prefix, ports }, text)
    }
}

/// The range, if it names a whole network of which something can be allowed.
fn whole(range: &Range, text: &str) -> Result<Range, RangeError> {
    let given = text.to_owned();
    let network = masked(range.network, range.prefix).unwrap_or(range.network);
    if let IpAddr::V6(v6) = network
        && range.prefix >= 96
        && v6.to_ipv4_mapped().is_some()
    {
        return Err(RangeError::Mapped(given));
    }
    let meant = Range { network, ..range.clone() };
    if network != range.network {
        return Err(RangeError::HostBits { given, meant: meant.to_string() });
    }
    // A network that is wider than what is never reached holds something else, too.
    let narrow = match network {
        IpAddr::V4(v4) if v4.is_multicast() => 4,
        IpAddr::V4(v4) if v4.is_broadcast() => 32,
        IpAddr::V4(_) => 8,
        IpAddr::V6(v6) if v6.is_multicast() => 8,
        IpAddr::V6(v6) if v6.is_unspecified() => 128,
        IpAddr::V6(_) => 10,
    };
    match special::never(network).filter(|_| range.prefix >= narrow) {
        Some(why) => Err(RangeError::Never { given, why }),
        None => Ok(meant),
    }
}

/// Digits only, at most so many: Rust would read a sign, too.
fn number(text: &str, most: usize) -> Option<u16> {
    let digits = (1..=most).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit());
    text.parse().ok().filter(|_| digits)
}

fn ports(text: &str) -> Result<Vec<RangeInclusive<u16>>, RangeError> {
    let port = |text: &str| number(text, 5).filter(|port| *port > 0);
    let range = |part: &str| match part.split_once('-') {
        Some((first, last)) => Some(port(first)?..=port(last)?).filter(|ports| !ports.is_empty()),
        None => port(part).map(|port| port..=port),
    };
    text.split(',')
        .map(range)
        .collect::<Option<_>>()
        .ok_or_else(|| RangeError::Ports(text.to_owned()))
}

#[cfg(test)]
mod tests;
