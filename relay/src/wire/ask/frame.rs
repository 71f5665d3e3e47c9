//! Owns how a message crosses the control socket, or the door of [`run`](crate::run): one
//! `SOCK_SEQPACKET` record each (unix(7)), with descriptors beside it (`SCM_RIGHTS`). Knows no
//! message's meaning.
//!
//! Descriptors are handed over whole: a record that says "mine are closed" follows, and only then has
//! the message arrived. Otherwise a socket that its new owner closes at once would live on for the
//! moment that the old one takes to close its copy: a port still taken, a FIN not sent.

use rustix::net::{
    RecvAncillaryBuffer, RecvAncillaryMessage, RecvFlags, RecvMsg, ReturnFlags,
    SendAncillaryBuffer, SendAncillaryMessage, SendFlags, recvmsg, sendmsg,
};
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::io::{self, IoSlice, IoSliceMut};
use std::mem::MaybeUninit;
use std::os::fd::{BorrowedFd, OwnedFd};

/// Bytes of the longest message.
const BYTES: usize = 8 * 1024;
/// Descriptors that a message carries at most.
const DESCRIPTORS: usize = 24;
/// The record that says so. No message is as short and has this byte.
const CLOSED: &[u8] = &[0xff];

/// Sends one message. `EPIPE` if nobody is at the other end; never a signal. After one with
/// descriptors close them as far as they shall be closed, then call [`closed`].
pub(crate) fn send(
    socket: BorrowedFd<'_>,
    message: &impl Serialize,
    descriptors: &[BorrowedFd<'_>],
) -> io::Result<()> {
    let bytes = postcard::to_allocvec(message).map_err(io::Error::other)?;
    record(socket, &bytes, descriptors)
}

/// Says that the descriptors of the last message are closed on this side.
pub(crate) fn closed(socket: BorrowedFd<'_>) -> io::Result<()> {
    record(socket, CLOSED, &[])
}

fn record(socket: BorrowedFd<'_>, bytes: &[u8], descriptors: &[BorrowedFd<'_>]) -> io::Result<()> {
    let mut space = [MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(DESCRIPTORS))];
    let mut beside = SendAncillaryBuffer::new(&mut space);
    if !descriptors.is_empty() && !beside.push(SendAncillaryMessage::ScmRights(descriptors)) {
        return Err(io::ErrorKind::InvalidInput.into());
    }
    rustix::io::retry_on_intr(|| {
        sendmsg(socket, &[IoSlice::new(bytes)], &mut beside, SendFlags::NOSIGNAL)
    })?;
    Ok(())
}

/// What came over the socket.
pub(crate) enum Got<T> {
    /// A message and its descriptors, which close on exec.
    Message(T, Vec<OwnedFd>),
    /// Something that is no message.
    Garbage,
    /// The other end is gone.
    End,
}

/// The next message. `EMFILE` if this process has no room for its descriptors; the message is gone then.
pub(crate) fn receive<T: DeserializeOwned>(socket: BorrowedFd<'_>) -> io::Result<Got<T>> {
    let mut bytes = [0; BYTES];
    let (got, descriptors) = loop {
        let (got, descriptors) = take(socket, &mut bytes)?;
        // Else: what was left of a message whose reader had lost patience.
        if &bytes[..got.bytes.min(BYTES)] != CLOSED {
            break (got, descriptors);
        }
    };
    if got.bytes == 0 {
        return Ok(Got::End);
    }
    let cut = got.flags.contains(ReturnFlags::CTRUNC);
    if cut || !descriptors.is_empty() {
        take(socket, &mut [0; 1])?;
    }
    if cut {
        return Err(io::Error::from_raw_os_error(libc::EMFILE));
    }
    if got.flags.contains(ReturnFlags::TRUNC) {
        return Ok(Got::Garbage);
    }
    match postcard::take_from_bytes(&bytes[..got.bytes]) {
        Ok((message, [])) => Ok(Got::Message(message, descriptors)),
        _ => Ok(Got::Garbage),
    }
}

/// One record and what came beside it.
fn take(socket: BorrowedFd<'_>, into: &mut [u8]) -> io::Result<(RecvMsg, Vec<OwnedFd>)> {
    let mut space = [MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(DESCRIPTORS))];
    let mut beside = RecvAncillaryBuffer::new(&mut space);
    let got = rustix::io::retry_on_intr(|| {
        let into = &mut [IoSliceMut::new(into)];
        recvmsg(socket, into, &mut beside, RecvFlags::CMSG_CLOEXEC)
    })?;
    let rights = beside.drain().filter_map(|message| match message {
        RecvAncillaryMessage::ScmRights(descriptors) => Some(descriptors),
        _ => None,
    });
    let descriptors = rights.flatten().collect();
    Ok((got, descriptors))
}
