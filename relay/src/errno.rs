//! Owns the errnos' names (errno(3)). Knows no sentences.

use std::io;

macro_rules! names {
    ($($name:ident)* ; $($unix:ident)*) => {
        fn name(code: i32) -> Option<&'static str> {
            $(if code == libc::$name { return Some(stringify!($name)); })*
            #[cfg(unix)]
            { $(if code == libc::$unix { return Some(stringify!($unix)); })* }
            None
        }
    };
}

names! {
    EPERM ENOENT EINTR EIO ENXIO EBADF EAGAIN ENOMEM EACCES EFAULT EBUSY EEXIST ENODEV ENOTDIR EINVAL ENFILE EMFILE
    ENOTTY ENOSPC EROFS EPIPE
    EDOM ERANGE ENOSYS EPROTO EOVERFLOW ENOTSOCK EDESTADDRREQ EMSGSIZE EPROTOTYPE ENOPROTOOPT EPROTONOSUPPORT
    EOPNOTSUPP EAFNOSUPPORT EADDRINUSE EADDRNOTAVAIL ENETDOWN ENETUNREACH ENETRESET
    ECONNABORTED ECONNRESET ENOBUFS EISCONN ENOTCONN ETIMEDOUT ECONNREFUSED EHOSTUNREACH
    EALREADY EINPROGRESS ECANCELED;
    ESOCKTNOSUPPORT EPFNOSUPPORT ESHUTDOWN EHOSTDOWN ESTALE EUSERS EDQUOT
}

/// The errno; 0 where there is none.
#[cfg(unix)]
pub fn code_of(error: &io::Error) -> i32 {
    error.raw_os_error().unwrap_or(0)
}

#[cfg(windows)]
pub use windows::code_of;

#[cfg(windows)]
mod windows;

/// The errno's name; a number where it has none that we know.
pub fn name_of(error: &io::Error) -> String {
    let code = code_of(error);
    name(code).map_or_else(|| format!("errno {code}"), str::to_owned)
}
