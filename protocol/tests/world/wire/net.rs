//! Which net a socket lives in decides who is at its other end.

use super::state::appear;
use crate::script::{Script, address, local, sent};
use protocol::command::{Command, Kind, Net};
use protocol::data::Data;
use protocol::reply::Done;
use protocol::wire::lands;
use protocol::{End, Field, SocketId, TcpState};

#[test]
fn where_an_address_leads() {
    use Net::{Host, Left, Right};
    for (from, to, net) in [
        (Left, "10.77.0.2:80", Right),
        (Left, "[fd77::2]:80", Right),
        (Left, "[::ffff:10.77.0.2]:80", Right),
        (Left, "10.77.0.1:80", Left),
        (Left, "127.0.0.1:80", Left),
        (Left, "0.0.0.0:80", Left),
        (Right, "10.77.0.1:80", Left),
        (Right, "[fd77::1]:80", Left),
        (Right, "[fd77::2]:80", Right),
        (Right, "[::1]:80", Right),
        (Host, "10.77.0.1:80", Host),
        (Host, "127.0.0.1:80", Host),
        (Left, "unix:a", Left),
    ] {
        assert_eq!(lands(from, &address(to)), net, "{to} from {from:?}");
    }
}

/// A listener and a client of it in one net, both at 127.0.0.1, and what was accepted.
fn own_pair(script: &mut Script, net: Net) -> [SocketId; 3] {
    let listener = script.socket(net, Kind::Stream);
    script.bind(listener, "127.0.0.1:80");
    script.sample(listener, vec![Field::State(TcpState::Listen)]);
    let client = script.socket(net, Kind::Stream);
    let ask = Command::Connect { socket: client, address: address("127.0.0.1:80") };
    script.done(&ask, &local("127.0.0.1:4000"));
    assert_eq!(script.world.queued_at(client), Some(listener), "{net:?}");
    let accepted = script.accepted("127.0.0.1:4000", "127.0.0.1:80");
    let socket = accepted.socket;
    script.done(&Command::Accept { socket: listener }, &Done::Accepted(accepted));
    [listener, client, socket]
}

#[test]
fn the_same_addresses_in_three_nets_are_three_pairs() {
    let mut script = Script::default();
    let nets = [Net::Host, Net::Left, Net::Right];
    let pairs = nets.map(|net| own_pair(&mut script, net));
    for (net, [listener, client, accepted]) in nets.into_iter().zip(pairs) {
        assert_eq!(script.world.far_end(client), Some(accepted), "{net:?}");
        assert_eq!(script.world.far_end(accepted), Some(client), "{net:?}");
        assert_eq!(script.world.listener_of(net, &address("127.0.0.1:80")), Some(listener));
        assert!(!script.world.across(client, accepted));
        assert_eq!(script.at(accepted).net, net);
    }
}

#[test]
fn a_pair_across_the_wire() {
    let mut script = Script::connected();
    let (client, accepted) = (crate::script::CLIENT, crate::script::ACCEPTED);
    assert_eq!(script.world.far_end(client), Some(accepted));
    assert!(script.world.across(client, accepted));
    // The host has those addresses too, to itself.
    let stray = script.socket(Net::Host, Kind::Stream);
    script.bind(stray, "10.77.0.2:80");
    script.sample(stray, vec![Field::Peer(Some(address("10.77.0.1:4000")))]);
    assert_eq!(script.world.far_end(client), Some(accepted));
    assert_eq!(script.world.far_end(stray), None);
}

#[test]
fn datagrams_stay_in_their_net_or_cross() {
    let mut script = Script::default();
    let bound = |script: &mut Script, net, to: &str| {
        let socket = script.socket(net, Kind::Datagram);
        script.bind(socket, to);
        socket
    };
    let left = bound(&mut script, Net::Left, "0.0.0.0:53");
    let right = bound(&mut script, Net::Right, "0.0.0.0:53");
    let host = bound(&mut script, Net::Host, "0.0.0.0:53");
    let sender = bound(&mut script, Net::Left, "10.77.0.1:4000");
    for (to, receiver) in [("10.77.0.2:53", right), ("127.0.0.1:53", left), ("10.77.0.1:53", left)]
    {
        assert_eq!(script.world.receiver_of(&address(to), sender), Some(receiver), "{to}");
        let data = Data::Text("hi".into());
        let ask = Command::SendTo { socket: sender, address: address(to), data };
        script.done(&ask, &sent(2));
    }
    assert_eq!((script.at(left).aimed, script.at(right).aimed, script.at(host).aimed), (2, 1, 0));
}

#[test]
fn of_another_programs_stream_the_kernels_count_is_told() {
    use TcpState::Established;
    let mut script = Script::connected();
    let (client, other) = (crate::script::CLIENT, SocketId(9));
    script.tell(protocol::What::Gone { socket: crate::script::ACCEPTED });
    appear(&mut script, other, End::Right, Kind::Stream);
    let ends = [("10.77.0.2:80", Field::Local as fn(_) -> _), ("10.77.0.1:4000", Field::Peer)];
    script.sample(other, ends.map(|(text, field)| field(Some(address(text)))).to_vec());
    assert_eq!(script.world.far_end(client), Some(other));
    script.send(client, "hello");
    script.count(client, Established, [6, 0, 3, 3]);
    script.count(other, Established, [3, 0, 5, 1]);
    let there = script.stream(client);
    assert_eq!((there.sent, there.read, there.waiting, there.unexplained), (5, 4, 1, Some(0)));
    let back = script.stream(other);
    assert_eq!((back.sent, back.read, back.waiting, back.unexplained), (3, 0, 3, Some(0)));
    script.count(other, TcpState::Close, [3, 0, 5, 0]);
    assert_eq!(script.stream(client).unexplained, None, "what it read is its own secret");
}
