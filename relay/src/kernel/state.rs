//! The states of a socket, by the names the kernel's `tcp_states.h` gives them.

use std::fmt;

/// A socket's state. UDP sockets use two of them: `Established` when connected, `Close` when not.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[repr(u8)]
pub enum State {
    /// Both ends may send.
    Established = 1,
    /// `connect` sent SYN; nothing has come back.
    SynSent = 2,
    /// A SYN came and SYN-ACK was sent, during a simultaneous open.
    SynRecv = 3,
    /// We closed; our FIN is not acknowledged yet.
    FinWait1 = 4,
    /// We closed and the peer's kernel knows; the peer may still send.
    FinWait2 = 5,
    /// Both closed; kept for a minute so that stray segments meet no new connection.
    TimeWait = 6,
    /// No connection: not yet, not any more, or reset.
    Close = 7,
    /// The peer closed; we have not.
    CloseWait = 8,
    /// Both closed; our FIN is not acknowledged yet.
    LastAck = 9,
    /// Waiting for connections.
    Listen = 10,
    /// Both closed at once; our FIN is not acknowledged yet.
    Closing = 11,
    /// A listener's half-open connection, an entry of its SYN queue. No descriptor has this state,
    /// and [`diag`](super::diag) finds it as `SynRecv` and calls it so.
    NewSynRecv = 12,
}

impl State {
    const ALL: [Self; 12] = [
        Self::Established,
        Self::SynSent,
        Self::SynRecv,
        Self::FinWait1,
        Self::FinWait2,
        Self::TimeWait,
        Self::Close,
        Self::CloseWait,
        Self::LastAck,
        Self::Listen,
        Self::Closing,
        Self::NewSynRecv,
    ];

    /// The state the kernel's number stands for, None for one that has no name here.
    pub(super) fn from_kernel(number: u8) -> Option<Self> {
        Self::ALL.get(usize::from(number).checked_sub(1)?).copied()
    }

    /// The kernel's name, without `TCP_`: `ESTABLISHED`, `FIN_WAIT2`, `CLOSE`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Established => "ESTABLISHED",
            Self::SynSent => "SYN_SENT",
            Self::SynRecv => "SYN_RECV",
            Self::FinWait1 => "FIN_WAIT1",
            Self::FinWait2 => "FIN_WAIT2",
            Self::TimeWait => "TIME_WAIT",
            Self::Close => "CLOSE",
            Self::CloseWait => "CLOSE_WAIT",
            Self::LastAck => "LAST_ACK",
            Self::Listen => "LISTEN",
            Self::Closing => "CLOSING",
            Self::NewSynRecv => "NEW_SYN_RECV",
        }
    }
}

impl fmt::Display for State {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// A set of states, as `sock_diag(7)` is asked for them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct States(u32);

impl States {
    /// Every state.
    pub const ALL: Self = Self(0x1ffe);

    /// Exactly these.
    pub fn of(states: &[State]) -> Self {
        Self(states.iter().fold(0, |mask, &state| mask | 1 << state as u32))
    }

    /// Is it one of them?
    pub fn contains(self, state: State) -> bool {
        self.0 & 1 << state as u32 != 0
    }

    /// The bits `inet_diag_req_v2.idiag_states` wants: 1 << state.
    pub(super) fn bits(self) -> u32 {
        self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_the_kernels() {
        for state in State::ALL {
            assert_eq!(State::from_kernel(state as u8), Some(state));
            assert!(States::ALL.contains(state));
        }
        assert_eq!(State::from_kernel(0), None);
        assert_eq!(State::from_kernel(13), None);
        assert_eq!(States::of(&State::ALL), States::ALL);
    }
}
