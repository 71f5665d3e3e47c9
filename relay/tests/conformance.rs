//! The real relay against slowhttptest: whoever stalls takes nothing from an honest client, and leaves
//! nothing behind. (Autobahn's cases are a unit test, `server::conformance`: its echo route exists in
//! test builds only.)
#![cfg(target_os = "linux")]

mod support;

use protocol::message::ToPage;
use protocol::{Answer, Command};
use relay::server;
use relay::session::Form;
use std::path::Path;
use std::process::Stdio;
use std::time::{Duration, Instant};
use support::need;
use support::relay::Relay;
use support::viewer::{PATIENCE, Viewer};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::time::{interval, timeout};

/// Connections that stall at once: more than the relay takes.
const STALLED: &str = "300";
/// An honest client's patience. A machine with other work answers in milliseconds.
const SOON: Duration = Duration::from_secs(2);

/// Seconds of each mode: `PATCHBAY_SLOW`, or as many as show that the relay holds at its bound.
fn seconds() -> String {
    std::env::var("PATCHBAY_SLOW").unwrap_or("8".into())
}

/// Descriptors that the relay has open.
fn descriptors(relay: &Relay) -> usize {
    std::fs::read_dir(format!("/proc/{}/fd", relay.id())).expect("it runs").count()
}

/// A request of a client that does not dawdle; the status line.
async fn get(relay: &Relay) -> String {
    let host = relay.origin().trim_start_matches("http://");
    let mut stream = TcpStream::connect(host).await.expect("a connection");
    let head = format!("GET / HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n");
    stream.write_all(head.as_bytes()).await.expect("sent");
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).await.expect("an answer");
    String::from_utf8_lossy(&answer).lines().next().unwrap_or_default().to_owned()
}

/// A command of a session that was open before; answered.
async fn ask(viewer: &mut Viewer, id: u32) {
    viewer.ask(id, Command::Reset).await;
    loop {
        if let ToPage::Reply(reply) = viewer.next().await
            && reply.id.is_some_and(|own| own.0 == id)
        {
            assert!(matches!(reply.result, Answer::Ok(_)), "{reply:?}");
            return;
        }
    }
}

/// Runs one mode against a relay, asking it honestly all the while; at least so many stall at once.
async fn hold(program: &Path, least: usize, mode: &[&str]) {
    let relay = Relay::after("true");
    let (mut viewer, _) = Viewer::of(relay.url(), Form::Postcard).await;
    let before = descriptors(&relay);
    let mut child = std::process::Command::new(program)
        .args(["-c", STALLED, "-r", "150", "-l", &seconds(), "-p", "3"])
        .args(mode)
        .args(["-u", &format!("{}/page_bg.wasm", relay.origin())])
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .spawn()
        .expect("slowhttptest starts");
    let mut tick = interval(Duration::from_millis(100));
    let (mut asked, mut most, mut worst) = (0, 0, Duration::ZERO);
    while child.try_wait().expect("it is ours").is_none() {
        tick.tick().await;
        let began = Instant::now();
        let status = timeout(SOON, get(&relay)).await.expect("an honest request is answered soon");
        assert!(status.starts_with("HTTP/1.1 200"), "{status}");
        asked += 1;
        timeout(SOON, ask(&mut viewer, asked)).await.expect("a session is answered soon");
        worst = worst.max(began.elapsed());
        most = most.max(descriptors(&relay) - before);
    }
    assert!(child.wait().expect("it is ours").success());
    assert!(asked > 4 && most >= least, "{asked} asked while {most} stalled: nothing was tried");
    assert!(most <= server::CONNECTIONS as usize, "{most} connections at once");
    let deadline = Instant::now() + PATIENCE;
    while descriptors(&relay) != before {
        assert!(Instant::now() < deadline, "{} descriptors, not {before}", descriptors(&relay));
        tick.tick().await;
    }
    println!("{mode:?}: {asked} asked, at most {most} stalled, the slowest answer {worst:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn slowhttptest_holds() {
    let Some(program) = need::program(&["slowhttptest"]) else {
        need::skip("conformance", "no slowhttptest in PATH (Debian: apt-get install slowhttptest)");
        return;
    };
    // Heads, then answers, a little at a time. No request here has a body: each that announces one is
    // refused by its head, and its connection ends.
    hold(&program, 100, &["-H", "-i", "5"]).await;
    hold(&program, 0, &["-B", "-i", "5", "-s", "8192"]).await;
    hold(&program, 100, &["-X", "-w", "1", "-y", "1", "-n", "5", "-z", "1", "-k", "3"]).await;
}
