//! Every command of the protocol has a way to it on the page.

use super::*;
use protocol::command::{Family, Kind, Net, Side, SocketOption};
use protocol::wire::Handling;
use protocol::{Command, PacketId, SocketId, World};

/// A command's place in the protocol. A new variant does not compile here until it has a way.
fn place(command: &Command) -> usize {
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
        Command::Experiment(_) => 17,
        Command::Reset => 18,
        Command::Impair { .. } => 19,
        Command::Freeze { .. } => 20,
        Command::Packet(_) => 21,
        Command::Trap { .. } => 22,
        Command::PacketBytes { .. } => 23,
        Command::Wire(_) => 24,
        Command::Serve { .. } => 25,
        Command::Pause { .. } => 26,
        Command::Step => 27,
        Command::Record(_) => 28,
        Command::Invite(_) => 29,
    }
}
/// How many there are.
const ALL: usize = 30;

/// The inputs of a form, each with something in it.
pub(super) fn filled(verb: Verb) -> Vec<String> {
    let fill = |input: &Input| match input {
        Input::Address { .. } => "8001".to_owned(),
        Input::Number { usual, min, .. } => usual.unwrap_or(*min).to_string(),
        Input::Percent => "10".to_owned(),
        Input::Flag { .. } => "on".to_owned(),
        Input::Choice(choices) => choices[0].to_owned(),
        Input::Text { .. } => "hello".to_owned(),
    };
    verb.inputs().iter().map(fill).collect()
}

#[test]
fn every_command_has_a_way_to_it() {
    let here = Here { net: Net::Host, family: Family::Ipv4 };
    let world = World::default();
    let make = Make { side: Side::Left, net: Net::Host, family: Family::Ipv4, kind: Kind::Stream };
    let packet = PacketId(1);
    let forms = Verb::ALL.iter().map(|verb| {
        verb.command(SocketId(1), here, &filled(*verb)).unwrap_or_else(|e| panic!("{verb:?} {e:?}"))
    });
    let listed = ACTIONS.iter().map(|action| action.does);
    let others = [
        Gesture::Make(make),
        Gesture::Preset(0),
        Gesture::Packet(packet),
        Gesture::Handle(Handling::Kill { packet }),
    ];
    let gestures =
        listed.chain(others).flat_map(|gesture| asks(gesture, &world, Some(SocketId(1))));
    let reached: Vec<usize> = forms.chain(gestures).map(|command| place(&command)).collect();
    for own in 0..ALL {
        assert!(reached.contains(&own), "nothing on the page gives command {own}");
    }
}

/// An option's place, likewise.
fn option(set: SocketOption) -> usize {
    match set {
        SocketOption::ReuseAddress(_) => 0,
        SocketOption::ReusePort(_) => 1,
        SocketOption::SendBuffer(_) => 2,
        SocketOption::ReceiveBuffer(_) => 3,
        SocketOption::NoDelay(_) => 4,
        SocketOption::Keepalive { .. } => 5,
        SocketOption::Linger(_) => 6,
        SocketOption::OnlyV6(_) => 7,
        SocketOption::Lossy(_) => 8,
        SocketOption::Timestamps(_) => 9,
    }
}
/// How many there are.
const OPTIONS: usize = 10;

#[test]
fn every_option_has_a_form() {
    let here = Here { net: Net::Host, family: Family::Ipv4 };
    let set =
        Verb::ALL.iter().filter_map(|verb| match verb.command(SocketId(1), here, &filled(*verb)) {
            Ok(Command::Option { set, .. }) => Some(option(set)),
            _ => None,
        });
    let mut set: Vec<usize> = set.collect();
    set.sort_unstable();
    assert_eq!(set, (0..OPTIONS).collect::<Vec<_>>());
}
