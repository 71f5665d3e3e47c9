//! A socket's life: made, named, bound, paired, shut, closed, gone, reset.

use crate::script::{ACCEPTED, CLIENT, LISTENER, Script, address, local};
use protocol::command::{Command, Family, Half, Kind, Net, Reading, Side};
use protocol::number::Wide;
use protocol::reply::{Done, Failure, Made};
use protocol::{Field, SessionId, SocketId, TcpState, What, World};

fn connect(to: &str) -> Command {
    Command::Connect { socket: CLIENT, address: address(to) }
}

#[test]
fn a_socket_is_made() {
    let mut script = Script::default();
    let ask = Command::Socket {
        net: Net::Host,
        family: Family::Ipv6,
        kind: Kind::Datagram,
        side: Some(Side::Right),
        name: Some("dns".into()),
    };
    script.done(&ask, &Done::Made(Made { socket: SocketId(9), cookie: Wide(77) }));
    let socket = script.at(SocketId(9));
    assert_eq!((socket.net, socket.family, socket.kind), (Net::Host, Family::Ipv6, Kind::Datagram));
    assert_eq!((socket.side, socket.name.as_deref()), (Side::Right, Some("dns")));
    assert_eq!((socket.cookie, socket.opened), (Wide(77), script.world.at));
    assert!(socket.is_open() && !socket.listens() && !socket.active);
}

#[test]
fn a_net_has_its_side() {
    let mut script = Script::default();
    for (net, side) in [(Net::Left, Side::Left), (Net::Host, Side::Left), (Net::Right, Side::Right)]
    {
        let socket = script.socket(net, Kind::Stream);
        assert_eq!(script.at(socket).side, side);
    }
}

#[test]
fn a_failed_socket_is_not_made() {
    let mut script = Script::default();
    let ask = Command::Socket {
        net: Net::Left,
        family: Family::Ipv4,
        kind: Kind::Stream,
        side: None,
        name: None,
    };
    let call = script.begin(&ask);
    script.fail(call, Failure::errno("EMFILE", "Too many."));
    assert!(script.world.sockets.is_empty());
}

#[test]
fn bind_tells_the_port_that_the_kernel_chose() {
    let mut script = Script::default();
    let socket = script.socket(Net::Left, Kind::Stream);
    let ask = Command::Bind { socket, address: address("10.77.0.1:0") };
    script.done(&ask, &local("10.77.0.1:40001"));
    assert_eq!(script.at(socket).kernel.local, Some(address("10.77.0.1:40001")));
    let call = script.begin(&Command::Bind { socket, address: address("10.77.0.1:9") });
    script.fail(call, Failure::errno("EINVAL", "Bound already."));
    assert_eq!(script.at(socket).kernel.local, Some(address("10.77.0.1:40001")));
}

#[test]
fn connect_tells_both_addresses() {
    let mut script = Script::listening();
    script.connect();
    let kernel = &script.at(CLIENT).kernel;
    assert_eq!(kernel.local, Some(address("10.77.0.1:4000")));
    assert_eq!(kernel.peer, Some(address("10.77.0.2:80")));
    assert!(script.at(CLIENT).active);
}

#[test]
fn a_wildcard_peer_waits_for_the_kernel() {
    let mut script = Script::listening();
    script.done(&connect("0.0.0.0:80"), &local("127.0.0.1:4000"));
    assert_eq!(script.at(CLIENT).kernel.peer, None);
    script.sample(CLIENT, vec![Field::Peer(Some(address("127.0.0.1:80")))]);
    assert_eq!(script.at(CLIENT).kernel.peer, Some(address("127.0.0.1:80")));
}

#[test]
fn a_client_waits_until_accept_pairs_it() {
    let mut script = Script::listening();
    assert_eq!(script.world.queued_at(CLIENT), None);
    script.connect();
    assert_eq!(script.world.queued_at(CLIENT), Some(LISTENER));
    assert_eq!(script.world.far_end(CLIENT), None);
    script.accept();
    assert_eq!(script.world.queued_at(CLIENT), None);
    assert_eq!(script.world.far_end(CLIENT), Some(ACCEPTED));
    assert_eq!(script.world.far_end(ACCEPTED), Some(CLIENT));
    let accepted = script.at(ACCEPTED);
    assert_eq!((accepted.parent, accepted.side), (Some((LISTENER, 1)), Side::Right));
    assert_eq!((accepted.net, accepted.kind), (Net::Right, Kind::Stream));
    assert!(!accepted.active);
    assert_eq!(script.at(LISTENER).children, 1);
    assert!(script.world.ledger(LISTENER).is_none());
}

#[test]
fn an_accepted_socket_stands_opposite_its_peer() {
    let mut script = Script::default();
    script.socket(Net::Host, Kind::Stream);
    script.socket(Net::Host, Kind::Stream);
    script.bind(LISTENER, "127.0.0.1:80");
    script.sample(LISTENER, vec![Field::State(TcpState::Listen)]);
    script.done(&connect("127.0.0.1:80"), &local("127.0.0.1:4000"));
    let accepted = script.accepted("127.0.0.1:4000", "127.0.0.1:80");
    script.done(&Command::Accept { socket: LISTENER }, &Done::Accepted(accepted));
    assert_eq!((script.at(LISTENER).side, script.at(ACCEPTED).side), (Side::Left, Side::Right));
}

#[test]
fn a_connection_from_outside_has_no_far_end() {
    let mut script = Script::listening();
    let accepted = script.accepted("10.77.0.1:9999", "10.77.0.2:80");
    script.done(&Command::Accept { socket: LISTENER }, &Done::Accepted(accepted));
    assert_eq!(script.world.far_end(ACCEPTED), None);
    assert!(script.world.ledger(ACCEPTED).is_none());
}

#[test]
fn the_syn_counts_however_connect_ended() {
    // Not waiting (EINPROGRESS), interrupted, and asked again while connected (EISCONN).
    let mut script = Script::listening();
    let call = script.begin(&connect("10.77.0.2:80"));
    script.fail(call, Failure::errno("EINPROGRESS", "Under way."));
    assert!(script.at(CLIENT).active);
    let call = script.begin(&connect("10.77.0.2:80"));
    script.fail(call, Failure::errno("EISCONN", "Connected."));
    assert!(script.at(CLIENT).active);

    let mut script = Script::listening();
    let call = script.begin(&connect("10.77.0.2:80"));
    script.block(call, 0);
    script.interrupted(call);
    assert!(script.at(CLIENT).active);

    let mut script = Script::connected();
    let call =
        script.begin(&Command::Connect { socket: ACCEPTED, address: address("10.77.0.1:9") });
    script.fail(call, Failure::errno("EISCONN", "Connected."));
    assert!(!script.at(ACCEPTED).active, "an accepted socket sent no SYN of its own");
}

#[test]
fn settings_stay() {
    let mut script = Script::connected();
    let socket = CLIENT;
    let reading = Reading { max: 10, every: 5 };
    for ask in [
        Command::Timeout { socket, after: Some(7) },
        Command::Nonblocking { socket, on: true },
        Command::Reader { socket, set: Some(reading) },
        Command::Shutdown { socket, how: Half::Write },
    ] {
        script.done(&ask, &Done::nothing());
    }
    let client = script.at(CLIENT);
    assert_eq!((client.timeout, client.nonblocking, client.reader), (Some(7), true, Some(reading)));
    assert_eq!((client.shut_write, client.shut_read), (true, false));
    script.done(&Command::Shutdown { socket, how: Half::Both }, &Done::nothing());
    assert!(script.at(CLIENT).shut_read);
    script.done(&Command::Reader { socket, set: None }, &Done::nothing());
    script.done(&Command::Timeout { socket, after: None }, &Done::nothing());
    assert_eq!((script.at(CLIENT).reader, script.at(CLIENT).timeout), (None, None));
}

#[test]
fn a_failed_setting_changes_nothing() {
    let mut script = Script::connected();
    let call = script.begin(&Command::Shutdown { socket: CLIENT, how: Half::Both });
    script.fail(call, Failure::errno("ENOTCONN", "Not connected."));
    let call = script.begin(&Command::Close { socket: CLIENT });
    script.fail(call, Failure::errno("EBADF", "No."));
    assert!(script.at(CLIENT).is_open() && !script.at(CLIENT).shut_write);
}

#[test]
fn closed_is_not_yet_gone() {
    let mut script = Script::connected();
    script.done(
        &Command::Reader { socket: CLIENT, set: Some(Reading { max: 1, every: 1 }) },
        &Done::nothing(),
    );
    script.close(CLIENT);
    assert_eq!(script.at(CLIENT).closed, Some(script.world.at));
    assert_eq!(script.at(CLIENT).reader, None);
    script.sample(CLIENT, vec![Field::State(TcpState::TimeWait)]);
    assert_eq!(script.at(CLIENT).kernel.state, Some(TcpState::TimeWait));
    script.tell(What::Gone { socket: CLIENT });
    assert!(!script.world.sockets.contains_key(&CLIENT));
    assert_eq!(script.world.far_end(ACCEPTED), None);
}

#[test]
fn reset_empties_all_but_seq_and_time() {
    let mut script = Script::connected();
    let asleep = script.begin(&Command::Accept { socket: LISTENER });
    script.block(asleep, 0);
    script.tell(What::Reset { by: Some(SessionId(1)) });
    let (seq, at) = (script.world.seq, script.world.at);
    assert!(seq > 0 && at > 0);
    assert_eq!(script.world, World { seq, at, touched: true, ..World::default() });
    script.interrupted(asleep);
    assert_eq!(
        script.world,
        World { seq: seq + 1, at: at + 10, touched: true, ..World::default() }
    );
}

#[test]
fn a_timer_runs_down() {
    use protocol::sample::{Timer, TimerKind};
    let mut script = Script::connected();
    let timer = Timer { kind: TimerKind::Retransmit, remaining: 200, fired: 1 };
    script.sample(CLIENT, vec![Field::Timer(Some(timer))]);
    let read = script.world.at;
    let kernel = &script.at(CLIENT).kernel;
    assert_eq!(kernel.timer_left(read), Some(200));
    assert_eq!(kernel.timer_left(read + 150), Some(50));
    assert_eq!(kernel.timer_left(read + 500), Some(0));
    script.sample(CLIENT, vec![Field::Timer(None)]);
    assert_eq!(script.at(CLIENT).kernel.timer_left(read), None);
}
