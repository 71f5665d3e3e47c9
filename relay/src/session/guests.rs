//! Owns who may enter, and as what: the owner by the printed link, viewers by the link that an owner
//! gives. Never touches a stream; only an owner's order touches the disk.
//!
//! The viewers' token is kept in the state folder, so that their link outlives the relay. It is read
//! when the relay starts and when an owner asks for it, never for who wants to enter: a stranger
//! causes no system call here. Of several relays with one state folder each goes by what it read last;
//! a link that was replaced or ended through one of them ends in another when an owner asks there too,
//! or when that one starts anew.

use crate::errno;
use crate::server;
use crate::state::{State, StateError, Token};
use protocol::command::Invite;
use protocol::message::Role;
use protocol::reply::Invited;
use protocol::{Done, ErrorKind, Failure};
use std::net::{IpAddr, SocketAddr};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::sync::watch;

/// Read-only sessions at once, where nothing else is said.
const VIEWERS: u32 = server::CONNECTIONS / 2;

/// From where somebody asks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Peer {
    /// From this very machine, or through a tunnel that ends on it.
    Here,
    /// From another one. What is said travels in the clear (there is no TLS here), and who reads the
    /// owner's token could make sockets as that user: it is not taken from there.
    Away,
}

impl Peer {
    /// Who connects from `peer` to a listener on `own`, which is one address and no wildcard. The
    /// kernel drops what comes from outside with either source (martians, RFC 1812, section 5.3.7).
    pub fn of(peer: SocketAddr, own: SocketAddr) -> Self {
        let (peer, own): (IpAddr, IpAddr) = (peer.ip().to_canonical(), own.ip().to_canonical());
        if peer.is_loopback() || peer == own { Self::Here } else { Self::Away }
    }
}

/// Who may enter. Clones are the same.
#[derive(Clone)]
pub struct Guests(Arc<Inner>);

struct Inner {
    owner: Token,
    /// Locked for moments only.
    link: Mutex<Option<Link>>,
    /// Where the link outlives the relay; locked while an order is carried out.
    kept: Mutex<Option<State>>,
    /// Viewers at once.
    most: u32,
}

/// The link that opens read-only sessions. Each of these holds a receiver: they are counted by it, and
/// end when the link is dropped.
struct Link {
    token: Token,
    ends: watch::Sender<()>,
}

/// Somebody who has been let in, for as long as this lives.
pub(crate) struct Guest {
    pub(super) role: Role,
    link: Option<watch::Receiver<()>>,
}

impl Guest {
    /// Comes true when what let it in has ended; never for an owner.
    pub(super) async fn ended(&mut self) {
        match &mut self.link {
            // Nothing is ever sent: this ends with the sender.
            Some(link) => while link.changed().await.is_ok() {},
            None => std::future::pending().await,
        }
    }
}

impl From<Token> for Guests {
    /// The owner, and viewers by a link that ends with the relay.
    fn from(owner: Token) -> Self {
        Self::new(owner, None, None, VIEWERS)
    }
}

impl Link {
    fn new(token: Token) -> Self {
        Self { token, ends: watch::Sender::new(()) }
    }

    fn viewers(&self) -> u32 {
        self.ends.receiver_count().try_into().unwrap_or(u32::MAX)
    }

    fn told(&self) -> Done {
        let viewers_token = self.token.reveal().to_owned();
        Done::Invited(Invited { viewers_token, viewers: self.viewers() })
    }
}

impl Guests {
    /// The owner, and by the link that the state folder keeps as many viewers at once: fewer than
    /// there are connections, so that they never keep the owner out.
    ///
    /// # Errors
    /// Where the file of the viewers' token is refused.
    pub fn kept(owner: Token, state: State, most: u32) -> Result<Self, StateError> {
        let link = state.viewers()?.map(Link::new);
        Ok(Self::new(owner, link, Some(state), most))
    }

    fn new(owner: Token, link: Option<Link>, kept: Option<State>, most: u32) -> Self {
        let (link, kept) = (Mutex::new(link), Mutex::new(kept));
        Self(Arc::new(Inner { owner, link, kept, most }))
    }

    /// Lets in who knows a token. Both are compared, always, each in constant time.
    pub(super) fn admit(&self, claim: &str, peer: Peer) -> Result<Guest, Failure> {
        let refused = |kind, message: &str| Err(Failure::new(kind, message));
        let link = self.link();
        let owner = self.0.owner.matches(claim);
        // Where there is no link the second comparison is made all the same, and does not count.
        let viewer = link.as_ref().map_or(&self.0.owner, |link| &link.token).matches(claim);
        match link.as_ref().filter(|_| viewer) {
            _ if owner && peer == Peer::Here => Ok(Guest { role: Role::Owner, link: None }),
            _ if owner => refused(ErrorKind::Denied, AWAY),
            None => refused(ErrorKind::Denied, WRONG),
            Some(link) if link.viewers() >= self.0.most => refused(ErrorKind::Limit, FULL),
            Some(link) => Ok(Guest { role: Role::Viewer, link: Some(link.ends.subscribe()) }),
        }
    }

    /// Whether somebody may do from there what owners may.
    pub(super) fn is_owner(&self, claim: &str, peer: Peer) -> bool {
        self.0.owner.matches(claim) && peer == Peer::Here
    }

    /// Does what an owner asks for of the viewers' link; may wait for the disk. Who came by a link
    /// that was to end is sent away even where the disk fails.
    ///
    /// # Errors
    /// Where the state folder, or the kernel, refuses.
    pub fn invite(&self, invite: Invite) -> Result<Done, Failure> {
        let kept = lock(&self.0.kept);
        match (invite, kept.as_ref()) {
            (Invite::Show, Some(state)) => Ok(self.set(state.invite().map_err(unkept)?)),
            (Invite::Show, None) => {
                let told = self.link().as_ref().map(Link::told);
                told.map_or_else(|| Ok(self.set(fresh()?)), Ok)
            }
            (Invite::Renew, state) => {
                self.end();
                let token = state.map_or_else(fresh, |state| state.new_viewers().map_err(unkept));
                Ok(self.set(token?))
            }
            (Invite::End, state) => {
                self.end();
                state.map_or(Ok(()), State::end_viewers).map_err(unkept)?;
                Ok(Done::nothing())
            }
        }
    }

    /// From now on the link has that token; who came by another is sent away.
    fn set(&self, token: Token) -> Done {
        let mut link = self.link();
        match &*link {
            Some(link) if link.token.matches(token.reveal()) => link.told(),
            _ => link.insert(Link::new(token)).told(),
        }
    }

    fn end(&self) {
        *self.link() = None;
    }

    fn link(&self) -> MutexGuard<'_, Option<Link>> {
        lock(&self.0.link)
    }
}

const AWAY: &str =
    "From another machine only the viewers' link is taken, since nothing is encrypted on the way.";
const WRONG: &str = "The token is wrong; open the link that the relay printed.";
const FULL: &str = "As many as may look on here at once do so already; try again later.";

fn fresh() -> Result<Token, Failure> {
    Token::random().map_err(|error| {
        Failure::errno(errno::name_of(&error), format!("No token can be made: {error}."))
    })
}

fn unkept(error: StateError) -> Failure {
    let message = error.to_string();
    match error {
        StateError::Failed { cause, .. } => Failure::errno(errno::name_of(&cause), message),
        _ => Failure::new(ErrorKind::Unsupported, message),
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;
    use futures_util::FutureExt as _;

    const OWNER: &str = "5555555555555555555555555555555555555555555555555555555555555555";

    fn guests(most: u32) -> Guests {
        Guests::new(Token::from_hex(OWNER).unwrap(), None, None, most)
    }

    fn asked(guests: &Guests, invite: Invite) -> (String, u32) {
        match guests.invite(invite).unwrap() {
            Done::Invited(told) => (told.viewers_token, told.viewers),
            other => panic!("{other:?}"),
        }
    }

    fn role(guests: &Guests, claim: &str, peer: Peer) -> Result<Role, ErrorKind> {
        guests.admit(claim, peer).map(|guest| guest.role).map_err(|failure| failure.kind)
    }

    #[test]
    fn each_token_gives_its_own_right() {
        let guests = guests(9);
        assert_eq!(role(&guests, &"6".repeat(64), Peer::Here), Err(ErrorKind::Denied));
        let (token, viewers) = asked(&guests, Invite::Show);
        assert_eq!((token.len(), viewers), (64, 0));
        for (claim, here, away) in [
            (OWNER, Ok(Role::Owner), Err(ErrorKind::Denied)),
            (token.as_str(), Ok(Role::Viewer), Ok(Role::Viewer)),
            ("", Err(ErrorKind::Denied), Err(ErrorKind::Denied)),
            (&token[..63], Err(ErrorKind::Denied), Err(ErrorKind::Denied)),
        ] {
            assert_eq!(role(&guests, claim, Peer::Here), here, "{claim}");
            assert_eq!(role(&guests, claim, Peer::Away), away, "{claim}");
        }
        assert!(guests.is_owner(OWNER, Peer::Here) && !guests.is_owner(OWNER, Peer::Away));
        assert!(!guests.is_owner(&token, Peer::Here));
    }

    #[test]
    fn who_came_by_a_link_leaves_with_it() {
        let guests = guests(9);
        let (first, _) = asked(&guests, Invite::Show);
        let mut owner = guests.admit(OWNER, Peer::Here).ok().unwrap();
        let mut viewer = guests.admit(&first, Peer::Away).ok().unwrap();
        assert_eq!(asked(&guests, Invite::Show), (first.clone(), 1));
        assert!(viewer.ended().now_or_never().is_none());
        let (second, viewers) = asked(&guests, Invite::Renew);
        assert!(second != first && viewers == 0);
        assert!(viewer.ended().now_or_never().is_some());
        assert_eq!(role(&guests, &first, Peer::Here), Err(ErrorKind::Denied));
        let mut viewer = guests.admit(&second, Peer::Away).ok().unwrap();
        assert_eq!(guests.invite(Invite::End).unwrap(), Done::nothing());
        assert!(viewer.ended().now_or_never().is_some());
        assert_eq!(role(&guests, &second, Peer::Here), Err(ErrorKind::Denied));
        assert!(owner.ended().now_or_never().is_none(), "an owner stays");
    }

    #[test]
    fn viewers_are_bounded_and_owners_are_not() {
        let guests = guests(2);
        let (token, _) = asked(&guests, Invite::Show);
        let enter = || guests.admit(&token, Peer::Here);
        let (one, _two) = (enter().ok().unwrap(), enter().ok().unwrap());
        assert_eq!(enter().err().unwrap().kind, ErrorKind::Limit);
        assert!(guests.admit(OWNER, Peer::Here).is_ok());
        drop(one);
        assert!(enter().is_ok(), "a place is free again");
    }

    #[test]
    fn only_this_machine_is_here() {
        let of = |peer: &str, own: &str| Peer::of(peer.parse().unwrap(), own.parse().unwrap());
        for (peer, own) in [
            ("127.0.0.1:5", "127.0.0.1:7007"),
            ("127.0.0.9:5", "192.0.2.7:7007"),
            ("192.0.2.7:5", "192.0.2.7:7007"),
            ("[::1]:5", "[2001:db8::7]:7007"),
            ("[2001:db8::7]:5", "[2001:db8::7]:7007"),
            ("[::ffff:192.0.2.7]:5", "192.0.2.7:7007"),
        ] {
            assert_eq!(of(peer, own), Peer::Here, "{peer} to {own}");
        }
        for (peer, own) in [
            ("192.0.2.8:5", "192.0.2.7:7007"),
            ("[2001:db8::8]:5", "[2001:db8::7]:7007"),
            ("[::ffff:192.0.2.8]:5", "192.0.2.7:7007"),
            ("10.0.0.1:5", "127.0.0.1:7007"),
        ] {
            assert_eq!(of(peer, own), Peer::Away, "{peer} to {own}");
        }
    }
}
