//! Owns whether a call of a script can be made at all: one call, its arguments, its roles.

use super::super::read::Wrong;
use super::super::script::Act;
use super::cast::Cast;
use super::in_act;
use protocol::Command;
use protocol::command::Net;
use serde_json::{Value, json};

/// Judges one call act, and takes note of the names that it makes known.
pub(super) fn check(nth: usize, act: &Act, wire: bool, cast: &mut Cast) -> Result<(), Wrong> {
    let Some((name, arguments)) = act.call.as_ref().and_then(|call| call.iter().next()) else {
        return Err(in_act(nth, ["call"], "expected one call, as { listen = { backlog = 5 } }"));
    };
    if act.call.as_ref().is_some_and(|call| call.len() > 1) {
        return Err(in_act(nth, ["call"], "expected one call in an act"));
    }
    let command =
        sample(act, name, arguments).map_err(|says| in_act(nth, ["call", name.as_str()], says))?;
    if let Command::Socket { net: Net::Left | Net::Right, .. } = command
        && !wire
    {
        let says = "expected needs = \"wire\" in the head, for a socket in left or right";
        return Err(in_act(nth, ["call", "socket", "net"], says));
    }
    if act.accepts.is_some() && !matches!(command, Command::Accept { .. }) {
        return Err(in_act(nth, ["accepts"], "expected accepts only beside accept"));
    }
    roles(nth, act, &command, cast)?;
    addressed(nth, act, name, arguments, cast)?;
    named(nth, act, cast)
}

/// The call with a socket and an address of nobody.
fn sample(act: &Act, name: &str, arguments: &Value) -> Result<Command, String> {
    let mut arguments = arguments.clone();
    if let Some(fields) = arguments.as_object_mut() {
        if name != "socket" && act.role.is_some() {
            fields.insert("socket".into(), json!(1));
        }
        if fields.get("address").and_then(Value::as_str).is_some_and(|text| text.starts_with('@')) {
            fields.insert("address".into(), json!("127.0.0.1:1"));
        }
    }
    let command =
        serde_json::from_value(json!({ name: arguments })).map_err(|error| {
            match error.to_string() {
                text if text.contains("missing field `socket`") => {
                    "expected a role: the socket that this call acts on".into()
                }
                text => text,
            }
        })?;
    match command {
        Command::Experiment(_)
        | Command::Reset
        | Command::Record(_)
        | Command::Invite(_)
        | Command::Pause { .. }
        | Command::Step => Err("expected a call that an experiment may make".into()),
        command => Ok(command),
    }
}

fn roles(nth: usize, act: &Act, command: &Command, cast: &mut Cast) -> Result<(), Wrong> {
    let makes = matches!(command, Command::Socket { .. });
    let players = act.players(|role| cast.knows(role));
    for role in players.into_iter().flatten() {
        let known = if makes { cast.joins(&role) } else { cast.plays(&role) };
        known.map_err(|says| in_act(nth, ["role"], says))?;
    }
    if makes && act.role.is_none() {
        return Err(in_act(nth, ["call"], "expected a role for the new socket"));
    }
    Ok(())
}

/// `"@role"` must be known.
fn addressed(
    nth: usize,
    act: &Act,
    name: &str,
    arguments: &Value,
    cast: &Cast,
) -> Result<(), Wrong> {
    let address = arguments.get("address").and_then(Value::as_str);
    let Some(role) = address.and_then(|text| text.strip_prefix('@')) else { return Ok(()) };
    let first = format!("{role}1");
    let known = if act.repeat.is_some() && cast.knows(&first) { &first } else { role };
    cast.plays(known).map_err(|says| in_act(nth, ["call", name, "address"], says))
}

/// What the call gives gets its names.
fn named(nth: usize, act: &Act, cast: &mut Cast) -> Result<(), Wrong> {
    for time in 1..=act.repeat.unwrap_or(1) as usize {
        if let Some(role) = act.nth(act.accepts.as_ref(), time) {
            cast.joins(&role).map_err(|says| in_act(nth, ["accepts"], says))?;
        }
        if let Some(name) = act.nth(act.keep.as_ref(), time) {
            cast.keeps(&name, act.asleep).map_err(|says| in_act(nth, ["keep"], says))?;
        }
    }
    Ok(())
}
