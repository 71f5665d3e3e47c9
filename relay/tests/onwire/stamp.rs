//! The kernel's stamps beside what the wire saw: a lost segment is sent once, early, and acknowledged
//! after it was sent again.

use crate::support::lab::{Bench, ok_bytes};
use crate::support::onwire::{MS, TOGETHER};
use crate::support::story::Seen;
use protocol::command::{Family, SocketOption};
use protocol::wire::PacketKind;
use protocol::world::{Life, Stamp};
use protocol::{End, SocketId};

async fn life(bench: &Bench, socket: SocketId) -> Life {
    let life = bench.until("it is acknowledged", |world| {
        let life = world.sockets.get(&socket)?.lives.last().copied()?;
        (life.scheduled.is_some() && life.sent.is_some() && life.acknowledged.is_some())
            .then_some(life)
    });
    life.await
}

fn not_after(a: Stamp, at: u64, b: u64) {
    assert!(a.at <= at + a.plus_minus + b, "{a:?} is after {at}");
}

#[tokio::test]
async fn the_kernel_and_the_wire_tell_the_same_story() {
    let Some(bench) = Bench::on_wire() else { return };
    bench.slow(20 * MS).await;
    for family in [Family::Ipv4, Family::Ipv6] {
        let (client, server) = bench.across(family).await;
        assert_eq!(bench.option(client, SocketOption::Timestamps(true)).await, 1);
        let before = bench.packets().len();
        assert_eq!(ok_bytes(bench.send(client, "hello").await), 5);
        let life = life(&bench, client).await;
        assert_eq!((life.first, life.last, life.read), (1, 5, None));
        bench.even(client).await;
        let packets = bench.packets();
        let data = packets[before..].iter().find(|packet| packet.is_data(End::Left));
        let data: &Seen = data.expect("a segment");
        let (sent, acked) = (life.sent.expect("sent"), life.acknowledged.expect("acknowledged"));
        // The device is the wire's door: what was handed to it comes in there.
        not_after(sent, data.entered, 0);
        assert!(acked.at + acked.plus_minus >= data.entered + 40 * MS - TOGETHER, "{acked:?}");
        assert_eq!(bench.read_all(server, 5).await, b"hello");
        let read = bench.look(|world| world.sockets[&client].lives[0].read);
        not_after(acked, read.expect("read").began, 0);
    }
}

#[tokio::test]
async fn a_lost_segment_is_sent_early_and_acknowledged_late() {
    let Some(bench) = Bench::on_wire() else { return };
    let (client, server) = bench.across(Family::Ipv4).await;
    bench.option(client, SocketOption::Timestamps(true)).await;
    bench.lose(End::Left, PacketKind::Data, 1).await;
    assert_eq!(ok_bytes(bench.send(client, "tail").await), 4);
    assert_eq!(bench.read_all(server, 4).await, b"tail");
    bench.even(client).await;
    let life = life(&bench, client).await;
    let packets = bench.packets();
    let data: Vec<&Seen> = packets.iter().filter(|packet| packet.is_data(End::Left)).collect();
    let [lost, again] = data[..] else { panic!("lost, and again: {data:#?}") };
    let (sent, acked) = (life.sent.expect("sent"), life.acknowledged.expect("acknowledged"));
    not_after(sent, lost.entered, 0);
    assert!(acked.at + acked.plus_minus >= again.entered - TOGETHER, "{acked:?}, {again:?}");
    assert!(acked.at - sent.at > 100 * MS, "the timer ran in between");
}
