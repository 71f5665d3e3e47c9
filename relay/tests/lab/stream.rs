//! How a stream carries bytes and how it ends.

use crate::support::lab::{Bench, FAMILIES, error, failure, ok_bytes, pattern, received};
use protocol::command::{Half, SocketOption};
use protocol::world::Ledger;
use protocol::{Command, SocketId, TcpState};

async fn shutdown(bench: &Bench, socket: SocketId, how: Half) {
    bench.ask(Command::Shutdown { socket, how }).await.expect("shut");
}

/// Waits until so many bytes can be read.
async fn waits(bench: &Bench, socket: SocketId, bytes: u64) {
    bench
        .until("the bytes wait", |world| {
            (world.sockets.get(&socket)?.kernel.receive_queue == Some(bytes)).then_some(())
        })
        .await;
}

#[tokio::test]
async fn what_is_not_taken_stays_and_a_peek_leaves_all() {
    let bench = Bench::new();
    for family in FAMILIES {
        let (client, server) = bench.pair_of(family).await;
        for part in ["hel", "lo wo", "rld"] {
            assert_eq!(ok_bytes(bench.send(client, part).await) as usize, part.len());
        }
        waits(&bench, server, 11).await;
        for _ in 0..2 {
            let peeked = received(bench.peek(server, 4).await);
            assert_eq!((peeked.data.bytes(), peeked.peek, peeked.eof), (&b"hell"[..], true, false));
        }
        for part in ["hello w", "orld"] {
            assert_eq!(received(bench.recv(server, 7).await).data.bytes(), part.as_bytes());
        }
        let Ledger::Stream(ledger) = bench.balance(client).await else { panic!("no stream") };
        assert_eq!(
            (ledger.sent, ledger.read, ledger.waiting, ledger.unexplained),
            (11, 11, 0, Some(0))
        );
    }
}

#[tokio::test]
async fn the_reply_has_every_byte_and_the_event_the_first_256() {
    let bench = Bench::new();
    let (client, server, _) = bench.pair().await;
    let sent = pattern(0, 5000);
    assert_eq!(ok_bytes(bench.send_bytes(client, &sent).await), 5000);
    waits(&bench, server, 5000).await;
    let got = received(bench.recv(server, 64 * 1024).await);
    assert_eq!((got.data.bytes(), got.bytes), (&sent[..], 5000));
    let told = bench.look(|world| world.sockets[&server].last_read.clone());
    assert_eq!(told, sent[..256]);
}

#[tokio::test]
async fn the_end_is_read_as_nothing_and_again() {
    let bench = Bench::new();
    for family in FAMILIES {
        let (client, server) = bench.pair_of(family).await;
        bench.send(client, "last words").await.expect("sent");
        bench.close(client).await;
        let got = received(bench.recv(server, 100).await);
        assert_eq!((got.data.bytes(), got.eof), (&b"last words"[..], false));
        for _ in 0..2 {
            let got = received(bench.recv(server, 100).await);
            assert_eq!((got.bytes, got.eof), (0, true));
        }
        assert!(bench.look(|world| world.sockets[&server].eof));
        bench.state(server, TcpState::CloseWait).await;
    }
}

#[tokio::test]
async fn the_second_send_to_a_closed_peer_breaks_the_pipe() {
    let bench = Bench::new();
    for family in FAMILIES {
        let (client, server) = bench.pair_of(family).await;
        bench.close(server).await;
        bench.state(client, TcpState::CloseWait).await;
        assert_eq!(ok_bytes(bench.send(client, "to nobody").await), 9);
        bench.state(client, TcpState::Close).await;
        let refused = failure(bench.send(client, "again").await);
        assert_eq!(refused.short(), "EPIPE");
        assert!(refused.message.starts_with("Nobody reads at the other end"), "{refused:?}");
    }
}

#[tokio::test]
async fn unread_bytes_at_close_reset_the_peer_and_are_discarded() {
    let bench = Bench::new();
    for family in FAMILIES {
        let (client, server) = bench.pair_of(family).await;
        bench.send(client, "never read").await.expect("sent");
        waits(&bench, server, 10).await;
        bench.close(server).await;
        let refused = failure(bench.recv(client, 10).await);
        assert_eq!(refused.short(), "ECONNRESET");
        assert!(refused.message.contains("RST"), "{refused:?}");
        bench.state(client, TcpState::Close).await;
        // Told once; afterwards the stream has simply ended.
        assert!(received(bench.recv(client, 10).await).eof);
        assert_eq!(error(bench.send(client, "x").await), "EPIPE");
    }
}

#[tokio::test]
async fn linger_zero_ends_with_a_reset() {
    let bench = Bench::new();
    for family in FAMILIES {
        let (client, server) = bench.pair_of(family).await;
        assert_eq!(bench.option(client, SocketOption::Linger(Some(0))).await, 0);
        bench.close(client).await;
        assert_eq!(error(bench.recv(server, 10).await), "ECONNRESET");
        bench.state(server, TcpState::Close).await;
        // No TIME_WAIT: the kernel has nothing to remember.
        bench.gone(client).await;
    }
}

#[tokio::test]
async fn half_a_connection_still_carries_the_answer() {
    let bench = Bench::new();
    for family in FAMILIES {
        let (client, server) = bench.pair_of(family).await;
        bench.send(client, "question").await.expect("sent");
        shutdown(&bench, client, Half::Write).await;
        bench.state(client, TcpState::FinWait2).await;
        bench.state(server, TcpState::CloseWait).await;
        assert_eq!(error(bench.send(client, "more").await), "EPIPE");
        assert_eq!(received(bench.recv(server, 100).await).data.bytes(), b"question");
        assert!(received(bench.recv(server, 100).await).eof);
        bench.send(server, "answer").await.expect("sent");
        assert_eq!(received(bench.recv(client, 100).await).data.bytes(), b"answer");
        let Ledger::Stream(ledger) = bench.balance(server).await else { panic!("no stream") };
        assert_eq!((ledger.sent, ledger.read, ledger.unexplained), (6, 6, Some(0)));
        let Ledger::Stream(ledger) = bench.balance(client).await else { panic!("no stream") };
        assert_eq!((ledger.sent, ledger.read, ledger.unexplained), (8, 8, Some(0)));
        bench.close(server).await;
        assert!(received(bench.recv(client, 100).await).eof);
    }
}

#[tokio::test]
async fn without_a_connection_there_is_nobody_to_talk_to() {
    let bench = Bench::new();
    for family in FAMILIES {
        let socket = bench.socket(family, protocol::command::Kind::Stream).await;
        assert_eq!(error(bench.recv(socket, 1).await), "ENOTCONN");
        assert_eq!(error(bench.send(socket, "x").await), "EPIPE");
        assert_eq!(error(bench.ask(Command::Accept { socket }).await), "EINVAL");
        let how = Half::Both;
        assert_eq!(error(bench.ask(Command::Shutdown { socket, how }).await), "ENOTCONN");
        let (listener, address) = bench.listener_of(family, 1).await;
        assert_eq!(error(bench.recv(listener, 1).await), "ENOTCONN");
        let connect = Command::Connect { socket: listener, address };
        assert_eq!(error(bench.ask(connect).await), "EISCONN");
    }
}

#[tokio::test]
async fn data_waits_before_accept() {
    let bench = Bench::new();
    let (listener, address) = bench.listener(5).await;
    let client = bench.connect(&address).await;
    bench.send(client, "early").await.expect("sent");
    bench.state(client, TcpState::Established).await;
    assert_eq!(bench.look(|world| world.queued_at(client)), Some(listener));
    let server = bench.accept(listener).await;
    assert_eq!(received(bench.recv(server, 10).await).data.bytes(), b"early");
}
