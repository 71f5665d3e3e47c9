//! Owns the question where a relay listens, under which names, and what it says about that.

use super::Options;
use relay::policy;
use relay::server::{self, Server};
use std::io::{self, ErrorKind};
use std::net::{IpAddr, SocketAddr};

/// Refuses what may not be listened on.
///
/// # Errors
/// In one sentence.
pub(super) fn judge(options: &Options) -> anyhow::Result<()> {
    let (listen, ip) = (options.listen, plain(options.listen).ip());
    anyhow::ensure!(
        !(ip.is_unspecified() || ip.is_multicast()),
        "{listen} is not one address, and browsers must name one exactly: name one address of this machine."
    );
    anyhow::ensure!(
        policy::may_listen(plain(listen)) || options.expose,
        "{listen} is not loopback: use 127.0.0.1 or [::1], or add --expose, which tells what that means."
    );
    Ok(())
}

/// Listens where it is asked to; says what that means where it is beyond loopback.
pub(super) async fn open(options: &Options, connections: u32) -> anyhow::Result<Server> {
    let address = plain(options.listen);
    let config = server::Config { connections, ..Default::default() };
    let bound = Server::bind(address, config).await.map_err(|error| unbound(address, &error))?;
    if !policy::may_listen(address) {
        eprint!("{}", exposed(bound.address()));
    }
    Ok(bound.known_as(options.known_as.clone()))
}

/// An address in its one spelling: what is v4-mapped is IPv4 (RFC 4291, section 2.5.5.2).
fn plain(address: SocketAddr) -> SocketAddr {
    match address.ip().to_canonical() {
        IpAddr::V4(v4) => SocketAddr::new(v4.into(), address.port()),
        // With its scope.
        IpAddr::V6(_) => address,
    }
}

/// What listening there means.
fn exposed(address: SocketAddr) -> String {
    format!(
        "{address} is not loopback: everybody who can reach it can load the page and try tokens.\n\
         Nothing is encrypted: who listens on that network sees what viewers see and can read the viewers' token.\n\
         Commands are taken from this machine only; the link below is refused from anywhere else.\n\
         Others look on by the viewers' link, which you make on the page: they may watch and bet, nothing else.\n\
         You renew or end that link on the page, or with --new-token; everybody who came by it is sent away.\n"
    )
}

fn unbound(listen: SocketAddr, error: &io::Error) -> anyhow::Error {
    match error.kind() {
        ErrorKind::AddrInUse => anyhow::anyhow!(
            "{listen} is taken (EADDRINUSE): another relay may be running; try --listen 127.0.0.1:0."
        ),
        _ => anyhow::anyhow!("{listen} cannot be listened on: {error}."),
    }
}
