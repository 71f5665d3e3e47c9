//! Owns the way in: commands, begun in the order of their arrival. Never waits for one to end.

use super::link::{End, Incoming};
use super::request::{self, Misread, Request};
use super::{Asker, Form, Hub};
use futures_util::{Stream, StreamExt as _};
use protocol::message::Reply;
use protocol::{Command, CommandId, Done, ErrorKind, Failure, Seq, SessionId, limit};
use std::sync::Arc;
use std::task::Poll;
use tokio::sync::mpsc::Sender;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// Bytes that the commands of one session may hold at once: what they carry, and what their replies may.
const HELD: usize = 64 * 1024 * 1024;

/// A reply on its way, with the place that its command holds until it is sent.
pub(super) struct Outgoing {
    pub(super) reply: Reply,
    pub(super) _place: Option<Place>,
}

/// A command's place: one of those there are, and its bytes.
pub(super) struct Place {
    _one: OwnedSemaphorePermit,
    _bytes: OwnedSemaphorePermit,
}

/// The way in of one session.
pub(super) struct Reader<A> {
    hub: Arc<Hub<A>>,
    session: SessionId,
    form: Form,
    replies: Sender<Outgoing>,
    places: Arc<Semaphore>,
    bytes: Arc<Semaphore>,
}

impl<A: Asker> Reader<A> {
    pub(super) fn new(
        hub: Arc<Hub<A>>,
        session: SessionId,
        form: Form,
        replies: Sender<Outgoing>,
    ) -> Self {
        let places = Arc::new(Semaphore::new(hub.config().outstanding));
        let bytes = Arc::new(Semaphore::new(HELD));
        Self { hub, session, form, replies, places, bytes }
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
        let place = self.place(&command);
        let shut = || self.hub.asker().journal().look(|world| world.gate);
        let waits_in_line =
            place.is_err() && ends_others(&command) && !(command.is_call() && shut());
        let place = match place {
            Ok(place) => Some(place),
            Err(_) if waits_in_line => None,
            Err(full) => return self.refuse(Some(id), Failure::new(ErrorKind::Limit, full)).await,
        };
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

    /// A place for a command, or why there is none.
    fn place(&self, command: &Command) -> Result<Place, String> {
        let one = self.places.clone().try_acquire_owned().map_err(|_| {
            let most = self.hub.config().outstanding;
            format!("{most} commands of this session are waiting already; interrupt one or wait.")
        })?;
        let bytes = self.bytes.clone().try_acquire_many_owned(held_by(command));
        let bytes = bytes.map_err(|_| {
            let most = HELD >> 20;
            format!(
                "This session's waiting commands hold {most} MiB already; interrupt one or wait."
            )
        })?;
        Ok(Place { _one: one, _bytes: bytes })
    }

    async fn refuse(&mut self, id: Option<CommandId>, failure: Failure) {
        let seq = self.hub.asker().journal().seq();
        let reply = Reply { id, seq, result: protocol::Answer::Error(failure) };
        let _ = self.replies.send(Outgoing { reply, _place: None }).await;
    }
}

/// Bytes that a command may hold until its reply is sent.
fn held_by(command: &Command) -> u32 {
    match command {
        Command::Send { data, .. } | Command::SendTo { data, .. } => {
            // What is over the bound is refused at once.
            (data.len() as u32).min(limit::FILL_BYTES)
        }
        Command::Recv { max, .. } | Command::RecvFrom { max, .. } => (*max).min(limit::RECV_BYTES),
        _ => 0,
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
