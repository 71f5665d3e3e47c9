//! Owns one plain sentence for each errno (errno(3)).

use crate::errno::{code_of, name_of};
use protocol::{Command, Failure};
use std::io;

mod unix;

/// A kernel's refusal of a call on a Unix socket or another, as an answer.
pub fn failure_of(unix: bool, ask: &Command, error: &io::Error) -> Failure {
    match unix::sentence(ask, error).filter(|_| unix) {
        Some(sentence) => Failure::errno(name_of(error), sentence),
        None => failure(ask, error),
    }
}

/// A kernel's refusal of a call, as an answer.
pub fn failure(ask: &Command, error: &io::Error) -> Failure {
    Failure::errno(name_of(error), sentence(ask, error))
}

fn sentence(ask: &Command, error: &io::Error) -> String {
    let text = match (code_of(error), ask) {
        (libc::EADDRINUSE, Command::Bind { address, .. }) => {
            return format!("{address} is taken by another socket of this protocol.");
        }
        (libc::EADDRINUSE, Command::Listen { .. }) => {
            "Another socket listens on this address already."
        }
        (libc::EADDRINUSE, Command::Connect { .. }) => {
            "This pair of addresses is in use, or rests in TIME_WAIT."
        }
        (libc::EADDRINUSE, _) => "The address is taken by another socket.",
        (libc::EADDRNOTAVAIL, Command::Bind { address, .. }) => {
            return format!("This machine has no address {address}.");
        }
        (libc::EADDRNOTAVAIL, _) => "No local address or port is left for this.",
        (libc::EACCES, Command::Bind { .. }) => {
            "Ports below 1024 need a privilege that the relay does not have."
        }
        (
            libc::EACCES,
            Command::Connect { .. } | Command::SendTo { .. } | Command::Burst { .. },
        ) => {
            "That is a broadcast address: it takes SO_BROADCAST, which the relay never sets, or a firewall forbids it."
        }
        (libc::ECONNREFUSED, Command::Connect { address, .. }) => {
            return format!("Nobody listens on {address}; its kernel answered with RST.");
        }
        // Windows tells ICMP so.
        (libc::ECONNRESET, Command::SendTo { .. } | Command::RecvFrom { .. }) if cfg!(windows) => {
            "An earlier datagram found nobody at that port; ICMP told the kernel, and this call tells you."
        }
        (libc::ECONNREFUSED, _) => {
            "An earlier datagram found nobody at that port; ICMP told the kernel, and this call tells you."
        }
        (libc::ECONNRESET, _) => {
            "The peer ended the connection with RST; what was still under way is gone."
        }
        (libc::EPIPE, _) => "Nobody reads at the other end any more, or this half is shut.",
        (libc::EAGAIN, Command::Accept { .. }) => {
            "No connection waits, and this socket does not block."
        }
        (libc::EAGAIN, Command::Send { .. } | Command::SendTo { .. } | Command::Burst { .. }) => {
            "The send buffer is full, and this socket does not block."
        }
        (libc::EAGAIN, _) => "Nothing waits to be read, and this socket does not block.",
        (libc::EINPROGRESS, _) => {
            "The handshake has begun; this socket does not block, so the call does not wait for it."
        }
        (libc::EALREADY, _) => "The handshake is still under way.",
        (libc::EISCONN, _) => "The socket is connected already.",
        (libc::ENOTCONN, _) => "The socket is not connected.",
        (libc::EDESTADDRREQ, _) => {
            "A datagram socket without a default peer needs to be told whereto."
        }
        (libc::EMSGSIZE, _) => {
            "A datagram holds at most 65,507 bytes over IPv4 and 65,527 over IPv6."
        }
        (libc::EINVAL, Command::Bind { .. }) => {
            "The socket has an address already, or this one is not of its kind."
        }
        (libc::EINVAL, Command::Accept { .. }) => "The socket does not listen.",
        (libc::EINVAL, Command::Listen { .. }) => "A connected socket cannot listen.",
        (libc::EOPNOTSUPP, _) => "This kind of socket does not know this call.",
        (libc::EAFNOSUPPORT, _) => "The address is of another family than the socket.",
        (libc::EMFILE | libc::ENFILE, _) => "No file descriptor is left; close a socket first.",
        (libc::ENOBUFS | libc::ENOMEM, _) => "The kernel has no buffer left for this.",
        (libc::ETIMEDOUT, _) => "The peer did not answer in time; the kernel has given up.",
        (libc::ENETUNREACH, _) => "No route leads there.",
        (libc::EHOSTUNREACH, _) => "The host cannot be reached.",
        (libc::ECONNABORTED, _) => "The connection was gone before it could be accepted.",
        (libc::EPERM, _) => "The kernel does not permit it.",
        (libc::ENOPROTOOPT, _) => "This kind of socket does not have that option.",
        (libc::EDOM | libc::EINVAL, Command::Option { .. }) => {
            "The option does not take that value."
        }
        _ => return format!("The kernel refused: {error}."),
    };
    text.to_owned()
}
