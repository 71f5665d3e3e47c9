//! Owns the IP header (RFC 791, RFC 8200): addresses, length, fragment. Never looks at what is inside.

use etherparse::err::ip::SliceError;
use etherparse::{IpSlice, Ipv6ExtensionSlice, Ipv6Slice};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// Bytes of an IPv6 header without extensions.
const IPV6_HEADER: usize = 40;

/// Which part of a datagram a fragment is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Piece {
    /// What all fragments of the datagram have in common.
    pub(super) ident: u32,
    /// Where its bytes belong, from 0.
    pub(super) offset: u32,
    /// Whether more follow.
    pub(super) more: bool,
}

/// A packet whose IP header holds.
#[derive(Debug)]
pub(super) struct Ip<'a> {
    /// Its sender.
    pub(super) src: IpAddr,
    /// Its receiver.
    pub(super) dst: IpAddr,
    /// The protocol inside, behind all extension headers.
    pub(super) protocol: u8,
    /// Which fragment it is. A datagram in one piece is none, even with a fragment header (RFC 6946).
    pub(super) piece: Option<Piece>,
    /// Where the payload begins, in bytes from the IP header's first.
    pub(super) begins: usize,
    /// What is behind the IP header and its extensions.
    pub(super) payload: &'a [u8],
}

impl<'a> Ip<'a> {
    /// The header, or why it cannot be read, in one sentence.
    pub(super) fn read(bytes: &'a [u8]) -> Result<Self, String> {
        let ip = IpSlice::from_slice(unjumbo(bytes)).map_err(|error| why(&error))?;
        let (src, dst) = (ip.source_addr(), ip.destination_addr());
        let (begins, piece) = match &ip {
            IpSlice::Ipv4(v4) => {
                let header = v4.header();
                let auth = v4.extensions().auth.map_or(0, |auth| auth.slice().len());
                let piece = header.is_fragmenting_payload().then(|| Piece {
                    ident: header.identification().into(),
                    offset: u32::from(header.fragments_offset().value()) * 8,
                    more: header.more_fragments(),
                });
                (header.slice().len() + auth, piece)
            }
            IpSlice::Ipv6(v6) => (IPV6_HEADER + v6.extensions().slice().len(), piece_of(v6)),
        };
        let inside = ip.payload();
        let (protocol, payload) = (inside.ip_number.0, inside.payload);
        Ok(Self { src, dst, protocol, piece, begins, payload })
    }
}

fn piece_of(v6: &Ipv6Slice) -> Option<Piece> {
    if !v6.is_payload_fragmented() {
        return None;
    }
    v6.extensions().clone().into_iter().find_map(|extension| match extension {
        Ipv6ExtensionSlice::Fragment(fragment) if fragment.is_fragmenting_payload() => {
            Some(Piece {
                ident: fragment.identification(),
                offset: u32::from(fragment.fragment_offset().value()) * 8,
                more: fragment.more_fragments(),
            })
        }
        _ => None,
    })
}

/// An IPv6 header that says 0 bytes means it here: the wire is too narrow for jumbograms (RFC 2675),
/// for which etherparse would take all that is there.
fn unjumbo(bytes: &[u8]) -> &[u8] {
    match bytes {
        [first, _, _, _, 0, 0, ..] if first >> 4 == 6 => bytes.get(..IPV6_HEADER).unwrap_or(bytes),
        _ => bytes,
    }
}

fn why(error: &SliceError) -> String {
    match error {
        SliceError::Len(error) => {
            let (needs, has) = (error.required_len, error.len);
            format!("It is cut off: its {} needs {needs} bytes and has {has}.", error.layer)
        }
        SliceError::IpHeaders(error) => format!("Its header makes no sense: {error}."),
    }
}

/// Sender, receiver and protocol of a packet that is otherwise not to be understood.
pub(super) fn told(bytes: &[u8]) -> Option<(IpAddr, IpAddr, u8)> {
    match bytes.first()? >> 4 {
        4 => {
            let at = |begins: usize| -> Option<IpAddr> {
                let octets: [u8; 4] = bytes.get(begins..begins + 4)?.try_into().ok()?;
                Some(Ipv4Addr::from(octets).into())
            };
            Some((at(12)?, at(16)?, *bytes.get(9)?))
        }
        6 => {
            let at = |begins: usize| -> Option<IpAddr> {
                let octets: [u8; 16] = bytes.get(begins..begins + 16)?.try_into().ok()?;
                Some(Ipv6Addr::from(octets).into())
            };
            Some((at(8)?, at(24)?, *bytes.get(6)?))
        }
        _ => None,
    }
}
