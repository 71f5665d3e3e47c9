//! Owns one WebSocket session: hello, then commands one way and events and replies the other.
//! Never makes a socket call, and knows nothing of HTTP or TCP: it speaks over any byte stream.
//!
//! Reading order: [`Hub`] (what sessions share), [`Guests`] (who may enter, and as what), `hello` and
//! `request` (what is said to us, pure), `link` (frames, deadlines), `reader` (commands), `writer` (events
//! and replies).
//!
//! Invariants: a command is begun in the order of its arrival; a reply is sent after every event up
//! to its seq; events are told without a hole, or the hole is named; memory for a viewer is bounded.

mod asker;
mod backlog;
mod form;
mod gate;
mod guests;
pub(crate) mod hello;
mod hub;
pub(crate) mod link;
mod meter;
pub(crate) mod outbox;
mod reader;
pub(crate) mod request;
mod writer;

pub use asker::Asker;
pub use form::Form;
pub use guests::{Guests, Peer};
pub use hub::{Config, Hub};

use futures_util::StreamExt as _;
use guests::Guest;
use link::{End, Incoming, Link};
use protocol::message::{Hello, Role, ToPage};
use protocol::{ErrorKind, SessionId, limit};
use reader::Reader;
use std::sync::Arc;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::sync::mpsc;
use tokio::time::{Instant, timeout_at};
use writer::Writer;

/// What the connection tells of who calls.
#[derive(Clone, Copy, Debug)]
pub struct Caller {
    /// From where.
    pub peer: Peer,
    /// From when on it has to say hello in time.
    pub since: Instant,
}

/// Speaks with one viewer over `stream` (a WebSocket past its handshake) until either side ends it
/// or `closing` comes true. `admitted` is called once it has shown a token.
pub async fn serve<A, S>(
    hub: Arc<Hub<A>>,
    stream: S,
    form: Form,
    caller: Caller,
    admitted: impl FnOnce(),
    closing: impl Future<Output = ()>,
) where
    A: Asker,
    S: AsyncRead + AsyncWrite + Unpin + Send,
{
    let mut link = Link::open(stream, form, hub.config()).await;
    let end = tokio::select! {
        end = talk(&hub, &mut link, caller, admitted) => end,
        () = closing => End::Closing,
    };
    link.close(end).await;
}

async fn talk<A, S>(
    hub: &Arc<Hub<A>>,
    link: &mut Link<S>,
    caller: Caller,
    admitted: impl FnOnce(),
) -> End
where
    A: Asker,
    S: AsyncRead + AsyncWrite + Unpin + Send,
{
    let (hello, mut guest) = match greet(hub, link, caller).await {
        Ok(greeted) => greeted,
        Err(end) => return end,
    };
    link.admit(match guest.role {
        Role::Owner => limit::MESSAGE,
        // All that a viewer may say is a bet.
        Role::Viewer => limit::MESSAGE_BEFORE_HELLO,
    });
    admitted();
    let id = hub.enter(guest.role);
    let end = tokio::select! {
        end = converse(hub, link, id, &hello) => end,
        () = guest.ended() => End::Refused { kind: ErrorKind::Denied, message: ENDED.into() },
    };
    hub.leave(id).await;
    end
}

/// To who came by a link that is replaced or ended.
const ENDED: &str = "The link by which you looked on has been ended.";

/// Waits for hello, and judges it.
async fn greet<A, S>(
    hub: &Hub<A>,
    link: &mut Link<S>,
    caller: Caller,
) -> Result<(Hello, Guest), End>
where
    A: Asker,
    S: AsyncRead + AsyncWrite + Unpin + Send,
{
    let first = timeout_at(caller.since + hub.config().hello_deadline, link.next());
    let refuse = |kind, message: String| Err(End::Refused { kind, message });
    match first.await {
        Err(_) => refuse(ErrorKind::TimedOut, "No hello came in time.".into()),
        Ok(Incoming::Ended(End::TooLong)) => refuse(ErrorKind::Limit, too_long()),
        Ok(Incoming::Ended(end)) => Err(end),
        Ok(Incoming::Text(text)) if text.len() > limit::MESSAGE_BEFORE_HELLO => {
            refuse(ErrorKind::Limit, too_long())
        }
        Ok(Incoming::Binary(_)) => refuse(
            ErrorKind::BadRequest,
            "The first message must be hello, as JSON in a text frame.".into(),
        ),
        Ok(Incoming::Text(text)) => hello::judge(&text, hub.guests(), caller.peer)
            .map_err(|failure| End::Refused { kind: failure.kind, message: failure.message }),
    }
}

fn too_long() -> String {
    format!("Before hello, a message may have at most {} bytes.", limit::MESSAGE_BEFORE_HELLO)
}

/// Both directions at once, so that a viewer slow to read can still ask.
async fn converse<A, S>(hub: &Arc<Hub<A>>, link: &mut Link<S>, id: SessionId, hello: &Hello) -> End
where
    A: Asker,
    S: AsyncRead + AsyncWrite + Unpin + Send,
{
    let form = link.form();
    let (replies, outgoing) = mpsc::channel(hub.config().outstanding);
    let outbox = link.outbox();
    let (sink, stream) = link.split();
    let mut reader = Reader::new(hub.clone(), id, form, replies);
    let mut writer = Writer::new(hub.clone(), id, form, sink, outbox);
    if let Err(end) = writer.welcome(hello.resume.as_ref()).await {
        return end;
    }
    tokio::select! {
        end = reader.run(stream.map(link::sort)) => end,
        end = writer.run(outgoing) => end,
    }
}

/// A refusal for a session that is already open, as the one message that ends it. `most`: bytes of a
/// message.
fn farewell(end: &End, most: usize) -> Option<ToPage> {
    match end {
        End::Refused { kind, message } => {
            Some(ToPage::Refused { kind: *kind, message: message.clone() })
        }
        End::TooLong => Some(ToPage::Refused {
            kind: ErrorKind::Limit,
            message: format!("A message may have at most {most} bytes."),
        }),
        End::Gone | End::Broken | End::Garbled | End::Closing | End::Stalled => None,
    }
}
