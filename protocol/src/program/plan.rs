//! Owns the order of a program's steps: a call that slept while others were made runs beside them.

use super::is_made;
use crate::world::Call;
use crate::{Answer, Command, ErrorKind};

/// A step of a program.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Step<'a> {
    /// A call, begun and ended before the next.
    Do(&'a Call),
    /// A call that runs beside what follows.
    Start(&'a Call),
    /// The end of one that was started.
    Join(&'a Call),
    /// A call that came to nothing a program can show: it sleeps still, or was ended from outside.
    Never(&'a Call),
}

/// The steps for calls in the order in which they began.
pub(super) fn steps(calls: &[Call]) -> Vec<Step<'_>> {
    let made: Vec<&Call> = calls.iter().filter(|call| tells(call)).collect();
    let mut steps = Vec::new();
    let mut open: Vec<&Call> = Vec::new();
    for (place, call) in made.iter().enumerate() {
        join(&mut steps, &mut open, Some(call.began));
        let next = made.get(place + 1);
        match (call.ended, &call.result) {
            (None, _) | (_, Some(Answer::Error(_))) if !happened(call) => {
                steps.push(Step::Never(call));
            }
            (Some(ended), _) if next.is_some_and(|next| next.began < ended) => {
                open.push(call);
                steps.push(Step::Start(call));
            }
            _ => steps.push(Step::Do(call)),
        }
    }
    join(&mut steps, &mut open, None);
    steps
}

/// Those that had ended by a moment, in the order of their ends.
fn join<'a>(steps: &mut Vec<Step<'a>>, open: &mut Vec<&'a Call>, by: Option<u64>) {
    let has_ended = |call: &&Call| by.is_none_or(|by| call.ended.is_some_and(|ended| ended <= by));
    while let Some(first) = open.iter().copied().filter(has_ended).min_by_key(|call| call.ended) {
        open.retain(|call| call.id != first.id);
        steps.push(Step::Join(first));
    }
}

/// Whether the kernel was asked, and said what it came to.
fn happened(call: &Call) -> bool {
    match &call.result {
        None => false,
        Some(Answer::Ok(_)) => true,
        Some(Answer::Error(failure)) => {
            matches!(failure.kind, ErrorKind::Errno | ErrorKind::TimedOut)
        }
    }
}

/// Whether it is a program's call; one that was refused before the kernel heard of it is none.
fn tells(call: &Call) -> bool {
    let refused = |answer: &Answer| match answer {
        Answer::Ok(_) => false,
        Answer::Error(failure) => {
            !matches!(failure.kind, ErrorKind::Errno | ErrorKind::TimedOut | ErrorKind::Interrupted)
        }
    };
    let socket_failed =
        matches!(call.ask, Command::Socket { .. }) && !matches!(call.result, Some(Answer::Ok(_)));
    is_made(&call.ask) && !socket_failed && !call.result.as_ref().is_some_and(refused)
}
