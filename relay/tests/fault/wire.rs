//! The wire of a running relay fails: its devices refuse, its helper is killed.

use crate::seat::{Seat, make, text};
use crate::support::line::DEADLINE;
use crate::support::need;
use crate::support::relay::Relay;
use crate::support::scratch::Scratch;
use crate::tracer::Tracer;
use crate::{bare, children, may_trace};
use protocol::command::{Kind, Net};
use protocol::message::RungName;
use protocol::packet::{Lost, PacketFate};
use protocol::wire::WireOrder;
use protocol::{Answer, Command, Done, What};
use rustix::process::{Pid, Signal, kill_process};
use std::time::Instant;

/// A relay with a wire and its owner; none after a loud skip.
async fn relay() -> Option<(Relay, Seat)> {
    let relay = bare(&[], Scratch::new());
    let seat = Seat::at(relay.url()).await;
    if seat.welcome.rung.name == RungName::Loopback {
        need::skip("wire", &format!("{:?}", seat.welcome.rung));
        return None;
    }
    Some((relay, seat))
}

async fn mended(seat: &mut Seat) {
    seat.done(Command::Wire(WireOrder::Restart)).await;
    let up = |world: &protocol::World| {
        world.wire.as_ref().is_some_and(|wire| wire.down.is_none()).then_some(())
    };
    seat.until("the wire is up", up).await;
    let (client, server) = seat.pair(Net::Left, Net::Right).await;
    assert!(matches!(seat.send(client, "anew").await, Answer::Ok(_)));
    assert_eq!(seat.read(server, 4).await, b"anew");
}

#[tokio::test]
async fn a_killed_helper_is_told_and_mended() {
    let Some((relay, mut seat)) = relay().await else { return };
    let (client, server) = seat.pair(Net::Left, Net::Right).await;
    let (_, address) = seat.bound(Net::Right, Kind::Datagram).await;
    let (sender, _) = seat.bound(Net::Left, Kind::Datagram).await;
    for round in 0..2 {
        let helpers = children(relay.id());
        assert_eq!(helpers.len(), 1, "one helper: {helpers:?}");
        let helper = Pid::from_raw(helpers[0].cast_signed()).expect("an id");
        kill_process(helper, Signal::KILL).expect("killed");
        let why = seat.until("it is told", |world| world.wire.as_ref()?.down.clone()).await;
        assert!(why.contains("helper") && why.ends_with('.'), "{why}");
        // What is there works on; nothing new can be made there, though elsewhere it can.
        if round == 0 {
            assert!(matches!(seat.send(client, "still").await, Answer::Ok(_)));
            assert_eq!(seat.read(server, 5).await, b"still");
            let ask =
                Command::SendTo { socket: sender, address: address.clone(), data: text("on") };
            seat.done(ask).await;
            let ledger = seat.balance(sender).await;
            assert_eq!((ledger.sent, ledger.waiting, ledger.unexplained), (1, 1, Some(0)));
        }
        for net in [Net::Left, Net::Right] {
            assert_eq!(seat.refused(make(net, Kind::Stream)).await, "no_wire");
        }
        seat.pair(Net::Host, Net::Host).await;
        mended(&mut seat).await;
    }
    let downs = seat.told.iter().filter(|event| matches!(event.what, What::WireDown { .. }));
    assert_eq!(downs.count(), 2, "each is told once");
}

/// Sends so many datagrams across and waits until the balance rests; how many arrived and were lost.
async fn burst_across(seat: &mut Seat, count: u32) -> (u64, u64) {
    let (_, address) = seat.bound(Net::Right, Kind::Datagram).await;
    let (sender, _) = seat.bound(Net::Left, Kind::Datagram).await;
    let ask = Command::Burst { socket: sender, address: Some(address), count, bytes: 40 };
    let Done::Burst(done) = seat.done(ask).await else { panic!("no burst") };
    assert_eq!((done.sent, done.refused), (count, 0));
    let ledger = seat.balance(sender).await;
    assert_eq!(ledger.unexplained, Some(0), "{ledger:?}");
    assert_eq!(ledger.sent, u64::from(count));
    (ledger.waiting, ledger.lost)
}

#[tokio::test]
async fn a_device_that_takes_nothing_loses_what_it_refused() {
    if !may_trace() {
        return;
    }
    let Some((relay, mut seat)) = relay().await else { return };
    let fault = "inject=write,writev:error=ENOBUFS:when=5..14";
    let tracer = Tracer::on(&relay, "wire", &["-e", "trace=write,writev", "-e", fault]);
    let (arrived, lost) = burst_across(&mut seat, 50).await;
    let injected = tracer.end().matches("(INJECTED)").count() as u64;
    assert_eq!((arrived, lost, injected), (40, 10, 10));
    let full = PacketFate::Lost(Lost::DeviceFull);
    let told = seat
        .told
        .iter()
        .filter(|event| matches!(event.what, What::PacketLeft { fate, .. } if fate == full));
    assert_eq!(told.count(), 10, "each is told");
    assert_eq!(burst_across(&mut seat, 50).await, (50, 0));
}

#[tokio::test]
async fn a_device_that_is_not_read_at_once_is_read_later() {
    if !may_trace() {
        return;
    }
    let Some((relay, mut seat)) = relay().await else { return };
    for errno in ["EIO", "EINTR"] {
        let fault = format!("inject=read,readv:error={errno}:when=2+2");
        let tracer = Tracer::on(&relay, "wire", &["-e", "trace=read,readv", "-e", &fault]);
        assert_eq!(burst_across(&mut seat, 50).await, (50, 0), "{errno}");
        let (client, server) = seat.pair(Net::Left, Net::Right).await;
        assert!(matches!(seat.send(client, "through").await, Answer::Ok(_)));
        assert_eq!(seat.read(server, 7).await, b"through");
        assert!(tracer.end().contains("(INJECTED)"), "{errno}");
    }
}

/// A device that gives nothing but an error is told as the end of the wire, and costs no processor.
#[tokio::test]
async fn a_device_that_is_gone_is_told_and_mended() {
    if !may_trace() {
        return;
    }
    let Some((relay, mut seat)) = relay().await else { return };
    let (_, address) = seat.bound(Net::Right, Kind::Datagram).await;
    let (sender, _) = seat.bound(Net::Left, Kind::Datagram).await;
    let fault = "inject=read,readv:error=EIO";
    let tracer = Tracer::on(&relay, "wire", &["-e", "trace=read,readv", "-e", fault]);
    seat.done(Command::SendTo { socket: sender, address, data: text("lost") }).await;
    let why = seat.until("it is told", |world| world.wire.as_ref()?.down.clone()).await;
    assert!(why.contains("EIO") && why.ends_with('.'), "{why}");
    let calls = tracer.so_far().lines().count();
    let began = Instant::now();
    seat.pair(Net::Host, Net::Host).await;
    assert!(began.elapsed() < DEADLINE);
    assert!(tracer.end().lines().count() < calls + 20, "it is not asked again and again");
    mended(&mut seat).await;
}
