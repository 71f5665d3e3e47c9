//! Owns the gestures: what a button, a key or a row of the palette means.

use super::action::ACTIONS;
use super::verb::Verb;
use crate::timeline::Trouble;
use protocol::command::{Family, Invite, Kind, Net, Side};
use protocol::program::Dialect;
use protocol::wire::{Handling, Ppm};
use protocol::{PacketId, SocketId, TrapId};

/// How a new socket is wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Make {
    /// On which wall.
    pub side: Side,
    /// Where it lives.
    pub net: Net,
    /// Address family.
    pub family: Family,
    /// Stream or datagram.
    pub kind: Kind,
}

/// What a button or key means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "each variant is its own name")]
pub enum Gesture {
    Pause,
    Back,
    Forward,
    /// One event on (true) or back: of all where steps are the chosen socket's, and the other way round.
    Stride(bool),
    /// Steps are the chosen socket's, or of all.
    Whose,
    Jump(bool),
    /// To the next of this kind, which jumps look for from now on.
    Seek(Trouble),
    /// Nearer (true) or further.
    Zoom(bool),
    Unzoom,
    Graphs,
    Begin,
    Live,
    Speed(&'static str),
    Log,
    Lecture,
    Sound,
    /// A clicker's key: on (true) or back.
    Page(bool),
    Help,
    Dismiss,
    Palette,
    Language,
    Record,
    Reset,
    Lesson(&'static str),
    Next,
    Leave,
    /// The list of experiments.
    Path,
    /// Begin the experiment at that place of the list.
    Experiment(usize),
    /// Begin the experiment that comes after this one on the path.
    Onward,
    Again,
    Stop,
    /// The automatic hand, on or off.
    Auto,
    /// Bet on the choice at that place.
    Bet(usize),
    /// The card of a finished experiment makes room.
    Away,
    Code,
    /// What was done, as a program.
    Program,
    /// The language in which code is shown.
    Dialect(Dialect),
    CopyProgram,
    SaveProgram,
    /// The link for those who look on: shown, made anew, ended.
    Invite(Invite),
    CopyInvite,
    Inspect(SocketId),
    Open,
    Select(SocketId),
    Ladder,
    Sheet,
    /// So many screenfuls (true) or rows of the ladder, down where positive.
    Climb(bool, i8),
    /// To the ladder's oldest row.
    Top,
    /// The ladder follows the shown moment again.
    Follow,
    Each,
    Absolute,
    SaveLadder,
    Receive,
    Write,
    Call(Verb),
    Make(Make),
    Gate,
    Step,
    StepAll,
    Menu(&'static str),
    Hold,
    Trap,
    Disarm(TrapId),
    Preset(usize),
    Packet(PacketId),
    Handle(Handling),
    Wire,
    Restart,
    /// The films that came through sockets: shown or not.
    Film,
    /// Listen to what came through a socket of this kind, or stop that.
    Hear(Kind),
    /// Send all shown films once more.
    FilmAgain,
    /// The loss on a film's way, by its place in [`FILM_LOSSES`].
    FilmLoss(usize),
}

/// Losses that are offered for a film.
pub const FILM_LOSSES: [Ppm; 4] = [0, 20_000, 50_000, 100_000];

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
    /// Whether it asks the relay for what only an owner may. Bets are open to all; a packet's panel tells
    /// by itself what it may not fetch.
    pub fn acts(self) -> bool {
        matches!(
            self,
            Self::Hold
                | Self::Trap
                | Self::Disarm(_)
                | Self::Preset(_)
                | Self::Handle(_)
                | Self::Menu(_)
                | Self::Restart
                | Self::FilmLoss(_)
                | Self::FilmAgain
                | Self::Receive
                | Self::Write
                | Self::Call(_)
                | Self::Make(_)
                | Self::Gate
                | Self::Step
                | Self::StepAll
                | Self::Record
                | Self::Reset
                | Self::Leave
                | Self::Lesson(_)
                | Self::Next
                | Self::Experiment(_)
                | Self::Onward
                | Self::Again
                | Self::Stop
                | Self::Auto
                | Self::Invite(_)
                | Self::CopyInvite
                | Self::Absolute
        )
    }

    /// The gesture of a button, by its `data-do` and what it acts on.
    pub fn parse(name: &str, on: On) -> Option<Self> {
        let On { socket, packet, trap, place } = on;
        Some(match name {
            "inspect" => Self::Inspect(socket?),
            "select" => Self::Select(socket?),
            "disarm" => Self::Disarm(trap?),
            "preset" => Self::Preset(place?),
            "film-loss" => Self::FilmLoss(place?),
            "experiment" => Self::Experiment(place?),
            "packet" => Self::Packet(packet?),
            "hold" => Self::Handle(Handling::Hold { packet: packet? }),
            "release" => Self::Handle(Handling::Release { packet: packet? }),
            "kill" => Self::Handle(Handling::Kill { packet: packet? }),
            "copy" => Self::Handle(Handling::Copy { packet: packet? }),
            "damage" => Self::Handle(Handling::Damage { packet: packet?, offset: None }),
            "leave" => Self::Leave,
            "onward" => Self::Onward,
            "away" => Self::Away,
            "copy-program" => Self::CopyProgram,
            "save-program" => Self::SaveProgram,
            "renew-invite" => Self::Invite(Invite::Renew),
            "end-invite" => Self::Invite(Invite::End),
            "copy-invite" => Self::CopyInvite,
            _ => ACTIONS.iter().find(|action| action.name == name)?.does,
        })
    }
}

/// A key, and where it is pressed.
#[derive(Clone, Copy, Debug, Default)]
#[expect(clippy::struct_excessive_bools, reason = "each is a fact of its own about one key press")]
pub struct Press<'a> {
    /// As `KeyboardEvent.key` has it.
    pub key: &'a str,
    /// Together with Control or Command.
    pub ctrl: bool,
    /// Together with Shift.
    pub shift: bool,
    /// The focus is where letters are written.
    pub typing: bool,
    /// The focus is where Enter and Space press.
    pub on_button: bool,
    /// A lesson waits for its button.
    pub lesson: bool,
    /// The focus is on the ladder, which reads with the keys that elsewhere scroll.
    pub ladder: bool,
}

/// What a key means. Nothing is stolen from what is written or pressed.
pub fn key(press: Press) -> Option<Gesture> {
    let Press { key, ctrl, shift, typing, on_button, lesson, ladder } = press;
    if key == "Escape" {
        return Some(Gesture::Dismiss);
    }
    if !ctrl && (typing || (on_button && matches!(key, " " | "Enter"))) {
        return None;
    }
    if ladder && !ctrl {
        let reads = match key {
            "PageUp" => Some(Gesture::Climb(true, -1)),
            "PageDown" => Some(Gesture::Climb(true, 1)),
            "ArrowUp" => Some(Gesture::Climb(false, -1)),
            "ArrowDown" => Some(Gesture::Climb(false, 1)),
            "Home" => Some(Gesture::Top),
            "End" => Some(Gesture::Follow),
            _ => None,
        };
        if reads.is_some() {
            return reads;
        }
    }
    // A key with Shift has a meaning of its own only where the list says so.
    let own = |name: &str, shifted: bool| match name.strip_prefix("Ctrl+") {
        Some(own) => ctrl && own.eq_ignore_ascii_case(key),
        None if ctrl => false,
        None => match name.strip_prefix("Shift+") {
            Some(own) => shifted && own == key,
            None => !shifted && name.eq_ignore_ascii_case(key),
        },
    };
    let means = |shifted: bool| {
        ACTIONS.iter().find(|action| {
            (lesson || action.does != Gesture::Next)
                && action.keys.iter().any(|name| own(name, shifted))
        })
    };
    let found = if shift { means(true).or_else(|| means(false)) } else { means(false) };
    Some(found?.does)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn press(key: &str) -> Press<'_> {
        Press { key, ..Press::default() }
    }

    #[test]
    fn no_key_is_stolen() {
        for action in ACTIONS {
            for name in action.keys.iter().filter(|name| !name.starts_with("Ctrl+")) {
                if *name != "Escape" {
                    assert_eq!(key(Press { typing: true, lesson: true, ..press(name) }), None);
                }
            }
        }
        assert_eq!(key(Press { on_button: true, ..press(" ") }), None);
        assert_eq!(key(Press { typing: true, ..press("Escape") }), Some(Gesture::Dismiss));
        assert_eq!(key(press(" ")), Some(Gesture::Pause));
        assert_eq!(key(Press { lesson: true, ..press("Enter") }), Some(Gesture::Next));
        assert_eq!(key(press("PageDown")), Some(Gesture::Page(true)));
        assert_eq!(key(press("Enter")), None);
        let shifted = |name| key(Press { shift: true, ..press(name) });
        assert_eq!(shifted("ArrowLeft"), Some(Gesture::Stride(false)));
        assert_eq!(key(press("ArrowLeft")), Some(Gesture::Back));
        assert_eq!(shifted("+"), Some(Gesture::Zoom(true)), "as most keyboards write it");
        assert_eq!(shifted("?"), Some(Gesture::Help));
        for blank in ["b", "."] {
            assert_eq!(key(press(blank)), None, "a clicker's blank screen");
        }
    }

    #[test]
    fn on_the_ladder_scrolling_keys_read_it() {
        let on = |name| key(Press { ladder: true, ..press(name) });
        assert_eq!(on("PageUp"), Some(Gesture::Climb(true, -1)));
        assert_eq!(on("End"), Some(Gesture::Follow));
        assert_eq!(on("ArrowLeft"), Some(Gesture::Back), "others keep their meaning");
        assert_eq!(key(press("End")), Some(Gesture::Live));
    }

    #[test]
    fn the_palette_opens_while_one_writes() {
        let ctrl = |name| Press { ctrl: true, typing: true, ..press(name) };
        assert_eq!(key(ctrl("k")), Some(Gesture::Palette));
        // The browser's own: find, reload, close the tab.
        for name in ["f", "r", "w", "t", "l", "h", "s", "/"] {
            assert_eq!(key(ctrl(name)), None, "{name}");
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
