//! Owns the measuring of how soon a relay that had run out of descriptors answers again.

use crate::support::relay::Relay;
use rustix::process::{Pid, Resource, Rlimit, prlimit};
use std::time::{Duration, Instant};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::time::timeout;

/// Descriptors that the relay may open.
const DESCRIPTORS: u64 = 64;
/// Times that they run out.
const ROUNDS: usize = 20;
/// Long enough to see that nobody answers.
const SILENCE: Duration = Duration::from_millis(200);
/// Until who waits is answered, at most.
const SOON: f64 = 50.0;

/// Leaves the relay no descriptor, has somebody knock, gives them back, and prints the time until that is
/// answered; whether it was soon.
pub(crate) async fn measure() -> bool {
    let relay = Relay::after(&format!("ulimit -n {DESCRIPTORS}"));
    let address = relay.origin().trim_start_matches("http://");
    let question = format!("GET / HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n");
    let mut spans = Vec::new();
    for _ in 0..ROUNDS {
        // Those that are open stay so (getrlimit(2)): what is left is what the next would be.
        allow(&relay, 0);
        let mut knock = TcpStream::connect(address).await.expect("in the backlog");
        knock.write_all(question.as_bytes()).await.expect("sent");
        let mut byte = [0];
        let early = timeout(SILENCE, knock.read(&mut byte)).await;
        assert!(early.is_err(), "answered without a descriptor");
        allow(&relay, DESCRIPTORS);
        let began = Instant::now();
        knock.read_exact(&mut byte).await.expect("an answer");
        spans.push(began.elapsed().as_secs_f64() * 1e3);
    }
    spans.sort_by(f64::total_cmp);
    let (half, most) = (spans[ROUNDS / 2], spans[ROUNDS - 1]);
    println!(
        "heal:   out of descriptors {ROUNDS} times; once there are some, who waits is answered after {half:.1} ms (median), {most:.1} ms (most; at most {SOON})"
    );
    most <= SOON
}

/// Sets how many descriptors the relay may open from now on (prlimit(2)).
fn allow(relay: &Relay, descriptors: u64) {
    let pid = Pid::from_raw(relay.id().cast_signed()).expect("a process");
    let limit = Rlimit { current: Some(descriptors), maximum: Some(DESCRIPTORS) };
    prlimit(Some(pid), Resource::Nofile, limit).expect("our own child");
}
