//! Owns what can be read of a socket from the kernel, one field at a time.

use crate::data::Payload;
use crate::{Address, CallId, Nanos, SocketId};
use serde::{Deserialize, Serialize};

/// A TCP connection's state (RFC 9293, 3.3.2).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum TcpState {
    /// No connection.
    Close,
    /// Waiting for connections.
    Listen,
    /// SYN sent, no answer yet.
    SynSent,
    /// SYN received and answered.
    SynRecv,
    /// Open.
    Established,
    /// FIN sent, not acknowledged.
    #[serde(rename = "FIN_WAIT1")]
    FinWait1,
    /// FIN acknowledged; the peer may still send.
    #[serde(rename = "FIN_WAIT2")]
    FinWait2,
    /// The peer has sent FIN; we may still send.
    CloseWait,
    /// Both have sent FIN, ours is not acknowledged.
    LastAck,
    /// Both sent FIN at once.
    Closing,
    /// Over; the pair of addresses rests.
    TimeWait,
}

impl TcpState {
    /// The standard name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Close => "CLOSE",
            Self::Listen => "LISTEN",
            Self::SynSent => "SYN_SENT",
            Self::SynRecv => "SYN_RECV",
            Self::Established => "ESTABLISHED",
            Self::FinWait1 => "FIN_WAIT1",
            Self::FinWait2 => "FIN_WAIT2",
            Self::CloseWait => "CLOSE_WAIT",
            Self::LastAck => "LAST_ACK",
            Self::Closing => "CLOSING",
            Self::TimeWait => "TIME_WAIT",
        }
    }

    /// Whether this end has sent its FIN.
    pub fn fin_sent(self) -> bool {
        matches!(
            self,
            Self::FinWait1 | Self::FinWait2 | Self::Closing | Self::LastAck | Self::TimeWait
        )
    }

    /// Whether the peer's FIN has come.
    pub fn fin_received(self) -> bool {
        matches!(self, Self::CloseWait | Self::LastAck | Self::Closing | Self::TimeWait)
    }

    /// Whether this end has a connection that counters speak of.
    pub fn connected(self) -> bool {
        !matches!(self, Self::Close | Self::Listen | Self::SynSent | Self::SynRecv)
    }
}

/// Which timer the kernel has running (sock_diag(7), `idiag_timer`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum TimerKind {
    /// Sends again, or probes the tail.
    Retransmit,
    /// Keepalive, or SYN-ACK waiting.
    Keepalive,
    /// The end of TIME_WAIT.
    TimeWait,
    /// Probes a closed window.
    Probe,
}

/// A running kernel timer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Timer {
    /// Which.
    pub kind: TimerKind,
    /// What was left when it was read; ±4 ms (a jiffy).
    pub remaining: Nanos,
    /// How often it has fired already.
    pub fired: u8,
}

/// A run of one burst's numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Run {
    /// The burst.
    pub call: CallId,
    /// The first number.
    pub first: u32,
    /// How many follow each other, itself included.
    pub count: u32,
}

/// The datagrams in a receive queue, as a peek walk found them.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Queue {
    /// How many.
    pub datagrams: u32,
    /// Their payload in bytes.
    pub bytes: u64,
    /// Those of our own numbering, in queue order.
    pub runs: Vec<Run>,
}

/// One thing that the kernel tells of a socket.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Field {
    /// TCP state (`tcpi_state`).
    State(TcpState),
    /// Own address (getsockname(2)); null when unbound.
    Local(Option<Address>),
    /// The other end's (getpeername(2)); null when not connected.
    Peer(Option<Address>),
    /// Bytes sent or waiting to be, not acknowledged (`SIOCOUTQ`; FIN counts 1).
    SendQueue(u64),
    /// Of which not yet sent (`SIOCOUTQNSD`).
    Unsent(u64),
    /// Bytes that a recv would give (`FIONREAD`; for a datagram socket the first datagram's).
    ReceiveQueue(u64),
    /// `SO_SNDBUF` as the kernel holds it, in bytes of charge.
    SendLimit(u32),
    /// `SO_RCVBUF` as the kernel holds it, in bytes of charge.
    ReceiveLimit(u32),
    /// Memory charged to the send side (`SK_MEMINFO_WMEM_QUEUED` or `WMEM_ALLOC`).
    SendCharged(u32),
    /// Memory charged to the receive side (`SK_MEMINFO_RMEM_ALLOC`).
    ReceiveCharged(u32),
    /// Connections that wait for accept (a listener's `tcpi_unacked`).
    AcceptQueue(u32),
    /// The backlog in force (a listener's `tcpi_sacked`); one more is admitted.
    Backlog(u32),
    /// What the socket itself threw away (`SK_MEMINFO_DROPS`).
    Drops(u32),
    /// Smoothed round trip (`tcpi_rtt`).
    RoundTrip(Nanos),
    /// Congestion window in segments (`tcpi_snd_cwnd`).
    CongestionWindow(u32),
    /// The window that the peer offers, in bytes (`tcpi_snd_wnd`).
    PeerWindow(u32),
    /// Segments sent again, in all (`tcpi_total_retrans`).
    Retransmissions(u32),
    /// Bytes that the peer's kernel has acknowledged (`tcpi_bytes_acked`; SYN and FIN count 1 each).
    Acked(u64),
    /// Bytes received in order (`tcpi_bytes_received`; FIN counts 1).
    Received(u64),
    /// The kernel timer that runs, null for none.
    Timer(Option<Timer>),
    /// The first bytes waiting in a stream's receive queue, at most 32, peeked.
    Peeked(Payload),
    /// The datagrams waiting, by a peek walk; null when not knowable just now.
    Queue(Option<Queue>),
    /// Two valid samples in a row agreed, and no call ran in between.
    Steady(bool),
    /// Our own socket at the other end of a Unix stream (`UNIX_DIAG_PEER`), once it was known.
    PeerSocket(Option<SocketId>),
}
