//! No broadcast, no multicast: no option allows them, and nothing of them enters the wire.

use crate::support::lab::{Bench, error, failure};
use protocol::command::{Family, Kind};
use protocol::{Address, Command, End, SocketId, What};

fn everyone() -> Address {
    "10.77.0.255:9".parse().expect("an address")
}

async fn burst(bench: &Bench, socket: SocketId, address: Address) -> String {
    let ask = Command::Burst { socket, address: Some(address), count: 3, bytes: 10 };
    error(bench.ask(ask).await)
}

#[tokio::test]
async fn the_kernel_refuses_the_wires_broadcast_address() {
    let Some(bench) = Bench::on_wire() else { return };
    let [(left, _), (right, right_at)] = bench.posts(Family::Ipv4).await;
    let refused = failure(bench.send_to(left, &everyone(), "all").await);
    assert_eq!(refused.short(), "EACCES");
    assert!(refused.message.contains("SO_BROADCAST"), "{}", refused.message);
    assert_eq!(burst(&bench, left, everyone()).await, "EACCES");
    let to = Command::Connect { socket: left, address: everyone() };
    assert_eq!(error(bench.ask(to).await), "EACCES");
    let stream = bench.make(End::Left.into(), Family::Ipv4, Kind::Stream).await;
    let to = Command::Connect { socket: stream, address: everyone() };
    assert_eq!(error(bench.ask(to).await), "ENETUNREACH");
    // What does go is seen, and nothing else was.
    bench.send_to(left, &right_at, "one").await.expect("sent");
    assert_eq!(bench.read_text(right).await, "one");
    let entered: Vec<_> = bench
        .events()
        .into_iter()
        .filter_map(|event| match event.what {
            What::PacketEntered { dst, .. } => Some(dst),
            _ => None,
        })
        .filter(|dst| dst.port() != Some(0))
        .collect();
    assert_eq!(entered, [right_at]);
}

#[tokio::test]
async fn multicast_is_denied_on_the_wire() {
    let Some(bench) = Bench::on_wire() else { return };
    for (family, to) in [
        (Family::Ipv4, "224.0.0.1:9"),
        (Family::Ipv4, "239.255.255.250:1900"),
        (Family::Ipv4, "255.255.255.255:9"),
        (Family::Ipv6, "[ff02::1]:9"),
        (Family::Ipv6, "[ff0e::1]:9"),
    ] {
        let address: Address = to.parse().expect("an address");
        let socket = bench.make(End::Left.into(), family, Kind::Datagram).await;
        assert_eq!(error(bench.send_to(socket, &address, "").await), "denied", "{to}");
        assert_eq!(burst(&bench, socket, address.clone()).await, "denied", "{to}");
        let ask = Command::Bind { socket, address };
        assert_eq!(error(bench.ask(ask).await), "denied", "{to}");
    }
}
