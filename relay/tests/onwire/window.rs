//! A receiver that does not read: its window closes, is probed, and opens when it reads.

use crate::support::lab::{Bench, end_of, ok_bytes, pattern};
use crate::support::story::Seen;
use protocol::command::{Family, Kind, Net, SocketOption};
use protocol::data::{Data, Hex};
use protocol::sample::TimerKind;
use protocol::{Command, End, Field};

#[tokio::test]
async fn it_closes_is_probed_and_opens_when_read() {
    let Some(bench) = Bench::on_wire() else { return };
    let (listener, address) = bench.bound_in(End::Right, Family::Ipv4, Kind::Stream).await;
    bench.option(listener, SocketOption::ReceiveBuffer(8_192)).await;
    bench.ask(Command::Listen { socket: listener, backlog: 1 }).await.expect("listening");
    let client = bench.make(Net::Left, Family::Ipv4, Kind::Stream).await;
    bench.ask(Command::Connect { socket: client, address }).await.expect("connected");
    let server = bench.accept(listener).await;
    let sent = pattern(0, 60_000);
    let data = Data::Hex(Hex(sent.clone()));
    let sending = bench.start(Command::Send { socket: client, data, all: true });
    let closes = |packet: &&Seen| {
        packet.from == End::Right
            && packet.tcp().is_some_and(|tcp| tcp.window == 0 && tcp.payload == 0)
    };
    // A probe carries nothing, or a byte, of what was acknowledged already.
    let probe = bench
        .until_packets("a closed window is probed and the probe answered", |packets| {
            let closed = packets.iter().find(closes)?;
            let probes = |one: &&Seen| {
                let (Some(probe), Some(shut)) = (one.tcp(), closed.tcp()) else { return false };
                one.from == End::Left && one.id > closed.id && probe.seq.wrapping_add(1) == shut.ack
            };
            let probe = packets.iter().find(probes)?;
            packets.iter().filter(closes).any(|one| one.id > probe.id).then(|| probe.clone())
        })
        .await;
    assert!(probe.tcp().is_some_and(|tcp| tcp.payload <= 1), "{probe:?}");
    let persists = |field: &Field| matches!(field, Field::Timer(Some(timer)) if timer.kind == TimerKind::Probe);
    bench
        .until("the probe timer is seen", |world| {
            let (timer, _) = world.sockets.get(&client)?.kernel.timer?;
            (timer.kind == TimerKind::Probe).then_some(())
        })
        .await;
    assert!(bench.samples(client).iter().any(|(_, field)| persists(field)));
    assert!(bench.read_all(server, sent.len()).await == sent);
    assert_eq!(ok_bytes(end_of(sending).await), 60_000);
    bench.even(client).await;
    let packets = bench.packets();
    let opens = |packet: &&Seen| {
        packet.id > probe.id
            && packet.from == End::Right
            && packet.tcp().is_some_and(|tcp| tcp.window > 0 && tcp.payload == 0)
    };
    assert!(packets.iter().any(|packet| opens(&packet)), "its window opens");
    bench.counted(End::Right, "TcpExt.TCPToZeroWindowAdv", 1).await;
    bench.counted(End::Right, "TcpExt.TCPFromZeroWindowAdv", 1).await;
}
