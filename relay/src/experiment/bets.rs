//! Owns the open bet of a running experiment: who holds which choice. Deciding it is the player's.

use super::bell::Bell;
use protocol::SessionId;
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// Sessions that may hold a bet at once.
const HOLDERS: usize = 1_024;

/// The bets of one experiment.
#[derive(Clone, Debug, Default)]
pub struct Bets {
    open: Arc<Mutex<Option<Open>>>,
    /// Rung by the bet of somebody for whom the experiment waits.
    pub(super) bell: Bell,
}

#[derive(Debug)]
struct Open {
    choices: usize,
    held: BTreeMap<SessionId, u32>,
}

impl Bets {
    /// From now on there is one, with so many choices.
    pub(super) fn open(&self, choices: usize) {
        *self.lock() = Some(Open { choices, held: BTreeMap::new() });
    }

    /// From now on there is none.
    pub(super) fn close(&self) {
        *self.lock() = None;
    }

    /// Notes a session's bet, in place of its earlier one, and tells how many hold each choice; no
    /// bet is closed meanwhile.
    ///
    /// # Errors
    /// In one sentence: none is open, there is no such choice, too many have bet.
    pub fn place(
        &self,
        by: SessionId,
        choice: u32,
        tell: impl FnOnce(Vec<u32>),
    ) -> Result<(), String> {
        let mut open = self.lock();
        let open = open.as_mut().ok_or("No bet is open.")?;
        if choice as usize >= open.choices {
            return Err(format!("The bet has {} choices, counted from 0.", open.choices));
        }
        if open.held.len() >= HOLDERS && !open.held.contains_key(&by) {
            return Err(format!("{HOLDERS} sessions have bet already."));
        }
        open.held.insert(by, choice);
        let mut counts = vec![0; open.choices];
        for choice in open.held.values() {
            counts[*choice as usize] += 1;
        }
        tell(counts);
        Ok(())
    }

    /// Lets the experiment go on, where it waits for a bet.
    pub fn go_on(&self) {
        self.bell.ring();
    }

    fn lock(&self) -> MutexGuard<'_, Option<Open>> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_session_holds_one_bet_and_may_change_it() {
        let bets = Bets::default();
        let place = |by, choice| {
            let mut told = None;
            bets.place(SessionId(by), choice, |counts| told = Some(counts)).map(|()| told)
        };
        assert!(place(1, 0).is_err(), "none is open");
        bets.open(3);
        assert_eq!(place(1, 0), Ok(Some(vec![1, 0, 0])));
        assert_eq!(place(2, 0), Ok(Some(vec![2, 0, 0])));
        assert_eq!(place(1, 2), Ok(Some(vec![1, 0, 1])));
        assert!(place(3, 3).expect_err("no such choice").contains("3 choices"));
        bets.close();
        assert!(place(2, 1).is_err(), "it is decided");
    }
}
