//! Owns a packet of the wire: what its headers say, its marks and its one fate. Never its whole bytes.

use crate::data::Payload;
use crate::reply::Numbered;
use crate::{Address, Nanos};
use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::fmt;
use std::net::{Ipv4Addr, Ipv6Addr};

/// Payload bytes that an event shows of a short packet; a longer payload is left out.
pub const START: usize = 32;

/// A packet of the wire, from 1.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(transparent)]
pub struct PacketId(pub u64);

impl fmt::Display for PacketId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// One end of the wire.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum End {
    /// 10.77.0.1, fd77::1.
    Left,
    /// 10.77.0.2, fd77::2.
    Right,
}

impl End {
    /// Both, left first.
    pub const BOTH: [Self; 2] = [Self::Left, Self::Right];

    /// The other.
    #[must_use]
    pub fn opposite(self) -> Self {
        match self {
            Self::Left => Self::Right,
            Self::Right => Self::Left,
        }
    }

    /// "left" or "right".
    pub fn name(self) -> &'static str {
        match self {
            Self::Left => "left",
            Self::Right => "right",
        }
    }

    /// Its IPv4 address, in 10.77.0.0/24.
    pub fn ipv4(self) -> Ipv4Addr {
        crate::wire::IPV4[self.index()]
    }

    /// Its IPv6 address, in fd77::/64.
    pub fn ipv6(self) -> Ipv6Addr {
        crate::wire::IPV6[self.index()]
    }

    /// 0 for left, 1 for right.
    pub fn index(self) -> usize {
        usize::from(self == Self::Right)
    }
}

/// A TCP header's flags (RFC 9293, 3.1; RFC 3168), the lowest bit FIN. In JSON a list of names.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Flags(pub u8);

impl Flags {
    /// No more data from the sender.
    pub const FIN: Self = Self(1);
    /// Synchronise sequence numbers.
    pub const SYN: Self = Self(1 << 1);
    /// Reset the connection.
    pub const RST: Self = Self(1 << 2);
    /// Push.
    pub const PSH: Self = Self(1 << 3);
    /// The acknowledgement field counts.
    pub const ACK: Self = Self(1 << 4);
    /// The urgent pointer counts.
    pub const URG: Self = Self(1 << 5);
    /// ECN echo.
    pub const ECE: Self = Self(1 << 6);
    /// Congestion window reduced.
    pub const CWR: Self = Self(1 << 7);

    const NAMES: [(Self, &str); 8] = [
        (Self::SYN, "SYN"),
        (Self::FIN, "FIN"),
        (Self::RST, "RST"),
        (Self::PSH, "PSH"),
        (Self::ACK, "ACK"),
        (Self::URG, "URG"),
        (Self::ECE, "ECE"),
        (Self::CWR, "CWR"),
    ];

    /// Whether all of `other`'s are set.
    pub fn has(self, other: Self) -> bool {
        self.0 & other.0 == other.0
    }

    /// The names of those that are set, SYN, FIN and RST first.
    pub fn names(self) -> impl Iterator<Item = &'static str> {
        Self::NAMES.into_iter().filter(move |(flag, _)| self.has(*flag)).map(|(_, name)| name)
    }
}

impl std::ops::BitOr for Flags {
    type Output = Self;
    fn bitor(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }
}

impl Serialize for Flags {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if serializer.is_human_readable() {
            serializer.collect_seq(self.names())
        } else {
            serializer.serialize_u8(self.0)
        }
    }
}

impl<'de> Deserialize<'de> for Flags {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        if !deserializer.is_human_readable() {
            return u8::deserialize(deserializer).map(Self);
        }
        let flag = |name: &String| {
            let known = Self::NAMES.iter().find(|(_, own)| own == name);
            known.map(|(flag, _)| *flag).ok_or_else(|| {
                D::Error::custom(format!("{name:?} is no flag of TCP; they are SYN, FIN, RST, …"))
            })
        };
        let names = Vec::<String>::deserialize(deserializer)?;
        names.iter().try_fold(Self(0), |flags, name| Ok(flags | flag(name)?))
    }
}

#[cfg(feature = "schema")]
impl schemars::JsonSchema for Flags {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Flags".into()
    }
    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        let names: Vec<&str> = Self::NAMES.iter().map(|(_, name)| *name).collect();
        schemars::json_schema!({"type": "array", "items": {"enum": names}})
    }
}

/// Whose packet an ICMP message speaks of.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct About {
    /// Its sender.
    pub src: Address,
    /// Its receiver.
    pub dst: Address,
}

macro_rules! shapes {
    ($($(#[$doc:meta])* $name:ident { $($(#[$fdoc:meta])* $field:ident: $type:ty),* $(,)? })*) => {$(
        $(#[$doc])*
        #[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
        #[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
        #[serde(deny_unknown_fields)]
        pub struct $name { $($(#[$fdoc])* pub $field: $type),* }
    )*};
}

shapes! {
    /// A TCP segment (RFC 9293).
    TcpHead {
        /// Its flags.
        flags: Flags,
        /// Sequence number, counted from its sender's SYN (or from the first segment seen); mod 2^32.
        seq: u32,
        /// Acknowledgement number, counted likewise from the other's SYN; 0 without ACK.
        ack: u32,
        /// The window that it offers, in bytes: scaled, where the handshake was seen (RFC 7323).
        window: u32,
        /// Payload bytes.
        payload: u32,
        /// Whether all that it carries (data, SYN or FIN) has been seen on the wire before.
        again: bool,
        /// The blocks that it acknowledges selectively (RFC 2018), counted as `ack` is.
        sack: Vec<(u32, u32)>,
        /// The payload, where it has at most [`START`] bytes.
        start: Payload,
    }
    /// A UDP datagram in one packet (RFC 768).
    UdpHead {
        /// Payload bytes.
        payload: u32,
        /// Which of our numbered datagrams it is.
        numbered: Option<Numbered>,
        /// The payload, where it has at most [`START`] bytes.
        start: Payload,
    }
    /// An ICMP or ICMPv6 message (RFC 792, RFC 4443).
    IcmpHead {
        /// Its type.
        kind: u8,
        /// Its code.
        code: u8,
        /// The packet that it speaks of, where it carries one.
        about: Option<About>,
    }
    /// A fragment of an IP datagram (RFC 791, RFC 8200).
    FragmentHead {
        /// What all fragments of the datagram have in common.
        ident: u32,
        /// Where its bytes belong, from 0.
        offset: u32,
        /// Whether more follow.
        more: bool,
        /// The protocol inside (17 is UDP).
        protocol: u8,
        /// Its own bytes behind the IP header.
        payload: u32,
        /// Of which of our numbered datagrams it is a part.
        numbered: Option<Numbered>,
    }
    /// Any other IP packet.
    OtherHead {
        /// The protocol inside (IANA's numbers).
        protocol: u8,
        /// Bytes behind the IP header.
        payload: u32,
    }
}

/// What a packet's headers say.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Head {
    /// A TCP segment.
    Tcp(TcpHead),
    /// A UDP datagram.
    Udp(UdpHead),
    /// An ICMP or ICMPv6 message.
    Icmp(IcmpHead),
    /// A fragment.
    Fragment(FragmentHead),
    /// Any other IP packet.
    Other(OtherHead),
    /// No IP packet that can be read.
    Unparsed {
        /// What is wrong with it.
        why: String,
    },
}

impl Head {
    /// Which of our numbered datagrams it is, or is a part of.
    pub fn numbered(&self) -> Option<Numbered> {
        match self {
            Self::Udp(udp) => udp.numbered,
            Self::Fragment(fragment) => fragment.numbered,
            _ => None,
        }
    }

    /// Payload bytes behind the transport header, or behind IP's where there is none.
    pub fn payload(&self) -> u32 {
        match self {
            Self::Tcp(tcp) => tcp.payload,
            Self::Udp(udp) => udp.payload,
            Self::Fragment(fragment) => fragment.payload,
            Self::Other(other) => other.payload,
            Self::Icmp(_) | Self::Unparsed { .. } => 0,
        }
    }
}

/// Something that was done to a packet on the wire. A packet may have several.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Mark {
    /// It does not move until it is released.
    Held,
    /// It moves again.
    Released,
    /// One bit of it was flipped.
    Damaged {
        /// In which byte, from the IP header's first.
        offset: u32,
    },
    /// It was sent a second time, under another id.
    Copied {
        /// The copy.
        #[serde(rename = "as")]
        copy: PacketId,
    },
    /// A trap put off its leaving.
    Delayed {
        /// By how much.
        by: Nanos,
    },
}

/// Why the wire lost a packet.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Lost {
    /// By hand or by a trap.
    Killed,
    /// By the random loss asked for.
    Random,
    /// By a burst of losses (Gilbert–Elliott).
    Burst,
    /// It was the n-th of its kind.
    Nth,
    /// The queue before the slow link was full.
    QueueFull,
    /// The far device did not take it.
    DeviceFull,
    /// The cable was pulled.
    Cable,
}

impl Lost {
    /// As the journal writes it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Killed => "killed",
            Self::Random => "random",
            Self::Burst => "burst",
            Self::Nth => "nth",
            Self::QueueFull => "queue_full",
            Self::DeviceFull => "device_full",
            Self::Cable => "cable",
        }
    }
}

/// A packet's end, once and final. `delivered` may be corrected to `device_full` when the write failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum PacketFate {
    /// It was given to the far end's kernel.
    Delivered,
    /// The wire lost it.
    Lost(Lost),
}
