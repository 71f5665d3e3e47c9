//! Owns the words of the life of the bytes that a socket sent last: its stations, each with its true
//! moment after the call and how far off that may be, and the one sentence that they teach.

use super::{span, word};
use crate::text::Language;
use protocol::Nanos;
use protocol::command::Kind;
use protocol::world::{self, Socket, Stamp};

/// A station on the bytes' way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Station {
    /// What happened there.
    pub name: &'static str,
    /// When, after the call: `19 µs ± 2 µs`; "–" while it has not, or nobody has told.
    pub when: String,
    /// Whether it has happened.
    pub passed: bool,
}

/// A life in words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Life {
    /// The stations: those passed in the order in which they were, then the others.
    pub stations: Vec<Station>,
    /// The sentence.
    pub says: String,
}

type When = Option<(Nanos, Nanos)>;

/// The stations of a life: key of the name, when, how far off.
fn stations(kind: Kind, life: &world::Life) -> Vec<(&'static str, When)> {
    let whole = |stamp: &Option<Stamp>| {
        let stamp = stamp.filter(|stamp| stamp.byte >= life.last);
        stamp.map(|stamp| (stamp.at, stamp.plus_minus))
    };
    let exact = |at: Option<Nanos>| at.map(|at| (at, 0));
    let mut all = vec![
        ("life_returned", exact(life.returned)),
        ("life_left", whole(&life.sent)),
        ("life_arrived", whole(&life.received)),
        ("life_acknowledged", whole(&life.acknowledged)),
        ("life_read", exact(life.read.map(|read| read.ended))),
    ];
    if kind == Kind::Datagram {
        // Nobody signs for a datagram, and none tells which of them a receive took.
        all.truncate(2);
    }
    // What has happened stands in the order in which it did.
    crate::order::by_key(&mut all, |(_, when)| when.map_or(Nanos::MAX, |(at, _)| at));
    all
}

/// The life of what a socket sent last, where it is stamped.
pub fn life(language: Language, socket: &Socket) -> Option<Life> {
    let own = socket.lives.last()?;
    let all = stations(socket.kind, own);
    let of = |wanted: &str| {
        let found = all.iter().find(|(key, _)| *key == wanted);
        found.and_then(|(_, when)| *when).map(|(at, _)| span(at.saturating_sub(own.began)))
    };
    let says = sentence(language, socket.kind, of("life_left"), of("life_acknowledged"), own);
    let stations = all.iter().map(|(key, when)| Station {
        name: word(language, key),
        when: when.map_or_else(|| "–".to_owned(), |when| moment(own.began, when)),
        passed: when.is_some(),
    });
    Some(Life { stations: stations.collect(), says })
}

/// `19 µs ± 2 µs`, after the call.
fn moment(began: Nanos, (at, off): (Nanos, Nanos)) -> String {
    // Two clocks: a stamp may seem to be before the call, by less than it may be off.
    let after = span(at.saturating_sub(began));
    if off == 0 { after } else { [&after, " ± ", &span(off)].concat() }
}

fn sentence(
    language: Language,
    kind: Kind,
    left: Option<String>,
    acknowledged: Option<String>,
    own: &world::Life,
) -> String {
    if kind == Kind::Datagram {
        let Some(left) = left else { return String::new() };
        return match language {
            Language::English => format!("left {left} after sendto: nobody signs for a datagram."),
            Language::Chinese => format!("sendto 之后 {left} 离开：没有人为数据报签收。"),
        };
    }
    let signed = match (language, acknowledged) {
        (Language::English, Some(after)) => format!("acknowledged {after} after send"),
        (Language::Chinese, Some(after)) => format!("send 之后 {after} 被确认"),
        (_, None) => language.pick("not acknowledged yet", "尚未被确认").to_owned(),
    };
    let Some(read) = own.read else {
        let unread = "not read: the kernel signs, the program has not looked.";
        return signed
            + language.pick("; ", "；")
            + language.pick(unread, "未被读走：签收的是内核，程序还没看。");
    };
    let after = span(read.ended.saturating_sub(own.began));
    let looked = match language {
        Language::English => format!("read {after} after it"),
        Language::Chinese => format!("{after} 之后被读走"),
    };
    let late = own.acknowledged.is_some_and(|stamp| stamp.at < read.began);
    let why = if late {
        language.pick("the kernel signed, the program had not looked.", "内核签收时，程序还没看。")
    } else {
        language.pick("its program was waiting in recv.", "程序正在 recv 里等着。")
    };
    signed + language.pick("; ", "；") + &looked + language.pick(": ", "：") + why
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::script::story::connected;
    use protocol::command::SocketOption;
    use protocol::data::Data;
    use protocol::event::Stage;
    use protocol::reply::{Sent, Value};
    use protocol::{Command, Done, Source, What, World};

    #[test]
    fn stations_stand_in_the_order_in_which_they_were() {
        let (mut script, cast) = connected(1, 0);
        let socket = cast.client;
        let set = SocketOption::Timestamps(true);
        script.call(Command::Option { socket, set }, 3, Done::Value(Value { value: 1 }));
        let began = script.now();
        let data = Data::Text("hello".into());
        let ask = Command::Send { socket, data, all: false };
        script.call(ask, 31, Done::Sent(Sent { bytes: 5, parts: 1 }));
        for (stage, micros) in [(Stage::Sent, 12), (Stage::Acknowledged, 900)] {
            let at = began + micros * 1_000;
            script.tell(
                Source::Kernel,
                What::Stamped { socket, stage, byte: 5, at, plus_minus: 2_000 },
            );
        }
        let mut world = World::default();
        script.events.iter().for_each(|event| world.apply(event));
        let life = life(Language::English, &world.sockets[&socket]).unwrap();
        let told: Vec<(&str, &str)> =
            life.stations.iter().map(|one| (one.name, one.when.as_str())).collect();
        assert_eq!(
            told,
            [
                ("left this host", "12 µs ± 2 µs"),
                ("send() returned", "31 µs"),
                ("acknowledged", "0.90 ms ± 2 µs"),
                ("in the peer’s kernel", "–"),
                ("read by the program", "–"),
            ]
        );
        assert!(
            life.says.starts_with("acknowledged 0.90 ms after send; not read"),
            "{}",
            life.says
        );
    }
}
