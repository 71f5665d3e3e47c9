//! Owns when the kernel is asked about the lab's sockets, and tells the journal only what changed.
//!
//! Looked at at once: a socket whose call ended or fell asleep, and the one at its other end. Looked at
//! at 60 Hz: sockets that changed within the last second. Looked at at 4 Hz: the others, up to
//! [`COLD`] of them a time and more in turn, and the closed ones that the kernel still knows.

mod reading;
mod rest;

use super::desk::Desk;
use super::slot::Slot;
use protocol::command::{Kind, Net};
use protocol::{Field, Nanos, SocketId, Source, What, World};
pub(super) use reading::Reading;
use rest::Resting;
pub(super) use rest::entry_fields;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::mem::{Discriminant, discriminant};
use std::ops::Bound;
use std::rc::{Rc, Weak};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::Notify;
use tokio::time::MissedTickBehavior;

use crate::journal::Journal;
use crate::kernel;
use crate::kernel::diag::Diag;

/// Between two passes over the sockets that move.
const PASS: Duration = Duration::from_millis(16);
/// Between two looks at the wire's sockets because packets arrived.
const ARRIVALS: Duration = Duration::from_millis(4);
/// Sockets looked at when packets arrive; the others wait for their pass.
const AT_ONCE: usize = 32;
/// Every so many passes, sockets that do not move are looked at too.
const SLOW: u64 = 15;
/// So many of them at most, so that a thousand that rest cost little: more are looked at in turn, 1,000
/// within 1.2 s. What the lab itself does to a socket is always seen at once.
const COLD: usize = 200;
/// How long a socket counts as moving after its last change.
const WARM: Nanos = 1_000_000_000;
/// How long it is looked at in every pass after something came to it that changed nothing.
const SETTLING: Nanos = 100_000_000;
/// A timer is told anew when its end has moved by more than this.
const TIMER_SLACK: Nanos = 25_000_000;

/// What was last seen of each socket.
pub(super) struct Watcher {
    diag: Option<Diag>,
    seen: BTreeMap<SocketId, Seen>,
    resting: BTreeMap<SocketId, Resting>,
    /// The last socket that was looked at without moving; the next turn goes on after it.
    turn: Option<SocketId>,
}

/// What was last seen of one socket.
#[derive(Default)]
pub(super) struct Seen {
    told: HashMap<Discriminant<Field>, Field>,
    timer_ends: Nanos,
    pub(super) reading: Reading,
    touched: u64,
    warm_until: Nanos,
}

/// Looks at the sockets for as long as the desk lives.
pub(super) fn keep_watching(desk: &Rc<Desk>) {
    let desk: Weak<Desk> = Rc::downgrade(desk);
    tokio::task::spawn_local(async move {
        let mut ticks = tokio::time::interval(PASS);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        for pass in 0_u64.. {
            ticks.tick().await;
            let Some(desk) = desk.upgrade() else { return };
            desk.pass(pass.is_multiple_of(SLOW));
        }
    });
}

/// Looks at the wire's sockets whenever packets have arrived, for as long as that wire lives.
pub(super) fn watch_arrivals(desk: &Rc<Desk>, arrivals: Arc<Notify>) {
    let desk: Weak<Desk> = Rc::downgrade(desk);
    tokio::task::spawn_local(async move {
        loop {
            arrivals.notified().await;
            let Some(desk) = desk.upgrade() else { return };
            desk.pass_wire();
            drop(desk);
            // Packets come faster than anybody can read what they change.
            tokio::time::sleep(ARRIVALS).await;
        }
    });
}

impl Watcher {
    pub(super) fn open() -> Self {
        // Without sock_diag there are no timers and no resting sockets; the fields stay absent.
        Self {
            diag: Diag::open().ok(),
            seen: BTreeMap::new(),
            resting: BTreeMap::new(),
            turn: None,
        }
    }

    /// A socket is about to be closed: what the kernel keeps of it is followed by its cookie.
    pub(super) fn closing(&mut self, slot: &Slot, journal: &Journal) {
        let seen = self.seen.remove(&slot.id);
        match Resting::of(slot, seen.map(|seen| seen.reading)) {
            Some(resting) => {
                self.resting.insert(slot.id, resting);
            }
            None => {
                journal.append(Source::Kernel, What::Gone { socket: slot.id });
            }
        }
    }

    /// The sockets of a pass: those that move, and in turn up to `cold` of the others.
    fn due<T>(
        &mut self,
        slots: &BTreeMap<SocketId, T>,
        cold: Option<usize>,
        now: Nanos,
    ) -> Vec<SocketId> {
        let moves = |id: &&SocketId| self.seen.get(id).is_none_or(|seen| seen.warm_until > now);
        let mut due: Vec<SocketId> = slots.keys().filter(moves).copied().collect();
        if let Some(most) = cold {
            let begins = self.turn.map_or(Bound::Unbounded, Bound::Excluded);
            let ends = self.turn.map_or(Bound::Excluded(SocketId(0)), Bound::Included);
            let rest = slots
                .range((begins, Bound::Unbounded))
                .chain(slots.range((Bound::Unbounded, ends)));
            let rest = rest.map(|(id, _)| id).filter(|id| !moves(id)).take(most);
            let rest: Vec<SocketId> = rest.copied().collect();
            self.turn = rest.last().copied();
            due.extend(rest);
        }
        due
    }

    /// The cookies of the closed sockets that are followed.
    pub(super) fn resting_cookies(&self) -> BTreeSet<u64> {
        self.resting.values().map(|rest| rest.cookie).collect()
    }

    /// Reset: what rests in the kernel is no longer the lab's.
    pub(super) fn forget_all(&mut self) {
        self.seen.clear();
        self.resting.clear();
    }
}

impl Desk {
    fn pass_wire(&self) {
        let on_wire = |slot: &&Rc<Slot>| slot.net != Net::Host;
        let ids: Vec<SocketId> = self
            .slots
            .borrow()
            .values()
            .filter(on_wire)
            .take(AT_ONCE)
            .map(|slot| slot.id)
            .collect();
        for id in ids {
            self.look(id, false);
        }
    }

    fn pass(&self, all: bool) {
        let now = self.journal.now();
        let due = self.watcher.borrow_mut().due(&self.slots.borrow(), all.then_some(COLD), now);
        for id in due {
            if self.look(id, true)
                && let Some(far) = self.journal.look(|world| world.far_end(id))
            {
                self.look(far, false);
            }
        }
        if all {
            self.look_at_closed(None);
            self.look_at_wire();
            self.look_outside();
        }
    }

    /// Looks at a socket and at the one at its other end, because something just happened. The other
    /// end first: what arrived there came before its acknowledgement.
    pub(super) fn look_around(&self, id: SocketId) {
        let known = self.neighbours(id);
        self.look_at_all(&known);
        self.look(id, false);
        // A call may have given it an address, and so neighbours.
        let found = self.neighbours(id).map(|other| other.filter(|_| !known.contains(&other)));
        self.look_at_all(&found);
    }

    fn look_at_all(&self, others: &[Option<SocketId>; 4]) {
        // What the call sent may still be under way to these: they are not steady yet.
        for other in others[..2].iter().flatten() {
            if let Some(slot) = self.slots.borrow().get(other) {
                slot.touch();
            }
        }
        for other in others.iter().flatten() {
            self.look(*other, false);
        }
    }

    /// The sockets of ours that a call on this one may have changed; what was sent goes to the first two.
    fn neighbours(&self, id: SocketId) -> [Option<SocketId>; 4] {
        self.journal.look(|world| {
            let parent =
                world.sockets.get(&id).and_then(|socket| socket.parent).map(|(parent, _)| parent);
            [world.far_end(id), world.aim_of(id), world.queued_at(id), parent]
        })
    }

    /// Asks the kernel about one socket and tells what changed; `pass` when nothing caused it. Whether
    /// the numbers of a stream moved: then those of its other end did too.
    pub(super) fn look(&self, id: SocketId, pass: bool) -> bool {
        let Some(slot) = self.slots.borrow().get(&id).cloned() else { return false };
        // Before anything is asked: what waits in the error queue looks like an error.
        self.take_stamps(&slot);
        let mut watcher = self.watcher.borrow_mut();
        let Watcher { diag, seen, .. } = &mut *watcher;
        let mut wire = self.ground.wire.borrow_mut();
        let since = self.journal.now();
        let rests = slot.net == Net::Host
            || pass && wire.as_ref().is_some_and(|wire| wire.forwarder.rests());
        let diag = match (slot.net.end(), &mut *wire) {
            (Some(end), Some(wire)) => wire.diag[end.index()].as_mut(),
            (Some(_), None) => None,
            (None, _) => diag.as_mut(),
        };
        let seen = seen.entry(id).or_default();
        let mut fresh = Reading::take(&slot, diag, &seen.reading, self.journal.now(), pass);
        if let Some(inode) = fresh.peer_inode.filter(|_| fresh.peer_socket.is_none()) {
            let slots = self.slots.borrow();
            fresh.peer_socket = slots.values().find(|s| s.inode == inode).map(|s| s.id);
        }
        let now = self.journal.now();
        let mut set: Vec<Field> =
            fresh.fields().into_iter().filter(|field| seen.is_news(now, field)).collect();
        // What a walk found is told again with each new drop: together they name who was dropped.
        if set.iter().any(|field| matches!(field, Field::Drops(_)))
            && !set.iter().any(|field| matches!(field, Field::Queue(_)))
        {
            set.extend(fresh.queue.clone().map(Field::Queue));
        }
        let agrees = fresh.agrees(&seen.reading) && slot.touched.get() == seen.touched;
        if !set.is_empty() || !agrees {
            seen.warm_until = now + WARM;
        }
        if agrees && set.is_empty() && !self.journal.look(|world| world.is_settled(id)) {
            seen.warm_until = seen.warm_until.max(now + SETTLING);
            if pass && rests {
                // What its end's kernel dropped before it came to a socket is counted only there.
                if let (Kind::Datagram, Some(end), Some(wire)) =
                    (slot.kind, slot.net.end(), &mut *wire)
                    && self.journal.look(|world| world.arrived(id)) >= Some(wire.counted_at(end))
                {
                    self.count(wire, end);
                }
                let what = What::Sample { socket: id, set: vec![Field::Steady(true)] };
                // What has come to it meanwhile, this look may have missed.
                let settled = |world: &World| world.arrived(id).is_none_or(|at| at < since);
                self.journal.append_if(Source::Kernel, what, settled);
            }
        }
        seen.touched = slot.touched.get();
        if !set.is_empty() {
            let what = What::Sample { socket: id, set };
            fresh.told_at(self.journal.append(Source::Kernel, what).1);
        }
        let before = std::mem::replace(&mut seen.reading, fresh.clone());
        drop((watcher, wire));
        self.infer_from_change(id, &before, &fresh);
        !agrees && slot.kind == Kind::Stream
    }

    /// Asks the kernel about one closed socket, or about all that it may still know.
    pub(super) fn look_at_closed(&self, only: Option<SocketId>) {
        let mut watcher = self.watcher.borrow_mut();
        let Watcher { diag, resting, .. } = &mut *watcher;
        let mut wire = self.ground.wire.borrow_mut();
        let mut told = Vec::new();
        resting.retain(|id, rest| {
            if only.is_some_and(|only| only != *id) {
                return true;
            }
            let socket = *id;
            let diag = match (rest.net.end(), &mut *wire) {
                (Some(end), Some(wire)) => wire.diag[end.index()].as_mut(),
                (Some(_), None) => None,
                (None, _) => diag.as_mut(),
            };
            let set = rest.look(diag, self.journal.now());
            let known = set.is_some();
            match set {
                Some(set) if set.is_empty() => {}
                Some(set) => told.push(What::Sample { socket, set }),
                None => told.push(What::Gone { socket }),
            }
            known
        });
        drop((watcher, wire));
        for what in told {
            self.journal.append(Source::Kernel, what);
        }
    }

    /// What was last read of a socket's kernel state, if it was.
    pub(super) fn last_reading<T>(
        &self,
        id: SocketId,
        look: impl FnOnce(&Reading) -> T,
    ) -> Option<T> {
        self.watcher.borrow().seen.get(&id).map(|seen| look(&seen.reading))
    }
}

impl Seen {
    /// Whether a field says what was not said before; remembers it.
    pub(super) fn is_news(&mut self, now: Nanos, field: &Field) -> bool {
        let kind = discriminant(field);
        if let (Field::Timer(Some(new)), Some(Field::Timer(Some(old)))) =
            (field, self.told.get(&kind))
        {
            let ends = now + new.remaining;
            let moved = ends.abs_diff(self.timer_ends) > TIMER_SLACK;
            if old.kind == new.kind && old.fired == new.fired && !moved {
                return false;
            }
        }
        if let Field::Timer(Some(timer)) = field {
            self.timer_ends = now + timer.remaining;
        }
        if self.told.get(&kind) == Some(field) {
            return false;
        }
        self.told.insert(kind, field.clone());
        true
    }
}

/// The lab's word for a kernel state.
pub(super) fn state(state: kernel::State) -> protocol::TcpState {
    use kernel::State as K;
    use protocol::TcpState as T;
    match state {
        K::Established => T::Established,
        K::SynSent => T::SynSent,
        K::SynRecv | K::NewSynRecv => T::SynRecv,
        K::FinWait1 => T::FinWait1,
        K::FinWait2 => T::FinWait2,
        K::TimeWait => T::TimeWait,
        K::Close => T::Close,
        K::CloseWait => T::CloseWait,
        K::LastAck => T::LastAck,
        K::Listen => T::Listen,
        K::Closing => T::Closing,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn resting_sockets_are_looked_at_in_turn_and_moving_ones_always() {
        let slots: BTreeMap<SocketId, u32> = (1..=10).map(|id| (SocketId(id), id)).collect();
        let rests = |id| (SocketId(id), Seen { warm_until: u64::from(id == 4), ..Seen::default() });
        let mut watcher = Watcher {
            diag: None,
            seen: (1..=10).map(rests).collect(),
            resting: BTreeMap::new(),
            turn: None,
        };
        let mut due = |cold| -> Vec<u32> {
            watcher.due(&slots, cold, 0).into_iter().map(|id| id.0).collect()
        };
        assert_eq!(due(Some(4)), [4, 1, 2, 3, 5]);
        assert_eq!(due(None), [4]);
        assert_eq!(due(Some(4)), [4, 6, 7, 8, 9]);
        assert_eq!(due(Some(4)), [4, 10, 1, 2, 3]);
        assert_eq!(due(Some(100)), [4, 5, 6, 7, 8, 9, 10, 1, 2, 3], "each once");
    }
}
