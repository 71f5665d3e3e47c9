//! Owns call sequences that one button asks for: each is a call of its own, made when the one before
//! has succeeded, and shown as such.

use super::parse::{self, Here, Problem};
use protocol::command::{Family, Kind, Side};
use protocol::{Address, Command, Done, SocketId};
use std::net::SocketAddr;

/// What is still to be asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Plan {
    kind: Kind,
    address: Address,
    socket: Option<SocketId>,
    step: u8,
}

impl Plan {
    /// socket, bind, listen, accept (for datagrams: socket, bind), and its first command.
    ///
    /// # Errors
    /// What is wrong with `at`, a port or a Unix socket's name.
    pub fn server(
        here: Here,
        side: Side,
        kind: Kind,
        at: &str,
    ) -> Result<(Self, Command), Problem> {
        let Here { net, family } = here;
        let address = if family == Family::Unix {
            parse::address(at, here, here.own())?
        } else {
            SocketAddr::new(here.own(), parse::port(at.trim())?).into()
        };
        let first = Command::Socket { net, family, kind, side: Some(side), name: None };
        Ok((Self { kind, address, socket: None, step: 0 }, first))
    }

    /// The next command, now that the last one has succeeded.
    pub fn next(&mut self, done: &Done) -> Option<Command> {
        if let Done::Made(made) = done {
            self.socket = Some(made.socket);
        }
        let socket = self.socket?;
        self.step += 1;
        match (self.step, self.kind) {
            (1, _) => Some(Command::Bind { socket, address: self.address.clone() }),
            (2, Kind::Stream) => Some(Command::Listen { socket, backlog: 5 }),
            (3, Kind::Stream) => Some(Command::Accept { socket }),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use protocol::command::Net;
    use protocol::reply::Made;

    fn run(kind: Kind) -> Vec<Command> {
        let here = Here { net: Net::Right, family: Family::Ipv4 };
        let (mut plan, first) = Plan::server(here, Side::Right, kind, " 8001 ").unwrap();
        assert!(matches!(first, Command::Socket { .. }));
        let made = Done::Made(Made { socket: SocketId(4), cookie: protocol::number::Wide(1) });
        let mut asked = vec![];
        let mut done = made;
        while let Some(command) = plan.next(&done) {
            assert_eq!(command.socket(), Some(SocketId(4)));
            asked.push(command);
            done = Done::nothing();
        }
        asked
    }

    #[test]
    fn a_server_is_four_calls() {
        let asked = run(Kind::Stream);
        assert!(matches!(
            asked[..],
            [Command::Bind { .. }, Command::Listen { .. }, Command::Accept { .. }]
        ));
    }

    #[test]
    fn where_it_shall_be_must_make_sense() {
        let server = |family, at: &str| {
            Plan::server(Here { net: Net::Host, family }, Side::Left, Kind::Stream, at)
        };
        assert_eq!(server(Family::Ipv6, "70000"), Err(Problem::Port("70000".into())));
        assert_eq!(server(Family::Unix, " "), Err(Problem::Empty));
        assert!(server(Family::Unix, "chat").is_ok());
    }

    #[test]
    fn a_datagram_receiver_is_two() {
        assert!(matches!(run(Kind::Datagram)[..], [Command::Bind { .. }]));
    }
}
