//! How connections end: in order, half by half, abruptly, and unheard.

use crate::support::lab::{Bench, FAMILIES, error, ok_bytes, received};
use protocol::command::{Family, Half};
use protocol::packet::{Flags, Lost, PacketFate};
use protocol::wire::PacketKind;
use protocol::{Command, End, SocketId, TcpState};

const FIN_ACK: Flags = Flags(Flags::FIN.0 | Flags::ACK.0);

async fn shut(bench: &Bench, socket: SocketId) {
    bench.ask(Command::Shutdown { socket, how: Half::Write }).await.expect("shut");
}

#[tokio::test]
async fn one_half_and_then_the_other() {
    let Some(bench) = Bench::on_wire() else { return };
    for family in FAMILIES {
        let (client, server) = bench.across(family).await;
        let before = bench.packets().len();
        shut(&bench, client).await;
        assert!(received(bench.recv(server, 9).await).eof);
        bench.state(client, TcpState::FinWait2).await;
        bench.state(server, TcpState::CloseWait).await;
        assert_eq!(ok_bytes(bench.send(server, "late").await), 4);
        assert_eq!(bench.read_all(client, 4).await, b"late");
        let ledger = bench.even(server).await;
        assert_eq!((ledger.sent, ledger.read), (4, 4));
        bench.close(server).await;
        assert!(received(bench.recv(client, 9).await).eof);
        let fins = bench
            .until_packets("both ends are acknowledged", |packets| {
                let fins: Vec<_> =
                    packets[before..].iter().filter(|packet| packet.is(FIN_ACK)).cloned().collect();
                let last = fins.last()?.tcp()?.seq;
                let heard = |packet: &crate::support::story::Seen| {
                    packet.from == End::Left && packet.tcp().is_some_and(|tcp| tcp.ack == last + 1)
                };
                (fins.len() == 2 && packets[before..].iter().any(heard)).then_some(fins)
            })
            .await;
        assert_eq!((fins[0].from, fins[1].from), (End::Left, End::Right));
        assert_eq!((fins[0].tcp().unwrap().seq, fins[1].tcp().unwrap().seq), (1, 5));
        bench.close(client).await;
    }
}

#[tokio::test]
async fn a_lost_fin_is_sent_again() {
    let Some(bench) = Bench::on_wire() else { return };
    let (client, server) = bench.across(Family::Ipv4).await;
    bench.lose(End::Left, PacketKind::Fin, 1).await;
    shut(&bench, client).await;
    assert!(received(bench.recv(server, 9).await).eof);
    bench.state(client, TcpState::FinWait2).await;
    let packets = bench.packets();
    let fins: Vec<_> = packets.iter().filter(|packet| packet.is(FIN_ACK)).collect();
    assert_eq!(fins[0].fate(), Some(PacketFate::Lost(Lost::Killed)));
    assert!(fins[1].delivered() && fins[1].tcp().is_some_and(|tcp| tcp.again), "{fins:?}");
    bench.even(client).await;
}

#[tokio::test]
async fn unread_data_turns_a_close_into_a_reset() {
    let Some(bench) = Bench::on_wire() else { return };
    let (client, server) = bench.across(Family::Ipv4).await;
    assert_eq!(ok_bytes(bench.send(client, "unread").await), 6);
    bench
        .until("it waits", |world| {
            (world.sockets[&server].kernel.receive_queue == Some(6)).then_some(())
        })
        .await;
    bench.close(server).await;
    assert_eq!(error(bench.recv(client, 9).await), "ECONNRESET");
    bench.state(client, TcpState::Close).await;
    let packets = bench.packets();
    let last = packets.last().expect("a packet");
    assert!(last.from == End::Right && last.tcp().unwrap().flags.has(Flags::RST), "{last:?}");
    assert!(packets.iter().all(|packet| !packet.is(FIN_ACK)));
}

#[tokio::test]
async fn an_unheard_reset_leaves_half_a_connection() {
    let Some(bench) = Bench::on_wire() else { return };
    let (client, server) = bench.across(Family::Ipv4).await;
    bench.lose(End::Right, PacketKind::Rst, 1).await;
    assert_eq!(ok_bytes(bench.send(client, "unread").await), 6);
    bench
        .until("it waits", |world| {
            (world.sockets[&server].kernel.receive_queue == Some(6)).then_some(())
        })
        .await;
    bench.close(server).await;
    let reset = bench
        .until_packets("its reset is lost", |packets| {
            let last = packets.last()?;
            (last.fate() == Some(PacketFate::Lost(Lost::Killed))).then(|| last.clone())
        })
        .await;
    assert!(reset.tcp().is_some_and(|tcp| tcp.flags.has(Flags::RST)));
    bench.gone(server).await;
    assert!(bench.is_silent(client).await, "it has heard nothing");
    let state = bench.look(|world| world.sockets[&client].kernel.state);
    assert_eq!(state, Some(TcpState::Established), "it does not know");
    assert_eq!(ok_bytes(bench.send(client, "hello?").await), 6, "and sends into the void");
    bench.state(client, TcpState::Close).await;
    assert_eq!(error(bench.recv(client, 9).await), "ECONNRESET");
}
