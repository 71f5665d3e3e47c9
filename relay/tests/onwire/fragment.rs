//! A datagram too long for one packet: whole when all of it arrives, nothing when a part does not.

use crate::support::lab::{Bench, FAMILIES, error, pattern, received};
use crate::support::onwire::of;
use crate::support::story::Seen;
use protocol::data::{Data, Hex};
use protocol::packet::{FragmentHead, Head};
use protocol::wire::{Deed, Impairment, Match, PacketKind};
use protocol::{Address, Command, End, SocketId};

async fn send(bench: &Bench, socket: SocketId, to: &Address, bytes: &[u8]) {
    let data = Data::Hex(Hex(bytes.to_vec()));
    bench.ask(Command::SendTo { socket, address: to.clone(), data }).await.expect("sent");
}

fn parts(packets: &[Seen]) -> Vec<FragmentHead> {
    let part = |packet: &Seen| match &packet.head {
        Head::Fragment(fragment) => Some(fragment.clone()),
        _ => None,
    };
    packets.iter().filter_map(part).collect()
}

#[tokio::test]
async fn all_of_them_make_it_whole() {
    let Some(bench) = Bench::on_wire() else { return };
    for family in FAMILIES {
        let [(left, here), (right, there)] = bench.posts(family).await;
        let before = bench.packets().len();
        let sent = pattern(0, 4_000);
        send(&bench, left, &there, &sent).await;
        let read = received(bench.recv_from(right, 65_536).await);
        assert!(read.data.bytes() == sent && read.from == Some(here));
        let ledger = bench.settled(right, 1).await;
        assert_eq!((ledger.read, ledger.unexplained), (1, Some(0)));
        let packets = bench.packets().split_off(before);
        let parts = parts(&packets);
        assert_eq!((packets.len(), parts.len()), (3, 3), "{packets:#?}");
        assert!(parts.iter().all(|one| one.ident == parts[0].ident && one.protocol == 17));
        assert_eq!(parts.iter().map(|one| one.more).collect::<Vec<_>>(), [true, true, false]);
        let mut next = 0;
        for part in &parts {
            assert_eq!(part.offset, next);
            next += part.payload;
        }
        assert_eq!(next, 4_008, "the datagram with its own header");
        assert!(packets.iter().all(|packet| packet.bytes <= 1_500));
    }
}

#[tokio::test]
async fn without_one_there_is_no_datagram() {
    let Some(bench) = Bench::on_wire() else { return };
    for family in FAMILIES {
        let [(left, _), (right, there)] = bench.posts(family).await;
        let second = Match { nth: Some(2), ..of(End::Left, PacketKind::Fragment) };
        bench.trap(second, Deed::Lose, 1).await;
        send(&bench, left, &there, &pattern(0, 4_000)).await;
        let ledger = bench.settled(right, 1).await;
        assert_eq!((ledger.not_reassembled, ledger.lost, ledger.waiting), (1, 0, 0));
        assert_eq!(ledger.unexplained, Some(0));
        assert!(bench.is_silent(right).await);
        send(&bench, left, &there, &pattern(9, 4_000)).await;
        let read = received(bench.recv_from(right, 65_536).await);
        assert!(read.data.bytes() == pattern(9, 4_000), "the next is whole");
        let ledger = bench.settled(right, 2).await;
        assert_eq!((ledger.not_reassembled, ledger.read, ledger.unexplained), (1, 1, Some(0)));
    }
}

#[tokio::test]
async fn a_smaller_mtu_makes_parts_of_what_was_one() {
    let Some(bench) = Bench::on_wire() else { return };
    for family in FAMILIES {
        let [(left, _), (right, there)] = bench.posts(family).await;
        for (mtu, wanted) in [(None, 1), (Some(1_280), 2), (Some(9_000), 1), (None, 1)] {
            bench.impair(None, Impairment { mtu, ..Impairment::default() }, None).await;
            let before = bench.packets().len();
            send(&bench, left, &there, &pattern(0, 1_400)).await;
            assert_eq!(received(bench.recv_from(right, 65_536).await).bytes, 1_400);
            let packets = bench.packets().split_off(before);
            assert_eq!(packets.len(), wanted, "{mtu:?}: {packets:?}");
            assert!(packets.iter().all(|one| one.bytes <= mtu.unwrap_or(1_500)));
        }
        let data = Data::Hex(Hex(vec![0; 65_508]));
        let ask = Command::SendTo { socket: left, address: there, data };
        let answer = bench.ask(ask).await;
        if there_is_room(family) {
            answer.expect("65,527 bytes fit over IPv6");
        } else {
            assert_eq!(error(answer), "EMSGSIZE");
        }
    }
}

fn there_is_room(family: protocol::command::Family) -> bool {
    family == protocol::command::Family::Ipv6
}

#[tokio::test]
async fn a_smaller_mtu_makes_smaller_segments() {
    let Some(bench) = Bench::on_wire() else { return };
    bench.impair(None, Impairment { mtu: Some(1_280), ..Impairment::default() }, None).await;
    for family in FAMILIES {
        let (client, server) = bench.across(family).await;
        let sent = pattern(0, 20_000);
        bench.send_bytes(client, &sent).await.expect("sent");
        assert!(bench.read_all(server, 20_000).await == sent);
        bench.even(client).await;
        let longest = bench.packets().iter().map(|packet| packet.bytes).max();
        assert_eq!(longest, Some(1_280));
    }
}
