//! Owns the gestures that are not calls: what a button or key of the page means.

use protocol::SocketId;
use protocol::command::{Family, Kind, Side};

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
}

impl Gesture {
    /// The gesture of a button, by its `data-do` and `data-socket`.
    pub fn parse(name: &str, socket: Option<SocketId>) -> Option<Self> {
        Some(match name {
            "pause" => Self::Pause,
            "back" => Self::Back,
            "forward" => Self::Forward,
            "live" => Self::Live,
            "log" => Self::Log,
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
        "ArrowLeft" | "PageUp" => Gesture::Back,
        "Enter" | "PageDown" if lesson => Gesture::Next,
        "ArrowRight" | "PageDown" => Gesture::Forward,
        "r" | "R" => Gesture::Receive,
        "s" | "S" => Gesture::Write,
        "l" | "L" => Gesture::Log,
        "?" => Gesture::Help,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_key_is_stolen() {
        for name in [" ", "r", "ArrowLeft", "?", "Enter"] {
            assert_eq!(key(name, true, false, true), None, "{name}");
        }
        assert_eq!(key(" ", false, true, false), None);
        assert_eq!(key("Escape", true, false, false), Some(Gesture::Dismiss));
        assert_eq!(key(" ", false, false, false), Some(Gesture::Pause));
        assert_eq!(key("Enter", false, false, true), Some(Gesture::Next));
        assert_eq!(key("Enter", false, false, false), None);
    }

    #[test]
    fn a_gesture_on_a_socket_needs_one() {
        assert_eq!(Gesture::parse("select", None), None);
        assert_eq!(Gesture::parse("select", Some(SocketId(2))), Some(Gesture::Select(SocketId(2))));
    }
}
