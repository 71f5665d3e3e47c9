//! Owns which moment is shown, and how fast the picture runs. Time is an argument.
//!
//! The picture runs a little behind the truth ([`LAG`]), so that what is only inferred afterwards is
//! known in time. On *auto* it is as slow as what moves needs, hurries where nothing moves, and never
//! hurries over the beginning of a crossing.

mod lens;
mod pace;
mod step;

pub use lens::{Lens, Line, STEP as ZOOM};
pub use step::Landing;

use crate::timeline::Timeline;
use pace::pace;
use protocol::Nanos;

/// The picture is at least this far behind.
pub const LAG: Nanos = 100_000_000;
/// On auto, the picture is at most this far behind; then it skips, and says so.
pub const MOST: Nanos = 4_000_000_000;
/// How fast a distance is caught up where nothing moves: this part of it each second.
const EAGER: f64 = 7.0;
/// Relay's seconds in one of the viewer's at most, while an earlier moment is looked at again.
const REPLAY: f64 = 20.0;
/// Viewer's seconds for which a skip is announced.
const ANNOUNCED: f64 = 3.0;
/// Boundaries passed in one frame at most; the rest waits for the next frame.
const LEGS: usize = 64;
const SECOND: f64 = 1e9;

/// How fast the picture runs.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub enum Speed {
    /// As slow as what moves needs, and catching up while nothing moves.
    #[default]
    Auto,
    /// So many seconds of the relay's time in one second of the viewer's: 10 to 0.000001.
    Fixed(f64),
}

/// A moment, in both times.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Moment {
    /// The relay's moment that is shown.
    pub at: Nanos,
    /// The relay's moment now.
    pub now: Nanos,
    /// The viewer's own seconds since the page began, for what moves only on the screen.
    pub view: f64,
}

/// The clock.
#[derive(Debug, Default)]
pub struct Clock {
    moment: Moment,
    /// The part of a nanosecond that `moment.at` leaves out: at ×1/1,000,000 it matters.
    rest: f64,
    speed: Speed,
    paused: bool,
    rate: f64,
    /// The span skipped, and until when (viewer's seconds) it is announced.
    skipped: Option<(Nanos, f64)>,
    started: bool,
    /// Somebody chose an earlier moment and looks on from there: no skip until it is caught up with.
    replays: bool,
    /// The span that the scrubber and the graphs show.
    lens: Lens,
    /// What the last step or jump came to.
    landed: Option<Landing>,
    /// A span that is being shown slower than it was, and how long for the viewer.
    slowed: Option<(Nanos, Nanos)>,
}

impl Clock {
    /// A frame: `seconds` have passed for the viewer and it is `now` at the relay. Seeks the timeline.
    pub fn tick(&mut self, seconds: f64, now: Nanos, timeline: &mut Timeline) {
        let seconds = crate::order::within(seconds, 0.0, 1.0);
        self.moment.now = now;
        self.moment.view += seconds;
        self.skipped = self.skipped.filter(|(_, until)| *until > self.moment.view);
        if !self.started || self.moment.at > now {
            self.started = true;
            self.put(self.target());
        }
        self.put(self.moment.at.max(timeline.earliest().min(now)));
        let before = self.moment.at as f64 + self.rest;
        if !self.paused {
            match self.speed {
                Speed::Auto => self.run_auto(seconds, timeline),
                Speed::Fixed(speed) => self.advance(seconds * speed * SECOND, self.target()),
            }
        }
        let went = (self.moment.at as f64 + self.rest - before) / SECOND;
        self.rate = match (self.paused, self.speed) {
            (true, _) => 0.0,
            (_, Speed::Fixed(speed)) if self.behind() > LAG + LAG / 2 => speed,
            _ => pace(timeline, self.moment.at)
                .map_or(if seconds > 0.0 { went / seconds } else { self.rate }, |pace| pace.rate),
        };
        self.slowed = self.slows(timeline);
        self.lens.follow(self.moment, timeline.earliest());
        timeline.seek_seen(self.moment.at, self.moment.view);
    }

    /// The span of time that the scrubber shows.
    pub fn line(&self, timeline: &Timeline) -> Line {
        self.lens.line(self.moment, timeline.earliest())
    }

    /// Chooses it.
    pub fn lens(&mut self) -> &mut Lens {
        &mut self.lens
    }

    /// What is being shown slower than it was: its length, and the viewer's time that it takes.
    pub fn slowed(&self) -> Option<(Nanos, Nanos)> {
        self.slowed
    }

    /// What is shown.
    pub fn moment(&self) -> Moment {
        self.moment
    }

    /// Seconds of the relay's time in one of the viewer's, just now.
    pub fn rate(&self) -> f64 {
        self.rate
    }

    /// How far the picture is behind.
    pub fn behind(&self) -> Nanos {
        self.moment.now.saturating_sub(self.moment.at)
    }

    /// A span that was just skipped, to be announced for a while.
    pub fn skipped(&self) -> Option<Nanos> {
        self.skipped.map(|(span, _)| span)
    }

    /// Stops or goes on. "now" runs on.
    pub fn pause(&mut self, on: bool) {
        self.paused = on;
        self.replays |= !on && self.behind() > MOST;
    }

    /// Whether the picture is stopped.
    pub fn paused(&self) -> bool {
        self.paused
    }

    /// How fast.
    pub fn speed(&self) -> Speed {
        self.speed
    }

    /// Chooses how fast.
    pub fn set_speed(&mut self, speed: Speed) {
        self.speed = match speed {
            Speed::Fixed(speed) => Speed::Fixed(crate::order::within(speed, 1e-6, 10.0)),
            Speed::Auto => Speed::Auto,
        };
    }

    /// A command was given: brings the picture to now and lets it run.
    pub fn catch_up(&mut self, timeline: &mut Timeline) {
        self.paused = false;
        self.replays = false;
        self.put(self.moment.at.max(self.target()));
        self.lens.reveal(self.moment, timeline.earliest());
        timeline.seek_seen(self.moment.at, self.moment.view);
    }

    /// The timeline begins anew from a snapshot: the next frame shows now, and nothing was skipped.
    pub fn restart(&mut self) {
        self.paused = false;
        self.replays = false;
        self.started = false;
        self.landed = None;
        self.rate = 1.0;
        self.skipped = None;
    }

    /// A recording has been read: runs from its beginning, and skips nothing.
    pub fn begin_at(&mut self, at: Nanos, timeline: &mut Timeline) {
        self.started = true;
        self.show(at, timeline);
        self.paused = false;
        self.replays = true;
    }

    /// Shows a chosen moment, and stops there.
    pub fn show(&mut self, at: Nanos, timeline: &mut Timeline) {
        self.paused = true;
        self.put(at.clamp(timeline.earliest().min(self.moment.now), self.moment.now));
        self.lens.reveal(self.moment, timeline.earliest());
        timeline.seek_seen(self.moment.at, self.moment.view);
    }

    fn slows(&self, timeline: &Timeline) -> Option<(Nanos, Nanos)> {
        match self.speed {
            _ if self.paused => None,
            Speed::Fixed(speed) if speed < 1.0 => {
                Some(((speed * SECOND).round() as Nanos, SECOND as Nanos))
            }
            Speed::Fixed(_) => None,
            Speed::Auto => {
                let pace = pace(timeline, self.moment.at).filter(|pace| pace.rate < 1.0)?;
                Some((pace.span, (pace.span as f64 / pace.rate) as Nanos))
            }
        }
    }

    fn target(&self) -> Nanos {
        self.moment.now.saturating_sub(LAG)
    }

    fn put(&mut self, at: Nanos) {
        if at != self.moment.at {
            self.moment.at = at;
            self.rest = 0.0;
        }
    }

    /// Goes on by so many nanoseconds, but not past `limit`.
    fn advance(&mut self, nanos: f64, limit: Nanos) {
        let whole = self.rest + nanos;
        let next = self.moment.at.saturating_add(whole as Nanos);
        if next >= limit {
            self.put(self.moment.at.max(limit));
        } else {
            self.moment.at = next;
            self.rest = whole.fract();
        }
    }

    fn run_auto(&mut self, seconds: f64, timeline: &Timeline) {
        let mut left = seconds;
        for _ in 0..LEGS {
            let (at, target) = (self.moment.at, self.target());
            if left <= 0.0 || at >= target {
                break;
            }
            let pace = pace(timeline, at);
            let next = timeline.next_move(at, pace.and_then(|pace| pace.burst));
            let next = next.map_or(target, |next| next.min(target));
            left = match pace {
                Some(pace) => self.leg(left, pace.rate, pace.until.min(next)),
                None => self.hurry(left, next),
            };
        }
        self.replays &= self.behind() > MOST;
        if self.behind() > MOST && !self.replays {
            self.skip(timeline);
        }
    }

    /// Runs at a rate up to a boundary; the viewer's seconds that remain.
    fn leg(&mut self, left: f64, rate: f64, boundary: Nanos) -> f64 {
        let distance = boundary.saturating_sub(self.moment.at) as f64 - self.rest;
        let takes = distance / (rate * SECOND);
        if takes <= left {
            self.put(boundary);
            left - takes
        } else {
            self.advance(left * rate * SECOND, boundary);
            0.0
        }
    }

    /// Catches up smoothly: as time goes, plus a part of the distance.
    fn hurry(&mut self, left: f64, boundary: Nanos) -> f64 {
        let distance = (self.target() - self.moment.at) as f64;
        let eager = distance * (1.0 - (-EAGER * left).exp()) + left * SECOND;
        let goes = if self.replays { eager.min(left * REPLAY * SECOND) } else { eager };
        let room = boundary.saturating_sub(self.moment.at) as f64;
        self.advance(goes, boundary);
        if goes > room && goes > 0.0 { left * (1.0 - room / goes) } else { 0.0 }
    }

    /// Leaps to the last crossing or packet that began before the target, else to the target; announces it.
    fn skip(&mut self, timeline: &Timeline) {
        let from = self.moment.at;
        let target = self.target();
        let recent =
            timeline.last_move(target).filter(|began| *began > from && target - began < MOST / 4);
        self.put(recent.unwrap_or(target));
        self.skipped = Some((self.moment.at - from, self.moment.view + ANNOUNCED));
    }
}

#[cfg(test)]
mod tests;
