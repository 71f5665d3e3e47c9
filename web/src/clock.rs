//! Owns which moment is shown, and how fast the picture runs. Time is an argument.
//!
//! The picture runs a little behind the truth ([`LAG`]), so that what is only inferred afterwards is
//! known in time. On *auto* it is as slow as what moves needs, hurries where nothing moves, and never
//! hurries over the beginning of a crossing.

use crate::timeline::Timeline;
use protocol::{CallId, Nanos};

/// The picture is at least this far behind.
pub const LAG: Nanos = 100_000_000;
/// On auto, the picture is at most this far behind; then it skips, and says so.
pub const MOST: Nanos = 4_000_000_000;
/// Viewer's seconds that a crossing takes, if it was faster.
const CROSSING: f64 = 1.2;
/// Viewer's seconds that a whole burst takes, if it was faster.
const BURST: f64 = 3.0;
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
        timeline.seek_seen(self.moment.at, self.moment.view);
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

    /// To the next (or previous) event, and stops there. A crossing's beginning, middle and end are
    /// steps too.
    pub fn step(&mut self, forward: bool, timeline: &mut Timeline) {
        let at = self.moment.at;
        let to = if forward {
            timeline.next_event(at).filter(|to| *to <= self.moment.now)
        } else {
            timeline.previous_event(at)
        };
        self.show(to.unwrap_or(at), timeline);
    }

    /// To the next (or previous) loss, drop, resend or error, and stops there; stays where there is none.
    pub fn jump(&mut self, forward: bool, timeline: &mut Timeline) {
        let to = timeline.trouble(self.moment.at, forward).filter(|to| *to <= self.moment.now);
        self.show(to.unwrap_or(self.moment.at), timeline);
    }

    /// A command was given: brings the picture to now and lets it run.
    pub fn catch_up(&mut self, timeline: &mut Timeline) {
        self.paused = false;
        self.replays = false;
        self.put(self.moment.at.max(self.target()));
        timeline.seek_seen(self.moment.at, self.moment.view);
    }

    /// The timeline begins anew from a snapshot: the next frame shows now, and nothing was skipped.
    pub fn restart(&mut self) {
        self.paused = false;
        self.replays = false;
        self.started = false;
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
        timeline.seek_seen(self.moment.at, self.moment.view);
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

/// What moves at a moment, and how slowly it is to be shown.
#[derive(Clone, Copy)]
struct Pace {
    /// Relay's seconds in one of the viewer's.
    rate: f64,
    /// Until when it holds, where nothing else begins to move.
    until: Nanos,
    /// The burst that moves: its datagrams have one pace, and none of them ends or begins a leg.
    burst: Option<CallId>,
}

/// The pace of the slowest that moves at a moment; null when nothing does.
fn pace(timeline: &Timeline, at: Nanos) -> Option<Pace> {
    let (mut pace, mut known): (Option<Pace>, Option<CallId>) = (None, None);
    for leg in timeline.legs(at) {
        if known.is_some() && leg.burst == known {
            continue;
        }
        let own = match leg.burst.zip(leg.burst.and_then(|burst| timeline.burst_span(burst))) {
            Some((burst, (began, ended))) if ended > began => {
                let rate = (ended - began) as f64 / SECOND / BURST;
                let until = if ended > at { ended } else { leg.ended };
                known = Some(burst);
                Pace { rate: rate.min(1.0), until, burst: Some(burst) }
            }
            _ => {
                let rate = (leg.ended - leg.began) as f64 / SECOND / CROSSING;
                Pace { rate: rate.min(1.0), until: leg.ended, burst: None }
            }
        };
        pace = Some(pace.map_or(own, |pace| Pace {
            rate: pace.rate.min(own.rate),
            until: pace.until.min(own.until),
            burst: pace.burst.or(own.burst),
        }));
    }
    pace
}

#[cfg(test)]
mod tests;
