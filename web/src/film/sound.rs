//! Owns what a player lets one hear: samples in a row, silence where nothing is played.

use super::{Playing, Showing};
use protocol::Nanos;
use protocol::film::{RATE, SAMPLES};

/// What silence is, among samples of 8 bits.
const SILENCE: u8 = 128;
/// Seconds made of a film at most: two minutes, and as long again for waiting.
const LONGEST: usize = 240;

impl Showing<'_> {
    /// All samples that a player plays, 8 bits each at [`RATE`], from [`Showing::starts`] on. What was
    /// lost or waited for is silence.
    pub fn track(&self, playing: &Playing) -> Vec<u8> {
        let place = |at: Nanos| {
            (at.saturating_sub(self.starts()) / 1_000 * u64::from(RATE) / 1_000_000) as usize
        };
        let mut track = Vec::new();
        for (number, at) in playing.plays.iter().enumerate() {
            let Some((at, sound)) = at.zip(self.heard(number)) else { continue };
            let from = place(at);
            if from + SAMPLES > LONGEST * RATE as usize {
                break;
            }
            if track.len() < from + SAMPLES {
                track.resize(from + SAMPLES, SILENCE);
            }
            track[from..from + SAMPLES].copy_from_slice(sound);
        }
        track
    }
}
