//! Owns the form of an experiment's file (TOML): a title and a list of acts. Reads, never plays.

use protocol::event::Words;
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
    /// What the machine must offer.
    pub needs: Option<Need>,
    /// The experiment to play where it does not.
    pub instead: Option<String>,
    /// What happens, in order.
    pub act: Vec<Act>,
}

/// What an experiment needs of the machine.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Need {
    /// The wire, on whichever rung.
    Wire,
}

/// One act: exactly one of call, see, balanced, weather and say.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Act {
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
    /// What the call must come to: fields of its `ok`, or `{ errno = "…" }`.
    pub expect: Option<Map<String, Value>>,
    /// What must become true within five seconds.
    pub see: Option<See>,
    /// The role whose flow must balance: `unexplained` 0 at a quiet moment, within five seconds.
    pub balanced: Option<String>,
    /// How the wire is impaired from now on: `{ preset = "slow" }`, or the fields of the protocol's
    /// impairment that differ from a clean wire, `from` one end or both.
    pub weather: Option<Map<String, Value>>,
    /// A sentence. `{role:path}` stands for what is found there.
    pub say: Option<Words>,
    /// A second, quieter one.
    pub note: Option<Words>,
    /// A button; the experiment waits for it.
    pub button: Option<Words>,
    /// The role under which the button stands.
    pub at: Option<String>,
}

/// Something to be seen in the world.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct See {
    /// Whose; `burst` is the last burst's tally, `wire` the wire's sums.
    pub role: String,
    /// Where, as in `kernel.receive_queue`.
    pub path: String,
    /// Exactly this.
    pub is: Option<Value>,
    /// At least so much.
    pub at_least: Option<f64>,
    /// Seconds that it may take; 5 where nothing is said.
    pub within: Option<f64>,
}

impl Script {
    /// Reads a file's text.
    ///
    /// # Errors
    /// Says line, column and what was expected there.
    pub fn read(name: &str, text: &str) -> Result<Self, String> {
        let mut script: Self =
            toml::from_str(text).map_err(|error| format!("{name}.toml: {error}"))?;
        name.clone_into(&mut script.name);
        for (place, act) in script.act.iter().enumerate() {
            let kinds = [
                act.call.is_some(),
                act.see.is_some(),
                act.balanced.is_some(),
                act.weather.is_some(),
                act.say.is_some(),
            ];
            if kinds.iter().filter(|kind| **kind).count() != 1 {
                return Err(format!(
                    "{name}.toml: act {} needs exactly one of call, see, balanced, weather and say.",
                    place + 1
                ));
            }
        }
        Ok(script)
    }

    /// How many sentences it says.
    pub fn steps(&self) -> u32 {
        self.act.iter().filter(|act| act.say.is_some()).count() as u32
    }
}
