//! Owns the set-up of `lo` and of an end's device: up, addressed, silent. The device is there already.

use super::message::{Request, Route};
use crate::errno::name_of;
use crate::wire::ask::{At as _, Fault, Step};
use crate::wire::{End, WIRE};
use rustix::net::netdevice::name_to_index;
use rustix::net::{AddressFamily, SocketFlags, SocketType, socket_with};
use std::os::fd::OwnedFd;
use std::time::{Duration, Instant};
use std::{fs, io, thread};

/// Bytes of the largest packet at the start.
const MTU: u32 = 1500;
/// Packets that a TUN device keeps for us; by default 500.
const QUEUE: u32 = 10_000;
/// Bytes of the largest packet that an IPv6 device may have at least (RFC 8200, 5).
const IPV6_LEAST: u32 = 1280;

/// What the kernel is given to use a new address. It takes a millisecond or so.
const PATIENCE: Duration = Duration::from_secs(2);

/// linux/if_link.h: `IFLA_INET6_ADDR_GEN_MODE`, and its value for "no link-local address".
const ADDR_GEN_MODE: u16 = 8;
const ADDR_GEN_NONE: u8 = 1;

/// Does it in the namespace where the helper stands. IPv6 may be refused; that goes to `unset`.
pub(super) fn set_up(end: End, unset: &mut Vec<String>) -> Result<(), Fault> {
    let route = Route::open().at(Step::Link)?;
    let lo = change(index("lo").at(Step::Link)?, libc::IFF_UP, libc::IFF_UP);
    route.ask(lo).at(Step::Link)?;
    let wire = index(WIRE).at(Step::Link)?;
    let silent = no_link_local(&route, wire);
    // Without multicast and ARP nothing is said unasked: no MLD, no router or neighbour discovery.
    let flags = libc::IFF_UP | libc::IFF_NOARP;
    let up = change(wire, flags, flags | libc::IFF_MULTICAST)
        .with_number(libc::IFLA_MTU, MTU)
        .with_number(libc::IFLA_TXQLEN, QUEUE);
    route.ask(up).at(Step::Link)?;
    let address = address(wire, libc::AF_INET, 24, &end.ipv4().octets());
    route.ask(address).at(Step::Address)?;
    if let Err(error) = silent.and_then(|()| add_ipv6(&route, wire, end)) {
        unset.push(format!("{} on {}: {}", end.ipv6(), end.name(), name_of(&error)));
    }
    Ok(())
}

/// Changes the largest packet of the end where the helper stands.
pub(super) fn set_mtu(end: End, bytes: u32) -> io::Result<()> {
    let route = Route::open()?;
    let wire = index(WIRE)?;
    route.ask(change(wire, 0, 0).with_number(libc::IFLA_MTU, bytes))?;
    if bytes >= IPV6_LEAST {
        // Where it was less before, the kernel had taken IPv6 from the device. Where there never was
        // any, there is none now either.
        let _ = add_ipv6(&route, wire, end);
    }
    Ok(())
}

/// The index of a device of this namespace.
pub(super) fn index(name: &str) -> io::Result<u32> {
    Ok(name_to_index(any_socket()?, name)?)
}

/// A socket whose only use is to carry an ioctl (netdevice(7)). Not of IP: the relay would hear of its end.
pub(super) fn any_socket() -> io::Result<OwnedFd> {
    Ok(socket_with(AddressFamily::UNIX, SocketType::DGRAM, SocketFlags::CLOEXEC, None)?)
}

/// `RTM_NEWLINK` for a device that is there, with these flags set and those others cleared.
pub(super) fn change(index: u32, flags: i32, mask: i32) -> Request {
    Request::new(libc::RTM_NEWLINK, 0, &info(index, flags, mask))
}

/// `struct ifinfomsg` (rtnetlink(7)).
pub(super) fn info(index: u32, flags: i32, mask: i32) -> [u8; 16] {
    let mut bytes = [0; 16];
    bytes[4..8].copy_from_slice(&index.to_ne_bytes());
    bytes[8..12].copy_from_slice(&flags.to_ne_bytes());
    bytes[12..].copy_from_slice(&mask.to_ne_bytes());
    bytes
}

/// IPv6 without a link-local address, for which a kernel would look for routers.
pub(super) fn no_link_local(route: &Route, index: u32) -> io::Result<()> {
    route.ask(change(index, 0, 0).with_nest(libc::IFLA_AF_SPEC, |all| {
        all.with_nest(libc::AF_INET6 as u16, |ipv6| ipv6.with(ADDR_GEN_MODE, &[ADDR_GEN_NONE]))
    }))
}

fn add_ipv6(route: &Route, index: u32, end: End) -> io::Result<()> {
    // Without duplicate detection, which nobody would answer: usable at once.
    let request = address(index, libc::AF_INET6, 64, &end.ipv6().octets())
        .with_number(libc::IFA_FLAGS, libc::IFA_F_NODAD);
    match route.ask(request) {
        Err(error) if error.raw_os_error() == Some(libc::EEXIST) => {}
        other => other?,
    }
    wait_for_local_route(end)
}

/// The kernel answers before it takes what is sent to the new address: the route for that is made by a
/// worker (`addrconf_dad_work`). Until then packets are dropped as InAddrErrors.
fn wait_for_local_route(end: End) -> io::Result<()> {
    let address: String = end.ipv6().octets().map(|octet| format!("{octet:02x}")).concat();
    let deadline = Instant::now() + PATIENCE;
    while !is_local(&fs::read_to_string("/proc/self/net/ipv6_route")?, &address) {
        if Instant::now() > deadline {
            return Err(io::Error::from_raw_os_error(libc::ETIMEDOUT));
        }
        thread::sleep(Duration::from_micros(200));
    }
    Ok(())
}

/// Whether `/proc/net/ipv6_route` has a local route for this address: its ninth word has `RTF_LOCAL`
/// (linux/ipv6_route.h).
fn is_local(routes: &str, address: &str) -> bool {
    const RTF_LOCAL: u32 = 0x8000_0000;
    routes.lines().filter(|line| line.starts_with(address)).any(|line| {
        let flags = line.split_ascii_whitespace().nth(8);
        flags.and_then(|hex| u32::from_str_radix(hex, 16).ok()).is_some_and(|f| f & RTF_LOCAL != 0)
    })
}

/// `RTM_NEWADDR` with `struct ifaddrmsg`.
fn address(index: u32, family: i32, prefix: u8, octets: &[u8]) -> Request {
    let mut fixed = [family as u8, prefix, 0, 0, 0, 0, 0, 0];
    fixed[4..].copy_from_slice(&index.to_ne_bytes());
    Request::new(libc::RTM_NEWADDR, libc::NLM_F_CREATE | libc::NLM_F_EXCL, &fixed)
        .with(libc::IFA_LOCAL, octets)
        .with(libc::IFA_ADDRESS, octets)
}

#[cfg(test)]
mod tests {
    use super::is_local;

    #[test]
    fn only_a_local_route_counts() {
        let prefix = "fd770000000000000000000000000001 80 00000000000000000000000000000000 00 \
                      00000000000000000000000000000000 00000100 00000001 00000000 00000001    wire0\n";
        let local = prefix.replace("00000001    wire0", "80200001    wire0");
        let address = "fd770000000000000000000000000001";
        assert!(is_local(&local, address));
        assert!(!is_local(prefix, address));
        assert!(!is_local(&local, "fd770000000000000000000000000002"));
        assert!(!is_local("", address));
    }
}
