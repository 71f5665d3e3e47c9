//! Owns the word with which a learner goes on: it is heard only by an experiment that waits for it, so
//! that a second click cannot skip a step.

use std::sync::{Arc, Mutex, PoisonError};
use tokio::sync::oneshot;

/// The bell of one experiment.
#[derive(Clone, Debug, Default)]
pub struct Bell(Arc<Mutex<Option<oneshot::Sender<()>>>>);

impl Bell {
    /// From now on it can be rung, once; comes true when it is.
    pub(super) fn hang(&self) -> oneshot::Receiver<()> {
        let (rope, rung) = oneshot::channel();
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(rope);
        rung
    }

    /// Whether somebody waited for it.
    pub fn ring(&self) -> bool {
        let rope = self.0.lock().unwrap_or_else(PoisonError::into_inner).take();
        rope.is_some_and(|rope| rope.send(()).is_ok())
    }
}
