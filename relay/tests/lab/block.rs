//! Calls that would block: refused at once, given up, interrupted, or ended by what happens meanwhile.

use crate::support::lab::{Bench, FAMILIES, end_of, error, failure, received};
use protocol::command::{Family, Half, Kind};
use protocol::data::Data;
use protocol::{CallId, Command, Done, SocketId, TcpState};
use std::time::{Duration, Instant};

const SHORT: Duration = Duration::from_millis(30);

fn recv(socket: SocketId) -> Command {
    Command::Recv { socket, max: 100, peek: false }
}

fn recv_from(socket: SocketId) -> Command {
    Command::RecvFrom { socket, max: 100, peek: false }
}

fn send_all(socket: SocketId) -> Command {
    Command::Send { socket, data: Data::Fill { bytes: 1 << 20 }, all: true }
}

async fn interrupt(bench: &Bench, socket: SocketId, call: Option<CallId>) {
    bench.ask(Command::Interrupt { socket, call }).await.expect("asked");
}

async fn shutdown(bench: &Bench, socket: SocketId, how: Half) {
    bench.ask(Command::Shutdown { socket, how }).await.expect("shut");
}

#[tokio::test]
async fn nothing_there_is_eagain_where_calls_do_not_block() {
    let bench = Bench::new();
    for family in FAMILIES {
        let (client, _server) = bench.pair_of(family).await;
        let (listener, _) = bench.listener_of(family, 1).await;
        let (datagram, _) = bench.bound(family, Kind::Datagram).await;
        for (socket, ask, says) in [
            (client, recv(client), "Nothing waits to be read"),
            (listener, Command::Accept { socket: listener }, "No connection waits"),
            (datagram, recv_from(datagram), "Nothing waits to be read"),
        ] {
            bench.nonblocking(socket, true).await;
            let refused = failure(bench.ask(ask.clone()).await);
            assert_eq!(refused.short(), "EAGAIN");
            assert!(refused.message.starts_with(says), "{refused:?}");
            bench.nonblocking(socket, false).await;
            let (_, asked) = bench.start_blocked(ask).await;
            interrupt(&bench, socket, None).await;
            assert_eq!(error(end_of(asked).await), "interrupted");
        }
    }
}

#[tokio::test]
async fn a_timeout_ends_each_kind_of_wait() {
    let bench = Bench::new();
    let (client, _server) = bench.pair_of(Family::Ipv4).await;
    let (listener, _) = bench.listener(1).await;
    let (datagram, _) = bench.bound(Family::Ipv6, Kind::Datagram).await;
    for (socket, ask) in [
        (client, recv(client)),
        (client, send_all(client)),
        (listener, Command::Accept { socket: listener }),
        (datagram, recv_from(datagram)),
    ] {
        bench.timeout(socket, Some(SHORT)).await;
        // Small buffers are not needed: without a reader 16 MB fit nowhere.
        let ask = match ask {
            Command::Send { socket, all, .. } => {
                Command::Send { socket, data: Data::Fill { bytes: 16 << 20 }, all }
            }
            ask => ask,
        };
        let began = Instant::now();
        let gave_up = failure(bench.ask(ask).await);
        assert!(began.elapsed() >= SHORT);
        assert_eq!((gave_up.short(), gave_up.errno.as_deref()), ("timed_out", None));
        assert!(gave_up.message.contains("within 0.03 s"), "{gave_up:?}");
    }
}

#[tokio::test]
async fn a_call_keeps_the_timeout_that_it_began_with() {
    let bench = Bench::new();
    let (client, _server) = bench.pair_of(Family::Ipv4).await;
    bench.timeout(client, Some(Duration::from_millis(200))).await;
    let (_, asked) = bench.start_blocked(recv(client)).await;
    bench.timeout(client, None).await;
    let gave_up = failure(end_of(asked).await);
    assert!(gave_up.message.contains("within 0.2 s"), "{gave_up:?}");
}

#[tokio::test]
async fn a_call_in_time_is_not_given_up() {
    let bench = Bench::new();
    let (client, server) = bench.pair_of(Family::Ipv4).await;
    bench.timeout(client, Some(Duration::from_hours(1))).await;
    let (_, asked) = bench.start_blocked(recv(client)).await;
    bench.send(server, "in time").await.expect("sent");
    assert_eq!(received(end_of(asked).await).data.bytes(), b"in time");
    bench.timeout(client, Some(Duration::from_nanos(u64::MAX))).await;
    let (_, asked) = bench.start_blocked(recv(client)).await;
    bench.send(server, "again").await.expect("sent");
    assert_eq!(received(end_of(asked).await).data.bytes(), b"again");
}

#[tokio::test]
async fn an_interrupt_ends_one_or_all() {
    let bench = Bench::new();
    let (client, _server) = bench.narrow_pair(Family::Ipv4).await;
    let (reading, reads) = bench.start_blocked(recv(client)).await;
    let (sending, sends) = bench.start_blocked(send_all(client)).await;
    interrupt(&bench, client, Some(reading)).await;
    let ended = failure(end_of(reads).await);
    assert_eq!(ended.message, "The call was interrupted while it slept.");
    assert!(bench.look(|world| world.calls[&sending].ended.is_none()));
    let (_, reads) = bench.start_blocked(recv(client)).await;
    interrupt(&bench, client, None).await;
    assert_eq!(error(end_of(reads).await), "interrupted");
    assert_eq!(error(end_of(sends).await), "interrupted");
    // The socket is as it was, and later calls sleep again.
    let (_, again) = bench.start_blocked(recv(client)).await;
    assert!(!again.is_finished());
    interrupt(&bench, client, None).await;
    assert_eq!(error(end_of(again).await), "interrupted");
}

#[tokio::test]
async fn two_interrupts_at_once_end_two_calls() {
    let bench = Bench::new();
    let (client, _server) = bench.narrow_pair(Family::Ipv4).await;
    let (reading, reads) = bench.start_blocked(recv(client)).await;
    let (sending, sends) = bench.start_blocked(send_all(client)).await;
    // Both are in the lab's queue before it takes the first.
    let asked = [reading, sending, CallId(9_999)]
        .map(|call| bench.start(Command::Interrupt { socket: client, call: Some(call) }));
    for asked in asked {
        let _ = end_of(asked).await;
    }
    assert_eq!(error(end_of(reads).await), "interrupted");
    assert_eq!(error(end_of(sends).await), "interrupted");
}

#[tokio::test]
async fn close_ends_what_sleeps_and_what_waits_behind_it() {
    let bench = Bench::new();
    for family in FAMILIES {
        let (client, server) = bench.narrow_pair(family).await;
        let (_, reads) = bench.start_blocked(recv(client)).await;
        let (_, sends) = bench.start_blocked(send_all(client)).await;
        let behind = bench.start(recv(client));
        bench.close(client).await;
        assert!(failure(end_of(reads).await).message.contains("closed while this call slept"));
        assert_eq!(error(end_of(sends).await), "interrupted");
        assert!(failure(end_of(behind).await).message.contains("before this call began"));
        let _ = server;
        let (listener, _) = bench.listener_of(family, 1).await;
        let (_, accepts) = bench.start_blocked(Command::Accept { socket: listener }).await;
        bench.close(listener).await;
        assert_eq!(error(end_of(accepts).await), "interrupted");
    }
}

#[tokio::test]
async fn shut_for_reading_a_sleeping_receive_gets_the_end() {
    let bench = Bench::new();
    for family in FAMILIES {
        for how in [Half::Read, Half::Both] {
            let (client, _server) = bench.pair_of(family).await;
            let (_, reads) = bench.start_blocked(recv(client)).await;
            shutdown(&bench, client, how).await;
            assert!(received(end_of(reads).await).eof);
            assert!(received(bench.recv(client, 1).await).eof);
        }
    }
}

#[tokio::test]
async fn shut_for_writing_a_sleeping_receive_sleeps_on() {
    let bench = Bench::new();
    let (client, server) = bench.pair_of(Family::Ipv4).await;
    let (_, reads) = bench.start_blocked(recv(client)).await;
    shutdown(&bench, client, Half::Write).await;
    bench.state(client, TcpState::FinWait2).await;
    bench.send(server, "still here").await.expect("sent");
    assert_eq!(received(end_of(reads).await).data.bytes(), b"still here");
}

#[tokio::test]
async fn shut_a_datagram_receive_gives_nothing_as_the_kernel_does() {
    let bench = Bench::new();
    for family in FAMILIES {
        for how in [Half::Read, Half::Both] {
            let (receiver, address) = bench.bound(family, Kind::Datagram).await;
            let connect = Command::Connect { socket: receiver, address };
            bench.ask(connect).await.expect("to itself");
            let (_, reads) = bench.start_blocked(recv(receiver)).await;
            shutdown(&bench, receiver, how).await;
            let got = received(end_of(reads).await);
            // Not an empty datagram: none was read.
            assert_eq!((got.bytes, got.eof), (0, true));
        }
    }
}

/// shutdown(2) of an unconnected datagram socket says ENOTCONN and yet wakes recv(2) with 0 bytes
/// (inet_shutdown; tried with Python on Linux 6.18).
#[tokio::test]
async fn a_refused_shutdown_wakes_a_datagram_receive_all_the_same() {
    let bench = Bench::new();
    for family in FAMILIES {
        let (receiver, _) = bench.bound(family, Kind::Datagram).await;
        let (_, reads) = bench.start_blocked(recv(receiver)).await;
        let how = Half::Read;
        let refused = bench.ask(Command::Shutdown { socket: receiver, how }).await;
        assert_eq!(error(refused), "ENOTCONN");
        assert_eq!(received(end_of(reads).await).bytes, 0);
    }
}

#[tokio::test]
async fn shut_a_listener_its_accept_fails() {
    let bench = Bench::new();
    for family in FAMILIES {
        let (listener, _) = bench.listener_of(family, 1).await;
        let (_, accepts) = bench.start_blocked(Command::Accept { socket: listener }).await;
        shutdown(&bench, listener, Half::Read).await;
        let refused = failure(end_of(accepts).await);
        assert_eq!((refused.short(), &*refused.message), ("EINVAL", "The socket does not listen."));
        bench.state(listener, TcpState::Close).await;
    }
}

#[tokio::test]
async fn what_the_peer_does_wakes_a_sleeping_receive() {
    let bench = Bench::new();
    for family in FAMILIES {
        let (client, server) = bench.pair_of(family).await;
        let (_, reads) = bench.start_blocked(recv(client)).await;
        bench.close(server).await;
        assert!(received(end_of(reads).await).eof);

        let (client, server) = bench.pair_of(family).await;
        let (_, reads) = bench.start_blocked(recv(server)).await;
        bench.option(client, protocol::command::SocketOption::Linger(Some(0))).await;
        bench.close(client).await;
        assert_eq!(error(end_of(reads).await), "ECONNRESET");
    }
}

#[tokio::test]
async fn a_blocked_peek_sees_and_leaves() {
    let bench = Bench::new();
    let (client, server) = bench.pair_of(Family::Ipv4).await;
    let (_, peeks) =
        bench.start_blocked(Command::Recv { socket: server, max: 10, peek: true }).await;
    bench.send(client, "look").await.expect("sent");
    assert_eq!(received(end_of(peeks).await).data.bytes(), b"look");
    assert_eq!(received(bench.recv(server, 10).await).data.bytes(), b"look");
}

#[tokio::test]
async fn a_reply_comes_after_its_events() {
    let bench = Bench::new();
    let (client, server) = bench.pair_of(Family::Ipv4).await;
    let (call, reads) = bench.start_blocked(recv(server)).await;
    bench.send(client, "x").await.expect("sent");
    end_of(reads).await.expect("read");
    let ended = bench.look(|world| world.calls[&call].result.clone());
    assert!(matches!(ended, Some(protocol::Answer::Ok(Done::Received(_)))), "{ended:?}");
}
