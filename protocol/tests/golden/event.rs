//! What happened.

use crate::wire::{CLEAN, MATCH, SEGMENT, matching, segment};
use crate::{check, golden};
use protocol::command::{Command, Family, Kind};
use protocol::data::Data;
use protocol::event::{Counter, Crossing, Event, Program, Source, Stage, What, Words};
use protocol::experiment::{CodeLine, Verdict};
use protocol::message::RungName;
use protocol::number::Wide;
use protocol::packet::{Lost, Mark, PacketFate};
use protocol::reply::{Answer, Done, Sent};
use protocol::sample::{Field, TcpState};
use protocol::wire::{Deed, Impairment};
use protocol::{CallId, End, FlowId, PacketId, SessionId, SocketId, TrapId, WaitingId};

fn words(en: &str, zh: &str) -> Words {
    Words { en: en.into(), zh: zh.into() }
}

golden! { sources, Source:
    Source::Relay => Source::Relay, r#""relay""#;
    Source::Kernel => Source::Kernel, r#""kernel""#;
    Source::Wire => Source::Wire, r#""wire""#;
    Source::Inferred => Source::Inferred, r#""inferred""#;
    Source::Simulated => Source::Simulated, r#""simulated""#;
}

golden! { crossings, Crossing:
    Crossing::Syn => Crossing::Syn, r#""syn""#;
    Crossing::SynAck => Crossing::SynAck, r#""syn_ack""#;
    Crossing::Ack => Crossing::Ack, r#""ack""#;
    Crossing::Fin => Crossing::Fin, r#""fin""#;
    Crossing::Reset => Crossing::Reset, r#""reset""#;
    Crossing::Data { .. } => Crossing::Data { bytes: 5 }, r#"{"data":{"bytes":5}}"#;
    Crossing::Datagram { .. } => Crossing::Datagram { bytes: 5 }, r#"{"datagram":{"bytes":5}}"#;
    Crossing::Datagrams { .. } => Crossing::Datagrams { call: CallId(7), first: 1, count: 10 },
        r#"{"datagrams":{"call":7,"first":1,"count":10}}"#;
}

golden! { whats, What:
    What::CallBegan { .. } => What::CallBegan {
        call: CallId(12), by: Some(SessionId(1)), cut: None,
        ask: Command::Send { socket: SocketId(3), data: Data::Text("hello".into()), all: false },
    }, r#"{"call_began":{"call":12,"by":1,
        "do":{"send":{"socket":3,"data":{"text":"hello"},"all":false}},"cut":null}}"#;
    What::CallBlocked { .. } => What::CallBlocked { call: CallId(12), bytes: 6144 },
        r#"{"call_blocked":{"call":12,"bytes":6144}}"#;
    What::CallEnded { .. } => What::CallEnded {
        call: CallId(12), result: Answer::Ok(Done::Sent(Sent { bytes: 5, parts: 1 })),
    }, r#"{"call_ended":{"call":12,"result":{"ok":{"bytes":5,"parts":1}}}}"#;
    What::Sample { .. } => What::Sample {
        socket: SocketId(3), set: vec![Field::State(TcpState::Established), Field::SendQueue(5)],
    }, r#"{"sample":{"socket":3,"set":[{"state":"ESTABLISHED"},{"send_queue":5}]}}"#;
    What::Gone { .. } => What::Gone { socket: SocketId(3) }, r#"{"gone":{"socket":3}}"#;
    What::DatagramSent { .. } => What::DatagramSent { call: CallId(7), number: 1 },
        r#"{"datagram_sent":{"call":7,"number":1}}"#;
    What::Crossed { .. } => What::Crossed {
        from: SocketId(1), to: SocketId(2), what: Crossing::Syn, began: 10, ended: 20,
    }, r#"{"crossed":{"from":1,"to":2,"what":"syn","began":10,"ended":20}}"#;
    What::Reset { .. } => What::Reset { by: Some(SessionId(1)) }, r#"{"reset":{"by":1}}"#;
    What::ExperimentBegan { .. } => What::ExperimentBegan {
        name: "first".into(), title: words("First", "第一"), steps: 3,
    }, r#"{"experiment_began":{"name":"first","title":{"en":"First","zh":"第一"},"steps":3}}"#;
    What::ExperimentSaid { .. } => What::ExperimentSaid {
        step: 1, say: words("a", "b"), note: words("", ""), button: Some(words("Go", "走")),
        at: Some(SocketId(3)),
    }, r#"{"experiment_said":{"step":1,"say":{"en":"a","zh":"b"},"note":{"en":"","zh":""},
        "button":{"en":"Go","zh":"走"},"at":3}}"#;
    What::ExperimentChecked { .. } => What::ExperimentChecked {
        step: 1, held: false, expected: "5".into(), found: "4".into(),
    }, r#"{"experiment_checked":{"step":1,"held":false,"expected":"5","found":"4"}}"#;
    What::ExperimentEnded { .. } => What::ExperimentEnded { passed: true },
        r#"{"experiment_ended":{"passed":true}}"#;
    What::ExperimentPlanned { .. } => What::ExperimentPlanned {
        question: words("Q", "问"), claim: Some(words("c", "说")),
        lines: vec![CodeLine {
            act: 2, role: "a".into(), python: "a.close()".into(), rust: "drop(a)".into(), c: "close(a)".into(),
        }],
    }, r#"{"experiment_planned":{"question":{"en":"Q","zh":"问"},"claim":{"en":"c","zh":"说"},
        "lines":[{"act":2,"role":"a","python":"a.close()","rust":"drop(a)","c":"close(a)"}]}}"#;
    What::ExperimentActed { .. } => What::ExperimentActed { act: 2 }, r#"{"experiment_acted":{"act":2}}"#;
    What::BetAsked { .. } => What::BetAsked {
        step: 1, ask: words("Q", "问"), choices: vec![words("1", "一"), words("2", "二")],
    }, r#"{"bet_asked":{"step":1,"ask":{"en":"Q","zh":"问"},
        "choices":[{"en":"1","zh":"一"},{"en":"2","zh":"二"}]}}"#;
    What::BetPlaced { .. } => What::BetPlaced { counts: vec![0, 3] }, r#"{"bet_placed":{"counts":[0,3]}}"#;
    What::BetMarked { .. } => What::BetMarked { choice: None, found: "8".into() },
        r#"{"bet_marked":{"choice":null,"found":"8"}}"#;
    What::ExperimentVerdict { .. } => What::ExperimentVerdict { is: Verdict::Loose, here: words("h", "这") },
        r#"{"experiment_verdict":{"is":"loose","here":{"en":"h","zh":"这"}}}"#;
    What::FlowSeen { .. } => What::FlowSeen {
        flow: FlowId(3), from: End::Left, protocol: 6,
        src: "10.77.0.1:4000".parse().unwrap(), dst: "10.77.0.2:80".parse().unwrap(),
    }, r#"{"flow_seen":{"flow":3,"from":"left","protocol":6,"src":"10.77.0.1:4000",
        "dst":"10.77.0.2:80"}}"#;
    What::PacketEntered { .. } => What::PacketEntered {
        packet: PacketId(88), flow: FlowId(3), from: End::Left, bytes: 1_500,
        src: "10.77.0.1:4000".parse().unwrap(), dst: "10.77.0.2:80".parse().unwrap(),
        head: segment(),
    }, &format!(r#"{{"packet_entered":{{"packet":88,"flow":3,"from":"left","bytes":1500,
        "src":"10.77.0.1:4000","dst":"10.77.0.2:80","head":{SEGMENT}}}}}"#);
    What::PacketMarked { .. } => What::PacketMarked { packet: PacketId(88), mark: Mark::Held },
        r#"{"packet_marked":{"packet":88,"mark":"held"}}"#;
    What::PacketLeft { .. } => What::PacketLeft {
        packet: PacketId(88), flow: FlowId(3), fate: PacketFate::Lost(Lost::Killed),
    }, r#"{"packet_left":{"packet":88,"flow":3,"fate":{"lost":"killed"}}}"#;
    What::WireUp { .. } => What::WireUp { rung: RungName::Tun, seed: 7 },
        r#"{"wire_up":{"rung":"tun","seed":7}}"#;
    What::WireDown { .. } => What::WireDown { why: "The helper has ended.".into() },
        r#"{"wire_down":{"why":"The helper has ended."}}"#;
    What::Impaired { .. } => What::Impaired {
        by: Some(SessionId(1)), from: End::Right, set: Impairment::default(), seed: None,
    }, &format!(r#"{{"impaired":{{"by":1,"from":"right","set":{CLEAN},"seed":null}}}}"#);
    What::Frozen { .. } => What::Frozen { by: None, on: true }, r#"{"frozen":{"by":null,"on":true}}"#;
    What::TrapArmed { .. } => What::TrapArmed {
        by: Some(SessionId(1)), trap: TrapId(2), matching: matching(), act: Deed::Hold, count: 1,
    }, &format!(r#"{{"trap_armed":{{"by":1,"trap":2,"match":{MATCH},"do":"hold","count":1}}}}"#);
    What::TrapSprung { .. } => What::TrapSprung { trap: TrapId(2), packet: PacketId(88), left: 0 },
        r#"{"trap_sprung":{"trap":2,"packet":88,"left":0}}"#;
    What::TrapDisarmed { .. } => What::TrapDisarmed { by: None, trap: TrapId(2) },
        r#"{"trap_disarmed":{"by":null,"trap":2}}"#;
    What::Counted { .. } => What::Counted {
        net: End::Right, set: vec![Counter { name: "Tcp.RetransSegs".into(), value: 3 }],
    }, r#"{"counted":{"net":"right","set":[{"name":"Tcp.RetransSegs","value":3}]}}"#;
    What::DeviceDropped { .. } => What::DeviceDropped { from: End::Left, packets: 9 },
        r#"{"device_dropped":{"from":"left","packets":9}}"#;
    What::Appeared { .. } => What::Appeared {
        socket: SocketId(9), cookie: Wide(5), net: End::Left, family: Family::Ipv4, kind: Kind::Stream,
        program: Program { pid: None, name: "curl".into() },
    }, r#"{"appeared":{"socket":9,"cookie":"5","net":"left","family":"ipv4","kind":"stream",
        "program":{"pid":null,"name":"curl"}}}"#;
    What::Gate { .. } => What::Gate { by: Some(SessionId(1)), on: true },
        r#"{"gate":{"by":1,"on":true}}"#;
    What::CallWaiting { .. } => What::CallWaiting {
        waiting: WaitingId(4), by: Some(SessionId(1)), ask: Command::Accept { socket: SocketId(3) },
        cut: None,
    }, r#"{"call_waiting":{"waiting":4,"by":1,"do":{"accept":{"socket":3}},"cut":null}}"#;
    What::CallReleased { .. } => What::CallReleased { waiting: WaitingId(4) },
        r#"{"call_released":{"waiting":4}}"#;
    What::CallWithdrawn { .. } => What::CallWithdrawn { waiting: WaitingId(4) },
        r#"{"call_withdrawn":{"waiting":4}}"#;
    What::Stamped { .. } => What::Stamped {
        socket: SocketId(3), stage: Stage::Acknowledged, byte: 5, at: 1_204_318_000, plus_minus: 90,
    }, r#"{"stamped":{"socket":3,"stage":"acknowledged","byte":5,"at":1204318000,"plus_minus":90}}"#;
    What::StampsLost { .. } => What::StampsLost { socket: SocketId(3), stamps: 2 },
        r#"{"stamps_lost":{"socket":3,"stamps":2}}"#;
    What::RecordingBegan { .. } => What::RecordingBegan { file: "1-1.patchbay".into(), snaplen: 256 },
        r#"{"recording_began":{"file":"1-1.patchbay","snaplen":256}}"#;
    What::RecordingEnded { .. } => What::RecordingEnded { bytes: 9, why: None },
        r#"{"recording_ended":{"bytes":9,"why":null}}"#;
}

golden! { verdicts, Verdict:
    Verdict::True => Verdict::True, r#""true""#;
    Verdict::Loose => Verdict::Loose, r#""loose""#;
    Verdict::Wrong => Verdict::Wrong, r#""wrong""#;
    Verdict::Fair => Verdict::Fair, r#""fair""#;
}

golden! { stages, Stage:
    Stage::Scheduled => Stage::Scheduled, r#""scheduled""#;
    Stage::Sent => Stage::Sent, r#""sent""#;
    Stage::Acknowledged => Stage::Acknowledged, r#""acknowledged""#;
    Stage::Received => Stage::Received, r#""received""#;
}

#[test]
fn an_event() {
    check(
        &Event {
            seq: 51,
            at: 1_204_318_000,
            source: Source::Relay,
            what: What::Reset { by: None },
        },
        r#"{"seq":51,"at":1204318000,"source":"relay","what":{"reset":{"by":null}}}"#,
    );
}

#[test]
fn a_packet_that_arrived() {
    check(
        &What::PacketLeft { packet: PacketId(88), flow: FlowId(3), fate: PacketFate::Delivered },
        r#"{"packet_left":{"packet":88,"flow":3,"fate":"delivered"}}"#,
    );
}
