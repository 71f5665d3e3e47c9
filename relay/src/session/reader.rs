//! Owns the way in: commands, begun in the order of their arrival. Never waits for one to end.

use super::link::{End, Incoming};
use super::request::{self, Misread, Request};
use super::{Asker, Form, Hub};
use futures_util::{Stream, StreamExt as _};
use protocol::message::Reply;
use protocol::{Command, CommandId, Done, ErrorKind, Failure, Seq, SessionId};
use std::sync::Arc;
use std::task::Poll;
use tokio::sync::mpsc::Sender;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// A reply on its way, with the place that its command holds until it is sent.
pub(super) struct Outgoing {
    pub(super) reply: Reply,
    pub(super) _place: Option<OwnedSemaphorePermit>,
}

/// The way in of one session.
pub(super) struct Reader<A> {
    hub: Arc<Hub<A>>,
    session: SessionId,
    form: Form,
    replies: Sender<Outgoing>,
    places: Arc<Semaphore>,
}

impl<A: Asker> Reader<A> {
    pub(super) fn new(
        hub: Arc<Hub<A>>,
        session: SessionId,
        form: Form,
        replies: Sender<Outgoing>,
    ) -> Self {
        let places = Arc::new(Semaphore::new(hub.config().outstanding));
        Self { hub, session, form, replies, places }
    }

    /// Reads until nothing more comes.
    pub(super) async fn run(
        &mut self,
        mut incoming: impl Stream<Item = Option<Incoming>> + Unpin,
    ) -> End {
        while let Some(next) = incoming.next().await {
            let request = match next {
                None => continue,
                Some(Incoming::Ended(end)) => return end,
                Some(Incoming::Text(text)) => request::text(self.form, &text),
                Some(Incoming::Binary(bytes)) => request::binary(self.form, &bytes),
            };
            match request {
                Ok(request) => self.begin(request).await,
                Err(Misread { id, failure }) => self.refuse(id, failure).await,
            }
        }
        End::Gone
    }

    /// Begins a command at once, and leaves its end to a task of its own, which outlives the
    /// session: what the lab has begun it finishes.
    async fn begin(&mut self, Request { id, command }: Request) {
        let place = self.places.clone().try_acquire_owned().ok();
        let shut = || self.hub.asker().journal().look(|world| world.gate);
        let waits_in_line =
            place.is_none() && ends_others(&command) && !(command.is_call() && shut());
        if place.is_none() && !waits_in_line {
            let most = self.hub.config().outstanding;
            let message = format!(
                "{most} commands of this session are waiting already; interrupt one or wait."
            );
            return self.refuse(Some(id), Failure::new(ErrorKind::Limit, message)).await;
        }
        let mut asked = Box::pin(self.hub.asker().ask(self.session, command));
        let begun = std::future::poll_fn(|cx| Poll::Ready(asked.as_mut().poll(cx))).await;
        let replies = self.replies.clone();
        let finish = async move |(seq, result): (Seq, Result<Done, Failure>)| {
            let reply = Reply { id: Some(id), seq, result: result.into() };
            // Fails when the session has ended: nobody is left to tell.
            let _ = replies.send(Outgoing { reply, _place: place }).await;
        };
        match begun {
            Poll::Ready(ended) => finish(ended).await,
            Poll::Pending if waits_in_line => finish(asked.await).await,
            Poll::Pending => {
                tokio::spawn(async move { finish(asked.await).await });
            }
        }
    }

    async fn refuse(&mut self, id: Option<CommandId>, failure: Failure) {
        let seq = self.hub.asker().journal().seq();
        let reply = Reply { id, seq, result: protocol::Answer::Error(failure) };
        let _ = self.replies.send(Outgoing { reply, _place: None }).await;
    }
}

/// Whether a command ends others and soon itself: those need no place, or a session whose places are
/// all taken by calls that sleep could never wake them.
fn ends_others(command: &Command) -> bool {
    matches!(
        command,
        Command::Interrupt { .. }
            | Command::Shutdown { .. }
            | Command::Close { .. }
            | Command::Reset
            | Command::Pause { .. }
            | Command::Step
    )
}
