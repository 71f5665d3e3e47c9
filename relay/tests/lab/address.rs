//! Addresses: taken, shared, out of reach, nobody there.

use crate::support::lab::{Bench, FAMILIES, error, failure, loopback};
use protocol::command::{Family, Kind, SocketOption};
use protocol::{Address, Command, Done, Failure, SocketId};

async fn bind(bench: &Bench, socket: SocketId, address: &str) -> Result<Done, Failure> {
    bench.ask(Command::Bind { socket, address: address.parse().expect("an address") }).await
}

async fn listen(bench: &Bench, socket: SocketId) -> Result<Done, Failure> {
    bench.ask(Command::Listen { socket, backlog: 1 }).await
}

async fn connect(bench: &Bench, socket: SocketId, address: &Address) -> Result<Done, Failure> {
    bench.ask(Command::Connect { socket, address: address.clone() }).await
}

#[tokio::test]
async fn an_address_is_taken_once_for_each_protocol() {
    let bench = Bench::new();
    for family in FAMILIES {
        for (kind, other) in [(Kind::Stream, Kind::Datagram), (Kind::Datagram, Kind::Stream)] {
            let (_, address) = bench.bound(family, kind).await;
            let second = bench.socket(family, kind).await;
            let refused = failure(bind(&bench, second, &address.to_string()).await);
            assert_eq!(refused.short(), "EADDRINUSE");
            assert_eq!(
                refused.message,
                format!("{address} is taken by another socket of this protocol.")
            );
            // The same number is free for the other protocol, and on another address.
            let third = bench.socket(family, other).await;
            assert_eq!(bench.bind(third, &address.to_string()).await, address);
            if family == Family::Ipv4 {
                let elsewhere = format!("127.0.0.2:{}", address.port().expect("a port"));
                assert_eq!(bench.bind(second, &elsewhere).await.to_string(), elsewhere);
            }
        }
    }
}

#[tokio::test]
async fn a_socket_is_bound_once() {
    let bench = Bench::new();
    let (socket, _) = bench.bound(Family::Ipv4, Kind::Stream).await;
    assert_eq!(error(bind(&bench, socket, "127.0.0.1:0").await), "EINVAL");
}

#[tokio::test]
async fn reuse_port_on_both_shares_it_on_one_does_not() {
    let bench = Bench::new();
    for family in FAMILIES {
        for kind in [Kind::Stream, Kind::Datagram] {
            let first = bench.socket(family, kind).await;
            assert_eq!(bench.option(first, SocketOption::ReusePort(true)).await, 1);
            let address = bench.bind(first, loopback(family)).await;
            let second = bench.socket(family, kind).await;
            let refused = bind(&bench, second, &address.to_string()).await;
            assert_eq!(error(refused), "EADDRINUSE");
            bench.option(second, SocketOption::ReusePort(true)).await;
            assert_eq!(bench.bind(second, &address.to_string()).await, address);
            if kind == Kind::Stream {
                listen(&bench, first).await.expect("the first listens");
                listen(&bench, second).await.expect("the second too");
            }
        }
    }
}

#[tokio::test]
async fn two_may_be_bound_with_reuse_address_but_one_listens() {
    let bench = Bench::new();
    let (first, second) = (
        bench.socket(Family::Ipv4, Kind::Stream).await,
        bench.socket(Family::Ipv4, Kind::Stream).await,
    );
    for socket in [first, second] {
        bench.option(socket, SocketOption::ReuseAddress(true)).await;
    }
    let address = bench.bind(first, "127.0.0.1:0").await;
    bench.bind(second, &address.to_string()).await;
    listen(&bench, first).await.expect("the first listens");
    assert_eq!(error(listen(&bench, second).await), "EADDRINUSE");
}

#[tokio::test]
async fn nobody_there_refuses_at_once_on_a_stream() {
    let bench = Bench::new();
    for family in FAMILIES {
        let (dead, address) = bench.bound(family, Kind::Stream).await;
        let client = bench.socket(family, Kind::Stream).await;
        let refused = failure(connect(&bench, client, &address).await);
        assert_eq!(refused.short(), "ECONNREFUSED");
        assert_eq!(
            refused.message,
            format!("Nobody listens on {address}; its kernel answered with RST.")
        );
        // The same socket may try again.
        listen(&bench, dead).await.expect("now somebody listens");
        let Done::Local(local) = connect(&bench, client, &address).await.expect("connected") else {
            panic!("no address")
        };
        assert_ne!(local.local, address);
    }
}

#[tokio::test]
async fn nobody_there_is_told_to_a_connected_datagram_socket_by_the_second_call() {
    let bench = Bench::new();
    for family in FAMILIES {
        let (dead, address) = bench.bound(family, Kind::Datagram).await;
        bench.close(dead).await;
        let sender = bench.socket(family, Kind::Datagram).await;
        connect(&bench, sender, &address).await.expect("it only sets the peer");
        bench.send(sender, "one").await.expect("the first is taken");
        let refused = failure(bench.send(sender, "two").await);
        assert_eq!(refused.short(), "ECONNREFUSED");
        assert!(refused.message.contains("ICMP"), "{}", refused.message);
        bench.send(sender, "three").await.expect("told once only");
        assert_eq!(error(bench.recv(sender, 10).await), "ECONNREFUSED");
        let alone = bench.socket(family, Kind::Datagram).await;
        for _ in 0..3 {
            bench.send_to(alone, &address, "nobody is told").await.expect("taken");
        }
    }
}

#[tokio::test]
async fn only_loopback_is_bound_and_reached() {
    let bench = Bench::new();
    for (family, address) in [
        (Family::Ipv4, "0.0.0.0:0"),
        (Family::Ipv4, "10.77.0.1:80"),
        (Family::Ipv4, "169.254.169.254:80"),
        (Family::Ipv6, "[::]:0"),
        (Family::Ipv6, "[fe80::1]:80"),
        (Family::Ipv6, "[::ffff:10.0.0.1]:80"),
    ] {
        let to: Address = address.parse().expect("an address");
        let stream = bench.socket(family, Kind::Stream).await;
        assert_eq!(error(bind(&bench, stream, address).await), "denied", "{address}");
        assert_eq!(error(connect(&bench, stream, &to).await), "denied", "{address}");
        let datagram = bench.socket(family, Kind::Datagram).await;
        assert_eq!(error(bench.send_to(datagram, &to, "").await), "denied", "{address}");
        assert_eq!(error(connect(&bench, datagram, &to).await), "denied", "{address}");
        let burst =
            Command::Burst { socket: datagram, address: Some(to.clone()), count: 1, bytes: 0 };
        assert_eq!(error(bench.ask(burst).await), "denied", "{address}");
    }
}

#[tokio::test]
async fn an_unbound_socket_may_not_listen() {
    let bench = Bench::new();
    for family in FAMILIES {
        let socket = bench.socket(family, Kind::Stream).await;
        assert_eq!(error(listen(&bench, socket).await), "denied");
        let datagram = bench.socket(family, Kind::Datagram).await;
        assert_eq!(error(listen(&bench, datagram).await), "EOPNOTSUPP");
    }
}

#[tokio::test]
async fn a_refused_connect_binds_nothing_that_may_listen() {
    let bench = Bench::new();
    for (family, nobody) in
        [(Family::Ipv4, "127.0.0.1:1"), (Family::Ipv6, "[::1]:1"), (Family::Ipv6, "127.0.0.1:1")]
    {
        let socket = bench.socket(family, Kind::Stream).await;
        let nobody = nobody.parse().expect("an address");
        assert_eq!(error(connect(&bench, socket, &nobody).await), "ECONNREFUSED");
        // The kernel still tells the port that the connect took, and would listen on every network.
        assert_eq!(error(listen(&bench, socket).await), "denied");
    }
}

#[tokio::test]
async fn families_do_not_mix_save_that_ipv6_reaches_ipv4() {
    let bench = Bench::new();
    let four = bench.socket(Family::Ipv4, Kind::Stream).await;
    assert_eq!(error(bind(&bench, four, "[::1]:0").await), "EAFNOSUPPORT");
    let (listener, address) = bench.listener(1).await;
    let six = bench.socket(Family::Ipv6, Kind::Stream).await;
    connect(&bench, six, &address).await.expect("by a mapped address");
    let server = bench.accept(listener).await;
    assert_eq!(bench.look(|world| world.far_end(six)), Some(server));
    assert_eq!(bench.look(|world| world.far_end(server)), Some(six));
    let only = bench.socket(Family::Ipv6, Kind::Stream).await;
    bench.option(only, SocketOption::OnlyV6(true)).await;
    assert_eq!(error(connect(&bench, only, &address).await), "ENETUNREACH");
}

#[tokio::test]
async fn an_address_that_this_machine_lacks_is_not_there() {
    let bench = Bench::new();
    let socket = bench.socket(Family::Ipv6, Kind::Stream).await;
    let refused = bind(&bench, socket, "unix:name").await;
    assert_eq!(error(refused), "unsupported");
}
