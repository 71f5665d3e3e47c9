//! Owns the form of the few rtnetlink(7) requests and the socket that carries them. Knows no device.

use rustix::io::retry_on_intr;
use rustix::net::netlink::SocketAddrNetlink;
use rustix::net::{
    AddressFamily, RecvFlags, SendFlags, SocketFlags, SocketType, recv, sendto, socket_with,
};
use std::io;
use std::os::fd::OwnedFd;

/// Bytes of `struct nlmsghdr` (netlink(7)).
const HEAD: usize = 16;
/// `NLA_F_NESTED`.
const NESTED: u16 = 1 << 15;

/// A request under construction: a header, a fixed part, attributes.
pub(super) struct Request(Vec<u8>);

impl Request {
    /// Begins one; `fixed` is the structure that this type starts with.
    pub(super) fn new(kind: u16, flags: i32, fixed: &[u8]) -> Self {
        let flags = (libc::NLM_F_REQUEST | libc::NLM_F_ACK | flags) as u16;
        let mut bytes = vec![0; HEAD];
        bytes[4..6].copy_from_slice(&kind.to_ne_bytes());
        bytes[6..8].copy_from_slice(&flags.to_ne_bytes());
        bytes.extend_from_slice(fixed);
        Self(bytes)
    }

    /// Adds an attribute.
    #[must_use]
    pub(super) fn with(mut self, kind: u16, value: &[u8]) -> Self {
        let length = (4 + value.len()) as u16;
        self.0.extend_from_slice(&length.to_ne_bytes());
        self.0.extend_from_slice(&kind.to_ne_bytes());
        self.0.extend_from_slice(value);
        self.0.resize(self.0.len().next_multiple_of(4), 0);
        self
    }

    /// Adds a text, which ends with a zero.
    #[must_use]
    pub(super) fn with_text(self, kind: u16, text: &str) -> Self {
        self.with(kind, &[text.as_bytes(), &[0]].concat())
    }

    /// Adds a number.
    #[must_use]
    pub(super) fn with_number(self, kind: u16, number: u32) -> Self {
        self.with(kind, &number.to_ne_bytes())
    }

    /// Adds an attribute that holds what `fill` adds.
    #[must_use]
    pub(super) fn with_nest(mut self, kind: u16, fill: impl FnOnce(Self) -> Self) -> Self {
        let begin = self.0.len();
        self.0.extend_from_slice(&[0; 4]);
        let mut filled = fill(self);
        let length = (filled.0.len() - begin) as u16;
        filled.0[begin..begin + 2].copy_from_slice(&length.to_ne_bytes());
        filled.0[begin + 2..begin + 4].copy_from_slice(&(kind | NESTED).to_ne_bytes());
        filled
    }

    /// Adds bytes that are no attribute, inside a nest.
    #[must_use]
    pub(super) fn with_fixed(mut self, bytes: &[u8]) -> Self {
        self.0.extend_from_slice(bytes);
        self
    }

    fn finished(mut self) -> Vec<u8> {
        let length = self.0.len() as u32;
        self.0[..4].copy_from_slice(&length.to_ne_bytes());
        self.0
    }
}

/// A `NETLINK_ROUTE` socket of the namespace where it was opened.
pub(super) struct Route(OwnedFd);

impl Route {
    pub(super) fn open() -> io::Result<Self> {
        let flags = SocketFlags::CLOEXEC;
        Ok(Self(socket_with(
            AddressFamily::NETLINK,
            SocketType::DGRAM,
            flags,
            None, // NETLINK_ROUTE is 0
        )?))
    }

    /// Does one request; the kernel answers before sendto(2) returns.
    pub(super) fn ask(&self, request: Request) -> io::Result<()> {
        let bytes = request.finished();
        let kernel = SocketAddrNetlink::new(0, 0);
        retry_on_intr(|| sendto(&self.0, &bytes, SendFlags::empty(), &kernel))?;
        let mut answer = [0; 1024];
        let (length, _) = retry_on_intr(|| recv(&self.0, &mut answer[..], RecvFlags::empty()))?;
        match errno(&answer[..length]) {
            Some(0) => Ok(()),
            Some(errno) => Err(io::Error::from_raw_os_error(errno)),
            None => Err(io::ErrorKind::InvalidData.into()),
        }
    }
}

/// The errno of an `NLMSG_ERROR`; 0 is an acknowledgement.
fn errno(answer: &[u8]) -> Option<i32> {
    let kind = u16::from_ne_bytes(answer.get(4..6)?.try_into().ok()?);
    let errno = i32::from_ne_bytes(answer.get(HEAD..HEAD + 4)?.try_into().ok()?);
    (i32::from(kind) == libc::NLMSG_ERROR).then_some(-errno)
}
