//! Owns the question which addresses a socket on this machine's own network may be bound to or
//! reach. Pure: never resolves a name, opens a socket or asks the kernel (ports below 1024 are its
//! business).

mod allow;
mod budget;
mod special;

pub use allow::{Range, RangeError};
pub use budget::{Meter, Targets, too_fast};
use protocol::address::host;
use protocol::command::{Family, Net};
use protocol::limit::UNIX_NAME;
use protocol::wire::{IPV4, IPV6};
use protocol::{Address, End, ErrorKind, Failure};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

/// What may be bound and reached: loopback and what is allowed besides, save the relay's own listeners
/// as targets.
#[derive(Clone, Debug, Default)]
pub struct Policy {
    /// Where the relay itself listens. A page that could reach them could drive the relay with the
    /// relay's own hands (mitmweb, CVE-2025-23217).
    pub own: Vec<SocketAddr>,
    /// What `--allow` names.
    pub allow: Vec<Range>,
}

impl Policy {
    /// The address to bind in a net, in its one spelling. On `host`: `denied` unless it is loopback or
    /// allowed, with all ports where the kernel is to choose one; a wildcard would listen beyond that.
    /// On the wire: wildcards too, since they stay inside it. `unsupported` for `unix:`, `bad_request`
    /// for a name.
    pub fn check_bind(&self, net: Net, address: &Address) -> Result<SocketAddr, Failure> {
        if let Address::Name { .. } = address {
            let why = "A socket is bound to an address, not to a name: write 127.0.0.1 or [::1].";
            return Err(Failure::new(ErrorKind::BadRequest, why));
        }
        let inet = canonical(address)?;
        if net != Net::Host {
            return inside(inet);
        }
        if inet.ip().is_loopback() {
            return Ok(inet);
        }
        // No range of ports holds 0, so that the kernel chooses only where all are allowed.
        self.check_far(inet, "be bound to")?;
        Ok(inet)
    }

    /// The address to connect or send to, in its one spelling; `denied` unless it is loopback or
    /// allowed, and not the relay itself, `unsupported` for `unix:`. `0.0.0.0` and `[::]` are denied
    /// because the kernel takes them for loopback (connect(2) on Linux), and so for the relay.
    ///
    /// On the wire: any address of it and of its own loopback; nothing else is there.
    ///
    /// A name is none of them: [`local`] knows some, and the lab's resolver the others.
    pub fn check_target(&self, net: Net, address: &Address) -> Result<SocketAddr, Failure> {
        if let Address::Name { host, .. } = address {
            return Err(self.unknown(net, host));
        }
        let inet = canonical(address)?;
        if net != Net::Host {
            return inside(inet);
        }
        if !inet.ip().is_loopback() {
            self.check_far(inet, "reach")?;
        }
        if self.own.iter().any(|own| reaches(inet, plain(*own))) {
            return denied(
                inet,
                "that is where the relay itself listens, and only other addresses may be reached",
            );
        }
        Ok(inet)
    }

    /// Whether anything beyond loopback is allowed.
    pub fn goes_far(&self) -> bool {
        !self.allow.is_empty()
    }

    /// Whether a name is to be looked up for a socket: where it can lead somewhere, and only a resolver
    /// knows. What remains a name, the lab refuses.
    pub fn looks_up(&self, net: Net, family: Family, host: &str) -> bool {
        net == Net::Host
            && self.goes_far()
            && family != Family::Unix
            && local(net, family, host).is_none()
    }

    /// What a socket of the host may do beyond loopback: where the address and each that it carries
    /// inside are allowed, and none is for many or for nobody.
    fn check_far(&self, inet: SocketAddr, what: &str) -> Result<(), Failure> {
        let inside = special::embedded(inet.ip());
        let all = std::iter::once(inet.ip()).chain(inside.iter().copied().map(IpAddr::V4));
        for ip in all {
            let carried =
                if ip == inet.ip() { "" } else { "of the IPv4 address that it carries, " };
            if let Some(why) = special::never(ip).filter(|_| self.goes_far()) {
                return denied(inet, &format!("{carried}{why}, whatever is allowed")).map(drop);
            }
            if !self.allow.iter().any(|range| range.covers(ip, inet.port())) {
                let allowed = format!("{carried}a socket here may only {what} {}", self.told());
                return denied(inet, &allowed).map(drop);
            }
        }
        Ok(())
    }

    /// What is allowed, for a sentence.
    fn told(&self) -> String {
        let mut told = "loopback, 127.0.0.0/8 or [::1]".to_owned();
        for range in &self.allow {
            told = format!("{told}, or {range}");
        }
        told
    }

    /// Why a name that was not looked up leads nowhere.
    fn unknown(&self, net: Net, host: &str) -> Failure {
        let allowed = match net {
            Net::Host if self.goes_far() => {
                let why = "was asked for before the relay knew its socket; ask again";
                return Failure::new(ErrorKind::BadRequest, format!("{host} {why}."));
            }
            Net::Host => format!("a socket here may only reach {}", self.told()),
            Net::Left | Net::Right => {
                "only left, right and localhost have names on the wire".to_owned()
            }
        };
        Failure::new(ErrorKind::Denied, format!("{host} is out of reach: {allowed}."))
    }
}

/// What a name means without asking anybody: `localhost` is loopback (RFC 6761, 6.3), and on the wire
/// `left` and `right` are its ends.
pub fn local(net: Net, family: Family, host: &str) -> Option<IpAddr> {
    let six = family == Family::Ipv6;
    let of = |end: End| {
        if six { IpAddr::V6(IPV6[end.index()]) } else { IpAddr::V4(IPV4[end.index()]) }
    };
    match host {
        _ if host::is_localhost(host) && six => Some(Ipv6Addr::LOCALHOST.into()),
        _ if host::is_localhost(host) => Some(Ipv4Addr::LOCALHOST.into()),
        _ if net == Net::Host => None,
        _ => End::BOTH.into_iter().find(|end| end.name().eq_ignore_ascii_case(host)).map(of),
    }
}

/// Whether an address lies beyond loopback and the wire.
pub fn is_far(net: Net, inet: SocketAddr) -> bool {
    net == Net::Host && !inet.ip().to_canonical().is_loopback()
}

/// Whether a Unix socket may be given or reach that name: a plain one in the relay's own folder.
/// `denied` for paths, hidden names and abstract ones (unix(7)).
pub fn check_name(name: &str) -> Result<(), Failure> {
    let plain = |c: char| c.is_ascii_alphanumeric() || "._-".contains(c);
    let fits = (1..=UNIX_NAME).contains(&name.len());
    if fits && name.chars().all(plain) && !name.starts_with('.') {
        return Ok(());
    }
    Err(Failure::new(
        ErrorKind::Denied,
        format!(
            "unix:{name} is out of reach: a name here is 1 to {UNIX_NAME} of A-Z a-z 0-9 . _ -, not \
             beginning with a dot, and lies in the relay's own folder."
        ),
    ))
}

/// An address that a socket on the wire may name: the wire's, loopback, or a wildcard.
fn inside(inet: SocketAddr) -> Result<SocketAddr, Failure> {
    let ip = inet.ip();
    let wire = match ip {
        IpAddr::V4(v4) => v4.octets()[..3] == [10, 77, 0],
        IpAddr::V6(v6) => v6.segments()[..4] == [0xfd77, 0, 0, 0],
    };
    if wire || ip.is_loopback() || ip.is_unspecified() {
        return Ok(inet);
    }
    denied(
        inet,
        "a socket on the wire may only name 10.77.0.0/24, fd77::/64, loopback and wildcards",
    )
}

/// Whether what is sent to `target` may come to a listener on `own`: by its address, or one that it
/// carries.
fn reaches(target: SocketAddr, own: SocketAddr) -> bool {
    let carries =
        || special::embedded(target.ip()).into_iter().any(|v4| IpAddr::V4(v4) == own.ip());
    target.port() == own.port()
        && (target.ip() == own.ip() || own.ip().is_unspecified() || carries())
}

/// The address in its one spelling: v4-mapped as IPv4, without flow label and scope.
fn canonical(address: &Address) -> Result<SocketAddr, Failure> {
    address.inet().map(plain).ok_or_else(|| {
        Failure::new(
            ErrorKind::Unsupported,
            "unix: addresses are for sockets of family unix; this one takes an IP address with a port.",
        )
    })
}

pub(crate) fn plain(inet: SocketAddr) -> SocketAddr {
    SocketAddr::new(inet.ip().to_canonical(), inet.port())
}

fn denied(inet: SocketAddr, allowed: &str) -> Result<SocketAddr, Failure> {
    Err(Failure::new(ErrorKind::Denied, format!("{inet} is out of reach: {allowed}.")))
}

/// Whether the relay may listen there: loopback only, in a plain spelling.
pub fn may_listen(address: SocketAddr) -> bool {
    match address.ip() {
        IpAddr::V4(v4) => v4.is_loopback(),
        IpAddr::V6(v6) => v6 == Ipv6Addr::LOCALHOST,
    }
}

#[cfg(test)]
mod tests;
