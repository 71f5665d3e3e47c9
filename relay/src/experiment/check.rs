//! Owns what a script must be beyond its form: one kind an act, names that are there, calls that can
//! be made, bets that are marked. Pure: judges before anything is played.

mod call;
mod cast;

use super::fit::Fit;
use super::read::{Key, Wrong};
use super::script::{Act, Bet, Choice, Need, Script, See, Spot};
use super::weather;
use cast::Cast;
use protocol::event::Words;

/// Rows of the tutorial's table.
const ROWS: u32 = 37;
/// Times that a call may be repeated.
const REPEAT: u32 = 64;
/// Seconds of a pause at most.
const PAUSE: f64 = 10.0;
/// Seconds that anything may be waited for at most.
const PATIENCE: f64 = 60.0;
/// Choices of a bet.
const CHOICES: std::ops::RangeInclusive<usize> = 2..=5;
/// The kinds of act.
const KINDS: &str = "call, ends, see, balanced, weather, wait, say, bet and verdict";

/// A wrong value below an act, by the way to it.
pub(super) fn in_act<const N: usize>(
    nth: usize,
    below: [&str; N],
    says: impl Into<String>,
) -> Wrong {
    let mut at: Vec<Key> = vec!["act".into(), nth.into()];
    at.extend(below.map(Key::from));
    Wrong { at, says: says.into() }
}

/// A bet that waits for its mark.
struct Open<'a> {
    nth: usize,
    bet: &'a Bet,
}

/// Judges a script.
pub(super) fn check(script: &Script) -> Result<(), Wrong> {
    if let Some(nth) = script.rows.iter().position(|row| !(1..=ROWS).contains(row)) {
        let says = format!("expected a row of the tutorial's table, 1 to {ROWS}");
        return Err(Wrong { at: vec!["rows".into(), nth.into()], says });
    }
    for (name, words) in [("title", &script.title), ("question", &script.question)] {
        if words.en.trim().is_empty() || words.zh.trim().is_empty() {
            let says = "expected words in both languages".into();
            return Err(Wrong { at: vec![name.into()], says });
        }
    }
    if script.act.is_empty() {
        let says = "expected at least one [[act]]".into();
        return Err(Wrong { at: vec!["act".into()], says });
    }
    let mut cast = Cast::default();
    let mut open: Option<Open<'_>> = None;
    for (nth, act) in script.act.iter().enumerate() {
        kinds(nth, act)?;
        modifiers(nth, act)?;
        spans(nth, act)?;
        if act.call.is_some() {
            call::check(nth, act, script.needs == Some(Need::Wire), &mut cast)?;
        }
        if let Some(name) = &act.ends {
            cast.wakes(name).map_err(|says| in_act(nth, ["ends"], says))?;
        }
        watched(nth, act, &cast)?;
        spoken(nth, act, &cast)?;
        bets(nth, act, &cast, &mut open)?;
        if act.verdict.is_some() && nth + 1 != script.act.len() {
            return Err(in_act(nth, ["verdict"], "expected the verdict in the last act"));
        }
    }
    match open {
        Some(open) => Err(in_act(
            open.nth,
            ["bet"],
            "expected a later act that decides this bet: a call where it is of a result, else one with mark = true",
        )),
        None => Ok(()),
    }
}

fn kinds(nth: usize, act: &Act) -> Result<(), Wrong> {
    let kinds = [
        act.call.is_some(),
        act.ends.is_some(),
        act.see.is_some(),
        act.balanced.is_some(),
        act.weather.is_some(),
        act.wait.is_some(),
        act.say.is_some(),
        act.bet.is_some(),
        act.verdict.is_some(),
    ];
    match kinds.iter().filter(|kind| **kind).count() {
        1 => Ok(()),
        found => {
            let says = format!("expected exactly one of {KINDS}, found {found} of them");
            Err(in_act(nth, [], says))
        }
    }
}

/// Keys that belong to some kinds of act only.
fn modifiers(nth: usize, act: &Act) -> Result<(), Wrong> {
    let (call, ends, say) = (act.call.is_some(), act.ends.is_some(), act.say.is_some());
    let keys = [
        ("role", act.role.is_some(), call, "call"),
        ("accepts", act.accepts.is_some(), call, "call"),
        ("asleep", act.asleep, call, "call"),
        ("or_any_port", act.or_any_port, call, "call"),
        ("repeat", act.repeat.is_some(), call, "call"),
        ("keep", act.keep.is_some(), call, "call"),
        ("code", act.code.is_some(), call, "call"),
        (
            "expect",
            act.expect.is_some(),
            call && !act.asleep || ends,
            "call that is not asleep, or ends",
        ),
        ("within", act.within.is_some(), call || ends, "call or ends (a see has its own within)"),
        ("mark", act.mark, call && !act.asleep || ends || act.see.is_some(), "call, ends or see"),
        ("note", act.note.is_some(), say, "say"),
        ("button", act.button.is_some(), say, "say"),
        ("at", act.at.is_some(), say, "say"),
    ];
    match keys.into_iter().find(|(_, there, belongs, _)| *there && !belongs) {
        Some((key, _, _, kind)) => {
            Err(in_act(nth, [key], format!("expected {key} only beside {kind}")))
        }
        None => Ok(()),
    }
}

/// Numbers that have bounds.
fn spans(nth: usize, act: &Act) -> Result<(), Wrong> {
    let seconds = |below: &[&str], value: Option<f64>, most: f64| match value {
        Some(value) if !(value > 0.0 && value <= most) => {
            let mut wrong =
                in_act(nth, [], format!("expected seconds, more than 0 and at most {most}"));
            wrong.at.extend(below.iter().map(|key| Key::from(*key)));
            Err(wrong)
        }
        _ => Ok(()),
    };
    seconds(&["wait"], act.wait, PAUSE)?;
    seconds(&["within"], act.within, PATIENCE)?;
    if let Some(see) = &act.see {
        seconds(&["see", "within"], see.within, PATIENCE)?;
        seconds(&["see", "for"], see.stays, PAUSE)?;
    }
    match act.repeat {
        Some(times) if !(1..=REPEAT).contains(&times) => {
            Err(in_act(nth, ["repeat"], format!("expected a number from 1 to {REPEAT}")))
        }
        _ => Ok(()),
    }
}

/// What an act looks at.
fn watched(nth: usize, act: &Act, cast: &Cast) -> Result<(), Wrong> {
    if let Some(See { role, same_as, .. }) = &act.see {
        cast.seen(role).map_err(|says| in_act(nth, ["see", "role"], says))?;
        if let Some(Spot { role, .. }) = same_as {
            cast.seen(role).map_err(|says| in_act(nth, ["see", "same_as", "role"], says))?;
        }
    }
    if let Some(see) = &act.see
        && see.fit().is_empty()
        && see.same_as.is_none()
    {
        let says = "expected is, not, at_least, at_most or same_as: what must be seen";
        return Err(in_act(nth, ["see"], says));
    }
    for (key, role) in [("balanced", &act.balanced), ("at", &act.at)] {
        if let Some(role) = role {
            cast.plays(role).map_err(|says| in_act(nth, [key], says))?;
        }
    }
    match act.weather.as_ref().map(weather::commands) {
        Some(Err(says)) => Err(in_act(nth, ["weather"], says)),
        _ => Ok(()),
    }
}

/// The slots of what an act says.
fn spoken(nth: usize, act: &Act, cast: &Cast) -> Result<(), Wrong> {
    let here = act.verdict.as_ref().map(|verdict| &verdict.here);
    let said: [(&[&str], Option<&Words>); 5] = [
        (&["say"], act.say.as_ref()),
        (&["note"], act.note.as_ref()),
        (&["button"], act.button.as_ref()),
        (&["bet", "ask"], act.bet.as_ref().map(|bet| &bet.ask)),
        (&["verdict", "here"], here),
    ];
    for (key, words) in said {
        let Some(words) = words else { continue };
        for (language, text) in [("en", &words.en), ("zh", &words.zh)] {
            if text.trim().is_empty() {
                let mut wrong = in_act(nth, [], "expected words in both languages");
                wrong.at.extend(key.iter().chain([&language]).map(|key| Key::from(*key)));
                return Err(wrong);
            }
            cast.slots(text).map_err(|says| {
                let mut wrong = in_act(nth, [], says);
                wrong.at.extend(key.iter().chain([&language]).map(|key| Key::from(*key)));
                wrong
            })?;
        }
    }
    Ok(())
}

/// Whether a bet is whole, and whether each is decided before the next.
fn bets<'a>(
    nth: usize,
    act: &'a Act,
    cast: &Cast,
    open: &mut Option<Open<'a>>,
) -> Result<(), Wrong> {
    if let Some(bet) = &act.bet {
        if open.is_some() {
            let says = "expected the bet before this one to be decided first";
            return Err(in_act(nth, ["bet"], says));
        }
        whole(nth, bet)?;
        *open = Some(Open { nth, bet });
        return Ok(());
    }
    let of_result = open.as_ref().is_some_and(|open| open.bet.of.result.is_some());
    let ended = act.ends.is_some() || act.call.is_some() && !act.asleep;
    if act.mark && (open.is_none() || of_result) {
        let says = "expected an open bet of a role and a path: there is none to mark";
        return Err(in_act(nth, ["mark"], says));
    }
    if of_result && ended {
        *open = None;
    } else if act.mark
        && let Some(Open { nth, bet }) = open.take()
        && let Some(role) = &bet.of.role
    {
        cast.seen(role).map_err(|says| in_act(nth, ["bet", "of", "role"], says))?;
    }
    Ok(())
}

fn whole(nth: usize, bet: &Bet) -> Result<(), Wrong> {
    let of = (&bet.of.role, &bet.of.path, &bet.of.result);
    if !matches!(of, (Some(_), Some(_), None) | (None, None, Some(_))) {
        let says = "expected { role = …, path = … } or { result = … }";
        return Err(in_act(nth, ["bet", "of"], says));
    }
    if !CHOICES.contains(&bet.choices.len()) {
        let says = format!("expected {} to {} choices", CHOICES.start(), CHOICES.end());
        return Err(in_act(nth, ["bet", "choices"], says));
    }
    let empty = |choice: &Choice| choice.fit() == Fit::default();
    match bet.choices.iter().position(empty) {
        Some(place) => {
            let mut wrong = in_act(nth, ["bet", "choices"], "expected is, at_least or at_most");
            wrong.at.push(place.into());
            Err(wrong)
        }
        None => Ok(()),
    }
}
