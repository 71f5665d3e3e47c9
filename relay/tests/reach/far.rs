//! `--allow` for real: two namespaces of the test's own with a cable between them stand for this machine
//! and a far one.

use crate::support::lab::{Bench, end_of, failure, received};
use crate::support::need;
use protocol::command::{Family, Kind};
use protocol::data::Data;
use protocol::limit::{FAR_CALLS, Limits};
use protocol::{Address, Command, Done, SocketId};
use relay::journal::Journal;
use relay::lab::Lab;
use relay::policy::Policy;
use relay::resolve::Resolver;
use rustix::thread::{LinkNameSpaceType, move_into_link_name_space};
use std::env;
use std::fs::File;
use std::io::{Read as _, Write as _};
use std::net::{TcpListener, UdpSocket};
use std::os::fd::AsFd as _;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// Makes the two namespaces and runs the rest in the first. The second is `FAR`'s, which ends by itself.
const SCRIPT: &str = r#"
set -e
ip link set lo up
unshare -n sleep 60 & far=$!
while [ "$(readlink /proc/$far/ns/net)" = "$(readlink /proc/self/ns/net)" ]; do :; done
ip link add here type veth peer name there netns $far
ip addr add 192.0.2.1/24 dev here
ip link set here up
nsenter -t $far -n ip addr add 192.0.2.2/24 dev there
nsenter -t $far -n ip link set there up
nsenter -t $far -n ip link set lo up
PATCHBAY_TEST_FAR=$far "$0" "$@" && ended=0 || ended=$?
kill $far
exit $ended
"#;

/// Runs one of this file's tests in the first namespace.
fn run_inside(test: &str) {
    let can = std::process::Command::new("unshare")
        .args(["-rn", "sh", "-c", "ip link add here type veth peer name there"])
        .output();
    if !can.is_ok_and(|out| out.status.success()) {
        return need::skip("userns", "no namespaces with a cable between them can be made here");
    }
    let out = std::process::Command::new("unshare")
        .args(["-rn", "sh", "-c", SCRIPT])
        .arg(env::current_exe().expect("this test"))
        .args(["--exact", test, "--ignored", "--nocapture"])
        .output()
        .expect("unshare starts");
    let told = String::from_utf8_lossy(&out.stdout) + String::from_utf8_lossy(&out.stderr);
    assert!(out.status.success() && told.contains("1 passed"), "{told}");
}

#[test]
fn far_addresses_are_reached_where_allowed() {
    run_inside("far::inside_reach");
}

#[test]
fn what_goes_far_keeps_its_pace() {
    run_inside("far::inside_pace");
}

/// What the far machine does, in a thread of its own there.
fn there<T: Send + 'static>(act: impl FnOnce() -> T + Send + 'static) -> T {
    let far = env::var("PATCHBAY_TEST_FAR").expect("it runs inside");
    let thread = std::thread::spawn(move || {
        let net = File::open(format!("/proc/{far}/ns/net")).expect("the far net");
        move_into_link_name_space(net.as_fd(), Some(LinkNameSpaceType::Network)).expect("moved");
        act()
    });
    thread.join().expect("it is there")
}

fn bench(allow: &[&str]) -> Bench {
    let allow = allow.iter().map(|range| range.parse().expect("a range")).collect();
    let policy = Arc::new(Policy { own: Vec::new(), allow });
    let lab = Lab::start(Journal::new("test".into()), policy, Limits::default()).expect("a lab");
    let resolver = Resolver::by(Arc::new(|_| Ok(vec![[192, 0, 2, 2].into()])));
    Bench { lab: lab.with_resolver(resolver) }
}

fn at(text: &str) -> Address {
    text.parse().expect("an address")
}

async fn connect(bench: &Bench, socket: SocketId, to: &str) -> Result<Done, protocol::Failure> {
    bench.ask(Command::Connect { socket, address: at(to) }).await
}

#[tokio::test]
#[ignore = "runs inside namespaces that another test makes"]
async fn inside_reach() {
    let listener = there(|| TcpListener::bind("192.0.2.2:8001").expect("bound"));
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let (mut stream, mut bytes) = (stream.expect("a connection"), [0; 5]);
            stream.read_exact(&mut bytes).expect("read");
            stream.write_all(&bytes).expect("written");
        }
    });
    let post = there(|| UdpSocket::bind("192.0.2.2:9000").expect("bound"));
    std::thread::spawn(move || {
        let mut bytes = [0; 100];
        while let Ok((length, from)) = post.recv_from(&mut bytes) {
            post.send_to(&bytes[..length], from).expect("sent");
        }
    });
    let closed = bench(&[]);
    let (stream, post) = both(&closed).await;
    for to in ["192.0.2.2:8001", "far.test:8001"] {
        assert_eq!(failure(connect(&closed, stream, to).await).short(), "denied");
        assert_eq!(failure(closed.send_to(post, &at(to), "x").await).short(), "denied");
    }
    let open = bench(&["192.0.2.0/24:8001,9000"]);
    for to in ["192.0.2.2:8001", "[::ffff:192.0.2.2]:8001", "far.test:8001"] {
        let (stream, _) = both(&open).await;
        let Ok(Done::Local(local)) = connect(&open, stream, to).await else { panic!("{to}") };
        assert!(local.local.to_string().starts_with("192.0.2.1:"), "{local:?}");
        open.send(stream, "hello").await.expect("sent");
        assert_eq!(received(open.recv(stream, 9).await).data.bytes(), b"hello");
    }
    let (stream, post) = both(&open).await;
    for to in ["192.0.2.2:9000", "far.test:9000"] {
        open.send_to(post, &at(to), "hello").await.expect("sent");
        let got = received(open.recv_from(post, 9).await);
        assert_eq!((got.data.bytes(), got.from), (&b"hello"[..], Some(at("192.0.2.2:9000"))));
    }
    for to in ["192.0.2.2:8002", "far.test:80", "192.0.3.2:8001", "[64:ff9b::192.0.2.2]:8001"] {
        assert_eq!(failure(connect(&open, stream, to).await).short(), "denied", "{to}");
    }
    let everyone = failure(open.send_to(post, &at("192.0.2.255:9000"), "x").await);
    assert_eq!(everyone.short(), "EACCES");
    for (address, kind) in [("192.0.2.1:0", "denied"), ("0.0.0.0:8001", "denied")] {
        let refused = open.ask(Command::Bind { socket: stream, address: at(address) }).await;
        assert_eq!(failure(refused).short(), kind, "{address}");
    }
    open.bind(stream, "192.0.2.1:8001").await;
    kept_near(&open).await;
}

/// A stream and a datagram socket.
async fn both(bench: &Bench) -> (SocketId, SocketId) {
    (
        bench.socket(Family::Ipv4, Kind::Stream).await,
        bench.socket(Family::Ipv4, Kind::Datagram).await,
    )
}

/// A datagram socket that sent to loopback first hears nobody from elsewhere, until it is let off.
async fn kept_near(bench: &Bench) {
    let (near, at_near) = bench.bound(Family::Ipv4, Kind::Datagram).await;
    let post = bench.socket(Family::Ipv4, Kind::Datagram).await;
    bench.send_to(post, &at_near, "first").await.expect("sent");
    let from = received(bench.recv_from(near, 9).await).from.expect("a sender");
    let port = from.port().expect("a port");
    let far = there(|| UdpSocket::bind("192.0.2.2:0").expect("bound"));
    far.send_to(b"unwanted", ("192.0.2.1", port)).expect("sent");
    bench.send_to(near, &from, "wanted").await.expect("sent");
    assert_eq!(received(bench.recv_from(post, 9).await).data.bytes(), b"wanted");
    // Root may let it off, and here the test is root.
    bench.send_to(post, &at("192.0.2.2:9000"), "echo").await.expect("sent");
    assert_eq!(received(bench.recv_from(post, 9).await).data.bytes(), b"echo");
}

#[tokio::test]
#[ignore = "runs inside namespaces that another test makes"]
async fn inside_pace() {
    let sink = there(|| UdpSocket::bind("192.0.2.2:9000").expect("bound"));
    let bench = bench(&["192.0.2.2"]);
    let post = bench.socket(Family::Ipv4, Kind::Datagram).await;
    let (address, count) = (Some(at("192.0.2.2:9000")), 2 * FAR_CALLS);
    let begun = Instant::now();
    let burst = Command::Burst { socket: post, address, count, bytes: 10 };
    match bench.ask(burst).await.expect("it ends") {
        Done::Burst(done) => assert_eq!((done.sent, done.refused), (count, 0)),
        other => panic!("{other:?}"),
    }
    // The first half went at once, the second within a second.
    assert!(begun.elapsed() >= Duration::from_millis(990), "{:?}", begun.elapsed());
    // Now nothing is left for who does not wait.
    let crowd: Vec<_> = (0..FAR_CALLS)
        .map(|_| {
            let (address, data) = (at("192.0.2.2:9000"), Data::Text("x".into()));
            bench.start(Command::SendTo { socket: post, address, data })
        })
        .collect();
    let mut limited = 0;
    for asked in crowd {
        if let Err(failure) = end_of(asked).await {
            assert_eq!(failure.short(), "limit");
            assert!(failure.message.contains("2000 calls"), "{}", failure.message);
            limited += 1;
        }
    }
    assert!(limited > 0);
    drop(sink);
    stream_pace(&bench).await;
}

/// Two buckets of bytes over a stream take a second more than one.
async fn stream_pace(bench: &Bench) {
    const BYTES: u32 = 16 * 1024 * 1024;
    let listener = there(|| TcpListener::bind("192.0.2.2:8001").expect("bound"));
    let reader = std::thread::spawn(move || {
        let (mut stream, _) = listener.accept().expect("a connection");
        std::io::copy(&mut stream, &mut std::io::sink()).expect("read")
    });
    let stream = bench.socket(Family::Ipv4, Kind::Stream).await;
    let connected = || async { connect(bench, stream, "192.0.2.2:8001").await };
    while connected().await.is_err_and(|failure| failure.short() == "limit") {}
    let begun = Instant::now();
    for _ in 0..2 {
        let ask = Command::Send { socket: stream, data: Data::Fill { bytes: BYTES }, all: true };
        match bench.ask(ask).await.expect("it ends") {
            Done::Sent(sent) => assert_eq!(sent.bytes, BYTES),
            other => panic!("{other:?}"),
        }
    }
    assert!(begun.elapsed() >= Duration::from_millis(900), "{:?}", begun.elapsed());
    bench.close(stream).await;
    assert_eq!(reader.join().expect("it ends"), 2 * u64::from(BYTES));
}
