//! Owns an end's near side: one IP packet read, one IP packet written. Never looks into a packet
//! further than its version.

use super::counter::{self, ProcFiles};
use super::{WIRE, raw};
use rustix::io::Errno;
use std::fs::File;
use std::io::{self, IoSlice, IoSliceMut};
use std::os::fd::{AsFd as _, BorrowedFd, OwnedFd};
use std::sync::atomic::{AtomicU64, Ordering};

/// Bytes of an Ethernet header (packet(7), `SOCK_RAW`).
const HEADER: usize = 14;
/// The MAC of both far ends. They know no ARP, so that their kernels write their own address as the
/// receiver's (`arp_constructor`).
pub(super) const FAR: [u8; 6] = [0x02, 0x77, 0, 0, 0, 1];
/// The MAC of both near ends.
pub(super) const NEAR: [u8; 6] = [0x02, 0x77, 0, 0, 0, 2];

/// The relay's hand on one end of the wire. Non-blocking.
#[derive(Debug)]
pub struct Device {
    fd: OwnedFd,
    kind: Kind,
}

#[derive(Debug)]
enum Kind {
    /// A TUN device, and its end's `/proc/net/dev`.
    Tun(File),
    /// An `AF_PACKET` socket, and the drops that were counted so far.
    Packet(AtomicU64),
}

impl Device {
    pub(super) fn tun(fd: OwnedFd, counters: &ProcFiles) -> io::Result<Self> {
        Ok(Self { fd, kind: Kind::Tun(counters.dev.try_clone()?) })
    }

    pub(super) fn packet(fd: OwnedFd) -> Self {
        Self { fd, kind: Kind::Packet(AtomicU64::new(0)) }
    }

    /// To wait on: readable when a packet waits.
    pub fn fd(&self) -> BorrowedFd<'_> {
        self.fd.as_fd()
    }

    /// The next packet that the end's kernel sent: its length; its bytes are at the front of `buf`.
    /// None if there is none. What is longer than `buf` is cut, so give it 65,535 bytes.
    pub fn read(&self, buf: &mut [u8]) -> io::Result<Option<usize>> {
        loop {
            let got = rustix::io::retry_on_intr(|| match self.kind {
                Kind::Tun(_) => rustix::io::read(&self.fd, &mut *buf),
                Kind::Packet(_) => {
                    let mut header = [0; HEADER];
                    let into = &mut [IoSliceMut::new(&mut header), IoSliceMut::new(buf)];
                    let length = rustix::io::readv(&self.fd, into)?;
                    // Neither IPv4 nor IPv6: nothing that the wire carries.
                    Ok(if is_ip(header) { length.saturating_sub(HEADER) } else { 0 })
                }
            });
            match got {
                Ok(0) => {}
                Ok(length) => return Ok(Some(length)),
                Err(Errno::AGAIN) => return Ok(None),
                Err(errno) => return Err(errno.into()),
            }
        }
    }

    /// Hands a packet to the end's kernel, as if it had come in there. `EINVAL` if it is neither IPv4
    /// nor IPv6.
    ///
    /// A veth end refuses what is longer than its own MTU with `ENOBUFS`; a TUN end takes it.
    pub fn write(&self, packet: &[u8]) -> io::Result<()> {
        rustix::io::retry_on_intr(|| match self.kind {
            Kind::Tun(_) => rustix::io::write(&self.fd, packet),
            Kind::Packet(_) => {
                let header = header(packet)?;
                rustix::io::writev(&self.fd, &[IoSlice::new(&header), IoSlice::new(packet)])
            }
        })?;
        Ok(())
    }

    /// Packets that the end's kernel sent and that were dropped before they could be read, since the
    /// wire is there: its queue was full. TUN: tx-drop in `/proc/net/dev`; veth: `PACKET_STATISTICS`.
    pub fn dropped(&self) -> io::Result<u64> {
        match &self.kind {
            Kind::Tun(dev) => counter::sent_and_dropped(&counter::text(dev)?, WIRE)
                .ok_or_else(|| io::ErrorKind::InvalidData.into()),
            Kind::Packet(sum) => {
                let new = u64::from(raw::packet_drops(self.fd())?);
                Ok(sum.fetch_add(new, Ordering::Relaxed) + new)
            }
        }
    }
}

fn is_ip(header: [u8; HEADER]) -> bool {
    let kind = i32::from(u16::from_be_bytes([header[12], header[13]]));
    kind == libc::ETH_P_IP || kind == libc::ETH_P_IPV6
}

/// An Ethernet header from the near end to the far one.
fn header(packet: &[u8]) -> rustix::io::Result<[u8; HEADER]> {
    let kind = match packet.first().map(|first| first >> 4) {
        Some(4) => libc::ETH_P_IP,
        Some(6) => libc::ETH_P_IPV6,
        _ => return Err(Errno::INVAL),
    };
    let mut header = [0; HEADER];
    header[..6].copy_from_slice(&FAR);
    header[6..12].copy_from_slice(&NEAR);
    header[12..].copy_from_slice(&(kind as u16).to_be_bytes());
    Ok(header)
}
