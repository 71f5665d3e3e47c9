//! Owns the identifiers. Integers, never reused within an epoch.

use serde::{Deserialize, Serialize};

/// Nanoseconds: a span, or a moment counted from the epoch's beginning on `CLOCK_MONOTONIC`.
pub type Nanos = u64;

/// An event's place in the journal; the first is 1. 0 means "before the first".
pub type Seq = u64;

macro_rules! id {
    ($(#[$doc:meta] $name:ident)*) => {$(
        #[$doc]
        #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
        #[serde(transparent)]
        pub struct $name(pub u32);

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                self.0.fmt(f)
            }
        }
    )*};
}

id! {
    /// A socket of the lab, made by `socket` or by `accept`.
    SocketId
    /// One socket call, from its beginning to its end.
    CallId
    /// One WebSocket session.
    SessionId
    /// A command, as numbered by whoever asked.
    CommandId
    /// A flow of packets on the wire: one direction between two addresses.
    FlowId
    /// A trap on the wire.
    TrapId
    /// A call that waits at the gate; the call that it becomes has an id of its own.
    WaitingId
}
