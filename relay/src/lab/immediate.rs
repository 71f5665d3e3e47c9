//! Owns the calls that never block: one system call each.

use super::option;
use super::slot::Slot;
use protocol::command::{Half, Kind};
use protocol::reply::Local;
use protocol::{Command, Done};
use socket2::SockAddr;
use std::io;
use std::net::Shutdown;

pub(super) fn bind(slot: &Slot, to: &SockAddr) -> io::Result<Done> {
    slot.socket.bind(to)?;
    let local = slot.local()?.or_else(|| slot.told(to)).ok_or(io::ErrorKind::Unsupported)?;
    Ok(Done::Local(Local { local }))
}

pub(super) fn listen(slot: &Slot, ask: &Command) -> io::Result<Done> {
    let Command::Listen { backlog, .. } = ask else {
        return Err(io::ErrorKind::InvalidInput.into());
    };
    slot.socket.listen(*backlog)?;
    slot.listening.set(true);
    Ok(Done::nothing())
}

pub(super) fn set_option(slot: &Slot, ask: &Command) -> io::Result<Done> {
    let Command::Option { set, .. } = ask else { return Err(io::ErrorKind::InvalidInput.into()) };
    option::set(slot, *set)
}

pub(super) fn shutdown(slot: &Slot, ask: &Command) -> io::Result<Done> {
    let Command::Shutdown { how, .. } = ask else { return Err(io::ErrorKind::InvalidInput.into()) };
    let how = match how {
        Half::Read => Shutdown::Read,
        Half::Write => Shutdown::Write,
        Half::Both => Shutdown::Both,
    };
    let shut = slot.socket.shutdown(how);
    // An unconnected datagram socket is shut although the kernel says ENOTCONN (inet_shutdown).
    if how != Shutdown::Write && (shut.is_ok() || slot.kind == Kind::Datagram) {
        slot.shut_read.set(true);
    }
    shut.map(|()| Done::nothing())
}

#[expect(clippy::unnecessary_wraps, reason = "one signature for all immediate calls")]
pub(super) fn set_waiting(slot: &Slot, ask: &Command) -> io::Result<Done> {
    match ask {
        Command::Timeout { after, .. } => slot.timeout.set(*after),
        Command::Nonblocking { on, .. } => slot.nonblocking.set(*on),
        _ => {}
    }
    Ok(Done::nothing())
}

#[expect(clippy::unnecessary_wraps, reason = "one signature for all immediate calls")]
pub(super) fn interrupt(slot: &Slot, ask: &Command) -> io::Result<Done> {
    if let Command::Interrupt { call, .. } = ask {
        slot.interrupt(*call);
    }
    Ok(Done::nothing())
}
