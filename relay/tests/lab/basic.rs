//! The first minute: hello waits, is read, both close; a burst overflows.

use crate::support::lab::{Bench, ok_bytes, received};
use protocol::TcpState;

#[tokio::test]
async fn hello_waits_in_the_kernel_until_it_is_read() {
    let bench = Bench::new();
    let (client, server, _) = bench.pair().await;
    assert_eq!(ok_bytes(bench.send(client, "hello").await), 5);
    bench
        .until("5 bytes wait", |world| {
            let socket = world.sockets.get(&server)?;
            (socket.kernel.receive_queue == Some(5) && socket.kernel.peeked == b"hello")
                .then_some(())
        })
        .await;
    bench
        .until("the sender's kernel knows", |world| {
            (world.sockets[&client].kernel.send_queue == Some(0)).then_some(())
        })
        .await;
    assert_eq!(received(bench.recv(server, 1024).await).data.bytes(), b"hello");
    assert_eq!(
        bench.look(|world| world.sockets[&client].kernel.state),
        Some(TcpState::Established)
    );
    bench.close(client).await;
    bench
        .until("the client rests", |world| {
            (world.sockets[&client].kernel.state == Some(TcpState::FinWait2)).then_some(())
        })
        .await;
    assert!(received(bench.recv(server, 10).await).eof);
    bench.close(server).await;
    bench
        .until("TIME_WAIT", |world| {
            (world.sockets[&client].kernel.state == Some(TcpState::TimeWait)).then_some(())
        })
        .await;
}

#[tokio::test]
async fn a_full_buffer_drops_and_the_walk_names_which() {
    use protocol::Command;
    use protocol::command::{Family, Kind, SocketOption};
    let bench = Bench::new();
    let receiver = bench.socket(Family::Ipv4, Kind::Datagram).await;
    bench
        .ask(Command::Option { socket: receiver, set: SocketOption::ReceiveBuffer(16384) })
        .await
        .expect("set");
    let address = bench.bind(receiver, "127.0.0.1:0").await;
    let sender = bench.socket(Family::Ipv4, Kind::Datagram).await;
    let burst = Command::Burst { socket: sender, address: Some(address), count: 200, bytes: 500 };
    bench.ask(burst).await.expect("sent");
    let tally = bench
        .until("all are named", |world| {
            world
                .bursts
                .values()
                .next()
                .map(|burst| burst.sheet.tally())
                .filter(|tally| tally.sent == 0)
        })
        .await;
    assert_eq!(tally.waiting + tally.dropped, 200);
    assert!(tally.waiting > 0 && tally.dropped > 0, "{tally:?}");
}
