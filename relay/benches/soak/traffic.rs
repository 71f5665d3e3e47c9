//! Owns the traffic: sessions side by side, each doing one thing over and over. What another's reset or
//! experiment takes away is made anew; only a session that breaks off is an error.

use crate::hand::Hand;
use crate::support::relay::Relay;
use protocol::command::{Application, Family, Half, Kind, Lesson, Net, Reading, Record, Serving};
use protocol::data::Data;
use protocol::wire::{Deed, Impairment, Loss, Match, PacketKind};
use protocol::{Command, Done, End, Failure, SocketId};
use relay::experiment::Library;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::time::Duration;
use tokio::task::JoinHandle;

const SECOND: Duration = Duration::from_secs(1);
const MS: u64 = 1_000_000;

/// Where the ends of a connection live.
#[derive(Clone, Copy)]
struct Ground {
    from: Net,
    to: Net,
    /// What the receiving end binds.
    address: &'static str,
}

/// All of it, until it is aborted. `seq` follows the journal.
pub(crate) async fn start(relay: &Relay, seq: &Arc<AtomicU64>) -> Vec<JoinHandle<()>> {
    let mut first = Hand::of(relay).await;
    let wire = first.ask(socket(Net::Left, Kind::Datagram)).await.is_ok();
    let _ = first.ask(Command::Reset).await;
    let ground = if wire {
        Ground { from: Net::Left, to: Net::Right, address: "10.77.0.2:0" }
    } else {
        Ground { from: Net::Host, to: Net::Host, address: "127.0.0.1:0" }
    };
    println!("traffic {}", if wire { "over the wire" } else { "on loopback" });
    let seq = seq.clone();
    let mut tasks = vec![
        tokio::spawn(async move {
            loop {
                let _ = stream(&mut first, ground).await;
                seq.store(first.seq, Relaxed);
                first.rest(SECOND / 5).await;
            }
        }),
        tokio::spawn(echoes(Hand::of(relay).await, ground)),
        tokio::spawn(bursts(Hand::of(relay).await, ground)),
        tokio::spawn(lessons(Hand::of(relay).await)),
        tokio::spawn(records(Hand::of(relay).await)),
    ];
    if wire {
        tasks.push(tokio::spawn(weather(Hand::of(relay).await)));
    }
    tasks
}

fn socket(net: Net, kind: Kind) -> Command {
    Command::Socket { net, family: Family::Ipv4, kind, side: None, name: None }
}

async fn make(hand: &mut Hand, net: Net, kind: Kind) -> Result<SocketId, Failure> {
    let Done::Made(made) = hand.ask(socket(net, kind)).await? else {
        panic!("socket makes a socket")
    };
    // In bad weather a call waits for its segments to be sent again; not for ever.
    let (socket, after) = (made.socket, Some(3_000 * MS));
    hand.ask(Command::Timeout { socket, after }).await?;
    Ok(socket)
}

async fn bound(
    hand: &mut Hand,
    ground: Ground,
    kind: Kind,
) -> Result<(SocketId, protocol::Address), Failure> {
    let socket = make(hand, ground.to, kind).await?;
    let address = ground.address.parse().expect("an address");
    let Done::Local(bound) = hand.ask(Command::Bind { socket, address }).await? else {
        panic!("bind tells the address")
    };
    Ok((socket, bound.local))
}

async fn close(hand: &mut Hand, sockets: &[SocketId]) {
    for socket in sockets {
        let _ = hand.ask(Command::Close { socket: *socket }).await;
    }
}

/// A conversation, from socket to close.
async fn stream(hand: &mut Hand, ground: Ground) -> Result<(), Failure> {
    let (listener, address) = bound(hand, ground, Kind::Stream).await?;
    let client = make(hand, ground.from, Kind::Stream).await?;
    let mut open = vec![listener, client];
    let done = talk(hand, &mut open, address).await;
    close(hand, &open).await;
    done
}

async fn talk(
    hand: &mut Hand,
    open: &mut Vec<SocketId>,
    address: protocol::Address,
) -> Result<(), Failure> {
    let [listener, client] = open[..] else { return Ok(()) };
    hand.ask(Command::Listen { socket: listener, backlog: 4 }).await?;
    hand.ask(Command::Connect { socket: client, address }).await?;
    let Done::Accepted(server) = hand.ask(Command::Accept { socket: listener }).await? else {
        panic!("accept gives a socket")
    };
    open.push(server.socket);
    hand.ask(Command::Timeout { socket: server.socket, after: Some(3_000 * MS) }).await?;
    for (from, to) in [(client, server.socket), (server.socket, client)] {
        for bytes in [5, 1_400, 20_000] {
            let data = Data::Fill { bytes };
            hand.ask(Command::Send { socket: from, data, all: true }).await?;
            hand.ask(Command::Recv { socket: to, max: 65_536, peek: false }).await?;
        }
    }
    hand.ask(Command::Shutdown { socket: client, how: Half::Write }).await?;
    Ok(())
}

/// A server that echoes by itself, and its clients.
async fn echoes(mut hand: Hand, ground: Ground) {
    loop {
        let _ = echo(&mut hand, ground).await;
        hand.rest(SECOND).await;
    }
}

async fn echo(hand: &mut Hand, ground: Ground) -> Result<(), Failure> {
    let (server, address) = bound(hand, ground, Kind::Stream).await?;
    hand.ask(Command::Listen { socket: server, backlog: 4 }).await?;
    let set = Some(Serving { app: Application::Echo { max: 4_096 }, side_by_side: true });
    hand.ask(Command::Serve { socket: server, set }).await?;
    for _ in 0..4 {
        let client = make(hand, ground.from, Kind::Stream).await?;
        let address = address.clone();
        if hand.ask(Command::Connect { socket: client, address }).await.is_ok() {
            let data = Data::Text("hello".into());
            let _ = hand.ask(Command::Send { socket: client, data, all: true }).await;
            let _ = hand.ask(Command::Recv { socket: client, max: 100, peek: false }).await;
        }
        close(hand, &[client]).await;
    }
    close(hand, &[server]).await;
    Ok(())
}

/// Bursts of datagrams that somebody reads too slowly.
async fn bursts(mut hand: Hand, ground: Ground) {
    loop {
        let _ = burst(&mut hand, ground).await;
        hand.rest(SECOND).await;
    }
}

async fn burst(hand: &mut Hand, ground: Ground) -> Result<(), Failure> {
    let (to, address) = bound(hand, ground, Kind::Datagram).await?;
    let from = make(hand, ground.from, Kind::Datagram).await?;
    let set = Some(Reading { max: 2_048, every: 2 * MS });
    hand.ask(Command::Reader { socket: to, set }).await?;
    for count in [1, 40, 400] {
        let address = Some(address.clone());
        hand.ask(Command::Burst { socket: from, address, count, bytes: 200 }).await?;
        hand.rest(SECOND).await;
    }
    close(hand, &[from, to]).await;
    Ok(())
}

/// Each experiment for a while, then an empty lab.
async fn lessons(mut hand: Hand) {
    let library = Library::built_in().expect("the built-in experiments");
    let names: Vec<String> = library.names().map(str::to_owned).collect();
    for name in names.iter().cycle() {
        hand.rest(15 * SECOND).await;
        // Where it needs a wire that is not there, it says so.
        if hand.ask(Command::Experiment(Lesson::Start { name: name.clone() })).await.is_err() {
            continue;
        }
        for _ in 0..5 {
            hand.rest(SECOND).await;
            let _ = hand.ask(Command::Experiment(Lesson::Next)).await;
        }
        let _ = hand.ask(Command::Experiment(Lesson::Stop)).await;
        let _ = hand.ask(Command::Reset).await;
    }
}

async fn records(mut hand: Hand) {
    loop {
        let _ = hand.ask(Command::Record(Record::Start { snaplen: 256 })).await;
        hand.rest(20 * SECOND).await;
        let _ = hand.ask(Command::Record(Record::Stop)).await;
        hand.rest(10 * SECOND).await;
    }
}

/// Weather that changes, traps, and a wire held for a moment.
async fn weather(mut hand: Hand) {
    let clean = Impairment::default;
    let skies = [
        clean(),
        Impairment { delay: 30 * MS, jitter: 10 * MS, reorder: 100_000, ..clean() },
        Impairment { loss: Some(Loss::Random(30_000)), ..clean() },
        Impairment { duplicate: 100_000, corrupt: 20_000, ..clean() },
        Impairment { rate: Some(2_000_000), queue: Some(50), ..clean() },
    ];
    let deeds =
        [Deed::Lose, Deed::Copy, Deed::Delay { by: 50 * MS }, Deed::Damage { offset: None }];
    for (sky, act) in skies.iter().cycle().zip(deeds.iter().cycle()) {
        let set = sky.clone();
        let _ = hand.ask(Command::Impair { from: None, set, seed: None }).await;
        let matching =
            Match { kind: Some(PacketKind::Data), from: Some(End::Left), ..Match::default() };
        let act = *act;
        let _ = hand.ask(Command::Trap { on: true, matching, act, count: 2 }).await;
        hand.rest(2 * SECOND).await;
        for on in [true, false] {
            let _ = hand.ask(Command::Freeze { on }).await;
            hand.rest(SECOND / 3).await;
        }
        let matching = Match::default();
        let _ = hand.ask(Command::Trap { on: false, matching, act, count: 1 }).await;
        hand.rest(2 * SECOND).await;
    }
}
