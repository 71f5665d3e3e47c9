//! Owns the automatic hand: it presses a step's button after the time that reading takes.

use super::Step;

/// Seconds before anything is pressed.
const AT_LEAST: f64 = 1.5;
/// Seconds a letter takes.
const LETTER: f64 = 0.045;
/// Letters that a Chinese character counts for.
const WIDE: u32 = 3;

/// Seconds in which a text can be read.
pub fn readable<'a>(texts: impl IntoIterator<Item = &'a str>) -> f64 {
    let letters = texts.into_iter().flat_map(str::chars);
    let weight = |letter: char| if letter >= '\u{2e80}' { WIDE } else { 1 };
    AT_LEAST + LETTER * f64::from(letters.map(weight).sum::<u32>())
}

/// What waits for a hand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Waits {
    /// A step's button.
    Button(Step),
    /// A bet; passed where nobody bets.
    Bet(Step),
}

/// The automatic hand.
#[derive(Clone, Copy, Debug, Default)]
pub struct Auto {
    on: bool,
    /// What waits, and since when, in the page's seconds.
    since: Option<(Waits, f64)>,
}

impl Auto {
    /// Whether it is on.
    pub fn is_on(self) -> bool {
        self.on
    }

    /// Switches it on or off; the time of what waits begins anew.
    pub fn toggle(&mut self) {
        *self = Self { on: !self.on, since: None };
    }

    /// Whether to press now, at `seconds`: true once for each thing that waits. `reading`: seconds that
    /// its text takes.
    pub fn tick(&mut self, seconds: f64, waits: Option<Waits>, reading: f64) -> bool {
        let Some(waits) = waits.filter(|_| self.on) else {
            self.since = None;
            return false;
        };
        match self.since {
            Some((same, since)) if same == waits => {
                let due = seconds - since >= reading;
                if due {
                    // Not again for as long, should the press come to nothing.
                    self.since = Some((waits, seconds));
                }
                due
            }
            _ => {
                self.since = Some((waits, seconds));
                false
            }
        }
    }
}
