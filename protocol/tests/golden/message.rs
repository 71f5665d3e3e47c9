//! The frames of the WebSocket.

use crate::golden;
use protocol::command::Command;
use protocol::data::Data;
use protocol::event::Words;
use protocol::experiment::ExperimentHead;
use protocol::limit::Limits;
use protocol::message::{
    Hello, Privilege, Refused, Reply, Resume, Role, Rung, RungName, Thin, ToPage, ToRelay, Welcome,
};
use protocol::number::Wide;
use protocol::reply::{Answer, Done, ErrorKind, Failure, Sent};
use protocol::{CommandId, Event, FlowId, SessionId, SocketId, Source, What, World};

golden! { to_relay, ToRelay:
    ToRelay::Hello(_) => ToRelay::Hello(Hello {
        version: 1, token: "t".into(), resume: Some(Resume { epoch: "e".into(), seq: 41 }),
    }), r#"{"hello":{"version":1,"token":"t","resume":{"epoch":"e","seq":41}}}"#;
    ToRelay::Command { .. } => ToRelay::Command {
        id: CommandId(7),
        ask: Command::Send { socket: SocketId(3), data: Data::Text("hello".into()), all: false },
    }, r#"{"command":{"id":7,"do":{"send":{"socket":3,"data":{"text":"hello"},"all":false}}}}"#;
}

#[test]
fn a_first_hello() {
    crate::check(
        &ToRelay::Hello(Hello { version: 1, token: "t".into(), resume: None }),
        r#"{"hello":{"version":1,"token":"t","resume":null}}"#,
    );
}

golden! { roles, Role:
    Role::Owner => Role::Owner, r#""owner""#;
    Role::Viewer => Role::Viewer, r#""viewer""#;
}

golden! { rungs, RungName:
    RungName::Tun => RungName::Tun, r#""tun""#;
    RungName::Veth => RungName::Veth, r#""veth""#;
    RungName::Loopback => RungName::Loopback, r#""loopback""#;
    RungName::Userspace => RungName::Userspace, r#""userspace""#;
}

golden! { privileges, Privilege:
    Privilege::Userns => Privilege::Userns, r#""userns""#;
    Privilege::Root => Privilege::Root, r#""root""#;
    Privilege::None => Privilege::None, r#""none""#;
}

/// A welcome with this snapshot.
pub(crate) fn welcome(seq: u64, snapshot: Option<World>) -> ToPage {
    ToPage::Welcome(Box::new(Welcome {
        version: 1,
        epoch: "e".into(),
        began_unix_ns: Wide(1_700_000_000_000_000_000),
        role: Role::Owner,
        session: SessionId(1),
        seq,
        now: 99,
        snapshot,
        rung: Rung {
            name: RungName::Loopback,
            privilege: Privilege::None,
            refused: vec![Refused {
                rung: RungName::Tun,
                step: "open /dev/net/tun".into(),
                errno: "EACCES".into(),
                remedy: "Be root.".into(),
            }],
        },
        limits: Limits::default(),
        experiments: vec![ExperimentHead {
            name: "first".into(),
            title: Words { en: "First".into(), zh: "第一".into() },
            question: Words { en: "Q".into(), zh: "问".into() },
            group: "what".into(),
            needs_wire: true,
            own: false,
        }],
    }))
}

/// The same as JSON.
pub(crate) fn welcome_json(seq: u64, snapshot: &str) -> String {
    format!(
        r#"{{"welcome":{{"version":1,"epoch":"e","began_unix_ns":"1700000000000000000","role":"owner",
        "session":1,"seq":{seq},"now":99,"snapshot":{snapshot},"rung":{{"name":"loopback",
        "privilege":"none","refused":[{{"rung":"tun","step":"open /dev/net/tun","errno":"EACCES",
        "remedy":"Be root."}}]}},"limits":{{"message":262144,"event_payload":256,"fill":16777216,
        "recv":65536,"sockets":1024,"blocked_calls":1024,"burst":100000}},
        "experiments":[{{"name":"first","title":{{"en":"First","zh":"第一"}},
        "question":{{"en":"Q","zh":"问"}},"group":"what","needs_wire":true,"own":false}}]}}}}"#
    )
}

golden! { to_page, ToPage:
    ToPage::Welcome(_) => welcome(41, None), &welcome_json(41, "null");
    ToPage::Refused { .. } => ToPage::Refused { kind: ErrorKind::Denied, message: "No.".into() },
        r#"{"refused":{"kind":"denied","message":"No."}}"#;
    ToPage::Event(_) => ToPage::Event(Event {
        seq: 51, at: 1_204_318_000, source: Source::Relay, what: What::Gone { socket: SocketId(3) },
    }), r#"{"event":{"seq":51,"at":1204318000,"source":"relay","what":{"gone":{"socket":3}}}}"#;
    ToPage::Reply(_) => ToPage::Reply(Reply {
        id: Some(CommandId(7)), seq: 52, result: Answer::Ok(Done::Sent(Sent { bytes: 5, parts: 1 })),
    }), r#"{"reply":{"id":7,"seq":52,"result":{"ok":{"bytes":5,"parts":1}}}}"#;
    ToPage::Gap { .. } => ToPage::Gap { from: 60, to: 75 }, r#"{"gap":{"from":60,"to":75}}"#;
    ToPage::Thinned { .. } => ToPage::Thinned {
        from: 80, to: 980, at: 5, flows: vec![Thin { flow: FlowId(3), packets: 9, ..Thin::default() }],
    }, r#"{"thinned":{"from":80,"to":980,"at":5,"flows":[{"flow":3,"fate":null,"packets":9,"bytes":0,
        "copied":0,"damaged":0,"last":0}]}}"#;
}

#[test]
fn a_refusal_of_something_unreadable() {
    crate::check(
        &ToPage::Reply(Reply {
            id: None,
            seq: 53,
            result: Answer::Error(Failure::errno("EADDRINUSE", "Taken.")),
        }),
        r#"{"reply":{"id":null,"seq":53,"result":{"error":{"kind":"errno","errno":"EADDRINUSE",
            "message":"Taken."}}}}"#,
    );
}
