//! What TCP says of one socket (`TCP_INFO`, [`tcp(7)`], `struct tcp_info` in `linux/tcp.h`).
//!
//! [`tcp(7)`]: https://man7.org/linux/man-pages/man7/tcp.7.html

use std::io;

use rustix::fd::BorrowedFd;

use super::bytes::Cursor;
use super::raw;
use super::state::State;

/// Room for `struct tcp_info`: 280 bytes in Linux 6.18, and it only ever grows.
const ROOM: usize = 512;

/// "No measurement yet" in `tcpi_min_rtt`.
const NO_RTT: u32 = u32::MAX;

/// `TCP_INFINITE_SSTHRESH`: no slow start threshold has been set.
const NO_THRESHOLD: u32 = 0x7fff_ffff;

/// `TCP_INFO` of a socket. Segments are counted in segments, windows and queues in bytes, times
/// in the unit of the name. A field younger than Linux 4.6 is None on a kernel without it.
///
/// On a listener two fields mean something else (see [`TcpInfo::accept_queue`]) and the others
/// are 0.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TcpInfo {
    /// The connection's state.
    pub state: State,
    /// What congestion control is doing; None for a number that has no name here.
    pub congestion: Option<Congestion>,
    /// Timeouts in a row for the oldest segment not acknowledged.
    pub retransmits: u8,
    /// Zero window or keepalive probes in a row without an answer.
    pub probes: u8,
    /// How many times the retransmission timeout has been doubled.
    pub backoff: u8,
    /// What the handshake agreed on.
    pub options: Options,
    /// The retransmission timeout.
    pub rto_us: u32,
    /// How long an acknowledgement may be delayed.
    pub ato_us: u32,
    /// The most payload a segment we send may carry.
    pub snd_mss: u32,
    /// The kernel's guess of the payload of a segment the peer sends.
    pub rcv_mss: u32,
    /// Segments sent and not acknowledged.
    pub unacked: u32,
    /// Of those, segments the peer says arrived out of order.
    pub sacked: u32,
    /// Of those, segments thought lost.
    pub lost: u32,
    /// Of those, segments sent again and still not acknowledged.
    pub retrans: u32,
    /// Since data was last sent.
    pub last_data_sent_ms: u32,
    /// Since data last came.
    pub last_data_recv_ms: u32,
    /// Since an acknowledgement last came.
    pub last_ack_recv_ms: u32,
    /// The path's largest packet, IP header included, as far as known.
    pub pmtu: u32,
    /// The smoothed round trip time; 0 before the first measurement.
    pub rtt_us: u32,
    /// Its mean deviation.
    pub rttvar_us: u32,
    /// The slow start threshold in segments; None while none has been set.
    pub snd_ssthresh: Option<u32>,
    /// The congestion window in segments.
    pub snd_cwnd: u32,
    /// Segments sent again, over the whole connection.
    pub total_retrans: u32,
    /// Bytes acknowledged by the peer. Counts the SYN on the connecting side only, and the FIN.
    pub bytes_acked: u64,
    /// Bytes that came in order. Counts the peer's FIN.
    pub bytes_received: u64,
    /// Segments sent, with and without data.
    pub segs_out: u32,
    /// Segments that came, with and without data.
    pub segs_in: u32,
    /// Bytes in the send queue not sent even once.
    pub notsent_bytes: u32,
    /// The shortest round trip time lately; None before the first measurement.
    pub min_rtt_us: Option<u32>,
    /// Segments with data that came.
    pub data_segs_in: u32,
    /// Segments with data sent, again or for the first time.
    pub data_segs_out: u32,
    /// Time with data in the send queue (Linux 4.10).
    pub busy_us: Option<u64>,
    /// Of it, time held up by the peer's receive window (Linux 4.10).
    pub rwnd_limited_us: Option<u64>,
    /// Of it, time held up by the send buffer (Linux 4.10).
    pub sndbuf_limited_us: Option<u64>,
    /// Bytes sent, again or for the first time (Linux 4.19).
    pub bytes_sent: Option<u64>,
    /// Bytes sent again (Linux 4.19).
    pub bytes_retrans: Option<u64>,
    /// Segments the peer says arrived twice (Linux 4.19).
    pub dsack_dups: Option<u32>,
    /// Times segments were seen to arrive out of order at the peer (Linux 4.19).
    pub reord_seen: Option<u32>,
    /// Segments that came out of order (Linux 5.4).
    pub rcv_ooopack: Option<u32>,
    /// The window the peer grants us (Linux 5.4).
    pub snd_wnd: Option<u32>,
    /// The window we grant the peer (Linux 6.2).
    pub rcv_wnd: Option<u32>,
    /// Retransmission timeouts over the whole connection, SYN included (Linux 6.7).
    pub total_rto: Option<u16>,
    /// Of those, runs of timeouts that ended in recovery (Linux 6.7).
    pub total_rto_recoveries: Option<u16>,
    /// Time spent in such recoveries, the present one excluded (Linux 6.7).
    pub total_rto_time_ms: Option<u32>,
}

/// `enum tcp_ca_state`: what congestion control is doing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Congestion {
    /// Nothing unusual.
    Open,
    /// Duplicate acknowledgements came; not yet enough to believe in a loss.
    Disorder,
    /// The window is being reduced because of ECN or a full local queue.
    Cwr,
    /// Fast retransmit: a loss is believed and being repaired.
    Recovery,
    /// A timeout: everything outstanding is thought lost.
    Loss,
}

/// `tcpi_options`: what the handshake agreed on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Options {
    bits: u8,
    scales: u8,
}

impl Options {
    /// Timestamps (RFC 7323).
    pub fn timestamps(self) -> bool {
        self.bits & 1 != 0
    }

    /// Selective acknowledgements (RFC 2018).
    pub fn sack(self) -> bool {
        self.bits & 2 != 0
    }

    /// Explicit congestion notification (RFC 3168).
    pub fn ecn(self) -> bool {
        self.bits & 8 != 0
    }

    /// Window scaling (RFC 7323), as powers of two: the peer's window, then ours.
    pub fn window_scales(self) -> Option<(u8, u8)> {
        // Two C bit fields of four bits: the first is the low half only on little-endian machines.
        let (low, high) = (self.scales & 0xf, self.scales >> 4);
        let scales = if cfg!(target_endian = "little") { (low, high) } else { (high, low) };
        (self.bits & 4 != 0).then_some(scales)
    }
}

/// A listener's queue of finished handshakes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AcceptQueue {
    /// Connections waiting for `accept`.
    pub length: u32,
    /// The backlog in force. One more than this is admitted.
    pub limit: u32,
}

/// Reads `TCP_INFO`. `EOPNOTSUPP` if the socket is not TCP; `InvalidData` on a kernel before 4.6.
pub fn info(fd: BorrowedFd<'_>) -> io::Result<TcpInfo> {
    let mut bytes = [0; ROOM];
    let told = raw::tcp_info(fd, &mut bytes)?;
    TcpInfo::parse(told).ok_or_else(|| {
        io::Error::new(io::ErrorKind::InvalidData, "TCP_INFO is too short or its state is unknown")
    })
}

/// The connection's state alone, which more systems tell than the rest.
pub fn state(fd: BorrowedFd<'_>) -> io::Result<State> {
    raw::state(fd)
}

impl TcpInfo {
    /// The accept queue, if this is a listener: Linux tells it in `unacked` and `sacked`.
    pub fn accept_queue(&self) -> Option<AcceptQueue> {
        (self.state == State::Listen)
            .then_some(AcceptQueue { length: self.unacked, limit: self.sacked })
    }

    /// Reads `struct tcp_info` in the order of `linux/tcp.h`.
    pub(super) fn parse(bytes: &[u8]) -> Option<Self> {
        let mut at = Cursor::new(bytes);
        let state = State::from_kernel(at.u8()?)?;
        let congestion = Congestion::from_kernel(at.u8()?);
        let (retransmits, probes, backoff) = (at.u8()?, at.u8()?, at.u8()?);
        let options = Options { bits: at.u8()?, scales: at.u8()? };
        at.skip(1)?; // delivery_rate_app_limited, fastopen_client_fail
        let (rto_us, ato_us, snd_mss, rcv_mss) = (at.u32()?, at.u32()?, at.u32()?, at.u32()?);
        let (unacked, sacked, lost, retrans) = (at.u32()?, at.u32()?, at.u32()?, at.u32()?);
        at.skip(4)?; // fackets
        let last_data_sent_ms = at.u32()?;
        at.skip(4)?; // last_ack_sent: "not remembered, sorry"
        let (last_data_recv_ms, last_ack_recv_ms) = (at.u32()?, at.u32()?);
        let pmtu = at.u32()?;
        at.skip(4)?; // rcv_ssthresh
        let (rtt_us, rttvar_us, snd_ssthresh, snd_cwnd) =
            (at.u32()?, at.u32()?, at.u32()?, at.u32()?);
        at.skip(16)?; // advmss, reordering, rcv_rtt, rcv_space
        let total_retrans = at.u32()?;
        at.skip(16)?; // pacing_rate, max_pacing_rate
        let (bytes_acked, bytes_received) = (at.u64()?, at.u64()?);
        let (segs_out, segs_in) = (at.u32()?, at.u32()?);
        let (notsent_bytes, min_rtt_us) = (at.u32()?, at.u32()?);
        let (data_segs_in, data_segs_out) = (at.u32()?, at.u32()?);
        // From here on a kernel may know less than we do.
        let _delivery_rate = at.u64();
        let (busy_us, rwnd_limited_us, sndbuf_limited_us) = (at.u64(), at.u64(), at.u64());
        let _delivered_and_ce = at.u64();
        let (bytes_sent, bytes_retrans) = (at.u64(), at.u64());
        let (dsack_dups, reord_seen, rcv_ooopack) = (at.u32(), at.u32(), at.u32());
        let (snd_wnd, rcv_wnd) = (at.u32(), at.u32());
        let _rehash = at.u32();
        let (total_rto, total_rto_recoveries, total_rto_time_ms) = (at.u16(), at.u16(), at.u32());
        Some(Self {
            state,
            congestion,
            retransmits,
            probes,
            backoff,
            options,
            rto_us,
            ato_us,
            snd_mss,
            rcv_mss,
            unacked,
            sacked,
            lost,
            retrans,
            last_data_sent_ms,
            last_data_recv_ms,
            last_ack_recv_ms,
            pmtu,
            rtt_us,
            rttvar_us,
            snd_ssthresh: (snd_ssthresh < NO_THRESHOLD).then_some(snd_ssthresh),
            snd_cwnd,
            total_retrans,
            bytes_acked,
            bytes_received,
            segs_out,
            segs_in,
            notsent_bytes,
            min_rtt_us: (min_rtt_us != NO_RTT).then_some(min_rtt_us),
            data_segs_in,
            data_segs_out,
            busy_us,
            rwnd_limited_us,
            sndbuf_limited_us,
            bytes_sent,
            bytes_retrans,
            dsack_dups,
            reord_seen,
            rcv_ooopack,
            snd_wnd,
            rcv_wnd,
            total_rto,
            total_rto_recoveries,
            total_rto_time_ms,
        })
    }
}

impl Congestion {
    fn from_kernel(number: u8) -> Option<Self> {
        [Self::Open, Self::Disorder, Self::Cwr, Self::Recovery, Self::Loss]
            .get(usize::from(number))
            .copied()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A `struct tcp_info` whose every byte is its own offset, in an ESTABLISHED connection.
    fn numbered(length: usize) -> Vec<u8> {
        let mut bytes: Vec<u8> = (0..length).map(|offset| offset as u8).collect();
        bytes[0] = 1;
        bytes
    }

    fn word(offset: u8) -> u32 {
        u32::from_ne_bytes([offset, offset + 1, offset + 2, offset + 3])
    }

    /// The offsets `offsetof(struct tcp_info, …)` gives in Linux 6.18.
    #[test]
    fn fields_stand_where_the_kernel_puts_them() {
        let info = TcpInfo::parse(&numbered(248)).unwrap();
        assert_eq!(info.rto_us, word(8));
        assert_eq!(info.unacked, word(24));
        assert_eq!(info.last_data_recv_ms, word(52));
        assert_eq!(info.pmtu, word(60));
        assert_eq!(info.rtt_us, word(68));
        assert_eq!(info.snd_cwnd, word(80));
        assert_eq!(info.total_retrans, word(100));
        assert_eq!(info.bytes_acked as u32, word(120));
        assert_eq!(info.notsent_bytes, word(144));
        assert_eq!(info.data_segs_out, word(156));
        assert_eq!(info.busy_us.map(|us| us as u32), Some(word(168)));
        assert_eq!(info.bytes_sent.map(|bytes| bytes as u32), Some(word(200)));
        assert_eq!(info.rcv_ooopack, Some(word(224)));
        assert_eq!(info.snd_wnd, Some(word(228)));
        assert_eq!(info.rcv_wnd, Some(word(232)));
        assert_eq!(info.total_rto_time_ms, Some(word(244)));
    }

    #[test]
    fn an_older_kernel_lacks_the_younger_fields() {
        let info = TcpInfo::parse(&numbered(192)).unwrap();
        assert!(info.sndbuf_limited_us.is_some());
        assert_eq!((info.bytes_sent, info.snd_wnd, info.total_rto), (None, None, None));
        assert!(TcpInfo::parse(&numbered(159)).is_none());
    }
}
