//! Owns the films that go through sockets ([`protocol::film`]): when each frame was handed to the kernel,
//! and which came out of a receive, and when. Collected event by event; bounded. Nothing is made up: the
//! bytes are those of `recv` results.
//!
//! Reading order: here (collected), `show` (two players), `draw` (points), `sound` (samples).

mod draw;
mod show;
mod sound;

pub use draw::{Pixels, picture, strip};
pub use show::{AHEAD, Band, Playing, Showing, Tally, Tick};

use protocol::command::{Application, Kind, Serving};
use protocol::film::{self, BYTES};
use protocol::reply::Received;
use protocol::table::Table;
use protocol::world::{Call, Socket};
use protocol::{Address, Answer, Command, Done, Nanos, SocketId, World, limit};
use std::collections::VecDeque;

/// Sockets remembered at most of each sort; those with the lowest numbers are forgotten first.
const SOCKETS: usize = 8;
/// Frames remembered of a socket at most; the oldest are forgotten first.
const FRAMES: usize = limit::FRAMES as usize;
/// Streams of which a frame may have come in part.
const RESTS: usize = 64;

/// A frame that went through a socket, and in which of its films, from 0.
struct One<T> {
    take: u32,
    number: u32,
    at: Nanos,
    what: T,
}

/// A socket that sends.
#[derive(Default)]
struct Sender {
    to: Option<Address>,
    from: Option<Address>,
    /// The program that sends, as it was asked for.
    asked: Option<Serving>,
    /// That program has come to its end.
    over: bool,
    sent: VecDeque<One<()>>,
}

/// A socket that receives.
struct Reel {
    kind: Kind,
    local: Option<Address>,
    from: Option<Address>,
    got: VecDeque<One<[u8; BYTES]>>,
}

/// All films.
#[derive(Default)]
pub struct Films {
    senders: Table<SocketId, Sender>,
    reels: Table<SocketId, Reel>,
    /// What a stream gave behind its last whole frame.
    rests: Table<SocketId, Vec<u8>>,
}

impl Films {
    /// Takes a call that has ended well; `newest` has seen it.
    pub(crate) fn ended(&mut self, call: &Call, newest: &World) {
        let (Some(at), Some(Answer::Ok(done))) = (call.ended, &call.result) else { return };
        match (&call.ask, done) {
            (Command::Send { socket, data, .. }, Done::Sent(_)) if data.len() == BYTES => {
                let to = newest.sockets.get(socket).and_then(|own| own.kernel.peer.clone());
                self.sent(at, *socket, &data.to_bytes(), to, newest);
            }
            (Command::SendTo { socket, address, data }, Done::Sent(_)) if data.len() == BYTES => {
                self.sent(at, *socket, &data.to_bytes(), Some(address.clone()), newest);
            }
            (
                Command::Recv { socket, .. } | Command::RecvFrom { socket, .. },
                Done::Received(received),
            ) if !received.peek => self.received(at, *socket, received, newest),
            (Command::Serve { socket, set }, _) => {
                let film = set.as_ref().filter(|own| matches!(own.app, Application::Film { .. }));
                match (film, self.senders.get_mut(socket)) {
                    (Some(film), Some(sender)) => {
                        (sender.asked, sender.over) = (Some(film.clone()), false);
                    }
                    (Some(film), None) => {
                        let sender = Sender { asked: Some(film.clone()), ..Sender::default() };
                        self.senders.insert(*socket, sender);
                        bound(&mut self.senders, SOCKETS);
                    }
                    (None, Some(sender)) => sender.over = true,
                    (None, None) => {}
                }
            }
            _ => {}
        }
    }

    fn sent(
        &mut self,
        at: Nanos,
        socket: SocketId,
        bytes: &[u8],
        to: Option<Address>,
        newest: &World,
    ) {
        let Some(number) = number(bytes) else { return };
        let sender = self.senders.or_default(socket);
        sender.to = to;
        sender.from = newest.sockets.get(&socket).and_then(|own| own.kernel.local.clone());
        add(&mut sender.sent, true, number, at, ());
        bound(&mut self.senders, SOCKETS);
    }

    fn received(&mut self, at: Nanos, socket: SocketId, received: &Received, newest: &World) {
        let Some(own) = newest.sockets.get(&socket) else { return };
        let from = received.from.clone().or_else(|| own.kernel.peer.clone());
        let bytes = received.data.bytes();
        if own.kind == Kind::Datagram {
            if let Some(one) = bytes.first_chunk().filter(|_| bytes.len() == BYTES) {
                self.got(at, own, from, one);
            }
            return;
        }
        let mut rest = self.rests.remove(&socket).unwrap_or_default();
        if bytes.len() as u32 != received.bytes {
            // Not all of it was told: what stood before does not go on here.
            return;
        }
        rest.extend_from_slice(bytes);
        let mut place = 0;
        while let Some(one) = rest.get(place..).and_then(<[u8]>::first_chunk) {
            if number(one).is_some() {
                self.got(at, own, from.clone(), one);
                place += BYTES;
            } else {
                place += 1;
            }
        }
        rest.drain(..place);
        self.rests.insert(socket, rest);
        bound(&mut self.rests, RESTS);
    }

    fn got(&mut self, at: Nanos, own: &Socket, from: Option<Address>, bytes: &[u8; BYTES]) {
        let Some(number) = number(bytes) else { return };
        let reel = self.reels.or_insert_with(own.id, || Reel {
            kind: own.kind,
            local: None,
            from: None,
            got: VecDeque::new(),
        });
        reel.local.clone_from(&own.kernel.local);
        reel.from = from;
        add(&mut reel.got, own.kind == Kind::Stream, number, at, *bytes);
        bound(&mut self.reels, SOCKETS);
    }

    /// The sockets of one kind that have received a film, the latest made last.
    pub fn receivers(&self, kind: Kind) -> impl DoubleEndedIterator<Item = SocketId> {
        self.reels.iter().filter(move |(_, reel)| reel.kind == kind).map(|(id, _)| *id)
    }

    fn way(&self, receiver: SocketId) -> Option<(SocketId, &Sender, &Reel)> {
        let reel = self.reels.get(&receiver)?;
        let (id, sender) = self.senders.iter().rev().find(|(_, sender)| fits(sender, reel))?;
        Some((*id, sender, reel))
    }

    /// Who sends the film that a socket receives at a moment; nobody before its first frame was sent, or
    /// where it is nobody here.
    pub fn sender(&self, receiver: SocketId, at: Nanos) -> Option<SocketId> {
        let (id, sender, _) = self.way(receiver)?;
        sender.sent.front().is_some_and(|first| first.at <= at).then_some(id)
    }

    /// The film that a socket receives at a moment, where there is a [`Films::sender`] of it.
    pub fn showing(&self, receiver: SocketId, at: Nanos) -> Option<Showing<'_>> {
        let (id, sender, reel) = self.way(receiver)?;
        Showing::new(id, sender, reel, at)
    }

    /// What asks a sender to send its last film once more.
    pub fn again(&self, sender: SocketId) -> Option<Command> {
        let set = Some(self.senders.get(&sender)?.asked.clone()?);
        Some(Command::Serve { socket: sender, set })
    }
}

/// The number of the frame that some bytes are, if it is one that a film may have.
fn number(bytes: &[u8]) -> Option<u32> {
    film::read(bytes).map(|frame| frame.number).filter(|number| *number < limit::FRAMES)
}

/// Adds a frame. `ordered` ones begin another film where the number does not grow.
fn add<T>(all: &mut VecDeque<One<T>>, ordered: bool, number: u32, at: Nanos, what: T) {
    let last = all.back().filter(|_| ordered);
    let take = last.map_or(0, |last| last.take + u32::from(number <= last.number));
    all.push_back(One { take, number, at, what });
    if all.len() > FRAMES {
        all.pop_front();
    }
}

fn bound<V>(all: &mut Table<SocketId, V>, most: usize) {
    while all.len() > most {
        all.pop_first();
    }
}

/// Whether what a sender sends comes to this receiver.
fn fits(sender: &Sender, reel: &Reel) -> bool {
    let alike = |one: &Option<Address>, other: &Option<Address>| match (one, other) {
        (Some(one), Some(other)) => one.covers(other) || other.covers(one),
        _ => false,
    };
    alike(&sender.to, &reel.local) && alike(&sender.from, &reel.from)
}

#[cfg(test)]
mod tests;
