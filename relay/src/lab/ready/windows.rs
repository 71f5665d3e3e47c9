//! Owns waiting for a socket to become ready on Windows, where tokio waits for its own sockets only: it
//! is asked again and again (WSAPoll). Not tried there: type-checked only.

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::fd::{BorrowedFd, OwnedFd};
use std::io;
use std::time::Duration;
use tokio::io::Interest;

/// Between two questions; the system's own clock does not tick faster.
const PAUSE: Duration = Duration::from_millis(16);

/// One call's wait, with a duplicate of the socket's handle.
pub(super) struct Wait {
    socket: OwnedFd,
    wanted: PollFlags,
}

impl Wait {
    /// Begins to watch.
    pub(super) fn new(socket: BorrowedFd<'_>, interest: Interest) -> io::Result<Self> {
        let wanted = if interest.is_readable() { PollFlags::IN } else { PollFlags::OUT };
        Ok(Self { socket: socket.try_clone_to_owned()?, wanted })
    }

    /// Sleeps until the socket may be ready, then tries; `None` when it was not ready after all.
    pub(super) async fn ready<T>(
        &self,
        attempt: impl FnOnce() -> Option<T>,
    ) -> io::Result<Option<T>> {
        loop {
            // There is no readiness to wait for here: it is asked again and again.
            tokio::time::sleep(PAUSE).await;
            let mut polled = [PollFd::new(&self.socket, self.wanted)];
            if poll(&mut polled, Some(&Timespec { tv_sec: 0, tv_nsec: 0 }))? > 0 {
                return Ok(attempt());
            }
        }
    }
}
