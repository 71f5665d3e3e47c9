//! Owns experiments: files of steps that the lab really makes, each held against what it promised.
//! Knows the lab and its journal; knows nothing of sessions.
//!
//! Reading order: [`script`] (the file) → [`player`] (its steps, played) → [`found`] (what a promise is
//! held against).

pub mod bell;
pub mod found;
pub mod headless;
pub mod lease;
pub mod player;
pub mod script;
pub mod weather;

pub use bell::Bell;
pub use lease::Leases;
pub use player::{Ending, Player};
pub use script::{Need, Script};

/// The experiments that come with the relay, in order.
const BUILT_IN: [(&str, &str); 4] = [
    ("first", include_str!("../experiments/first.toml")),
    ("first-host", include_str!("../experiments/first-host.toml")),
    ("flood", include_str!("../experiments/flood.toml")),
    ("flood-host", include_str!("../experiments/flood-host.toml")),
];

/// The names of the built-in experiments, in order.
pub fn names() -> impl Iterator<Item = &'static str> {
    BUILT_IN.iter().map(|(name, _)| *name)
}

/// A built-in experiment.
///
/// # Errors
/// One sentence: there is none of that name, or where its file is wrong.
pub fn find(name: &str) -> Result<Script, String> {
    let text = BUILT_IN.iter().find(|(own, _)| *own == name).map(|(_, text)| *text);
    let text = text.ok_or_else(|| {
        format!(
            "There is no experiment {name:?}; there are: {}.",
            names().collect::<Vec<_>>().join(", ")
        )
    })?;
    Script::read(name, text)
}

/// The same, or what is to be played instead on a machine without a wire.
///
/// # Errors
/// As [`find`]; and why it cannot be played here.
pub fn find_for(name: &str, wire: bool) -> Result<Script, String> {
    let script = find(name)?;
    if wire || script.needs != Some(Need::Wire) {
        return Ok(script);
    }
    match &script.instead {
        Some(other) => Ok(Script { name: script.name.clone(), ..find(other)? }),
        None => Err(format!("The experiment {name:?} needs the wire, which is not here.")),
    }
}
