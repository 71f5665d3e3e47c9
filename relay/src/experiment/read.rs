//! Owns the way from an experiment's text to its script, and the place of each error in it.

use super::check;
use super::script::Script;
use std::ops::Range;
use toml::de::{DeTable, DeValue};

/// One step on the way to a value of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Key {
    /// Of a table.
    Name(String),
    /// Of a list, from 0.
    Nth(usize),
}

impl From<&str> for Key {
    fn from(name: &str) -> Self {
        Self::Name(name.to_owned())
    }
}

impl From<usize> for Key {
    fn from(nth: usize) -> Self {
        Self::Nth(nth)
    }
}

/// What is wrong with a file, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Wrong {
    /// The way to the value; where it ends early, the last that is there counts.
    pub(super) at: Vec<Key>,
    /// What was expected, in one sentence.
    pub(super) says: String,
}

/// Reads a file's text and judges it.
pub(crate) fn read(name: &str, text: &str) -> Result<Script, String> {
    let told = |at: usize, says: &str| {
        let (line, column) = place(text, at);
        format!("{name}.toml:{line}:{column}: {}", says.trim_end())
    };
    let table = DeTable::parse(text)
        .map_err(|error| told(error.span().map_or(0, |span| span.start), error.message()))?;
    let mut script: Script = toml::from_str(text)
        .map_err(|error| told(error.span().map_or(0, |span| span.start), error.message()))?;
    name.clone_into(&mut script.name);
    for (nth, act) in script.act.iter_mut().enumerate() {
        let way = [Key::from("act"), Key::from(nth)];
        act.line = place(text, find(table.get_ref(), &way).start).0 as u32;
    }
    check::check(&script)
        .map_err(|wrong| told(find(table.get_ref(), &wrong.at).start, &wrong.says))?;
    Ok(script)
}

/// Line and column of a byte, both from 1; a column is a character.
fn place(text: &str, at: usize) -> (usize, usize) {
    let before = &text[..text.floor_char_boundary(at)];
    let line = before.matches('\n').count() + 1;
    let start = before.rfind('\n').map_or(0, |end| end + 1);
    (line, before[start..].chars().count() + 1)
}

/// Where the value at that way stands.
fn find(table: &DeTable<'_>, way: &[Key]) -> Range<usize> {
    let Some((Key::Name(name), rest)) = way.split_first() else { return 0..0 };
    let Some((_, value)) = table.iter().find(|(key, _)| key.get_ref() == name.as_str()) else {
        return 0..0;
    };
    inside(value.get_ref(), rest).unwrap_or_else(|| value.span())
}

/// The same below a value; none where the way goes no further.
fn inside(value: &DeValue<'_>, way: &[Key]) -> Option<Range<usize>> {
    let (first, rest) = way.split_first()?;
    let next = match (value, first) {
        (DeValue::Array(all), Key::Nth(nth)) => all.get(*nth)?,
        (DeValue::Table(table), Key::Name(name)) => {
            table.iter().find(|(key, _)| key.get_ref() == name.as_str())?.1
        }
        _ => return None,
    };
    Some(inside(next.get_ref(), rest).unwrap_or_else(|| next.span()))
}
