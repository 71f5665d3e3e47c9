//! Owns the path through the experiments: their groups, what can be played here, what comes next, and
//! which were played in this browser.

use protocol::experiment::ExperimentHead;

/// The groups, in the order of the path.
pub const GROUPS: [&str; 7] =
    ["what", "streams", "datagrams", "conversation", "buffers", "wrong", "checked"];
/// The end of a stand-in's name: what is played instead where there is no wire.
const STAND_IN: &str = "-host";

/// What an experiment needs, and whether that is here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Needs {
    /// Sockets only.
    Sockets,
    /// The wire, which is here.
    Wire,
    /// The wire, which is not here; another is played instead.
    StandIn,
    /// The wire, which is not here.
    Missing,
}

/// An experiment on the path.
#[derive(Clone, Copy, Debug)]
pub struct Entry<'a> {
    /// Its place among the heads.
    pub place: usize,
    /// Its number on the path, from 1.
    pub number: usize,
    /// What is told of it.
    pub head: &'a ExperimentHead,
    /// What it needs.
    pub needs: Needs,
}

fn stand_in<'a>(heads: &'a [ExperimentHead], of: &ExperimentHead) -> Option<&'a ExperimentHead> {
    heads.iter().find(|own| own.name.strip_suffix(STAND_IN) == Some(&of.name))
}

/// Whether it is only played in another's place.
fn is_stand_in(heads: &[ExperimentHead], head: &ExperimentHead) -> bool {
    let of = head.name.strip_suffix(STAND_IN);
    of.is_some_and(|of| heads.iter().any(|own| own.name == of && own.needs_wire))
}

/// The experiments of the path, group by group; own ones last in theirs. `wire`: whether there is one.
pub fn path(heads: &[ExperimentHead], wire: bool) -> Vec<Entry<'_>> {
    let mut all: Vec<Entry> = Vec::new();
    let known = |group: &str| GROUPS.contains(&group);
    for group in GROUPS.into_iter().map(Some).chain([None]) {
        for own in [false, true] {
            for (place, head) in heads.iter().enumerate() {
                let here = group.map_or(!known(&head.group), |group| head.group == group);
                if !here || head.own != own || is_stand_in(heads, head) {
                    continue;
                }
                let needs = match () {
                    () if !head.needs_wire => Needs::Sockets,
                    () if wire => Needs::Wire,
                    () if stand_in(heads, head).is_some() => Needs::StandIn,
                    () => Needs::Missing,
                };
                all.push(Entry { place, number: all.len() + 1, head, needs });
            }
        }
    }
    all
}

/// The next one on the path after that of a name that can be played here.
pub fn next<'a>(heads: &'a [ExperimentHead], wire: bool, name: &str) -> Option<Entry<'a>> {
    let mut rest = path(heads, wire).into_iter().skip_while(|entry| entry.head.name != name);
    rest.next()?;
    rest.find(|entry| entry.needs != Needs::Missing)
}

/// Names played to their end in this browser.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Played(Vec<String>);

/// Names remembered.
const KEPT: usize = 512;

impl Played {
    /// As it was written.
    pub fn read(text: &str) -> Self {
        Self(text.split_whitespace().take(KEPT).map(str::to_owned).collect())
    }

    /// As it can be read.
    pub fn write(&self) -> String {
        self.0.join(" ")
    }

    /// Whether one was played.
    pub fn has(&self, name: &str) -> bool {
        self.0.iter().any(|own| own == name)
    }

    /// Adds one; whether it is new.
    pub fn add(&mut self, name: &str) -> bool {
        let new = !self.has(name) && self.0.len() < KEPT && !name.contains(char::is_whitespace);
        if new {
            self.0.push(name.to_owned());
        }
        new
    }
}
