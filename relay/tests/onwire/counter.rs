//! What each end's kernel counts, since the wire was made.

use crate::support::lab::Bench;
use protocol::command::Family;
use protocol::wire::WireOrder;
use protocol::{Command, End};

fn value(bench: &Bench, end: End, name: &str) -> u64 {
    bench.look(|world| {
        let wire = world.wire.as_ref().expect("a wire");
        wire.counters[end.index()].get(name).copied().unwrap_or(0)
    })
}

#[tokio::test]
async fn each_end_counts_its_own_from_nothing() {
    let Some(bench) = Bench::on_wire() else { return };
    let [(left, _), (right, there)] = bench.posts(Family::Ipv4).await;
    for text in ["one", "two", "three"] {
        bench.send_to(left, &there, text).await.expect("sent");
    }
    for _ in 0..3 {
        bench.read_text(right).await;
    }
    assert_eq!(bench.counted(End::Left, "Udp.OutDatagrams", 3).await, 3);
    assert_eq!(bench.counted(End::Right, "Udp.InDatagrams", 3).await, 3);
    assert_eq!(value(&bench, End::Right, "Udp.OutDatagrams"), 0);
    assert_eq!(value(&bench, End::Left, "Udp.InDatagrams"), 0);
    assert_eq!(value(&bench, End::Left, "Tcp.ActiveOpens"), 0);
    bench.look(|world| {
        let wire = world.wire.as_ref().expect("a wire");
        for counters in &wire.counters {
            assert!(counters.keys().all(|name| !name.contains("Rto") && !name.contains("TTL")));
        }
    });
    bench.ask(Command::Wire(WireOrder::Restart)).await.expect("a new wire");
    assert_eq!(value(&bench, End::Left, "Udp.OutDatagrams"), 0, "a new wire counts anew");
    let [(left, _), (_, there)] = bench.posts(Family::Ipv4).await;
    bench.send_to(left, &there, "one").await.expect("sent");
    assert_eq!(bench.counted(End::Left, "Udp.OutDatagrams", 1).await, 1);
}
