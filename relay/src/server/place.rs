//! Owns the places for connections: how many, and who makes room when they are all taken. Never
//! touches a stream.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, watch};

/// All places.
pub(super) struct Places {
    most: u32,
    free: Arc<Semaphore>,
    next: AtomicU64,
    strangers: Arc<Mutex<Strangers>>,
}

/// Who has not shown the token yet, in the order of their coming; true asks one to leave.
type Strangers = BTreeMap<u64, watch::Sender<bool>>;

/// One connection's place, free again when dropped.
pub(super) struct Place {
    _permit: Option<OwnedSemaphorePermit>,
    number: u64,
    wanted: watch::Receiver<bool>,
    kept: AtomicBool,
    strangers: Arc<Mutex<Strangers>>,
}

impl Places {
    pub(super) fn new(most: u32) -> Self {
        Self {
            most,
            free: Arc::new(Semaphore::new(most as usize)),
            next: AtomicU64::new(0),
            strangers: Arc::default(),
        }
    }

    /// A stranger's place, as soon as there is one.
    pub(super) async fn enter(&self) -> Place {
        if self.free.available_permits() == 0 {
            self.make_room();
        }
        // The semaphore is never closed, so there always is a permit.
        let permit = self.free.clone().acquire_owned().await.ok();
        let number = self.next.fetch_add(1, Ordering::Relaxed);
        let (ask, wanted) = watch::channel(false);
        lock(&self.strangers).insert(number, ask);
        let (kept, strangers) = (AtomicBool::new(false), self.strangers.clone());
        Place { _permit: permit, number, wanted, kept, strangers }
    }

    /// Asks the oldest stranger to leave: stalled ones must not keep the owner out.
    pub(super) fn make_room(&self) {
        if let Some((_, oldest)) = lock(&self.strangers).pop_first() {
            oldest.send_replace(true);
        }
    }

    /// Waits until nobody is there.
    pub(super) async fn all_left(&self) {
        let _ = self.free.acquire_many(self.most).await;
    }
}

impl Place {
    /// Its holder is no stranger: it keeps the place for as long as it likes.
    pub(super) fn keep(&self) {
        self.kept.store(true, Ordering::Relaxed);
        lock(&self.strangers).remove(&self.number);
    }

    /// Comes true when the place is wanted for another; never once it is kept.
    pub(super) async fn wanted(&self) {
        let gone = self.wanted.clone().wait_for(|wanted| *wanted).await.is_err();
        // It may have been asked for in the very moment in which it was kept.
        if gone || self.kept.load(Ordering::Relaxed) {
            std::future::pending::<()>().await;
        }
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.keep();
    }
}

fn lock(strangers: &Mutex<Strangers>) -> MutexGuard<'_, Strangers> {
    strangers.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;
    use futures_util::FutureExt as _;

    #[tokio::test]
    async fn the_oldest_stranger_makes_room_and_the_known_stay() {
        let places = Places::new(3);
        let (known, old, new) = (places.enter().await, places.enter().await, places.enter().await);
        known.keep();
        let mut next = std::pin::pin!(places.enter());
        assert!(next.as_mut().now_or_never().is_none(), "all places are taken");
        assert!(old.wanted().now_or_never().is_some());
        assert!(known.wanted().now_or_never().is_none());
        assert!(new.wanted().now_or_never().is_none());
        drop(old);
        next.await;
    }

    #[tokio::test]
    async fn where_all_are_known_the_next_waits() {
        let places = Places::new(1);
        let known = places.enter().await;
        known.keep();
        let mut next = std::pin::pin!(places.enter());
        assert!(next.as_mut().now_or_never().is_none());
        assert!(known.wanted().now_or_never().is_none());
        drop(known);
        next.await;
    }
}
