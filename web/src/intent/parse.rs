//! Owns the reading of one input: text → value, or what is wrong with it.

use protocol::command::Family;
use protocol::data::{Data, Hex};
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

/// Milliseconds, as nanoseconds.
pub(super) fn millis(n: i64) -> Nanos {
    n.unsigned_abs() * 1_000_000
}

/// This machine's own address in a family.
pub(super) fn loopback(family: Family) -> IpAddr {
    match family {
        Family::Ipv4 => Ipv4Addr::LOCALHOST.into(),
        Family::Ipv6 => Ipv6Addr::LOCALHOST.into(),
    }
}

/// An address; a bare port (`8001`, `:8001`, `localhost:8001`) means this machine's.
pub(super) fn address(text: &str, family: Family) -> Result<Address, Problem> {
    let text = text.trim();
    if text.is_empty() {
        return Err(Problem::Empty);
    }
    let bare = text.strip_prefix("localhost:").or(text.strip_prefix(':')).unwrap_or(text);
    if let Some(any) = text.strip_prefix("*:") {
        let ip = match family {
            Family::Ipv4 => IpAddr::from(Ipv4Addr::UNSPECIFIED),
            Family::Ipv6 => IpAddr::from(Ipv6Addr::UNSPECIFIED),
        };
        return port(any).map(|port| SocketAddr::new(ip, port).into());
    }
    if bare.bytes().all(|b| b.is_ascii_digit()) {
        return port(bare).map(|port| SocketAddr::new(loopback(family), port).into());
    }
    text.parse().map_err(|error| match error {
        protocol::address::AddressError::Port(port) => Problem::Port(port),
        protocol::address::AddressError::Form(text) => Problem::Address(text),
    })
}

fn port(text: &str) -> Result<u16, Problem> {
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

    fn v4(text: &str) -> Result<String, Problem> {
        address(text, Family::Ipv4).map(|a| a.to_string())
    }

    #[test]
    fn a_bare_port_means_this_machine() {
        for text in ["8001", " :8001 ", "localhost:8001", "127.0.0.1:8001"] {
            assert_eq!(v4(text).as_deref(), Ok("127.0.0.1:8001"), "{text}");
        }
        assert_eq!(address("8001", Family::Ipv6).unwrap().to_string(), "[::1]:8001");
        assert_eq!(v4("*:80").as_deref(), Ok("0.0.0.0:80"));
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
