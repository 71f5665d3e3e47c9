//! Owns how many descriptors the process may open, and what follows for the lab and the server.

use crate::server;
use protocol::limit::Limits;

/// Descriptors wanted.
const MOST: u64 = 65_536;
/// Descriptors of the relay's own, connections aside: listener, pollers, files, and one for each call
/// that sleeps; those that come after are refused with EMFILE.
const OWN: u64 = 64;

/// Descriptors below which there is no wire: it needs 20, and connections and sockets some too.
pub const FOR_WIRE: u64 = 96;

/// Raises the soft limit to the hard one, at most 65,536 (getrlimit(2)); how many may be open now.
#[cfg(unix)]
pub fn raise() -> u64 {
    use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
    let now = getrlimit(Resource::Nofile);
    let wanted = now.maximum.unwrap_or(MOST).min(MOST);
    let soft = now.current.unwrap_or(MOST);
    let raised = Rlimit { current: Some(wanted), maximum: now.maximum };
    if soft >= wanted || setrlimit(Resource::Nofile, raised).is_err() {
        return soft;
    }
    wanted
}

/// Windows bounds a process's sockets by memory only.
#[cfg(windows)]
pub fn raise() -> u64 {
    MOST
}

/// Connections where so many descriptors may be open: a quarter of them at most.
pub fn connections(descriptors: u64) -> u32 {
    u64::from(server::CONNECTIONS).min(descriptors / 4) as u32
}

/// The bounds where so many descriptors may be open: what connections, and half for the relay's own
/// at most, leave to sockets.
pub fn limits(descriptors: u64) -> Limits {
    let limits = Limits::default();
    let left = descriptors - OWN.min(descriptors / 2) - u64::from(connections(descriptors));
    Limits { sockets: limits.sockets.min(left.try_into().unwrap_or(u32::MAX)), ..limits }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fewer_descriptors_mean_fewer_sockets() {
        assert_eq!(limits(65_536), Limits::default());
        assert_eq!(limits(1_024).sockets, 1_024 - 64 - 256);
        assert_eq!((limits(64).sockets, connections(64)), (16, 16));
        assert_eq!(limits(0).sockets, 0);
    }
}
