//! Names: those that need no asking, and those that nobody is asked about.

use crate::support::lab::{Bench, FAMILIES, failure, loopback};
use protocol::command::{Application, Family, Kind, Serving};
use protocol::{Address, Command, Done, End, SocketId, What};
use relay::journal::{Journal, Read};
use relay::lab::Lab;
use relay::policy::Policy;
use relay::resolve::Resolver;
use std::net::IpAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

fn named(host: &str, port: u16) -> Address {
    Address::named(host, port).expect("a name")
}

async fn connect(
    bench: &Bench,
    socket: SocketId,
    host: &str,
    port: u16,
) -> Result<Done, protocol::Failure> {
    bench.ask(Command::Connect { socket, address: named(host, port) }).await
}

/// The targets that the journal tells of.
fn journaled(bench: &Bench) -> Vec<Address> {
    let Read::Events(events) = bench.lab.journal().read(0, usize::MAX) else { panic!("lost") };
    let asked = events.into_iter().filter_map(|event| match event.what {
        What::CallBegan { ask: Command::Connect { address, .. }, .. } => Some(address),
        _ => None,
    });
    asked.collect()
}

#[tokio::test]
async fn localhost_is_loopback_without_asking() {
    let bench = Bench::new();
    let lab = bench.lab.clone().with_resolver(Resolver::by(Arc::new(|host| panic!("{host}"))));
    let bench = Bench { lab };
    for family in FAMILIES {
        let (_, address) = bench.listener_of(family, 5).await;
        for host in ["localhost", "LOCALHOST", "a.b.localhost"] {
            let socket = bench.socket(family, Kind::Stream).await;
            connect(&bench, socket, host, address.port().unwrap()).await.expect("connected");
            assert_eq!(journaled(&bench).last(), Some(&address));
        }
    }
    let socket = bench.socket(Family::Ipv4, Kind::Stream).await;
    let refused = failure(connect(&bench, socket, "example.org", 80).await);
    assert_eq!(
        (refused.short(), &*refused.message),
        (
            "denied",
            "example.org is out of reach: a socket here may only reach loopback, 127.0.0.0/8 or [::1]."
        )
    );
    let bind = Command::Bind { socket, address: named("localhost", 0) };
    assert_eq!(failure(bench.ask(bind).await).short(), "bad_request");
    let film = Application::Film { to: Some(named("a.test", 1)), frames: 1, every: 1_000_000 };
    let film = Command::Serve { socket, set: Some(Serving { app: film, side_by_side: false }) };
    assert_eq!(failure(bench.ask(film).await).short(), "denied");
}

#[tokio::test]
async fn the_wires_ends_have_names() {
    let Some(bench) = Bench::on_wire() else { return };
    for family in FAMILIES {
        let (_, address) = bench.listener_in(End::Right, family, 5).await;
        let port = address.port().unwrap();
        let socket = bench.make(End::Left.into(), family, Kind::Stream).await;
        connect(&bench, socket, "right", port).await.expect("connected");
        assert_eq!(journaled(&bench).last(), Some(&address));
        let other = bench.make(End::Left.into(), family, Kind::Stream).await;
        assert_eq!(failure(connect(&bench, other, "Left", port).await).short(), "ECONNREFUSED");
        assert_eq!(
            failure(connect(&bench, other, "localhost", port).await).short(),
            "ECONNREFUSED"
        );
        let refused = failure(connect(&bench, other, "example.org", port).await);
        assert_eq!(refused.short(), "denied");
        assert!(refused.message.contains("only left, right and localhost"), "{}", refused.message);
    }
}

#[tokio::test]
async fn a_resolver_is_asked_once_and_all_that_it_says_is_checked() {
    let asked = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&asked);
    // Loopback at first, the metadata service from then on.
    let resolver = Resolver::by(Arc::new(move |_| {
        let flip = count.fetch_add(1, Ordering::Relaxed) % 2 == 1;
        let far: IpAddr = if flip { [169, 254, 169, 254].into() } else { [127, 0, 0, 9].into() };
        Ok(vec![[127, 0, 0, 1].into(), far])
    }));
    let allow = vec!["192.0.2.0/24".parse().expect("a range")];
    let policy = Arc::new(Policy { own: Vec::new(), allow });
    let lab = Lab::start(Journal::new("test".into()), policy, protocol::limit::Limits::default());
    let bench = Bench { lab: lab.expect("a lab").with_resolver(resolver) };
    let (listener, address) = bench.bound(Family::Ipv4, Kind::Stream).await;
    bench.ask(Command::Listen { socket: listener, backlog: 5 }).await.expect("listening");
    assert!(loopback(Family::Ipv4).starts_with("127.0.0.1"));
    let port = address.port().unwrap();
    let socket = bench.socket(Family::Ipv4, Kind::Stream).await;
    connect(&bench, socket, "flips.test", port).await.expect("both are loopback");
    assert_eq!(asked.load(Ordering::Relaxed), 1);
    assert_eq!(journaled(&bench), [address]);
    let socket = bench.socket(Family::Ipv4, Kind::Stream).await;
    let refused = failure(connect(&bench, socket, "flips.test", port).await);
    assert_eq!(refused.short(), "denied");
    assert!(refused.message.contains("169.254.169.254"), "{}", refused.message);
    assert_eq!((asked.load(Ordering::Relaxed), journaled(&bench).len()), (2, 1));
}
