//! Owns the measuring of how soon a relay that had run out of descriptors answers again.

use crate::support::relay::Relay;
use crate::support::viewer::{PATIENCE, Viewer};
use protocol::command::{Family, Kind, Net};
use protocol::message::ToPage;
use protocol::{Answer, Command, CommandId, Done, SocketId};
use relay::session::Form;
use std::time::{Duration, Instant};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::time::timeout;

/// Descriptors that the relay may open.
const DESCRIPTORS: usize = 64;
const ROUNDS: usize = 20;
/// Sessions besides the owner's, at most.
const SESSIONS: usize = 12;
/// Long enough to see that nobody answers.
const SILENCE: Duration = Duration::from_millis(200);

/// Exhausts, gives back, and prints the time until the connection that waits is answered.
pub(crate) async fn measure() {
    let relay = Relay::after(&format!("ulimit -n {DESCRIPTORS}"));
    let (mut owner, _) = Viewer::of(relay.url(), Form::Postcard).await;
    let (mut sockets, mut viewers, mut spans) = (Vec::new(), Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        exhaust(&relay, &mut owner, &mut sockets, &mut viewers).await;
        let mut waiting = TcpStream::connect(address(&relay)).await.expect("in the backlog");
        let question = format!("GET / HTTP/1.1\r\nHost: {}\r\n\r\n", address(&relay));
        waiting.write_all(question.as_bytes()).await.expect("sent");
        let mut byte = [0];
        if timeout(SILENCE, waiting.read(&mut byte)).await.is_ok() {
            println!("heal:   {} of {DESCRIPTORS} descriptors, and still answered", open(&relay));
            continue;
        }
        let socket = sockets.pop().expect("a socket");
        owner.ask(2, Command::Close { socket }).await;
        let began = Instant::now();
        waiting.read_exact(&mut byte).await.expect("an answer");
        spans.push(began.elapsed().as_secs_f64() * 1e3);
    }
    spans.sort_by(f64::total_cmp);
    if let (Some(half), Some(most)) = (spans.get(spans.len() / 2), spans.last()) {
        let many = spans.len();
        println!(
            "heal:   descriptors run out and given back {many} times: answered after {half:.1} ms (median), {most:.1} ms (most)"
        );
    }
}

/// Takes what descriptors there are: by sockets, by calls asleep on them, by sessions.
async fn exhaust(
    relay: &Relay,
    owner: &mut Viewer,
    sockets: &mut Vec<SocketId>,
    viewers: &mut Vec<Viewer>,
) {
    let deadline = Instant::now() + PATIENCE;
    while open(relay) < DESCRIPTORS {
        assert!(Instant::now() < deadline, "{} descriptors", open(relay));
        if let Some(socket) = make(owner).await {
            sockets.push(socket);
            owner.ask(1, Command::Recv { socket, max: 1, peek: false }).await;
        } else if viewers.len() < SESSIONS {
            viewers.push(Viewer::of(relay.url(), Form::Postcard).await.0);
        } else {
            tokio::task::yield_now().await;
        }
    }
}

async fn make(owner: &mut Viewer) -> Option<SocketId> {
    let (family, kind) = (Family::Ipv4, Kind::Datagram);
    owner.ask(0, Command::Socket { net: Net::Host, family, kind, side: None, name: None }).await;
    loop {
        if let ToPage::Reply(reply) = owner.next().await
            && reply.id == Some(CommandId(0))
        {
            return match reply.result {
                Answer::Ok(Done::Made(made)) => Some(made.socket),
                _ => None,
            };
        }
    }
}

fn open(relay: &Relay) -> usize {
    std::fs::read_dir(format!("/proc/{}/fd", relay.id())).expect("alive").count()
}

fn address(relay: &Relay) -> &str {
    relay.origin().trim_start_matches("http://")
}
