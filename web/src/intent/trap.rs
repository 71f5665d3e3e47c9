//! Owns the trap's form, and the one gesture that arms at once.

use super::parse::{Problem, maybe, number};
use protocol::wire::{Deed, Match, PacketKind};
use protocol::{Command, End, World};

/// The kinds of packet by their names in forms, as the journal writes them.
pub const KINDS: [(&str, PacketKind); 10] = [
    ("data", PacketKind::Data),
    ("ack", PacketKind::Ack),
    ("syn", PacketKind::Syn),
    ("syn_ack", PacketKind::SynAck),
    ("fin", PacketKind::Fin),
    ("rst", PacketKind::Rst),
    ("tcp", PacketKind::Tcp),
    ("udp", PacketKind::Udp),
    ("icmp", PacketKind::Icmp),
    ("fragment", PacketKind::Fragment),
];

/// The kind of that name; any for another.
pub fn kind(name: &str) -> Option<PacketKind> {
    KINDS.iter().find(|(own, _)| *own == name).map(|(_, kind)| *kind)
}

/// The name of a kind; `any` for none.
pub fn kind_name(kind: Option<PacketKind>) -> &'static str {
    KINDS.iter().find(|(_, own)| Some(*own) == kind).map_or("any", |(name, _)| *name)
}

/// An input that makes no sense.
pub type BadInput = (&'static str, Problem);

/// What is armed without a form: the next data from an end is lost, once.
pub fn usual(from: End) -> Command {
    let matching = Match { from: Some(from), kind: Some(PacketKind::Data), ..Match::default() };
    Command::Trap { on: true, matching, act: Deed::Lose, count: 1 }
}

/// The trap that a form's inputs ask for.
pub fn trap(text: &dyn Fn(&str) -> String) -> Result<Command, BadInput> {
    let whole = |name: &'static str, max: i64| {
        maybe(&text(name), 1, max).map_err(|problem| (name, problem))
    };
    let most = i64::from(u32::MAX);
    let nth = whole("nth", most)?.map(|n| n as u32).filter(|n| *n > 1);
    let mut matching = Match {
        from: super::weather::direction(&text("from")),
        kind: kind(&text("kind")),
        port: whole("port", 65_535)?.map(|n| n as u16),
        at_least: None,
        again: match text("again").as_str() {
            "again" => Some(true),
            "first" => Some(false),
            _ => None,
        },
        nth,
    };
    if matching == Match::default() {
        // An empty match would stand for every trap when it is disarmed.
        matching.nth = Some(1);
    }
    let act = match text("do").as_str() {
        "hold" => Deed::Hold,
        "copy" => Deed::Copy,
        "damage" => Deed::Damage { offset: None },
        "delay" => {
            let by = number(&text("by"), 1, 60_000).map_err(|problem| ("by", problem))?;
            Deed::Delay { by: super::parse::millis(by) }
        }
        _ => Deed::Lose,
    };
    let count = number(&text("count"), 1, most).map_err(|problem| ("count", problem))?;
    Ok(Command::Trap { on: true, matching, act, count: count as u32 })
}

/// From which end the selected socket sends; left where it is not on the wire.
pub fn side(world: &World, selected: Option<protocol::SocketId>) -> End {
    let socket = selected.and_then(|id| world.sockets.get(&id));
    socket.and_then(|socket| socket.net.end()).unwrap_or(End::Left)
}

/// The port that is the selected socket's flow's alone: the client's, at whichever end it is.
pub fn port(world: &World, selected: Option<protocol::SocketId>) -> Option<u16> {
    let socket = world.sockets.get(&selected?)?;
    let (local, peer) = (socket.kernel.local.as_ref(), socket.kernel.peer.as_ref());
    let own = local.and_then(protocol::Address::port);
    let far = peer.and_then(protocol::Address::port);
    // The server's port is every client's.
    if socket.active || far.is_none() { own } else { far }.filter(|port| *port != 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(values: &[(&str, &str)]) -> Result<Command, BadInput> {
        trap(&|name| {
            let own = values.iter().find(|(own, _)| *own == name);
            own.map_or(if name == "count" { "1" } else { "" }, |(_, text)| text).to_owned()
        })
    }

    #[test]
    fn the_usual_trap_is_what_the_untouched_form_arms() {
        let form = asked(&[("from", "left"), ("kind", "data"), ("nth", "1"), ("do", "lose")]);
        assert_eq!(form, Ok(usual(End::Left)));
    }

    #[test]
    fn a_trap_for_anything_can_be_disarmed_alone() {
        let Ok(Command::Trap { matching, .. }) = asked(&[]) else { panic!() };
        assert_ne!(matching, Match::default());
    }

    #[test]
    fn what_makes_no_sense_is_pointed_at() {
        assert_eq!(asked(&[("port", "70000")]), Err(("port", Problem::Number(1, 65_535))));
        assert_eq!(asked(&[("do", "delay"), ("by", "")]), Err(("by", Problem::Empty)));
        assert_eq!(asked(&[("count", "0")]), Err(("count", Problem::Number(1, 4_294_967_295))));
    }

    #[test]
    fn kinds_are_named_as_the_journal_names_them() {
        for (name, own) in KINDS {
            assert_eq!((kind(name), kind_name(Some(own))), (Some(own), name));
        }
        assert_eq!(kind_name(None), "any");
    }
}
