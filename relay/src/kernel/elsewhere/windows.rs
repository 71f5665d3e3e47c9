//! What Windows tells of a socket (`mstcpip.h`, `winsock2.h`). Not tried on one: type-checked only.

#![expect(unsafe_code, reason = "these options are wrapped nowhere")]

use std::io;
use std::os::windows::io::AsRawSocket as _;
use std::ptr;

use libc::c_int;
use rustix::fd::BorrowedFd;
use windows_sys::Win32::Networking::WinSock::{
    SIO_TCP_INFO, SO_ACCEPTCONN, SOCKET, SOL_SOCKET, TCP_INFO_v0, TCPSTATE_CLOSE_WAIT,
    TCPSTATE_CLOSED, TCPSTATE_CLOSING, TCPSTATE_ESTABLISHED, TCPSTATE_FIN_WAIT_1,
    TCPSTATE_FIN_WAIT_2, TCPSTATE_LAST_ACK, TCPSTATE_LISTEN, TCPSTATE_SYN_RCVD, TCPSTATE_SYN_SENT,
    TCPSTATE_TIME_WAIT, WSAGetLastError, WSAIoctl, getsockopt,
};

use crate::kernel::state::State;

/// The state in `SIO_TCP_INFO` (Windows 10, 1703), which only a connection has; of a listener
/// `SO_ACCEPTCONN` tells.
pub(in crate::kernel) fn state(fd: BorrowedFd<'_>) -> io::Result<State> {
    let refused = match info(fd) {
        Ok(info) => return named(info.State).ok_or_else(|| io::ErrorKind::InvalidData.into()),
        Err(refused) => refused,
    };
    if listens(fd)? { Ok(State::Listen) } else { Err(refused) }
}

/// Windows tells of no send queue.
pub(in crate::kernel) fn outq(_: BorrowedFd<'_>) -> io::Result<c_int> {
    super::unsupported()
}

/// FIONREAD: bytes that wait; of a datagram socket, those of all datagrams.
pub(in crate::kernel) fn inq(fd: BorrowedFd<'_>) -> io::Result<c_int> {
    c_int::try_from(rustix::io::ioctl_fionread(fd)?).map_err(|_| io::ErrorKind::InvalidData.into())
}

fn named(state: i32) -> Option<State> {
    Some(match state {
        TCPSTATE_CLOSED => State::Close,
        TCPSTATE_LISTEN => State::Listen,
        TCPSTATE_SYN_SENT => State::SynSent,
        TCPSTATE_SYN_RCVD => State::SynRecv,
        TCPSTATE_ESTABLISHED => State::Established,
        TCPSTATE_FIN_WAIT_1 => State::FinWait1,
        TCPSTATE_FIN_WAIT_2 => State::FinWait2,
        TCPSTATE_CLOSE_WAIT => State::CloseWait,
        TCPSTATE_CLOSING => State::Closing,
        TCPSTATE_LAST_ACK => State::LastAck,
        TCPSTATE_TIME_WAIT => State::TimeWait,
        _ => return None,
    })
}

fn info(fd: BorrowedFd<'_>) -> io::Result<TCP_INFO_v0> {
    let version = 0_u32;
    let mut info = TCP_INFO_v0::default();
    let mut written = 0;
    // SAFETY: the socket is open for the borrow; both buffers are as long as is said; no overlapped
    // operation is begun.
    let status = unsafe {
        WSAIoctl(
            fd.as_raw_socket() as SOCKET,
            SIO_TCP_INFO,
            (&raw const version).cast(),
            size_of::<u32>() as u32,
            (&raw mut info).cast(),
            size_of::<TCP_INFO_v0>() as u32,
            &raw mut written,
            ptr::null_mut(),
            None,
        )
    };
    if status == 0 { Ok(info) } else { Err(last()) }
}

fn listens(fd: BorrowedFd<'_>) -> io::Result<bool> {
    let mut on = 0_i32;
    let mut length = (i32::BITS / 8).cast_signed();
    // SAFETY: the socket is open for the borrow; at most `length` bytes are written.
    let status = unsafe {
        getsockopt(
            fd.as_raw_socket() as SOCKET,
            SOL_SOCKET,
            SO_ACCEPTCONN,
            (&raw mut on).cast(),
            &raw mut length,
        )
    };
    if status == 0 { Ok(on != 0) } else { Err(last()) }
}

fn last() -> io::Error {
    // SAFETY: it only reads.
    io::Error::from_raw_os_error(unsafe { WSAGetLastError() })
}
