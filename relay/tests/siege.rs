//! The real relay, pressed hard: it answers everything, stays alive, and works again afterwards.

mod support;

use protocol::command::{Family, Kind, Net};
use protocol::message::ToPage;
use protocol::{Answer, Command, CommandId, Done, ErrorKind, SocketId};
use relay::session::Form;
use support::relay::Relay;
use support::viewer::Viewer;
use tokio::net::TcpStream;

fn socket(kind: Kind) -> Command {
    Command::Socket { net: Net::Host, family: Family::Ipv4, kind, side: None, name: None }
}

/// The next reply, whatever is told before it.
async fn reply(viewer: &mut Viewer) -> (CommandId, Answer) {
    loop {
        if let ToPage::Reply(reply) = viewer.next().await {
            return (reply.id.expect("of a command"), reply.result);
        }
    }
}

/// The socket made, none where the answer is that there are too many.
fn made(answer: &Answer) -> Option<SocketId> {
    match answer {
        Answer::Ok(Done::Made(made)) => Some(made.socket),
        Answer::Error(failure)
            if failure.kind == ErrorKind::Limit || failure.short() == "EMFILE" =>
        {
            None
        }
        other => panic!("{other:?}"),
    }
}

/// Asks for far more sockets than there can be, a hundred at a time; those that were made.
async fn too_many(viewer: &mut Viewer) -> Vec<SocketId> {
    let mut sockets = Vec::new();
    for round in 0..100 {
        for id in round * 100..(round + 1) * 100 {
            viewer.ask(id, socket(Kind::Stream)).await;
        }
        for _ in 0..100 {
            sockets.extend(made(&reply(viewer).await.1));
        }
    }
    sockets
}

#[tokio::test]
async fn few_descriptors_mean_few_sockets_and_a_relay_that_lives() {
    let relay = Relay::after("ulimit -n 64");
    let (mut viewer, welcome) = Viewer::of(relay.url(), Form::Json).await;
    let most = welcome.limits.sockets as usize;
    assert!((8..64).contains(&most), "{most}");
    for _ in 0..2 {
        let sockets = too_many(&mut viewer).await;
        assert_eq!(sockets.len(), most, "what welcome says, the lab holds");
        // Strangers take descriptors too, and must not keep the second viewer out.
        for (id, socket) in sockets.iter().enumerate() {
            viewer
                .ask(
                    id as u32,
                    Command::Bind { socket: *socket, address: "127.0.0.1:0".parse().unwrap() },
                )
                .await;
            viewer.ask(id as u32, Command::Listen { socket: *socket, backlog: 1 }).await;
        }
        for _ in 0..2 * sockets.len() {
            assert!(matches!(reply(&mut viewer).await.1, Answer::Ok(_)));
        }
        let mut strangers = Vec::new();
        for _ in 0..100 {
            let address = relay.origin().strip_prefix("http://").unwrap();
            strangers.push(TcpStream::connect(address).await.unwrap());
        }
        let (mut second, _) = Viewer::of(relay.url(), Form::Postcard).await;
        second.ask(1, socket(Kind::Datagram)).await;
        assert_eq!(made(&reply(&mut second).await.1), None);
        for (id, socket) in sockets.iter().enumerate() {
            viewer.ask(id as u32, Command::Close { socket: *socket }).await;
            assert!(matches!(reply(&mut viewer).await.1, Answer::Ok(_)));
        }
    }
    viewer.ask(0, socket(Kind::Datagram)).await;
    assert!(made(&reply(&mut viewer).await.1).is_some());
}
