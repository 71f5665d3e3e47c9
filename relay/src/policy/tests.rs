//! What is bound and reached without `--allow`, with it, and never.

use super::*;
use proptest::prelude::*;
use std::net::{Ipv4Addr, SocketAddrV6};

fn policy() -> Policy {
    Policy {
        own: vec!["127.0.0.1:7007".parse().unwrap(), "[::1]:7007".parse().unwrap()],
        allow: Vec::new(),
    }
}

fn address(text: &str) -> Address {
    text.parse().unwrap()
}

fn kind(result: Result<SocketAddr, Failure>) -> Option<ErrorKind> {
    result.err().map(|failure| failure.kind)
}

#[test]
fn odd_addresses() {
    const DENIED: Option<ErrorKind> = Some(ErrorKind::Denied);
    const UNSUPPORTED: Option<ErrorKind> = Some(ErrorKind::Unsupported);
    for (text, bind, target) in [
        ("127.0.0.1:80", None, None),
        ("127.0.0.1:0", None, None),
        ("127.255.255.254:9", None, None),
        ("[::1]:8001", None, None),
        ("[::ffff:127.0.0.1]:8001", None, None),
        ("127.0.0.1:7007", None, DENIED),
        ("[::1]:7007", None, DENIED),
        ("[::ffff:127.0.0.1]:7007", None, DENIED),
        ("127.0.0.2:7007", None, None), // another address: the relay is not there
        ("0.0.0.0:80", DENIED, DENIED),
        ("0.0.0.0:7007", DENIED, DENIED),
        ("[::]:7007", DENIED, DENIED),
        ("[::ffff:0.0.0.0]:7007", DENIED, DENIED),
        ("[::127.0.0.1]:80", DENIED, DENIED), // IPv4-compatible, RFC 4291 2.5.5.1
        ("[64:ff9b::7f00:1]:80", DENIED, DENIED), // NAT64, RFC 6052
        ("[2002:7f00:1::]:80", DENIED, DENIED), // 6to4
        ("169.254.169.254:80", DENIED, DENIED),
        ("[::ffff:169.254.169.254]:80", DENIED, DENIED),
        ("[fd00:ec2::254]:80", DENIED, DENIED),
        ("100.100.100.200:80", DENIED, DENIED),
        ("128.0.0.1:80", DENIED, DENIED),
        ("126.255.255.255:80", DENIED, DENIED),
        ("10.77.0.2:80", DENIED, DENIED),
        ("255.255.255.255:9", DENIED, DENIED),
        ("224.0.0.1:9", DENIED, DENIED),
        ("[ff01::1]:9", DENIED, DENIED),
        ("[fe80::1]:9", DENIED, DENIED),
        ("unix:name", UNSUPPORTED, UNSUPPORTED),
        ("unix:", UNSUPPORTED, UNSUPPORTED),
    ] {
        assert_eq!(kind(policy().check_bind(Net::Host, &address(text))), bind, "bind {text}");
        assert_eq!(kind(policy().check_target(Net::Host, &address(text))), target, "target {text}");
    }
}

#[test]
fn names_stay_in_their_folder() {
    let long = "x".repeat(UNIX_NAME);
    for name in ["a", "echo.sock", "A-b_9", "a..b", &long] {
        assert!(check_name(name).is_ok(), "{name}");
    }
    let longer = "x".repeat(UNIX_NAME + 1);
    let odd = ["", ".", "..", ".x", "a/b", "../a", "/tmp/a", "@a", "\0a", "a b", "é", "a\n"];
    for name in odd.into_iter().chain([&*longer]) {
        let refused = check_name(name).expect_err(name);
        assert_eq!(refused.kind, ErrorKind::Denied, "{name}");
        assert!(refused.message.ends_with('.'), "{refused:?}");
    }
}

#[test]
fn the_wire_has_addresses_of_its_own() {
    for (text, allowed) in [
        ("10.77.0.1:80", true),
        ("10.77.0.2:80", true),
        ("10.77.0.99:80", true), // nobody is there
        ("[fd77::2]:80", true),
        ("0.0.0.0:80", true),
        ("[::]:80", true),
        ("127.0.0.1:7007", true), // the net's own loopback: the relay is not there
        ("[::1]:80", true),
        ("10.77.1.1:80", false),
        ("8.8.8.8:53", false),
        ("[fd77:1::1]:80", false),
        ("[fe80::1]:80", false),
    ] {
        for net in [Net::Left, Net::Right] {
            let results = [
                policy().check_bind(net, &address(text)),
                policy().check_target(net, &address(text)),
            ];
            for result in results {
                assert_eq!(result.is_ok(), allowed, "{text}");
            }
        }
    }
}

#[test]
fn a_mapped_address_is_used_in_its_plain_form() {
    let used = policy().check_target(Net::Host, &address("[::ffff:127.0.0.1]:80")).unwrap();
    assert_eq!(used, "127.0.0.1:80".parse().unwrap());
}

#[test]
fn a_wildcard_listener_covers_all_of_loopback() {
    let policy = Policy { own: vec!["[::]:7007".parse().unwrap()], allow: Vec::new() };
    for text in ["127.0.0.1:7007", "127.9.9.9:7007", "[::1]:7007"] {
        assert_eq!(
            kind(policy.check_target(Net::Host, &address(text))),
            Some(ErrorKind::Denied),
            "{text}"
        );
    }
}

#[test]
fn a_denial_says_what_is_allowed() {
    let failure = policy().check_target(Net::Host, &address("10.0.0.1:80")).unwrap_err();
    assert_eq!(
        failure.message,
        "10.0.0.1:80 is out of reach: a socket here may only reach loopback, 127.0.0.0/8 or [::1]."
    );
}

fn any_ip() -> impl Strategy<Value = IpAddr> {
    let v4 = prop_oneof![
        any::<u32>().prop_map(Ipv4Addr::from_bits),
        any::<u32>().prop_map(|bits| Ipv4Addr::from_bits(bits & 0x00ff_ffff | 0x7f00_0000)),
    ];
    let v6 = prop_oneof![
        any::<u128>().prop_map(Ipv6Addr::from_bits),
        (0..4_u128).prop_map(Ipv6Addr::from_bits),
        v4.clone().prop_map(|v4| v4.to_ipv6_mapped()),
        v4.clone().prop_map(|v4| v4.to_ipv6_compatible()),
    ];
    prop_oneof![v4.prop_map(IpAddr::V4), v6.prop_map(IpAddr::V6)]
}

proptest! {
    #[test]
    fn only_loopback_ever_passes(
        ip in any_ip(), port in any::<u16>(), flow in any::<u32>(), scope in any::<u32>(),
    ) {
        let inet = match ip {
            IpAddr::V4(_) => SocketAddr::new(ip, port),
            IpAddr::V6(v6) => SocketAddrV6::new(v6, port, flow, scope).into(),
        };
        for result in [policy().check_bind(Net::Host, &inet.into()), policy().check_target(Net::Host, &inet.into())] {
            match result {
                Ok(used) => {
                    prop_assert!(used.ip().is_loopback());
                    prop_assert_eq!(used, SocketAddr::new(ip.to_canonical(), port));
                }
                Err(failure) => {
                    prop_assert_eq!(failure.kind, ErrorKind::Denied);
                    prop_assert!(!ip.to_canonical().is_loopback() || port == 7007);
                }
            }
        }
    }

    #[test]
    fn the_relay_is_never_a_target(
        own in any_ip(), port in any::<u16>(), flow in any::<u32>(), scope in any::<u32>(),
    ) {
        let policy = Policy { own: vec![SocketAddr::new(own, port)], allow: Vec::new() };
        let mut spellings = vec![SocketAddr::new(own, port)];
        match own.to_canonical() {
            IpAddr::V4(v4) => {
                spellings.push((v4, port).into());
                spellings.push(SocketAddrV6::new(v4.to_ipv6_mapped(), port, flow, scope).into());
            }
            IpAddr::V6(v6) => spellings.push(SocketAddrV6::new(v6, port, flow, scope).into()),
        }
        for target in spellings {
            prop_assert!(policy.check_target(Net::Host, &target.into()).is_err(), "{}", target);
        }
    }
}
