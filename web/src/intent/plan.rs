//! Owns call sequences that one button asks for: each is a call of its own, made when the one before
//! has succeeded, and shown as such.

use super::parse::Here;
use protocol::command::{Kind, Side};
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
    pub fn server(here: Here, side: Side, kind: Kind, port: u16) -> (Self, Command) {
        let Here { net, family } = here;
        let address = SocketAddr::new(here.own(), port).into();
        let first = Command::Socket { net, family, kind, side: Some(side), name: None };
        (Self { kind, address, socket: None, step: 0 }, first)
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
    use protocol::command::{Family, Net};
    use protocol::reply::Made;

    fn run(kind: Kind) -> Vec<Command> {
        let (mut plan, first) =
            Plan::server(Here { net: Net::Right, family: Family::Ipv4 }, Side::Right, kind, 8001);
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
    fn a_datagram_receiver_is_two() {
        assert!(matches!(run(Kind::Datagram)[..], [Command::Bind { .. }]));
    }
}
