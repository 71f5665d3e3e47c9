//! The only unsafe code of [`stamp`](super): an option and a receive that have no safe wrapper.

#![expect(unsafe_code, reason = "SO_TIMESTAMPING and its control messages are wrapped nowhere")]

use std::io;
use std::os::fd::{AsRawFd as _, BorrowedFd};
use std::ptr;

use libc::{c_int, c_void, iovec, msghdr, socklen_t};

/// For the error queue.
pub(super) const ERRORS: c_int = libc::MSG_ERRQUEUE;
/// To look only.
pub(super) const PEEK: c_int = libc::MSG_PEEK;

/// What a receive told.
pub(super) struct Told {
    pub(super) bytes: usize,
    pub(super) control: usize,
    pub(super) name: usize,
    pub(super) truncated: bool,
}

/// `setsockopt(SO_TIMESTAMPING)`.
pub(super) fn set(fd: BorrowedFd<'_>, flags: u32) -> io::Result<()> {
    // SAFETY: `fd` is open for the borrow; the option reads one int, and `flags` is as long as one.
    let status = unsafe {
        libc::setsockopt(
            fd.as_raw_fd(),
            libc::SOL_SOCKET,
            libc::SO_TIMESTAMPING,
            (&raw const flags).cast::<c_void>(),
            size_of::<u32>() as socklen_t,
        )
    };
    if status == 0 { Ok(()) } else { Err(io::Error::last_os_error()) }
}

/// `getsockopt(SO_TIMESTAMPING)`.
pub(super) fn get(fd: BorrowedFd<'_>) -> io::Result<u32> {
    let (mut flags, mut length) = (0_u32, size_of::<u32>() as socklen_t);
    // SAFETY: `fd` is open for the borrow; the kernel writes at most `length` bytes into `flags`.
    let status = unsafe {
        libc::getsockopt(
            fd.as_raw_fd(),
            libc::SOL_SOCKET,
            libc::SO_TIMESTAMPING,
            (&raw mut flags).cast::<c_void>(),
            &raw mut length,
        )
    };
    if status == 0 { Ok(flags) } else { Err(io::Error::last_os_error()) }
}

/// `recvmsg(2)` that never waits.
pub(super) fn receive(
    fd: BorrowedFd<'_>,
    bytes: &mut [u8],
    control: &mut [u8],
    name: &mut [u8],
    flags: c_int,
) -> io::Result<Told> {
    let mut part = iovec { iov_base: bytes.as_mut_ptr().cast::<c_void>(), iov_len: bytes.len() };
    // SAFETY: the structure is integers and pointers, for which zeros are none.
    let mut message: msghdr = unsafe { std::mem::zeroed() };
    message.msg_iov = ptr::from_mut(&mut part);
    message.msg_iovlen = 1;
    message.msg_control = control.as_mut_ptr().cast::<c_void>();
    message.msg_controllen = control.len();
    if !name.is_empty() {
        message.msg_name = name.as_mut_ptr().cast::<c_void>();
        message.msg_namelen = name.len() as socklen_t;
    }
    let flags = flags | libc::MSG_DONTWAIT;
    // SAFETY: `fd` is open for the borrow; each pointer is to memory that is borrowed for writing
    // until the call is over, with its length beside it.
    let got = unsafe { libc::recvmsg(fd.as_raw_fd(), &raw mut message, flags) };
    let bytes = usize::try_from(got).map_err(|_| io::Error::last_os_error())?;
    Ok(Told {
        bytes,
        control: message.msg_controllen,
        name: message.msg_namelen as usize,
        truncated: message.msg_flags & libc::MSG_TRUNC != 0,
    })
}
