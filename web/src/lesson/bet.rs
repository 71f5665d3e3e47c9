//! Owns the bets placed on this page: which, whether they were right, and how many were.

use super::Step;
use protocol::world::{Bet, Lesson};

/// One bet of one playing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Key {
    /// The step that was said when it was asked.
    pub step: Step,
    /// Its question; one step may ask two.
    pub ask: String,
}

impl Key {
    /// Of a bet of the playing that began at `run`.
    pub fn of(run: protocol::Nanos, bet: &Bet) -> Self {
        Self { step: Step { run, step: bet.step }, ask: bet.ask.en.clone() }
    }
}

/// What was done here about a bet.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Mine {
    key: Key,
    /// The act begun last, and the step said, when it was first seen.
    since: (Option<u32>, u32),
    choice: Option<u32>,
    passed: bool,
    /// Whether it was right, once that is known.
    right: Option<bool>,
    /// The step that was said when it was marked.
    marked: Option<u32>,
}

/// Bets remembered.
const KEPT: usize = 256;

/// All bets of this page.
#[derive(Clone, Debug, Default)]
pub struct Bets {
    mine: Vec<Mine>,
}

impl Bets {
    fn find(&self, key: &Key) -> Option<&Mine> {
        self.mine.iter().rev().find(|own| own.key == *key)
    }

    fn of(&mut self, key: &Key, since: (Option<u32>, u32)) -> &mut Mine {
        let place = self.mine.iter().rposition(|own| own.key == *key).unwrap_or_else(|| {
            if self.mine.len() >= KEPT {
                self.mine.remove(0);
            }
            let key = key.clone();
            let mine = Mine { key, since, choice: None, passed: false, right: None, marked: None };
            self.mine.push(mine);
            self.mine.len() - 1
        });
        &mut self.mine[place]
    }

    /// What a world says of the bet.
    pub fn see(&mut self, key: &Key, lesson: &Lesson) {
        let Some(bet) = &lesson.bet else { return };
        let now = (lesson.act, lesson.said.step);
        let mine = self.of(key, now);
        if let Some(marked) = bet.marked {
            mine.marked.get_or_insert(now.1);
            if let (Some(choice), None) = (mine.choice, mine.right) {
                mine.right = Some(marked == Some(choice));
            }
        }
    }

    /// A choice was taken here.
    pub fn place(&mut self, key: &Key, lesson: &Lesson, choice: u32) {
        self.of(key, (lesson.act, lesson.said.step)).choice = Some(choice);
    }

    /// The one who leads goes on without a bet.
    pub fn pass(&mut self, key: &Key, lesson: &Lesson) {
        self.of(key, (lesson.act, lesson.said.step)).passed = true;
    }

    /// What was asked of the relay came to nothing: it may be asked again.
    pub fn release(&mut self) {
        if let Some(last) = self.mine.last_mut().filter(|own| own.marked.is_none()) {
            last.passed = false;
        }
    }

    /// The choice taken here, if any.
    pub fn choice(&self, key: &Key) -> Option<u32> {
        self.find(key)?.choice
    }

    /// Whether the experiment still waits at the bet: nobody has bet or passed, and it has not gone on.
    pub fn waits(&self, key: &Key, newest: &Lesson) -> bool {
        let open = newest.ended.is_none() && is_open(newest);
        open && self.find(key).is_none_or(|own| {
            own.choice.is_none() && !own.passed && own.since == (newest.act, newest.said.step)
        })
    }

    /// Whether the bet is still to be shown: until the step after the one that it was marked in is over.
    pub fn shows(&self, key: &Key, shown: &Lesson) -> bool {
        let Some(bet) = &shown.bet else { return false };
        if bet.marked.is_none() {
            return shown.ended.is_none();
        }
        let marked = self.find(key).and_then(|own| own.marked).unwrap_or(bet.step);
        shown.ended.is_none() && shown.said.step <= marked.max(bet.step) + 1
    }

    /// How many were right, of how many that were placed here and decided.
    pub fn tally(&self) -> (usize, usize) {
        let decided = || self.mine.iter().filter_map(|own| own.right);
        (decided().filter(|right| *right).count(), decided().count())
    }
}

/// Whether a bet of the experiment is open.
pub fn is_open(lesson: &Lesson) -> bool {
    lesson.bet.as_ref().is_some_and(|bet| bet.marked.is_none())
}

/// How long a count's bar is beside the longest, in percent.
pub fn share(count: u32, counts: &[u32]) -> u32 {
    let most = counts.iter().copied().max().unwrap_or(0).max(1);
    u32::try_from(u64::from(count) * 100 / u64::from(most)).unwrap_or(100)
}
