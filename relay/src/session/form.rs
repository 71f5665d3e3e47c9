//! Owns the two forms that messages take, and their names as WebSocket subprotocols. Pure.

use protocol::message::{self, ToPage};
use protocol::{Event, codec};
use tokio_tungstenite::tungstenite::Message;

/// How messages are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// One JSON object a text frame.
    Json,
    /// Binary frames; events in batches.
    Postcard,
}

impl Form {
    /// The subprotocol's name (RFC 6455, section 1.9).
    pub fn name(self) -> &'static str {
        match self {
            Self::Json => message::JSON,
            Self::Postcard => message::POSTCARD,
        }
    }

    /// The form of that name.
    pub fn named(name: &str) -> Option<Self> {
        [Self::Json, Self::Postcard].into_iter().find(|form| form.name() == name)
    }

    /// One message as one frame.
    pub(super) fn frame(self, message: &ToPage) -> Message {
        match self {
            Self::Json => Message::text(json(message)),
            Self::Postcard => Message::binary(codec::encode(message)),
        }
    }

    /// Messages as frames: one each, or one for all events that follow each other.
    pub(super) fn frames(self, messages: Vec<ToPage>) -> Vec<Message> {
        match self {
            Self::Json => messages.iter().map(|message| self.frame(message)).collect(),
            Self::Postcard => {
                let (mut frames, mut run) = (Vec::new(), Vec::new());
                for message in messages {
                    if let ToPage::Event(event) = message {
                        run.push(event);
                        continue;
                    }
                    frames.extend(batch(&mut run));
                    frames.push(self.frame(&message));
                }
                frames.extend(batch(&mut run));
                frames
            }
        }
    }
}

/// One frame of the events that follow each other so far, if there are any.
fn batch(run: &mut Vec<Event>) -> Option<Message> {
    let batch = (!run.is_empty()).then(|| Message::binary(codec::encode_batch(run)));
    run.clear();
    batch
}

fn json(message: &ToPage) -> String {
    // Writing into memory fails only for maps whose keys are not strings; the protocol's golden
    // tests write every variant.
    serde_json::to_string(message).unwrap_or_default()
}
