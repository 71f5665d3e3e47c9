//! Owns the words of the call gate: what waits there, on which side, and how many.

use super::{count, name};
use crate::code::{self, Dialect};
use crate::text::Language;
use protocol::command::Side;
use protocol::world::Waiting;
use protocol::{Command, World};

/// What the gate's strip says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Gate {
    /// The first waiting call of each side (left, right): who makes it, and its code.
    pub first: [Option<[String; 2]>; 2],
    /// Whose is the next.
    pub next: Option<Side>,
    /// One sentence: that it is shut, and how many wait.
    pub says: String,
}

/// On which side a waiting call is made.
fn side(world: &World, call: &Waiting) -> Side {
    match &call.ask {
        Command::Socket { side: Some(side), .. } => *side,
        other => {
            let socket = other.socket().and_then(|id| world.sockets.get(&id));
            socket.map_or(Side::Left, |socket| socket.side)
        }
    }
}

/// Whether a call of the page is one that waits at the gate.
pub fn waits(world: &World, ask: &Command) -> bool {
    !world.waiting.is_empty() && {
        let (clipped, _) = ask.clipped();
        world.waiting.iter().any(|call| call.ask == clipped)
    }
}

/// What the gate's strip says now; all empty while it is open.
pub fn gate(language: Language, world: &World) -> Gate {
    if !world.gate {
        return Gate::default();
    }
    let first = [Side::Left, Side::Right].map(|wanted| {
        let call = world.waiting.iter().find(|call| side(world, call) == wanted)?;
        let who = call.ask.socket().map_or_else(String::new, |id| name(language, world, id));
        Some([who, code::call(Dialect::Python, world, &call.ask)])
    });
    let waits = count(world.waiting.len() as u64);
    let says = match (language, world.waiting.len()) {
        (_, 0) => super::word(language, "none_waits").to_owned(),
        (Language::English, 1) => "1 call waits; it begins when you run it.".to_owned(),
        (Language::English, _) => format!("{waits} calls wait; each begins when you run it."),
        (Language::Chinese, _) => format!("{waits} 个调用在等待；放行后才会开始。"),
    };
    Gate { first, next: world.next_call().map(|call| side(world, call)), says }
}

#[cfg(test)]
mod tests {
    use super::*;
    use protocol::command::{Family, Kind, Net};
    use protocol::{Event, Source, WaitingId, What};

    #[test]
    fn each_side_has_its_first_and_one_is_the_next() {
        let mut world = World::default();
        let make = |side| Command::Socket {
            net: Net::Host,
            family: Family::Ipv4,
            kind: Kind::Stream,
            side: Some(side),
            name: None,
        };
        let wait = |id, side| What::CallWaiting {
            waiting: WaitingId(id),
            by: None,
            ask: make(side),
            cut: None,
        };
        assert_eq!(gate(Language::English, &world), Gate::default());
        let told = [
            What::Gate { by: None, on: true },
            wait(1, Side::Right),
            wait(2, Side::Right),
            wait(3, Side::Left),
        ];
        for (seq, what) in (1..).zip(told) {
            world.apply(&Event { seq, at: seq, source: Source::Relay, what });
        }
        let gate = gate(Language::English, &world);
        assert_eq!(gate.next, Some(Side::Right));
        assert!(gate.first.iter().all(Option::is_some));
        assert!(gate.says.starts_with("3 calls wait"), "{}", gate.says);
    }
}
