//! Owns what the relay reads an end's kernel with: netlink sockets and counter files, opened in the
//! namespace where the helper stands. Never reads them.

use rustix::net::netlink::{self, SocketAddrNetlink};
use rustix::net::{AddressFamily, SocketFlags, SocketType, bind, socket_with, sockopt};
use std::fs::File;
use std::io;
use std::os::fd::{AsFd as _, BorrowedFd, OwnedFd};

/// `SKNLGRP_INET_TCP_DESTROY` to `SKNLGRP_INET6_UDP_DESTROY` (linux/sock_diag.h): groups 1 to 4.
const DESTROYED: u32 = 0b1111;
/// Bytes asked for events that wait; the kernel gives at most `rmem_max`.
const ROOM: usize = 8 << 20;

/// Open in one end.
pub(super) struct Witness {
    diag: OwnedFd,
    destroyed: OwnedFd,
    snmp: File,
    netstat: File,
    dev: File,
    snmp6: Option<File>,
}

impl Witness {
    /// Opens all of them. A kernel without IPv6 has no snmp6.
    pub(super) fn open() -> io::Result<Self> {
        let file = |name| File::open(format!("/proc/self/net/{name}"));
        let destroyed = socket(SocketFlags::NONBLOCK)?;
        sockopt::set_socket_recv_buffer_size(&destroyed, ROOM)?;
        bind(&destroyed, &SocketAddrNetlink::new(0, DESTROYED))?;
        Ok(Self {
            diag: socket(SocketFlags::empty())?,
            destroyed,
            snmp: file("snmp")?,
            netstat: file("netstat")?,
            dev: file("dev")?,
            snmp6: file("snmp6").ok(),
        })
    }

    pub(super) fn has_ipv6(&self) -> bool {
        self.snmp6.is_some()
    }

    /// In the order of the greeting.
    pub(super) fn descriptors(&self, ipv6: bool) -> Vec<BorrowedFd<'_>> {
        let mut all = vec![
            self.diag.as_fd(),
            self.destroyed.as_fd(),
            self.snmp.as_fd(),
            self.netstat.as_fd(),
            self.dev.as_fd(),
        ];
        all.extend(self.snmp6.iter().filter(|_| ipv6).map(File::as_fd));
        all
    }
}

fn socket(flags: SocketFlags) -> io::Result<OwnedFd> {
    Ok(socket_with(
        AddressFamily::NETLINK,
        SocketType::DGRAM,
        flags | SocketFlags::CLOEXEC,
        Some(netlink::SOCK_DIAG),
    )?)
}
