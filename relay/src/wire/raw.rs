//! The only unsafe code of [`wire`](super): what has no safe wrapper. It knows sizes, not meanings.

#![expect(
    unsafe_code,
    reason = "TUNSETIFF, SIOCETHTOOL, sockaddr_ll and the AF_PACKET options are wrapped nowhere"
)]

use libc::{c_int, c_void, socklen_t};
use rustix::ioctl::{Opcode, Setter, Updater, ioctl, opcode};
use rustix::thread::{UnshareFlags, unshare_unsafe};
use std::io;
use std::os::fd::{AsRawFd as _, BorrowedFd};

/// `struct ifreq` (netdevice(7)) where its union holds flags.
#[repr(C)]
struct FlagRequest {
    name: [u8; libc::IFNAMSIZ],
    flags: u16,
    rest: [u8; 22],
}

/// `struct ifreq` where its union holds a pointer.
#[repr(C)]
struct DataRequest {
    name: [u8; libc::IFNAMSIZ],
    data: *mut c_void,
    rest: [u8; 16],
}

/// `struct ethtool_value` of linux/ethtool.h.
#[repr(C)]
struct EthtoolValue {
    command: u32,
    data: u32,
}

/// `_IOW('T', 202, int)` of linux/if_tun.h.
const TUNSETIFF: Opcode = opcode::write::<c_int>(b'T', 202);
/// linux/sockios.h.
const SIOCETHTOOL: Opcode = 0x8946;

/// close_range(2) from 3 on: what the helper was given besides its standard streams. Kernels before
/// 5.9 leave it open. Only for the helper's first moment, when nothing in it owns a descriptor.
pub(super) fn close_strangers() {
    // SAFETY: the call reads no memory; nobody here owns what it closes.
    let _ = unsafe { libc::syscall(libc::SYS_close_range, 3_u32, u32::MAX, 0_u32) };
}

/// unshare(2) of namespaces only.
pub(super) fn unshare(user: bool) -> io::Result<()> {
    let what = if user { UnshareFlags::NEWUSER } else { UnshareFlags::NEWNET };
    // SAFETY: neither flag parts the descriptor table.
    Ok(unsafe { unshare_unsafe(what) }?)
}

/// `ioctl(TUNSETIFF)`: makes the TUN device of this descriptor, without packet information.
pub(super) fn attach_tun(tun: BorrowedFd<'_>, name: &str) -> io::Result<()> {
    let flags = (libc::IFF_TUN | libc::IFF_NO_PI) as u16;
    let request = FlagRequest { name: padded(name)?, flags, rest: [0; 22] };
    // SAFETY: TUNSETIFF reads a `struct ifreq`, whatever its number says of an int, and writes one
    // back; `request` is one, and ours alone.
    let mut request = request;
    Ok(unsafe { ioctl(tun, Updater::<TUNSETIFF, _>::new(&mut request)) }?)
}

/// `ioctl(SIOCETHTOOL)` with an `ethtool_value` of 0: turns an offload of a device off.
pub(super) fn ethtool_off(socket: BorrowedFd<'_>, name: &str, command: u32) -> io::Result<()> {
    let mut value = EthtoolValue { command, data: 0 };
    let data = (&raw mut value).cast();
    let request = DataRequest { name: padded(name)?, data, rest: [0; 16] };
    // SAFETY: SIOCETHTOOL reads a `struct ifreq` whose pointer leads to the structure that `command`
    // takes; the set commands for one feature take an `ethtool_value`, which outlives the call.
    Ok(unsafe { ioctl(socket, Setter::<SIOCETHTOOL, _>::new(request)) }?)
}

/// bind(2) of an `AF_PACKET` socket to every protocol on one device (packet(7)).
pub(super) fn bind_packet(socket: BorrowedFd<'_>, index: u32) -> io::Result<()> {
    let address = libc::sockaddr_ll {
        sll_family: libc::AF_PACKET as u16,
        sll_protocol: (libc::ETH_P_ALL as u16).to_be(),
        sll_ifindex: index.cast_signed(),
        sll_hatype: 0,
        sll_pkttype: 0,
        sll_halen: 0,
        sll_addr: [0; 8],
    };
    let length = size_of_val(&address) as socklen_t;
    // SAFETY: the address is a `sockaddr_ll` of that length and lives through the call.
    let status = unsafe { libc::bind(socket.as_raw_fd(), (&raw const address).cast(), length) };
    if status == 0 { Ok(()) } else { Err(io::Error::last_os_error()) }
}

/// `PACKET_IGNORE_OUTGOING`: what we send is not read back (Linux 4.20).
pub(super) fn ignore_outgoing(socket: BorrowedFd<'_>) -> io::Result<()> {
    turn_on(socket, libc::PACKET_IGNORE_OUTGOING)
}

/// `PACKET_QDISC_BYPASS`: what we send goes to the driver at once (Linux 3.14).
pub(super) fn bypass_qdisc(socket: BorrowedFd<'_>) -> io::Result<()> {
    turn_on(socket, libc::PACKET_QDISC_BYPASS)
}

/// An option of packet(7) that is on or off.
fn turn_on(socket: BorrowedFd<'_>, name: c_int) -> io::Result<()> {
    let on: c_int = 1;
    // SAFETY: the options read one int, and `on` is one.
    let status = unsafe {
        libc::setsockopt(
            socket.as_raw_fd(),
            libc::SOL_PACKET,
            name,
            (&raw const on).cast(),
            size_of::<c_int>() as socklen_t,
        )
    };
    if status == 0 { Ok(()) } else { Err(io::Error::last_os_error()) }
}

/// `PACKET_STATISTICS`: packets dropped since the last question.
pub(super) fn packet_drops(socket: BorrowedFd<'_>) -> io::Result<u32> {
    /// `struct tpacket_stats`.
    #[repr(C)]
    struct Statistics {
        packets: u32,
        drops: u32,
    }
    let mut told = Statistics { packets: 0, drops: 0 };
    let mut length = size_of::<Statistics>() as socklen_t;
    // SAFETY: the kernel writes at most `length` bytes, and any bytes are a valid `Statistics`.
    let status = unsafe {
        libc::getsockopt(
            socket.as_raw_fd(),
            libc::SOL_PACKET,
            libc::PACKET_STATISTICS,
            (&raw mut told).cast(),
            &raw mut length,
        )
    };
    if status == 0 { Ok(told.drops) } else { Err(io::Error::last_os_error()) }
}

fn padded(name: &str) -> io::Result<[u8; libc::IFNAMSIZ]> {
    let mut room = [0; libc::IFNAMSIZ];
    match room.get_mut(..name.len()) {
        // One zero must remain.
        Some(front) if name.len() < libc::IFNAMSIZ => front.copy_from_slice(name.as_bytes()),
        _ => return Err(io::ErrorKind::InvalidInput.into()),
    }
    Ok(room)
}
