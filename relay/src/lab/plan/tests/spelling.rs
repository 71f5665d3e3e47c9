//! Addresses in all spellings that somebody may try, and what is allowed meanwhile.

use super::oracle::Rule;
use proptest::prelude::*;
use proptest::sample::select;
use protocol::command::{Application, Serving};
use protocol::data::Data;
use protocol::{Address, Command, SocketId};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, SocketAddrV6};

/// An attempt.
#[derive(Clone, Debug)]
pub(super) struct Case {
    text: String,
    /// Instead of the text: as the binary form carries it.
    raw: Option<(Ipv6Addr, u16, u32)>,
    call: usize,
    pub(super) slot: usize,
    pub(super) own: Vec<SocketAddr>,
    pub(super) allow: Vec<Rule>,
    /// What a resolver says at first, and what it says from then on.
    pub(super) answers: [Vec<IpAddr>; 2],
}

impl Case {
    /// What the protocol reads.
    pub(super) fn address(&self) -> Option<Address> {
        match self.raw {
            Some((ip, port, odd)) => {
                Some(SocketAddr::V6(SocketAddrV6::new(ip, port, odd, odd / 2)).into())
            }
            None => self.text.parse().ok(),
        }
    }

    pub(super) fn binds(&self) -> bool {
        self.call == 0
    }

    pub(super) fn command(&self, address: Address) -> Command {
        let (socket, data) = (SocketId(1), Data::Text("x".into()));
        match self.call {
            0 => Command::Bind { socket, address },
            1 => Command::SendTo { socket, address, data },
            2 => Command::Burst { socket, address: Some(address), count: 1, bytes: 1 },
            3 => {
                let app = Application::Film { to: Some(address), frames: 1, every: 1_000_000 };
                Command::Serve { socket, set: Some(Serving { app, side_by_side: false }) }
            }
            _ => Command::Connect { socket, address },
        }
    }
}

fn v4() -> impl Strategy<Value = Ipv4Addr> {
    let known = select(vec![
        [127, 0, 0, 1],
        [127, 1, 2, 3],
        [0, 0, 0, 0],
        [0, 1, 2, 3],
        [10, 77, 0, 1],
        [10, 77, 0, 255],
        [169, 254, 169, 254],
        [100, 100, 100, 200],
        [192, 168, 1, 7],
        [192, 168, 1, 255],
        [224, 0, 0, 1],
        [239, 255, 255, 250],
        [240, 0, 0, 1],
        [255, 255, 255, 255],
        [8, 8, 8, 8],
    ]);
    prop_oneof![4 => known.prop_map(Ipv4Addr::from), 1 => any::<u32>().prop_map(Ipv4Addr::from)]
}

/// An IPv6 address that carries that IPv4 one.
fn carrying(v4: Ipv4Addr, how: usize, noise: u16) -> Ipv6Addr {
    let [a, b, c, d] = v4.octets();
    let (high, low) = (u16::from_be_bytes([a, b]), u16::from_be_bytes([c, d]));
    let bits = u32::from(v4);
    let segments = match how {
        0 => return v4.to_ipv6_mapped(),
        1 => return v4.to_ipv6_compatible(),
        2 => [0, 0, 0, 0, 0xffff, 0, high, low],
        3 => [0x64, 0xff9b, 0, 0, 0, 0, high, low],
        4 => [0x64, 0xff9b, 1, noise, 0, 0, high, low],
        5 => [0x64, 0xff9b, 1, high, u16::from(c), u16::from(d) << 8, 0, noise],
        6 => [0x64, 0xff9b, 1, 0, u16::from(a), u16::from_be_bytes([b, c]), u16::from(d) << 8, 0],
        7 => [0x2002, high, low, noise, 0, 0, 0, 1],
        8 => [0x2001, 0, high, low, 0, noise, !0x0808, !0x0808],
        9 => [0x2001, 0, 0x0808, 0x0808, 0, noise, (!bits >> 16) as u16, !bits as u16],
        _ => [0x2001, 0xdb8, 0, noise, 0x200, 0x5efe, high, low],
    };
    Ipv6Addr::from(segments)
}

fn v6() -> impl Strategy<Value = Ipv6Addr> {
    let known =
        ["::1", "::", "::2", "fd77::2", "fd77:0:0:1::1", "fd00:ec2::254", "fe80::1", "febf::1"]
            .into_iter()
            .chain(["ff02::1", "ff0e::1", "2001:db8::7", "2606:4700::1111"])
            .map(|text| text.parse().expect("IPv6"))
            .collect::<Vec<Ipv6Addr>>();
    let carried = (v4(), 0..11_usize, any::<u16>());
    prop_oneof![
        2 => select(known),
        3 => carried.prop_map(|(v4, how, noise)| carrying(v4, how, noise)),
        1 => any::<u128>().prop_map(Ipv6Addr::from),
    ]
}

fn ip() -> impl Strategy<Value = IpAddr> {
    prop_oneof![v4().prop_map(IpAddr::V4), v6().prop_map(IpAddr::V6)]
}

fn port() -> impl Strategy<Value = u16> {
    prop_oneof![6 => select(vec![0, 22, 80, 443, 7007, 8001]), 1 => any::<u16>()]
}

/// A host as inet_aton(3) and others read it.
fn odd_v4(v4: Ipv4Addr, how: usize) -> String {
    let ([a, b, c, d], bits) = (v4.octets(), u32::from(v4));
    match how {
        0..=5 => v4.to_string(),
        6 => bits.to_string(),
        7 => format!("{bits:#x}"),
        8 => format!("0{bits:o}"),
        9 => format!("{a:#x}.{b:#x}.{c:#x}.{d:#x}"),
        10 => format!("0{a:o}.0{b:o}.0{c:o}.0{d:o}"),
        11 => format!("{a}.{}", bits & 0x00ff_ffff),
        12 => format!("{a}.{b}.{}", bits & 0xffff),
        13 => format!("{v4}."),
        14 => format!(" {v4}"),
        15 => format!("{v4}\t"),
        16 => format!("[{v4}]"),
        17 => v4.to_string().replace('.', "%2e"),
        18 => v4.to_string().replace('.', "。"),
        19 => v4.to_string().replace('1', "１").replace('0', "٠"),
        20 => format!("{a:03}.{b:03}.{c:03}.{d:03}"),
        _ => format!("user@{v4}"),
    }
}

fn odd_v6(v6: Ipv6Addr, how: usize) -> String {
    let whole = v6.segments().map(|segment| format!("{segment:04x}")).join(":");
    let [.., a, b, c, d] = v6.octets();
    let first: Vec<_> = v6.segments()[..6].iter().map(|part| format!("{part:x}")).collect();
    match how {
        0..=4 => format!("[{v6}]"),
        5 => format!("[{whole}]"),
        6 => format!("[{}]", v6.to_string().to_uppercase()),
        7 => format!("[{}:{a}.{b}.{c}.{d}]", first.join(":")),
        8 => format!("[{v6}%1]"),
        9 => format!("[{v6}%eth0]"),
        10 => format!("[{v6}%251]"),
        11 => v6.to_string(),
        12 => format!("[[{v6}]]"),
        13 => format!("[ {v6}]"),
        _ => format!("[{whole}:0]"),
    }
}

fn name() -> impl Strategy<Value = String> {
    let known =
        vec!["localhost", "LocalHost", "a.localhost", "left", "RIGHT", "evil.test", "evil.test"];
    let known =
        known.into_iter().chain(["1.evil", "localhost.", "0x7f.localhost", "a_b.test", "evil"]);
    select(known.map(str::to_owned).collect::<Vec<_>>())
}

fn text() -> impl Strategy<Value = String> {
    let host = prop_oneof![
        3 => (v4(), 0..22_usize).prop_map(|(v4, how)| odd_v4(v4, how)),
        3 => (v6(), 0..15_usize).prop_map(|(v6, how)| odd_v6(v6, how)),
        3 => name(),
    ];
    (host, port(), 0..12_usize).prop_map(|(host, port, how)| match how {
        0 => format!("{host}:{port:05}"),
        1 => format!("{host}:+{port}"),
        _ => format!("{host}:{port}"),
    })
}

fn rule() -> impl Strategy<Value = Rule> {
    let ports = prop_oneof![
        2 => Just(None),
        1 => select(vec![(80, 80), (1, 65535), (80, 443), (7007, 8001)]).prop_map(Some),
    ];
    let near = select(vec!["0.0.0.0/0", "::/0", "127.0.0.0/8", "2001:db8::/32", "64:ff9b::/32"])
        .prop_map(|text| {
            let (ip, prefix) = text.split_once('/').expect("a slash");
            (ip.parse().expect("an address"), prefix.parse().expect("a prefix"))
        });
    let any = (ip(), 0..=128_usize).prop_map(|(ip, prefix)| {
        let most = if ip.is_ipv4() { 32 } else { 128 };
        // As IPv4 it could not be meant: `--allow` refuses it.
        (
            ip.to_canonical(),
            if ip.to_canonical().is_ipv4() { prefix.min(32) } else { prefix.min(most) },
        )
    });
    (prop_oneof![near, any], ports).prop_map(|((ip, prefix), ports)| Rule { ip, prefix, ports })
}

/// Any case.
pub(super) fn case() -> impl Strategy<Value = Case> {
    let own =
        select(vec!["127.0.0.1:7007", "[::1]:7007", "192.168.1.7:7007", "[::]:8001", "0.0.0.0:80"]);
    let raw = prop_oneof![5 => Just(None), 1 => (v6(), port(), any::<u32>()).prop_map(Some)];
    let answers = || proptest::collection::vec(ip(), 0..3);
    (
        (text(), raw, 0..7_usize, prop_oneof![Just(0), Just(1), Just(2), Just(3), 0..12_usize]),
        proptest::collection::vec(own, 1..3),
        proptest::collection::vec(rule(), 0..4),
        (answers(), answers()),
    )
        .prop_map(|((text, raw, call, slot), own, allow, answers)| Case {
            text,
            raw,
            call,
            slot,
            own: own.into_iter().map(|text| text.parse().expect("an address")).collect(),
            allow,
            answers: answers.into(),
        })
}
