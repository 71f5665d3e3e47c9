//! A lab of its own on a wire of its own, the words for its two nets, and its packets as the journal
//! tells them.

use super::lab::{Bench, received};
use super::need;
use protocol::command::{Family, Kind, Net};
use protocol::limit::Limits;
use protocol::wire::{Deed, Handling, Impairment, Match, PacketKind};
use protocol::world::{DatagramLedger, Ledger, StreamLedger};
use protocol::{Address, Command, Done, End, Event, Failure, Field, Nanos, SocketId, TrapId, What};
use relay::journal::{Journal, Read};
use relay::lab::Lab;
use relay::policy::Policy;
use relay::wire::open_with;
use std::net::{IpAddr, SocketAddr};
use std::path::Path;
use std::sync::Arc;

pub const MS: Nanos = 1_000_000;
/// By how much a packet's `entered` may be told after the moment from which its delay counts: those
/// that come together are told together.
pub const TOGETHER: Nanos = 2 * MS;

impl Bench {
    /// On this machine's best wire, or none after a loud skip.
    pub fn on_wire() -> Option<Self> {
        Self::seeded(1)
    }

    pub fn seeded(seed: u32) -> Option<Self> {
        let maker = || open_with(Path::new(env!("CARGO_BIN_EXE_relay")));
        let parts = match maker() {
            Ok(parts) => parts,
            Err(rung) => {
                need::skip("wire", &format!("{rung:?}"));
                return None;
            }
        };
        let (journal, policy) = (Journal::new("test".into()), Arc::new(Policy::default()));
        let wire = Some((parts, Arc::new(maker) as relay::lab::Maker, seed));
        let lab = Lab::start_with(journal, policy, Limits::default(), wire).expect("a lab");
        Some(Self { lab })
    }

    pub async fn make(&self, net: Net, family: Family, kind: Kind) -> SocketId {
        let ask = Command::Socket { net, family, kind, side: None, name: None };
        match self.ask(ask).await {
            Ok(Done::Made(made)) => made.socket,
            other => panic!("no socket: {other:?}"),
        }
    }

    /// Bound to its end's address and a port of the kernel's choice.
    pub async fn bound_in(&self, end: End, family: Family, kind: Kind) -> (SocketId, Address) {
        let socket = self.make(end.into(), family, kind).await;
        let address = self.bind(socket, &address_of(end, family).to_string()).await;
        (socket, address)
    }

    pub async fn listener_in(&self, end: End, family: Family, backlog: i32) -> (SocketId, Address) {
        let (socket, address) = self.bound_in(end, family, Kind::Stream).await;
        self.ask(Command::Listen { socket, backlog }).await.expect("listening");
        (socket, address)
    }

    pub async fn connect_from(&self, end: End, address: &Address) -> SocketId {
        let family = family_of(address);
        let socket = self.make(end.into(), family, Kind::Stream).await;
        self.ask(Command::Connect { socket, address: address.clone() }).await.expect("connected");
        socket
    }

    /// A client in left and its connection in right; the listener is closed.
    pub async fn across(&self, family: Family) -> (SocketId, SocketId) {
        let (listener, address) = self.listener_in(End::Right, family, 5).await;
        let client = self.connect_from(End::Left, &address).await;
        let server = self.accept(listener).await;
        self.close(listener).await;
        (client, server)
    }

    /// A datagram socket in each end, left first, with their addresses.
    pub async fn posts(&self, family: Family) -> [(SocketId, Address); 2] {
        let left = self.bound_in(End::Left, family, Kind::Datagram).await;
        [left, self.bound_in(End::Right, family, Kind::Datagram).await]
    }

    pub async fn impair(&self, from: Option<End>, set: Impairment, seed: Option<u32>) {
        self.ask(Command::Impair { from, set, seed }).await.expect("impaired");
    }

    /// Puts off both directions.
    pub async fn slow(&self, delay: Nanos) {
        self.impair(None, Impairment { delay, ..Impairment::default() }, None).await;
    }

    pub async fn trap(&self, matching: Match, act: Deed, count: u32) -> TrapId {
        match self.ask(Command::Trap { on: true, matching, act, count }).await {
            Ok(Done::Trapped(trapped)) => trapped.trap,
            other => panic!("not armed: {other:?}"),
        }
    }

    /// Loses the next packets of this kind from an end.
    pub async fn lose(&self, from: End, kind: PacketKind, count: u32) {
        self.trap(of(from, kind), Deed::Lose, count).await;
    }

    pub async fn freeze(&self, on: bool) {
        self.ask(Command::Freeze { on }).await.expect("frozen");
    }

    pub async fn handle(&self, handling: Handling) -> Result<Done, Failure> {
        self.ask(Command::Packet(handling)).await
    }

    pub fn events(&self) -> Vec<Event> {
        match self.lab.journal().read(0, usize::MAX) {
            Read::Events(events) => events,
            Read::Lost { oldest } => panic!("the ring has lost all before {oldest}"),
        }
    }

    /// Waits until an end's kernel has counted so much, and says how much.
    pub async fn counted(&self, end: End, name: &str, least: u64) -> u64 {
        let what = format!("{} counts {least} {name}", end.name());
        self.until(&what, |world| {
            let counters = &world.wire.as_ref()?.counters[end.index()];
            counters.get(name).copied().filter(|value| *value >= least)
        })
        .await
    }

    /// What the kernel said of a socket, one field after another, with its moment.
    pub fn samples(&self, of: SocketId) -> Vec<(Nanos, Field)> {
        let mut fields = Vec::new();
        for event in self.events() {
            if let What::Sample { socket, set } = event.what
                && socket == of
            {
                fields.extend(set.into_iter().map(|field| (event.at, field)));
            }
        }
        fields
    }

    /// The stream's balance at a quiet moment, with nothing unexplained.
    pub async fn even(&self, sender: SocketId) -> StreamLedger {
        match self.balance(sender).await {
            Ledger::Stream(ledger) => {
                assert_eq!(ledger.unexplained, Some(0), "{ledger:?}");
                ledger
            }
            Ledger::Datagram(ledger) => panic!("a datagram's: {ledger:?}"),
        }
    }

    /// A receiver's balance at a quiet moment when so many were sent there.
    pub async fn settled(&self, receiver: SocketId, sent: u64) -> DatagramLedger {
        self.until("a quiet moment", |world| {
            world.datagram_ledger(receiver).filter(|ledger| ledger.quiet && ledger.sent == sent)
        })
        .await
    }

    /// Whether nothing can be read now.
    pub async fn is_silent(&self, socket: SocketId) -> bool {
        self.nonblocking(socket, true).await;
        let answer = self.ask(Command::Recv { socket, max: 65_536, peek: true }).await;
        self.nonblocking(socket, false).await;
        matches!(answer, Err(failure) if failure.short() == "EAGAIN")
    }

    /// Reads so many bytes of a stream.
    pub async fn read_all(&self, socket: SocketId, bytes: usize) -> Vec<u8> {
        let mut all = Vec::new();
        while all.len() < bytes {
            let part = received(self.recv(socket, 65_536).await);
            assert!(!part.eof, "it ended after {} of {bytes}", all.len());
            all.extend_from_slice(part.data.bytes());
        }
        all
    }

    /// The next datagram's text.
    pub async fn read_text(&self, socket: SocketId) -> String {
        let read = received(self.recv_from(socket, 65_536).await);
        String::from_utf8(read.data.bytes().to_vec()).expect("text")
    }
}

/// Packets of this kind from an end.
pub fn of(from: End, kind: PacketKind) -> Match {
    Match { from: Some(from), kind: Some(kind), ..Match::default() }
}

/// An end's address with port 0.
pub fn address_of(end: End, family: Family) -> SocketAddr {
    let ip = match family {
        Family::Ipv4 => IpAddr::V4(end.ipv4()),
        Family::Ipv6 => IpAddr::V6(end.ipv6()),
        Family::Unix => panic!("no Unix socket is on the wire"),
    };
    SocketAddr::new(ip, 0)
}

pub fn family_of(address: &Address) -> Family {
    if address.inet().is_some_and(|inet| inet.is_ipv6()) { Family::Ipv6 } else { Family::Ipv4 }
}
