//! Owns the frames of long messages, from the moment that they are handed over until they are written. They
//! pass the WebSocket library's buffer by, which would keep the memory of the longest of them for the
//! session's life. Never knows what they mean.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio_tungstenite::tungstenite::protocol::frame::FrameHeader;
use tokio_tungstenite::tungstenite::protocol::frame::coding::{Data, OpCode};
use tokio_tungstenite::tungstenite::{Bytes, Message};

/// What is to be written before anything else. Clones are the same.
#[derive(Clone, Default)]
pub(crate) struct Outbox(Arc<Mutex<VecDeque<Bytes>>>);

impl Outbox {
    /// Takes a message as one frame (RFC 6455, section 5.2); gives it back if it is no text and no binary.
    /// All that was written before must have left the library's buffer.
    pub(super) fn put(&self, message: Message) -> Option<Message> {
        let (kind, payload) = match message {
            Message::Text(text) => (Data::Text, Bytes::from(text)),
            Message::Binary(bytes) => (Data::Binary, bytes),
            other => return Some(other),
        };
        let header = FrameHeader { opcode: OpCode::Data(kind), ..FrameHeader::default() };
        let mut head = Vec::new();
        // Writing into memory fails only where there is no more of it.
        header.format(payload.len() as u64, &mut head).ok();
        self.lock().extend([Bytes::from(head), payload]);
        None
    }

    /// The next bytes to be written, none where all are.
    pub(super) fn next(&self) -> Option<Bytes> {
        let mut waiting = self.lock();
        while waiting.front().is_some_and(Bytes::is_empty) {
            waiting.pop_front();
        }
        waiting.front().cloned()
    }

    /// So many of them have been written.
    pub(super) fn written(&self, bytes: usize) {
        if let Some(front) = self.lock().front_mut() {
            let _ = front.split_to(bytes);
        }
    }

    fn lock(&self) -> MutexGuard<'_, VecDeque<Bytes>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_is_one_frame() {
        let outbox = Outbox::default();
        for (length, head) in [
            (3, [0x82, 3].to_vec()),
            (300, [0x82, 126, 1, 44].to_vec()),
            (70_000, [0x82, 127, 0, 0, 0, 0, 0, 1, 0x11, 0x70].to_vec()),
        ] {
            assert_eq!(outbox.put(Message::binary(vec![7; length])), None);
            let mut all = Vec::new();
            while let Some(next) = outbox.next() {
                let some = next.len().min(1_000);
                all.extend_from_slice(&next[..some]);
                outbox.written(some);
            }
            assert_eq!(all, [head, vec![7; length]].concat());
        }
        assert_eq!(outbox.put(Message::text("")), None);
        assert_eq!(outbox.next().as_deref(), Some(&[0x81, 0][..]));
        let ping = Message::Ping(Bytes::new());
        assert_eq!(outbox.put(ping.clone()), Some(ping));
    }
}
