//! What `--allow` reads, what it means, and what it refuses.

use super::*;
use proptest::prelude::*;

fn range(text: &str) -> Range {
    text.parse().unwrap_or_else(|error| panic!("{text}: {error}"))
}

#[test]
fn ranges_are_written_as_they_are_read() {
    for text in [
        "192.168.1.0/24",
        "192.168.1.7",
        "192.168.1.7:80,443,8000-8999",
        "10.0.0.0/8:1-65535",
        "0.0.0.0/0",
        "::/0",
        "fd00::/8",
        "2001:db8::1",
        "[2001:db8::/32]:80",
        "[2001:db8::1]:80,443",
        "240.0.0.0/4",
        "192.0.0.0/2",
    ] {
        assert_eq!(range(text).to_string(), text);
    }
    for (text, same) in [
        ("192.168.1.7/32:80", "192.168.1.7:80"),
        ("[fd00::/8]", "fd00::/8"),
        ("FD00:0::/8", "fd00::/8"),
        ("2001:db8::1/128", "2001:db8::1"),
    ] {
        assert_eq!(range(text), range(same), "{text}");
    }
}

#[test]
fn a_range_holds_its_network_and_its_ports() {
    for (text, ip, port, covers) in [
        ("192.168.1.0/24", "192.168.1.255", 1, true),
        ("192.168.1.0/24", "192.168.2.0", 1, false),
        ("192.168.1.0/24", "::c0a8:100", 1, false),
        ("192.168.1.7:80,8000-8999", "192.168.1.7", 8999, true),
        ("192.168.1.7:80,8000-8999", "192.168.1.7", 9000, false),
        ("0.0.0.0/0", "8.8.8.8", 53, true),
        ("::/0", "8.8.8.8", 53, false),
        ("fd00::/8", "fdff::1", 53, true),
        ("fd00::/8", "fc00::1", 53, false),
    ] {
        assert_eq!(range(text).covers(ip.parse().unwrap(), port), covers, "{text} {ip} {port}");
    }
}

#[test]
fn what_is_no_range_is_told_why() {
    for (text, says) in [
        (
            "192.168.1.5/24",
            "192.168.1.5/24 names a host within its network; the network is 192.168.1.0/24.",
        ),
        ("192.168.1.5/24:80", "the network is 192.168.1.0/24:80."),
        ("[2001:db8::1/32]:80", "the network is [2001:db8::/32]:80."),
        ("::ffff:10.0.0.0/104", "::ffff:10.0.0.0/104 is IPv4 mapped into IPv6: write it as IPv4."),
        ("224.0.0.0/4", "cannot be allowed: it is a multicast address."),
        ("239.1.2.3", "multicast"),
        ("255.255.255.255", "cannot be allowed: it is the broadcast address."),
        ("0.0.0.0", "cannot be allowed: 0.0.0.0/8 is no host."),
        ("ff02::/16", "multicast"),
        ("::", "[::] is no host"),
        ("fe80::/10", "link-local"),
        ("10.0.0.1:0", "\"0\" are no ports"),
        ("10.0.0.1:", "are no ports"),
        ("10.0.0.1:80-", "are no ports"),
        ("10.0.0.1:90-80", "are no ports"),
        ("10.0.0.1:+80", "are no ports"),
        ("10.0.0.1:80,,81", "are no ports"),
        ("10.0.0.1:65536", "are no ports"),
        ("", "is no network"),
        ("10.0.0.0/33", "is no network"),
        ("10.0.0.0/+8", "is no network"),
        ("10.0.0.0/", "is no network"),
        ("10.0/16", "is no network"),
        ("010.0.0.1", "is no network"),
        ("fd00::/129", "is no network"),
        ("fd00::/8:80", "is no network"),
        ("[fd00::/8]80", "is no network"),
        ("[fd00::/8", "is no network"),
        ("[10.0.0.1]:80", "is no network"),
        ("fe80::1%1", "is no network"),
        ("example.org:80", "is no network"),
        (" 10.0.0.1", "is no network"),
    ] {
        let error = text.parse::<Range>().expect_err(text).to_string();
        assert!(error.contains(says) && error.ends_with('.'), "{text}: {error}");
    }
}

#[test]
fn a_range_is_told_in_a_sentence() {
    assert_eq!(
        range("192.168.1.7:80,8000-8999").told(),
        "Allowed: a socket in net host may reach the host 192.168.1.7 and be bound there, on ports 80, 8000-8999 only."
    );
    assert_eq!(
        range("fd00::/8").told(),
        "Allowed: a socket in net host may reach the network fd00::/8 and be bound there, on any port."
    );
}

proptest! {
    #[test]
    fn no_text_is_too_strange(any in ".{0,40}", odd in "[0-9a-f.:/,\\[\\]+%-]{0,40}") {
        for text in [any, odd] {
            if let Ok(range) = text.parse::<Range>() {
                prop_assert_eq!(range.to_string().parse::<Range>(), Ok(range));
            }
        }
    }
}
