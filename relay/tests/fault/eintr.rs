//! Every second wait of every thread is interrupted: nothing is lost, and nobody gives up.

use crate::seat::{Seat, text};
use crate::support::scratch::Scratch;
use crate::{faulty, log};
use protocol::command::{Kind, Net};
use protocol::message::RungName;
use protocol::{Answer, Command, Done, ErrorKind};
use std::fs;

#[tokio::test]
async fn interrupted_waits_lose_nothing() {
    let state = Scratch::new();
    let fault = "inject=epoll_wait,epoll_pwait,poll,ppoll:error=EINTR:when=2+2";
    let options = ["-e", "trace=epoll_wait,epoll_pwait,poll,ppoll", "-e", fault];
    let Some(relay) = faulty(&options, state, &[]) else { return };
    let mut seat = Seat::at(relay.url()).await;
    let wire = seat.welcome.rung.name != RungName::Loopback;
    let across = if wire { (Net::Left, Net::Right) } else { (Net::Host, Net::Host) };
    for (from, to) in [(Net::Host, Net::Host), across] {
        // Connections one after another: whether one is complete is asked by poll(2).
        for round in 0..8 {
            let (client, server) = seat.pair(from, to).await;
            let sent = format!("{round} ").repeat(4_000);
            let begun =
                seat.begin(Command::Send { socket: client, data: text(&sent), all: true }).await;
            assert_eq!(seat.read(server, sent.len()).await, sent.as_bytes());
            let Answer::Ok(Done::Sent(done)) = seat.answer(begun).await else { panic!("not sent") };
            assert_eq!(done.bytes as usize, sent.len());
            for socket in [client, server] {
                seat.done(Command::Close { socket }).await;
            }
        }
        let (_, address) = seat.bound(to, Kind::Datagram).await;
        let (sender, _) = seat.bound(from, Kind::Datagram).await;
        let ask = Command::Burst { socket: sender, address: Some(address), count: 64, bytes: 40 };
        let Done::Burst(done) = seat.done(ask).await else { panic!("no burst") };
        assert_eq!((done.sent, done.refused), (64, 0));
        let ledger = seat.balance(sender).await;
        assert_eq!((ledger.sent, ledger.waiting, ledger.unexplained), (64, 64, Some(0)));
    }
    // A span stays a span, and a peer that is not there is refused by its own errno.
    let (sleeper, address) = seat.bound(Net::Host, Kind::Stream).await;
    let client = seat.socket(Net::Host, Kind::Stream).await;
    assert_eq!(seat.refused(Command::Connect { socket: client, address }).await, "ECONNREFUSED");
    seat.done(Command::Listen { socket: sleeper, backlog: 1 }).await;
    seat.done(Command::Timeout { socket: sleeper, after: Some(300_000_000) }).await;
    let Answer::Error(failure) = seat.ask(Command::Accept { socket: sleeper }).await else {
        panic!("nobody came")
    };
    assert_eq!(failure.kind, ErrorKind::TimedOut);

    let trace = fs::read_to_string(log(relay.state())).expect("a trace");
    for call in ["epoll_", "poll("] {
        let mut lines = trace.lines();
        assert!(
            lines.any(|line| line.contains(call) && line.contains("(INJECTED)")),
            "{call} was never interrupted"
        );
    }
}
