//! Owns the way from a gesture to a command: forms and their inputs, what is offered where, keys, and
//! one problem named for each bad input. Pure; the browser only carries strings here.

mod gesture;
mod offer;
mod parse;
mod plan;
pub mod trap;
mod verb;
pub mod weather;

pub use gesture::{Gesture, Make, On, key};
pub use offer::{Offer, Refusal, aims, few, guess, offers, refusal};
pub use parse::{Here, Problem};
pub use plan::Plan;
pub use verb::{Input, Verb, Wrong};
