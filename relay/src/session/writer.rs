//! Owns the way out: the journal's events by this viewer's own cursor, and replies, each after the
//! events that it stands on. Of more packets than anybody can see a viewer is told in sums; one too
//! slow for the journal's ring is told of the hole and gets a snapshot.

use super::backlog::{self, Backlog};
use super::link::{End, send};
use super::outbox::Outbox;
use super::reader::Outgoing;
use super::{Asker, Form, Hub};
use crate::journal::Read;
use futures_util::Sink;
use protocol::message::{Resume, ToPage};
use protocol::thin::{AT_LEAST, Thinner};
use protocol::{Seq, SessionId};
use std::sync::Arc;
use tokio::sync::{mpsc::Receiver, watch};
use tokio::time::{Instant, sleep_until};
use tokio_tungstenite::tungstenite::{Error, Message};

/// Events taken from the journal at once; its lock is held meanwhile.
const BATCH: usize = 512;
/// Their bytes in memory: what waits for one viewer, besides a snapshot.
const BATCH_BYTES: usize = 256 * 1024;
/// Events between two writes from which on packets are told in sums: more than anybody sees in one frame
/// of a screen, or a viewer that is behind.
const TOO_MANY: Seq = BATCH as Seq;

/// The way out of one session.
pub(super) struct Writer<A, W> {
    hub: Arc<Hub<A>>,
    session: SessionId,
    form: Form,
    sink: W,
    /// The last event that the viewer has.
    cursor: Seq,
    thinner: Thinner,
    newest: watch::Receiver<Seq>,
    /// Not before, unless a reply waits.
    next: Instant,
    outbox: Outbox,
    backlog: &'static Backlog,
}

impl<A: Asker, W: Sink<Message, Error = Error> + Unpin> Writer<A, W> {
    pub(super) fn new(
        hub: Arc<Hub<A>>,
        session: SessionId,
        form: Form,
        sink: W,
        outbox: Outbox,
    ) -> Self {
        let newest = hub.asker().journal().watch();
        let (thinner, next) = (Thinner::default(), Instant::now());
        let backlog = backlog::of(hub.role(session));
        Self { hub, session, form, sink, cursor: 0, thinner, newest, next, outbox, backlog }
    }

    /// The first word: go on where the viewer was, where that is possible, else from a snapshot.
    pub(super) async fn welcome(&mut self, resume: Option<&Resume>) -> Result<(), End> {
        let journal = self.hub.asker().journal();
        let honoured = resume.filter(|resume| {
            resume.epoch == journal.epoch()
                && resume.seq <= journal.seq()
                && matches!(journal.read(resume.seq, 0), Read::Events(_))
        });
        let Some(resume) = honoured else { return self.start_anew(None).await };
        self.cursor = resume.seq;
        let welcome = self.hub.welcome(self.session, self.cursor, None);
        self.tell(ToPage::Welcome(Box::new(welcome))).await
    }

    /// Writes until the session ends.
    pub(super) async fn run(&mut self, mut replies: Receiver<Outgoing>) -> End {
        loop {
            let done = tokio::select! {
                Some(outgoing) = replies.recv() => self.reply(outgoing).await,
                newest = news(&mut self.newest, self.cursor, self.next) => {
                    self.next = Instant::now() + self.hub.config().pace;
                    self.catch_up(newest).await
                }
            };
            if let Err(end) = done {
                return end;
            }
        }
    }

    async fn reply(&mut self, Outgoing { reply, _place }: Outgoing) -> Result<(), End> {
        self.catch_up(reply.seq).await?;
        self.tell(ToPage::Reply(reply)).await
    }

    /// Tells the events up to `seq`.
    async fn catch_up(&mut self, seq: Seq) -> Result<(), End> {
        let many = seq.saturating_sub(self.cursor) >= TOO_MANY;
        let at_least = if many { AT_LEAST } else { usize::MAX };
        while self.cursor < seq {
            match self.next_batch(at_least) {
                None => self.start_anew(Some(self.cursor + 1)).await?,
                Some(frames) if frames.is_empty() => break,
                Some(frames) => self.write(frames).await?,
            }
        }
        Ok(())
    }

    /// The next events, ready to be sent: while the viewer takes them, nothing else is kept of them. None
    /// where they have left the ring.
    fn next_batch(&mut self, at_least: usize) -> Option<Vec<Message>> {
        let journal = self.hub.asker().journal();
        let Read::Events(events) = journal.read_within(self.cursor, BATCH, BATCH_BYTES) else {
            return None;
        };
        if let Some(last) = events.last() {
            self.cursor = last.seq;
        }
        Some(self.form.frames(self.thinner.thin(&events, at_least)))
    }

    /// Begins with a snapshot; names the hole before it, from its first event on, if there is one.
    async fn start_anew(&mut self, lost: Option<Seq>) -> Result<(), End> {
        let turn = self.hub.turn().await;
        let world = self.hub.asker().journal().snapshot();
        self.cursor = world.seq;
        self.thinner = Thinner::default();
        let gap = lost.map(|from| ToPage::Gap { from, to: self.cursor });
        let welcome = self.hub.welcome(self.session, self.cursor, Some(world));
        let told = gap.into_iter().chain([ToPage::Welcome(Box::new(welcome))]);
        // The world itself is not kept while the viewer takes it.
        let frames = told.map(|message| self.form.frame(&message)).collect();
        drop(turn);
        self.write(frames).await
    }

    async fn tell(&mut self, message: ToPage) -> Result<(), End> {
        self.write(vec![self.form.frame(&message)]).await
    }

    async fn write(&mut self, frames: Vec<Message>) -> Result<(), End> {
        let held = self.backlog.hold(frames.iter().map(Message::len).sum());
        tokio::select! {
            sent = send(&mut self.sink, &self.outbox, frames) => sent,
            () = held.wanted() => Err(End::Stalled),
        }
    }
}

/// Waits for events past `cursor`, and not before `next`; the newest.
async fn news(newest: &mut watch::Receiver<Seq>, cursor: Seq, next: Instant) -> Seq {
    if newest.wait_for(|newest| *newest > cursor).await.is_err() {
        // The journal outlives the hub; were it gone, no event would come.
        return std::future::pending().await;
    }
    sleep_until(next).await;
    *newest.borrow()
}
