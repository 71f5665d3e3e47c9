//! Owns the open bet of a running experiment: who holds which choice. Deciding it is the player's.

use super::bell::Bell;
use protocol::SessionId;
use protocol::message::Role;
use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// Sessions that may hold a bet at once, owners' besides.
const HOLDERS: usize = 1_024;
/// How often one session may change an open bet: each change is an event for everybody.
const CHANGES: u32 = 8;

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
    held: BTreeMap<SessionId, Held>,
}

#[derive(Debug)]
struct Held {
    choice: u32,
    changes: u32,
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
    /// In one sentence: none is open, there is no such choice, too many viewers have bet, or this one
    /// too often.
    pub fn place(
        &self,
        by: SessionId,
        role: Role,
        choice: u32,
        tell: impl FnOnce(Vec<u32>),
    ) -> Result<(), String> {
        let mut open = self.lock();
        let open = open.as_mut().ok_or("No bet is open.")?;
        if choice as usize >= open.choices {
            return Err(format!("The bet has {} choices, counted from 0.", open.choices));
        }
        let full = open.held.len() >= HOLDERS;
        match open.held.entry(by) {
            Entry::Occupied(held) if held.get().choice == choice => return Ok(()),
            Entry::Occupied(held) if role == Role::Viewer && held.get().changes >= CHANGES => {
                return Err(format!(
                    "This bet has been changed {CHANGES} times; it stays as it is."
                ));
            }
            Entry::Occupied(mut held) => {
                let changes = held.get().changes.saturating_add(1);
                held.insert(Held { choice, changes });
            }
            Entry::Vacant(_) if role == Role::Viewer && full => {
                return Err(format!("{HOLDERS} sessions have bet already."));
            }
            Entry::Vacant(none) => {
                none.insert(Held { choice, changes: 0 });
            }
        }
        let mut counts = vec![0; open.choices];
        for held in open.held.values() {
            counts[held.choice as usize] += 1;
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
            bets.place(SessionId(by), Role::Viewer, choice, |counts| told = Some(counts))
                .map(|()| told)
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

    #[test]
    fn viewers_cannot_flood_the_journal_or_keep_the_owner_from_a_bet() {
        let bets = Bets::default();
        bets.open(2);
        let told = std::cell::Cell::new(0);
        let place = |by, role, choice| {
            bets.place(SessionId(by), role, choice, |_| told.set(told.get() + 1))
        };
        assert!((0..100).all(|_| place(1, Role::Viewer, 1).is_ok()));
        assert_eq!(told.get(), 1, "the same bet again is no event");
        let refused = (0..100).filter(|nth| place(1, Role::Viewer, nth % 2).is_err()).count();
        assert!(refused > 0 && told.get() == CHANGES + 1, "{refused} refused, {told:?} told");
        for by in 2..=HOLDERS as u32 {
            place(by, Role::Viewer, 0).expect("a place is left");
        }
        assert!(place(5_000, Role::Viewer, 0).is_err());
        assert_eq!(place(5_001, Role::Owner, 0), Ok(()));
    }
}
