//! Owns the form of an experiment's file (TOML): a head and a list of acts. Plain data: `read`
//! reads it, `check` judges it, `player` plays it.

use super::fit::Fit;
use protocol::event::Words;
use protocol::experiment::{ExperimentHead, Verdict};
use serde::Deserialize;
use serde_json::{Map, Value};

/// An experiment.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Script {
    /// Its name; from the file's, not in it.
    #[serde(skip)]
    pub name: String,
    /// What it is called.
    pub title: Words,
    /// What it answers.
    pub question: Words,
    /// The group that it stands in.
    pub group: Group,
    /// The rows of the tutorial's table that it shows, 1 to 37.
    #[serde(default)]
    pub rows: Vec<u32>,
    /// The beliefs that it holds against the kernel.
    #[serde(default)]
    pub facts: Vec<String>,
    /// What is claimed: `zh` in the claimant's own words, `en` translated.
    pub claim: Option<Words>,
    /// What the machine must offer.
    pub needs: Option<Need>,
    /// The experiment to play where it does not.
    pub instead: Option<String>,
    /// Where the wire's random numbers begin.
    #[serde(default = "first_seed")]
    pub seed: u32,
    /// What happens, in order.
    pub act: Vec<Act>,
}

fn first_seed() -> u32 {
    1
}

/// A group of experiments.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Group {
    /// What a socket is.
    What,
    /// Streams.
    Streams,
    /// Datagrams.
    Datagrams,
    /// A conversation, call by call.
    Conversation,
    /// Buffers and queues.
    Buffers,
    /// What goes wrong.
    Wrong,
    /// Sentences of the tutorial, checked.
    Checked,
}

impl Group {
    /// All, in the order of the path through them.
    pub const ALL: [Self; 7] = [
        Self::What,
        Self::Streams,
        Self::Datagrams,
        Self::Conversation,
        Self::Buffers,
        Self::Wrong,
        Self::Checked,
    ];

    /// Its name in files.
    pub fn name(self) -> &'static str {
        match self {
            Self::What => "what",
            Self::Streams => "streams",
            Self::Datagrams => "datagrams",
            Self::Conversation => "conversation",
            Self::Buffers => "buffers",
            Self::Wrong => "wrong",
            Self::Checked => "checked",
        }
    }
}

/// What an experiment needs of the machine.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Need {
    /// The wire, on whichever rung.
    Wire,
}

/// One act: exactly one of call, ends, see, balanced, weather, wait, say, bet and verdict.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Act {
    /// The line of its `[[act]]` in the file.
    #[serde(skip)]
    pub line: u32,
    /// A socket call, as the protocol's `do`, without its socket. `"@role"` as an address stands for
    /// where that role's socket is bound.
    pub call: Option<Map<String, Value>>,
    /// The role that the call acts on, or that `socket` makes.
    pub role: Option<String>,
    /// The role that an accepted connection gets.
    pub accepts: Option<String>,
    /// Whether to go on before the call has ended.
    #[serde(default)]
    pub asleep: bool,
    /// Bind any port where the one named is taken.
    #[serde(default)]
    pub or_any_port: bool,
    /// How often the call is made. A `socket` call makes `role1`, `role2` …, and an `accept` likewise;
    /// other calls act on each of those, or again on the one.
    pub repeat: Option<u32>,
    /// The name under which the call's result is kept; with `repeat` `name1`, `name2` ….
    pub keep: Option<String>,
    /// The call as code, where the generated line is not good enough.
    pub code: Option<Code>,
    /// What the call must come to: fields of its `ok`, or `{ errno = "…" }`.
    pub expect: Option<Map<String, Value>>,
    /// Seconds that a call may take to end; 15 where nothing is said.
    pub within: Option<f64>,
    /// Marks the open bet when this act is done.
    #[serde(default)]
    pub mark: bool,
    /// Awaits the end of a call that was left asleep, by the name under which it is kept.
    pub ends: Option<String>,
    /// What must become true within five seconds.
    pub see: Option<See>,
    /// The role whose flow must balance: `unexplained` 0 at a quiet moment, within five seconds.
    pub balanced: Option<String>,
    /// How the wire is impaired from now on: `{ preset = "slow" }`, or the fields of the protocol's
    /// impairment that differ from a clean wire, `from` one end or both.
    pub weather: Option<Map<String, Value>>,
    /// A pause in seconds, at most 10, for a timer of the kernel to run.
    pub wait: Option<f64>,
    /// A sentence. `{role:path}` stands for what is found there.
    pub say: Option<Words>,
    /// A second, quieter one.
    pub note: Option<Words>,
    /// A button; the experiment waits for it.
    pub button: Option<Words>,
    /// The role under which the button stands.
    pub at: Option<String>,
    /// A question whose answer is found later.
    pub bet: Option<Bet>,
    /// The last word.
    pub verdict: Option<Judgement>,
}

/// A call as code.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Code {
    /// In Python 3.
    pub python: Option<String>,
    /// In Rust.
    pub rust: Option<String>,
    /// In C.
    pub c: Option<String>,
}

/// Something to be seen in the world, or in a result.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct See {
    /// Whose: a role; `burst`, the last burst's tally; `wire`, the wire's sums; `last`, the last call's
    /// result; or the name of a result that was kept.
    pub role: String,
    /// Where, as in `kernel.receive_queue`.
    pub path: String,
    /// Exactly this.
    pub is: Option<Value>,
    /// Anything but this.
    pub not: Option<Value>,
    /// At least so much.
    pub at_least: Option<f64>,
    /// At most so much.
    pub at_most: Option<f64>,
    /// The same as is found there.
    pub same_as: Option<Spot>,
    /// Seconds that it may take; 5 where nothing is said.
    pub within: Option<f64>,
    /// Seconds, at most 10, during which it must stay so.
    #[serde(rename = "for")]
    pub stays: Option<f64>,
}

impl See {
    /// What must be so, `same_as` aside.
    pub fn fit(&self) -> Fit {
        Fit {
            is: self.is.clone(),
            not: self.not.clone(),
            at_least: self.at_least,
            at_most: self.at_most,
        }
    }
}

/// A place where a value is found.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Spot {
    /// Whose, as in `see`.
    pub role: String,
    /// Where, as in `see`.
    pub path: String,
}

/// A bet.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Bet {
    /// The question.
    pub ask: Words,
    /// What decides it.
    pub of: Of,
    /// 2 to 5 answers; the first that fits is right.
    pub choices: Vec<Choice>,
}

/// What decides a bet: a path, at the act with `mark`, or a field of the next call's result.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Of {
    /// Whose, as in `see`.
    pub role: Option<String>,
    /// Where, as in `see`.
    pub path: Option<String>,
    /// The field; `errno` of a call that fails.
    pub result: Option<String>,
}

/// One answer.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Choice {
    /// As the learner reads it.
    pub say: Words,
    /// Right where exactly this is found.
    pub is: Option<Value>,
    /// Right where at least so much is found.
    pub at_least: Option<f64>,
    /// Right where at most so much is found.
    pub at_most: Option<f64>,
}

impl Choice {
    /// What must be found.
    pub fn fit(&self) -> Fit {
        Fit { is: self.is.clone(), not: None, at_least: self.at_least, at_most: self.at_most }
    }
}

/// What an experiment says of its claim in the end.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Judgement {
    /// What was measured here, in a sentence with slots.
    pub here: Words,
    /// The verdict.
    pub is: Verdict,
}

impl Script {
    /// Reads a file's text.
    ///
    /// # Errors
    /// `NAME.toml:LINE:COLUMN: ` and what was expected there.
    pub fn read(name: &str, text: &str) -> Result<Self, String> {
        super::read::read(name, text)
    }

    /// How many sentences it says.
    pub fn steps(&self) -> u32 {
        self.act.iter().filter(|act| act.say.is_some()).count() as u32
    }

    /// Its claim, with who makes it: the tutorial, where it shows rows of its table, else what is
    /// often heard.
    pub fn claimed(&self) -> Option<Words> {
        let claim = self.claim.as_ref()?;
        let (en, zh) = if self.rows.is_empty() {
            ("Often heard", "常听人说")
        } else {
            ("The tutorial says", "教程说")
        };
        Some(Words {
            en: format!("{en}: “{}”", claim.en), zh: format!("{zh}：“{}”", claim.zh)
        })
    }

    /// As the list has it.
    pub fn head(&self, own: bool) -> ExperimentHead {
        ExperimentHead {
            name: self.name.clone(),
            title: self.title.clone(),
            question: self.question.clone(),
            group: self.group.name().into(),
            needs_wire: self.needs == Some(Need::Wire),
            own,
        }
    }
}

impl Act {
    /// The roles that a call of it acts on or makes, one for each time that it is made. `known` tells
    /// whether there is such a role already.
    pub fn players(&self, known: impl Fn(&str) -> bool) -> Vec<Option<String>> {
        let times = self.repeat.unwrap_or(1);
        let makes = self.call.as_ref().is_some_and(|call| call.contains_key("socket"));
        let numbered = |name: &String| self.repeat.is_some() && (makes || !known(name));
        (1..=times)
            .map(|nth| match &self.role {
                Some(name) if numbered(name) => Some(format!("{name}{nth}")),
                other => other.clone(),
            })
            .collect()
    }

    /// A name of this act as it is at the `nth` time, from 1.
    pub fn nth(&self, name: Option<&String>, nth: usize) -> Option<String> {
        let name = name?;
        Some(if self.repeat.is_some() { format!("{name}{nth}") } else { name.clone() })
    }
}
