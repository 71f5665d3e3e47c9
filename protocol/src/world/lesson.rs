//! Owns the experiment being played: what it says and what its promises came to.

use crate::event::Words;
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
            What::ExperimentEnded { passed } => {
                self.ended = Some(*passed);
                self.said.button = None;
            }
            _ => {}
        }
    }
}
