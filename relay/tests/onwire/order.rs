//! Datagrams that overtake each other, or come twice: seen as they come.

use crate::support::lab::{Bench, FAMILIES};
use crate::support::onwire::{MS, TOGETHER, of};
use protocol::End;
use protocol::packet::Mark;
use protocol::wire::{Deed, Impairment, PacketKind};

#[tokio::test]
async fn the_one_put_off_is_read_later() {
    let Some(bench) = Bench::on_wire() else { return };
    for family in FAMILIES {
        let [(left, _), (right, there)] = bench.posts(family).await;
        let before = bench.packets().len();
        bench.trap(of(End::Left, PacketKind::Udp), Deed::Delay { by: 200 * MS }, 1).await;
        for text in ["first", "second"] {
            bench.send_to(left, &there, text).await.expect("sent");
        }
        assert_eq!(bench.read_text(right).await, "second");
        assert_eq!(bench.read_text(right).await, "first");
        let packets = bench.packets().split_off(before);
        assert!(packets[0].is_marked(Mark::Delayed { by: 200 * MS }));
        assert!(packets[0].left[0].0 + TOGETHER >= packets[0].entered + 200 * MS);
        assert!(packets[1].left[0].0 < packets[0].left[0].0);
        let ledger = bench.settled(right, 2).await;
        assert_eq!((ledger.read, ledger.unexplained), (2, Some(0)));
    }
}

#[tokio::test]
async fn the_copied_one_is_read_twice() {
    let Some(bench) = Bench::on_wire() else { return };
    for family in FAMILIES {
        let [(left, _), (right, there)] = bench.posts(family).await;
        let before = bench.packets().len();
        bench.trap(of(End::Left, PacketKind::Udp), Deed::Copy, 1).await;
        bench.send_to(left, &there, "twin").await.expect("sent");
        assert_eq!([bench.read_text(right).await, bench.read_text(right).await], ["twin", "twin"]);
        let ledger = bench.settled(right, 1).await;
        assert_eq!((ledger.read, ledger.copied, ledger.unexplained), (2, 1, Some(0)));
        let packets = bench.packets().split_off(before);
        let [one, twin] = &packets[..] else { panic!("{packets:?}") };
        assert_eq!(twin.copy_of, Some(one.id));
        assert!(one.is_marked(Mark::Copied { copy: twin.id }) && one.delivered());
        assert!(twin.delivered());
    }
}

#[tokio::test]
async fn jitter_mixes_and_duplication_doubles() {
    let Some(bench) = Bench::on_wire() else { return };
    let [(left, _), (right, there)] = bench.posts(protocol::command::Family::Ipv4).await;
    let set = Impairment {
        delay: 10 * MS,
        jitter: 10 * MS,
        duplicate: 1_000_000,
        ..Impairment::default()
    };
    bench.impair(Some(End::Left), set, Some(3)).await;
    for number in 0..20 {
        bench.send_to(left, &there, &number.to_string()).await.expect("sent");
    }
    let mut read = Vec::new();
    while read.len() < 40 {
        read.push(bench.read_text(right).await.parse::<u32>().expect("a number"));
    }
    assert!(read.windows(2).any(|two| two[0] > two[1]), "out of order: {read:?}");
    read.sort_unstable();
    assert_eq!(read, (0..20).flat_map(|number| [number, number]).collect::<Vec<_>>());
    let ledger = bench.settled(right, 20).await;
    assert_eq!((ledger.read, ledger.copied, ledger.unexplained), (40, 20, Some(0)));
}
