//! What macOS tells of a socket (`sys/socket.h`, `netinet/tcp.h`). Not tried on one: type-checked only.

#![expect(unsafe_code, reason = "these options are wrapped nowhere")]

use std::io;
use std::mem::MaybeUninit;
use std::os::fd::AsRawFd as _;

use libc::{c_int, c_void, socklen_t, tcp_connection_info};
use rustix::fd::BorrowedFd;

use crate::kernel::state::State;

/// The state in `TCP_CONNECTION_INFO`, by the numbers of `netinet/tcp_fsm.h`.
pub(in crate::kernel) fn state(fd: BorrowedFd<'_>) -> io::Result<State> {
    // SAFETY: the structure is plain integers.
    let info: tcp_connection_info =
        unsafe { option(fd, libc::IPPROTO_TCP, libc::TCP_CONNECTION_INFO) }?;
    Ok(match info.tcpi_state {
        0 => State::Close,
        1 => State::Listen,
        2 => State::SynSent,
        3 => State::SynRecv,
        4 => State::Established,
        5 => State::CloseWait,
        6 => State::FinWait1,
        7 => State::Closing,
        8 => State::LastAck,
        9 => State::FinWait2,
        10 => State::TimeWait,
        _ => return Err(io::ErrorKind::InvalidData.into()),
    })
}

/// `SO_NWRITE`: bytes in the send buffer.
pub(in crate::kernel) fn outq(fd: BorrowedFd<'_>) -> io::Result<c_int> {
    // SAFETY: it is an int.
    unsafe { option(fd, libc::SOL_SOCKET, libc::SO_NWRITE) }
}

/// `SO_NREAD`: bytes that wait; of a datagram socket, those of the first datagram. (FIONREAD would
/// count all of them, addresses included.)
pub(in crate::kernel) fn inq(fd: BorrowedFd<'_>) -> io::Result<c_int> {
    // SAFETY: it is an int.
    unsafe { option(fd, libc::SOL_SOCKET, libc::SO_NREAD) }
}

/// getsockopt(2).
///
/// # Safety
/// All zeros, and whatever the kernel writes for this option, must be a `T`.
unsafe fn option<T>(fd: BorrowedFd<'_>, level: c_int, name: c_int) -> io::Result<T> {
    let mut value = MaybeUninit::<T>::zeroed();
    let mut length = size_of::<T>() as socklen_t;
    // SAFETY: `fd` is open for the borrow, and the kernel writes at most `length` bytes.
    let status = unsafe {
        libc::getsockopt(
            fd.as_raw_fd(),
            level,
            name,
            value.as_mut_ptr().cast::<c_void>(),
            &raw mut length,
        )
    };
    // SAFETY: the caller's promise.
    if status == 0 { Ok(unsafe { value.assume_init() }) } else { Err(io::Error::last_os_error()) }
}
