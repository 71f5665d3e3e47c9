//! Calls of an owner that the kernel refuses for want of memory: the reply and the journal name the
//! errno, the balance holds, and the next call works.

use crate::seat::{Seat, make, text};
use crate::support::line::DEADLINE;
use crate::support::need;
use crate::support::relay::Relay;
use crate::support::scratch::Scratch;
use crate::tracer::Tracer;
use crate::{bare, may_trace};
use protocol::command::{Kind, Net};
use protocol::message::RungName;
use protocol::{Answer, Command, Done, TcpState, What, World};
use std::time::Instant;

/// The lab's next call of that name fails.
fn once(relay: &Relay, call: &str, errno: &str) -> Tracer {
    let fault = format!("inject={call}:error={errno}:when=1");
    Tracer::on(relay, "lab", &["-e", &format!("trace={call}"), "-e", &fault])
}

/// Asks what fails for want of memory, and asks it again.
async fn refused_once(seat: &mut Seat, tracer: Tracer, ask: Command, errno: &str) {
    assert_eq!(seat.refused(ask.clone()).await, errno, "{ask:?}");
    let told = seat.told.iter().rev().find_map(|event| match &event.what {
        What::CallEnded { result, .. } => Some(result.clone()),
        _ => None,
    });
    assert!(
        matches!(&told, Some(Answer::Error(failure)) if failure.short() == errno),
        "{ask:?} is told: {told:?}"
    );
    assert_eq!(tracer.end().matches("(INJECTED)").count(), 1, "{ask:?}");
    let again = seat.ask(ask.clone()).await;
    assert!(matches!(again, Answer::Ok(_)), "{ask:?} works again: {again:?}");
}

#[tokio::test]
async fn a_call_without_memory_is_told_by_name_and_works_again() {
    if !may_trace() {
        return;
    }
    let relay = bare(&["--rung", "loopback"], Scratch::new());
    let mut seat = Seat::at(relay.url()).await;
    for errno in ["ENOBUFS", "ENOMEM"] {
        let ask = make(Net::Host, Kind::Datagram);
        let tracer = once(&relay, "socket", errno);
        refused_once(&mut seat, tracer, ask, errno).await;

        let (listener, address) = seat.bound(Net::Host, Kind::Stream).await;
        seat.done(Command::Listen { socket: listener, backlog: 5 }).await;
        let client = seat.socket(Net::Host, Kind::Stream).await;
        let ask = Command::Connect { socket: client, address };
        let tracer = once(&relay, "connect", errno);
        refused_once(&mut seat, tracer, ask, errno).await;

        // Bytes of a stream, and datagrams both ways of naming their receiver.
        let ask = Command::Send { socket: client, data: text("hello"), all: true };
        let tracer = once(&relay, "sendto", errno);
        refused_once(&mut seat, tracer, ask, errno).await;
        let (receiver, address) = seat.bound(Net::Host, Kind::Datagram).await;
        let sender = seat.socket(Net::Host, Kind::Datagram).await;
        let ask = Command::SendTo { socket: sender, address: address.clone(), data: text("one") };
        let tracer = once(&relay, "sendto", errno);
        refused_once(&mut seat, tracer, ask, errno).await;
        seat.done(Command::Connect { socket: sender, address }).await;
        let ask = Command::Send { socket: sender, data: text("two"), all: false };
        let tracer = once(&relay, "sendto", errno);
        refused_once(&mut seat, tracer, ask, errno).await;
        let ask = Command::Burst { socket: sender, address: None, count: 3, bytes: 20 };
        let tracer = once(&relay, "sendto", errno);
        refused_once(&mut seat, tracer, ask, errno).await;

        let ledger = seat.balance(sender).await;
        assert_eq!((ledger.sent, ledger.waiting, ledger.unexplained), (5, 5, Some(0)));
        for expected in ["one", "two"] {
            let ask = Command::RecvFrom { socket: receiver, max: 100, peek: false };
            let Done::Received(got) = seat.done(ask).await else { panic!("nothing received") };
            assert_eq!(got.data.bytes(), expected.as_bytes());
        }
    }
}

/// What goes to the wire's helper by sendmsg is refused like a socket(2) of its own.
#[tokio::test]
async fn a_helper_that_cannot_be_asked_refuses_once() {
    if !may_trace() {
        return;
    }
    let relay = bare(&[], Scratch::new());
    let mut seat = Seat::at(relay.url()).await;
    if seat.welcome.rung.name == RungName::Loopback {
        return need::skip("wire", &format!("{:?}", seat.welcome.rung));
    }
    for errno in ["ENOBUFS", "ENOMEM"] {
        for net in [Net::Left, Net::Right] {
            let tracer = once(&relay, "sendmsg", errno);
            refused_once(&mut seat, tracer, make(net, Kind::Stream), errno).await;
        }
    }
    assert_eq!(seat.world.wire.as_ref().and_then(|wire| wire.down.as_ref()), None);
}

#[tokio::test]
async fn a_burst_counts_what_was_refused_and_its_balance_holds() {
    if !may_trace() {
        return;
    }
    let relay = bare(&["--rung", "loopback"], Scratch::new());
    let mut seat = Seat::at(relay.url()).await;
    let (receiver, address) = seat.bound(Net::Host, Kind::Datagram).await;
    let (sender, _) = seat.bound(Net::Host, Kind::Datagram).await;
    // The 10th, 13th … 40th: 11 of them.
    let fault = "inject=sendto:error=ENOBUFS:when=10..40+3";
    let tracer = Tracer::on(&relay, "lab", &["-e", "trace=sendto", "-e", fault]);
    let burst =
        |count| Command::Burst { socket: sender, address: Some(address.clone()), count, bytes: 40 };
    let Done::Burst(done) = seat.done(burst(100)).await else { panic!("no burst") };
    assert_eq!((done.sent, done.refused, done.errno.as_deref()), (89, 11, Some("ENOBUFS")));
    assert_eq!(tracer.end().matches("(INJECTED)").count(), 11);
    let numbers: Vec<u32> = seat
        .told
        .iter()
        .filter_map(|event| match event.what {
            What::DatagramSent { number, .. } => Some(number),
            _ => None,
        })
        .collect();
    let taken: Vec<u32> =
        (1..=100).filter(|n| !(10..=40).contains(n) || (n - 10) % 3 > 0).collect();
    assert_eq!(numbers, taken, "only what the kernel took is told as sent");
    let ledger = seat.balance(sender).await;
    assert_eq!((ledger.sent, ledger.waiting, ledger.unexplained), (89, 89, Some(0)));

    // All are read in order, without those that were refused; then it goes on.
    let mut read = Vec::new();
    for _ in 0..89 {
        let ask = Command::RecvFrom { socket: receiver, max: 100, peek: false };
        let Done::Received(got) = seat.done(ask).await else { panic!("nothing received") };
        read.push(got.numbered.expect("its number").number);
    }
    assert_eq!(read, taken);
    let Done::Burst(done) = seat.done(burst(50)).await else { panic!("no burst") };
    assert_eq!((done.sent, done.refused, done.errno), (50, 0, None));
    let ledger = seat.balance(sender).await;
    assert_eq!((ledger.sent, ledger.read, ledger.unexplained), (139, 89, Some(0)));
}

/// A closed connection that the kernel still knows is not told as gone because asking for it failed.
#[tokio::test]
async fn what_cannot_be_asked_for_is_not_told_as_gone() {
    if !may_trace() {
        return;
    }
    let relay = bare(&["--rung", "loopback"], Scratch::new());
    let mut seat = Seat::at(relay.url()).await;
    let (client, server) = seat.pair(Net::Host, Net::Host).await;
    for socket in [client, server] {
        seat.done(Command::Close { socket }).await;
    }
    let waits = |world: &World| {
        let state = world.sockets.get(&client)?.kernel.state?;
        (state == TcpState::TimeWait).then_some(())
    };
    seat.until("it is in TIME_WAIT", waits).await;
    let fault = "inject=sendto:error=ENOBUFS";
    let tracer = Tracer::on(&relay, "lab", &["-e", "trace=sendto", "-e", fault]);
    let began = Instant::now();
    while tracer.so_far().matches("(INJECTED)").count() < 3 {
        assert!(began.elapsed() < DEADLINE, "the kernel is not asked about a closed socket");
        // What is told meanwhile comes before the answer.
        seat.done(Command::Pause { on: false }).await;
    }
    drop(tracer);
    seat.done(Command::Pause { on: false }).await;
    let gone = seat
        .told
        .iter()
        .find(|event| matches!(event.what, What::Gone { socket } if socket == client));
    assert_eq!(gone, None, "TIME_WAIT lasts a minute (tcp(7))");
    assert_eq!(
        seat.world.sockets.get(&client).and_then(|it| it.kernel.state),
        Some(TcpState::TimeWait)
    );
}
