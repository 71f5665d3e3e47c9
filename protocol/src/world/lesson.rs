//! Owns the experiment being played: what it says and what its promises came to.

use crate::event::Words;
use crate::experiment::{CodeLine, Verdict};
use crate::{SocketId, What};
use serde::{Deserialize, Serialize};

/// What an experiment says now.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Said {
    /// The step, from 1.
    pub step: u32,
    /// The sentence.
    pub say: Words,
    /// A second, quieter one.
    pub note: Words,
    /// The button that goes on.
    pub button: Option<Words>,
    /// Where the button stands.
    pub at: Option<SocketId>,
}

/// A bet that was asked.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Bet {
    /// The step that was said when it was asked.
    pub step: u32,
    /// The question.
    pub ask: Words,
    /// The answers.
    pub choices: Vec<Words>,
    /// How many sessions hold each; empty while nobody has bet.
    pub counts: Vec<u32>,
    /// The choice that fits, from 0, or that none does; none while it is open. In JSON null or
    /// `{"choice":1}`, so that the two nothings are told apart.
    #[serde(with = "marked")]
    #[cfg_attr(feature = "schema", schemars(with = "Option<marked::Marked>"))]
    pub marked: Option<Option<u32>>,
    /// What was found; "" while it is open.
    pub found: String,
}

/// The experiment being played.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Lesson {
    /// Its name.
    pub name: String,
    /// Its title.
    pub title: Words,
    /// How many steps it has.
    pub steps: u32,
    /// What it says now.
    pub said: Said,
    /// Promises that held.
    pub held: u32,
    /// Promises that did not: step, promised, found.
    pub broken: Vec<(u32, String, String)>,
    /// Whether it has ended, and whether all held.
    pub ended: Option<bool>,
    /// What it will answer.
    pub question: Words,
    /// What is claimed.
    pub claim: Option<Words>,
    /// Its calls as code.
    pub lines: Vec<CodeLine>,
    /// The act whose call was begun last, from 1.
    pub act: Option<u32>,
    /// The bet that was asked last.
    pub bet: Option<Bet>,
    /// What the measurements say of the claim.
    pub verdict: Option<(Verdict, Words)>,
}

impl Lesson {
    pub(super) fn new(name: &str, title: &Words, steps: u32) -> Self {
        Self { name: name.to_owned(), title: title.clone(), steps, ..Self::default() }
    }

    pub(super) fn apply(&mut self, what: &What) {
        match what {
            What::ExperimentSaid { step, say, note, button, at } => {
                self.said = Said {
                    step: *step,
                    say: say.clone(),
                    note: note.clone(),
                    button: button.clone(),
                    at: *at,
                };
            }
            What::ExperimentChecked { held: true, .. } => self.held += 1,
            What::ExperimentChecked { step, expected, found, .. } => {
                self.broken.push((*step, expected.clone(), found.clone()));
            }
            What::ExperimentPlanned { question, claim, lines } => {
                self.question.clone_from(question);
                self.claim.clone_from(claim);
                self.lines.clone_from(lines);
            }
            What::ExperimentActed { act } => self.act = Some(*act),
            What::BetAsked { step, ask, choices } => {
                let (ask, choices) = (ask.clone(), choices.clone());
                self.bet = Some(Bet { step: *step, ask, choices, ..Bet::default() });
            }
            What::BetPlaced { counts } => {
                if let Some(bet) = &mut self.bet {
                    bet.counts.clone_from(counts);
                }
            }
            What::BetMarked { choice, found } => {
                if let Some(bet) = &mut self.bet {
                    bet.marked = Some(*choice);
                    bet.found.clone_from(found);
                }
            }
            What::ExperimentVerdict { is, here } => self.verdict = Some((*is, here.clone())),
            What::ExperimentEnded { passed } => {
                self.ended = Some(*passed);
                self.said.button = None;
            }
            _ => {}
        }
    }
}

/// A choice in a field of its own.
mod marked {
    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    #[derive(Serialize, Deserialize)]
    #[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
    pub(super) struct Marked {
        choice: Option<u32>,
    }

    #[allow(
        clippy::ref_option,
        clippy::trivially_copy_pass_by_ref,
        reason = "serde's own signature; the second is found on 64-bit machines only"
    )]
    pub(super) fn serialize<S: Serializer>(
        marked: &Option<Option<u32>>,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        marked.map(|choice| Marked { choice }).serialize(serializer)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Option<Option<u32>>, D::Error> {
        Ok(Option::<Marked>::deserialize(deserializer)?.map(|marked| marked.choice))
    }
}
