//! The kernel's own stamps of what a socket sends and receives (`SO_TIMESTAMPING`;
//! Documentation/networking/timestamping.rst). They are made by `CLOCK_REALTIME`, and those of sends
//! wait in the socket's error queue, for which poll(2) shows `POLLERR` until they are taken.

use std::io;
use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr, SocketAddrV6};

use rustix::fd::BorrowedFd;

use super::bytes::Cursor;

#[cfg(target_os = "linux")]
mod raw;
#[cfg(not(target_os = "linux"))]
#[path = "stamp/absent.rs"]
mod raw;

const TX_SOFTWARE: u32 = 1 << 1;
const RX_SOFTWARE: u32 = 1 << 3;
const SOFTWARE: u32 = 1 << 4;
const OPT_ID: u32 = 1 << 7;
const TX_SCHED: u32 = 1 << 8;
const TX_ACK: u32 = 1 << 9;
const OPT_TSONLY: u32 = 1 << 11;
/// Numbers bytes from the last that was handed over, not from the last acknowledged (Linux 6.2).
const OPT_ID_TCP: u32 = 1 << 16;

const SOL_SOCKET: i32 = 1;
const SCM_TIMESTAMPING: i32 = 37;
const IP_RECVERR: (i32, i32) = (0, 11);
const IPV6_RECVERR: (i32, i32) = (41, 25);
/// `SO_EE_ORIGIN_TIMESTAMPING`.
const ORIGIN: u8 = 4;

/// Linux's numbers, which its messages are made of (bits/socket.h).
const AF_INET: u16 = 2;
const AF_INET6: u16 = 10;

/// Room for one message's control data.
const CONTROL: usize = 512;
/// Room for an address: `struct sockaddr_storage`.
const NAME: usize = 128;

/// A place on the way out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// Into the device's queue (`SCM_TSTAMP_SCHED`).
    Scheduled,
    /// To the device (`SCM_TSTAMP_SND`).
    Sent,
    /// Acknowledged (`SCM_TSTAMP_ACK`).
    Acknowledged,
}

/// A stamp of a send.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stamp {
    /// Where.
    pub place: Place,
    /// The last byte's number since stamping began, from 0, modulo 2^32; or the datagram's.
    pub key: u32,
    /// `CLOCK_REALTIME`, ns since 1970.
    pub realtime: u64,
}

/// What one receive gave.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Received {
    /// How many bytes.
    pub bytes: usize,
    /// Whether a longer datagram was cut.
    pub truncated: bool,
    /// Who sent it, where the kernel says.
    pub from: Option<SocketAddr>,
    /// When the last byte came to this kernel: `CLOCK_REALTIME`, ns since 1970.
    pub realtime: Option<u64>,
}

/// Begins or ends stamping; a stream must be connected (`EINVAL`). `Unsupported` elsewhere than on
/// Linux.
pub fn set(fd: BorrowedFd<'_>, stream: bool, on: bool) -> io::Result<()> {
    if !on {
        return raw::set(fd, 0);
    }
    let both = TX_SOFTWARE | RX_SOFTWARE | SOFTWARE | OPT_ID | TX_SCHED | OPT_TSONLY;
    match raw::set(fd, both | if stream { TX_ACK | OPT_ID_TCP } else { 0 }) {
        // An older kernel; the numbers are the same where nothing waits to be acknowledged.
        Err(_) if stream => raw::set(fd, both | TX_ACK),
        done => done,
    }
}

/// Whether it is on.
pub fn is_on(fd: BorrowedFd<'_>) -> io::Result<bool> {
    Ok(raw::get(fd)? != 0)
}

/// Takes at most `most` stamps of sends; other errors that wait there are taken too, and dropped.
pub fn take(fd: BorrowedFd<'_>, most: usize) -> io::Result<Vec<Stamp>> {
    let mut stamps = Vec::new();
    let mut control = [0; CONTROL];
    for _ in 0..most {
        let told = raw::receive(fd, &mut [], &mut control, &mut [], raw::ERRORS);
        let told = match told {
            Ok(told) => told,
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => break,
            Err(error) => return Err(error),
        };
        stamps.extend(stamp(&control[..told.control.min(CONTROL)]));
    }
    Ok(stamps)
}

/// One receive with its stamp; never waits.
pub fn receive(fd: BorrowedFd<'_>, buffer: &mut [u8], peek: bool) -> io::Result<Received> {
    let (mut control, mut name) = ([0; CONTROL], [0; NAME]);
    let flags = if peek { raw::PEEK } else { 0 };
    let told = raw::receive(fd, buffer, &mut control, &mut name, flags)?;
    Ok(Received {
        bytes: told.bytes,
        truncated: told.truncated,
        from: address(&name[..told.name.min(NAME)]),
        realtime: messages(&control[..told.control.min(CONTROL)])
            .find(|message| (message.level, message.kind) == (SOL_SOCKET, SCM_TIMESTAMPING))
            .and_then(|message| realtime(message.data)),
    })
}

/// One control message (cmsg(3)).
struct Message<'a> {
    level: i32,
    kind: i32,
    data: &'a [u8],
}

/// Ends at the first that does not fit.
fn messages(mut bytes: &[u8]) -> impl Iterator<Item = Message<'_>> {
    const HEAD: usize = size_of::<usize>() + 8;
    std::iter::from_fn(move || {
        let mut at = Cursor::new(bytes);
        let length = usize::from_ne_bytes(at.array()?);
        let level = i32::from_ne_bytes(at.array()?);
        let kind = i32::from_ne_bytes(at.array()?);
        let data = bytes.get(HEAD..length)?;
        bytes = bytes.get(length.next_multiple_of(size_of::<usize>())..).unwrap_or_default();
        Some(Message { level, kind, data })
    })
}

/// The stamp in the control data of an error queue's message.
fn stamp(control: &[u8]) -> Option<Stamp> {
    let (mut when, mut what) = (None, None);
    for message in messages(control) {
        match (message.level, message.kind) {
            (SOL_SOCKET, SCM_TIMESTAMPING) => when = realtime(message.data),
            kind if kind == IP_RECVERR || kind == IPV6_RECVERR => what = extended(message.data),
            _ => {}
        }
    }
    let (place, key) = what?;
    Some(Stamp { place, key, realtime: when? })
}

/// The first of the three `struct timespec`, the software's; None for "no stamp".
fn realtime(data: &[u8]) -> Option<u64> {
    let mut at = Cursor::new(data);
    let (seconds, nanos) = (at.u64()?, at.u64()?);
    Some(seconds.checked_mul(1_000_000_000)?.checked_add(nanos)?).filter(|ns| *ns != 0)
}

/// `struct sock_extended_err`: what was stamped, and its number.
fn extended(data: &[u8]) -> Option<(Place, u32)> {
    let mut at = Cursor::new(data);
    let (_errno, origin) = (at.u32()?, at.u8()?);
    at.skip(3)?;
    let (info, key) = (at.u32()?, at.u32()?);
    let place = match info {
        0 => Place::Sent,
        1 => Place::Scheduled,
        2 => Place::Acknowledged,
        _ => return None,
    };
    (origin == ORIGIN).then_some((place, key))
}

/// A `struct sockaddr` of either internet family.
fn address(name: &[u8]) -> Option<SocketAddr> {
    let mut at = Cursor::new(name);
    let family = at.u16()?;
    let port = u16::from_be_bytes(at.array()?);
    if family == AF_INET {
        return Some((Ipv4Addr::from(at.array::<4>()?), port).into());
    }
    let flow = at.u32()?;
    let ip = Ipv6Addr::from(at.array::<16>()?);
    let v6 = SocketAddrV6::new(ip, port, u32::from_be(flow), at.u32()?);
    (family == AF_INET6).then_some(v6.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn control(level: i32, kind: i32, data: &[u8]) -> Vec<u8> {
        let mut bytes = (size_of::<usize>() + 8 + data.len()).to_ne_bytes().to_vec();
        bytes.extend(level.to_ne_bytes());
        bytes.extend(kind.to_ne_bytes());
        bytes.extend(data);
        bytes.resize(bytes.len().next_multiple_of(size_of::<usize>()), 0);
        bytes
    }

    #[test]
    fn a_stamp_is_read_and_rubbish_is_none() {
        let mut when = [0; 48];
        when[..8].copy_from_slice(&3_u64.to_ne_bytes());
        when[8..16].copy_from_slice(&5_u64.to_ne_bytes());
        let mut what = [0; 16];
        what[4] = ORIGIN;
        what[8..12].copy_from_slice(&2_u32.to_ne_bytes());
        what[12..].copy_from_slice(&7_u32.to_ne_bytes());
        let mut whole = control(SOL_SOCKET, SCM_TIMESTAMPING, &when);
        whole.extend(control(0, 11, &what));
        let found = Stamp { place: Place::Acknowledged, key: 7, realtime: 3_000_000_005 };
        assert_eq!(stamp(&whole), Some(found));
        assert_eq!(stamp(&whole[..whole.len() - 1]), None);
        what[4] = 2; // SO_EE_ORIGIN_ICMP
        assert_eq!(stamp(&control(0, 11, &what)), None);
        assert_eq!(messages(&[0; 64]).count(), 0, "a length of 0 must not loop");
    }
}
