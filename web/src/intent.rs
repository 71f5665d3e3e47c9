//! Owns the way from a gesture to a command: forms and their inputs, what is offered where, keys, and
//! one problem named for each bad input. Pure; the browser only carries strings here.

mod action;
mod ask;
mod gesture;
mod offer;
mod parse;
mod plan;
#[cfg(test)]
mod reach;
pub mod trap;
mod verb;
pub mod weather;

pub use action::{ACTIONS, Action, Now, SPEEDS, key_name};
pub use ask::asks;
pub use gesture::{FILM_LOSSES, Gesture, Make, On, Press, key};
pub use offer::{Offer, Refusal, aims, few, guess, offers, refusal};
pub use parse::{Here, Problem};
pub use plan::Plan;
pub use verb::{Input, Verb, Wrong};
