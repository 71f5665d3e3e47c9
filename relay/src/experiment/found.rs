//! Owns what a promise is held against: values in the world and in results, by a dotted path.

use super::fit::{Fit, same};
use protocol::world::Flow;
use protocol::{Answer, Done, Nanos, SocketId, World};
use serde_json::{Map, Value, json};

/// Where a path begins.
#[derive(Clone, Debug, PartialEq)]
pub enum Root {
    /// A socket.
    Socket(SocketId),
    /// The last burst's tally.
    Burst,
    /// The wire's sums.
    Wire,
    /// A call's result.
    Result(Value),
}

/// What is found at `path`.
pub fn at(world: &World, root: &Root, path: &str) -> Value {
    let root = match root {
        Root::Socket(id) => {
            world.sockets.get(id).and_then(|socket| serde_json::to_value(socket).ok())
        }
        Root::Burst => burst(world),
        Root::Wire => wire(world),
        Root::Result(result) => Some(result.clone()),
    };
    path.split('.').fold(root.unwrap_or(Value::Null), |value, key| {
        value.get(key).cloned().unwrap_or(Value::Null)
    })
}

fn burst(world: &World) -> Option<Value> {
    let burst = world.bursts.values().next_back()?;
    let tally = burst.sheet.tally();
    Some(json!({
        "count": burst.count, "bytes": burst.bytes, "sent": burst.count - tally.unsent - tally.refused,
        "unknown": tally.sent, "waiting": tally.waiting, "read": tally.read, "dropped": tally.dropped,
        "refused": tally.refused, "lost": tally.lost,
    }))
}

fn wire(world: &World) -> Option<Value> {
    let wire = world.wire.as_ref()?;
    let sum = |of: fn(&Flow) -> u64| wire.flows.values().map(of).sum::<u64>();
    Some(json!({
        "packets": sum(|flow| flow.packets), "lost": sum(Flow::all_lost), "on_wire": sum(Flow::on_wire),
        "held": wire.packets.values().filter(|packet| packet.held.is_some()).count(),
        "traps": wire.traps.len(), "counters": wire.counters,
    }))
}

/// A call's result as an object: the fields of its `ok`, or `errno` and `kind`; `text` where bytes came
/// that are text; `took` in nanoseconds and `took_ms` in milliseconds.
pub fn result(answer: &Answer, took: Option<Nanos>) -> Value {
    let mut found = match answer {
        Answer::Ok(done) => serde_json::to_value(done).unwrap_or_default(),
        Answer::Error(failure) => json!({ "errno": failure.errno, "kind": failure.kind }),
    };
    if let Some(fields) = found.as_object_mut() {
        if let Answer::Ok(Done::Received(received)) = answer
            && let Ok(text) = std::str::from_utf8(received.data.bytes())
        {
            fields.insert("text".into(), text.into());
        }
        if let Some(took) = took {
            fields.insert("took".into(), took.into());
            fields.insert("took_ms".into(), (took as f64 / 1e6).into());
        }
    }
    found
}

/// Whether a result is what was promised: every promised field is there with that value, or within
/// those bounds.
pub fn fits(expect: &Map<String, Value>, answer: &Answer, took: Option<Nanos>) -> bool {
    let found = result(answer, took);
    let failed = matches!(answer, Answer::Error(_));
    let promises_failure = expect.contains_key("errno") || expect.contains_key("kind");
    failed == promises_failure
        && expect.iter().all(|(key, value)| within(value, found.get(key).unwrap_or(&Value::Null)))
}

fn within(expected: &Value, found: &Value) -> bool {
    if let Some(fit) = Fit::bound(expected) {
        return fit.holds(found);
    }
    match (expected, found) {
        (Value::Object(expected), Value::Object(found)) => expected
            .iter()
            .all(|(key, value)| within(value, found.get(key).unwrap_or(&Value::Null))),
        _ => same(expected, found),
    }
}

/// The slots of a text: role and path of each.
pub fn slots(text: &str) -> impl Iterator<Item = (&str, &str)> {
    let slots = text.split('{').skip(1).filter_map(|rest| rest.split_once('}'));
    slots.filter_map(|(slot, _)| slot.split_once(':'))
}

/// The text with each `{role:path}` replaced by what `look` finds.
pub fn fill(text: &str, look: impl Fn(&str, &str) -> Value) -> String {
    let mut filled = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('{') {
        filled.push_str(before);
        let Some((slot, tail)) = after.split_once('}') else {
            filled.push('{');
            rest = after;
            continue;
        };
        match slot.split_once(':').map(|(role, path)| look(role, path)) {
            Some(Value::String(text)) => filled.push_str(&text),
            Some(Value::Null) | None => filled.push('–'),
            Some(value) => filled.push_str(&grouped(&value.to_string())),
        }
        rest = tail;
    }
    filled + rest
}

/// A whole number with its thousands parted, as the page writes it; other texts as they are.
fn grouped(text: &str) -> String {
    if !text.bytes().all(|digit| digit.is_ascii_digit()) {
        return text.to_owned();
    }
    let parted = |(place, digit): (usize, char)| {
        let comma = place > 0 && (text.len() - place).is_multiple_of(3);
        comma.then_some(',').into_iter().chain([digit])
    };
    text.chars().enumerate().flat_map(parted).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slots_are_filled_and_stray_braces_kept() {
        let look = |role: &str, path: &str| {
            if (role, path) == ("a", "b") { json!(7) } else { Value::Null }
        };
        assert_eq!(fill("{a:b} of {c:d}, {", look), "7 of –, {");
        let large = |_: &str, _: &str| json!(32_768);
        assert_eq!(fill("{a:b}", large), "32,768");
        assert_eq!(
            (grouped("1000000"), grouped("999"), grouped("1.5")),
            ("1,000,000".into(), "999".into(), "1.5".into())
        );
    }

    #[test]
    fn a_failure_fits_only_a_promised_failure() {
        let expect =
            |text: &str| serde_json::from_str::<Map<String, Value>>(text).expect("an object");
        let failed = Answer::Error(protocol::Failure::errno("EADDRINUSE", "taken"));
        assert!(fits(&expect(r#"{"errno":"EADDRINUSE"}"#), &failed, None));
        assert!(!fits(&expect(r#"{"errno":"EPIPE"}"#), &failed, None));
        assert!(!fits(&expect("{}"), &failed, None));
        assert!(fits(&expect("{}"), &Answer::Ok(protocol::Done::nothing()), None));
        assert!(!fits(
            &expect(r#"{"errno":"EPIPE"}"#),
            &Answer::Ok(protocol::Done::nothing()),
            None
        ));
    }
}
