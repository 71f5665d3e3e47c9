//! Owns what is to be done with a command, or why not. Nothing is tried here.

use super::immediate;
use super::option;
use super::slot::Slot;
use super::work::State;
use crate::kernel;
use crate::policy::{self, Policy};
use crate::resolve::target_of;
use protocol::command::{Application, Family, Kind, Net, Reading, Serving, SocketOption};
use protocol::data::Data;
use protocol::{Address, CallId, Command, Done, ErrorKind, Failure, limit};
use rustix::fd::AsFd;
use socket2::SockAddr;
use std::io;
use std::net::SocketAddr;

/// What is to be done with a command.
pub(super) enum Plan {
    /// It may block: it takes its lane.
    Lane(State),
    /// bind(2) to the checked address.
    Bind(SockAddr),
    /// It never blocks.
    Now(fn(&Slot, &Command) -> io::Result<Done>),
    /// `SO_TIMESTAMPING`.
    Stamps(bool),
    /// close(2).
    Close,
    /// Sets or removes the reader.
    Reader,
    /// Sets or removes the automatic program; with whom its film goes to.
    Serve(Option<SockAddr>),
}

impl Plan {
    /// Whom it reaches, where that is an IP address.
    pub(super) fn target(&self) -> Option<SocketAddr> {
        let to = match self {
            Self::Lane(State::Connect { to, .. } | State::SendTo { to, .. }) => Some(to),
            Self::Lane(State::Burst(burst)) => burst.to(),
            Self::Serve(film) => film.as_ref(),
            _ => None,
        };
        to.and_then(SockAddr::as_socket).map(policy::plain)
    }
}

/// Puts an address in the place of a name that needs no asking.
pub(super) fn settle(slot: &Slot, command: &mut Command) {
    if let Some(target) = target_of(command)
        && let Address::Name { host, port } = target
        && let Some(ip) = policy::local(slot.net, slot.family, host).filter(|_| !slot.is_unix())
    {
        *target = SocketAddr::new(ip, *port).into();
    }
}

/// What is to be done, or why not: nothing has been tried yet.
pub(super) fn plan(policy: &Policy, slot: &Slot, command: &Command) -> Result<Plan, Failure> {
    Ok(match command {
        Command::Accept { .. } => Plan::Lane(State::Accept),
        Command::Connect { address, .. } => {
            Plan::Lane(State::Connect { to: target(policy, slot, address)?, begun: false })
        }
        Command::Send { data, all, .. } => {
            Plan::Lane(State::Send { data: payload(data)?, taken: 0, parts: 0, all: *all })
        }
        Command::SendTo { address, data, .. } => {
            datagram_only(slot, "send_to")?;
            Plan::Lane(State::SendTo { data: payload(data)?, to: target(policy, slot, address)? })
        }
        Command::Recv { max, peek, .. } => {
            Plan::Lane(State::Receive { max: size(*max)?, peek: *peek, from: false })
        }
        Command::RecvFrom { max, peek, .. } => {
            Plan::Lane(State::Receive { max: size(*max)?, peek: *peek, from: true })
        }
        Command::Burst { address, count, bytes, .. } => {
            datagram_only(slot, "burst")?;
            check_burst(*count, *bytes)?;
            let to = address.as_ref().map(|to| target(policy, slot, to)).transpose()?;
            Plan::Lane(State::Burst(super::burst::Burst::new(to, *count, *bytes as usize)))
        }
        Command::Bind { address, .. } => Plan::Bind(match name(slot, address)? {
            Some(named) => named,
            None => SockAddr::from(fit(slot, policy.check_bind(slot.net, address)?)),
        }),
        Command::Listen { .. } => {
            check_listen(slot)?;
            Plan::Now(immediate::listen)
        }
        Command::Option { set, .. } => {
            option::check(slot, *set)?;
            if let SocketOption::Timestamps(on) = set {
                return Ok(Plan::Stamps(*on));
            }
            Plan::Now(immediate::set_option)
        }
        Command::Shutdown { .. } => Plan::Now(immediate::shutdown),
        Command::Timeout { .. } | Command::Nonblocking { .. } => Plan::Now(immediate::set_waiting),
        Command::Interrupt { call, .. } => {
            check_interrupt(slot, *call)?;
            Plan::Now(immediate::interrupt)
        }
        Command::Reader { set, .. } => {
            set.map(|reading| check_reader(slot, reading)).transpose()?;
            Plan::Reader
        }
        Command::Serve { set, .. } => {
            set.as_ref().map(|serving| check_serving(slot, serving)).transpose()?;
            let film = match set {
                Some(Serving { app: Application::Film { to: Some(to), .. }, .. }) => Some(to),
                _ => None,
            };
            Plan::Serve(film.map(|to| target(policy, slot, to)).transpose()?)
        }
        Command::Close { .. } => Plan::Close,
        Command::Socket { .. }
        | Command::Experiment(_)
        | Command::Reset
        | Command::Impair { .. }
        | Command::Freeze { .. }
        | Command::Packet(_)
        | Command::Trap { .. }
        | Command::PacketBytes { .. }
        | Command::Wire(_)
        | Command::Pause { .. }
        | Command::Step
        | Command::Record(_)
        | Command::Invite(_) => {
            return Err(Failure::new(ErrorKind::BadRequest, "This command names no socket."));
        }
    })
}

fn check_interrupt(slot: &Slot, call: Option<CallId>) -> Result<(), Failure> {
    match call.filter(|call| slot.lanes().iter().all(|lane| lane.current.get() != Some(*call))) {
        None => Ok(()),
        Some(call) => Err(Failure::new(
            ErrorKind::UnknownId,
            format!("Call {call} does not run on this socket."),
        )),
    }
}

fn check_listen(slot: &Slot) -> Result<(), Failure> {
    // After a refused connect(2) Linux still tells a port, of every address, and listen(2) picks another.
    let bound = kernel::local(slot.as_fd())
        .ok()
        .flatten()
        .is_some_and(|local| local.port() != 0 && !policy::plain(local).ip().is_unspecified());
    // On the wire, every network is the wire; a Unix socket is on none.
    if bound || slot.is_unix() || slot.kind == Kind::Datagram || slot.net != Net::Host {
        return Ok(());
    }
    Err(Failure::new(
        ErrorKind::Denied,
        "Bind it to an address first: the kernel would let an unbound socket listen on every network.",
    ))
}

/// Whom a socket may reach, checked.
fn target(policy: &Policy, slot: &Slot, address: &Address) -> Result<SockAddr, Failure> {
    Ok(match name(slot, address)? {
        Some(named) => named,
        None => SockAddr::from(fit(slot, policy.check_target(slot.net, address)?)),
    })
}

/// A Unix socket's address for a name, checked; none for an IP address. What is of another family
/// than the socket, the kernel would refuse with errnos of several kinds.
fn name(slot: &Slot, address: &Address) -> Result<Option<SockAddr>, Failure> {
    let wrong = |what| Err(Failure::new(ErrorKind::BadRequest, what));
    match (&slot.names, address) {
        (Some(names), Address::Unix(name)) => {
            policy::check_name(name)?;
            let named = names.address(name);
            named.map(Some).map_err(|_| Failure::new(ErrorKind::Limit, "The name is too long."))
        }
        (Some(_), Address::Inet(_) | Address::Name { .. }) => {
            wrong("A Unix socket has names for addresses: write unix:NAME.")
        }
        (None, _) => Ok(None),
    }
}

/// The checked address in the socket's own family, so that an IPv6 socket can reach IPv4.
fn fit(slot: &Slot, to: SocketAddr) -> SocketAddr {
    match (slot.family, to) {
        (Family::Ipv6, SocketAddr::V4(v4)) => {
            SocketAddr::new(v4.ip().to_ipv6_mapped().into(), v4.port())
        }
        _ => to,
    }
}

fn payload(data: &Data) -> Result<Vec<u8>, Failure> {
    if data.len() > limit::FILL_BYTES as usize {
        return Err(Failure::new(
            ErrorKind::Limit,
            format!("One send carries at most {} bytes here.", limit::FILL_BYTES),
        ));
    }
    Ok(data.to_bytes())
}

fn size(max: u32) -> Result<usize, Failure> {
    if max > limit::RECV_BYTES {
        return Err(Failure::new(
            ErrorKind::Limit,
            format!("One receive asks for at most {} bytes here.", limit::RECV_BYTES),
        ));
    }
    Ok(max as usize)
}

/// A receive of no bytes empties no stream: its reader would never rest.
fn check_reader(slot: &Slot, reading: Reading) -> Result<(), Failure> {
    if reading.max == 0 && slot.kind == Kind::Stream {
        return Err(Failure::new(
            ErrorKind::BadRequest,
            "A stream's reader asks for 1 byte or more.",
        ));
    }
    size(reading.max).map(drop)
}

fn check_serving(slot: &Slot, serving: &Serving) -> Result<(), Failure> {
    match &serving.app {
        Application::Read(reading) => check_reader(slot, *reading),
        Application::Echo { max } | Application::Answer { max, .. } if *max == 0 => {
            Err(Failure::new(ErrorKind::BadRequest, "It has to ask for 1 byte or more."))
        }
        Application::Answer { data, .. } if data.len() > limit::ANSWER => Err(Failure::new(
            ErrorKind::Limit,
            format!("An automatic answer has at most {} bytes.", limit::ANSWER),
        )),
        Application::Echo { max } | Application::Answer { max, .. } => size(*max).map(drop),
        Application::Film { frames, every, .. } => {
            if !(1..=limit::FRAMES).contains(frames) || *every < 1_000_000 {
                return Err(Failure::new(
                    ErrorKind::Limit,
                    format!("A film has 1 to {} frames, at least 1 ms apart.", limit::FRAMES),
                ));
            }
            Ok(())
        }
        Application::Idle => Ok(()),
    }
}

fn datagram_only(slot: &Slot, call: &str) -> Result<(), Failure> {
    if slot.kind == Kind::Datagram {
        return Ok(());
    }
    Err(Failure::new(
        ErrorKind::Unsupported,
        format!("{call} is for datagram sockets; a stream knows whom it is connected to."),
    ))
}

fn check_burst(count: u32, bytes: u32) -> Result<(), Failure> {
    if !(1..=limit::BURST).contains(&count) {
        return Err(Failure::new(
            ErrorKind::Limit,
            format!("A burst has 1 to {} datagrams.", limit::BURST),
        ));
    }
    if bytes > 65_527 {
        return Err(Failure::errno(
            "EMSGSIZE",
            "A datagram holds at most 65,507 bytes over IPv4 and 65,527 over IPv6.",
        ));
    }
    Ok(())
}

#[cfg(test)]
mod tests;
