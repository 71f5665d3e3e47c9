//! Owns the sentences that are others for Unix sockets (unix(7)).

use crate::errno::code_of;
use protocol::Command;
use std::io;

/// Why the kernel refused, where that is not what it would mean elsewhere.
pub(super) fn sentence(ask: &Command, error: &io::Error) -> Option<String> {
    let text = match (code_of(error), ask) {
        (libc::EADDRINUSE, Command::Bind { address, .. }) => {
            return Some(format!(
                "{address} is there already: close() leaves a Unix socket's name in its folder until \
                 somebody unlinks it, and here reset does."
            ));
        }
        (libc::ENOENT, Command::Connect { address, .. } | Command::SendTo { address, .. }) => {
            return Some(format!(
                "No socket was ever bound to {address}, or its name was unlinked."
            ));
        }
        (libc::ECONNREFUSED, Command::Connect { address, .. }) => {
            return Some(format!(
                "{address} is a name in the folder, but its socket does not listen, or is closed."
            ));
        }
        (libc::ECONNREFUSED, _) => {
            "The receiver is closed; only its name is still in the folder. A Unix sender is told at once."
        }
        (libc::EPROTOTYPE, _) => {
            "The socket of that name is of another kind: a stream cannot speak to datagrams."
        }
        (libc::EAGAIN, Command::Connect { .. }) => {
            "The listener's accept queue is full, and this socket does not block."
        }
        (libc::EAGAIN, Command::SendTo { .. } | Command::Burst { .. } | Command::Send { .. }) => {
            "The receiver's queue is full, and this socket does not block. Nothing is dropped."
        }
        (libc::ECONNRESET, _) => {
            "The peer closed its end while bytes that it had not read still waited there."
        }
        (libc::EMSGSIZE, _) => "The datagram is larger than the sender's buffer (SO_SNDBUF).",
        (libc::EINVAL, Command::Listen { .. }) => {
            "A Unix socket listens only once it has a name, and not when it is connected."
        }
        (libc::EINVAL, Command::Recv { .. }) => "The socket is not connected.",
        (libc::EINVAL, Command::Connect { .. } | Command::SendTo { .. }) => {
            "The address is of another family than the socket."
        }
        _ => return None,
    };
    Some(text.to_owned())
}
