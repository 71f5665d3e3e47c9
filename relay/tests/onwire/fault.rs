//! A wire whose helper is gone, and a new one in its place.

use crate::support::lab::{Bench, failure, ok_bytes};
use crate::support::story::Seen;
use protocol::command::{Family, Kind, Net};
use protocol::wire::WireOrder;
use protocol::{Command, End, ErrorKind, What};
use rustix::process::{Pid, Signal, kill_process};

fn kill_helper(bench: &Bench) {
    let helper = bench.lab.namespaces().expect("a helper").pid();
    let helper = Pid::from_raw(helper.cast_signed()).expect("its id");
    kill_process(helper, Signal::KILL).expect("killed");
}

fn make(net: Net) -> Command {
    let (family, kind) = (Family::Ipv4, Kind::Stream);
    Command::Socket { net, family, kind, side: None, name: None }
}

#[tokio::test]
async fn what_is_connected_goes_on_and_a_new_wire_can_be_had() {
    let Some(bench) = Bench::on_wire() else { return };
    let (client, server) = bench.across(Family::Ipv4).await;
    kill_helper(&bench);
    let why = bench
        .until("the wire is down", |world| world.wire.as_ref().and_then(|wire| wire.down.clone()))
        .await;
    assert!(why.ends_with('.') && why.contains("helper"), "{why}");
    assert_eq!(ok_bytes(bench.send(client, "still here").await), 10);
    assert_eq!(bench.read_all(server, 10).await, b"still here");
    bench.even(client).await;
    for end in End::BOTH {
        let refused = failure(bench.ask(make(end.into())).await);
        assert_eq!(refused.kind, ErrorKind::NoWire);
        assert!(refused.message.contains("restart"), "{}", refused.message);
    }
    bench.ask(make(Net::Host)).await.expect("the host needs no helper");
    bench.ask(Command::Wire(WireOrder::Restart)).await.expect("a new wire");
    assert_eq!(bench.look(|world| world.wire.as_ref().unwrap().down.clone()), None);
    let before = bench.packets().len();
    let (new, far) = bench.across(Family::Ipv4).await;
    assert_eq!(ok_bytes(bench.send(new, "anew").await), 4);
    assert_eq!(bench.read_all(far, 4).await, b"anew");
    bench.even(new).await;
    let packets = bench.packets().split_off(before);
    assert!(!packets.is_empty() && packets.iter().all(Seen::delivered));
    let ups = bench.events().into_iter().filter(|event| matches!(event.what, What::WireUp { .. }));
    assert_eq!(ups.count(), 2);
    bench.close(client).await;
    bench.close(server).await;
}

#[tokio::test]
async fn the_old_wires_sockets_are_cut_off_and_can_be_closed() {
    let Some(bench) = Bench::on_wire() else { return };
    let [(left, _), (right, there)] = bench.posts(Family::Ipv4).await;
    bench.ask(Command::Wire(WireOrder::Restart)).await.expect("a new wire");
    // It may be refused or vanish; it must not reach the new wire, nor hang.
    let _ = bench.send_to(left, &there, "void").await;
    assert!(bench.is_silent(right).await);
    assert_eq!(bench.packets().len(), 0);
    for socket in [left, right] {
        bench.close(socket).await;
        bench.gone(socket).await;
    }
    let [(left, _), (right, there)] = bench.posts(Family::Ipv4).await;
    bench.send_to(left, &there, "new").await.expect("sent");
    assert_eq!(bench.read_text(right).await, "new");
}

#[tokio::test]
async fn it_is_asked_again_and_again() {
    let Some(bench) = Bench::on_wire() else { return };
    for _ in 0..5 {
        kill_helper(&bench);
        bench.ask(Command::Wire(WireOrder::Restart)).await.expect("a new wire");
        let (client, server) = bench.across(Family::Ipv6).await;
        bench.send(client, "again").await.expect("sent");
        assert_eq!(bench.read_all(server, 5).await, b"again");
        bench.ask(Command::Reset).await.expect("reset");
    }
}
