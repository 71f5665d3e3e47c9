//! Owns receiving where a datagram says for itself that it was cut (recvmsg(2)).

use super::Got;
use crate::lab::slot::Slot;
use rustix::net::{RecvAncillaryBuffer, RecvFlags, ReturnFlags, recvmsg};
use std::io::{self, IoSliceMut};
use std::net::SocketAddr;

use protocol::Address;

/// One receive into a buffer.
pub(in crate::lab) fn receive(slot: &Slot, buffer: &mut [u8], peek: bool) -> io::Result<Got> {
    let flags = if peek { RecvFlags::PEEK } else { RecvFlags::empty() };
    let got =
        recvmsg(slot, &mut [IoSliceMut::new(buffer)], &mut RecvAncillaryBuffer::default(), flags)?;
    let from = match &slot.names {
        Some(names) => Some(names.told_sender(got.address)),
        None => got.address.and_then(|a| SocketAddr::try_from(a).ok()).map(Address::Inet),
    };
    Ok(Got { bytes: got.bytes, truncated: got.flags.contains(ReturnFlags::TRUNC), from })
}
