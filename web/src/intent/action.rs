//! Owns the one list of what the page does by itself: buttons find their meaning in it, keys reach it,
//! the palette offers it, and the help tells of it. What acts on one thing of many (a socket, a packet,
//! a trap) is no row here: the palette adds those that there are.

use super::gesture::Gesture;
use super::verb::Verb;
use crate::lesson::bet::is_open;
use crate::timeline::Trouble;
use protocol::command::{Family, Invite, Kind, Net};
use protocol::experiment::ExperimentHead;
use protocol::program::Dialect;
use protocol::{SocketId, World};

/// Something that the page does, without more to be said.
#[derive(Clone, Copy, Debug)]
pub struct Action {
    /// Its buttons' `data-do`.
    pub name: &'static str,
    /// The key of its sentence among the page's words.
    pub words: &'static str,
    /// Its keys, as `KeyboardEvent.key` has them.
    pub keys: &'static [&'static str],
    /// What it does.
    pub does: Gesture,
}

const fn act(
    name: &'static str,
    words: &'static str,
    keys: &'static [&'static str],
    does: Gesture,
) -> Action {
    Action { name, words, keys, does }
}

/// All of them, in the order in which the help tells of them.
pub const ACTIONS: &[Action] = &[
    act("palette", "key_palette", &["Ctrl+k", "/"], Gesture::Palette),
    act("next", "key_enter", &["Enter"], Gesture::Next),
    act("bet-1", "key_bet_1", &["1"], Gesture::Bet(0)),
    act("bet-2", "key_bet_2", &["2"], Gesture::Bet(1)),
    act("bet-3", "key_bet_3", &["3"], Gesture::Bet(2)),
    act("bet-4", "key_bet_4", &["4"], Gesture::Bet(3)),
    act("bet-5", "key_bet_5", &["5"], Gesture::Bet(4)),
    act("path", "key_path", &["p"], Gesture::Path),
    act("auto", "key_auto", &["u"], Gesture::Auto),
    act("again", "key_again", &["a"], Gesture::Again),
    act("stop", "leave_experiment", &[], Gesture::Stop),
    act("pause", "key_pause", &[" "], Gesture::Pause),
    act("back", "key_back", &["ArrowLeft"], Gesture::Back),
    act("forward", "key_forward", &["ArrowRight"], Gesture::Forward),
    act("stride-back", "key_stride_back", &["Shift+ArrowLeft"], Gesture::Stride(false)),
    act("stride", "key_stride", &["Shift+ArrowRight"], Gesture::Stride(true)),
    act("whose", "key_whose", &["e"], Gesture::Whose),
    act("page", "key_page", &["PageDown"], Gesture::Page(true)),
    act("page-back", "key_page_back", &["PageUp"], Gesture::Page(false)),
    act("jump-back", "key_jump_back", &["["], Gesture::Jump(false)),
    act("jump", "key_jump", &["]"], Gesture::Jump(true)),
    act("seek-any", "seek_any", &[], Gesture::Seek(Trouble::Any)),
    act("seek-loss", "seek_loss", &[], Gesture::Seek(Trouble::Loss)),
    act("seek-again", "seek_again", &[], Gesture::Seek(Trouble::Again)),
    act("seek-block", "seek_block", &[], Gesture::Seek(Trouble::Block)),
    act("seek-error", "seek_error", &[], Gesture::Seek(Trouble::Error)),
    act("zoom-in", "key_zoom_in", &["+", "="], Gesture::Zoom(true)),
    act("zoom-out", "key_zoom_out", &["-"], Gesture::Zoom(false)),
    act("unzoom", "key_unzoom", &["0"], Gesture::Unzoom),
    act("begin", "key_begin", &["Home"], Gesture::Begin),
    act("live", "live", &["End"], Gesture::Live),
    act("write", "key_write", &["s"], Gesture::Write),
    act("receive", "key_receive", &["r"], Gesture::Receive),
    act("open", "key_open", &["c"], Gesture::Open),
    act("gate", "key_gate", &["n"], Gesture::Gate),
    act("step", "key_step", &["g"], Gesture::Step),
    act("step-all", "key_step_all", &[], Gesture::StepAll),
    act("trap", "key_trap", &["t"], Gesture::Trap),
    act("freeze", "key_hold", &["h"], Gesture::Hold),
    act("wire", "key_wire", &["w"], Gesture::Wire),
    act("log", "key_log", &["j"], Gesture::Log),
    act("lecture", "key_lecture", &["l"], Gesture::Lecture),
    act("sound", "key_sound", &["m"], Gesture::Sound),
    act("help", "key_help", &["?"], Gesture::Help),
    act("dismiss", "key_escape", &["Escape"], Gesture::Dismiss),
    act("language", "other_language", &[], Gesture::Language),
    act("ladder", "show_ladder", &[], Gesture::Ladder),
    act("sheet", "show_sheet", &[], Gesture::Sheet),
    act("ladder-up", "ladder_up", &[], Gesture::Climb(true, -1)),
    act("ladder-down", "ladder_down", &[], Gesture::Climb(true, 1)),
    act("ladder-top", "ladder_top", &[], Gesture::Top),
    act("ladder-follow", "ladder_follow", &[], Gesture::Follow),
    act("ladder-each", "ladder_each", &["x"], Gesture::Each),
    act("ladder-numbers", "ladder_numbers", &["q"], Gesture::Absolute),
    act("ladder-save", "ladder_save", &[], Gesture::SaveLadder),
    act("graphs", "show_graphs", &["y"], Gesture::Graphs),
    act("code", "key_code", &["k"], Gesture::Code),
    act("in-python", "in_python", &[], Gesture::Dialect(Dialect::Python)),
    act("in-rust", "in_rust", &[], Gesture::Dialect(Dialect::Rust)),
    act("in-c", "in_c", &[], Gesture::Dialect(Dialect::C)),
    act("program", "as_program", &[], Gesture::Program),
    act("weather", "open_weather", &[], Gesture::Menu("weather")),
    act("trap-form", "open_trap", &[], Gesture::Menu("trap")),
    act("restart", "restart_wire", &[], Gesture::Restart),
    act("record", "key_record", &[], Gesture::Record),
    act("invite", "invite", &[], Gesture::Invite(Invite::Show)),
    act("film", "key_film", &["v"], Gesture::Film),
    act("hear-udp", "hear_udp", &[], Gesture::Hear(Kind::Datagram)),
    act("hear-tcp", "hear_tcp", &[], Gesture::Hear(Kind::Stream)),
    act("film-again", "film_again", &[], Gesture::FilmAgain),
    act("voice", "voice", &[], Gesture::Lesson("voice")),
    act("first", "first_run", &[], Gesture::Lesson("first")),
    act("flood", "flood", &[], Gesture::Lesson("flood")),
    act("reset", "empty_bench", &[], Gesture::Reset),
];

/// The picture's speeds: the clock's value, and what stands for it.
pub const SPEEDS: [(&str, &str); 9] = [
    ("auto", "auto"),
    ("10", "×10"),
    ("1", "×1"),
    ("0.1", "×1/10"),
    ("0.01", "×1/100"),
    ("0.001", "×1/1,000"),
    ("0.0001", "×1/10,000"),
    ("0.00001", "×1/100,000"),
    ("0.000001", "×1/1,000,000"),
];

/// A key as it stands on a keyboard.
pub fn key_name(key: &str) -> String {
    match key {
        " " => "Space".to_owned(),
        "ArrowLeft" => "←".to_owned(),
        "ArrowRight" => "→".to_owned(),
        "Escape" => "Esc".to_owned(),
        "Ctrl+k" => "Ctrl+K".to_owned(),
        "-" => "−".to_owned(),
        shifted if shifted.starts_with("Shift+") => {
            ["Shift+", &key_name(&shifted["Shift+".len()..])].concat()
        }
        own if own.len() == 1 => own.to_ascii_uppercase(),
        own => own.to_owned(),
    }
}

/// What decides whether a gesture does something now.
#[derive(Clone, Copy, Debug)]
pub struct Now<'a> {
    /// The world that commands act on.
    pub world: &'a World,
    /// The chosen socket.
    pub selected: Option<SocketId>,
    /// Whether this session may act at all.
    pub acts: bool,
    /// Whether a relay listens, even to one that may only look: bets are taken from all.
    pub heard: bool,
    /// The experiments that there are.
    pub experiments: &'a [ExperimentHead],
}

impl Now<'_> {
    fn in_lesson(&self) -> bool {
        self.world.lesson.as_ref().is_some_and(|lesson| lesson.ended.is_none())
    }

    /// Whether the gesture does something now. A running lesson has the bench and the wire to itself.
    pub fn works(&self, gesture: Gesture) -> bool {
        let free = self.acts && !self.in_lesson();
        let wire = free && self.world.wire.is_some();
        let socket = self.selected.and_then(|id| self.world.sockets.get(&id));
        match gesture {
            Gesture::Hold
            | Gesture::Trap
            | Gesture::Disarm(_)
            | Gesture::Preset(_)
            | Gesture::Handle(_)
            | Gesture::Menu(_)
            | Gesture::FilmLoss(_)
            | Gesture::Restart => wire,
            Gesture::FilmAgain => free,
            Gesture::Receive | Gesture::Write => {
                free && socket.is_some_and(|own| super::refusal(own, Verb::Recv).is_none())
            }
            Gesture::Call(verb) => {
                free && socket.is_some_and(|own| super::refusal(own, verb).is_none())
            }
            Gesture::Open | Gesture::Stride(_) | Gesture::Whose => socket.is_some(),
            Gesture::Gate => free || (self.acts && self.world.gate),
            Gesture::Step | Gesture::StepAll => self.acts && self.world.next_call().is_some(),
            Gesture::Make(make) => {
                free && (make.net == Net::Host || (wire && make.family != Family::Unix))
            }
            Gesture::Lesson(_)
            | Gesture::Reset
            | Gesture::Leave
            | Gesture::Record
            | Gesture::Invite(_) => self.acts,
            // A recording's own packets can be opened.
            Gesture::Absolute => self.acts || !self.heard,
            // Who may not begin one may read what there is.
            Gesture::Path => !self.experiments.is_empty(),
            Gesture::Experiment(place) => self.acts && place < self.experiments.len(),
            Gesture::Again | Gesture::Onward => self.acts && self.world.lesson.is_some(),
            Gesture::Stop | Gesture::Auto => self.acts && self.in_lesson(),
            Gesture::Bet(choice) => {
                let lesson = self.world.lesson.as_ref().filter(|own| own.ended.is_none());
                let open = lesson.and_then(|own| own.bet.as_ref());
                let open = open.filter(|bet| bet.marked.is_none());
                self.heard && open.is_some_and(|bet| choice < bet.choices.len())
            }
            Gesture::Program => !self.world.calls.is_empty(),
            Gesture::Next => {
                let lesson = self.world.lesson.as_ref().filter(|own| own.ended.is_none());
                self.acts && lesson.is_some_and(|own| own.said.button.is_some() || is_open(own))
            }
            Gesture::Sheet => !self.world.bursts.is_empty(),
            _ => true,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_found_and_keys_mean_one_thing() {
        for (place, action) in ACTIONS.iter().enumerate() {
            let before = &ACTIONS[..place];
            assert!(before.iter().all(|own| own.name != action.name), "{}", action.name);
            for key in action.keys {
                let taken = before.iter().find(|own| own.keys.contains(key));
                // Only a lesson's button comes before another meaning.
                assert!(taken.is_none_or(|own| own.does == Gesture::Next), "{key}");
            }
        }
    }

    #[test]
    fn where_there_is_no_wire_nothing_of_it_works() {
        let world = World::default();
        let now = Now { world: &world, selected: None, acts: true, heard: true, experiments: &[] };
        assert!(now.works(Gesture::Pause) && now.works(Gesture::Reset));
        for gesture in [Gesture::Hold, Gesture::Trap, Gesture::Receive, Gesture::Next] {
            assert!(!now.works(gesture), "{gesture:?}");
        }
    }

    #[test]
    fn who_looks_on_is_offered_nothing_that_acts() {
        let world = World::default();
        let now = Now { world: &world, selected: None, acts: false, heard: true, experiments: &[] };
        for action in ACTIONS {
            let asks = super::super::asks(action.does, &world, None);
            if action.does.acts() {
                assert!(!now.works(action.does), "{}", action.name);
            } else if !matches!(action.does, Gesture::Bet(_)) {
                assert!(asks.is_empty(), "{} is not counted as acting", action.name);
            }
        }
    }
}
