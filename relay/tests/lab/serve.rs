//! Automatic programs: echo, answer, and servers that take one client after the other or many at once.

use crate::support::lab::{Bench, FAMILIES, error, ok_bytes, received};
use protocol::command::{Application, Family, Kind, Reading, Serving};
use protocol::data::Data;
use protocol::limit::{ANSWER, SERVE_RATE};
use protocol::world::Ledger;
use protocol::{Answer, Command, Done, SocketId, What, film};
use relay::journal::Read;
use std::collections::BTreeSet;

const ECHO: Application = Application::Echo { max: 1_024 };

async fn serve(bench: &Bench, socket: SocketId, app: Application, side_by_side: bool) {
    let set = Some(Serving { app, side_by_side });
    bench.ask(Command::Serve { socket, set }).await.expect("set");
}

#[tokio::test]
async fn an_echo_server_serves_and_closes_with_its_client() {
    let bench = Bench::new();
    for family in FAMILIES {
        let (listener, to) = bench.listener_of(family, 5).await;
        serve(&bench, listener, ECHO, true).await;
        let client = bench.connect(&to).await;
        assert_eq!(ok_bytes(bench.send(client, "hello").await), 5);
        assert_eq!(received(bench.recv(client, 1_024).await).data.bytes(), b"hello");
        let served = bench.look(|world| world.far_end(client)).expect("accepted");
        bench
            .ask(Command::Shutdown { socket: client, how: protocol::command::Half::Write })
            .await
            .expect("shut");
        assert!(received(bench.recv(client, 1_024).await).eof);
        bench
            .until("it is closed", |world| {
                world.sockets.get(&served).is_none_or(|socket| !socket.is_open()).then_some(())
            })
            .await;
        bench.close(client).await;
        bench.close(listener).await;
    }
}

#[tokio::test]
async fn one_at_a_time_lets_the_second_client_wait() {
    let bench = Bench::new();
    let (listener, to) = bench.listener(5).await;
    let answer = Application::Answer { max: 1_024, data: Data::Text("OK".into()) };
    serve(&bench, listener, answer, false).await;
    let (first, second) = (bench.connect(&to).await, bench.connect(&to).await);
    bench.send(second, "me too").await.expect("taken");
    bench.send(first, "hello").await.expect("taken");
    assert_eq!(received(bench.recv(first, 9).await).data.bytes(), b"OK");
    // The second is connected, and its bytes wait: nobody has called accept for it.
    assert_eq!(
        bench.look(|world| (world.far_end(second), world.queued_at(second))),
        (None, Some(listener))
    );
    assert_eq!(bench.look(|world| world.sockets[&second].read.bytes), 0);
    bench.close(first).await;
    assert_eq!(received(bench.recv(second, 9).await).data.bytes(), b"OK");
}

#[tokio::test]
async fn side_by_side_serves_both() {
    let bench = Bench::new();
    let (listener, to) = bench.listener(5).await;
    serve(&bench, listener, ECHO, true).await;
    let clients = [bench.connect(&to).await, bench.connect(&to).await];
    for client in clients {
        bench.send(client, "x").await.expect("taken");
    }
    for client in clients {
        assert_eq!(received(bench.recv(client, 9).await).data.bytes(), b"x");
    }
}

#[tokio::test]
async fn an_idle_server_accepts_and_never_reads() {
    let bench = Bench::new();
    let (listener, to) = bench.listener(5).await;
    serve(&bench, listener, Application::Idle, true).await;
    let client = bench.connect(&to).await;
    bench.send(client, "hello").await.expect("taken");
    bench
        .until("it waits", |world| {
            let far = world.sockets.get(&world.far_end(client)?)?;
            (far.kernel.receive_queue == Some(5) && far.serving.is_some()).then_some(())
        })
        .await;
}

#[tokio::test]
async fn two_datagram_echoes_do_not_storm() {
    let bench = Bench::new();
    let (a, at_a) = bench.bound(Family::Ipv4, Kind::Datagram).await;
    let (b, at_b) = bench.bound(Family::Ipv4, Kind::Datagram).await;
    let (starter, _) = bench.bound(Family::Ipv4, Kind::Datagram).await;
    bench.ask(Command::Connect { socket: a, address: at_b }).await.expect("connected");
    bench.ask(Command::Connect { socket: b, address: at_a }).await.expect("connected");
    for socket in [a, b] {
        serve(&bench, socket, Application::Echo { max: 65_535 }, false).await;
    }
    let began = bench.look(|world| world.at);
    let big = Data::Fill { bytes: 8_192 };
    bench.ask(Command::Send { socket: a, data: big, all: false }).await.expect("sent");
    bench.until("they talk", |world| (world.sockets[&b].sent.count >= 5).then_some(())).await;
    let (bytes, took) = bench.look(|world| (world.sockets[&b].sent.bytes, world.at - began));
    let budget = u64::from(SERVE_RATE) * took / 1_000_000_000;
    assert!(bytes <= budget + 2 * 8_192, "{bytes} bytes in {took} ns");
    bench.close(starter).await;
}

/// The numbers of the frames that a socket's receives gave.
fn frames(bench: &Bench, socket: SocketId) -> Vec<u32> {
    let Read::Events(events) = bench.lab.journal().read(0, usize::MAX) else { panic!("all of it") };
    let mut calls = BTreeSet::new();
    let mut numbers = Vec::new();
    for event in events {
        match event.what {
            What::CallBegan {
                call,
                ask: Command::Recv { socket: own, .. } | Command::RecvFrom { socket: own, .. },
                ..
            } if own == socket => {
                calls.insert(call);
            }
            What::CallEnded { call, result: Answer::Ok(Done::Received(received)) }
                if calls.contains(&call) =>
            {
                numbers.extend(film::read(received.data.bytes()).map(|frame| frame.number));
            }
            _ => {}
        }
    }
    numbers
}

#[tokio::test]
async fn a_film_goes_frame_by_frame_over_both_and_ends() {
    let bench = Bench::new();
    let reading = Reading { max: film::BYTES as u32, every: 0 };
    let (to, address) = bench.bound(Family::Ipv4, Kind::Datagram).await;
    let (voice, _) = bench.bound(Family::Ipv4, Kind::Datagram).await;
    let (client, server, _) = bench.pair().await;
    for (sender, receiver, to) in [(voice, to, Some(address)), (client, server, None)] {
        bench
            .ask(Command::Reader { socket: receiver, set: Some(reading) })
            .await
            .expect("it reads");
        let film = Application::Film { to, frames: 12, every: 2_000_000 };
        serve(&bench, sender, film, false).await;
        bench
            .until("its end", |world| world.sockets[&sender].serving.is_none().then_some(()))
            .await;
        bench
            .until("all of it read", |world| {
                (world.sockets[&receiver].read.count >= 12).then_some(())
            })
            .await;
        assert_eq!(frames(&bench, receiver), (0..12).collect::<Vec<u32>>());
    }
}

#[tokio::test]
async fn it_can_be_taken_away_and_what_is_wrong_is_named() {
    let bench = Bench::new();
    let (client, server, _) = bench.pair().await;
    serve(&bench, server, ECHO, false).await;
    bench.ask(Command::Serve { socket: server, set: None }).await.expect("removed");
    bench.send(client, "hello").await.expect("taken");
    let Ledger::Stream(ledger) = bench.balance(client).await else { panic!("no stream") };
    assert_eq!((ledger.waiting, ledger.unexplained), (5, Some(0)));
    let wrong = [
        (Application::Echo { max: 0 }, "bad_request"),
        (Application::Read(Reading { max: 0, every: 0 }), "bad_request"),
        (Application::Answer { max: 1, data: Data::Fill { bytes: ANSWER as u32 + 1 } }, "limit"),
        (Application::Echo { max: 1_000_000 }, "limit"),
        (Application::Film { to: None, frames: 0, every: 20_000_000 }, "limit"),
        (Application::Film { to: None, frames: 10, every: 0 }, "limit"),
    ];
    for (app, kind) in wrong {
        let set = Some(Serving { app, side_by_side: false });
        assert_eq!(error(bench.ask(Command::Serve { socket: server, set }).await), kind);
    }
}
