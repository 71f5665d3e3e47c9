//! Owns how many descriptors the process may open, and what follows for the lab.

use crate::server;
use protocol::limit::Limits;
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

/// Descriptors wanted.
const MOST: u64 = 65_536;
/// Descriptors of the relay's own, connections aside: listener, poller, files.
const OWN: u64 = 64;

/// Raises the soft limit to the hard one, at most 65,536 (getrlimit(2)); how many may be open now.
pub fn raise() -> u64 {
    let now = getrlimit(Resource::Nofile);
    let wanted = now.maximum.unwrap_or(MOST).min(MOST);
    let soft = now.current.unwrap_or(MOST);
    let raised = Rlimit { current: Some(wanted), maximum: now.maximum };
    if soft >= wanted || setrlimit(Resource::Nofile, raised).is_err() {
        return soft;
    }
    wanted
}

/// The bounds where so many descriptors may be open; connections come first.
pub fn limits(descriptors: u64) -> Limits {
    let limits = Limits::default();
    let left = descriptors.saturating_sub(OWN + u64::from(server::CONNECTIONS));
    Limits { sockets: limits.sockets.min(left.try_into().unwrap_or(u32::MAX)), ..limits }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fewer_descriptors_mean_fewer_sockets() {
        assert_eq!(limits(65_536), Limits::default());
        assert_eq!(limits(1_024).sockets, 1_024 - 64 - 256);
        assert_eq!(limits(100).sockets, 0);
    }
}
