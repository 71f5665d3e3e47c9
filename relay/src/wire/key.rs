//! Owns the list of kernel settings that may be changed in an end, each with its path. Nothing else
//! can be named.

use serde::{Deserialize, Serialize};

macro_rules! keys {
    ($($(#[$doc:meta])+ $name:ident $path:literal $count:literal)*) => {
        /// A setting of one end (ip-sysctl.rst in the kernel's documentation), in whole numbers.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
        pub enum Key { $($(#[$doc])+ $name,)* }

        impl Key {
            /// Every one.
            pub const ALL: &[Self] = &[$(Self::$name,)*];

            /// Its name, as in "net.ipv4.tcp_sack".
            pub fn name(self) -> String {
                self.path().replace('/', ".")
            }

            /// How many numbers it takes.
            pub fn count(self) -> usize {
                match self { $(Self::$name => $count,)* }
            }

            /// Its place below `/proc/sys`.
            pub(super) fn path(self) -> &'static str {
                match self { $(Self::$name => $path,)* }
            }
        }
    };
}

impl Key {
    /// Numbers that any of them takes at most.
    pub const MOST: usize = 3;
}

keys! {
    /// Tries of a SYN before ETIMEDOUT.
    SynRetries "net/ipv4/tcp_syn_retries" 1
    /// Tries of a SYN-ACK.
    SynackRetries "net/ipv4/tcp_synack_retries" 1
    /// Unanswered retransmissions after which a connection is given up.
    Retries "net/ipv4/tcp_retries2" 1
    /// Receive buffer, bytes: least, first, most.
    ReceiveBuffer "net/ipv4/tcp_rmem" 3
    /// Send buffer, bytes: least, first, most.
    SendBuffer "net/ipv4/tcp_wmem" 3
    /// Selective acknowledgements (RFC 2018): 0 or 1.
    Sack "net/ipv4/tcp_sack" 1
    /// Timestamps (RFC 7323): 0, 1, or 2 without random offset.
    Timestamps "net/ipv4/tcp_timestamps" 1
    /// Window scaling (RFC 7323): 0 or 1.
    WindowScaling "net/ipv4/tcp_window_scaling" 1
    /// Seconds that an orphan stays in FIN_WAIT2.
    FinTimeout "net/ipv4/tcp_fin_timeout" 1
    /// The shortest retransmission timeout, µs.
    RtoMin "net/ipv4/tcp_rto_min_us" 1
    /// Half-open connections that a listener remembers.
    SynBacklog "net/ipv4/tcp_max_syn_backlog" 1
    /// SYN cookies: 0 never, 1 when the backlog is full, 2 always.
    SynCookies "net/ipv4/tcp_syncookies" 1
    /// Whether a full accept queue answers with RST: 0 or 1.
    AbortOnOverflow "net/ipv4/tcp_abort_on_overflow" 1
    /// Sockets in TIME_WAIT at most.
    TimeWaitMost "net/ipv4/tcp_max_tw_buckets" 1
    /// Reuse of TIME_WAIT sockets for new connections: 0, 1, or 2 for loopback only.
    TimeWaitReuse "net/ipv4/tcp_tw_reuse" 1
    /// Ephemeral ports: first, last.
    LocalPorts "net/ipv4/ip_local_port_range" 2
    /// The most that listen(2) may ask for.
    ListenMost "net/core/somaxconn" 1
}
