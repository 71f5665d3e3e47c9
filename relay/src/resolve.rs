//! Owns names: finds a host's addresses once, checks all of them, and puts one in the command's place of
//! the name. Never opens a socket of its own; the system's resolver does.

use crate::policy::Policy;
use protocol::command::{Application, Family, Net, Serving};
use protocol::limit::{LOOKUP_SPAN, LOOKUPS};
use protocol::{Address, Command, ErrorKind, Failure};
use std::io;
use std::net::{IpAddr, SocketAddr, ToSocketAddrs as _};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::Semaphore;

/// Finds a name's addresses; may block for as long as it likes.
pub type Lookup = Arc<dyn Fn(&str) -> io::Result<Vec<IpAddr>> + Send + Sync>;

/// Looks names up, at most [`LOOKUPS`] at a time.
#[derive(Clone)]
pub struct Resolver {
    lookup: Lookup,
    places: Arc<Semaphore>,
    patience: Duration,
}

impl Default for Resolver {
    /// The system's own (getaddrinfo(3)).
    fn default() -> Self {
        Self::by(Arc::new(|host| {
            Ok((host, 0).to_socket_addrs()?.map(|address| address.ip()).collect())
        }))
    }
}

impl Resolver {
    /// Another, which gives up after [`LOOKUP_SPAN`] too.
    pub fn by(lookup: Lookup) -> Self {
        let patience = Duration::from_nanos(LOOKUP_SPAN);
        Self { lookup, places: Arc::new(Semaphore::new(LOOKUPS)), patience }
    }

    /// The same, giving up after that span.
    #[must_use]
    pub fn patient(self, patience: Duration) -> Self {
        Self { patience, ..self }
    }

    /// The command with an address in the place of its name: the first of the family, where the policy
    /// takes every one that the name has. Asks at most once.
    ///
    /// `denied` naming an address that is out of reach, `limit` while [`LOOKUPS`] others are under way,
    /// `timed_out` after the span, `bad_request` where the name has no such address.
    pub async fn settle(
        &self,
        policy: &Policy,
        family: Family,
        mut command: Command,
    ) -> Result<Command, Failure> {
        if let Some(target) = target_of(&mut command)
            && let Address::Name { host, port } = target
        {
            let (host, port) = (std::mem::take(host), *port);
            let found = self.find(&host).await?;
            *target = checked(policy, family, &host, port, &found)?.into();
        }
        Ok(command)
    }

    async fn find(&self, host: &str) -> Result<Vec<IpAddr>, Failure> {
        let Ok(place) = Arc::clone(&self.places).try_acquire_owned() else {
            let why = format!("{LOOKUPS} names are being looked up already; try again.");
            return Err(Failure::new(ErrorKind::Limit, why));
        };
        let (lookup, name) = (Arc::clone(&self.lookup), host.to_owned());
        let asked = tokio::task::spawn_blocking(move || {
            // Held until the resolver is done, even where nobody waits for it any more.
            let _place = place;
            lookup(&name)
        });
        match tokio::time::timeout(self.patience, asked).await {
            Ok(Ok(Ok(found))) => Ok(found),
            Ok(Ok(Err(error))) => {
                Err(bad(format!("{host} was looked up, and has no address: {error}.")))
            }
            Ok(Err(_)) => Err(Failure::new(ErrorKind::Interrupted, "The look-up has ended.")),
            Err(_) => Err(Failure::new(
                ErrorKind::TimedOut,
                format!("Nobody said within {} s what {host} is.", self.patience.as_secs_f64()),
            )),
        }
    }
}

/// The address that a command names as its target.
pub fn target_of(command: &mut Command) -> Option<&mut Address> {
    match command {
        Command::Connect { address, .. } | Command::SendTo { address, .. } => Some(address),
        Command::Burst { address, .. } => address.as_mut(),
        Command::Serve { set: Some(Serving { app: Application::Film { to, .. }, .. }), .. } => {
            to.as_mut()
        }
        _ => None,
    }
}

/// The first address of the family, where all are in reach.
fn checked(
    policy: &Policy,
    family: Family,
    host: &str,
    port: u16,
    found: &[IpAddr],
) -> Result<SocketAddr, Failure> {
    let mut first = None;
    for ip in found {
        let checked = policy.check_target(Net::Host, &SocketAddr::new(*ip, port).into());
        let inet = checked.map_err(|failure| {
            let why = format!("{host} has this address: {}", failure.message);
            Failure::new(failure.kind, why)
        })?;
        if inet.is_ipv6() == (family == Family::Ipv6) {
            first.get_or_insert(inet);
        }
    }
    let version = if family == Family::Ipv6 { 6 } else { 4 };
    first.ok_or_else(|| bad(format!("{host} was looked up, and has no IPv{version} address.")))
}

fn bad(why: String) -> Failure {
    Failure::new(ErrorKind::BadRequest, why)
}

#[cfg(test)]
mod tests {
    use super::*;
    use protocol::SocketId;
    use std::sync::Mutex;
    use std::sync::atomic::{AtomicUsize, Ordering};

    fn policy() -> Policy {
        let allow = ["192.0.2.0/24:80", "2001:db8::/32"].map(|range| range.parse().unwrap());
        Policy { own: vec!["192.0.2.9:80".parse().unwrap()], allow: allow.into() }
    }

    fn asks(address: &str) -> Command {
        Command::Connect { socket: SocketId(1), address: address.parse().unwrap() }
    }

    async fn settled(found: &[&str], family: Family, address: &str) -> Result<String, String> {
        let found: Vec<IpAddr> = found.iter().map(|ip| ip.parse().unwrap()).collect();
        let resolver = Resolver::by(Arc::new(move |_| Ok(found.clone())));
        match resolver.settle(&policy(), family, asks(address)).await {
            Ok(mut command) => Ok(target_of(&mut command).unwrap().to_string()),
            Err(failure) => Err(failure.message),
        }
    }

    #[tokio::test]
    async fn every_address_is_checked_and_the_first_of_the_family_taken() {
        let both = ["2001:db8::1", "192.0.2.1", "192.0.2.2"];
        assert_eq!(settled(&both, Family::Ipv4, "a.test:80").await.unwrap(), "192.0.2.1:80");
        assert_eq!(settled(&both, Family::Ipv6, "a.test:80").await.unwrap(), "[2001:db8::1]:80");
        let mapped = ["::ffff:192.0.2.1"];
        assert_eq!(settled(&mapped, Family::Ipv4, "a.test:80").await.unwrap(), "192.0.2.1:80");
        for (found, says) in [
            (["192.0.2.1", "169.254.169.254"], "169.254.169.254:80 is out of reach"),
            (["192.0.2.1", "64:ff9b::a9fe:a9fe"], "is out of reach"),
            (["192.0.2.1", "192.0.2.9"], "the relay itself listens"),
            (["192.0.2.1", "0.0.0.0"], "is no host"),
            (["192.0.2.1", "fe80::1"], "link-local"),
        ] {
            let failure = settled(&found, Family::Ipv4, "a.test:80").await.unwrap_err();
            assert!(failure.starts_with("a.test has this address: "), "{failure}");
            assert!(failure.contains(says) && failure.ends_with('.'), "{failure}");
        }
        let none = settled(&["2001:db8::1"], Family::Ipv4, "a.test:80").await.unwrap_err();
        assert_eq!(none, "a.test was looked up, and has no IPv4 address.");
        assert!(settled(&[], Family::Ipv6, "a.test:80").await.is_err());
        assert!(settled(&["192.0.2.1"], Family::Ipv4, "a.test:81").await.is_err());
    }

    #[tokio::test]
    async fn what_is_no_name_is_not_looked_up() {
        let resolver = Resolver::by(Arc::new(|host| panic!("{host} was looked up")));
        let ask = asks("192.0.2.1:80");
        assert_eq!(resolver.settle(&policy(), Family::Ipv4, ask.clone()).await, Ok(ask));
    }

    #[tokio::test]
    async fn a_resolver_that_sleeps_keeps_its_place() {
        let (wake, asleep) = std::sync::mpsc::channel::<()>();
        let (asleep, asked) = (Mutex::new(asleep), Arc::new(AtomicUsize::new(0)));
        let count = Arc::clone(&asked);
        let resolver = Resolver::by(Arc::new(move |_| {
            count.fetch_add(1, Ordering::Relaxed);
            // Ends when the test lets go of the other end.
            let _ = asleep.lock().unwrap_or_else(std::sync::PoisonError::into_inner).recv();
            Ok(Vec::new())
        }))
        .patient(Duration::from_millis(20));
        let policy = policy();
        for _ in 0..LOOKUPS {
            let late = resolver.settle(&policy, Family::Ipv4, asks("a.test:80")).await;
            assert_eq!(late.unwrap_err().kind, ErrorKind::TimedOut);
        }
        let full = resolver.settle(&policy, Family::Ipv4, asks("a.test:80")).await.unwrap_err();
        assert_eq!(full.kind, ErrorKind::Limit);
        assert!(asked.load(Ordering::Relaxed) <= LOOKUPS);
        drop(wake);
    }
}
