//! What may be asked.

use crate::wire::{ANY, CLEAN, MATCH, matching};
use crate::{check, golden};
use protocol::command::{
    Application, Command, Family, Half, Invite, Kind, Lesson, Net, Reading, Record, Serving, Side,
    SocketOption,
};
use protocol::data::Data;
use protocol::wire::{Deed, Handling, Impairment, Match, WireOrder};
use protocol::{Address, CallId, End, PacketId, SocketId};

const S: SocketId = SocketId(3);

fn address() -> Address {
    "10.77.0.2:8001".parse().unwrap()
}

golden! { commands, Command:
    Command::Socket { .. } => Command::Socket {
        net: Net::Left, family: Family::Ipv4, kind: Kind::Stream, side: Some(Side::Right),
        name: Some("shop".into()),
    }, r#"{"socket":{"net":"left","family":"ipv4","kind":"stream","side":"right","name":"shop"}}"#;
    Command::Option { .. } => Command::Option { socket: S, set: SocketOption::NoDelay(true) },
        r#"{"option":{"socket":3,"set":{"no_delay":true}}}"#;
    Command::Bind { .. } => Command::Bind { socket: S, address: address() },
        r#"{"bind":{"socket":3,"address":"10.77.0.2:8001"}}"#;
    Command::Listen { .. } => Command::Listen { socket: S, backlog: -1 },
        r#"{"listen":{"socket":3,"backlog":-1}}"#;
    Command::Accept { .. } => Command::Accept { socket: S }, r#"{"accept":{"socket":3}}"#;
    Command::Connect { .. } => Command::Connect { socket: S, address: address() },
        r#"{"connect":{"socket":3,"address":"10.77.0.2:8001"}}"#;
    Command::Send { .. } => Command::Send { socket: S, data: Data::Text("hello".into()), all: false },
        r#"{"send":{"socket":3,"data":{"text":"hello"},"all":false}}"#;
    Command::Recv { .. } => Command::Recv { socket: S, max: 1024, peek: true },
        r#"{"recv":{"socket":3,"max":1024,"peek":true}}"#;
    Command::SendTo { .. } => Command::SendTo {
        socket: S, address: address(), data: Data::Fill { bytes: 9 },
    }, r#"{"send_to":{"socket":3,"address":"10.77.0.2:8001","data":{"fill":{"bytes":9}}}}"#;
    Command::RecvFrom { .. } => Command::RecvFrom { socket: S, max: 65507, peek: false },
        r#"{"recv_from":{"socket":3,"max":65507,"peek":false}}"#;
    Command::Shutdown { .. } => Command::Shutdown { socket: S, how: Half::Write },
        r#"{"shutdown":{"socket":3,"how":"write"}}"#;
    Command::Close { .. } => Command::Close { socket: S }, r#"{"close":{"socket":3}}"#;
    Command::Timeout { .. } => Command::Timeout { socket: S, after: Some(1_500_000_000) },
        r#"{"timeout":{"socket":3,"after":1500000000}}"#;
    Command::Nonblocking { .. } => Command::Nonblocking { socket: S, on: true },
        r#"{"nonblocking":{"socket":3,"on":true}}"#;
    Command::Interrupt { .. } => Command::Interrupt { socket: S, call: Some(CallId(12)) },
        r#"{"interrupt":{"socket":3,"call":12}}"#;
    Command::Burst { .. } => Command::Burst { socket: S, address: None, count: 1000, bytes: 12 },
        r#"{"burst":{"socket":3,"address":null,"count":1000,"bytes":12}}"#;
    Command::Reader { .. } => Command::Reader { socket: S, set: Some(Reading { max: 10, every: 0 }) },
        r#"{"reader":{"socket":3,"set":{"max":10,"every":0}}}"#;
    Command::Serve { .. } => Command::Serve {
        socket: S, set: Some(Serving { app: Application::Echo { max: 10 }, side_by_side: true }),
    }, r#"{"serve":{"socket":3,"set":{"app":{"echo":{"max":10}},"side_by_side":true}}}"#;
    Command::Experiment(_) => Command::Experiment(Lesson::Next), r#"{"experiment":"next"}"#;
    Command::Record(_) => Command::Record(Record::Start { snaplen: 256 }), r#"{"record":{"start":{"snaplen":256}}}"#;
    Command::Reset => Command::Reset, r#""reset""#;
    Command::Impair { .. } => Command::Impair {
        from: Some(End::Left), set: Impairment::default(), seed: Some(7),
    }, &format!(r#"{{"impair":{{"from":"left","set":{CLEAN},"seed":7}}}}"#);
    Command::Freeze { .. } => Command::Freeze { on: true }, r#"{"freeze":{"on":true}}"#;
    Command::Packet(_) => Command::Packet(Handling::Kill { packet: PacketId(88) }),
        r#"{"packet":{"kill":{"packet":88}}}"#;
    Command::Trap { .. } => Command::Trap {
        on: true, matching: matching(), act: Deed::Lose, count: 1,
    }, &format!(r#"{{"trap":{{"on":true,"match":{MATCH},"do":"lose","count":1}}}}"#);
    Command::PacketBytes { .. } => Command::PacketBytes { packet: PacketId(88) },
        r#"{"packet_bytes":{"packet":88}}"#;
    Command::Wire(_) => Command::Wire(WireOrder::Restart), r#"{"wire":"restart"}"#;
    Command::Pause { .. } => Command::Pause { on: true }, r#"{"pause":{"on":true}}"#;
    Command::Step => Command::Step, r#""step""#;
    Command::Invite(_) => Command::Invite(Invite::Show), r#"{"invite":"show"}"#;
}

golden! { invites, Invite:
    Invite::Show => Invite::Show, r#""show""#;
    Invite::Renew => Invite::Renew, r#""renew""#;
    Invite::End => Invite::End, r#""end""#;
}

golden! { recordings, Record:
    Record::Start { .. } => Record::Start { snaplen: 0 }, r#"{"start":{"snaplen":0}}"#;
    Record::Stop => Record::Stop, r#""stop""#;
}

golden! { lessons, Lesson:
    Lesson::Start { .. } => Lesson::Start { name: "first".into() }, r#"{"start":{"name":"first"}}"#;
    Lesson::Next => Lesson::Next, r#""next""#;
    Lesson::Stop => Lesson::Stop, r#""stop""#;
    Lesson::Bet { .. } => Lesson::Bet { choice: 1 }, r#"{"bet":{"choice":1}}"#;
    Lesson::Again => Lesson::Again, r#""again""#;
}

golden! { options, SocketOption:
    SocketOption::ReuseAddress(_) => SocketOption::ReuseAddress(true), r#"{"reuse_address":true}"#;
    SocketOption::ReusePort(_) => SocketOption::ReusePort(false), r#"{"reuse_port":false}"#;
    SocketOption::SendBuffer(_) => SocketOption::SendBuffer(4096), r#"{"send_buffer":4096}"#;
    SocketOption::ReceiveBuffer(_) => SocketOption::ReceiveBuffer(1), r#"{"receive_buffer":1}"#;
    SocketOption::NoDelay(_) => SocketOption::NoDelay(true), r#"{"no_delay":true}"#;
    SocketOption::Keepalive { .. } => SocketOption::Keepalive { on: true, idle: Some(5) },
        r#"{"keepalive":{"on":true,"idle":5}}"#;
    SocketOption::Linger(_) => SocketOption::Linger(Some(0)), r#"{"linger":0}"#;
    SocketOption::OnlyV6(_) => SocketOption::OnlyV6(false), r#"{"only_v6":false}"#;
    SocketOption::Lossy(_) => SocketOption::Lossy(200_000), r#"{"lossy":200000}"#;
    SocketOption::Timestamps(_) => SocketOption::Timestamps(true), r#"{"timestamps":true}"#;
}

#[test]
fn what_is_absent_is_null() {
    check(
        &Command::Socket {
            net: Net::Host,
            family: Family::Ipv6,
            kind: Kind::Datagram,
            side: None,
            name: None,
        },
        r#"{"socket":{"net":"host","family":"ipv6","kind":"datagram","side":null,"name":null}}"#,
    );
    check(&SocketOption::Linger(None), r#"{"linger":null}"#);
    check(&Command::Timeout { socket: S, after: None }, r#"{"timeout":{"socket":3,"after":null}}"#);
    check(&Command::Reader { socket: S, set: None }, r#"{"reader":{"socket":3,"set":null}}"#);
    check(
        &Command::Interrupt { socket: S, call: None },
        r#"{"interrupt":{"socket":3,"call":null}}"#,
    );
    check(
        &Command::Impair { from: None, set: Impairment::default(), seed: None },
        &format!(r#"{{"impair":{{"from":null,"set":{CLEAN},"seed":null}}}}"#),
    );
    check(
        &Command::Trap { on: false, matching: Match::default(), act: Deed::Hold, count: 1 },
        &format!(r#"{{"trap":{{"on":false,"match":{ANY},"do":"hold","count":1}}}}"#),
    );
}

#[test]
fn side_and_name_may_be_left_out() {
    let short = r#"{"socket":{"net":"left","family":"ipv4","kind":"stream"}}"#;
    let read: Command = serde_json::from_str(short).unwrap();
    assert!(matches!(read, Command::Socket { side: None, name: None, .. }));
}

golden! { applications, Application:
    Application::Read(..) => Application::Read(Reading { max: 10, every: 0 }),
        r#"{"read":{"max":10,"every":0}}"#;
    Application::Echo { .. } => Application::Echo { max: 10 }, r#"{"echo":{"max":10}}"#;
    Application::Answer { .. } => Application::Answer { max: 10, data: Data::Text("OK".into()) },
        r#"{"answer":{"max":10,"data":{"text":"OK"}}}"#;
    Application::Idle => Application::Idle, r#""idle""#;
    Application::Film { .. } => Application::Film { to: None, frames: 250, every: 20_000_000 },
        r#"{"film":{"to":null,"frames":250,"every":20000000}}"#;
}
