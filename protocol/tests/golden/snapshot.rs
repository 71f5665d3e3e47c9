//! The world inside welcome: maps with integer keys, nulls for what was not told.

use crate::check;
use crate::message::{welcome, welcome_json};
use crate::wire::{ANY, CLEAN, MATCH, SEGMENT, matching, segment};
use protocol::command::{Command, Family, Kind, Net, SocketOption};
use protocol::data::Data;
use protocol::event::{Counter, Stage, Words};
use protocol::message::RungName;
use protocol::number::Wide;
use protocol::packet::{FragmentHead, Head, Lost, Mark, PacketFate};
use protocol::reply::{Answer, Burst, Done, Made, Sent, Value};
use protocol::sample::{Field, TcpState, Timer, TimerKind};
use protocol::wire::{Deed, Impairment, Match};
use protocol::{
    Address, CallId, End, Event, FlowId, PacketId, SessionId, SocketId, Source, TrapId, WaitingId,
    What, World,
};

const WORLD: &str = r#"{"seq":7,"at":70,
"sockets":{"1":{"id":1,"cookie":"9","net":"right","family":"ipv4","kind":"datagram","side":"right",
  "name":null,"parent":null,"children":0,"opened":20,"closed":null,"active":false,"client":null,"shut_read":false,
  "shut_write":false,"timeout":null,"nonblocking":false,"reader":null,"serving":null,"sent":{"bytes":12,"count":1},
  "read":{"bytes":0,"count":0},"aim":"10.77.0.1:9","aimed":0,"from_outside":0,"tail":{"hex":""},"last_read":{"hex":""},"eof":false,
  "fated":{"lost":0,"broken":0,"copied":0,"fragments_copied":0,"damaged":0},"program":null,
  "kernel":{"state":"CLOSE","local":"10.77.0.2:53","peer":null,"send_queue":null,"unsent":null,
    "receive_queue":null,"send_limit":null,"receive_limit":null,"send_charged":null,
    "receive_charged":null,"accept_queue":null,"backlog":null,"drops":null,"round_trip":null,
    "congestion_window":null,"peer_window":null,"retransmissions":null,"acked":null,"received":null,
    "timer":[{"kind":"probe","remaining":5,"fired":0},30],"peeked":{"hex":""},"queue":null,"steady":false,"steady_at":0,"peer_socket":null},
  "timestamps":false,"lives":[]}},
"calls":{"1":{"id":1,"by":1,"do":{"socket":{"net":"right","family":"ipv4","kind":"datagram",
    "side":null,"name":null}},"cut":null,"began":10,"blocked":null,"bytes":0,"ended":20,
    "result":{"ok":{"socket":1,"cookie":"9"}}},
  "2":{"id":2,"by":null,"do":{"burst":{"socket":1,"address":"10.77.0.1:9","count":2,"bytes":12}},
    "cut":null,"began":40,"blocked":null,"bytes":0,"ended":60,
    "result":{"ok":{"sent":1,"refused":1,"errno":"EAGAIN"}}}},
"bursts":{"2":{"socket":1,"to":"10.77.0.1:9","receiver":null,"count":2,"bytes":12,"sheet":"se"}},
"clients":0,"lesson":{"name":"first","title":{"en":"a","zh":"b"},"steps":2,
  "said":{"step":0,"say":{"en":"","zh":""},"note":{"en":"","zh":""},"button":null,"at":null},
  "held":0,"broken":[],"ended":null,"question":{"en":"","zh":""},"claim":null,"lines":[],"act":null,
  "bet":null,"verdict":null},"wire":null,"touched":true,"gate":false,"waiting":[],"recording":null}"#;

fn world() -> World {
    let mut world = World::default();
    let whats = [
        What::CallBegan {
            call: CallId(1),
            by: Some(SessionId(1)),
            ask: Command::Socket {
                net: Net::Right,
                family: Family::Ipv4,
                kind: Kind::Datagram,
                side: None,
                name: None,
            },
            cut: None,
        },
        What::CallEnded {
            call: CallId(1),
            result: Answer::Ok(Done::Made(Made { socket: SocketId(1), cookie: Wide(9) })),
        },
        What::Sample {
            socket: SocketId(1),
            set: vec![
                Field::State(TcpState::Close),
                Field::Local(Some("10.77.0.2:53".parse().unwrap())),
                Field::Timer(Some(Timer { kind: TimerKind::Probe, remaining: 5, fired: 0 })),
            ],
        },
        What::CallBegan {
            call: CallId(2),
            by: None,
            ask: Command::Burst {
                socket: SocketId(1),
                address: Some("10.77.0.1:9".parse().unwrap()),
                count: 2,
                bytes: 12,
            },
            cut: None,
        },
        What::DatagramSent { call: CallId(2), number: 1 },
        What::CallEnded {
            call: CallId(2),
            result: Answer::Ok(Done::Burst(Burst {
                sent: 1,
                refused: 1,
                errno: Some("EAGAIN".into()),
            })),
        },
        What::ExperimentBegan {
            name: "first".into(),
            title: Words { en: "a".into(), zh: "b".into() },
            steps: 2,
        },
    ];
    tell(&mut world, whats);
    world
}

fn tell<const N: usize>(world: &mut World, whats: [What; N]) {
    for what in whats {
        let seq = world.seq + 1;
        world.apply(&Event { seq, at: seq * 10, source: Source::Relay, what });
    }
}

#[test]
fn a_world() {
    check(&world(), WORLD);
}

#[test]
fn an_untouched_world() {
    check(
        &World::default(),
        r#"{"seq":0,"at":0,"sockets":{},"calls":{},"bursts":{},"clients":0,"lesson":null,"wire":null,"touched":false,"gate":false,"waiting":[],"recording":null}"#,
    );
}

#[test]
fn a_welcome_with_a_snapshot() {
    check(&welcome(7, Some(world())), &welcome_json(7, WORLD));
}

#[test]
fn a_world_with_a_wire() {
    let address = |text: &str| -> Address { text.parse().unwrap() };
    let (flow, from, packet) = (FlowId(3), End::Left, PacketId);
    let (src, dst) = (address("10.77.0.1:4000"), address("10.77.0.2:80"));
    let entered = |id, bytes, head| What::PacketEntered {
        packet: packet(id),
        flow,
        from,
        bytes,
        src: src.clone(),
        dst: dst.clone(),
        head,
    };
    let fragment = Head::Fragment(FragmentHead { ident: 9, ..FragmentHead::default() });
    let armed = |trap, matching, act| What::TrapArmed { by: None, trap, matching, act, count: 2 };
    let mut world = World::default();
    tell(
        &mut world,
        [
            What::WireUp { rung: RungName::Tun, seed: 7 },
            What::FlowSeen { flow, from, protocol: 17, src: src.clone(), dst: dst.clone() },
            entered(1, 1_500, segment()),
            What::PacketMarked { packet: packet(1), mark: Mark::Held },
            What::PacketMarked { packet: packet(1), mark: Mark::Damaged { offset: 30 } },
            What::PacketMarked { packet: packet(1), mark: Mark::Copied { copy: packet(2) } },
            What::PacketLeft { packet: packet(2), flow, fate: PacketFate::Delivered },
            entered(3, 28, fragment.clone()),
            What::PacketLeft { packet: packet(3), flow, fate: PacketFate::Delivered },
            entered(4, 28, fragment),
            What::PacketLeft { packet: packet(4), flow, fate: PacketFate::Lost(Lost::Random) },
            What::WireDown { why: "Gone.".into() },
            What::Impaired {
                by: None,
                from: End::Right,
                set: Impairment { delay: 5, nth: Some(Match::default()), ..Impairment::default() },
                seed: Some(8),
            },
            What::Frozen { by: None, on: true },
            armed(TrapId(1), matching(), Deed::Hold),
            armed(TrapId(2), Match::default(), Deed::Lose),
            What::TrapSprung { trap: TrapId(1), packet: packet(1), left: 1 },
            What::Counted {
                net: from,
                set: vec![Counter { name: "Tcp.RetransSegs".into(), value: 3 }],
            },
            What::DeviceDropped { from: End::Right, packets: 6 },
        ],
    );
    let delayed = CLEAN
        .replace(r#""delay":0"#, r#""delay":5"#)
        .replace(r#""nth":null"#, &format!(r#""nth":{ANY}"#));
    let wire = format!(
        r#"{{"rung":"tun","down":"Gone.","seed":8,"impaired":[{CLEAN},{delayed}],"frozen":140,
        "traps":{{"1":{{"match":{MATCH},"do":"hold","left":1,"caught":1}},
            "2":{{"match":{ANY},"do":"lose","left":2,"caught":null}}}},
        "flows":{{"3":{{"from":"left","protocol":17,"src":"10.77.0.1:4000","dst":"10.77.0.2:80",
            "packets":4,"bytes":3056,"delivered":2,"lost":{{"random":1}},"delivered_at":90,"broken":[9]}}}},
        "counters":[{{"Tcp.RetransSegs":3}},{{}}],"device_dropped":[0,6],
        "packets":{{"1":{{"flow":3,"from":"left","bytes":1500,"src":"10.77.0.1:4000",
            "dst":"10.77.0.2:80","head":{SEGMENT},"entered":30,"held":40,"copy_of":null,"damaged":true}}}},
        "handed":[{{"packet":3,"numbered":null,"ident":9}}]}}"#
    );
    check(
        &world,
        &format!(
            r#"{{"seq":19,"at":190,"sockets":{{}},"calls":{{}},"bursts":{{}},"clients":0,"lesson":null,
            "wire":{wire},"touched":true,"gate":false,"waiting":[],"recording":null}}"#
        ),
    );
}

#[test]
fn a_world_with_a_gate_and_a_life() {
    let socket = SocketId(1);
    let call = |call, ask| What::CallBegan { call: CallId(call), by: None, ask, cut: None };
    let ended = |call, done| What::CallEnded { call: CallId(call), result: Answer::Ok(done) };
    let stamped = |stage, byte, at| What::Stamped { socket, stage, byte, at, plus_minus: 3 };
    let mut world = world();
    tell(
        &mut world,
        [
            call(3, Command::Option { socket, set: SocketOption::Timestamps(true) }),
            ended(3, Done::Value(Value { value: 1 })),
            call(
                4,
                Command::SendTo {
                    socket,
                    address: "10.77.0.1:9".parse().unwrap(),
                    data: Data::Text("hi".into()),
                },
            ),
            ended(4, Done::Sent(Sent { bytes: 2, parts: 1 })),
            stamped(Stage::Scheduled, 2, 104),
            stamped(Stage::Sent, 2, 106),
            What::Gate { by: Some(SessionId(1)), on: true },
            What::CallWaiting {
                waiting: WaitingId(7),
                by: Some(SessionId(1)),
                ask: Command::Close { socket },
                cut: None,
            },
        ],
    );
    let told: serde_json::Value = serde_json::to_value(&world).unwrap();
    let lives: serde_json::Value = serde_json::from_str(
        r#"[{"call":4,"first":2,"last":2,"began":100,"returned":110,
            "scheduled":{"byte":2,"at":104,"plus_minus":3},"sent":{"byte":2,"at":106,"plus_minus":3},
            "acknowledged":null,"received":null,"read":null}]"#,
    )
    .unwrap();
    let waiting: serde_json::Value = serde_json::from_str(
        r#"[{"id":7,"by":1,"do":{"close":{"socket":1}},"cut":null,"since":150}]"#,
    )
    .unwrap();
    assert_eq!(told["sockets"]["1"]["lives"], lives);
    assert_eq!(told["sockets"]["1"]["timestamps"], true);
    assert_eq!((&told["gate"], &told["waiting"]), (&serde_json::Value::Bool(true), &waiting));
    check(&world, &told.to_string());
}
