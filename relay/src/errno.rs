//! Owns the errnos' names (errno(3)). Knows no sentences.

use std::io;

macro_rules! names {
    ($($name:ident)*) => {
        fn name(code: i32) -> Option<&'static str> {
            $(if code == libc::$name { return Some(stringify!($name)); })*
            None
        }
    };
}

names! {
    EPERM ENOENT EINTR EIO ENXIO EBADF EAGAIN ENOMEM EACCES EFAULT EBUSY EEXIST ENODEV ENOTDIR EINVAL ENFILE EMFILE
    ENOTTY ENOSPC EROFS EPIPE
    EDOM ERANGE ENOSYS EPROTO EOVERFLOW ENOTSOCK EDESTADDRREQ EMSGSIZE EPROTOTYPE ENOPROTOOPT EPROTONOSUPPORT
    ESOCKTNOSUPPORT EOPNOTSUPP EPFNOSUPPORT EAFNOSUPPORT EADDRINUSE EADDRNOTAVAIL ENETDOWN ENETUNREACH ENETRESET
    ECONNABORTED ECONNRESET ENOBUFS EISCONN ENOTCONN ESHUTDOWN ETIMEDOUT ECONNREFUSED EHOSTDOWN EHOSTUNREACH
    EALREADY EINPROGRESS ESTALE EUSERS EDQUOT ECANCELED
}

/// The errno's name; a number where it has none that we know.
pub fn name_of(error: &io::Error) -> String {
    let code = error.raw_os_error().unwrap_or(0);
    name(code).map_or_else(|| format!("errno {code}"), str::to_owned)
}
