//! Owns which sound belongs to what the picture passes, and when: three of them, at most twenty a second.
//! Plays none itself.

use crate::timeline::Timeline;
use protocol::packet::PacketFate;
use protocol::{Answer, Done, Event, Field, Nanos, TcpState, What};

/// A sound, the stronger the later.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Note {
    /// A program read.
    Tick,
    /// A kernel says that its half of a connection stands.
    Plug,
    /// Something was lost on the wire or dropped by a kernel.
    Fall,
}

/// Seconds between two sounds at least.
const APART: f64 = 0.05;
/// A longer leap of the picture is silent: nobody watched it.
const LEAP: Nanos = 5_000_000_000;
/// Events looked at in one frame at most.
const MOST: usize = 4_096;

/// What was played last.
#[derive(Debug, Default)]
pub struct Ear {
    free_at: f64,
    /// One that came too soon after another.
    waits: Option<Note>,
}

impl Ear {
    /// The sound to play now, as the picture has gone on from one moment to another at the viewer's
    /// second `view`. What is scrubbed past is not heard: `watched` is false for that.
    pub fn hear(
        &mut self,
        timeline: &Timeline,
        (from, to): (Nanos, Nanos),
        view: f64,
        watched: bool,
    ) -> Option<Note> {
        let watched = watched && from > 0 && (from..from.saturating_add(LEAP)).contains(&to);
        if !watched {
            self.waits = None;
            return None;
        }
        let new = timeline.between(from, to).take(MOST).filter_map(note).max();
        let best = self.waits.take().max(new);
        if view < self.free_at {
            self.waits = best;
            return None;
        }
        if best.is_some() {
            self.free_at = view + APART;
        }
        best
    }
}

/// The sound of an event.
fn note(event: &Event) -> Option<Note> {
    match &event.what {
        What::PacketLeft { fate: PacketFate::Lost(_), .. } => Some(Note::Fall),
        What::CallEnded { result: Answer::Ok(Done::Received(_)), .. } => Some(Note::Tick),
        What::Sample { set, .. } => set.iter().filter_map(of_field).max(),
        _ => None,
    }
}

fn of_field(field: &Field) -> Option<Note> {
    match field {
        Field::State(TcpState::Established) => Some(Note::Plug),
        Field::Drops(n) if *n > 0 => Some(Note::Fall),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::script::story::connected;

    fn all(watched: bool, frame: f64) -> Vec<(f64, Note)> {
        let (script, _) = connected(10_000, 0);
        let mut timeline = Timeline::default();
        script.events.iter().for_each(|event| timeline.push(event.clone()));
        let (mut ear, mut heard) = (Ear::default(), Vec::new());
        let (mut at, mut view) = (1, 0.0);
        while at < script.now() {
            let to = at + 1_000_000;
            if let Some(note) = ear.hear(&timeline, (at, to), view, watched) {
                heard.push((view, note));
            }
            at = to;
            view += frame;
        }
        heard
    }

    #[test]
    fn each_half_of_a_connection_clicks() {
        let notes: Vec<Note> = all(true, 0.1).into_iter().map(|(_, note)| note).collect();
        assert_eq!(notes, [Note::Plug, Note::Plug]);
    }

    #[test]
    fn what_is_scrubbed_past_is_silent() {
        assert_eq!(all(false, 0.1), []);
    }

    #[test]
    fn no_two_are_closer_than_a_twentieth() {
        let heard = all(true, 0.004);
        assert!(!heard.is_empty());
        assert!(heard.windows(2).all(|two| two[1].0 - two[0].0 >= APART - 1e-9), "{heard:?}");
    }

    #[test]
    fn a_loss_is_heard_before_a_read() {
        assert!(Note::Fall > Note::Plug && Note::Plug > Note::Tick);
    }
}
