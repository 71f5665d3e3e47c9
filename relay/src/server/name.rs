//! Owns one more name under which browsers may ask for this relay. Pure: resolves nothing.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::str::FromStr;

/// `HOST` or `HOST:PORT`, as it stands in a browser's address bar: a name, an IPv4 address, or an IPv6
/// address in brackets.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Name {
    pub(super) host: String,
    /// The listening one, where none is given.
    pub(super) port: Option<u16>,
}

impl FromStr for Name {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        const WHAT: &str = "It must be HOST or HOST:PORT, such as relay.test or relay.test:9000, without scheme, path or wildcard.";
        // The colons of an IPv6 address are inside its brackets.
        let (host, port) = match text.rsplit_once(':') {
            Some((host, port)) if !port.contains(']') => (host, Some(read(port).ok_or(WHAT)?)),
            _ => (text, None),
        };
        let inside = host.strip_prefix('[').and_then(|rest| rest.strip_suffix(']'));
        let ip = match inside {
            Some(v6) => Some(IpAddr::V6(v6.parse::<Ipv6Addr>().map_err(|_| WHAT)?)),
            None if is_name(host) => None,
            None => Some(IpAddr::V4(host.parse::<Ipv4Addr>().map_err(|_| WHAT)?)),
        };
        if ip.is_some_and(|ip| ip.to_canonical().is_unspecified()) {
            return Err("It must name one host; 0.0.0.0 and [::] name none.");
        }
        let host = match ip {
            // As browsers write it (RFC 5952).
            Some(IpAddr::V6(v6)) => format!("[{v6}]"),
            _ => host.to_owned(),
        };
        Ok(Self { host, port })
    }
}

fn read(port: &str) -> Option<u16> {
    let plain = port.bytes().all(|byte| byte.is_ascii_digit());
    port.parse().ok().filter(|port| plain && *port != 0)
}

/// Whether it is a host's name (RFC 1123, section 2.1). What ends in a number is an address to browsers
/// (WHATWG URL, section 3.5).
fn is_name(host: &str) -> bool {
    let label = |label: &str| {
        let bytes = label.as_bytes();
        (1..=63).contains(&bytes.len())
            && bytes.iter().all(|byte| byte.is_ascii_alphanumeric() || *byte == b'-')
            && !(label.starts_with('-') || label.ends_with('-'))
    };
    let last = host.rsplit('.').next().unwrap_or_default();
    let number = last.starts_with(|first: char| first.is_ascii_digit());
    host.len() <= 253 && host.split('.').all(label) && !number
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_exact_names_are_taken() {
        for (text, host, port) in [
            ("relay.test", "relay.test", None),
            ("Relay-1.test:9000", "Relay-1.test", Some(9000)),
            ("localhost:9000", "localhost", Some(9000)),
            ("192.0.2.7", "192.0.2.7", None),
            ("192.0.2.7:80", "192.0.2.7", Some(80)),
            ("[2001:DB8::7]", "[2001:db8::7]", None),
            ("[2001:db8:0::7]:9000", "[2001:db8::7]", Some(9000)),
        ] {
            assert_eq!(text.parse(), Ok(Name { host: host.into(), port }), "{text}");
        }
        for text in [
            "",
            "*",
            "*.test",
            "http://relay.test",
            "relay.test/",
            "relay.test:0",
            "relay.test:",
            "relay.test:+80",
            "relay.test:65536",
            "relay.test:80:80",
            "user@relay.test",
            "relay..test",
            "relay.test.",
            "-relay.test",
            "re lay.test",
            "relay.test,other.test",
            "2001:db8::7",
            "[2001:db8::7",
            "[relay.test]",
            "127.1",
            "2130706433",
            "0x7f000001",
            "0.0.0.0",
            "[::]:9000",
            "[::ffff:0.0.0.0]",
        ] {
            let no = text.parse::<Name>().expect_err(text);
            assert!(no.starts_with("It must") && no.ends_with('.'), "{no}");
        }
    }
}
