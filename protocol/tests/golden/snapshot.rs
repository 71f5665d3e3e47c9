//! The world inside welcome: maps with integer keys, nulls for what was not told.

use crate::check;
use crate::message::{welcome, welcome_json};
use protocol::command::{Command, Family, Kind, Net};
use protocol::event::Words;
use protocol::number::Wide;
use protocol::reply::{Answer, Burst, Done, Made};
use protocol::sample::{Field, TcpState, Timer, TimerKind};
use protocol::{CallId, Event, SessionId, SocketId, Source, What, World};

const WORLD: &str = r#"{"seq":7,"at":70,
"sockets":{"1":{"id":1,"cookie":"9","net":"right","family":"ipv4","kind":"datagram","side":"right",
  "name":null,"parent":null,"children":0,"opened":20,"closed":null,"active":false,"client":null,"shut_read":false,
  "shut_write":false,"timeout":null,"nonblocking":false,"reader":null,"sent":{"bytes":12,"count":1},
  "read":{"bytes":0,"count":0},"aim":"10.77.0.1:9","aimed":0,"from_outside":0,"tail":{"hex":""},"last_read":{"hex":""},"eof":false,
  "kernel":{"state":"CLOSE","local":"10.77.0.2:53","peer":null,"send_queue":null,"unsent":null,
    "receive_queue":null,"send_limit":null,"receive_limit":null,"send_charged":null,
    "receive_charged":null,"accept_queue":null,"backlog":null,"drops":null,"round_trip":null,
    "congestion_window":null,"peer_window":null,"retransmissions":null,"acked":null,"received":null,
    "timer":[{"kind":"probe","remaining":5,"fired":0},30],"peeked":{"hex":""},"queue":null,"steady":false}}},
"calls":{"1":{"id":1,"by":1,"do":{"socket":{"net":"right","family":"ipv4","kind":"datagram",
    "side":null,"name":null}},"cut":null,"began":10,"blocked":null,"bytes":0,"ended":20,
    "result":{"ok":{"socket":1,"cookie":"9"}}},
  "2":{"id":2,"by":null,"do":{"burst":{"socket":1,"address":"10.77.0.1:9","count":2,"bytes":12}},
    "cut":null,"began":40,"blocked":null,"bytes":0,"ended":60,
    "result":{"ok":{"sent":1,"refused":1,"errno":"EAGAIN"}}}},
"bursts":{"2":{"socket":1,"to":"10.77.0.1:9","receiver":null,"count":2,"bytes":12,"sheet":"se"}},
"clients":0,"lesson":{"name":"first","title":{"en":"a","zh":"b"},"steps":2,
  "said":{"step":0,"say":{"en":"","zh":""},"note":{"en":"","zh":""},"button":null,"at":null},
  "held":0,"broken":[],"ended":null}}"#;

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
    for (place, what) in whats.into_iter().enumerate() {
        let seq = place as u64 + 1;
        world.apply(&Event { seq, at: seq * 10, source: Source::Relay, what });
    }
    world
}

#[test]
fn a_world() {
    check(&world(), WORLD);
}

#[test]
fn an_untouched_world() {
    check(
        &World::default(),
        r#"{"seq":0,"at":0,"sockets":{},"calls":{},"bursts":{},"clients":0,"lesson":null}"#,
    );
}

#[test]
fn a_welcome_with_a_snapshot() {
    check(&welcome(7, Some(world())), &welcome_json(7, WORLD));
}
