//! Owns the order of a program's steps: a call that slept while others were made runs beside them.

use super::is_made;
use crate::world::Call;
use crate::{Answer, Command, Done, ErrorKind};

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

/// Receives of a stream in a row, from so many on, are one: where each ended is the network's choice, and
/// not the same the next time.
const ROW: usize = 4;

/// The same calls, with a row of equal receives from a stream as one that has all their `bytes`.
pub fn gathered(calls: &[Call]) -> Vec<Call> {
    let mut all: Vec<Call> = Vec::with_capacity(calls.len());
    // How many each of them stands for, and the sum of their bytes.
    let mut rows: Vec<(u32, u32)> = Vec::with_capacity(calls.len());
    let counts = |call: &Call| match (&call.ask, &call.result) {
        (Command::Recv { peek: false, .. }, Some(Answer::Ok(Done::Received(got)))) if !got.eof => {
            Some(got.bytes)
        }
        _ => None,
    };
    for call in calls {
        // The one before on the same lane.
        let same_lane = |old: &Call| {
            old.ask.socket() == call.ask.socket()
                && matches!(old.ask, Command::Recv { .. } | Command::RecvFrom { .. })
        };
        let before = all.iter().rposition(same_lane).filter(|_| counts(call).is_some());
        let goes_on = |place: &usize| all[*place].ask == call.ask && counts(&all[*place]).is_some();
        if let Some(place) = before.filter(goes_on) {
            let row = &mut rows[place];
            *row = (row.0 + 1, row.1 + counts(call).unwrap_or(0));
            all[place].ended = call.ended;
        } else {
            rows.push((1, counts(call).unwrap_or(0)));
            all.push(call.clone());
        }
    }
    if rows.iter().all(|row| (row.0 as usize) < ROW) {
        return calls.to_vec();
    }
    // Short rows stay what they were.
    let short = |place: usize| (rows[place].0 as usize) < ROW;
    let mut told: Vec<Call> = Vec::new();
    for call in calls {
        let place = all.iter().position(|own| own.id == call.id);
        match place {
            Some(place) if !short(place) => {
                all[place].bytes = rows[place].1;
                told.push(all[place].clone());
            }
            Some(_) => told.push(call.clone()),
            None => {
                let lane = |own: &&Call| own.ask == call.ask && own.began < call.began;
                let first = all
                    .iter()
                    .rev()
                    .find(lane)
                    .and_then(|own| all.iter().position(|other| other.id == own.id));
                if first.is_none_or(short) {
                    told.push(call.clone());
                }
            }
        }
    }
    told
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
            // Its datagrams go as fast as the kernel takes them; nothing waits for it.
            (Some(_), _) if matches!(call.ask, Command::Burst { .. }) => steps.push(Step::Do(call)),
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
