//! Owns one case: makes its sockets, asks without waiting, waits for quiet, ends everything.

use crate::check;
use crate::step::{Kinds, Step};
use crate::support::lab::{Asked, Bench, end_of, pattern};
use crate::support::unix::named;
use protocol::command::{Family, Kind, Reading, SocketOption};
use protocol::data::{Data, Hex};
use protocol::{Address, Command, SessionId, SocketId, World};

/// The session in whose name a case asks; the lab's own readers ask in nobody's.
const ME: SessionId = SessionId(7);

/// A call that was asked for, and its end in time.
pub(crate) struct Asking {
    pub(crate) command: Command,
    pub(crate) asked: Asked,
}

/// A case under way.
pub(crate) struct Case {
    pub(crate) bench: Bench,
    /// All that were made, closed ones too: to ask a closed one is a step as well.
    pub(crate) sockets: Vec<(SocketId, Kind, Option<Address>)>,
    pub(crate) asking: Vec<Asking>,
    /// Bytes asked for so far, so that no two sends look alike.
    written: usize,
    kinds: Kinds,
    /// Unix names given so far.
    names: u32,
}

pub(crate) async fn run((kinds, batches): &(Kinds, Vec<Vec<Step>>)) {
    let (kinds, unix) = (*kinds, *kinds == Kinds::Unix);
    let bench = if unix { Bench::with_names() } else { Bench::new() };
    let mut case =
        Case { bench, sockets: Vec::new(), asking: Vec::new(), written: 0, kinds, names: 0 };
    if kinds != Kinds::Datagrams {
        case.pair(false, false).await;
        case.pair(true, true).await;
    }
    if kinds != Kinds::Streams {
        for family in [Family::Ipv4, Family::Ipv4, Family::Ipv6, Family::Ipv6] {
            let (socket, address) = if unix {
                let name = case.name();
                (case.bench.unix_bound(Kind::Datagram, &name).await, named(&name))
            } else {
                case.bench.bound(family, Kind::Datagram).await
            };
            case.sockets.push((socket, Kind::Datagram, Some(address)));
        }
    }
    for batch in batches {
        for step in batch {
            case.step(step).await;
        }
        check::balances(&case.quiet().await);
    }
    case.end().await;
}

impl Case {
    async fn pair(&mut self, narrow: bool, v6: bool) {
        let family = if v6 { Family::Ipv6 } else { Family::Ipv4 };
        let (client, server) = if self.kinds == Kinds::Unix {
            self.unix_pair(narrow).await
        } else if narrow {
            self.bench.narrow_pair(family).await
        } else {
            self.bench.pair_of(family).await
        };
        self.sockets.extend([client, server].map(|socket| (socket, Kind::Stream, None)));
    }

    fn name(&mut self) -> String {
        self.names += 1;
        format!("n{}", self.names)
    }

    async fn unix_pair(&mut self, narrow: bool) -> (SocketId, SocketId) {
        let name = self.name();
        let listener = self.bench.unix_listener(&name, 5).await;
        let client = self.bench.unix_connect(&name).await;
        let server = self.bench.accept(listener).await;
        self.bench.close(listener).await;
        if narrow {
            for end in [client, server] {
                self.bench.option(end, SocketOption::SendBuffer(1)).await;
            }
        }
        (client, server)
    }

    fn at(&self, place: usize) -> (SocketId, Kind) {
        let (socket, kind, _) = self.sockets[place % self.sockets.len()];
        (socket, kind)
    }

    fn address(&self, place: usize) -> Option<Address> {
        let datagram: Vec<_> = self.sockets.iter().filter_map(|(.., at)| at.clone()).collect();
        datagram.get(place.checked_rem(datagram.len())?).cloned()
    }

    fn data(&mut self, bytes: usize) -> Data {
        let data = pattern(self.written, bytes);
        self.written += bytes + 1;
        Data::Hex(Hex(data))
    }

    async fn step(&mut self, step: &Step) {
        if let Step::Pair { narrow, v6 } = step {
            return self.pair(*narrow, *v6).await;
        }
        let Some(command) = self.command(step) else { return };
        let (asked, lab) = (command.clone(), self.bench.lab.clone());
        let outcome = lab.ask(Some(ME), asked);
        let asked = tokio::spawn(async move { outcome.await.1 });
        self.asking.push(Asking { command, asked });
    }

    fn command(&mut self, step: &Step) -> Option<Command> {
        let socket = |at: &usize| self.at(*at).0;
        Some(match step {
            Step::Send { at, bytes, all } => {
                let socket = socket(at);
                Command::Send { socket, data: self.data(*bytes), all: *all }
            }
            Step::Recv { at, max, peek } => match self.at(*at) {
                (socket, Kind::Stream) => Command::Recv { socket, max: *max, peek: *peek },
                (socket, Kind::Datagram) => Command::RecvFrom { socket, max: *max, peek: *peek },
            },
            Step::SendTo { at, to, bytes } => {
                let (socket, address) = (socket(at), self.address(*to)?);
                Command::SendTo { socket, address, data: self.data(*bytes) }
            }
            Step::Burst { at, to, count, bytes } => {
                let address = Some(self.address(*to)?);
                Command::Burst { socket: socket(at), address, count: *count, bytes: *bytes }
            }
            Step::Connect { at, to } => match self.at(*at) {
                // A Unix datagram socket that changes its peer throws away what waits (af_unix.c).
                (_, Kind::Datagram) if self.kinds == Kinds::Unix => return None,
                (socket, Kind::Datagram) => {
                    Command::Connect { socket, address: self.address(*to)? }
                }
                _ => return None,
            },
            Step::Shutdown { at, how } => Command::Shutdown { socket: socket(at), how: *how },
            Step::Close { at } => Command::Close { socket: socket(at) },
            Step::Option { at, set } => Command::Option { socket: socket(at), set: *set },
            Step::Nonblocking { at, on } => Command::Nonblocking { socket: socket(at), on: *on },
            Step::Timeout { at, after } => Command::Timeout { socket: socket(at), after: *after },
            Step::Interrupt { at } => Command::Interrupt { socket: socket(at), call: None },
            Step::Reader { at, max, every } => {
                let set = Some(Reading { max: *max, every: *every });
                Command::Reader { socket: socket(at), set }
            }
            Step::NoReader { at } => Command::Reader { socket: socket(at), set: None },
            Step::Pair { .. } => return None,
        })
    }

    /// Waits until all that was asked has begun, and until nothing moves: the world at that moment.
    async fn quiet(&self) -> World {
        // Taken in order: when this one is answered, all before have been taken.
        let nobody = Command::Interrupt { socket: SocketId(0), call: None };
        self.bench.ask(nobody).await.expect_err("there is no socket 0");
        self.bench
            .until("a quiet moment", |world| {
                let still = world.sockets.values().filter(|s| s.is_open()).all(|s| s.kernel.steady);
                let busy =
                    world.calls.values().any(|call| call.ended.is_none() && call.blocked.is_none());
                (still && !busy).then(|| world.clone())
            })
            .await
    }

    /// Closes everything: every call must be answered, and what was answered must be true.
    async fn end(mut self) {
        for (socket, ..) in self.sockets.clone() {
            let _ = self
                .bench
                .ask(Command::Option { socket, set: SocketOption::Linger(Some(0)) })
                .await;
            let _ = self.bench.ask(Command::Close { socket }).await;
        }
        let mut answers = Vec::new();
        for Asking { command, asked } in self.asking.drain(..) {
            answers.push((command, end_of(asked).await));
        }
        check::every_moment(&self.bench);
        check::bytes(&self.bench, ME, &answers);
        check::datagrams(&self.bench, ME, &answers, &self.sockets);
        let left = self.bench.look(|world| world.calls.values().any(|call| call.ended.is_none()));
        assert!(!left, "a call has no end");
    }
}
