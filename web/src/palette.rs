//! Owns what the palette offers: every action of the page that does something now, and one row for
//! each thing that can be acted on. Found by words of either language.

mod find;

pub use find::find;

use crate::intent::{ACTIONS, Gesture, Make, Now, SPEEDS, Verb, key_name};
use crate::lesson::path;
use crate::text::Language;
use crate::text::{page, wire};
use protocol::command::{Family, Kind, Net, Side};
use protocol::wire::presets;

/// One row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// What it says, in both languages.
    pub says: [String; 2],
    /// Its key, where it has one.
    pub key: String,
    /// What it does.
    pub does: Gesture,
}

const BOTH: [Language; 2] = [Language::English, Language::Chinese];

struct Rows<'a> {
    now: &'a Now<'a>,
    all: Vec<Entry>,
}

impl Rows<'_> {
    fn add(&mut self, does: Gesture, key: &str, says: &dyn Fn(Language) -> String) {
        if self.now.works(does) {
            self.all.push(Entry { says: BOTH.map(says), key: key.to_owned(), does });
        }
    }
}

/// Everything that can be done now.
pub fn entries(now: &Now) -> Vec<Entry> {
    let mut rows = Rows { now, all: Vec::new() };
    calls(&mut rows);
    for action in ACTIONS {
        let key = action.keys.first().map(|key| key_name(key)).unwrap_or_default();
        if !matches!(action.does, Gesture::Palette | Gesture::Dismiss) {
            rows.add(action.does, &key, &|language| page::word(language, action.words).to_owned());
        }
    }
    experiments(&mut rows);
    sockets(&mut rows);
    makes(&mut rows);
    wires(&mut rows);
    for (value, shown) in SPEEDS {
        rows.add(Gesture::Speed(value), "", &|language| {
            let shown = if value == "auto" { page::word(language, "auto") } else { shown };
            labelled(page::word(language, "speed"), shown)
        });
    }
    rows.all
}

fn labelled(label: &str, text: &str) -> String {
    [label, ": ", text].concat()
}

/// The calls of the chosen socket.
fn calls(rows: &mut Rows) {
    let (world, Some(id)) = (rows.now.world, rows.now.selected) else { return };
    for verb in Verb::ALL {
        rows.add(Gesture::Call(verb), "", &|language| {
            let name = page::name(language, world, id);
            [verb.name(), " – ", page::gloss(language, verb), " · ", &name].concat()
        });
    }
}

/// Each experiment of the path, by its title and its question.
fn experiments(rows: &mut Rows) {
    let wire = rows.now.world.wire.is_some();
    for entry in path::path(rows.now.experiments, wire) {
        if entry.needs != path::Needs::Missing {
            rows.add(Gesture::Experiment(entry.place), "", &|language| {
                let [title, question] = [&entry.head.title, &entry.head.question]
                    .map(|words| language.pick(words.en.as_str(), &words.zh));
                let number = page::experiment_number(language, entry.number);
                [&labelled(&number, title), " – ", question].concat()
            });
        }
    }
}

/// Choosing a socket.
fn sockets(rows: &mut Rows) {
    let world = rows.now.world;
    for id in world.sockets.keys() {
        rows.add(Gesture::Select(*id), "", &|language| {
            labelled(language.pick("choose", "选择"), &page::summary(language, world, *id))
        });
    }
}

/// Making a socket: each wall, net, family, kind.
fn makes(rows: &mut Rows) {
    for (side, end) in [(Side::Left, Net::Left), (Side::Right, Net::Right)] {
        for net in [end, Net::Host] {
            let families =
                [(Family::Ipv4, "AF_INET"), (Family::Ipv6, "AF_INET6"), (Family::Unix, "AF_UNIX")];
            for (family, family_name) in families {
                for (kind, kind_name) in
                    [(Kind::Stream, "SOCK_STREAM"), (Kind::Datagram, "SOCK_DGRAM")]
                {
                    rows.add(Gesture::Make(Make { side, net, family, kind }), "", &|language| {
                        let place = match net {
                            Net::Left => "on_wire_left",
                            Net::Right => "on_wire_right",
                            Net::Host => "on_host",
                        };
                        let place = page::word(language, place);
                        let (side, kind) = (page::side(language, side), page::kind(language, kind));
                        let call = ["socket(", family_name, ", ", kind_name, ") – "].concat();
                        [&call, side, " · ", kind, " · ", place].concat()
                    });
                }
            }
        }
    }
}

/// The presets of the weather, and the traps that are armed.
fn wires(rows: &mut Rows) {
    for (place, preset) in presets().iter().enumerate() {
        rows.add(Gesture::Preset(place), "", &|language| {
            let name = wire::preset(language, preset.name);
            labelled(page::word(language, "weather"), name)
        });
    }
    let world = rows.now.world;
    for (id, trap) in world.wire.iter().flat_map(|wire| &wire.traps) {
        rows.add(Gesture::Disarm(*id), "", &|language| {
            let trap = wire::trap(language, &trap.matching, trap.act, trap.left);
            labelled(page::word(language, "disarm"), &trap)
        });
    }
}

#[cfg(test)]
mod tests;
