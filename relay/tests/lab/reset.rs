//! Reset: everything is closed, the journal goes on, and what is asked next belongs to the new lab.

use crate::support::lab::{Bench, end_of, error, ok_bytes, received};
use protocol::command::{Family, Kind, Net};
use protocol::{Command, Done};

fn socket() -> Command {
    Command::Socket {
        net: Net::Host,
        family: Family::Ipv4,
        kind: Kind::Stream,
        side: None,
        name: None,
    }
}

#[tokio::test]
async fn it_ends_every_call_and_frees_every_address() {
    let bench = Bench::new();
    let (listener, address) = bench.listener(5).await;
    let client = bench.connect(&address).await;
    let (_, accepts) = {
        bench.accept(listener).await;
        bench.start_blocked(Command::Accept { socket: listener }).await
    };
    let (_, reads) =
        bench.start_blocked(Command::Recv { socket: client, max: 1, peek: false }).await;
    let before = bench.lab.journal().seq();
    bench.ask(Command::Reset).await.expect("reset");
    assert_eq!(error(end_of(accepts).await), "interrupted");
    assert_eq!(error(end_of(reads).await), "interrupted");
    bench.look(|world| {
        assert!(world.sockets.is_empty() && world.calls.is_empty(), "{world:?}");
        assert!(world.seq > before);
    });
    assert_eq!(error(bench.recv(client, 1).await), "unknown_id");
    let fresh = bench.socket(Family::Ipv4, Kind::Stream).await;
    assert!(fresh > listener, "ids are never used again");
}

#[tokio::test]
async fn what_is_asked_after_it_is_of_the_new_lab() {
    let bench = Bench::new();
    let (_, server, _) = bench.pair().await;
    let (_, reads) =
        bench.start_blocked(Command::Recv { socket: server, max: 1, peek: false }).await;
    // Both are in the lab's queue before it takes the first.
    let (resets, makes) = (bench.start(Command::Reset), bench.start(socket()));
    end_of(resets).await.expect("reset");
    assert_eq!(error(end_of(reads).await), "interrupted");
    let Ok(Done::Made(made)) = end_of(makes).await else { panic!("no socket") };
    assert!(bench.look(|world| world.sockets.contains_key(&made.socket)));
    let (client, server, _) = bench.pair().await;
    assert_eq!(ok_bytes(bench.send(client, "on").await), 2);
    assert_eq!(received(bench.recv(server, 10).await).data.bytes(), b"on");
}
