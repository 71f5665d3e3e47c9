//! One of each command. A new one does not compile here until it is there.

use protocol::command::{
    Application, Family, Half, Invite, Kind, Lesson, Net, Record, Serving, SocketOption,
};
use protocol::data::Data;
use protocol::wire::{Deed, Handling, Impairment, Match, WireOrder};
use protocol::{Address, Command, PacketId, SocketId};

/// The socket that is there.
pub(crate) const S: SocketId = SocketId(1);

/// A command's place in the protocol. A new one does not compile here until viewers are tried with it.
pub(crate) fn place(command: &Command) -> usize {
    match command {
        Command::Socket { .. } => 0,
        Command::Option { .. } => 1,
        Command::Bind { .. } => 2,
        Command::Listen { .. } => 3,
        Command::Accept { .. } => 4,
        Command::Connect { .. } => 5,
        Command::Send { .. } => 6,
        Command::Recv { .. } => 7,
        Command::SendTo { .. } => 8,
        Command::RecvFrom { .. } => 9,
        Command::Shutdown { .. } => 10,
        Command::Close { .. } => 11,
        Command::Timeout { .. } => 12,
        Command::Nonblocking { .. } => 13,
        Command::Interrupt { .. } => 14,
        Command::Burst { .. } => 15,
        Command::Reader { .. } => 16,
        Command::Experiment(Lesson::Start { .. }) => 17,
        Command::Experiment(Lesson::Next) => 18,
        Command::Experiment(Lesson::Stop) => 19,
        Command::Experiment(Lesson::Again) => 20,
        Command::Experiment(Lesson::Bet { .. }) => unreachable!("a bet is a viewer's right"),
        Command::Reset => 21,
        Command::Impair { .. } => 22,
        Command::Freeze { .. } => 23,
        Command::Packet(_) => 24,
        Command::Trap { .. } => 25,
        Command::PacketBytes { .. } => 26,
        Command::Wire(_) => 27,
        Command::Serve { .. } => 28,
        Command::Pause { .. } => 29,
        Command::Step => 30,
        Command::Record(_) => 31,
        Command::Invite(Invite::Show) => 32,
        Command::Invite(Invite::Renew) => 33,
        Command::Invite(Invite::End) => 34,
    }
}
/// How many there are.
pub(crate) const ALL: usize = 35;

pub(crate) fn socket() -> Command {
    Command::Socket {
        net: Net::Host,
        family: Family::Ipv4,
        kind: Kind::Datagram,
        side: None,
        name: None,
    }
}

/// One of each, such as an owner's would succeed with in many cases.
pub(crate) fn every_command() -> Vec<Command> {
    let address: Address = "127.0.0.1:9".parse().unwrap();
    let data = Data::Text("x".into());
    let lesson = |lesson| Command::Experiment(lesson);
    vec![
        socket(),
        Command::Option { socket: S, set: SocketOption::ReuseAddress(true) },
        Command::Bind { socket: S, address: "127.0.0.1:0".parse().unwrap() },
        Command::Listen { socket: S, backlog: 1 },
        Command::Accept { socket: S },
        Command::Connect { socket: S, address: address.clone() },
        Command::Send { socket: S, data: data.clone(), all: false },
        Command::Recv { socket: S, max: 1, peek: true },
        Command::SendTo { socket: S, address: address.clone(), data },
        Command::RecvFrom { socket: S, max: 1, peek: true },
        Command::Shutdown { socket: S, how: Half::Both },
        Command::Close { socket: S },
        Command::Timeout { socket: S, after: None },
        Command::Nonblocking { socket: S, on: true },
        Command::Interrupt { socket: S, call: None },
        Command::Burst { socket: S, address: Some(address), count: 1, bytes: 12 },
        Command::Reader { socket: S, set: None },
        lesson(Lesson::Start { name: "mine".into() }),
        lesson(Lesson::Next),
        lesson(Lesson::Stop),
        lesson(Lesson::Again),
        Command::Reset,
        Command::Impair { from: None, set: Impairment::default(), seed: None },
        Command::Freeze { on: true },
        Command::Packet(Handling::Kill { packet: PacketId(1) }),
        Command::Trap { on: true, matching: Match::default(), act: Deed::Hold, count: 1 },
        Command::PacketBytes { packet: PacketId(1) },
        Command::Wire(WireOrder::Restart),
        Command::Serve {
            socket: S,
            set: Some(Serving { app: Application::Idle, side_by_side: false }),
        },
        Command::Pause { on: true },
        Command::Step,
        Command::Record(Record::Start { snaplen: 0 }),
        Command::Invite(Invite::Show),
        Command::Invite(Invite::Renew),
        Command::Invite(Invite::End),
    ]
}
