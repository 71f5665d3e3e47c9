//! Owns how an experiment's file writes the wire's weather. Pure.

use protocol::wire::{Impairment, presets};
use protocol::{Command, End};
use serde_json::{Map, Value};

/// The commands that a `weather` stands for.
///
/// # Errors
/// One sentence: there is no such preset, end or field.
pub fn commands(weather: &Map<String, Value>) -> Result<Vec<Command>, String> {
    let mut weather = weather.clone();
    if let Some(preset) = weather.remove("preset") {
        let all = presets();
        let found = all.iter().find(|known| preset == known.name);
        let found = found.ok_or_else(|| {
            let names: Vec<&str> = all.iter().map(|known| known.name).collect();
            format!("There is no weather {preset}; there are: {}.", names.join(", "))
        })?;
        return Ok(End::BOTH.map(|end| one(Some(end), found.set[end.index()].clone())).to_vec());
    }
    let from: Option<End> = weather
        .remove("from")
        .map(serde_json::from_value)
        .transpose()
        .map_err(|error| format!("from is an end of the wire: {error}."))?;
    let clean = serde_json::to_value(Impairment::default()).unwrap_or_default();
    let mut fields = clean.as_object().cloned().unwrap_or_default();
    fields.extend(weather);
    let set = serde_json::from_value(Value::Object(fields))
        .map_err(|error| format!("An impairment cannot be read: {error}."))?;
    Ok(vec![one(from, set)])
}

fn one(from: Option<End>, set: Impairment) -> Command {
    Command::Impair { from, set, seed: None }
}

#[cfg(test)]
mod tests {
    use super::*;
    use protocol::wire::Loss;

    fn read(text: &str) -> Result<Vec<Command>, String> {
        commands(&serde_json::from_str(text).expect("an object"))
    }

    #[test]
    fn a_preset_sets_both_ends_and_fields_differ_from_a_clean_wire() {
        assert_eq!(read(r#"{"preset":"slow"}"#).map(|all| all.len()), Ok(2));
        let lossy = Impairment { loss: Some(Loss::Random(50_000)), ..Impairment::default() };
        assert_eq!(
            read(r#"{"from":"left","loss":{"random":50000}}"#),
            Ok(vec![one(Some(End::Left), lossy)])
        );
    }

    #[test]
    fn what_is_wrong_is_named() {
        for (text, says) in [
            (r#"{"preset":"snow"}"#, "there are: clean"),
            (r#"{"from":"middle"}"#, "middle"),
            (r#"{"dealy":1}"#, "dealy"),
        ] {
            let wrong = read(text).expect_err(text);
            assert!(wrong.contains(says), "{wrong}");
        }
    }
}
