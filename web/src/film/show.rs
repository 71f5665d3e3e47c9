//! Owns the two players, as functions of a moment. Both know only what `recv` had given by then.
//!
//! The datagram player plays frame n [`AHEAD`] after the moment at which a sender in time sends it: what
//! has not come by then is a gap. The stream player plays in order and waits for the next frame as long as
//! it must; after that it goes on, late.

use super::{One, Reel, Sender};
use protocol::command::{Application, Kind};
use protocol::film::{self, BANDS, BYTES};
use protocol::{Nanos, SocketId};
use std::cmp::Ordering;

/// How long after its sending a frame is to be played, in nanoseconds: room for the way.
pub const AHEAD: Nanos = 150_000_000;

/// A film on its way from one socket to another.
pub struct Showing<'a> {
    /// Of the sockets: it decides the player.
    pub kind: Kind,
    /// Who sends.
    pub sender: SocketId,
    /// From one frame to the next.
    pub every: Nanos,
    /// When frame 0 was handed to the kernel; where that was not seen, when it must have been.
    pub began: Nanos,
    /// How many frames it has.
    pub frames: u32,
    /// The first frame whose sending was seen.
    first: u32,
    sent: Vec<Option<Nanos>>,
    came: Vec<Option<(Nanos, &'a [u8; BYTES])>>,
}

/// What became of a frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Tick {
    /// Its time has not come.
    Coming,
    /// Played in time.
    Played,
    /// The stream player waited for it, or waits now.
    Waited,
    /// It came too late for the datagram player.
    Late,
    /// It had not come when the datagram player wanted it, and has not come since.
    Missing,
}

/// A player's account.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// Frames handed to the sender's kernel.
    pub sent: u32,
    /// Frames that `recv` gave.
    pub arrived: u32,
    /// Frames played.
    pub played: u32,
    /// Gaps whose frame has not come at all.
    pub missing: u32,
    /// Gaps whose frame came too late.
    pub late: u32,
    /// How often it stood still for half a frame's time or more; less is neither seen nor heard.
    pub stalls: u32,
    /// How long all of those were.
    pub stalled: Nanos,
    /// It stands still now.
    pub waits: bool,
    /// How far what is played is behind what was sent.
    pub delay: Nanos,
    /// All has been played that there is.
    pub over: bool,
}

/// What a player has done by a moment.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Playing {
    /// Frame by frame.
    pub ticks: Vec<Tick>,
    /// When each was played; null where it was not.
    pub plays: Vec<Option<Nanos>>,
    /// The frame whose turn it was last.
    pub turn: Option<u32>,
    /// In sum.
    pub tally: Tally,
}

/// One band of the picture.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Band<'a> {
    /// Its first frame's time has not come.
    Blank,
    /// Its last frame had not come in time.
    Gap,
    /// The rows of its last frame, as they came out of `recv`.
    Rows(&'a [u8]),
}

impl<'a> Showing<'a> {
    pub(super) fn new(id: SocketId, sender: &Sender, reel: &'a Reel, at: Nanos) -> Option<Self> {
        let begun = sender.sent.iter().rev().find(|one| one.at <= at)?;
        let take = begun.take;
        let of = |take: u32| sender.sent.iter().filter(move |one| one.take == take);
        let first = of(take).next()?;
        let last = of(take).next_back().map_or(0, |one| one.number);
        let (mut every, mut frames) = (film::EVERY, last + 1);
        if let Some(Application::Film { frames: asked, every: pause, .. }) =
            sender.asked.as_ref().map(|asked| &asked.app)
        {
            every = *pause;
            let latest = sender.sent.back().is_some_and(|one| one.take == take);
            if latest && !sender.over {
                frames = frames.max(*asked);
            }
        }
        let mut sent = vec![None; frames as usize];
        // When the films after this one sent each number.
        let mut later = sent.clone();
        for one in sender.sent.iter().filter(|one| one.number < frames) {
            let place = one.number as usize;
            match one.take.cmp(&take) {
                Ordering::Equal => sent[place] = Some(one.at),
                Ordering::Greater => {
                    later[place].get_or_insert(one.at);
                }
                Ordering::Less => {}
            }
        }
        // A stream keeps the order, so that its films can be counted; a datagram belongs to the last film
        // that had sent its number by then.
        let belongs = |one: &One<_>| match reel.kind {
            Kind::Stream => one.take == take,
            Kind::Datagram => {
                let place = one.number as usize;
                sent[place].is_some_and(|sent| sent <= one.at)
                    && later[place].is_none_or(|later| one.at < later)
            }
        };
        let mut came = vec![None; frames as usize];
        for one in reel.got.iter().filter(|one| one.number < frames) {
            if belongs(one) {
                came[one.number as usize].get_or_insert((one.at, &one.what));
            }
        }
        let began = first.at.saturating_sub(u64::from(first.number) * every);
        let (kind, first) = (reel.kind, first.number);
        Some(Self { kind, sender: id, every, began, frames, first, sent, came })
    }

    /// When a player that never waits plays a frame.
    fn due(&self, number: u32) -> Nanos {
        self.began + u64::from(number) * self.every + AHEAD
    }

    fn came(&self, number: u32, at: Nanos) -> Option<Nanos> {
        self.came[number as usize].map(|(came, _)| came).filter(|came| *came <= at)
    }

    /// What the player of this kind of socket has done by a moment.
    pub fn play(&self, at: Nanos) -> Playing {
        let count = self.frames as usize;
        let mut playing = Playing {
            ticks: vec![Tick::Coming; count],
            plays: vec![None; count],
            ..Playing::default()
        };
        match self.kind {
            Kind::Datagram => self.in_time(at, &mut playing),
            Kind::Stream => self.in_order(at, &mut playing),
        }
        let numbers = 0..self.frames;
        let tally = &mut playing.tally;
        let sent = self.sent.iter().flatten().filter(|sent| **sent <= at);
        tally.sent = sent.count() as u32;
        tally.arrived = numbers.filter(|n| self.came(*n, at).is_some()).count() as u32;
        let ticked = |tick| playing.ticks.iter().filter(|own| **own == tick).count() as u32;
        (tally.missing, tally.late) = (ticked(Tick::Missing), ticked(Tick::Late));
        tally.played = playing.plays.iter().flatten().count() as u32;
        playing.tally.over = !playing.tally.waits && at >= self.end(&playing);
        playing
    }

    fn in_time(&self, at: Nanos, playing: &mut Playing) {
        for number in self.first..self.frames {
            let due = self.due(number);
            if due > at {
                break;
            }
            playing.turn = Some(number);
            let place = number as usize;
            playing.ticks[place] = match self.came(number, at) {
                Some(came) if came <= due => {
                    playing.plays[place] = Some(due);
                    Tick::Played
                }
                Some(_) => Tick::Late,
                None => Tick::Missing,
            };
        }
        playing.tally.delay = AHEAD;
    }

    fn in_order(&self, at: Nanos, playing: &mut Playing) {
        let (mut next, tally) = (self.due(self.first), &mut playing.tally);
        tally.delay = AHEAD;
        for number in self.first..self.frames {
            if next > at {
                break;
            }
            let came = self.came(number, at);
            let begins = came.map_or(at, |came| came.max(next));
            let waited = begins - next;
            let stalls = waited >= self.every / 2;
            if stalls {
                tally.stalls += 1;
                tally.stalled += waited;
            }
            tally.delay = begins - (self.due(number) - AHEAD);
            let place = number as usize;
            if came.is_some() {
                playing.ticks[place] = if stalls { Tick::Waited } else { Tick::Played };
                playing.plays[place] = Some(begins);
                playing.turn = Some(number);
                next = begins + self.every;
            } else {
                playing.ticks[place] = Tick::Waited;
                tally.waits = true;
                break;
            }
        }
    }

    /// When the last frame has been played, as far as can be said.
    pub(super) fn end(&self, playing: &Playing) -> Nanos {
        let last = self.frames.saturating_sub(1);
        let last = match self.kind {
            Kind::Datagram => Some(self.due(last)),
            Kind::Stream => playing.plays.last().copied().flatten(),
        };
        last.map_or(Nanos::MAX, |last| last + self.every)
    }

    /// When the first frame is played, if it has come in time.
    pub fn starts(&self) -> Nanos {
        self.due(self.first)
    }

    /// The picture that a player shows.
    pub fn bands(&self, playing: &Playing) -> Vec<Band<'a>> {
        let band = |band: u32| {
            let turn = playing.turn?;
            let back = (turn % BANDS + BANDS - band) % BANDS;
            let number = turn.checked_sub(back).filter(|number| *number >= self.first)?;
            let shown = playing.plays[number as usize].and(self.came[number as usize]);
            Some(
                shown
                    .and_then(|(_, bytes)| film::read(bytes))
                    .map_or(Band::Gap, |frame| Band::Rows(frame.rows)),
            )
        };
        (0..BANDS).map(|own| band(own).unwrap_or(Band::Blank)).collect()
    }

    /// A frame's sound, as it came out of `recv`.
    pub(super) fn heard(&self, number: usize) -> Option<&'a [u8]> {
        let (_, bytes) = self.came[number]?;
        film::read(bytes).map(|frame| frame.sound)
    }
}
