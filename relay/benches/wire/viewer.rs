//! Owns a viewer without a network: reads the journal as a session does and drops what it would send.

use protocol::codec;
use protocol::message::ToPage;
use protocol::thin::{AT_LEAST, Thinner};
use relay::journal::{Journal, Read};
use std::hint::black_box;
use std::thread;
use std::time::Duration;

/// As a session's (`session::hub`, `session::writer`).
const PACE: Duration = Duration::from_millis(16);
const BATCH: usize = 512;

/// Reads until the program ends.
pub(crate) fn start(journal: Journal) {
    thread::spawn(move || {
        let (mut cursor, mut thinner) = (journal.seq(), Thinner::default());
        loop {
            // What a session waits between two writes is part of what is measured.
            thread::sleep(PACE);
            catch_up(&journal, &mut cursor, &mut thinner);
        }
    });
}

fn catch_up(journal: &Journal, cursor: &mut u64, thinner: &mut Thinner) {
    let newest = journal.seq();
    let many = newest.saturating_sub(*cursor) >= BATCH as u64;
    let at_least = if many { AT_LEAST } else { usize::MAX };
    while *cursor < newest {
        match journal.read(*cursor, BATCH) {
            Read::Lost { .. } => {
                *cursor = journal.snapshot().seq;
                *thinner = Thinner::default();
            }
            Read::Events(events) => {
                let Some(last) = events.last() else { break };
                *cursor = last.seq;
                for message in thinner.thin(&events, at_least) {
                    let message: ToPage = message;
                    black_box(codec::encode(&message));
                }
            }
        }
    }
}
