//! Owns what a promise is held against: values in the world and in results, by a dotted path.

use super::fit::{Fit, same};
use protocol::table::Table;
use protocol::world::Flow;
use protocol::{Answer, Done, End, FlowId, Nanos, SocketId, World};
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;

/// Where a path begins.
#[derive(Clone, Debug, PartialEq)]
pub enum Root {
    /// A socket.
    Socket(SocketId),
    /// The last burst's tally.
    Burst,
    /// The wire's sums since the experiment began.
    Wire(Before),
    /// A call's result.
    Result(Value),
}

/// What the wire had seen before an experiment began: flows and counters outlive it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Before {
    /// Each flow's packets, how many of them were lost, and the bytes of all.
    flows: BTreeMap<FlowId, [u64; 3]>,
    /// The counters of both ends' kernels.
    counters: [Table<String, u64>; 2],
}

fn sums(flow: &Flow) -> [u64; 3] {
    [flow.packets, flow.all_lost(), flow.bytes]
}

impl Before {
    /// What it has seen by now.
    pub fn of(world: &World) -> Self {
        let Some(wire) = &world.wire else { return Self::default() };
        let flow = |(id, flow): (&FlowId, &Flow)| (*id, sums(flow));
        Self { flows: wire.flows.iter().map(flow).collect(), counters: wire.counters.clone() }
    }
}

/// What is found at `path`.
pub fn at(world: &World, root: &Root, path: &str) -> Value {
    let root = match root {
        Root::Socket(id) => {
            world.sockets.get(id).and_then(|socket| serde_json::to_value(socket).ok())
        }
        Root::Burst => burst(world),
        Root::Wire(before) => match path.split_once('.') {
            Some(("counters", path)) => return counter(world, before, path),
            _ => wire(world, before),
        },
        Root::Result(result) => Some(result.clone()),
    };
    path.split('.').fold(root.unwrap_or(Value::Null), |value, key| {
        let found = match key.parse::<usize>() {
            Ok(place) if value.is_array() => value.get(place),
            _ => value.get(key),
        };
        found.cloned().unwrap_or(Value::Null)
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

fn wire(world: &World, before: &Before) -> Option<Value> {
    let wire = world.wire.as_ref()?;
    let mut since = [0; 3];
    for (id, flow) in &wire.flows {
        let before = before.flows.get(id).copied().unwrap_or_default();
        for (sum, (now, before)) in since.iter_mut().zip(sums(flow).into_iter().zip(before)) {
            *sum += now.saturating_sub(before);
        }
    }
    let [packets, lost, bytes] = since;
    Some(json!({
        "packets": packets, "lost": lost, "bytes": bytes,
        "on_wire": wire.flows.values().map(Flow::on_wire).sum::<u64>(),
        "held": wire.packets.values().filter(|packet| packet.held.is_some()).count(),
        "traps": wire.traps.len(),
    }))
}

/// How far a counter of one end's kernel has risen, as in `right.Udp.InCsumErrors`.
fn counter(world: &World, before: &Before, path: &str) -> Value {
    let risen = path.split_once('.').and_then(|(end, name)| {
        let end = End::BOTH.into_iter().find(|known| known.name() == end)?.index();
        let now = world.wire.as_ref()?.counters[end].get(name)?;
        Some(now.saturating_sub(before.counters[end].get(name).copied().unwrap_or(0)))
    });
    risen.map_or(Value::Null, |value| json!(value))
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
            Some(value) => filled.push_str(&grouped(&rounded(&value))),
        }
        rest = tail;
    }
    filled + rest
}

/// A measured number with no more places than anybody reads; other values as they are.
fn rounded(value: &Value) -> String {
    match value.as_f64() {
        Some(float) if value.is_f64() && float.abs() >= 10.0 => format!("{float:.0}"),
        Some(float) if value.is_f64() => format!("{float:.2}"),
        _ => value.to_string(),
    }
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
        for (value, said) in
            [(json!(1_014.020_645), "1,014"), (json!(0.0345), "0.03"), (json!(-3), "-3")]
        {
            assert_eq!(fill("{a:b}", |_, _| value.clone()), said);
        }
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
