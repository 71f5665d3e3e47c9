//! Owns the honest side: a session that sends datagrams at a steady pace, and another that watches.

use crate::support::relay::Relay;
use crate::support::viewer::Viewer;
use protocol::command::{Family, Kind, Net, Reading};
use protocol::data::Data;
use protocol::message::ToPage;
use protocol::{Address, Answer, Command, Done, SocketId, What};
use relay::session::Form;
use std::fmt;
use std::time::{Duration, Instant};
use tokio::time::{MissedTickBehavior, interval};

/// Between two datagrams.
const PACE: Duration = Duration::from_millis(20);
/// Bytes that the receiver asks for each time.
const READ: u32 = 2_048;

/// A sender, a viewer, and two sockets on this machine's loopback.
pub(crate) struct Honest {
    sender: Viewer,
    viewer: Viewer,
    from: SocketId,
    to: Address,
    /// When each datagram was asked for.
    asked: Vec<Instant>,
}

/// Spans from the asking for a call to the viewer's knowing of its beginning.
#[derive(Default)]
pub(crate) struct Latency {
    /// In seconds, sorted.
    spans: Vec<f64>,
    /// Datagrams that the viewer has not heard of.
    missing: usize,
}

impl Latency {
    /// The span that so great a part does not exceed.
    pub(crate) fn at(&self, part: f64) -> f64 {
        let last = self.spans.len().saturating_sub(1);
        self.spans.get((last as f64 * part) as usize).copied().unwrap_or(f64::INFINITY)
    }
}

impl fmt::Display for Latency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [half, late, most] = [0.5, 0.99, 1.0].map(|part| self.at(part) * 1e3);
        let many = self.spans.len();
        write!(f, "latency p50 {half:.2} ms, p99 {late:.2} ms, most {most:.2} ms")?;
        write!(f, " of {many} datagrams, {} not told", self.missing)
    }
}

impl Honest {
    pub(crate) async fn enter(relay: &Relay) -> Self {
        let (mut sender, _) = Viewer::of(relay.url(), Form::Postcard).await;
        let (viewer, _) = Viewer::of(relay.url(), Form::Postcard).await;
        let (from, _) = bound(&mut sender).await;
        let (receiver, to) = bound(&mut sender).await;
        let set = Some(Reading { max: READ, every: 0 });
        ask(&mut sender, Command::Reader { socket: receiver, set }).await;
        Self { sender, viewer, from, to, asked: Vec::new() }
    }

    /// The latency until `end`.
    pub(crate) async fn latency(&mut self, end: impl Future<Output = ()>) -> Latency {
        let first = self.asked.len();
        let mut spans = Vec::new();
        let mut clock = interval(PACE);
        clock.set_missed_tick_behavior(MissedTickBehavior::Skip);
        tokio::pin!(end);
        loop {
            tokio::select! {
                biased;
                told = self.viewer.next() => {
                    let now = Instant::now();
                    let place = sent(&told).filter(|place| *place >= first);
                    spans.extend(place.map(|place| (now - self.asked[place]).as_secs_f64()));
                }
                _ = self.sender.next() => {}
                _ = clock.tick() => self.send().await,
                () = &mut end => break,
            }
        }
        spans.sort_by(f64::total_cmp);
        let missing = self.asked.len() - first - spans.len();
        Latency { spans, missing }
    }

    async fn send(&mut self) {
        let place = self.asked.len();
        let (socket, address) = (self.from, self.to.clone());
        let data = Data::Text(place.to_string());
        self.asked.push(Instant::now());
        self.sender.ask(place as u32, Command::SendTo { socket, address, data }).await;
    }
}

/// Which datagram's call it tells of.
fn sent(told: &ToPage) -> Option<usize> {
    let ToPage::Event(event) = told else { return None };
    match &event.what {
        What::CallBegan { ask: Command::SendTo { data: Data::Text(text), .. }, .. } => {
            text.parse().ok()
        }
        _ => None,
    }
}

/// What came of a command.
async fn ask(viewer: &mut Viewer, command: Command) -> Done {
    viewer.ask(u32::MAX, command).await;
    loop {
        if let ToPage::Reply(reply) = viewer.next().await {
            match reply.result {
                Answer::Ok(done) => return done,
                Answer::Error(failure) => panic!("{failure:?}"),
            }
        }
    }
}

/// A datagram socket.
async fn socket(viewer: &mut Viewer) -> SocketId {
    let (family, kind) = (Family::Ipv4, Kind::Datagram);
    let make = Command::Socket { net: Net::Host, family, kind, side: None, name: None };
    match ask(viewer, make).await {
        Done::Made(made) => made.socket,
        other => panic!("{other:?}"),
    }
}

/// A bound one, and its address.
async fn bound(viewer: &mut Viewer) -> (SocketId, Address) {
    let socket = socket(viewer).await;
    let address = "127.0.0.1:0".parse().expect("an address");
    match ask(viewer, Command::Bind { socket, address }).await {
        Done::Local(local) => (socket, local.local),
        other => panic!("{other:?}"),
    }
}
