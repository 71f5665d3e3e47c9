//! Owns the parent's side of the helper process: starts it, asks it, reaps it. Never enters a
//! namespace itself.

use super::ask::frame::{self, Got};
use super::ask::{Answered, Asked, At as _, Family, Fault, Hello, Kind, Plan, Request, Step, code};
use super::counter::ProcFiles;
use super::{End, Key, helper};
use rustix::net::sockopt::{Timeout, set_socket_timeout};
use rustix::net::{AddressFamily, SocketFlags, SocketType, socketpair};
use std::fs::File;
use std::io;
use std::os::fd::{AsFd as _, OwnedFd};
use std::os::unix::process::CommandExt as _;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// What the helper is given to make the namespaces. It takes milliseconds, but on a busy machine it may
/// have to wait for others that are being taken down.
const PATIENCE_TO_START: Duration = Duration::from_secs(20);
/// What it is given to answer. It takes microseconds; only a stopped process takes this long.
const PATIENCE: Duration = Duration::from_secs(5);

/// A handle on the helper and its two namespaces. When it is dropped both vanish with the helper; sockets
/// that were made there keep their namespace alive until they are closed.
#[derive(Debug)]
pub struct Namespaces {
    control: Mutex<Control>,
    helper: Helper,
    join: Join,
}

/// What a process needs to join an end (setns(2)): first the user namespace, then one of the others.
#[derive(Debug)]
pub struct Join {
    /// The user namespace that owns them; none where they were made by root without one.
    pub user: Option<OwnedFd>,
    /// The network namespaces, left first.
    pub nets: [OwnedFd; 2],
}

/// What the helper hands over at the start.
#[derive(Debug)]
pub(super) struct Started {
    pub(super) namespaces: Namespaces,
    pub(super) devices: [OwnedFd; 2],
    pub(super) diag: [OwnedFd; 2],
    pub(super) destroyed: [OwnedFd; 2],
    pub(super) proc: [ProcFiles; 2],
    pub(super) unset: Vec<String>,
}

#[derive(Debug)]
struct Control {
    socket: OwnedFd,
    number: u32,
}

/// Ended and reaped on drop.
#[derive(Debug)]
struct Helper {
    child: Mutex<Child>,
    id: u32,
}

impl Namespaces {
    /// Starts `program` as the helper and waits for its word.
    pub(super) fn start(program: &Path, plan: Plan) -> Result<Started, Fault> {
        let (ours, theirs) =
            socketpair(AddressFamily::UNIX, SocketType::SEQPACKET, SocketFlags::CLOEXEC, None)
                .at(Step::Helper)?;
        set_socket_timeout(&ours, Timeout::Recv, Some(PATIENCE_TO_START)).at(Step::Helper)?;
        let child = Command::new(program)
            .arg(helper::MARKER)
            .args(plan.words())
            .env_clear()
            .current_dir("/")
            .process_group(0)
            .stdin(Stdio::from(theirs))
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .at(Step::Helper)?;
        let helper = Helper { id: child.id(), child: Mutex::new(child) };
        let control = Control { socket: ours, number: 0 };
        let greeting = frame::receive(control.socket.as_fd()).at(Step::Helper)?;
        set_socket_timeout(&control.socket, Timeout::Recv, Some(PATIENCE)).at(Step::Helper)?;
        match greeting {
            Got::Message(Hello::Ready { ipv6, unset }, descriptors) => {
                started(control, helper, ipv6, unset, descriptors).at(Step::Helper)
            }
            Got::Message(Hello::Refused(fault), _) => Err(fault),
            Got::Garbage | Got::End => Err(Fault { step: Step::Helper, errno: libc::EPIPE }),
        }
    }

    /// socket(2) in an end: `AF_INET` or `AF_INET6`, `SOCK_STREAM` or `SOCK_DGRAM` (also with
    /// `SOCK_NONBLOCK`; it always closes on exec), and the protocol 0 or the one that fits.
    /// `EAFNOSUPPORT`, `ESOCKTNOSUPPORT`, `EPROTONOSUPPORT` for anything else; `EMFILE` as the kernel
    /// says it; [`BrokenPipe`](io::ErrorKind::BrokenPipe) if the helper is gone,
    /// [`TimedOut`](io::ErrorKind::TimedOut) if it is stopped.
    pub fn socket(&self, end: End, domain: i32, kind: i32, protocol: i32) -> io::Result<OwnedFd> {
        let refused = |errno| Err(io::Error::from_raw_os_error(errno));
        let nonblocking = kind & libc::SOCK_NONBLOCK != 0;
        let family = match domain {
            libc::AF_INET => Family::Ipv4,
            libc::AF_INET6 => Family::Ipv6,
            _ => return refused(libc::EAFNOSUPPORT),
        };
        let kind = match kind & !(libc::SOCK_NONBLOCK | libc::SOCK_CLOEXEC) {
            libc::SOCK_STREAM => Kind::Stream,
            libc::SOCK_DGRAM => Kind::Datagram,
            _ => return refused(libc::ESOCKTNOSUPPORT),
        };
        match (kind, protocol) {
            (_, 0) | (Kind::Stream, libc::IPPROTO_TCP) | (Kind::Datagram, libc::IPPROTO_UDP) => {}
            _ => return refused(libc::EPROTONOSUPPORT),
        }
        let descriptors = self.ask(Request::Socket { end, family, kind, nonblocking })?;
        descriptors.into_iter().next().ok_or_else(|| io::ErrorKind::InvalidData.into())
    }

    /// Writes a setting of an end. `EINVAL` unless there are [`Key::count`] numbers, or if the kernel
    /// does not take them; `EROFS` where `/proc/sys` is read-only.
    pub fn sysctl(&self, end: End, key: Key, values: &[u32]) -> io::Result<()> {
        if values.len() != key.count() {
            return Err(io::Error::from_raw_os_error(libc::EINVAL));
        }
        let mut room = [0; Key::MOST];
        room[..values.len()].copy_from_slice(values);
        self.ask(Request::Sysctl { end, key, values: room })?;
        Ok(())
    }

    /// Sets the largest packet of an end's device, 68 to 65,535 bytes, while it runs. Below 1280 the
    /// kernel takes IPv6 away from the end (RFC 8200, 5); from 1280 on the address is set again.
    pub fn mtu(&self, end: End, bytes: u32) -> io::Result<()> {
        self.ask(Request::Mtu { end, bytes })?;
        Ok(())
    }

    /// Whether the helper is still there. Reaps it if not.
    pub fn alive(&self) -> bool {
        matches!(lock(&self.helper.child).try_wait(), Ok(None))
    }

    /// Duplicates of the namespaces' descriptors, for a process that shall join one. They keep the
    /// namespaces alive: close them soon.
    pub fn join(&self) -> io::Result<Join> {
        let [left, right] = &self.join.nets;
        let user = self.join.user.as_ref().map(OwnedFd::try_clone).transpose()?;
        Ok(Join { user, nets: [left.try_clone()?, right.try_clone()?] })
    }

    /// The helper's process id.
    pub fn pid(&self) -> u32 {
        self.helper.id
    }

    fn ask(&self, request: Request) -> io::Result<Vec<OwnedFd>> {
        let mut control = lock(&self.control);
        control.number = control.number.wrapping_add(1);
        let number = control.number;
        let socket = control.socket.as_fd();
        frame::send(socket, &Asked { number, request }, &[]).map_err(plain)?;
        loop {
            match frame::receive::<Answered>(socket).map_err(plain)? {
                // An answer to a question whose asker has lost patience.
                Got::Message(answer, _) if answer.number != number => {}
                Got::Message(Answered { result: Ok(()), .. }, descriptors) => {
                    return Ok(descriptors);
                }
                Got::Message(Answered { result: Err(errno), .. }, _) => {
                    return Err(io::Error::from_raw_os_error(errno));
                }
                Got::Garbage => return Err(io::ErrorKind::InvalidData.into()),
                Got::End => return Err(io::ErrorKind::BrokenPipe.into()),
            }
        }
    }
}

/// A dead or stopped helper is no errno of the call that was asked for.
fn plain(error: io::Error) -> io::Error {
    match code(&error) {
        libc::EPIPE | libc::ECONNRESET => io::ErrorKind::BrokenPipe.into(),
        libc::EAGAIN => io::ErrorKind::TimedOut.into(),
        _ => error,
    }
}

fn started(
    control: Control,
    helper: Helper,
    ipv6: bool,
    unset: Vec<String>,
    descriptors: Vec<OwnedFd>,
) -> io::Result<Started> {
    let mut rest = descriptors.into_iter();
    let mut next = || rest.next().ok_or_else(|| io::Error::from_raw_os_error(libc::EPROTO));
    let devices = [next()?, next()?];
    let mut witnesses = || -> io::Result<_> {
        let (diag, destroyed) = (next()?, next()?);
        let (snmp, netstat, dev) = (next()?, next()?, next()?);
        let snmp6 = if ipv6 { Some(File::from(next()?)) } else { None };
        let proc = ProcFiles { snmp: snmp.into(), snmp6, netstat: netstat.into(), dev: dev.into() };
        Ok((diag, destroyed, proc))
    };
    let (left, right) = (witnesses()?, witnesses()?);
    let join = Join { nets: [next()?, next()?], user: rest.next() };
    Ok(Started {
        namespaces: Namespaces { control: Mutex::new(control), helper, join },
        devices,
        diag: [left.0, right.0],
        destroyed: [left.1, right.1],
        proc: [left.2, right.2],
        unset,
    })
}

impl Drop for Helper {
    fn drop(&mut self) {
        let mut child = lock(&self.child);
        let _ = child.kill();
        let _ = child.wait();
    }
}

fn lock<T>(of: &Mutex<T>) -> MutexGuard<'_, T> {
    of.lock().unwrap_or_else(PoisonError::into_inner)
}
