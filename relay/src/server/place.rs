//! Owns the places for connections: how many, and who makes room when they are all taken. Never
//! touches a stream.

use protocol::message::Role;
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, watch};

/// All places.
pub(super) struct Places {
    most: u32,
    free: Arc<Semaphore>,
    next: AtomicU64,
    guests: Arc<Mutex<Guests>>,
}

/// Who may be asked to leave: those who have not shown a token, and viewers beyond half of the places, so
/// that there always is one for an owner.
struct Guests {
    /// In the order of their coming; true asks one to leave.
    strangers: BTreeMap<u64, watch::Sender<bool>>,
    /// Viewers who may stay, and how many of them there may be.
    viewers: u32,
    most_viewers: u32,
}

/// One connection's place, free again when dropped.
pub(super) struct Place {
    _permit: Option<OwnedSemaphorePermit>,
    number: u64,
    wanted: watch::Receiver<bool>,
    guests: Arc<Mutex<Guests>>,
    stays_as_viewer: AtomicBool,
}

impl Places {
    pub(super) fn new(most: u32) -> Self {
        Self {
            most,
            free: Arc::new(Semaphore::new(most as usize)),
            next: AtomicU64::new(0),
            guests: Arc::new(Mutex::new(Guests {
                strangers: BTreeMap::new(),
                viewers: 0,
                most_viewers: most / 2,
            })),
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
        lock(&self.guests).strangers.insert(number, ask);
        let (guests, stays_as_viewer) = (self.guests.clone(), AtomicBool::new(false));
        Place { _permit: permit, number, wanted, guests, stays_as_viewer }
    }

    /// Asks the oldest stranger to leave: stalled ones must not keep the owner out.
    pub(super) fn make_room(&self) {
        if let Some((_, oldest)) = lock(&self.guests).strangers.pop_first() {
            oldest.send_replace(true);
        }
    }

    /// Waits until nobody is there.
    pub(super) async fn all_left(&self) {
        let _ = self.free.acquire_many(self.most).await;
    }
}

impl Place {
    /// Its holder is no stranger: an owner keeps the place for as long as it likes, a viewer too where fewer
    /// than half of all are viewers'; else it makes room as strangers do.
    pub(super) fn keep(&self, role: Role) {
        let mut guests = lock(&self.guests);
        if role == Role::Viewer {
            if guests.viewers >= guests.most_viewers {
                return;
            }
            guests.viewers += 1;
            self.stays_as_viewer.store(true, Ordering::Relaxed);
        }
        guests.strangers.remove(&self.number);
    }

    /// Comes true when the place is wanted for another; never once it is kept.
    pub(super) async fn wanted(&self) {
        if self.wanted.clone().wait_for(|wanted| *wanted).await.is_err() {
            std::future::pending::<()>().await;
        }
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut guests = lock(&self.guests);
        guests.strangers.remove(&self.number);
        if *self.stays_as_viewer.get_mut() {
            guests.viewers -= 1;
        }
    }
}

fn lock(guests: &Mutex<Guests>) -> MutexGuard<'_, Guests> {
    guests.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;
    use futures_util::FutureExt as _;

    #[tokio::test]
    async fn the_oldest_stranger_makes_room_and_the_known_stay() {
        let places = Places::new(3);
        let (known, old, new) = (places.enter().await, places.enter().await, places.enter().await);
        known.keep(Role::Owner);
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
        known.keep(Role::Owner);
        let mut next = std::pin::pin!(places.enter());
        assert!(next.as_mut().now_or_never().is_none());
        assert!(known.wanted().now_or_never().is_none());
        drop(known);
        next.await;
    }

    #[tokio::test]
    async fn viewers_keep_at_most_half_of_the_places() {
        let places = Places::new(4);
        let mut viewers = Vec::new();
        for _ in 0..4 {
            let place = places.enter().await;
            place.keep(Role::Viewer);
            viewers.push(place);
        }
        let stays = |place: &Place| place.wanted().now_or_never().is_none();
        let mut owner = std::pin::pin!(places.enter());
        assert!(owner.as_mut().now_or_never().is_none(), "all places are taken");
        assert_eq!(viewers.iter().map(stays).collect::<Vec<_>>(), [true, true, false, true]);
        drop(viewers.remove(2));
        owner.await.keep(Role::Owner);
        // Where a viewer has left, another may stay.
        drop(viewers.remove(0));
        let next = places.enter().await;
        next.keep(Role::Viewer);
        places.make_room();
        places.make_room();
        assert!(stays(&next) && stays(&viewers[0]) && !stays(&viewers[1]));
    }
}
