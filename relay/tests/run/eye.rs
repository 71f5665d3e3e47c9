//! Owns a viewer who remembers all that was told.

use crate::support::relay::Relay;
use crate::support::viewer::{PATIENCE, Viewer};
use protocol::message::ToPage;
use protocol::{Answer, Command, CommandId, Done, Event, Failure, What};
use relay::session::Form;
use tokio::time::timeout;

pub(crate) struct Eye {
    viewer: Viewer,
    pub(crate) events: Vec<Event>,
    asked: u32,
}

impl Eye {
    pub(crate) async fn of(relay: &Relay) -> Self {
        let (viewer, _) = Viewer::of(relay.url(), Form::Json).await;
        Self { viewer, events: Vec::new(), asked: 0 }
    }

    /// Makes a call and waits for its end.
    pub(crate) async fn ask(&mut self, command: Command) -> Result<Done, Failure> {
        self.asked += 1;
        self.viewer.ask(self.asked, command).await;
        loop {
            if let ToPage::Reply(reply) = self.next().await
                && reply.id == Some(CommandId(self.asked))
            {
                return match reply.result {
                    Answer::Ok(done) => Ok(done),
                    Answer::Error(failure) => Err(failure),
                };
            }
        }
    }

    async fn next(&mut self) -> ToPage {
        let message = self.viewer.next().await;
        match &message {
            ToPage::Event(event) => self.events.push(event.clone()),
            ToPage::Reply(_) => {}
            other => panic!("{other:?}"),
        }
        message
    }

    /// Waits until something in all that was told is it.
    pub(crate) async fn until<T>(
        &mut self,
        what: &str,
        mut pick: impl FnMut(&What) -> Option<T>,
    ) -> T {
        let mut looked = 0;
        let waiting = async {
            loop {
                let found = self.events[looked..].iter().find_map(|event| pick(&event.what));
                if let Some(found) = found {
                    return found;
                }
                looked = self.events.len();
                self.next().await;
            }
        };
        if let Ok(found) = timeout(PATIENCE, waiting).await {
            return found;
        }
        panic!("waited in vain until {what}: {:#?}", self.events)
    }
}
