//! Owns a session that asks, waits, and always reads what it is told.

use crate::support::relay::Relay;
use crate::support::viewer::Viewer;
use protocol::message::ToPage;
use protocol::{Answer, Command, Done, Failure, Seq};
use relay::session::Form;
use std::time::Duration;
use tokio::time::{Instant, timeout_at};

pub(crate) struct Hand {
    viewer: Viewer,
    last: u32,
    /// The journal's place at the last answer.
    pub(crate) seq: Seq,
}

impl Hand {
    pub(crate) async fn of(relay: &Relay) -> Self {
        Self { viewer: Viewer::of(relay.url(), Form::Postcard).await.0, last: 0, seq: 0 }
    }

    /// Asks, and waits for the answer.
    pub(crate) async fn ask(&mut self, command: Command) -> Result<Done, Failure> {
        self.last += 1;
        self.viewer.ask(self.last, command).await;
        loop {
            if let ToPage::Reply(reply) = self.viewer.next().await
                && reply.id.is_some_and(|id| id.0 == self.last)
            {
                self.seq = reply.seq;
                return match reply.result {
                    Answer::Ok(done) => Ok(done),
                    Answer::Error(why) => Err(why),
                };
            }
        }
    }

    /// Lets so much time pass, reading on: a viewer that does not read is sent away.
    pub(crate) async fn rest(&mut self, span: Duration) {
        let end = Instant::now() + span;
        while timeout_at(end, self.viewer.next()).await.is_ok() {}
    }
}
