//! Bad input and bounds: one clear sentence each, and everything goes on.

use crate::support::lab::{Bench, end_of, error, failure, ok_bytes};
use protocol::command::{Family, Kind, Net, Reading, SocketOption};
use protocol::data::{Data, Hex};
use protocol::{Command, Done, SocketId, limit};

fn socket(net: Net, name: Option<String>) -> Command {
    Command::Socket { net, family: Family::Ipv4, kind: Kind::Stream, side: None, name }
}

#[tokio::test]
async fn the_1025th_socket_is_refused_and_the_others_work() {
    let bench = Bench::new();
    let (listener, address) = bench.listener(5).await;
    let mut made = vec![listener];
    let refused = loop {
        match bench.ask(socket(Net::Host, None)).await {
            Ok(Done::Made(one)) => made.push(one.socket),
            Ok(other) => panic!("{other:?}"),
            Err(refused) => break refused,
        }
    };
    assert_eq!((made.len(), refused.short()), (1_024, "limit"));
    let last = made.pop().expect("many");
    bench.ask(Command::Connect { socket: last, address }).await.expect("connected");
    // Nobody is accepted and then dropped for want of room.
    assert_eq!(error(bench.ask(Command::Accept { socket: listener }).await), "limit");
    assert_eq!(ok_bytes(bench.send(last, "still there").await), 11);
    bench.close(made.pop().expect("many")).await;
    let server = bench.accept(listener).await;
    assert_eq!(bench.look(|world| world.far_end(server)), Some(last));
}

#[tokio::test]
async fn what_does_not_exist_or_is_closed_is_told_apart() {
    let bench = Bench::new();
    let (client, server, _) = bench.pair().await;
    bench.close(client).await;
    for (socket, says) in [
        (SocketId(0), "Socket 0 does not exist."),
        (SocketId(4_000), "Socket 4000 does not exist."),
        (SocketId(u32::MAX), "Socket 4294967295 does not exist."),
        (client, "is closed."),
    ] {
        for ask in [
            Command::Accept { socket },
            Command::Recv { socket, max: 1, peek: false },
            Command::Send { socket, data: Data::Text("x".into()), all: true },
            Command::Listen { socket, backlog: 1 },
            Command::Close { socket },
            Command::Interrupt { socket, call: None },
            Command::Reader { socket, set: None },
            Command::Timeout { socket, after: None },
        ] {
            let refused = failure(bench.ask(ask).await);
            assert_eq!(refused.short(), "unknown_id");
            assert!(refused.message.ends_with(says), "{refused:?}");
        }
    }
    bench.close(server).await;
}

#[tokio::test]
async fn too_much_at_once_is_refused() {
    let bench = Bench::new();
    let (client, server, _) = bench.pair().await;
    let (datagram, address) = bench.bound(Family::Ipv4, Kind::Datagram).await;
    let burst = |count| Command::Burst {
        socket: datagram,
        address: Some(address.clone()),
        count,
        bytes: 0,
    };
    let fill = Data::Fill { bytes: limit::FILL_BYTES + 1 };
    for ask in [
        Command::Recv { socket: server, max: limit::RECV_BYTES + 1, peek: false },
        Command::Recv { socket: server, max: u32::MAX, peek: true },
        Command::RecvFrom { socket: datagram, max: limit::RECV_BYTES + 1, peek: false },
        Command::Send { socket: client, data: fill.clone(), all: true },
        Command::Send { socket: client, data: Data::Fill { bytes: u32::MAX }, all: false },
        Command::SendTo { socket: datagram, address: address.clone(), data: fill },
        Command::Reader { socket: server, set: Some(Reading { max: u32::MAX, every: 0 }) },
        burst(0),
        burst(limit::BURST + 1),
        burst(u32::MAX),
    ] {
        assert_eq!(error(bench.ask(ask.clone()).await), "limit", "{ask:?}");
    }
    assert!(bench.look(|world| world.calls.values().all(|call| call.ended.is_some())));
}

#[tokio::test]
async fn odd_sockets_are_refused() {
    let bench = Bench::new();
    for net in [Net::Left, Net::Right] {
        assert_eq!(error(bench.ask(socket(net, None)).await), "no_wire");
    }
    let long = Some("n".repeat(limit::NAME + 1));
    assert_eq!(error(bench.ask(socket(Net::Host, long)).await), "bad_request");
    let name = Some("服务器".to_owned());
    let Ok(Done::Made(made)) = bench.ask(socket(Net::Host, name.clone())).await else {
        panic!("no socket")
    };
    assert_eq!(bench.look(|world| world.sockets[&made.socket].name.clone()), name);
}

#[tokio::test]
async fn options_read_back_what_the_kernel_made_of_them() {
    let bench = Bench::new();
    let stream = bench.socket(Family::Ipv6, Kind::Stream).await;
    let datagram = bench.socket(Family::Ipv4, Kind::Datagram).await;
    for (set, value) in [
        (SocketOption::ReuseAddress(true), 1),
        (SocketOption::ReuseAddress(false), 0),
        (SocketOption::ReusePort(true), 1),
        (SocketOption::SendBuffer(1), 4_608),
        (SocketOption::SendBuffer(20_000), 40_000),
        (SocketOption::ReceiveBuffer(1), 2_304),
        (SocketOption::NoDelay(true), 1),
        (SocketOption::Keepalive { on: true, idle: Some(1) }, 1),
        (SocketOption::Keepalive { on: false, idle: None }, 0),
        (SocketOption::Linger(Some(3)), 3),
        (SocketOption::Linger(None), -1),
        (SocketOption::OnlyV6(true), 1),
    ] {
        assert_eq!(bench.option(stream, set).await, value, "{set:?}");
    }
    let refused = async |socket, set| error(bench.ask(Command::Option { socket, set }).await);
    assert_eq!(refused(datagram, SocketOption::NoDelay(true)).await, "ENOPROTOOPT");
    assert_eq!(refused(datagram, SocketOption::OnlyV6(true)).await, "ENOPROTOOPT");
    assert_eq!(refused(stream, SocketOption::SendBuffer(u32::MAX)).await, "bad_request");
    let idle = SocketOption::Keepalive { on: true, idle: Some(u16::MAX) };
    assert_eq!(refused(stream, idle).await, "EINVAL");
}

#[tokio::test]
async fn a_large_payload_goes_through_whole() {
    let bench = Bench::new();
    let (client, server, _) = bench.pair().await;
    let sent = crate::support::lab::pattern(7, 3 << 20);
    let data = Data::Hex(Hex(sent.clone()));
    let sends = bench.start(Command::Send { socket: client, data, all: true });
    let mut got = Vec::new();
    while got.len() < sent.len() {
        let ask = Command::Recv { socket: server, max: limit::RECV_BYTES, peek: false };
        got.extend_from_slice(crate::support::lab::received(bench.ask(ask).await).data.bytes());
    }
    assert_eq!(ok_bytes(end_of(sends).await) as usize, sent.len());
    assert!(got == sent);
}

#[tokio::test]
async fn an_interrupt_names_a_call_that_runs() {
    let bench = Bench::new();
    let (client, _, _) = bench.pair().await;
    let ask = Command::Interrupt { socket: client, call: Some(protocol::CallId(9_999)) };
    assert_eq!(error(bench.ask(ask).await), "unknown_id");
}
