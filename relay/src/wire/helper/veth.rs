//! Owns the making of a veth pair (veth(4)): the near end at home under an `AF_PACKET` socket, the far
//! one in an end's namespace.

use super::link::{any_socket, change, index, info, no_link_local};
use super::message::{Request, Route};
use crate::wire::ask::{At as _, Fault, Step};
use crate::wire::device::{FAR, NEAR};
use crate::wire::{End, WIRE, raw};
use rustix::net::{AddressFamily, SocketFlags, SocketType, socket_with, sockopt};
use std::io;
use std::os::fd::{AsFd as _, AsRawFd as _, BorrowedFd, OwnedFd};

/// linux/veth.h.
const VETH_INFO_PEER: u16 = 1;
/// Bytes of the largest packet that the near end takes: the far one's limit is the one that counts.
const NEAR_MTU: u32 = 65_535;
/// Bytes asked for the packets that wait for us; the kernel gives an ordinary user `rmem_max`.
const ROOM: usize = 64 << 20;
/// linux/ethtool.h: checksums on receipt and sending, scatter-gather, TSO, GSO, GRO. Each set to 0.
const OFFLOADS: [u32; 6] = [0x15, 0x17, 0x19, 0x1f, 0x24, 0x2c];

/// Makes the pair from home, with its far end in `net`.
pub(super) fn make(end: End, net: BorrowedFd<'_>) -> Result<OwnedFd, Fault> {
    let route = Route::open().at(Step::Veth)?;
    route.ask(pair(end, net)).at(Step::Veth)?;
    let near = index(end.name()).at(Step::Veth)?;
    // Home must be as silent as the ends. Where it has no IPv6, it is.
    let _ = no_link_local(&route, near);
    route.ask(change(near, libc::IFF_UP, libc::IFF_UP)).at(Step::Veth)?;
    packet_socket(near).at(Step::Packet)
}

/// Makes the kernel compute every checksum and cut every segment itself, in the end where the helper
/// stands. A feature that this kernel cannot switch off here is one that it does not have.
pub(super) fn true_checksums() -> io::Result<()> {
    let socket = any_socket()?;
    for command in OFFLOADS {
        match raw::ethtool_off(socket.as_fd(), WIRE, command) {
            Err(error) if error.raw_os_error() == Some(libc::EOPNOTSUPP) => {}
            other => other?,
        }
    }
    Ok(())
}

fn pair(end: End, net: BorrowedFd<'_>) -> Request {
    let flags = libc::NLM_F_CREATE | libc::NLM_F_EXCL;
    let near = libc::IFF_NOARP;
    Request::new(libc::RTM_NEWLINK, flags, &info(0, near, near | libc::IFF_MULTICAST))
        .with_text(libc::IFLA_IFNAME, end.name())
        .with(libc::IFLA_ADDRESS, &NEAR)
        .with_number(libc::IFLA_MTU, NEAR_MTU)
        .with_nest(libc::IFLA_LINKINFO, |link| {
            link.with_text(libc::IFLA_INFO_KIND, "veth").with_nest(libc::IFLA_INFO_DATA, |data| {
                data.with_nest(VETH_INFO_PEER, |peer| {
                    peer.with_fixed(&info(0, 0, 0))
                        .with_text(libc::IFLA_IFNAME, WIRE)
                        .with(libc::IFLA_ADDRESS, &FAR)
                        .with(libc::IFLA_NET_NS_FD, &net.as_raw_fd().to_ne_bytes())
                })
            })
        })
}

/// Hears what comes in on one device only, from the first packet on: protocol 0 hears nothing until
/// bind(2) (packet(7)).
fn packet_socket(index: u32) -> io::Result<OwnedFd> {
    let flags = SocketFlags::CLOEXEC | SocketFlags::NONBLOCK;
    let socket = socket_with(AddressFamily::PACKET, SocketType::RAW, flags, None)?;
    raw::ignore_outgoing(socket.as_fd())?;
    // The near end's queue is made in the background, a while after the far end is up, and until then
    // swallows what it is given without a word.
    raw::bypass_qdisc(socket.as_fd())?;
    sockopt::set_socket_recv_buffer_size_force(&socket, ROOM)
        .or_else(|_| sockopt::set_socket_recv_buffer_size(&socket, ROOM))?;
    raw::bind_packet(socket.as_fd(), index)?;
    Ok(socket)
}
