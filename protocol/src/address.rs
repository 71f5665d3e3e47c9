//! Owns the written form of a socket's address, or of a target. Never resolves a name.

pub mod host;

use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::fmt;
use std::net::{IpAddr, Ipv6Addr, SocketAddr, SocketAddrV4, SocketAddrV6};
use std::str::FromStr;

/// A socket's address: `127.0.0.1:80`, `[::1]:80`, `unix:NAME` or, of a target, `localhost:80`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Address {
    /// An IPv4 or IPv6 address and port (ip(7), ipv6(7)).
    Inet(SocketAddr),
    /// A name in the relay's private folder (unix(7)); "" is an unnamed socket. Which names the relay
    /// takes, its policy says.
    Unix(String),
    /// A host's name and a port: where to connect or send to, never where a socket is. The relay finds
    /// its address once, checks it, and uses and tells that.
    Name {
        /// The name, as [`host::is_name`] takes it; its case means nothing.
        host: String,
        /// The port.
        port: u16,
    },
}

/// Why a text is not an address.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AddressError {
    /// The part after the last colon is not 0 to 65535.
    #[error("port {0:?} is not a number from 0 to 65535")]
    Port(String),
    /// Neither an IP address with a port, nor `unix:NAME`, nor a host's name with a port.
    #[error(
        "{0:?} is not an address: write 127.0.0.1:8001, [::1]:8001 or unix:NAME; a host's name has a port too, localhost:8001"
    )]
    Form(String),
}

impl Address {
    /// The IP address and port, where this is one.
    pub fn inet(&self) -> Option<SocketAddr> {
        match self {
            Self::Inet(inet) => Some(*inet),
            Self::Unix(_) | Self::Name { .. } => None,
        }
    }

    /// The port, where there is one.
    pub fn port(&self) -> Option<u16> {
        match self {
            Self::Inet(inet) => Some(inet.port()),
            Self::Name { port, .. } => Some(*port),
            Self::Unix(_) => None,
        }
    }

    /// A host's name and a port; none where [`host::is_name`] takes it for no name.
    pub fn named(name: &str, port: u16) -> Option<Self> {
        host::is_name(name).then(|| Self::Name { host: name.to_owned(), port })
    }

    /// Whether the IP part is 0.0.0.0 or ::.
    pub fn is_wildcard(&self) -> bool {
        self.inet().is_some_and(|inet| inet.ip().is_unspecified())
    }

    /// The same place in its one spelling: what an IPv6 socket calls `::ffff:127.0.0.1` is 127.0.0.1.
    #[must_use]
    pub fn canonical(&self) -> Self {
        match self {
            Self::Inet(inet) => Self::Inet(SocketAddr::new(inet.ip().to_canonical(), inet.port())),
            Self::Name { host, port } => {
                Self::Name { host: host.to_ascii_lowercase(), port: *port }
            }
            Self::Unix(name) => Self::Unix(name.clone()),
        }
    }

    /// Whether a socket bound to `self` would receive what is sent to `target`: the same port, and
    /// the same IP or a wildcard of its family.
    pub fn covers(&self, target: &Self) -> bool {
        match (&self.canonical(), &target.canonical()) {
            (Self::Inet(own), Self::Inet(to)) => {
                own.port() == to.port()
                    && (own.ip() == to.ip()
                        || matches!((own.ip(), to.ip()), (IpAddr::V4(a), IpAddr::V4(_)) if a.is_unspecified())
                        || matches!((own.ip(), to.ip()), (IpAddr::V6(a), _) if a.is_unspecified()))
            }
            (Self::Unix(own), Self::Unix(to)) => own == to && !own.is_empty(),
            _ => false,
        }
    }
}

impl From<SocketAddr> for Address {
    fn from(inet: SocketAddr) -> Self {
        Self::Inet(inet)
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Inet(inet) => inet.fmt(f),
            Self::Unix(name) => write!(f, "unix:{name}"),
            Self::Name { host, port } => write!(f, "{host}:{port}"),
        }
    }
}

impl FromStr for Address {
    type Err = AddressError;

    fn from_str(text: &str) -> Result<Self, AddressError> {
        if let Some(name) = text.strip_prefix("unix:") {
            return Ok(Self::Unix(name.to_owned()));
        }
        if let Ok(inet) = text.parse() {
            return Ok(Self::Inet(inet));
        }
        let (host, port) = text.rsplit_once(':').unwrap_or((text, ""));
        let digits = port.starts_with(|first: char| first.is_ascii_digit());
        // A sign is no digit, though Rust reads one.
        if digits
            && let Ok(port) = port.parse()
            && let Some(named) = Self::named(host, port)
        {
            return Ok(named);
        }
        let host_is_fine =
            host.trim_start_matches('[').trim_end_matches(']').parse::<IpAddr>().is_ok()
                || (digits && host::is_name(host));
        if host_is_fine
            && !port.is_empty()
            && port.parse::<u16>().is_err()
            && text.parse::<IpAddr>().is_err()
        {
            return Err(AddressError::Port(port.to_owned()));
        }
        Err(AddressError::Form(text.to_owned()))
    }
}

/// The postcard form; serde's own for `SocketAddrV6` would lose the scope.
#[derive(Serialize, Deserialize)]
enum Binary {
    V4(SocketAddrV4),
    V6 { ip: Ipv6Addr, port: u16, scope: u32 },
    Unix(String),
    Name { host: String, port: u16 },
}

impl Serialize for Address {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if serializer.is_human_readable() {
            return serializer.collect_str(self);
        }
        match self.clone() {
            Self::Inet(SocketAddr::V4(inet)) => Binary::V4(inet),
            Self::Inet(SocketAddr::V6(inet)) => {
                Binary::V6 { ip: *inet.ip(), port: inet.port(), scope: inet.scope_id() }
            }
            Self::Unix(name) => Binary::Unix(name),
            Self::Name { host, port } => Binary::Name { host, port },
        }
        .serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Address {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        if deserializer.is_human_readable() {
            return String::deserialize(deserializer)?.parse().map_err(D::Error::custom);
        }
        Ok(match Binary::deserialize(deserializer)? {
            Binary::V4(inet) => Self::Inet(inet.into()),
            Binary::V6 { ip, port, scope } => {
                Self::Inet(SocketAddrV6::new(ip, port, 0, scope).into())
            }
            Binary::Unix(name) => Self::Unix(name),
            Binary::Name { host, port } => Self::named(&host, port)
                .ok_or_else(|| D::Error::custom("this is no host's name"))?,
        })
    }
}

#[cfg(feature = "schema")]
impl schemars::JsonSchema for Address {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Address".into()
    }
    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({"type": "string", "examples": ["127.0.0.1:80", "[::1]:80", "unix:NAME", "localhost:80"]})
    }
}
