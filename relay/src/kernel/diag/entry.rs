//! One socket as [`sock_diag(7)`] describes it (`struct inet_diag_msg` and its attributes).
//!
//! [`sock_diag(7)`]: https://man7.org/linux/man-pages/man7/sock_diag.7.html

use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr, SocketAddrV4, SocketAddrV6};
use std::time::Duration;

use super::linux;
use super::message::attributes;
use crate::kernel::bytes::Cursor;
use crate::kernel::memory::Memory;
use crate::kernel::state::State;
use crate::kernel::tcp::TcpInfo;

const INFO: u16 = 2;
const MEMORY: u16 = 7;

/// A socket, or what the kernel keeps of it. A connection that is over (`TIME_WAIT`, and
/// `FIN_WAIT2` after `close`) and a half-open one (`SYN_RECV`) are stubs: no owner, no queues, no
/// `info`, no `memory`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// Its state. UDP: `Established` if connected, else `Close`.
    pub state: State,
    /// Where it is bound.
    pub local: SocketAddr,
    /// Where it is connected; port 0 if it is not.
    pub peer: SocketAddr,
    /// The number [`cookie`](crate::kernel::cookie) gives.
    pub cookie: u64,
    /// The timer that runs, if one does.
    pub timer: Option<Timer>,
    /// TCP: bytes not yet read, a FIN counting one. Listener: connections waiting for `accept`.
    /// UDP: memory charged, not payload.
    pub receive_queue: u32,
    /// TCP: bytes not yet acknowledged, a FIN counting one. Listener: the backlog in force.
    /// UDP: memory charged, not payload.
    pub send_queue: u32,
    /// Who holds a descriptor of it. None before `accept` and after `close`.
    pub owner: Option<Owner>,
    /// `TCP_INFO`, for TCP.
    pub info: Option<TcpInfo>,
    /// `SO_MEMINFO`.
    pub memory: Option<Memory>,
}

/// Who holds a socket.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Owner {
    /// The descriptor's inode, `socket:[…]` in `/proc/PID/fd`.
    pub inode: u32,
    /// The user who made it.
    pub uid: u32,
}

/// A running timer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Timer {
    /// What will happen when it runs out.
    pub kind: TimerKind,
    /// Until then, in steps of the kernel's tick (1 to 10 ms).
    pub remaining: Duration,
    /// How often it has run out in a row: retransmissions or probes without an answer.
    pub expirations: u8,
}

/// What a timer is for (`idiag_timer`). Delayed acknowledgements are not shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TimerKind {
    /// The oldest segment will be sent again, or (tail loss probe) the newest; for `SYN_RECV`
    /// the SYN-ACK.
    Retransmit,
    /// The peer will be asked whether it is still there; also how long `FIN_WAIT2` may last.
    Keepalive,
    /// The stub will be forgotten.
    TimeWait,
    /// The peer's window is closed and will be probed.
    Probe,
}

impl Entry {
    /// Reads `struct inet_diag_msg` and the attributes behind it. None if it is too short or
    /// its state or family has no name here.
    pub(super) fn parse(body: &[u8]) -> Option<Self> {
        let mut at = Cursor::new(body);
        let family = at.u8()?;
        let state = State::from_kernel(at.u8()?)?;
        let (timer, expirations) = (at.u8()?, at.u8()?);
        let (local_port, peer_port) =
            (u16::from_be_bytes(at.array()?), u16::from_be_bytes(at.array()?));
        let (local, peer) = (at.array::<16>()?, at.array::<16>()?);
        let interface = at.u32()?;
        let (cookie_low, cookie_high) = (at.u32()?, at.u32()?);
        let remaining = Duration::from_millis(u64::from(at.u32()?));
        let (receive_queue, send_queue, uid, inode) = (at.u32()?, at.u32()?, at.u32()?, at.u32()?);
        let mut entry = Self {
            state,
            local: address(family, local, local_port, interface)?,
            peer: address(family, peer, peer_port, interface)?,
            cookie: u64::from(cookie_high) << 32 | u64::from(cookie_low),
            timer: TimerKind::from_kernel(timer).map(|kind| Timer { kind, remaining, expirations }),
            receive_queue,
            send_queue,
            owner: (inode != 0).then_some(Owner { inode, uid }),
            info: None,
            memory: None,
        };
        for (kind, value) in attributes(body.get(FIXED..)?) {
            match kind {
                INFO => entry.info = TcpInfo::parse(value),
                MEMORY => entry.memory = Memory::parse(value),
                _ => {}
            }
        }
        Some(entry)
    }
}

/// The size of `struct inet_diag_msg`.
const FIXED: usize = 72;

/// An address from four words of network order. The interface is the scope of a link-local one.
fn address(family: u8, octets: [u8; 16], port: u16, interface: u32) -> Option<SocketAddr> {
    match i32::from(family) {
        linux::AF_INET => {
            let [a, b, c, d, ..] = octets;
            Some(SocketAddrV4::new(Ipv4Addr::new(a, b, c, d), port).into())
        }
        linux::AF_INET6 => {
            let ip = Ipv6Addr::from(octets);
            let scope = if ip.is_unicast_link_local() { interface } else { 0 };
            Some(SocketAddrV6::new(ip, port, 0, scope).into())
        }
        _ => None,
    }
}

impl TimerKind {
    fn from_kernel(number: u8) -> Option<Self> {
        match number {
            1 => Some(Self::Retransmit),
            2 => Some(Self::Keepalive),
            3 => Some(Self::TimeWait),
            4 => Some(Self::Probe),
            _ => None,
        }
    }
}
