//! Owns one case: its sockets, what is asked of them without waiting, quiet, and the end.

use super::{Kinds, Step, check};
use crate::support::lab::{Asked, Bench, end_of, ok_bytes, pattern, received};
use protocol::command::{Family, Half};
use protocol::data::{Data, Hex};
use protocol::wire::{Deed, Impairment, Match};
use protocol::{Address, Command, Done, ErrorKind, Failure, SocketId, World};
use std::collections::BTreeMap;

/// One end of a stream: what was asked of it, in order.
#[derive(Default)]
pub(super) struct Story {
    sends: Vec<(Vec<u8>, Asked)>,
    reads: Vec<Asked>,
}

pub(super) struct Case {
    pub(super) bench: Bench,
    /// Connected pairs, the one that connected first.
    pairs: Vec<(SocketId, SocketId)>,
    posts: Vec<(SocketId, Address)>,
    stories: BTreeMap<SocketId, Story>,
    others: Vec<Asked>,
    /// Bytes asked for so far, so that no two sends look alike.
    written: usize,
}

pub(super) async fn run(kinds: Kinds, batches: &[Vec<Step>]) {
    let bench = Bench::on_wire().expect("there was one");
    let mut case = Case {
        bench,
        pairs: Vec::new(),
        posts: Vec::new(),
        stories: BTreeMap::new(),
        others: Vec::new(),
        written: 0,
    };
    if kinds != Kinds::Datagrams {
        for family in [Family::Ipv4, Family::Ipv6] {
            let pair = case.bench.across(family).await;
            case.pairs.push(pair);
            case.stories.insert(pair.0, Story::default());
            case.stories.insert(pair.1, Story::default());
        }
    }
    if kinds != Kinds::Streams {
        for family in [Family::Ipv4, Family::Ipv6] {
            case.posts.extend(case.bench.posts(family).await);
        }
    }
    for batch in batches {
        for step in batch {
            case.step(step).await;
        }
        case.bench.ask(disarm()).await.expect("disarmed");
        case.bench.freeze(false).await;
        check::balances(&case.quiet().await);
    }
    case.end().await;
}

fn disarm() -> Command {
    Command::Trap { on: false, matching: Match::default(), act: Deed::Lose, count: 1 }
}

impl Case {
    fn stream(&self, at: usize) -> Option<SocketId> {
        let ends: Vec<_> = self.pairs.iter().flat_map(|(one, other)| [*one, *other]).collect();
        ends.get(at.checked_rem(ends.len())?).copied()
    }

    fn post(&self, at: usize) -> Option<(SocketId, Address)> {
        self.posts.get(at.checked_rem(self.posts.len())?).cloned()
    }

    /// A sender and where it sends to, of its own family.
    fn route(&self, at: usize, to: usize) -> Option<(SocketId, Address)> {
        let at = at.checked_rem(self.posts.len())?;
        let to = at / 2 * 2 + to % 2;
        Some((self.posts[at].0, self.posts[to].1.clone()))
    }

    fn bytes(&mut self, bytes: usize) -> Vec<u8> {
        let data = pattern(self.written, bytes);
        self.written += bytes + 1;
        data
    }

    /// Asks now, in order; the answer is waited for at the end.
    fn ask(&self, command: Command) -> Asked {
        let outcome = self.bench.lab.ask(None, command);
        tokio::spawn(async move { outcome.await.1 })
    }

    async fn step(&mut self, step: &Step) {
        match step.clone() {
            Step::Send { at, bytes, all } => {
                let Some(socket) = self.stream(at) else { return };
                let sent = self.bytes(bytes);
                let data = Data::Hex(Hex(sent.clone()));
                let asked = self.ask(Command::Send { socket, data, all });
                self.stories.entry(socket).or_default().sends.push((sent, asked));
            }
            Step::Recv { at, max } => {
                let ends = self.pairs.len() * 2;
                if at % (ends + self.posts.len()) < ends {
                    let Some(socket) = self.stream(at) else { return };
                    let asked = self.ask(Command::Recv { socket, max, peek: false });
                    self.stories.entry(socket).or_default().reads.push(asked);
                } else if let Some((socket, _)) = self.post(at) {
                    self.others.push(self.ask(Command::RecvFrom { socket, max, peek: false }));
                }
            }
            Step::SendTo { at, to, bytes } => {
                let Some((socket, address)) = self.route(at, to) else {
                    return;
                };
                let data = Data::Hex(Hex(self.bytes(bytes)));
                self.others.push(self.ask(Command::SendTo { socket, address, data }));
            }
            Step::Burst { at, to, count, bytes } => {
                let Some((socket, address)) = self.route(at, to) else {
                    return;
                };
                let address = Some(address);
                self.others.push(self.ask(Command::Burst { socket, address, count, bytes }));
            }
            Step::Impair { from, set, seed } => self.bench.impair(from, *set, seed).await,
            Step::Trap { matching, act, count } => {
                self.bench.trap(*matching, act, count).await;
            }
            Step::Freeze { on } => self.bench.freeze(on).await,
        }
    }

    /// Waits until all that was asked has begun and nothing moves: the world at that moment.
    async fn quiet(&self) -> World {
        let nobody = Command::Interrupt { socket: SocketId(0), call: None };
        self.bench.ask(nobody).await.expect_err("there is no socket 0");
        self.bench
            .until("a quiet moment", |world| {
                let still = world.sockets.keys().all(|socket| world.is_settled(*socket));
                let busy =
                    world.calls.values().any(|call| call.ended.is_none() && call.blocked.is_none());
                let moving = !world.wire.as_ref()?.packets.is_empty();
                (still && !busy && !moving).then(|| world.clone())
            })
            .await
    }

    /// A clean wire again, every stream read to its end, every call answered.
    async fn end(mut self) {
        self.bench.impair(None, Impairment::default(), None).await;
        for (socket, _) in &self.posts {
            // What waits behind a sleeping receive finds nothing either.
            self.bench.nonblocking(*socket, true).await;
            let ask = Command::Interrupt { socket: *socket, call: None };
            self.bench.ask(ask).await.expect("interrupted");
        }
        let drains: BTreeMap<_, _> = self
            .stories
            .iter_mut()
            .map(|(socket, story)| {
                let before = std::mem::take(&mut story.reads);
                (*socket, tokio::spawn(drain(self.bench.lab.clone(), *socket, before)))
            })
            .collect();
        let mut sent = BTreeMap::new();
        for (socket, story) in std::mem::take(&mut self.stories) {
            let mut all = Vec::new();
            for (bytes, asked) in story.sends {
                let taken = ok_bytes(end_of(asked).await) as usize;
                all.extend_from_slice(&bytes[..taken]);
            }
            let ask = Command::Shutdown { socket, how: Half::Write };
            self.bench.ask(ask).await.expect("shut");
            sent.insert(socket, all);
        }
        let mut read = BTreeMap::new();
        for (socket, drain) in drains {
            let within = tokio::time::timeout(crate::support::lab::DEADLINE, drain);
            read.insert(socket, within.await.expect("all is read in time").expect("no panic"));
        }
        for (one, other) in &self.pairs {
            for (from, to) in [(one, other), (other, one)] {
                let (sent, read) = (&sent[from], &read[to]);
                let same = sent.iter().zip(read).take_while(|(a, b)| a == b).count();
                let sizes = (sent.len(), read.len());
                assert!(sent == read, "{from} to {to}: {sizes:?}, the same up to {same}");
            }
        }
        for asked in std::mem::take(&mut self.others) {
            check::answer(&end_of(asked).await);
        }
        check::balances(&self.quiet().await);
        check::every_moment(&self.bench);
        check::packets(&self.bench);
    }
}

/// Reads a stream to its end: what was asked before, then on and on.
async fn drain(lab: relay::lab::Lab, socket: SocketId, before: Vec<Asked>) -> Vec<u8> {
    let mut all = Vec::new();
    for asked in before {
        all.extend_from_slice(received(end_of(asked).await).data.bytes());
    }
    loop {
        let ask = Command::Recv { socket, max: 65_536, peek: false };
        let part = received(lab.ask(None, ask).await.1);
        if part.eof {
            return all;
        }
        all.extend_from_slice(part.data.bytes());
    }
}

/// Whether it is one that an interrupted receive gives.
pub(super) fn interrupted(answer: &Result<Done, Failure>) -> bool {
    matches!(answer, Err(failure) if failure.kind == ErrorKind::Interrupted)
}
