//! Owns receiving on Windows, where a datagram that is cut is an error (WSAEMSGSIZE) that hides its
//! length and sender. Not tried there: type-checked only.

use super::Got;
use crate::lab::slot::Slot;
use protocol::Address;
use protocol::command::Kind;
use rustix::io::Errno;
use rustix::net::{RecvFlags, recv, recvfrom};
use std::io;
use std::net::SocketAddr;

/// Larger than any datagram.
const ROOM: usize = 65_536;

/// One receive into a buffer.
pub(in crate::lab) fn receive(slot: &Slot, buffer: &mut [u8], peek: bool) -> io::Result<Got> {
    match slot.kind {
        Kind::Stream => {
            let flags = if peek { RecvFlags::PEEK } else { RecvFlags::empty() };
            match recv(&slot.socket, &mut *buffer, flags) {
                Ok((_, bytes)) => Ok(Got { bytes, truncated: false, from: None }),
                // This half is shut: the end, as elsewhere.
                Err(Errno::SHUTDOWN) => Ok(Got { bytes: 0, truncated: false, from: None }),
                Err(errno) => Err(errno.into()),
            }
        }
        Kind::Datagram => datagram(slot, buffer, peek),
    }
}

/// Looks at the whole datagram, then takes it. Nobody else reads this socket meanwhile.
fn datagram(slot: &Slot, buffer: &mut [u8], peek: bool) -> io::Result<Got> {
    let mut whole = vec![0; ROOM];
    let (_, length, from) = recvfrom(&slot.socket, &mut whole[..], RecvFlags::PEEK)?;
    if !peek {
        match recvfrom(&slot.socket, &mut whole[..], RecvFlags::empty()) {
            Ok(_) | Err(Errno::MSGSIZE) => {}
            Err(errno) => return Err(errno.into()),
        }
    }
    let bytes = length.min(buffer.len());
    buffer[..bytes].copy_from_slice(&whole[..bytes]);
    Ok(Got {
        bytes,
        truncated: length > buffer.len(),
        from: from.and_then(|address| SocketAddr::try_from(address).ok()).map(Address::Inet),
    })
}
