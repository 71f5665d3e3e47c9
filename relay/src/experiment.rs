//! Owns experiments: files of acts that the lab really makes, each held against what it promised.
//! Knows the lab and its journal; knows nothing of sessions.
//!
//! Reading order: [`script`] (the file) → `read` and `check` (from text to script) → [`library`] (where
//! files are) → [`player`] (acts, played) → [`found`] and [`fit`] (what a promise is held against) →
//! [`bets`] → [`headless`] (without a page).

pub mod bell;
pub mod bets;
mod built_in;
mod check;
pub mod fit;
pub mod found;
pub mod headless;
pub mod lease;
pub mod library;
pub mod line;
pub mod player;
pub(crate) mod read;
pub mod script;
pub mod weather;

pub use bell::Bell;
pub use bets::Bets;
pub use lease::Leases;
pub use library::Library;
pub use player::{Ending, Player};
pub use script::{Need, Script};
