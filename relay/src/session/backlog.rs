//! Owns how much all sessions of one right together have not taken yet: who has been at it longest makes
//! room, and nobody does for viewers but viewers. Never touches a stream.

use protocol::message::Role;
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::sync::Notify;

/// Bytes of frames that wait for all sessions of one right together, besides one frame of any size: a
/// snapshot has to pass.
const WAITING: usize = 16 * 1024 * 1024;

/// What waits in this process, whose memory it is.
static OWNERS: Backlog = Backlog::new(WAITING);
static VIEWERS: Backlog = Backlog::new(WAITING);

/// What waits for those who have that right.
pub(super) fn of(role: Role) -> &'static Backlog {
    match role {
        Role::Owner => &OWNERS,
        Role::Viewer => &VIEWERS,
    }
}

/// Frames that wait to be taken, in the order of their coming.
pub(super) struct Backlog {
    most: usize,
    state: Mutex<State>,
}

struct State {
    bytes: usize,
    next: u64,
    waiting: BTreeMap<u64, Waiting>,
}

struct Waiting {
    bytes: usize,
    ask: Arc<Notify>,
}

/// Some bytes that wait, until dropped.
pub(super) struct Held<'a> {
    backlog: &'a Backlog,
    number: u64,
    asked: Arc<Notify>,
}

impl Backlog {
    const fn new(most: usize) -> Self {
        let state = State { bytes: 0, next: 0, waiting: BTreeMap::new() };
        Self { most, state: Mutex::new(state) }
    }

    /// From now on so many bytes more wait; whoever has waited longest is asked to leave while they are
    /// too many.
    pub(super) fn hold(&self, bytes: usize) -> Held<'_> {
        let mut state = self.lock();
        let asked = Arc::new(Notify::new());
        let number = state.next;
        state.next += 1;
        state.bytes += bytes;
        state.waiting.insert(number, Waiting { bytes, ask: asked.clone() });
        while state.bytes > self.most
            && state.waiting.len() > 1
            && let Some((_, oldest)) = state.waiting.pop_first()
        {
            state.bytes -= oldest.bytes;
            oldest.ask.notify_one();
        }
        Held { backlog: self, number, asked }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Held<'_> {
    /// Comes true when others need the room.
    pub(super) async fn wanted(&self) {
        self.asked.notified().await;
    }
}

impl Drop for Held<'_> {
    fn drop(&mut self) {
        let mut state = self.backlog.lock();
        if let Some(waiting) = state.waiting.remove(&self.number) {
            state.bytes -= waiting.bytes;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use futures_util::FutureExt as _;

    #[test]
    fn who_waits_longest_makes_room() {
        let backlog = Backlog::new(10);
        let (old, new) = (backlog.hold(6), backlog.hold(4));
        assert!(old.wanted().now_or_never().is_none());
        let newest = backlog.hold(1);
        assert!(old.wanted().now_or_never().is_some());
        assert!(new.wanted().now_or_never().is_none());
        drop((old, new, newest));
        assert_eq!(backlog.lock().bytes, 0);
    }

    #[test]
    fn one_alone_may_be_of_any_size() {
        let backlog = Backlog::new(10);
        let large = backlog.hold(1_000);
        assert!(large.wanted().now_or_never().is_none());
        let _next = backlog.hold(1);
        assert!(large.wanted().now_or_never().is_some());
    }
}
