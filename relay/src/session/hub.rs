//! Owns what all sessions share: whom to ask, who may enter, the bounds. Never touches a stream.

use super::{Asker, Guests, Peer};
use crate::recorder::Shelf;
use protocol::experiment::ExperimentHead;
use protocol::limit::{self, Limits};
use protocol::message::{Role, Rung, Welcome};
use protocol::number::Wide;
use protocol::{Seq, SessionId, World};
use std::collections::BTreeSet;
use std::path::PathBuf;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::sync::{Semaphore, SemaphorePermit};

/// The bounds of a session.
#[derive(Clone, Copy, Debug)]
pub struct Config {
    /// From the connection, or its last HTTP answer, to an accepted hello.
    pub hello_deadline: Duration,
    /// For the kernel to take anything; a viewer that takes nothing for so long is dropped.
    pub write_deadline: Duration,
    /// After the last word, for the other side to take it.
    pub linger: Duration,
    /// Between two writes of events that nobody waits for: one frame of a 60 Hz screen.
    pub pace: Duration,
    /// Commands begun whose replies are not yet sent.
    pub outstanding: usize,
}

/// From the connection, or its last HTTP answer, to an accepted hello.
const HELLO_DEADLINE: Duration = Duration::from_secs(5);
/// A stalled viewer's last chance. One that reads 1 kB a second looks stalled for up to 165 s: its kernel
/// opens the window only when half of its buffer is free (measured on loopback).
const WRITE_DEADLINE: Duration = Duration::from_mins(3);
/// For the other side to take our last word.
const LINGER: Duration = Duration::from_millis(500);
/// One frame of a 60 Hz screen.
const PACE: Duration = Duration::from_millis(16);
/// Commands begun whose replies are not yet sent.
const OUTSTANDING: usize = 1_024;

impl Default for Config {
    fn default() -> Self {
        Self {
            hello_deadline: HELLO_DEADLINE,
            write_deadline: WRITE_DEADLINE,
            linger: LINGER,
            pace: PACE,
            outstanding: OUTSTANDING,
        }
    }
}

/// What all sessions share.
pub struct Hub<A> {
    asker: A,
    guests: Guests,
    rung: Rung,
    limits: Limits,
    config: Config,
    sessions: AtomicU32,
    /// Sessions that only look on.
    viewers: Mutex<BTreeSet<SessionId>>,
    snapshots: Semaphore,
    shelf: Option<Shelf>,
    experiments: Vec<ExperimentHead>,
}

impl<A: Asker> Hub<A> {
    /// A hub whose sessions ask `asker`, let in whom `guests` admits, and tell of `rung` and `limits`.
    pub fn new(
        asker: A,
        guests: impl Into<Guests>,
        rung: Rung,
        limits: Limits,
        config: Config,
    ) -> Self {
        Self {
            asker,
            guests: guests.into(),
            rung,
            limits,
            config,
            sessions: AtomicU32::new(0),
            viewers: Mutex::default(),
            snapshots: Semaphore::new(1),
            shelf: None,
            experiments: Vec::new(),
        }
    }

    /// The same, giving recordings to owners.
    #[must_use]
    pub fn with_shelf(self, shelf: Option<Shelf>) -> Self {
        Self { shelf, ..self }
    }

    /// The same, telling of these experiments.
    #[must_use]
    pub fn with_experiments(self, experiments: Vec<ExperimentHead>) -> Self {
        Self { experiments, ..self }
    }

    /// One's turn to make a snapshot, which takes a while: those who come again and again must not take
    /// every core and the journal's lock.
    pub(super) async fn turn(&self) -> Option<SemaphorePermit<'_>> {
        // The semaphore is never closed, so there always is a permit.
        self.snapshots.acquire().await.ok()
    }

    /// The recording of that name, for an owner.
    pub(crate) fn recording(&self, name: &str) -> Option<PathBuf> {
        self.shelf.as_ref()?.find(name)
    }

    /// Whether somebody with that token may do from there what owners may.
    pub(crate) fn is_owner(&self, token: &str, peer: Peer) -> bool {
        self.guests.is_owner(token, peer)
    }

    pub(super) fn asker(&self) -> &A {
        &self.asker
    }

    pub(super) fn guests(&self) -> &Guests {
        &self.guests
    }

    pub(super) fn config(&self) -> &Config {
        &self.config
    }

    /// A session begins, with that right; its id. The first is 1.
    pub(super) fn enter(&self, role: Role) -> SessionId {
        let id = SessionId(self.sessions.fetch_add(1, Ordering::Relaxed) + 1);
        if role == Role::Viewer {
            self.viewers().insert(id);
        }
        self.asker.entered(id, role);
        id
    }

    /// A session has ended.
    pub(super) async fn leave(&self, session: SessionId) {
        self.viewers().remove(&session);
        self.asker.left(session).await;
    }

    /// What a session may do.
    pub(super) fn role(&self, session: SessionId) -> Role {
        if self.viewers().contains(&session) { Role::Viewer } else { Role::Owner }
    }

    fn viewers(&self) -> MutexGuard<'_, BTreeSet<SessionId>> {
        self.viewers.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The first word to an accepted viewer that has the events up to `seq`, or gets them with
    /// `snapshot`.
    pub(super) fn welcome(&self, session: SessionId, seq: Seq, snapshot: Option<World>) -> Welcome {
        let journal = self.asker.journal();
        Welcome {
            version: limit::VERSION,
            epoch: journal.epoch().to_owned(),
            began_unix_ns: Wide(journal.began_unix_ns()),
            role: self.role(session),
            session,
            seq,
            now: journal.now(),
            snapshot,
            rung: self.rung.clone(),
            limits: self.limits,
            experiments: self.experiments.clone(),
        }
    }
}
