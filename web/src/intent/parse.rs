//! Owns the reading of one input: text → value, or what is wrong with it.

use protocol::command::{Family, Net};
use protocol::data::{Data, Hex};
use protocol::packet::End;
use protocol::wire::{IPV4, IPV6};
use protocol::{Address, Nanos, data, limit};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

/// What is wrong with an input; `text::page::problem` says it in a sentence.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Problem {
    /// Nothing was written where something is needed.
    Empty,
    /// Not a whole number within these bounds.
    Number(i64, i64),
    /// A port that is not 0 to 65535.
    Port(String),
    /// Neither an address nor a port.
    Address(String),
    /// Not pairs of hex digits.
    Hex,
    /// Not a number with at most so many decimals.
    Decimal(usize),
    /// More bytes than one message carries.
    TooLong(u32),
}

/// A whole number, digits grouped or not.
pub(super) fn number(text: &str, min: i64, max: i64) -> Result<i64, Problem> {
    let digits: String = text.chars().filter(|c| !c.is_whitespace() && *c != ',').collect();
    if digits.is_empty() {
        return Err(Problem::Empty);
    }
    digits.parse().ok().filter(|n| (min..=max).contains(n)).ok_or(Problem::Number(min, max))
}

/// The same, or nothing where nothing is written.
pub(super) fn maybe(text: &str, min: i64, max: i64) -> Result<Option<i64>, Problem> {
    if text.trim().is_empty() { Ok(None) } else { number(text, min, max).map(Some) }
}

/// A number with at most so many decimals, in units of 10^-decimals: `0.5` with 4 is 5,000.
pub(super) fn decimal(text: &str, decimals: usize) -> Result<Option<u64>, Problem> {
    let text: String = text.chars().filter(|c| !c.is_whitespace() && *c != ',').collect();
    if text.is_empty() {
        return Ok(None);
    }
    let (whole, part) = text.split_once('.').unwrap_or((&text, ""));
    let digits = |text: &str| text.bytes().all(|b| b.is_ascii_digit());
    if !digits(whole) || !digits(part) || whole.len() + part.len() == 0 || whole.len() > 12 {
        return Err(Problem::Decimal(decimals));
    }
    if part.trim_end_matches('0').len() > decimals {
        return Err(Problem::Decimal(decimals));
    }
    let part: String = part.chars().chain(std::iter::repeat('0')).take(decimals).collect();
    format!("{whole}{part}").parse().map(Some).map_err(|_| Problem::Decimal(decimals))
}

/// Milliseconds, as nanoseconds.
pub(super) fn millis(n: i64) -> Nanos {
    n.unsigned_abs() * 1_000_000
}

/// From where an address is meant: a net, and an address family.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Here {
    /// The net.
    pub net: Net,
    /// The address family.
    pub family: Family,
}

impl Here {
    /// Its own address: the wire's, or loopback.
    pub fn own(self) -> IpAddr {
        self.at(self.net.end())
    }

    /// The address across the wire; on the host there is only loopback.
    pub fn far(self) -> IpAddr {
        self.at(self.net.end().map(End::opposite))
    }

    fn at(self, end: Option<End>) -> IpAddr {
        match (end, self.family) {
            (Some(end), Family::Ipv4 | Family::Unix) => IPV4[end.index()].into(),
            (Some(end), Family::Ipv6) => IPV6[end.index()].into(),
            (None, Family::Ipv4 | Family::Unix) => Ipv4Addr::LOCALHOST.into(),
            (None, Family::Ipv6) => Ipv6Addr::LOCALHOST.into(),
        }
    }

    /// The address that a word stands for.
    fn named(self, name: &str, bare: IpAddr) -> Option<IpAddr> {
        let on_wire = self.net != Net::Host;
        Some(match name {
            "" => bare,
            "localhost" => Self { net: Net::Host, ..self }.own(),
            "*" if self.family == Family::Ipv4 => Ipv4Addr::UNSPECIFIED.into(),
            "*" => Ipv6Addr::UNSPECIFIED.into(),
            "left" if on_wire => self.at(Some(End::Left)),
            "right" if on_wire => self.at(Some(End::Right)),
            _ => return None,
        })
    }
}

/// An address; a port by itself (`8001`, `:8001`) is one at `bare`. On the wire `left:8001` and
/// `right:8001` are its ends; off it they are nothing. Other hosts' names are the relay's to look up.
/// A Unix socket's is a name, with or without `unix:`.
pub(super) fn address(text: &str, here: Here, bare: IpAddr) -> Result<Address, Problem> {
    let text = text.trim();
    if text.is_empty() {
        return Err(Problem::Empty);
    }
    if here.family == Family::Unix {
        return Ok(Address::Unix(text.strip_prefix("unix:").unwrap_or(text).to_owned()));
    }
    let (name, digits) = text.rsplit_once(':').unwrap_or(("", text));
    let plain = text.contains(':') || digits.bytes().all(|b| b.is_ascii_digit());
    if plain && let Some(ip) = here.named(name, bare) {
        return port(digits).map(|port| SocketAddr::new(ip, port).into());
    }
    if plain && ["left", "right"].contains(&name) {
        return Err(Problem::Address(text.to_owned()));
    }
    text.parse().map_err(|error| match error {
        protocol::address::AddressError::Port(port) => Problem::Port(port),
        protocol::address::AddressError::Form(text) => Problem::Address(text),
    })
}

pub(super) fn port(text: &str) -> Result<u16, Problem> {
    text.parse().map_err(|_| Problem::Port(text.to_owned()))
}

/// Payload: text as it stands, pairs of hex digits, or how many bytes of a pattern.
pub(super) fn payload(text: &str, form: &str) -> Result<Data, Problem> {
    const MOST: usize = limit::MESSAGE - 1024;
    let data = match form {
        "hex" => Data::Hex(Hex(data::parse(text).ok_or(Problem::Hex)?)),
        "fill" => Data::Fill { bytes: number(text, 0, i64::from(limit::FILL_BYTES))? as u32 },
        _ => Data::Text(text.to_owned()),
    };
    if !matches!(data, Data::Fill { .. }) && data.len() > MOST {
        return Err(Problem::TooLong(MOST as u32));
    }
    Ok(data)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(net: Net, family: Family, text: &str) -> Result<String, Problem> {
        let here = Here { net, family };
        address(text, here, here.far()).map(|a| a.to_string())
    }

    fn v4(text: &str) -> Result<String, Problem> {
        at(Net::Host, Family::Ipv4, text)
    }

    #[test]
    fn on_the_wire_a_bare_port_is_across_and_ends_have_names() {
        let v4 = |text| at(Net::Left, Family::Ipv4, text);
        assert_eq!(v4("8001").as_deref(), Ok("10.77.0.2:8001"));
        assert_eq!(v4("left:8001").as_deref(), Ok("10.77.0.1:8001"));
        assert_eq!(v4("localhost:8001").as_deref(), Ok("127.0.0.1:8001"));
        assert_eq!(at(Net::Right, Family::Ipv6, "8001").as_deref(), Ok("[fd77::1]:8001"));
        let here = Here { net: Net::Left, family: Family::Ipv4 };
        assert_eq!(address(":8001", here, here.own()).unwrap().to_string(), "10.77.0.1:8001");
        let host = at(Net::Host, Family::Ipv4, "left:8001");
        assert_eq!(host, Err(Problem::Address("left:8001".into())));
    }

    #[test]
    fn a_bare_port_means_this_machine() {
        for text in ["8001", " :8001 ", "localhost:8001", "127.0.0.1:8001"] {
            assert_eq!(v4(text).as_deref(), Ok("127.0.0.1:8001"), "{text}");
        }
        assert_eq!(at(Net::Host, Family::Ipv6, "8001").as_deref(), Ok("[::1]:8001"));
        assert_eq!(v4("*:80").as_deref(), Ok("0.0.0.0:80"));
    }

    #[test]
    fn a_hosts_name_goes_to_the_relay() {
        assert_eq!(v4(" example.org:80 ").as_deref(), Ok("example.org:80"));
        assert_eq!(at(Net::Left, Family::Ipv6, "a.test:80").as_deref(), Ok("a.test:80"));
        assert_eq!(v4("example.org:70000"), Err(Problem::Port("70000".into())));
        for number in ["2130706433:80", "0x7f000001:80", "127.1:80"] {
            assert_eq!(v4(number), Err(Problem::Address(number.into())));
        }
    }

    #[test]
    fn a_unix_address_is_a_name() {
        for text in ["unix:chat", " chat "] {
            assert_eq!(at(Net::Host, Family::Unix, text).as_deref(), Ok("unix:chat"), "{text}");
        }
        assert_eq!(at(Net::Host, Family::Unix, ""), Err(Problem::Empty));
        assert_eq!(v4("unix:chat").as_deref(), Ok("unix:chat"));
    }

    #[test]
    fn a_bad_address_is_named() {
        assert_eq!(v4("  "), Err(Problem::Empty));
        assert_eq!(v4("70000"), Err(Problem::Port("70000".into())));
        assert_eq!(v4("127.0.0.1:70000"), Err(Problem::Port("70000".into())));
        assert_eq!(v4("example.org"), Err(Problem::Address("example.org".into())));
    }

    #[test]
    fn numbers_keep_their_bounds() {
        assert_eq!(number("1 000", 1, 1000), Ok(1000));
        assert_eq!(number("1,001", 1, 1000), Err(Problem::Number(1, 1000)));
        assert_eq!(number("x", 1, 9), Err(Problem::Number(1, 9)));
        assert_eq!(maybe(" ", 0, 9), Ok(None));
    }

    #[test]
    fn payload_is_read_three_ways() {
        assert_eq!(payload("你", "text").unwrap().len(), 3);
        assert_eq!(payload("68 69", "hex").unwrap().to_bytes(), b"hi");
        assert_eq!(payload("6", "hex"), Err(Problem::Hex));
        assert_eq!(payload("5", "fill"), Ok(Data::Fill { bytes: 5 }));
        assert!(matches!(payload(&"x".repeat(300_000), "text"), Err(Problem::TooLong(_))));
    }
}
