//! Owns what the page itself knows of experiments: the path through them, when a step has been read, what
//! was bet here, which line of the program the kernel is at, and the program of what was done.

pub mod auto;
pub mod bet;
pub mod code;
pub mod path;
pub mod program;
#[cfg(test)]
mod tests;

use protocol::Nanos;
use protocol::world::Lesson;

/// Whether it was left before its end: nothing is judged then.
pub fn was_left(lesson: &Lesson) -> bool {
    lesson.ended == Some(false) && lesson.broken.is_empty()
}

/// A step of one playing of an experiment: when the lab was emptied for it, and the step's number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Step {
    /// When the lab was emptied for it.
    pub run: Nanos,
    /// The step, from 1.
    pub step: u32,
}
