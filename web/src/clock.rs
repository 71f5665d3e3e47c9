//! Owns which moment is shown, and how fast the picture runs. Time is an argument.

use crate::timeline::Timeline;
use protocol::Nanos;

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
}

impl Clock {
    /// A frame: `seconds` have passed for the viewer and it is `now` at the relay. Seeks the timeline.
    pub fn tick(&mut self, _seconds: f64, now: Nanos, timeline: &mut Timeline) {
        self.moment = Moment { at: now, now, view: 0.0 };
        timeline.seek(now);
    }
    /// What is shown.
    pub fn moment(&self) -> Moment {
        self.moment
    }
    /// Seconds of the relay's time in one of the viewer's, just now.
    pub fn rate(&self) -> f64 {
        1.0
    }
    /// How far the picture is behind.
    pub fn behind(&self) -> Nanos {
        self.moment.now.saturating_sub(self.moment.at)
    }
    /// A span that was just skipped, to be announced for a while.
    pub fn skipped(&self) -> Option<Nanos> {
        None
    }
    /// Stops or goes on. "now" runs on.
    pub fn pause(&mut self, _on: bool) {}
    /// Whether the picture is stopped.
    pub fn paused(&self) -> bool {
        false
    }
    /// How fast.
    pub fn speed(&self) -> Speed {
        Speed::Auto
    }
    /// Chooses how fast.
    pub fn set_speed(&mut self, _speed: Speed) {}
    /// To the next (or previous) event, and stops there.
    pub fn step(&mut self, _forward: bool, _timeline: &mut Timeline) {}
    /// A command was given: brings the picture to now and lets it run.
    pub fn catch_up(&mut self, _timeline: &mut Timeline) {}
    /// Shows a chosen moment, and stops there.
    pub fn show(&mut self, _at: Nanos, _timeline: &mut Timeline) {}
}
