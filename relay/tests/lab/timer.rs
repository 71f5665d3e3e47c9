//! The kernel's own timers, and what it remembers of a closed socket.

use crate::support::lab::{Bench, FAMILIES, received};
use protocol::command::SocketOption;
use protocol::data::Data;
use protocol::sample::{Timer, TimerKind};
use protocol::{Command, SocketId, TcpState};

/// Waits until a timer of that kind runs.
async fn timer(bench: &Bench, socket: SocketId, kind: TimerKind) -> Timer {
    bench
        .until(&format!("a {kind:?} timer runs"), |world| {
            let (timer, _) = world.sockets.get(&socket)?.kernel.timer?;
            (timer.kind == kind).then_some(timer)
        })
        .await
}

#[tokio::test]
async fn keepalive_counts_down() {
    let bench = Bench::new();
    for family in FAMILIES {
        let (client, _server) = bench.pair_of(family).await;
        bench.option(client, SocketOption::Keepalive { on: true, idle: Some(600) }).await;
        let left = timer(&bench, client, TimerKind::Keepalive).await.remaining;
        assert!(left > 590_000_000_000 && left <= 600_100_000_000, "{left}");
        bench.option(client, SocketOption::Keepalive { on: false, idle: None }).await;
        bench
            .until("none runs", |world| world.sockets[&client].kernel.timer.is_none().then_some(()))
            .await;
    }
}

#[tokio::test]
async fn a_closed_window_is_probed() {
    let bench = Bench::new();
    for family in FAMILIES {
        let (client, server) = bench.narrow_pair(family).await;
        let all = Command::Send { socket: client, data: Data::Fill { bytes: 1 << 20 }, all: true };
        bench.start_blocked(all).await;
        timer(&bench, client, TimerKind::Probe).await;
        bench
            .until("it has been probed", |world| {
                let (timer, _) = world.sockets[&client].kernel.timer?;
                (timer.kind == TimerKind::Probe && timer.fired > 0).then_some(())
            })
            .await;
        assert!(received(bench.recv(server, 64 * 1024).await).bytes > 0);
    }
}

#[tokio::test]
async fn who_closes_first_rests_and_the_other_is_gone() {
    let bench = Bench::new();
    for family in FAMILIES {
        let (client, server) = bench.pair_of(family).await;
        bench.close(client).await;
        bench.state(client, TcpState::FinWait2).await;
        assert!(received(bench.recv(server, 1).await).eof);
        bench.close(server).await;
        bench.gone(server).await;
        bench.state(client, TcpState::TimeWait).await;
        let left = timer(&bench, client, TimerKind::TimeWait).await.remaining;
        assert!(left > 50_000_000_000 && left <= 60_100_000_000, "{left}");
        assert!(bench.look(|world| !world.sockets[&client].is_open()));
    }
}

#[tokio::test]
async fn sockets_without_a_connection_are_gone_at_once() {
    let bench = Bench::new();
    let fresh = bench.socket(FAMILIES[0], protocol::command::Kind::Stream).await;
    let (listener, _) = bench.listener(1).await;
    let (datagram, _) = bench.bound(FAMILIES[1], protocol::command::Kind::Datagram).await;
    for socket in [fresh, listener, datagram] {
        bench.close(socket).await;
        assert!(bench.look(|world| !world.sockets.contains_key(&socket)));
    }
}

#[tokio::test]
async fn many_closed_at_once_do_not_hold_up_the_lab() {
    let bench = Bench::new();
    let (listener, address) = bench.listener(400).await;
    let mut ends = Vec::new();
    for _ in 0..300 {
        let client = bench.connect(&address).await;
        ends.push((client, bench.accept(listener).await));
    }
    let began = std::time::Instant::now();
    for (client, server) in ends {
        bench.close(client).await;
        bench.close(server).await;
    }
    let took = began.elapsed();
    assert!(took < std::time::Duration::from_secs(2), "{took:?}");
}
