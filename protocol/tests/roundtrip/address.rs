//! What is an address, and what is said of what is not.

use proptest::prelude::*;
use protocol::address::AddressError;
use protocol::message::ToRelay;
use protocol::{Address, Command, CommandId, SocketId, codec};

#[test]
fn good_ones_are_written_as_they_are_read() {
    for text in [
        "0.0.0.0:0",
        "127.0.0.1:8001",
        "10.77.0.1:65535",
        "[::]:0",
        "[::1]:80",
        "[fd77::1]:80",
        "[::ffff:10.0.0.1]:80",
        "[fe80::1%7]:80",
        "unix:NAME",
        "unix:",
        "unix:a:b",
        "unix:你好",
        "localhost:80",
        "left:8001",
        "a.b-c.Example:443",
        "3com.test:0",
    ] {
        assert_eq!(text.parse::<Address>().expect(text).to_string(), text);
    }
}

#[test]
fn ipv6_is_written_in_its_short_form() {
    assert_eq!("[FD77:0:0::0001]:080".parse::<Address>().unwrap().to_string(), "[fd77::1]:80");
}

#[test]
fn a_port_out_of_range_is_named() {
    for (text, port) in [
        ("127.0.0.1:65536", "65536"),
        ("127.0.0.1:99999999999", "99999999999"),
        ("127.0.0.1:-1", "-1"),
        ("127.0.0.1:http", "http"),
        ("[::1]:70000", "70000"),
        ("localhost:70000", "70000"),
    ] {
        let error = text.parse::<Address>().unwrap_err();
        assert_eq!(error, AddressError::Port(port.into()), "{text}");
        assert!(error.to_string().contains("0 to 65535"));
    }
}

#[test]
fn other_texts_are_told_the_forms() {
    for text in [
        "",
        ":",
        "127.0.0.1",
        "127.0.0.1:",
        ":80",
        "::1",
        "[::1]",
        "[::1]:",
        "::1:80",
        "localhost",
        "localhost:",
        "localhost:+80",
        "localhost:http",
        "256.0.0.1:80",
        "10.0.0:80",
        "127.0.0.1 :80",
        " 127.0.0.1:80",
        "[127.0.0.1]:80",
        "[::1:80",
        "Unix:x",
        "http://127.0.0.1:80",
        "1.2.3.4:80:90",
        // What a resolver would take for a number.
        "2130706433:80",
        "0x7f000001:80",
        "0x7f.1:80",
        "a.0x7f:80",
        "127.1:80",
        "0177.0.0.1:80",
        "0:80",
        "127.0.0.1.:80",
        "１２７.0.0.1:80",
        // What is no host's name (RFC 1123).
        "localhost.:80",
        ".localhost:80",
        "a..b:80",
        "-a.test:80",
        "a-.test:80",
        "_a.test:80",
        "a%2eb:80",
        "a b:80",
        "bücher.test:80",
        "a@b:80",
        "a\0b:80",
    ] {
        let error = text.parse::<Address>().expect_err(text);
        assert_eq!(error, AddressError::Form(text.into()), "{text}");
        assert!(error.to_string().contains("127.0.0.1:8001, [::1]:8001 or unix:NAME"));
    }
}

#[test]
fn who_receives_what() {
    for (own, to, covers) in [
        ("0.0.0.0:53", "10.77.0.2:53", true),
        ("0.0.0.0:53", "10.77.0.2:54", false),
        ("10.77.0.2:53", "10.77.0.2:53", true),
        ("10.77.0.2:53", "10.77.0.1:53", false),
        ("10.77.0.2:53", "0.0.0.0:53", false),
        ("0.0.0.0:53", "[::1]:53", false),
        ("[::]:53", "[::1]:53", true),
        ("[::]:53", "127.0.0.1:53", true),
        ("unix:a", "unix:a", true),
        ("unix:", "unix:", false),
        ("unix:a", "127.0.0.1:53", false),
    ] {
        let (a, b): (Address, Address) = (own.parse().unwrap(), to.parse().unwrap());
        assert_eq!(a.covers(&b), covers, "{own} covers {to}");
    }
}

#[test]
fn names_have_a_longest() {
    let label = "a".repeat(63);
    let name = format!("{label}.{label}.{label}.{}", "a".repeat(61));
    assert_eq!(name.len(), 253);
    assert!(format!("{name}:80").parse::<Address>().is_ok());
    assert!(format!("{name}a:80").parse::<Address>().is_err());
    assert!(format!("a{label}.test:80").parse::<Address>().is_err());
}

#[test]
fn a_name_made_by_hand_is_not_read() {
    for host in ["0x7f000001", "127.0.0.1", "", "a b"] {
        let address = Address::Name { host: host.into(), port: 80 };
        let ask = Command::Connect { socket: SocketId(1), address };
        let bytes = codec::encode_command(&ToRelay::Command { id: CommandId(1), ask });
        assert!(codec::decode_command(&bytes).is_err(), "{host}");
    }
}

proptest! {
    #[test]
    fn no_text_is_too_strange(text in ".{0,40}", odd in "[0-9a-fxA-F.:%\\[\\]unix_ -]{0,30}") {
        for text in [text, odd] {
            if let Ok(address) = text.parse::<Address>() {
                // What it is written as means the same.
                prop_assert_eq!(address.to_string().parse::<Address>(), Ok(address));
            }
        }
    }
}
