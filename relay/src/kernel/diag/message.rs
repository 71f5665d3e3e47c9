//! Netlink messages as `linux/netlink.h` and `linux/inet_diag.h` lay them out: questions to
//! bytes, bytes to answers. No socket here.

use std::io;
use std::net::{IpAddr, Ipv6Addr, SocketAddr};

use super::entry::Entry;
use super::{Family, Filter, Protocol, linux};
use crate::kernel::bytes::Cursor;
use crate::kernel::state::States;

/// `SOCK_DIAG_BY_FAMILY`, in `linux/sock_diag.h`.
pub(super) const BY_FAMILY: u16 = 20;

/// `INET_DIAG_INFO` and `INET_DIAG_SKMEMINFO` as bits of `idiag_ext`.
const EXTENSIONS: u8 = 1 << (2 - 1) | 1 << (7 - 1);

pub(super) const HEADER: usize = 16;
const REQUEST: usize = 56;

/// `struct inet_diag_req_v2` and whether it asks for a dump.
#[derive(Debug)]
pub(super) struct Request {
    protocol: Protocol,
    family: Family,
    states: States,
    source: (IpAddr, u16),
    destination: (IpAddr, u16),
    interface: u32,
    cookie: u64,
    dump: bool,
}

const NOWHERE: (IpAddr, u16) = (IpAddr::V6(Ipv6Addr::UNSPECIFIED), 0);

impl Request {
    pub(super) fn exact(
        protocol: Protocol,
        local: SocketAddr,
        peer: Option<SocketAddr>,
        cookie: u64,
    ) -> Self {
        let local_end = (local.ip(), local.port());
        let peer_end = peer.map_or(NOWHERE, |peer| (peer.ip(), peer.port()));
        let (source, destination) = match protocol {
            Protocol::Tcp => (local_end, peer_end),
            // udp_diag looks up the receiver of a datagram: "swapped for historical reasons".
            Protocol::Udp => (peer_end, local_end),
        };
        let interface = [Some(local), peer]
            .into_iter()
            .flatten()
            .map(scope)
            .find(|&scope| scope != 0)
            .unwrap_or(0);
        Self {
            protocol,
            family: Family::of(local),
            states: States::ALL,
            source,
            destination,
            interface,
            cookie,
            dump: false,
        }
    }

    pub(super) fn dump(filter: Filter) -> Self {
        Self {
            protocol: filter.protocol,
            family: filter.family,
            states: filter.states,
            source: (NOWHERE.0, filter.local_port.unwrap_or(0)),
            destination: NOWHERE,
            interface: 0,
            // INET_DIAG_NOCOOKIE, twice.
            cookie: u64::MAX,
            dump: true,
        }
    }

    pub(super) fn encode(&self, sequence: u32) -> Vec<u8> {
        let flags = linux::NLM_F_REQUEST | if self.dump { linux::NLM_F_DUMP } else { 0 };
        let mut bytes = Vec::with_capacity(HEADER + REQUEST);
        bytes.extend(((HEADER + REQUEST) as u32).to_ne_bytes());
        bytes.extend(BY_FAMILY.to_ne_bytes());
        bytes.extend((flags as u16).to_ne_bytes());
        bytes.extend(sequence.to_ne_bytes());
        bytes.extend(0_u32.to_ne_bytes()); // from: the kernel fills in our port
        let family = match self.family {
            Family::V4 => linux::AF_INET,
            Family::V6 => linux::AF_INET6,
        };
        let protocol = match self.protocol {
            Protocol::Tcp => linux::IPPROTO_TCP,
            Protocol::Udp => linux::IPPROTO_UDP,
        };
        bytes.extend([family as u8, protocol as u8, EXTENSIONS, 0]);
        bytes.extend(self.states.bits().to_ne_bytes());
        bytes.extend(self.source.1.to_be_bytes());
        bytes.extend(self.destination.1.to_be_bytes());
        bytes.extend(octets(self.source.0));
        bytes.extend(octets(self.destination.0));
        bytes.extend(self.interface.to_ne_bytes());
        // Two words, the low one first, on machines of either byte order.
        bytes.extend((self.cookie as u32).to_ne_bytes());
        bytes.extend(((self.cookie >> 32) as u32).to_ne_bytes());
        bytes
    }
}

/// The interface a link-local address belongs to, else 0.
fn scope(address: SocketAddr) -> u32 {
    match address {
        SocketAddr::V4(_) => 0,
        SocketAddr::V6(address) => address.scope_id(),
    }
}

/// An address as four words of network order; IPv4 fills the first.
fn octets(address: IpAddr) -> [u8; 16] {
    match address {
        IpAddr::V4(v4) => {
            let [a, b, c, d] = v4.octets();
            [a, b, c, d, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]
        }
        IpAddr::V6(v6) => v6.octets(),
    }
}

/// One netlink message, its header read and its body not.
#[derive(Debug)]
pub(super) struct Raw<'a> {
    kind: u16,
    pub(super) sequence: u32,
    body: &'a [u8],
}

/// What a netlink message says when it is no error.
#[derive(Debug)]
#[expect(clippy::large_enum_variant, reason = "taken apart as soon as it is made")]
pub(super) enum Message {
    Entry(Entry),
    Done,
    Other,
}

/// The messages of one datagram. Ends at the first that does not fit.
pub(super) fn split(mut bytes: &[u8]) -> impl Iterator<Item = Raw<'_>> {
    std::iter::from_fn(move || {
        let mut at = Cursor::new(bytes);
        let length = at.u32()? as usize;
        let kind = at.u16()?;
        let _flags = at.u16()?;
        let sequence = at.u32()?;
        let body = bytes.get(HEADER..length)?;
        bytes = bytes.get(length.next_multiple_of(4)..).unwrap_or_default();
        Some(Raw { kind, sequence, body })
    })
}

/// The attributes of a message: type and value.
pub(super) fn attributes(mut bytes: &[u8]) -> impl Iterator<Item = (u16, &[u8])> {
    std::iter::from_fn(move || {
        let mut at = Cursor::new(bytes);
        let length = usize::from(at.u16()?);
        let kind = at.u16()?;
        let value = bytes.get(4..length)?;
        bytes = bytes.get(length.next_multiple_of(4)..).unwrap_or_default();
        Some((kind, value))
    })
}

impl Raw<'_> {
    /// What describes a socket, whatever its family; or the errno that the message carries.
    pub(super) fn found(&self) -> io::Result<Option<&[u8]>> {
        if self.kind == BY_FAMILY {
            return Ok(Some(self.body));
        }
        self.content().map(|_| None)
    }

    /// The message, or the errno it carries.
    pub(super) fn content(&self) -> io::Result<Message> {
        let broken =
            || io::Error::new(io::ErrorKind::InvalidData, "a sock_diag message is too short");
        match i32::from(self.kind) {
            linux::NLMSG_ERROR => match error(self.body) {
                Some(0) => Ok(Message::Other),
                Some(errno) => Err(io::Error::from_raw_os_error(errno)),
                None => Err(broken()),
            },
            // A dump that failed half-way says so in its last message.
            linux::NLMSG_DONE => match error(self.body) {
                Some(errno) if errno != 0 => Err(io::Error::from_raw_os_error(errno)),
                _ => Ok(Message::Done),
            },
            kind if kind == i32::from(BY_FAMILY) => {
                Entry::parse(self.body).map(Message::Entry).ok_or_else(broken)
            }
            _ => Ok(Message::Other),
        }
    }
}

/// The errno at the front of a body, where it stands negative.
fn error(body: &[u8]) -> Option<i32> {
    Cursor::new(body).array().map(i32::from_ne_bytes).map(i32::wrapping_neg)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_question_is_72_bytes() {
        let local = "127.0.0.1:80".parse().unwrap();
        let peer = "127.0.0.2:4660".parse().unwrap();
        let bytes =
            Request::exact(Protocol::Tcp, local, Some(peer), 0x0102_0304_0506_0708).encode(7);
        assert_eq!(bytes.len(), 72);
        assert_eq!(bytes[24..28], [0, 80, 0x12, 0x34]);
        assert_eq!(bytes[28..32], [127, 0, 0, 1]);
        assert_eq!(bytes[44..48], [127, 0, 0, 2]);
        assert_eq!(bytes[64..68], 0x0506_0708_u32.to_ne_bytes());
        let udp = Request::exact(Protocol::Udp, local, Some(peer), 0).encode(8);
        assert_eq!(udp[24..28], [0x12, 0x34, 0, 80], "udp_diag wants them swapped");
    }

    #[test]
    fn errors_become_errnos_and_rubbish_ends_the_list() {
        let mut bytes = Vec::new();
        bytes.extend(20_u32.to_ne_bytes());
        bytes.extend((linux::NLMSG_ERROR as u16).to_ne_bytes());
        bytes.extend([0, 0]);
        bytes.extend(9_u32.to_ne_bytes());
        bytes.extend([0; 4]);
        bytes.extend((-libc::ENOENT).to_ne_bytes());
        bytes.extend([255; 9]);
        let all: Vec<_> = split(&bytes).collect();
        assert_eq!(all.len(), 1);
        assert_eq!(all[0].sequence, 9);
        assert_eq!(all[0].content().unwrap_err().raw_os_error(), Some(libc::ENOENT));
        assert_eq!(split(&[0; 64]).count(), 0, "a length of 0 must not loop");
        assert_eq!(attributes(&[0; 64]).count(), 0);
    }
}
