//! Owns which errno a winsock error is: they differ in number, not in name.

use std::io;
use windows_sys::Win32::Networking::WinSock as winsock;

macro_rules! codes {
    ($($name:ident = $theirs:ident)*) => {
        /// The errno; the system's own number where it is none, 0 where there is no number.
        pub fn code_of(error: &io::Error) -> i32 {
            match error.raw_os_error().unwrap_or(0) {
                $(winsock::$theirs => libc::$name,)*
                other => other,
            }
        }
    };
}

codes! {
    EAGAIN = WSAEWOULDBLOCK
    EPIPE = WSAESHUTDOWN
    EINTR = WSAEINTR
    EBADF = WSAEBADF
    EACCES = WSAEACCES
    EFAULT = WSAEFAULT
    EINVAL = WSAEINVAL
    EMFILE = WSAEMFILE
    EALREADY = WSAEALREADY
    ENOTSOCK = WSAENOTSOCK
    EDESTADDRREQ = WSAEDESTADDRREQ
    EMSGSIZE = WSAEMSGSIZE
    EPROTOTYPE = WSAEPROTOTYPE
    ENOPROTOOPT = WSAENOPROTOOPT
    EPROTONOSUPPORT = WSAEPROTONOSUPPORT
    EOPNOTSUPP = WSAEOPNOTSUPP
    EAFNOSUPPORT = WSAEAFNOSUPPORT
    EADDRINUSE = WSAEADDRINUSE
    EADDRNOTAVAIL = WSAEADDRNOTAVAIL
    ENETDOWN = WSAENETDOWN
    ENETUNREACH = WSAENETUNREACH
    ENETRESET = WSAENETRESET
    ECONNABORTED = WSAECONNABORTED
    ECONNRESET = WSAECONNRESET
    ENOBUFS = WSAENOBUFS
    EISCONN = WSAEISCONN
    ENOTCONN = WSAENOTCONN
    ETIMEDOUT = WSAETIMEDOUT
    ECONNREFUSED = WSAECONNREFUSED
    EHOSTUNREACH = WSAEHOSTUNREACH
    EINPROGRESS = WSAEINPROGRESS
}
