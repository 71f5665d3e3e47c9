//! How a connection begins, and how it begins all the same when a part of that is lost.

use crate::support::lab::{Bench, FAMILIES, end_of};
use crate::support::onwire::{MS, TOGETHER};
use crate::support::story::Seen;
use protocol::command::{Family, Kind, Net};
use protocol::packet::{Flags, Lost, PacketFate};
use protocol::sample::TimerKind;
use protocol::wire::PacketKind;
use protocol::{Command, End, Field, TcpState};

const SYN_ACK: Flags = Flags(Flags::SYN.0 | Flags::ACK.0);

#[tokio::test]
async fn three_segments_make_a_connection() {
    let Some(bench) = Bench::on_wire() else { return };
    bench.slow(20 * MS).await;
    for family in FAMILIES {
        let before = bench.packets().len();
        let (listener, address) = bench.listener_in(End::Right, family, 5).await;
        let client = bench.connect_from(End::Left, &address).await;
        let server = bench.accept(listener).await;
        bench.even(client).await;
        let packets = bench.packets().split_off(before);
        let told: Vec<_> = packets.iter().filter_map(Seen::tcp).cloned().collect();
        let flags: Vec<_> = told.iter().map(|tcp| tcp.flags).collect();
        assert_eq!(flags, [Flags::SYN, SYN_ACK, Flags::ACK], "and nothing else: {packets:?}");
        assert_eq!(
            told.iter().map(|tcp| (tcp.seq, tcp.ack)).collect::<Vec<_>>(),
            [(0, 0), (0, 1), (1, 1)]
        );
        assert_eq!(
            packets.iter().map(|packet| packet.from).collect::<Vec<_>>(),
            [End::Left, End::Right, End::Left]
        );
        assert!(told.iter().all(|tcp| !tcp.again && tcp.payload == 0 && tcp.window > 0));
        for packet in &packets {
            let [(left, PacketFate::Delivered)] = packet.left[..] else { panic!("{packet:?}") };
            assert!(left + TOGETHER >= packet.entered + 20 * MS, "{packet:?}");
        }
        assert!(packets.windows(2).all(|two| two[0].left[0].0 <= two[1].entered), "one by one");
        assert_eq!(packets[0].dst, address);
        assert_eq!(packets[1].src, address);
        let states = bench.samples(client).into_iter().filter_map(|(at, field)| match field {
            Field::State(state) => Some((at, state)),
            _ => None,
        });
        let states: Vec<_> = states.skip_while(|(_, state)| *state == TcpState::Close).collect();
        let [(asked, TcpState::SynSent), (open, TcpState::Established)] = states[..] else {
            panic!("{states:?}")
        };
        assert!(asked < packets[1].left[0].0 && open >= packets[1].left[0].0);
        let far = bench.look(|world| (world.far_end(client), world.far_end(server)));
        assert_eq!(far, (Some(server), Some(client)));
    }
}

#[tokio::test]
async fn a_lost_syn_is_sent_again() {
    let Some(bench) = Bench::on_wire() else { return };
    let (_, address) = bench.listener_in(End::Right, Family::Ipv4, 5).await;
    bench.lose(End::Left, PacketKind::Syn, 1).await;
    let client = bench.make(Net::Left, Family::Ipv4, Kind::Stream).await;
    let asked = bench.start(Command::Connect { socket: client, address });
    bench
        .until("its timer runs", |world| {
            let kernel = &world.sockets.get(&client)?.kernel;
            let (timer, _) = kernel.timer?;
            (kernel.state == Some(TcpState::SynSent) && timer.kind == TimerKind::Retransmit)
                .then_some(())
        })
        .await;
    end_of(asked).await.expect("connected");
    let packets = bench.packets();
    let [first, second] = [&packets[0], &packets[1]];
    assert!(first.is(Flags::SYN) && second.is(Flags::SYN), "{packets:?}");
    assert_eq!(first.fate(), Some(PacketFate::Lost(Lost::Killed)));
    assert!(second.delivered() && second.tcp().is_some_and(|tcp| tcp.again && tcp.seq == 0));
    assert!(second.entered - first.entered > 900 * MS, "its first timer is a second");
    bench.counted(End::Left, "Tcp.RetransSegs", 1).await;
}

#[tokio::test]
async fn a_lost_syn_ack_is_sent_again() {
    let Some(bench) = Bench::on_wire() else { return };
    let (listener, address) = bench.listener_in(End::Right, Family::Ipv4, 5).await;
    bench.lose(End::Right, PacketKind::SynAck, 1).await;
    let client = bench.connect_from(End::Left, &address).await;
    bench.accept(listener).await;
    bench.even(client).await;
    let packets = bench.packets();
    let answers: Vec<_> = packets.iter().filter(|packet| packet.is(SYN_ACK)).collect();
    assert_eq!(answers[0].fate(), Some(PacketFate::Lost(Lost::Killed)));
    let second = answers.get(1).expect("a second");
    assert!(second.delivered() && second.tcp().is_some_and(|tcp| tcp.again), "{second:?}");
    assert!(second.entered - answers[0].entered > 900 * MS);
}
