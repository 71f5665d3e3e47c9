//! Owns the one promise that readiness needs and the compiler cannot check.
#![expect(unsafe_code, reason = "AsyncFd::register has no safe form")]

use socket2::Socket;
use std::io;
use tokio::io::unix::AsyncFd;

/// A socket whose readiness can be awaited (epoll(7)).
pub(super) fn register(socket: Socket) -> io::Result<AsyncFd<Socket>> {
    // SAFETY: a `Socket` owns its descriptor and answers `as_raw_fd` with the same one until it is
    // dropped; the `AsyncFd` owns the `Socket` and deregisters before dropping it.
    Ok(unsafe { AsyncFd::register(socket) }?)
}
