//! The only unsafe code of [`kernel`](super): options and ioctls that have no safe wrapper.
//! It knows sizes, not meanings.

#![expect(
    unsafe_code,
    reason = "SO_MEMINFO, TCP_INFO, SO_PEEK_OFF and the queue ioctls are wrapped nowhere"
)]

use std::io;
use std::os::fd::{AsRawFd, BorrowedFd};

use libc::{c_int, c_void, socklen_t};
use rustix::io::Errno;
use rustix::ioctl::{Getter, Opcode, ioctl};
use rustix::net::{AddressFamily, SocketType, ipproto, sockopt};

use super::state::State;

/// `SO_COOKIE`.
pub(super) fn cookie(fd: BorrowedFd<'_>) -> io::Result<u64> {
    Ok(sockopt::socket_cookie(fd)?)
}

/// `st_ino`, which the kernel counts in 32 bits (`get_next_ino`).
pub(super) fn inode(fd: BorrowedFd<'_>) -> u32 {
    rustix::fs::fstat(fd).ok().and_then(|stat| u32::try_from(stat.st_ino).ok()).unwrap_or(0)
}

/// `TCP_INFO`.
pub(super) fn tcp_info<'a>(fd: BorrowedFd<'_>, into: &'a mut [u8]) -> io::Result<&'a [u8]> {
    option(fd, libc::IPPROTO_TCP, libc::TCP_INFO, into)
}

/// The state in `TCP_INFO`.
pub(super) fn state(fd: BorrowedFd<'_>) -> io::Result<State> {
    super::tcp::info(fd).map(|info| info.state)
}

/// `SO_MEMINFO`.
pub(super) fn memory<'a>(fd: BorrowedFd<'_>, into: &'a mut [u8]) -> io::Result<&'a [u8]> {
    option(fd, libc::SOL_SOCKET, libc::SO_MEMINFO, into)
}

/// Whether a peek offset stops at each datagram: it does for UDP and Unix datagrams only.
pub(super) fn can_walk(fd: BorrowedFd<'_>) -> io::Result<()> {
    let udp = || Ok::<_, Errno>(sockopt::socket_protocol(fd)? == Some(ipproto::UDP));
    let unix = sockopt::socket_domain(fd)? == AddressFamily::UNIX
        && sockopt::socket_type(fd)? == SocketType::DGRAM;
    (unix || udp()?).then_some(()).ok_or_else(|| io::ErrorKind::InvalidInput.into())
}

/// `getsockopt(2)` of an option that is a C structure of integers: fills the front of `into` and
/// gives back that part, which is shorter than `into` if this kernel's structure is.
fn option<'a>(
    fd: BorrowedFd<'_>,
    level: c_int,
    name: c_int,
    into: &'a mut [u8],
) -> io::Result<&'a [u8]> {
    let mut length = socklen_t::try_from(into.len()).map_err(|_| io::ErrorKind::InvalidInput)?;
    // SAFETY: `fd` is open for the borrow; `into` is writable for the `length` bytes announced,
    // the kernel writes no more than that, and any bytes are a valid `[u8]`.
    let status = unsafe {
        libc::getsockopt(
            fd.as_raw_fd(),
            level,
            name,
            into.as_mut_ptr().cast::<c_void>(),
            &raw mut length,
        )
    };
    if status == 0 {
        Ok(&into[..into.len().min(length as usize)])
    } else {
        Err(io::Error::last_os_error())
    }
}

/// `setsockopt(SO_PEEK_OFF)`: where the next `MSG_PEEK` begins, -1 for "always at the front".
pub(super) fn set_peek_offset(fd: BorrowedFd<'_>, offset: c_int) -> io::Result<()> {
    // SAFETY: `fd` is open for the borrow; the option reads one int, and `offset` is one.
    let status = unsafe {
        libc::setsockopt(
            fd.as_raw_fd(),
            libc::SOL_SOCKET,
            libc::SO_PEEK_OFF,
            (&raw const offset).cast::<c_void>(),
            size_of::<c_int>() as socklen_t,
        )
    };
    if status == 0 { Ok(()) } else { Err(io::Error::last_os_error()) }
}

/// `ioctl(SIOCOUTQ)`.
pub(super) fn outq(fd: BorrowedFd<'_>) -> io::Result<c_int> {
    // SAFETY: SIOCOUTQ (the same number as TIOCOUTQ) writes one int.
    Ok(unsafe { ioctl(fd, Getter::<{ libc::TIOCOUTQ as Opcode }, c_int>::new()) }?)
}

/// `ioctl(SIOCOUTQNSD)`.
pub(super) fn outq_not_sent(fd: BorrowedFd<'_>) -> io::Result<c_int> {
    // SAFETY: SIOCOUTQNSD writes one int.
    Ok(unsafe { ioctl(fd, Getter::<{ libc::SIOCOUTQNSD as Opcode }, c_int>::new()) }?)
}

/// `ioctl(SIOCINQ)`, which is FIONREAD.
pub(super) fn inq(fd: BorrowedFd<'_>) -> io::Result<c_int> {
    // SAFETY: SIOCINQ writes one int.
    Ok(unsafe { ioctl(fd, Getter::<{ libc::FIONREAD as Opcode }, c_int>::new()) }?)
}
