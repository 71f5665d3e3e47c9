//! The wire: packets, their marks and fates, impairments, traps.

use crate::{check, golden};
use protocol::data::Payload;
use protocol::message::Thin;
use protocol::packet::{
    About, End, Flags, FragmentHead, Head, IcmpHead, Lost, Mark, OtherHead, PacketFate, TcpHead,
    UdpHead,
};
use protocol::reply::Numbered;
use protocol::wire::{Deed, Handling, Impairment, Loss, Match, PacketKind, WireOrder};
use protocol::{CallId, FlowId, PacketId};

const P: PacketId = PacketId(88);

golden! { ends, End:
    End::Left => End::Left, r#""left""#;
    End::Right => End::Right, r#""right""#;
}

#[test]
fn flags_are_lists_of_names() {
    for (flags, names) in [
        (Flags::default(), "[]"),
        (Flags::PSH | Flags::ACK, r#"["PSH","ACK"]"#),
        (Flags::SYN | Flags::ACK, r#"["SYN","ACK"]"#),
        (Flags::FIN | Flags::ACK, r#"["FIN","ACK"]"#),
        (Flags::RST, r#"["RST"]"#),
        (Flags(255), r#"["SYN","FIN","RST","PSH","ACK","URG","ECE","CWR"]"#),
    ] {
        check(&flags, names);
    }
    assert_eq!(serde_json::from_str::<Flags>(r#"["ACK","PSH","ACK"]"#).unwrap().0, 0x18);
    let error = serde_json::from_str::<Flags>(r#"["NS"]"#).unwrap_err().to_string();
    assert!(error.contains("\"NS\" is no flag of TCP"), "{error}");
}

/// 1448 bytes of a stream.
pub(crate) fn segment() -> Head {
    Head::Tcp(TcpHead {
        flags: Flags::PSH | Flags::ACK,
        seq: 1,
        ack: 1,
        window: 64_240,
        payload: 1_448,
        again: false,
        sack: Vec::new(),
        start: Payload::default(),
    })
}

/// The same as JSON.
pub(crate) const SEGMENT: &str = r#"{"tcp":{"flags":["PSH","ACK"],"seq":1,"ack":1,"window":64240,
    "payload":1448,"again":false,"sack":[],"start":{"hex":""}}}"#;

golden! { heads, Head:
    Head::Tcp(_) => segment(), SEGMENT;
    Head::Udp(_) => Head::Udp(UdpHead {
        payload: 2, numbered: Some(Numbered { call: CallId(7), number: 1 }), start: Payload::new(*b"hi"),
    }), r#"{"udp":{"payload":2,"numbered":{"call":7,"number":1},"start":{"hex":"6869"}}}"#;
    Head::Icmp(_) => Head::Icmp(IcmpHead {
        kind: 3, code: 3, about: Some(About {
            src: "10.77.0.1:4000".parse().unwrap(), dst: "10.77.0.2:53".parse().unwrap(),
        }),
    }), r#"{"icmp":{"kind":3,"code":3,"about":{"src":"10.77.0.1:4000","dst":"10.77.0.2:53"}}}"#;
    Head::Fragment(_) => Head::Fragment(FragmentHead {
        ident: 9, offset: 1480, more: true, protocol: 17, payload: 1480, numbered: None,
    }), r#"{"fragment":{"ident":9,"offset":1480,"more":true,"protocol":17,"payload":1480,
        "numbered":null}}"#;
    Head::Other(_) => Head::Other(OtherHead { protocol: 2, payload: 8 }),
        r#"{"other":{"protocol":2,"payload":8}}"#;
    Head::Unparsed { .. } => Head::Unparsed { why: "Cut short.".into() },
        r#"{"unparsed":{"why":"Cut short."}}"#;
}

#[test]
fn an_acknowledgement_with_holes() {
    let ack = TcpHead { flags: Flags::ACK, sack: vec![(10, 20), (30, 40)], ..TcpHead::default() };
    check(
        &Head::Tcp(ack),
        r#"{"tcp":{"flags":["ACK"],"seq":0,"ack":0,"window":0,"payload":0,"again":false,
            "sack":[[10,20],[30,40]],"start":{"hex":""}}}"#,
    );
    check(
        &Head::Icmp(IcmpHead { kind: 8, code: 0, about: None }),
        r#"{"icmp":{"kind":8,"code":0,"about":null}}"#,
    );
}

golden! { marks, Mark:
    Mark::Held => Mark::Held, r#""held""#;
    Mark::Released => Mark::Released, r#""released""#;
    Mark::Damaged { .. } => Mark::Damaged { offset: 40 }, r#"{"damaged":{"offset":40}}"#;
    Mark::Copied { .. } => Mark::Copied { copy: PacketId(89) }, r#"{"copied":{"as":89}}"#;
    Mark::Delayed { .. } => Mark::Delayed { by: 200_000_000 }, r#"{"delayed":{"by":200000000}}"#;
}

golden! { losses, Lost:
    Lost::Killed => Lost::Killed, r#""killed""#;
    Lost::Random => Lost::Random, r#""random""#;
    Lost::Burst => Lost::Burst, r#""burst""#;
    Lost::Nth => Lost::Nth, r#""nth""#;
    Lost::QueueFull => Lost::QueueFull, r#""queue_full""#;
    Lost::DeviceFull => Lost::DeviceFull, r#""device_full""#;
    Lost::Cable => Lost::Cable, r#""cable""#;
}

#[test]
fn losses_are_shown_as_they_are_written() {
    use Lost as L;
    for why in [L::Killed, L::Random, L::Burst, L::Nth, L::QueueFull, L::DeviceFull, L::Cable] {
        assert_eq!(serde_json::to_value(why).unwrap(), why.name());
    }
}

golden! { fates, PacketFate:
    PacketFate::Delivered => PacketFate::Delivered, r#""delivered""#;
    PacketFate::Lost(_) => PacketFate::Lost(Lost::Killed), r#"{"lost":"killed"}"#;
}

golden! { random_losses, Loss:
    Loss::Random(_) => Loss::Random(10_000), r#"{"random":10000}"#;
    Loss::GilbertElliott { .. } => Loss::GilbertElliott { p: 1, r: 2, bad: 3, good: 4 },
        r#"{"gilbert_elliott":{"p":1,"r":2,"bad":3,"good":4}}"#;
}

golden! { packet_kinds, PacketKind:
    PacketKind::Data => PacketKind::Data, r#""data""#;
    PacketKind::Ack => PacketKind::Ack, r#""ack""#;
    PacketKind::Syn => PacketKind::Syn, r#""syn""#;
    PacketKind::SynAck => PacketKind::SynAck, r#""syn_ack""#;
    PacketKind::Fin => PacketKind::Fin, r#""fin""#;
    PacketKind::Rst => PacketKind::Rst, r#""rst""#;
    PacketKind::Tcp => PacketKind::Tcp, r#""tcp""#;
    PacketKind::Udp => PacketKind::Udp, r#""udp""#;
    PacketKind::Icmp => PacketKind::Icmp, r#""icmp""#;
    PacketKind::Fragment => PacketKind::Fragment, r#""fragment""#;
}

golden! { deeds, Deed:
    Deed::Lose => Deed::Lose, r#""lose""#;
    Deed::Hold => Deed::Hold, r#""hold""#;
    Deed::Copy => Deed::Copy, r#""copy""#;
    Deed::Damage { .. } => Deed::Damage { offset: None }, r#"{"damage":{"offset":null}}"#;
    Deed::Delay { .. } => Deed::Delay { by: 5 }, r#"{"delay":{"by":5}}"#;
}

golden! { handlings, Handling:
    Handling::Hold { .. } => Handling::Hold { packet: P }, r#"{"hold":{"packet":88}}"#;
    Handling::Release { .. } => Handling::Release { packet: P }, r#"{"release":{"packet":88}}"#;
    Handling::Kill { .. } => Handling::Kill { packet: P }, r#"{"kill":{"packet":88}}"#;
    Handling::Copy { .. } => Handling::Copy { packet: P }, r#"{"copy":{"packet":88}}"#;
    Handling::Damage { .. } => Handling::Damage { packet: P, offset: Some(28) },
        r#"{"damage":{"packet":88,"offset":28}}"#;
}

golden! { wire_orders, WireOrder:
    WireOrder::Restart => WireOrder::Restart, r#""restart""#;
}

/// Every condition.
pub(crate) fn matching() -> Match {
    Match {
        from: Some(End::Left),
        kind: Some(PacketKind::Data),
        port: Some(80),
        at_least: Some(1),
        again: Some(false),
        nth: Some(3),
    }
}

/// The same as JSON.
pub(crate) const MATCH: &str =
    r#"{"from":"left","kind":"data","port":80,"at_least":1,"again":false,"nth":3}"#;

/// No condition, as JSON.
pub(crate) const ANY: &str =
    r#"{"from":null,"kind":null,"port":null,"at_least":null,"again":null,"nth":null}"#;

/// No impairment, as JSON.
pub(crate) const CLEAN: &str = r#"{"delay":0,"jitter":0,"loss":null,"nth":null,"duplicate":0,
    "reorder":0,"corrupt":0,"rate":null,"queue":null,"mtu":null,"pulled":false}"#;

#[test]
fn matches() {
    check(&matching(), MATCH);
    check(&Match::default(), ANY);
    assert_eq!(serde_json::from_str::<Match>("{}").unwrap(), Match::default());
}

#[test]
fn impairments() {
    check(&Impairment::default(), CLEAN);
    let all = Impairment {
        delay: 400_000_000,
        jitter: 1,
        loss: Some(Loss::Random(50_000)),
        nth: Some(Match::default()),
        duplicate: 2,
        reorder: 3,
        corrupt: 4,
        rate: Some(1_000_000),
        queue: Some(100),
        mtu: Some(1_280),
        pulled: true,
    };
    check(
        &all,
        &format!(
            r#"{{"delay":400000000,"jitter":1,"loss":{{"random":50000}},"nth":{ANY},"duplicate":2,
            "reorder":3,"corrupt":4,"rate":1000000,"queue":100,"mtu":1280,"pulled":true}}"#
        ),
    );
}

#[test]
fn packets_told_in_sums() {
    check(
        &Thin {
            flow: FlowId(3),
            packets: 9,
            bytes: 900,
            copied: 1,
            damaged: 2,
            last: 0,
            fate: None,
        },
        r#"{"flow":3,"fate":null,"packets":9,"bytes":900,"copied":1,"damaged":2,"last":0}"#,
    );
    check(
        &Thin {
            flow: FlowId(3),
            fate: Some(PacketFate::Lost(Lost::Random)),
            packets: 4,
            last: 77,
            ..Thin::default()
        },
        r#"{"flow":3,"fate":{"lost":"random"},"packets":4,"bytes":0,"copied":0,"damaged":0,"last":77}"#,
    );
}
