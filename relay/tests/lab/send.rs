//! Sending more than fits: short sends, EAGAIN, send all and what it had done when it ended.

use crate::support::lab::{Bench, FAMILIES, end_of, error, failure, ok_bytes, pattern, received};
use protocol::command::Half;
use protocol::data::{Data, Hex};
use protocol::world::Ledger;
use protocol::{Command, Done, SocketId};
use std::time::Duration;

const MEGABYTE: u32 = 1024 * 1024;

fn fill(socket: SocketId, bytes: u32, all: bool) -> Command {
    Command::Send { socket, data: Data::Fill { bytes }, all }
}

/// Reads until the stream has given so many bytes.
async fn read(bench: &Bench, socket: SocketId, bytes: usize) -> Vec<u8> {
    let mut all = Vec::new();
    while all.len() < bytes {
        let got = received(bench.recv(socket, 64 * 1024).await);
        assert!(!got.eof, "after {} bytes", all.len());
        all.extend_from_slice(got.data.bytes());
    }
    all
}

#[tokio::test]
async fn a_send_that_does_not_block_takes_what_fits_then_says_eagain() {
    let bench = Bench::new();
    for family in FAMILIES {
        let (client, server) = bench.narrow_pair(family).await;
        bench.nonblocking(client, true).await;
        let mut taken = ok_bytes(bench.ask(fill(client, MEGABYTE, false)).await);
        assert!(taken > 0 && taken < MEGABYTE / 2, "{taken}");
        let refused = loop {
            match bench.ask(fill(client, MEGABYTE, false)).await {
                Ok(done) => taken += ok_bytes(Ok(done)),
                Err(refused) => break refused,
            }
        };
        assert_eq!(refused.short(), "EAGAIN");
        assert_eq!(refused.message, "The send buffer is full, and this socket does not block.");
        let Ledger::Stream(ledger) = bench.balance(client).await else { panic!("no stream") };
        assert_eq!((ledger.sent, ledger.unexplained), (taken.into(), Some(0)));
        assert_eq!(read(&bench, server, taken as usize).await.len(), taken as usize);
    }
}

#[tokio::test]
async fn send_all_sleeps_with_what_was_taken_until_the_reader_drains() {
    let bench = Bench::new();
    for family in FAMILIES {
        let (client, server) = bench.narrow_pair(family).await;
        let sent = pattern(0, 200_000);
        let data = Data::Hex(Hex(sent.clone()));
        let (call, asked) =
            bench.start_blocked(Command::Send { socket: client, data, all: true }).await;
        let taken = bench.look(|world| world.calls[&call].bytes);
        assert!(taken > 0 && taken < 200_000, "{taken}");
        let Ledger::Stream(ledger) = bench.balance(client).await else { panic!("no stream") };
        assert_eq!(ledger.unexplained, Some(0), "{ledger:?}");
        assert!(ledger.sent >= taken.into());
        assert_eq!(read(&bench, server, sent.len()).await, sent);
        match end_of(asked).await {
            Ok(Done::Sent(done)) => assert!(done.bytes == 200_000 && done.parts > 1, "{done:?}"),
            other => panic!("{other:?}"),
        }
        let Ledger::Stream(ledger) = bench.balance(client).await else { panic!("no stream") };
        assert_eq!((ledger.sent, ledger.read, ledger.unexplained), (200_000, 200_000, Some(0)));
    }
}

/// A send all that sleeps on a narrow pair; the sockets and the call.
async fn asleep(bench: &Bench) -> (SocketId, SocketId, crate::support::lab::Asked) {
    let (client, server) = bench.narrow_pair(protocol::command::Family::Ipv4).await;
    let (_, asked) = bench.start_blocked(fill(client, MEGABYTE, true)).await;
    (client, server, asked)
}

async fn balanced(bench: &Bench, client: SocketId) -> u64 {
    let Ledger::Stream(ledger) = bench.balance(client).await else { panic!("no stream") };
    assert_eq!(ledger.unexplained, Some(0), "{ledger:?}");
    ledger.sent
}

#[tokio::test]
async fn what_had_been_taken_counts_however_the_call_ends() {
    let bench = Bench::new();
    let (client, server, asked) = asleep(&bench).await;
    bench.ask(Command::Interrupt { socket: client, call: None }).await.expect("asked");
    assert_eq!(error(end_of(asked).await), "interrupted");
    let taken = balanced(&bench, client).await;
    assert_eq!(read(&bench, server, taken as usize).await.len() as u64, taken);

    let (client, server, asked) = asleep(&bench).await;
    bench.ask(Command::Shutdown { socket: client, how: Half::Write }).await.expect("shut");
    assert_eq!(error(end_of(asked).await), "EPIPE");
    let taken = balanced(&bench, client).await;
    assert_eq!(read(&bench, server, taken as usize).await.len() as u64, taken);
    assert!(received(bench.recv(server, 1).await).eof);

    let (client, server, asked) = asleep(&bench).await;
    bench.close(server).await;
    let ended = error(end_of(asked).await);
    assert!(ended == "ECONNRESET" || ended == "EPIPE", "{ended}");
    let _ = client;

    let (client, server, asked) = asleep(&bench).await;
    bench.close(client).await;
    assert_eq!(error(end_of(asked).await), "interrupted");
    let got = received(bench.recv(server, 64 * 1024).await);
    assert!(got.bytes > 0);
}

#[tokio::test]
async fn the_timeout_of_send_all_is_for_the_whole() {
    let bench = Bench::new();
    let (client, server) = bench.narrow_pair(protocol::command::Family::Ipv4).await;
    bench.timeout(client, Some(Duration::from_millis(50))).await;
    let (call, asked) = bench.start_blocked(fill(client, 16 * MEGABYTE, true)).await;
    // A reader that keeps it moving does not keep it alive.
    let set = Some(protocol::command::Reading { max: 16, every: 5_000_000 });
    bench.ask(Command::Reader { socket: server, set }).await.expect("set");
    let gave_up = failure(end_of(asked).await);
    assert_eq!(gave_up.short(), "timed_out");
    let taken = bench.look(|world| world.calls[&call].bytes);
    assert!(gave_up.message.contains(&format!("{taken} bytes")), "{}: {taken}", gave_up.message);
    bench.ask(Command::Reader { socket: server, set: None }).await.expect("set");
    balanced(&bench, client).await;
}

#[tokio::test]
async fn send_all_that_may_not_block_tells_what_went() {
    let bench = Bench::new();
    let (client, server) = bench.narrow_pair(protocol::command::Family::Ipv4).await;
    bench.nonblocking(client, true).await;
    assert_eq!(error(bench.ask(fill(client, MEGABYTE, true)).await), "EAGAIN");
    let taken = balanced(&bench, client).await;
    assert!(taken > 0);
    assert_eq!(read(&bench, server, taken as usize).await.len() as u64, taken);
}

#[tokio::test]
async fn a_datagram_sender_is_never_the_one_that_waits() {
    let bench = Bench::new();
    let (_, to) =
        bench.bound(protocol::command::Family::Ipv4, protocol::command::Kind::Datagram).await;
    let sender =
        bench.socket(protocol::command::Family::Ipv4, protocol::command::Kind::Datagram).await;
    let burst = Command::Burst { socket: sender, address: Some(to), count: 5_000, bytes: 1_000 };
    match bench.ask(burst).await {
        Ok(Done::Burst(burst)) => assert_eq!((burst.sent, burst.refused), (5_000, 0)),
        other => panic!("{other:?}"),
    }
    let Ledger::Datagram(ledger) = bench.balance(sender).await else { panic!("a stream") };
    assert_eq!(ledger.unexplained, Some(0), "{ledger:?}");
    assert!(ledger.dropped > 0 && ledger.waiting + ledger.dropped == 5_000, "{ledger:?}");
}
