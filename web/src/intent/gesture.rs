//! Owns the gestures that are not calls: what a button or key of the page means.

use protocol::command::{Family, Kind, Side};
use protocol::wire::Handling;
use protocol::{PacketId, SocketId, TrapId};

/// How a new socket is wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Make {
    /// On which wall.
    pub side: Side,
    /// Stream or datagram.
    pub kind: Kind,
    /// Address family.
    pub family: Family,
}

/// What a button or key means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "each variant is its own name")]
pub enum Gesture {
    Pause,
    Back,
    Forward,
    Live,
    Log,
    Lecture,
    Sound,
    /// A clicker's key: on (true) or back.
    Page(bool),
    Help,
    Dismiss,
    Language,
    Reset,
    Lesson(&'static str),
    Next,
    Leave,
    Inspect(SocketId),
    Select(SocketId),
    Ladder,
    Sheet,
    Receive,
    Write,
    Hold,
    Trap,
    Disarm(TrapId),
    Preset(usize),
    Packet(PacketId),
    Handle(Handling),
    Wire,
    Restart,
}

/// What a button acts on, where it says so.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct On {
    /// Its `data-socket`.
    pub socket: Option<SocketId>,
    /// Its `data-packet`.
    pub packet: Option<PacketId>,
    /// Its `data-trap`.
    pub trap: Option<TrapId>,
    /// Its `data-place` in a list.
    pub place: Option<usize>,
}

impl Gesture {
    /// The gesture of a button, by its `data-do` and what it acts on.
    pub fn parse(name: &str, on: On) -> Option<Self> {
        let On { socket, packet, trap, place } = on;
        Some(match name {
            "pause" => Self::Pause,
            "back" => Self::Back,
            "forward" => Self::Forward,
            "live" => Self::Live,
            "log" => Self::Log,
            "lecture" => Self::Lecture,
            "sound" => Self::Sound,
            "help" => Self::Help,
            "dismiss" => Self::Dismiss,
            "language" => Self::Language,
            "reset" => Self::Reset,
            "first" => Self::Lesson("first"),
            "flood" => Self::Lesson("flood"),
            "next" => Self::Next,
            "leave" => Self::Leave,
            "inspect" => Self::Inspect(socket?),
            "select" => Self::Select(socket?),
            "ladder" => Self::Ladder,
            "sheet" => Self::Sheet,
            "freeze" => Self::Hold,
            "trap" => Self::Trap,
            "disarm" => Self::Disarm(trap?),
            "preset" => Self::Preset(place?),
            "packet" => Self::Packet(packet?),
            "hold" => Self::Handle(Handling::Hold { packet: packet? }),
            "release" => Self::Handle(Handling::Release { packet: packet? }),
            "kill" => Self::Handle(Handling::Kill { packet: packet? }),
            "copy" => Self::Handle(Handling::Copy { packet: packet? }),
            "damage" => Self::Handle(Handling::Damage { packet: packet?, offset: None }),
            "wire" => Self::Wire,
            "restart" => Self::Restart,
            _ => return None,
        })
    }
}

/// What a key means. `typing`: the focus is where letters are written; `on_button`: where Enter and Space
/// press. Neither is ever stolen from.
pub fn key(key: &str, typing: bool, on_button: bool, lesson: bool) -> Option<Gesture> {
    if key == "Escape" {
        return Some(Gesture::Dismiss);
    }
    if typing || (on_button && matches!(key, " " | "Enter")) {
        return None;
    }
    Some(match key {
        " " => Gesture::Pause,
        "ArrowLeft" => Gesture::Back,
        "ArrowRight" => Gesture::Forward,
        "Enter" if lesson => Gesture::Next,
        "PageUp" => Gesture::Page(false),
        "PageDown" => Gesture::Page(true),
        "r" | "R" => Gesture::Receive,
        "s" | "S" => Gesture::Write,
        "j" | "J" => Gesture::Log,
        "l" | "L" => Gesture::Lecture,
        "m" | "M" => Gesture::Sound,
        "t" | "T" => Gesture::Trap,
        "h" | "H" => Gesture::Hold,
        "w" | "W" => Gesture::Wire,
        "?" => Gesture::Help,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_key_is_stolen() {
        for name in [" ", "r", "t", "h", "w", "ArrowLeft", "?", "Enter"] {
            assert_eq!(key(name, true, false, true), None, "{name}");
        }
        assert_eq!(key(" ", false, true, false), None);
        assert_eq!(key("Escape", true, false, false), Some(Gesture::Dismiss));
        assert_eq!(key(" ", false, false, false), Some(Gesture::Pause));
        assert_eq!(key("Enter", false, false, true), Some(Gesture::Next));
        assert_eq!(key("Enter", false, false, false), None);
        assert_eq!(key("PageDown", false, true, true), Some(Gesture::Page(true)));
        for blank in ["b", "."] {
            assert_eq!(key(blank, false, false, true), None, "a clicker's blank screen");
        }
    }

    #[test]
    fn a_gesture_on_a_socket_needs_one() {
        assert_eq!(Gesture::parse("select", On::default()), None);
        let on = On { socket: Some(SocketId(2)), ..On::default() };
        assert_eq!(Gesture::parse("select", on), Some(Gesture::Select(SocketId(2))));
        let on = On { packet: Some(PacketId(8)), ..On::default() };
        let kill = Handling::Kill { packet: PacketId(8) };
        assert_eq!(Gesture::parse("kill", on), Some(Gesture::Handle(kill)));
    }
}
