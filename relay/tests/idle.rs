//! Waiting costs nothing: no state that a socket can be in makes the lab spin. A program of its own,
//! because it measures the whole process.
#![cfg(target_os = "linux")]

mod support;

use protocol::command::{Family, Half, Kind, SocketOption};
use protocol::data::Data;
use protocol::{Command, SocketId};
use std::time::Duration;
use support::lab::{Asked, Bench};

/// Processor time that this process has used (clock_gettime(2), CLOCK_PROCESS_CPUTIME_ID).
fn used() -> Duration {
    let now = rustix::time::clock_gettime(rustix::time::ClockId::ProcessCPUTime);
    Duration::new(now.tv_sec as u64, now.tv_nsec as u32)
}

fn recv(socket: SocketId) -> Command {
    Command::Recv { socket, max: 100, peek: false }
}

/// Every kind of sleeping call, on sockets in every kind of state.
async fn fall_asleep(bench: &Bench) -> Vec<Asked> {
    let mut asked = Vec::new();
    let mut sleep = async |command| asked.push(bench.start_blocked(command).await.1);
    for family in [Family::Ipv4, Family::Ipv6] {
        let (listener, _) = bench.listener_of(family, 5).await;
        sleep(Command::Accept { socket: listener }).await;
        sleep(recv(bench.socket(family, Kind::Datagram).await)).await;
        sleep(recv(bench.bound(family, Kind::Datagram).await.0)).await;
        let (client, _) = bench.narrow_pair(family).await;
        sleep(recv(client)).await;
        sleep(Command::Send { socket: client, data: Data::Fill { bytes: 1 << 20 }, all: true })
            .await;
        // Half closed by the peer, asleep in the other direction.
        let (client, server) = bench.narrow_pair(family).await;
        bench.ask(Command::Shutdown { socket: server, how: Half::Write }).await.expect("shut");
        sleep(Command::Send { socket: client, data: Data::Fill { bytes: 1 << 20 }, all: true })
            .await;
    }
    asked
}

#[tokio::test]
async fn sleeping_calls_use_no_processor() {
    let bench = Bench::new();
    let asleep = fall_asleep(&bench).await;
    // Sockets that nobody sleeps on: reset, shut, refused, resting.
    let (client, server) = bench.pair_of(Family::Ipv4).await;
    bench.option(server, SocketOption::Linger(Some(0))).await;
    bench.close(server).await;
    let _ = bench.recv(client, 1).await;
    let (client, server) = bench.pair_of(Family::Ipv4).await;
    for socket in [client, server] {
        bench.ask(Command::Shutdown { socket, how: Half::Both }).await.expect("shut");
    }
    let began = std::time::Instant::now();
    let (before, seq) = (used(), bench.lab.journal().seq());
    tokio::time::sleep(Duration::from_secs(2)).await; // a span is what is measured
    let (took, events) = (used().saturating_sub(before), bench.lab.journal().seq() - seq);
    let share = took.as_secs_f64() / began.elapsed().as_secs_f64();
    assert!(share < 0.08, "{share} of a core");
    assert!(events < 200, "{events} events");
    assert!(asleep.iter().all(|asked| !asked.is_finished()));
}
