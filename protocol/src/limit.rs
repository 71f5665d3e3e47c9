//! Owns the bounds that both sides know. What passes one is answered with `limit`, never dropped.

use serde::{Deserialize, Serialize};

/// Version of the protocol, compared in hello before anything else is decoded.
pub const VERSION: u32 = 1;
/// Bytes of a WebSocket message before hello is accepted.
pub const MESSAGE_BEFORE_HELLO: usize = 4 * 1024;
/// Bytes of a WebSocket message after hello.
pub const MESSAGE: usize = 256 * 1024;
/// Bytes of payload that an event carries; the asker's reply carries all.
pub const EVENT_PAYLOAD: usize = 256;
/// Bytes that one `fill` may ask for.
pub const FILL_BYTES: u32 = 16 * 1024 * 1024;
/// Bytes that one `recv` or `recv_from` may ask for.
pub const RECV_BYTES: u32 = 64 * 1024;
/// Sockets alive at once.
pub const SOCKETS: u32 = 1_024;
/// Calls blocked at once.
pub const BLOCKED_CALLS: u32 = 1_024;
/// Calls that wait at the gate.
pub const WAITING_CALLS: u32 = 256;
/// Characters of a Unix socket's name.
pub const UNIX_NAME: usize = 64;
/// Stamps of one socket that are told in a second.
pub const STAMPS: u32 = 512;
/// Datagrams of one burst.
pub const BURST: u32 = 100_000;
/// Bytes a second that an automatic program sends at most.
pub const SERVE_RATE: u32 = 256 * 1024;
/// Bytes of an automatic answer.
pub const ANSWER: usize = 4_096;
/// Frames of one film: two minutes at its own pace.
pub const FRAMES: u32 = 6_000;
/// Addresses that are not the lab's own which sockets of the host may name within [`FOREIGN_SPAN`].
pub const FOREIGN_TARGETS: usize = 64;
/// Nanoseconds for which a foreign address counts after it was last named.
pub const FOREIGN_SPAN: u64 = 60_000_000_000;
/// Datagrams, sends and connects a second beyond loopback and the wire; a second's worth may go at once.
pub const FAR_CALLS: u32 = 2_000;
/// Bytes of payload a second beyond loopback and the wire; a second's worth may go at once.
pub const FAR_BYTES: u32 = 16 * 1024 * 1024;
/// Names looked up at once.
pub const LOOKUPS: usize = 4;
/// Nanoseconds that a look-up may take.
pub const LOOKUP_SPAN: u64 = 5_000_000_000;
/// Bytes of a socket's own name.
pub const NAME: usize = 40;
/// Bytes of a receive queue that a sample shows, and of a send queue that the world remembers.
pub const PEEK: usize = 32;

/// The bounds, as `welcome` tells them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Limits {
    /// Bytes of a message to the relay.
    pub message: u32,
    /// Bytes of payload in an event.
    pub event_payload: u32,
    /// Bytes of a `fill`.
    pub fill: u32,
    /// Bytes of a `recv`.
    pub recv: u32,
    /// Sockets alive at once; fewer where the process may open fewer descriptors.
    pub sockets: u32,
    /// Calls blocked at once.
    pub blocked_calls: u32,
    /// Datagrams of one burst.
    pub burst: u32,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            message: MESSAGE as u32,
            event_payload: EVENT_PAYLOAD as u32,
            fill: FILL_BYTES,
            recv: RECV_BYTES,
            sockets: SOCKETS,
            blocked_calls: BLOCKED_CALLS,
            burst: BURST,
        }
    }
}
