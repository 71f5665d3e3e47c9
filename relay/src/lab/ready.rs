//! Owns waiting for a socket to become ready (epoll(7)), and the one promise in it that the compiler
//! cannot check.
#![expect(unsafe_code, reason = "AsyncFd::register has no safe form")]

use std::io;
use std::os::fd::{BorrowedFd, OwnedFd};
use std::time::Duration;
use tokio::io::Interest;
use tokio::io::unix::AsyncFd;

/// How often a socket is tried that says "hung up" and yet EAGAIN.
const HUNG_UP: Duration = Duration::from_millis(16);

/// One call's wait. It has a duplicate of the descriptor: a socket that was registered before it was
/// bound has said "hung up" once, and tokio never forgets that.
pub(super) struct Wait {
    fd: AsyncFd<OwnedFd>,
    interest: Interest,
}

impl Wait {
    /// Begins to watch.
    pub(super) fn new(fd: BorrowedFd<'_>, interest: Interest) -> io::Result<Self> {
        let own = fd.try_clone_to_owned()?;
        // An ICMP error makes a socket neither readable nor writable, yet it ends the call (udp(7)).
        let interest = interest.add(Interest::ERROR);
        // SAFETY: an `OwnedFd` is open, and the same one, until it is dropped; the `AsyncFd` owns it
        // and deregisters before dropping it.
        let fd = unsafe { AsyncFd::register_with_interest(own, interest) }?;
        Ok(Self { fd, interest })
    }

    /// Sleeps until the socket may be ready, then tries; `None` when the kernel said EAGAIN after all.
    pub(super) async fn ready<T>(
        &self,
        attempt: impl FnOnce() -> Option<T>,
    ) -> io::Result<Option<T>> {
        let mut guard = self.fd.ready(self.interest).await?;
        let ended = attempt();
        if ended.is_none() {
            if guard.ready().is_read_closed() || guard.ready().is_write_closed() {
                // Readiness will not change any more, so only time can part the tries.
                tokio::time::sleep(HUNG_UP).await;
            }
            guard.clear_ready();
        }
        Ok(ended)
    }
}
