//! Owns what is offered beside a socket: the few calls that make sense next. The rest is one click away
//! in the inspector, where nothing is refused that the kernel itself could answer.

use super::parse::Here;
use super::verb::Verb;
use protocol::command::{Family, Kind, Net, Side};
use protocol::world::{Progress, Socket};
use protocol::{Address, Command, SocketId, TcpState, World};
use std::net::SocketAddr;

/// A call offered beside a socket.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Offer {
    /// Which.
    pub verb: Verb,
    /// The inputs shown, by their places; the others keep their usual values.
    pub shown: &'static [usize],
    /// What stands in the inputs at first, where it is not the usual.
    pub first: Vec<(usize, String)>,
}

/// Why a form of the inspector is out of use.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// The socket is closed.
    Closed,
    /// Only datagram sockets send numbered datagrams.
    OnlyDatagram,
    /// It belongs to another program.
    Outside,
    /// No automatic program runs on it.
    NothingRuns,
}

fn plain(verb: Verb) -> Offer {
    Offer { verb, shown: &[], first: Vec::new() }
}

fn with(verb: Verb, shown: &'static [usize], first: Vec<(usize, String)>) -> Offer {
    Offer { verb, shown, first }
}

/// The calls that make sense next on a socket.
pub fn offers(world: &World, id: SocketId) -> Vec<Offer> {
    let ours = |socket: &&Socket| socket.is_open() && socket.program.is_none();
    let Some(socket) = world.sockets.get(&id).filter(ours) else {
        return Vec::new();
    };
    let mut offers = match socket.kind {
        Kind::Stream => stream(world, socket),
        Kind::Datagram => datagram(world, socket),
    };
    if let Some(call) = world.calls_of(id).find(|call| call.progress() == Progress::Blocked) {
        // A second of its kind would only wait for the first.
        let same = match call.ask {
            Command::Recv { .. } => Some(Verb::Recv),
            Command::Accept { .. } => Some(Verb::Accept),
            _ => None,
        };
        offers.retain(|offer| Some(offer.verb) != same);
        offers.push(plain(Verb::Interrupt));
    }
    let asks = socket.kernel.state == Some(TcpState::SynSent);
    let plugged = socket.listens() || socket.kernel.peer.is_some() || asks;
    if socket.kind == Kind::Stream && plugged {
        offers.push(plain(Verb::Close));
    }
    offers
}

/// Where there is little room: one form to write in, and two buttons; what wakes a sleeper first.
pub fn few(mut offers: Vec<Offer>) -> Vec<Offer> {
    crate::order::by_key(&mut offers, |offer| {
        (offer.shown.is_empty(), offer.verb != Verb::Interrupt)
    });
    let (mut written, mut plain) = (0, 0);
    offers.retain(|offer| {
        let (n, most) = if offer.shown.is_empty() { (&mut plain, 2) } else { (&mut written, 1) };
        *n += 1;
        *n <= most
    });
    offers
}

fn stream(world: &World, socket: &Socket) -> Vec<Offer> {
    if socket.listens() {
        return vec![plain(Verb::Accept)];
    }
    if socket.kernel.state == Some(TcpState::SynSent) {
        // The handshake is under way: it can be interrupted or given up.
        return Vec::new();
    }
    if socket.kernel.peer.is_some() {
        let mut offers = Vec::new();
        if !socket.shut_write {
            offers.push(with(Verb::Send, &[0], vec![(0, "hello".to_owned())]));
        }
        offers.push(plain(Verb::Recv));
        if !socket.shut_write {
            offers.push(plain(Verb::Shutdown));
        }
        return offers;
    }
    if is_bound(socket) {
        return vec![plain(Verb::Listen), connect(world, socket)];
    }
    vec![connect(world, socket), bind(socket, 8001)]
}

fn datagram(world: &World, socket: &Socket) -> Vec<Offer> {
    let to = target(world, socket, 5005);
    vec![
        with(Verb::SendTo, &[0, 1], vec![(0, "hello".to_owned()), (1, to)]),
        with(Verb::Burst, &[0], Vec::new()),
        // Nobody can send to a socket without an address: it has nothing to receive yet.
        if is_bound(socket) { plain(Verb::RecvFrom) } else { bind(socket, 5005) },
    ]
}

/// Whether it has an address of its own that others can name.
fn is_bound(socket: &Socket) -> bool {
    match &socket.kernel.local {
        Some(Address::Inet(inet)) => inet.port() != 0,
        Some(Address::Unix(name)) => !name.is_empty(),
        Some(Address::Name { .. }) | None => false,
    }
}

fn connect(world: &World, socket: &Socket) -> Offer {
    let to = target(world, socket, 8001);
    with(Verb::Connect, &[0], vec![(0, to)])
}

fn bind(socket: &Socket, port: u16) -> Offer {
    let text = match (socket.family, socket.kind) {
        (Family::Unix, Kind::Stream) => "unix:server".to_owned(),
        (Family::Unix, Kind::Datagram) => "unix:post".to_owned(),
        _ => SocketAddr::new(here(socket).own(), port).to_string(),
    };
    with(Verb::Bind, &[0], vec![(0, text)])
}

fn here(socket: &Socket) -> Here {
    Here { net: socket.net, family: socket.family }
}

/// Whom it most likely means, as text; on the wire at least the other end.
fn target(world: &World, socket: &Socket, port: u16) -> String {
    let guessed = guess(world, socket.id).or_else(|| {
        let across = SocketAddr::new(here(socket).far(), port);
        (socket.net != Net::Host).then(|| across.into())
    });
    guessed.map(|address| address.to_string()).unwrap_or_default()
}

/// The addresses that a socket of this kind could call or send to: ours, newest first.
pub fn aims(world: &World, kind: Kind) -> Vec<(SocketId, Address)> {
    world
        .sockets
        .values()
        .rev()
        .filter(|socket| socket.kind == kind && socket.is_open())
        .filter(|socket| kind == Kind::Datagram || socket.listens())
        .filter_map(|socket| Some((socket.id, reachable(socket)?)))
        .collect()
}

/// Where a bound socket is called: a wildcard by its net's own address.
fn reachable(socket: &Socket) -> Option<Address> {
    let own = socket.kernel.local.as_ref()?;
    if !is_bound(socket) {
        return None;
    }
    let Some(inet) = own.inet().filter(|_| own.is_wildcard()) else { return Some(own.clone()) };
    let family = if inet.is_ipv4() { Family::Ipv4 } else { Family::Ipv6 };
    let here = Here { net: socket.net, family };
    Some(SocketAddr::new(here.own(), inet.port()).into())
}

/// Whom a socket most likely means: its last aim, else the newest of its family across, else any.
pub fn guess(world: &World, id: SocketId) -> Option<Address> {
    let socket = world.sockets.get(&id)?;
    let across: Side = socket.side.opposite();
    let all = aims(world, socket.kind);
    let fits = |own: &Address| match own {
        Address::Inet(SocketAddr::V4(_)) => socket.family == Family::Ipv4,
        Address::Inet(SocketAddr::V6(_)) => socket.family == Family::Ipv6,
        Address::Unix(_) => socket.family == Family::Unix,
        Address::Name { .. } => false,
    };
    let aimed = world.aim_of(id).filter(|_| socket.kind == Kind::Datagram);
    // The wire and this machine's own network never meet.
    let host = |id: &SocketId| world.sockets.get(id).map(|socket| socket.net == Net::Host);
    let meets = |other: &SocketId| host(other) == Some(socket.net == Net::Host);
    let mut ours = all.iter().filter(|(other, own)| *other != id && meets(other) && fits(own));
    let aimed = aimed.and_then(|aimed| all.iter().find(|(other, _)| *other == aimed));
    let opposite =
        ours.clone().find(|(other, _)| world.sockets.get(other).is_some_and(|o| o.side == across));
    aimed.or(opposite).or_else(|| ours.next()).map(|(_, address)| address.clone())
}

/// Why a form is out of use, if it is.
pub fn refusal(socket: &Socket, verb: Verb) -> Option<Refusal> {
    if !socket.is_open() {
        return Some(Refusal::Closed);
    }
    if socket.program.is_some() {
        return Some(Refusal::Outside);
    }
    let datagram = socket.kind == Kind::Datagram;
    match verb {
        Verb::Burst | Verb::Lossy if !datagram => Some(Refusal::OnlyDatagram),
        Verb::Stop if socket.reader.is_none() && socket.serving.is_none() => {
            Some(Refusal::NothingRuns)
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn few_are_one_form_and_two_buttons_and_the_sleeper_is_woken_first() {
        let all = vec![
            with(Verb::SendTo, &[0, 1], Vec::new()),
            with(Verb::Burst, &[0], Vec::new()),
            plain(Verb::RecvFrom),
            plain(Verb::Close),
            plain(Verb::Interrupt),
        ];
        let verbs: Vec<Verb> = few(all).into_iter().map(|offer| offer.verb).collect();
        assert_eq!(verbs, [Verb::SendTo, Verb::Interrupt, Verb::RecvFrom]);
    }
}
