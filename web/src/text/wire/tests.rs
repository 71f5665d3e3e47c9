//! The wire's words.

use super::*;
use protocol::message::{Privilege, Refused};
use protocol::wire::presets;

const BOTH: [Language; 2] = [Language::English, Language::Chinese];

#[test]
fn the_weather_reads_well() {
    let named = |name: &str| presets().into_iter().find(|own| own.name == name).unwrap().set;
    let english = |name| weather(Language::English, &named(name));
    assert_eq!(english("clean"), "clean wire");
    assert_eq!(english("slow"), "400 ms each way");
    assert_eq!(english("lan"), "0.5 ms each way · 1 Gbit/s");
    assert_eq!(english("dsl"), "→ 15 ± 1 ms, 10 Mbit/s · ← 15 ± 1 ms, 50 Mbit/s");
    assert_eq!(english("satellite"), "300 ms each way · 20 Mbit/s · loses 0.5 %");
    assert_eq!(english("black hole"), "cable pulled");
    assert_eq!(weather(Language::Chinese, &named("slow")), "单程 400 ms");
}

#[test]
fn a_trap_says_what_it_waits_for() {
    let matching =
        Match { from: Some(End::Left), kind: Some(PacketKind::Data), ..Match::default() };
    assert_eq!(trap(Language::English, &matching, Deed::Lose, 1), "next data from left: lose");
    assert_eq!(trap(Language::Chinese, &matching, Deed::Lose, 3), "左边下一个数据：丢掉 ×3");
    let third = Match { nth: Some(3), port: Some(80), kind: Some(PacketKind::Syn), ..matching };
    assert_eq!(what(Language::English, &third), "3rd SYN from left on :80");
    assert_eq!(what(Language::Chinese, &third), "左边端口 80 的第 3 个 SYN");
}

#[test]
fn a_packet_is_named_by_what_it_carries() {
    let data = Head::Tcp(TcpHead {
        flags: Flags::PSH | Flags::ACK,
        payload: 6,
        again: true,
        window: 9,
        ..TcpHead::default()
    });
    let name = packet(Language::English, PacketId(88), End::Left, &data);
    assert_eq!(name, "packet 88, 6 B sent again from left");
    let syn = Head::Tcp(TcpHead { flags: Flags::SYN | Flags::ACK, ..TcpHead::default() });
    assert_eq!(head(Language::English, &syn), "SYN-ACK");
}

#[test]
fn a_fate_is_told_as_past() {
    let lost = PacketFate::Lost(Lost::Killed);
    assert_eq!(fate(Language::English, lost, 800_000_000, true), "lost 0.8 s ago: your trap");
}

#[test]
fn every_weather_out_of_range_has_a_sentence_in_both() {
    let clean = Impairment::default;
    for wrong in [
        Impairment { duplicate: ALWAYS + 1, ..clean() },
        Impairment { jitter: 1, ..clean() },
        Impairment { rate: Some(0), ..clean() },
        Impairment { queue: Some(0), ..clean() },
        Impairment { mtu: Some(1), ..clean() },
    ] {
        let failure = wrong.check().unwrap_err();
        for language in BOTH {
            assert!(!bad_weather(language, &wrong, &failure.message).is_empty());
        }
    }
}

#[test]
fn a_missing_wire_says_why_and_what_would_mend_it() {
    let no = Refused {
        rung: RungName::Tun,
        step: "unshare".into(),
        errno: "EPERM".into(),
        remedy: "allow user namespaces".into(),
    };
    let rung = Rung { name: RungName::Loopback, privilege: Privilege::None, refused: vec![no] };
    assert_eq!(
        missing(Language::English, &rung).as_deref(),
        Some("loopback only: unshare (EPERM); allow user namespaces")
    );
}
