//! The small words: places, kinds, payload, addresses, numbers, limits.

use crate::{check, golden};
use protocol::address::Address;
use protocol::command::{Family, Half, Kind, Net, Reading, Side};
use protocol::data::{Data, Hex, Payload};
use protocol::limit::Limits;
use protocol::number::Wide;

golden! { nets, Net:
    Net::Left => Net::Left, r#""left""#;
    Net::Right => Net::Right, r#""right""#;
    Net::Host => Net::Host, r#""host""#;
}

golden! { sides, Side:
    Side::Left => Side::Left, r#""left""#;
    Side::Right => Side::Right, r#""right""#;
}

golden! { families, Family:
    Family::Ipv4 => Family::Ipv4, r#""ipv4""#;
    Family::Ipv6 => Family::Ipv6, r#""ipv6""#;
    Family::Unix => Family::Unix, r#""unix""#;
}

golden! { kinds, Kind:
    Kind::Stream => Kind::Stream, r#""stream""#;
    Kind::Datagram => Kind::Datagram, r#""datagram""#;
}

golden! { halves, Half:
    Half::Read => Half::Read, r#""read""#;
    Half::Write => Half::Write, r#""write""#;
    Half::Both => Half::Both, r#""both""#;
}

golden! { data, Data:
    Data::Text(_) => Data::Text("你好".into()), r#"{"text":"你好"}"#;
    Data::Hex(_) => Data::Hex(Hex(vec![0, 0xab, 255])), r#"{"hex":"00abff"}"#;
    Data::Fill { .. } => Data::Fill { bytes: 64 }, r#"{"fill":{"bytes":64}}"#;
}

golden! { addresses, Address:
    Address::Inet(_) => "10.77.0.1:80".parse().unwrap(), r#""10.77.0.1:80""#;
    Address::Unix(_) => Address::Unix("NAME".into()), r#""unix:NAME""#;
    Address::Name { .. } => Address::named("a.test", 80).unwrap(), r#""a.test:80""#;
}

#[test]
fn ipv6_addresses_wear_brackets() {
    check(&"[fd77::1]:80".parse::<Address>().unwrap(), r#""[fd77::1]:80""#);
    check(&"[fe80::1%3]:80".parse::<Address>().unwrap(), r#""[fe80::1%3]:80""#);
}

#[test]
fn bytes_out_are_hex() {
    check(&Payload::new(*b"hi\0"), r#"{"hex":"686900"}"#);
    check(&Payload::default(), r#"{"hex":""}"#);
}

#[test]
fn hex_is_read_in_either_case_and_with_blanks() {
    let data: Data = serde_json::from_str(r#"{"hex":"DE AD be ef"}"#).unwrap();
    assert_eq!(data.to_bytes(), [0xde, 0xad, 0xbe, 0xef]);
}

#[test]
fn wide_numbers_are_decimal_strings() {
    check(&Wide(u64::MAX), r#""18446744073709551615""#);
}

#[test]
fn reading() {
    check(&Reading { max: 1024, every: 5_000_000 }, r#"{"max":1024,"every":5000000}"#);
}

#[test]
fn limits() {
    check(
        &Limits::default(),
        r#"{"message":262144,"event_payload":256,"fill":16777216,"recv":65536,"sockets":1024,
            "blocked_calls":1024,"burst":100000}"#,
    );
}
