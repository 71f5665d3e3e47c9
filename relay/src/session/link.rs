//! Owns the WebSocket's frames: sizes, deadlines and how it ends. Never knows what they mean.

use super::gate::{Gate, is_spent, is_stalled};
use super::outbox::Outbox;
use super::{Config, Form, farewell};
use futures_util::stream::{SplitSink, SplitStream};
use futures_util::{Sink, SinkExt as _, StreamExt as _};
use protocol::{ErrorKind, limit};
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncWrite, AsyncWriteExt as _};
use tokio::time::timeout;
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::protocol::frame::coding::CloseCode;
use tokio_tungstenite::tungstenite::protocol::{CloseFrame, Role, WebSocketConfig};
use tokio_tungstenite::tungstenite::{Bytes, Error, Message, Utf8Bytes};

/// Bytes read at once.
const READ_BUFFER: usize = 4 * 1024;
/// Bytes gathered before a write; frames are small and many.
const WRITE_BUFFER: usize = 8 * 1024;
/// Bytes of a message from which on it passes the write buffer by: a snapshot would leave it large.
const LONG: usize = 8 * 1024;
/// Bytes that may wait in the write buffer: what is gathered, a frame, and pongs, which nobody has to take.
/// What passes it ends the session.
const WRITE_BUFFER_MOST: usize = 32 * 1024;
/// Bytes read from a stranger: the longest hello, its header (RFC 6455, section 5.2), and what the
/// read that completes it may have brought along.
const STRANGER: usize = limit::MESSAGE_BEFORE_HELLO + 14 + READ_BUFFER;

/// Why a session ends.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum End {
    /// The other side has left.
    Gone,
    /// It broke the WebSocket protocol.
    Broken,
    /// Its text is no UTF-8.
    Garbled,
    /// It sent a message over the bound; what follows cannot be made out.
    TooLong,
    /// It took nothing for too long.
    Stalled,
    /// It may not go on.
    Refused {
        /// Why, in kind.
        kind: ErrorKind,
        /// Why, in one sentence.
        message: String,
    },
    /// The relay stops.
    Closing,
}

/// What comes in.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Incoming {
    /// A text message.
    Text(Utf8Bytes),
    /// A binary message.
    Binary(Bytes),
    /// Nothing more will come.
    Ended(End),
}

/// One WebSocket.
pub(crate) struct Link<S> {
    socket: WebSocketStream<Gate<S>>,
    form: Form,
    linger: Duration,
    /// Bytes that a message may have.
    most: usize,
    outbox: Outbox,
}

impl<S: AsyncRead + AsyncWrite + Unpin> Link<S> {
    /// A WebSocket, past its handshake, of somebody not yet known.
    pub(crate) async fn open(stream: S, form: Form, config: &Config) -> Self {
        Self::with(stream, form, config, limit::MESSAGE).await
    }

    /// The same where no message may ever have more than `message` bytes.
    pub(crate) async fn with(stream: S, form: Form, config: &Config, message: usize) -> Self {
        let bounds = WebSocketConfig::default()
            .read_buffer_size(READ_BUFFER)
            .write_buffer_size(WRITE_BUFFER)
            .max_write_buffer_size(WRITE_BUFFER_MOST)
            .max_message_size(Some(message))
            .max_frame_size(Some(message));
        let gate = Gate::new(stream, STRANGER, limit::MESSAGE_BEFORE_HELLO, config.write_deadline);
        let outbox = gate.outbox();
        let socket = WebSocketStream::from_raw_socket(gate, Role::Server, Some(bounds)).await;
        Self { socket, form, linger: config.linger, most: limit::MESSAGE_BEFORE_HELLO, outbox }
    }

    /// How messages are written.
    pub(super) fn form(&self) -> Form {
        self.form
    }

    /// The other side is known now: messages of up to `message` bytes may come, at most as many as it
    /// was opened with.
    pub(crate) fn admit(&mut self, message: usize) {
        self.most = message;
        self.socket.get_mut().lift(message);
    }

    /// For [`send`].
    pub(crate) fn outbox(&self) -> Outbox {
        self.outbox.clone()
    }

    /// The next message.
    pub(super) async fn next(&mut self) -> Incoming {
        loop {
            if let Some(incoming) =
                self.socket.next().await.map_or(Some(Incoming::Ended(End::Gone)), sort)
            {
                return incoming;
            }
        }
    }

    /// Both directions, to be used at once.
    #[expect(clippy::type_complexity, reason = "named once")]
    pub(crate) fn split(
        &mut self,
    ) -> (
        SplitSink<&mut WebSocketStream<Gate<S>>, Message>,
        SplitStream<&mut WebSocketStream<Gate<S>>>,
    ) {
        (&mut self.socket).split()
    }

    /// Says the last word, and why.
    pub(crate) async fn close(mut self, end: End) {
        let code = match end {
            End::Gone => CloseCode::Normal,
            End::Broken => CloseCode::Protocol,
            End::Garbled => CloseCode::Invalid,
            End::TooLong => CloseCode::Size,
            End::Refused { .. } => CloseCode::Policy,
            End::Closing => CloseCode::Away,
            // It would not take this either.
            End::Stalled => return,
        };
        // What is under way goes first: no other message can begin within it (RFC 6455, section 5.4).
        if let Some(last) = farewell(&end, self.most) {
            let sent = send(&mut self.socket, &self.outbox, [self.form.frame(&last)]);
            if !matches!(timeout(self.linger, sent).await, Ok(Ok(()))) {
                return;
            }
        }
        let frame = CloseFrame { code, reason: Utf8Bytes::default() };
        let _ = timeout(self.linger, self.socket.close(Some(frame))).await;
        // Closing with unread bytes makes TCP reset the connection, and the last word be lost
        // (RFC 9293, section 3.6.1): read on until the other side ends.
        let mut stream = self.socket.into_inner().into_inner();
        let _ = timeout(self.linger, async {
            stream.shutdown().await?;
            tokio::io::copy(&mut stream, &mut tokio::io::sink()).await
        })
        .await;
    }
}

/// What a frame means to a session; None for ping and pong, which the library answers.
pub(crate) fn sort(read: Result<Message, Error>) -> Option<Incoming> {
    Some(match read {
        Ok(Message::Text(text)) => Incoming::Text(text),
        Ok(Message::Binary(bytes)) => Incoming::Binary(bytes),
        Ok(Message::Ping(_) | Message::Pong(_) | Message::Frame(_)) => return None,
        Ok(Message::Close(_)) | Err(Error::ConnectionClosed | Error::AlreadyClosed) => {
            Incoming::Ended(End::Gone)
        }
        Err(Error::Capacity(_)) => Incoming::Ended(End::TooLong),
        Err(Error::Io(error)) if is_spent(&error) => Incoming::Ended(End::TooLong),
        Err(Error::Io(error)) if is_stalled(&error) => Incoming::Ended(End::Stalled),
        Err(Error::Io(_)) => Incoming::Ended(End::Gone),
        Err(Error::Utf8(_)) => Incoming::Ended(End::Garbled),
        Err(_) => Incoming::Ended(End::Broken),
    })
}

/// Sends messages in order, and sees them off. `outbox` is that of the same link.
pub(crate) async fn send<W>(
    sink: &mut W,
    outbox: &Outbox,
    messages: impl IntoIterator<Item = Message>,
) -> Result<(), End>
where
    W: Sink<Message, Error = Error> + Unpin,
{
    // Pongs of one who floods may fill the buffer; a message waits until they have been taken.
    sink.flush().await.map_err(|error| end_of(&error))?;
    for message in messages {
        let short = if message.len() > LONG {
            sink.flush().await.map_err(|error| end_of(&error))?;
            outbox.put(message)
        } else {
            Some(message)
        };
        if let Some(short) = short {
            sink.feed(short).await.map_err(|error| end_of(&error))?;
        }
    }
    sink.flush().await.map_err(|error| end_of(&error))
}

fn end_of(error: &Error) -> End {
    match error {
        Error::Io(error) if is_stalled(error) => End::Stalled,
        Error::WriteBufferFull(_) => End::Stalled,
        _ => End::Gone,
    }
}
