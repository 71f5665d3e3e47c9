//! Owns what all sessions share: whom to ask, who may enter, the bounds. Never touches a stream.

use super::Asker;
use crate::recorder::Shelf;
use crate::state::Token;
use protocol::experiment::ExperimentHead;
use protocol::limit::{self, Limits};
use protocol::message::{Role, Rung, Welcome};
use protocol::number::Wide;
use protocol::{Seq, SessionId, World};
use std::path::PathBuf;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

/// The bounds of a session.
#[derive(Clone, Copy, Debug)]
pub struct Config {
    /// From the connection to an accepted hello.
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

/// From the connection to an accepted hello.
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
    token: Token,
    rung: Rung,
    limits: Limits,
    config: Config,
    sessions: AtomicU32,
    shelf: Option<Shelf>,
    experiments: Vec<ExperimentHead>,
}

impl<A: Asker> Hub<A> {
    /// A hub whose sessions ask `asker`, let in who knows `token`, and tell of `rung` and `limits`.
    pub fn new(asker: A, token: Token, rung: Rung, limits: Limits, config: Config) -> Self {
        let (sessions, experiments) = (AtomicU32::new(0), Vec::new());
        Self { asker, token, rung, limits, config, sessions, shelf: None, experiments }
    }

    /// The same, giving recordings to who knows the token.
    #[must_use]
    pub fn with_shelf(self, shelf: Option<Shelf>) -> Self {
        Self { shelf, ..self }
    }

    /// The same, telling of these experiments.
    #[must_use]
    pub fn with_experiments(self, experiments: Vec<ExperimentHead>) -> Self {
        Self { experiments, ..self }
    }

    /// The recording of that name, for who knows the token.
    pub(crate) fn recording(&self, name: &str) -> Option<PathBuf> {
        self.shelf.as_ref()?.find(name)
    }

    /// Whether somebody knows the token.
    pub(crate) fn is_known(&self, token: &str) -> bool {
        self.token.matches(token)
    }

    pub(super) fn asker(&self) -> &A {
        &self.asker
    }

    pub(super) fn token(&self) -> &Token {
        &self.token
    }

    pub(super) fn config(&self) -> &Config {
        &self.config
    }

    /// What every session may do: all who know the token may do everything.
    #[expect(clippy::unused_self, reason = "which right a session has is the hub's to say")]
    pub(super) fn role(&self) -> Role {
        Role::Owner
    }

    /// A session's id; the first is 1.
    pub(super) fn next_session(&self) -> SessionId {
        SessionId(self.sessions.fetch_add(1, Ordering::Relaxed) + 1)
    }

    /// The first word to an accepted viewer that has the events up to `seq`, or gets them with
    /// `snapshot`.
    pub(super) fn welcome(&self, session: SessionId, seq: Seq, snapshot: Option<World>) -> Welcome {
        let journal = self.asker.journal();
        Welcome {
            version: limit::VERSION,
            epoch: journal.epoch().to_owned(),
            began_unix_ns: Wide(journal.began_unix_ns()),
            role: self.role(),
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
