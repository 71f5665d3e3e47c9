//! Owns the traps that wait for packets: which one a packet springs, and how many are left to it. Never
//! does the deed.

use super::packet::kind::fits;
use protocol::packet::{End, Head};
use protocol::wire::{Deed, Match, TRAPS};
use protocol::{ErrorKind, Failure, TrapId};

/// The armed traps, in the order in which they were armed.
#[derive(Debug, Default)]
pub struct Traps {
    armed: Vec<Trap>,
    /// The id that was given last.
    last: u32,
}

#[derive(Debug)]
struct Trap {
    id: TrapId,
    matching: Match,
    act: Deed,
    /// Packets that fitted so far.
    fitted: u32,
    /// On how many more it acts.
    left: u32,
}

impl Traps {
    /// The first that is armed gets the number after this.
    pub fn after(last: u32) -> Self {
        Self { last, ..Self::default() }
    }

    /// The number that was given last; 0 for none.
    pub fn last(&self) -> u32 {
        self.last
    }

    /// Arms a trap that acts on `count` packets: the `nth` that fits and those that fit after it. Fails
    /// where [`TRAPS`] wait already, where `count` is 0, and where the match cannot be. Ids begin with
    /// 1 and are never given twice.
    pub fn arm(&mut self, matching: Match, act: Deed, count: u32) -> Result<TrapId, Failure> {
        matching.check()?;
        if count == 0 {
            let message = "A trap acts on at least 1 packet.";
            return Err(Failure::new(ErrorKind::BadRequest, message));
        }
        let next = self.last.checked_add(1).filter(|_| self.armed.len() < TRAPS);
        let Some(next) = next else {
            let message = format!("{TRAPS} traps wait already; disarm one first.");
            return Err(Failure::new(ErrorKind::Limit, message));
        };
        self.last = next;
        let id = TrapId(next);
        self.armed.push(Trap { id, matching, act, fitted: 0, left: count });
        Ok(id)
    }

    /// Takes away those with the same match and deed, or all where the match is empty.
    pub fn disarm(&mut self, matching: &Match, act: Deed) -> Vec<TrapId> {
        let all = *matching == Match::default();
        let gone = |trap: &mut Trap| all || trap.matching == *matching && trap.act == act;
        self.armed.extract_if(.., gone).map(|trap| trap.id).collect()
    }

    /// Takes all away.
    pub fn clear(&mut self) -> Vec<TrapId> {
        self.armed.drain(..).map(|trap| trap.id).collect()
    }

    /// The first trap that this packet springs, its deed, and on how many more packets it will act;
    /// with 0 it is gone. Every trap that the packet fits counts it, though only one acts.
    pub fn spring(
        &mut self,
        from: End,
        src_port: u16,
        dst_port: u16,
        head: &Head,
    ) -> Option<(TrapId, Deed, u32)> {
        let mut sprung = None;
        for (place, trap) in self.armed.iter_mut().enumerate() {
            if !fits(&trap.matching, from, src_port, dst_port, head) {
                continue;
            }
            trap.fitted = trap.fitted.saturating_add(1);
            if sprung.is_none() && trap.fitted >= trap.matching.nth.unwrap_or(1) {
                trap.left -= 1;
                sprung = Some((place, trap.id, trap.act, trap.left));
            }
        }
        let (place, id, act, left) = sprung?;
        if left == 0 {
            self.armed.remove(place);
        }
        Some((id, act, left))
    }

    /// Whether none waits.
    pub fn is_empty(&self) -> bool {
        self.armed.is_empty()
    }
}

#[cfg(test)]
mod tests;
