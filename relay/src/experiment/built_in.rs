//! Owns the table of experiments that come with the relay: one line a file, in the order of the path
//! through them.

macro_rules! table {
    ($($name:literal),* $(,)?) => {
        &[$(($name, include_str!(concat!("../../experiments/", $name, ".toml")))),*]
    };
}

/// Name and text of each.
pub(super) const BUILT_IN: &[(&str, &str)] = table![
    "first",
    "first-host",
    "a-socket-is",
    "port-taken",
    "who-listens",
    "layers",
    "stream-trap",
    "damaged-segment",
    "one-send-one-recv",
    "who-reads-when",
    "both-ways",
    "send-counts-bytes",
    "end-of-stream",
    "http",
    "flood",
    "flood-host",
    "parcels",
    "udp-truncation",
    "loopback-keeps",
    "reordered",
    "udp-checksum",
    "datagram-size",
    "udp-connect",
    "race",
    "voice",
    "client-steps",
    "server-steps",
    "fifo",
    "simultaneous-open",
    "half-close",
    "time-wait",
    "one-at-a-time",
    "nobody-reads",
    "backlog",
    "ack-is-not-read",
    "nagle",
    "recv-timeout",
    "keeps-or-cuts",
    "nobody-home",
    "dead-peer",
    "close-unread",
    "black-hole",
    "not-enough",
    "tutorial-as-given",
    "tutorial-ok",
    "send-successfully",
    "never-lost",
    "ladder",
];
