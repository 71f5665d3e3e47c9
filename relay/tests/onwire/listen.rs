//! A listener whose accept queue is full: more SYNs are ignored, not refused.

use crate::support::lab::{Bench, end_of};
use crate::support::story::Seen;
use protocol::command::{Family, Kind, Net};
use protocol::packet::Flags;
use protocol::{Command, End, TcpState};

#[tokio::test]
async fn what_finds_it_full_tries_again_until_there_is_room() {
    let Some(bench) = Bench::on_wire() else { return };
    let (listener, address) = bench.listener_in(End::Right, Family::Ipv4, 1).await;
    for _ in 0..2 {
        bench.connect_from(End::Left, &address).await;
    }
    bench
        .until("two wait", |world| {
            (world.sockets[&listener].kernel.accept_queue == Some(2)).then_some(())
        })
        .await;
    let third = bench.make(Net::Left, Family::Ipv4, Kind::Stream).await;
    let asked = bench.start(Command::Connect { socket: third, address });
    bench.state(third, TcpState::SynSent).await;
    let port =
        bench.until("its port", |world| world.sockets[&third].kernel.local.as_ref()?.port()).await;
    let own = move |packet: &&Seen| packet.src.port() == Some(port) && packet.is(Flags::SYN);
    bench
        .until_packets("its SYN comes again", |packets| {
            let syns: Vec<_> = packets.iter().filter(own).collect();
            let again = syns.get(1)?.tcp()?.again;
            assert!(again && syns.iter().all(|syn| syn.left.is_empty() || syn.delivered()));
            Some(())
        })
        .await;
    bench.counted(End::Right, "TcpExt.ListenOverflows", 2).await;
    assert!(
        bench.packets().iter().all(|packet| packet.dst.port() != Some(port)),
        "not even refused: nothing was said to it"
    );
    bench.accept(listener).await;
    end_of(asked).await.expect("connected, once there is room");
    bench.accept(listener).await;
    bench.accept(listener).await;
    bench.even(third).await;
}
