//! Owns what a page that only looks on says where an owner's would act. What it may do is the relay's to
//! decide; here nothing is asked that the relay would deny.

use super::app::App;
use crate::text::page;
use protocol::command::Lesson;
use protocol::message::Role;
use protocol::{Answer, Command, ErrorKind, Failure};

/// Seconds for which the header says why.
const SAID: f64 = 5.0;

impl App {
    /// Whether this session came by the viewers' link.
    pub(super) fn looks_on(&self) -> bool {
        let role = self.link.welcome.as_ref().map(|welcome| welcome.role);
        self.replay.is_none() && role == Some(Role::Viewer)
    }

    /// Says in the header why nothing was done.
    pub(super) fn tell_why(&mut self) {
        self.told_until = self.seconds + SAID;
        self.dirty = true;
    }

    /// The answer in the relay's place to what only an owner may ask.
    pub(super) fn looked_on(&self, command: &Command) -> Option<Answer> {
        let bets = matches!(command, Command::Experiment(Lesson::Bet { .. }));
        if bets || !self.looks_on() {
            return None;
        }
        let bytes = matches!(command, Command::PacketBytes { .. });
        let key = if bytes { "viewer_bytes" } else { "viewer_denied" };
        Some(Answer::Error(Failure::new(ErrorKind::Denied, page::word(self.language, key))))
    }
}
